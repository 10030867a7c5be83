//! The networks, bound to memory of the device.

use super::boxes::Boxes;
use super::given::{self, Named};
use crate::DetectError;
use crate::lidar::network::LidarOptions;
use crate::models::{
    EncoderCard, PillarCard, ResolvedModel, Tensors, check_pillar_tensors, input_shape,
};
use delos_core::parts;
use delos_infer::gpu::Cuda;
use delos_infer::{Binding, Cost, Model, Runtime, Session, TensorShape};

/// The network and, where it is a file of its own, the pillar feature net in front of it.
#[derive(Debug)]
pub(super) struct Nets {
    pub(super) encoder: Option<Encoder>,
    pub(super) network: Binding<Cuda>,
    /// Inputs of the one that takes the points.
    given: Vec<Named>,
    /// Input of the network where it takes the grid.
    grid: Option<Named>,
    answer_numbers: usize,
}

/// A pillar feature net of its own.
#[derive(Debug)]
pub(super) struct Encoder {
    pub(super) binding: Binding<Cuda>,
    /// Numbers of a pillar.
    pub(super) channels: u32,
}

impl Nets {
    /// Opens the files on the stream of `on`, checks them against the card and binds them; `boxes` learns where
    /// the network's answers are.
    pub(super) fn open(
        runtime: &Runtime,
        model: &ResolvedModel,
        options: &LidarOptions<'_>,
        on: &Cuda,
        boxes: &mut Boxes,
    ) -> Result<Self, DetectError> {
        let card = &model.card;
        let pillars = card.pillars()?;
        let open = |model| Session::open_on(runtime, model, &options.session, on, options.stream);
        let session = open(model.network())?;
        let file = model.encoder()?;
        let first = file.as_deref().map(|path| open(Model::File(path))).transpose()?;
        check_pillar_tensors(card, tensors(&session), first.as_ref().map(tensors))?;
        let taker = first.as_ref().unwrap_or(&session);
        let given = given::inputs(card, pillars, taker.inputs())?;
        let outputs = boxes.find(card, session.outputs())?;
        let answer_numbers = outputs.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
        let Some((first, names)) = first.zip(pillars.encoder.as_ref()) else {
            let network = bind(session, on, &given, &outputs)?;
            return Ok(Self { encoder: None, network, given, grid: None, answer_numbers });
        };
        let grid = (names.grid.clone(), input_shape(card, card.input.size).to_vec());
        let network = bind(session, on, std::slice::from_ref(&grid), &outputs)?;
        let encoder = Encoder::new(first, on, &given, names, pillars)?;
        Ok(Self { encoder: Some(encoder), network, given, grid: Some(grid), answer_numbers })
    }

    /// The network that takes the points.
    pub(super) fn taker(&self) -> &Binding<Cuda> {
        self.encoder.as_ref().map_or(&self.network, |encoder| &encoder.binding)
    }

    /// The same, to be filled.
    pub(super) const fn taker_mut(&mut self) -> &mut Binding<Cuda> {
        match &mut self.encoder {
            Some(encoder) => &mut encoder.binding,
            None => &mut self.network,
        }
    }

    /// Bytes of the tensor of points.
    pub(super) fn points_bytes(&self) -> u64 {
        let numbers: usize = self.given.first().map_or(0, |(_, shape)| shape.iter().product());
        (numbers * size_of::<f32>()) as u64
    }

    /// Bytes of all answers.
    pub(super) const fn answer_bytes(&self) -> u64 {
        (self.answer_numbers * size_of::<f32>()) as u64
    }

    /// What each network has to do for the most pillars.
    pub(super) fn costs(
        &self,
        runtime: &Runtime,
        model: &ResolvedModel,
    ) -> Result<Vec<(&'static str, Cost)>, DetectError> {
        let of = |part, file, inputs: &[Named]| {
            let inputs: Vec<_> =
                inputs.iter().map(|(name, shape)| (name.as_str(), shape.as_slice())).collect();
            Ok::<_, DetectError>((part, Cost::of(runtime, file, &inputs)?))
        };
        let Some((grid, file)) = self.grid.as_ref().zip(model.encoder()?) else {
            return Ok(vec![of(parts::NETWORK, model.network(), &self.given)?]);
        };
        let first = of(parts::PILLAR_NETWORK, Model::File(&file), &self.given)?;
        let grid = std::slice::from_ref(grid);
        Ok(vec![first, of(parts::NETWORK, model.network(), grid)?])
    }
}

impl Encoder {
    fn new(
        session: Session,
        on: &Cuda,
        given: &[Named],
        names: &EncoderCard,
        pillars: &PillarCard,
    ) -> Result<Self, DetectError> {
        let (most, channels) = (pillars.pillars as usize, names.channels as usize);
        let known = session.outputs().iter().find(|info| info.name == names.output);
        let shape = match known.map(|info| info.shape.len()) {
            Some(3) => vec![most, 1, channels],
            _ => vec![most, channels],
        };
        let binding = bind(session, on, given, &[(names.output.clone(), shape)])?;
        Ok(Self { binding, channels: names.channels })
    }
}

fn bind(
    session: Session,
    on: &Cuda,
    inputs: &[Named],
    outputs: &[Named],
) -> Result<Binding<Cuda>, DetectError> {
    Ok(Binding::new(session, on, &shapes(inputs), &shapes(outputs))?)
}

fn shapes(all: &[Named]) -> Vec<TensorShape<'_>> {
    all.iter().map(|(name, shape)| TensorShape { name, shape }).collect()
}

fn tensors(session: &Session) -> Tensors<'_> {
    Tensors { inputs: session.inputs(), outputs: session.outputs() }
}
