//! Raster, network and decoder together.

use super::{CentreDecoder, Raster, Window};
use crate::DetectError;
use crate::models::{ModelCard, ResolvedModel, Thresholds, check_tensors, input_shape};
use delos_core::{Detection3d, Ego, Parts, PointCloud, parts};
use delos_infer::{Cost, Outputs, Runtime, Session, SessionOptions};

/// A network of this program, ready to run.
#[derive(Debug)]
pub(super) struct RasterChain {
    ground_m: f64,
    session: Session,
    raster: Raster,
    decoder: CentreDecoder,
}

impl RasterChain {
    /// Opens the network and checks it against its card.
    pub(super) fn new(
        runtime: &Runtime,
        model: &ResolvedModel,
        window: Option<&str>,
        thresholds: Thresholds,
        options: &SessionOptions,
    ) -> Result<Self, DetectError> {
        let card = &model.card;
        let (window, ground_m) = (card.window(window)?, card.raster()?.ground_m);
        card.input.check_size(window.cells()).map_err(|cause| DetectError::InputSize {
            card: card.name.clone(),
            size: window.cells(),
            cause,
        })?;
        let decoder = CentreDecoder::new(card, window, thresholds)?;
        let session = Session::open(runtime, model.network(), options)?;
        check_tensors(card, window.cells(), &session)?;
        Ok(Self { ground_m, session, raster: Raster::new(window), decoder })
    }

    /// Finds what is in one scan; `out` is overwritten.
    pub(super) fn detect(
        &mut self,
        card: &ModelCard,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        parts: &mut dyn Parts,
        out: &mut Vec<Detection3d>,
    ) -> Result<(), DetectError> {
        out.clear();
        let Self { session, raster, decoder, .. } = self;
        let ground_m = ego_height_m.map_or(self.ground_m, |height| -height);
        let window = *raster.window();
        parts.part(parts::RASTER);
        let features = raster.fill(cloud, ground_m);
        parts.load((size_of_val(cloud.points()) + size_of_val(features)) as u64, 0);
        parts.part(parts::NETWORK);
        let shape = input_shape(card, window.cells());
        session.run(&card.input.name, &shape, features, |outputs| {
            let planes = planes(card, decoder.shape(), outputs)?;
            parts.part(parts::DECODE);
            parts.load(size_of_val(planes) as u64, 0);
            decoder.decode(planes, ground_m, out);
            Ok(())
        })
    }

    /// The network's work for one scan.
    pub(super) fn cost(
        &self,
        runtime: &Runtime,
        model: &ResolvedModel,
    ) -> Result<Cost, DetectError> {
        let shape = input_shape(&model.card, self.window().cells());
        Ok(Cost::of(runtime, model.network(), &[(&model.card.input.name, &shape)])?)
    }

    pub(super) const fn window(&self) -> &Window {
        self.raster.window()
    }

    pub(super) const fn session(&self) -> &Session {
        &self.session
    }
}

/// The network's answer, if it has the shape that the decoder takes.
fn planes<'a>(
    card: &ModelCard,
    [planes, rows, columns]: [usize; 3],
    outputs: &'a Outputs<'_>,
) -> Result<&'a [f32], DetectError> {
    let view = outputs.get(&card.output.name)?;
    let wanted = [1, planes, rows, columns];
    let got = view.shape.iter().map(|side| usize::try_from(*side).ok());
    if got.eq(wanted.map(Some)) {
        return Ok(view.data);
    }
    Err(DetectError::Tensor {
        card: card.name.clone(),
        side: "output",
        wanted: format!("`{}` f32{wanted:?}", card.output.name),
        got: format!("f32{:?}", view.shape),
    })
}
