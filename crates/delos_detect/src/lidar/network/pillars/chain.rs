//! Pillars, networks and decoder together.

use super::decoder::Decoder;
use super::given::Given;
use super::{Canvas, NetworkFrame};
use crate::DetectError;
use crate::models::{
    EncoderCard, ModelCard, ResolvedModel, Tensors, Thresholds, check_pillar_tensors,
};
use delos_core::{Detection3d, Ego, Parts, PointCloud, parts};
use delos_infer::{Cost, Input, Model, Numbers, Outputs, Runtime, Session, SessionOptions};

/// A network of pillars, ready to run.
#[derive(Debug)]
pub(in crate::lidar::network) struct PillarChain {
    given: Given,
    encoder: Option<Encoder>,
    session: Session,
    decoder: Decoder,
    workers: usize,
}

impl PillarChain {
    /// Opens the network's files and checks them against the card.
    pub(in crate::lidar::network) fn new(
        runtime: &Runtime,
        model: &ResolvedModel,
        thresholds: Thresholds,
        options: &SessionOptions,
    ) -> Result<Self, DetectError> {
        let card = &model.card;
        let pillars = card.pillars()?;
        let decoder = Decoder::new(card, thresholds)?;
        let session = Session::open(runtime, model.network(), options)?;
        let file = model.encoder()?;
        let open = |path| Session::open(runtime, Model::File(path), options);
        let first = file.as_deref().map(open).transpose()?;
        check_pillar_tensors(card, tensors(&session), first.as_ref().map(tensors))?;
        let taker = first.as_ref().unwrap_or(&session);
        let given = Given::new(card, pillars, taker.inputs());
        let encoder = first.zip(pillars.encoder.clone()).map(|(session, card)| {
            let canvas = Canvas::new(card.channels, pillars.grid());
            Encoder { session, canvas, card }
        });
        Ok(Self { given, encoder, session, decoder, workers: options.intra_threads })
    }

    /// The network behind the pillar feature net.
    pub(in crate::lidar::network) const fn session(&self) -> &Session {
        &self.session
    }

    /// The pillar feature net in front of it, where that is a session of its own.
    pub(in crate::lidar::network) fn encoder_session(&self) -> Option<&Session> {
        self.encoder.as_ref().map(|encoder| &encoder.session)
    }

    /// The work of each network for the pillars of the last scan, by part.
    pub(in crate::lidar::network) fn costs(
        &self,
        runtime: &Runtime,
        model: &ResolvedModel,
    ) -> Result<Vec<(&'static str, Cost)>, DetectError> {
        let given = self.given.inputs();
        let given: Vec<_> = given.iter().map(|input| (input.name, input.shape)).collect();
        let of = |part, file, inputs: &[_]| {
            Ok::<_, DetectError>((part, Cost::of(runtime, file, inputs)?))
        };
        let Some((encoder, file)) = self.encoder.as_ref().zip(model.encoder()?) else {
            return Ok(vec![of(parts::NETWORK, model.network(), &given)?]);
        };
        let shape = crate::models::input_shape(&model.card, model.card.input.size);
        let grid = [(encoder.card.grid.as_str(), shape.as_slice())];
        let first = of(parts::PILLAR_NETWORK, Model::File(&file), &given)?;
        Ok(vec![first, of(parts::NETWORK, model.network(), &grid)?])
    }

    /// Finds what is in one scan; `out` is overwritten. `parts` is told where the parts of
    /// the work begin. A scan without a point in the range has no pillar, and no network is asked.
    pub(in crate::lidar::network) fn detect(
        &mut self,
        card: &ModelCard,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        parts: &mut dyn Parts,
        out: &mut Vec<Detection3d>,
    ) -> Result<(), DetectError> {
        out.clear();
        let Self { given, encoder, session, decoder, workers } = self;
        let pillars = card.pillars()?;
        parts.part(parts::VOXELISE);
        let count = given.fill(pillars, cloud, ego_height_m, *workers);
        if count == 0 {
            return Ok(());
        }
        let frame = NetworkFrame::new(pillars, ego_height_m);
        let Some(encoder) = encoder else {
            parts.part(parts::NETWORK);
            return session.run_with(&given.inputs(), |outputs| {
                decode(decoder, card, outputs, &frame, parts, out)
            });
        };
        let Encoder { session: first, canvas, card: names } = encoder;
        let cells = given.pillars().cells();
        parts.part(parts::PILLAR_NETWORK);
        let grid = first.run_with(&given.inputs(), |outputs| {
            parts.part(parts::SCATTER);
            let features = features(card, names, given.pillars().given(), outputs)?;
            Ok::<_, DetectError>(
                canvas.scatter(&features[..cells.len() * names.channels as usize], cells),
            )
        })?;
        let shape = crate::models::input_shape(card, card.input.size);
        let input = Input { name: &names.grid, shape: &shape, data: Numbers::F32(grid) };
        parts.part(parts::NETWORK);
        session.run_with(&[input], |outputs| decode(decoder, card, outputs, &frame, parts, out))
    }
}

fn decode(
    decoder: &mut Decoder,
    card: &ModelCard,
    outputs: &Outputs<'_>,
    frame: &NetworkFrame,
    parts: &mut dyn Parts,
    out: &mut Vec<Detection3d>,
) -> Result<(), DetectError> {
    parts.part(parts::DECODE);
    decoder.decode(card, outputs, frame, out)
}

/// A pillar feature net of its own.
#[derive(Debug)]
struct Encoder {
    session: Session,
    canvas: Canvas,
    card: EncoderCard,
}

/// Answer of the pillar feature net for so many pillars, `[P, channels]` or `[P, 1, channels]`.
fn features<'a>(
    card: &ModelCard,
    names: &EncoderCard,
    count: usize,
    outputs: &'a Outputs<'_>,
) -> Result<&'a [f32], DetectError> {
    let view = outputs.get(&names.output)?;
    let channels = names.channels as usize;
    let wanted: &[usize] =
        if view.shape.len() == 3 { &[count, 1, channels] } else { &[count, channels] };
    super::decoder::whole(card, &names.output, wanted, view)
}

fn tensors(session: &Session) -> Tensors<'_> {
    Tensors { inputs: session.inputs(), outputs: session.outputs() }
}
