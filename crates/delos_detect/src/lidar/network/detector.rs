//! Raster, network and decoder together.

use super::{CentreDecoder, Raster, Window};
use crate::DetectError;
use crate::models::{ModelCard, ResolvedModel, Thresholds, check_tensors, input_shape};
use delos_core::{Detections3d, Ego, Parts, PointCloud, Unmeasured, parts};
use delos_infer::{Device, Outputs, Runtime, Session, SessionOptions};

/// Finds road users in LiDAR scans with a network. Holds buffers, no memory of earlier scans.
#[derive(Debug)]
pub struct LidarNetwork {
    model: ResolvedModel,
    ground_m: f64,
    session: Session,
    raster: Raster,
    decoder: CentreDecoder,
}

impl LidarNetwork {
    /// Opens the network and checks it against its card. `window` is the name of one of the
    /// card's windows, `None` for its usual one; `thresholds` likewise.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when the network takes no scans, [`DetectError::UnknownWindow`],
    /// [`DetectError::Threshold`] and [`DetectError::Tensor`] when wishes, card and file
    /// disagree, [`DetectError::Infer`] when the network does not open.
    pub fn new(
        runtime: &Runtime,
        model: ResolvedModel,
        window: Option<&str>,
        thresholds: Option<Thresholds>,
        options: &SessionOptions,
    ) -> Result<Self, DetectError> {
        let card = &model.card;
        let (window, ground_m) = (card.window(window)?, card.raster()?.ground_m);
        card.input.check_size(window.cells()).map_err(|cause| DetectError::InputSize {
            card: card.name.clone(),
            size: window.cells(),
            cause,
        })?;
        let decoder = CentreDecoder::new(card, window, thresholds.unwrap_or(card.thresholds))?;
        let session = Session::open(runtime, model.network(), options)?;
        check_tensors(card, window.cells(), &session)?;
        Ok(Self { model, ground_m, session, raster: Raster::new(window), decoder })
    }

    /// Finds what is in one scan.
    ///
    /// The sensor is the origin of [`Ego`], `ego_height_m` metres above nominal ground; `None`
    /// takes the height for which the network was trained. `out` is overwritten, by (score
    /// descending; class number, row, column ascending), without clusters or numbers of points.
    ///
    /// # Errors
    /// [`DetectError::Infer`] when the network fails, [`DetectError::Tensor`] when it returns
    /// something else than its card says; `out` is empty then.
    pub fn detect(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        out: &mut Detections3d,
    ) -> Result<(), DetectError> {
        self.detect_in_parts(cloud, ego_height_m, out, &mut Unmeasured)
    }

    /// [`detect`](Self::detect), which tells `parts` where pre-processing, network and
    /// post-processing begin.
    ///
    /// # Errors
    /// The same.
    pub fn detect_in_parts(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        out: &mut Detections3d,
        parts: &mut dyn Parts,
    ) -> Result<(), DetectError> {
        out.0.clear();
        let Self { model, session, raster, decoder, .. } = self;
        let ground_m = ego_height_m.map_or(self.ground_m, |height| -height);
        let (card, window) = (&model.card, *raster.window());
        parts.part(parts::PREPROCESS);
        let features = raster.fill(cloud, ground_m);
        parts.load((size_of_val(cloud.points()) + size_of_val(features)) as u64, 0);
        parts.part(parts::NETWORK);
        let shape = input_shape(card, window.cells());
        session.run(&card.input.name, &shape, features, |outputs| {
            let planes = planes(card, decoder.shape(), outputs)?;
            parts.part(parts::POSTPROCESS);
            parts.load(size_of_val(planes) as u64, 0);
            decoder.decode(planes, ground_m, &mut out.0);
            Ok(())
        })
    }

    /// The model: card, file and sha256.
    pub const fn model(&self) -> &ResolvedModel {
        &self.model
    }

    /// The part of the ground that is looked at.
    pub const fn window(&self) -> &Window {
        self.raster.window()
    }

    /// The device the network really runs on.
    pub const fn device(&self) -> Device {
        self.session.device()
    }

    /// ONNX Runtime's name of the execution provider that really runs the network.
    pub const fn provider(&self) -> &'static str {
        self.session.provider()
    }

    /// What was chosen for the user where he left the choice, to be told to him.
    pub fn notice(&self) -> Option<&str> {
        self.session.notice()
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
