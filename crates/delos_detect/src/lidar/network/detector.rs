//! Everything around a network together.

use super::Window;
use super::pillars::PillarChain;
use super::raster_chain::RasterChain;
use crate::DetectError;
use crate::models::{InputContent, ResolvedModel, Thresholds};
use delos_core::{Detections3d, Ego, Parts, PointCloud, Unmeasured, parts};
use delos_infer::{Cost, Device, Placement, Runtime, Session, SessionOptions};

/// Finds road users in LiDAR scans with a network, of this program or a published one. Holds
/// buffers, no memory of earlier scans.
#[derive(Debug)]
pub struct LidarNetwork {
    model: ResolvedModel,
    chain: Chain,
}

#[derive(Debug)]
enum Chain {
    Raster(Box<RasterChain>),
    Pillars(Box<PillarChain>),
}

impl LidarNetwork {
    /// Opens the network and checks it against its card. `window` is the name of one of the
    /// card's windows, `None` for its usual one; a network of pillars has none and looks at its
    /// range. `thresholds` are the card's where `None`.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when the network takes no scans, [`DetectError::UnknownWindow`],
    /// [`DetectError::Threshold`] and [`DetectError::Tensor`] when wishes, card and file
    /// disagree, [`DetectError::MissingFile`] and [`DetectError::Hash`] when the file of its
    /// pillar feature net is not there, [`DetectError::Infer`] when the network does not open.
    pub fn new(
        runtime: &Runtime,
        model: ResolvedModel,
        window: Option<&str>,
        thresholds: Option<Thresholds>,
        options: &SessionOptions,
    ) -> Result<Self, DetectError> {
        let thresholds = thresholds.unwrap_or(model.card.thresholds);
        let chain = if let InputContent::Pillars(_) = &model.card.input.content {
            Chain::Pillars(Box::new(PillarChain::new(runtime, &model, thresholds, options)?))
        } else {
            let raster = RasterChain::new(runtime, &model, window, thresholds, options)?;
            Chain::Raster(Box::new(raster))
        };
        Ok(Self { model, chain })
    }

    /// Finds what is in one scan.
    ///
    /// The sensor is the origin of [`Ego`], `ego_height_m` metres above nominal ground; `None`
    /// takes the height for which the network was trained. `out` is overwritten, by (score
    /// descending; class number, row, column ascending; for anchors row, column, anchor),
    /// without clusters or numbers of points.
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

    /// [`detect`](Self::detect), which tells `parts` where the parts of the work begin.
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
        let card = &self.model.card;
        match &mut self.chain {
            Chain::Raster(chain) => chain.detect(card, cloud, ego_height_m, parts, &mut out.0),
            Chain::Pillars(chain) => chain.detect(card, cloud, ego_height_m, parts, &mut out.0),
        }
    }

    /// The model: card, file and sha256.
    pub const fn model(&self) -> &ResolvedModel {
        &self.model
    }

    /// The window that is looked at; `None` for a network of pillars, which has a range.
    pub const fn window(&self) -> Option<&Window> {
        match &self.chain {
            Chain::Raster(chain) => Some(chain.window()),
            Chain::Pillars(_) => None,
        }
    }

    /// Whether a place on the ground (metres, forward and left of the sensor) is looked at.
    pub fn covers(&self, x: f64, y: f64) -> bool {
        match (&self.chain, &self.model.card.input.content) {
            (Chain::Raster(chain), _) => chain.window().covers(x, y),
            (Chain::Pillars(_), InputContent::Pillars(pillars)) => pillars.covers(x, y),
            _ => false,
        }
    }

    /// The device the network really runs on.
    pub const fn device(&self) -> Device {
        self.session().device()
    }

    /// ONNX Runtime's name of the execution provider that really runs the network.
    pub const fn provider(&self) -> &'static str {
        self.session().provider()
    }

    /// Where the nodes of the network really run: of the network itself, and then of the pillar
    /// feature net in front of it, where that is a session of its own.
    pub fn placements(&self) -> Vec<Placement> {
        let encoder = match &self.chain {
            Chain::Raster(_) => None,
            Chain::Pillars(chain) => chain.encoder_session(),
        };
        let sessions = std::iter::once(self.session()).chain(encoder);
        sessions.map(|session| session.placement().clone()).collect()
    }

    /// What each network has to do for one scan, by the part of the work in which it runs
    /// ([`parts`]). A network of pillars must have seen a scan: the number of its pillars counts.
    ///
    /// # Errors
    /// [`DetectError::Infer`] when the network does not run.
    pub fn costs(&self, runtime: &Runtime) -> Result<Vec<(&'static str, Cost)>, DetectError> {
        match &self.chain {
            Chain::Raster(chain) => Ok(vec![(parts::NETWORK, chain.cost(runtime, &self.model)?)]),
            Chain::Pillars(chain) => chain.costs(runtime, &self.model),
        }
    }

    /// What was chosen for the user where he left the choice, to be told to him.
    pub fn notice(&self) -> Option<&str> {
        self.session().notice()
    }

    const fn session(&self) -> &Session {
        match &self.chain {
            Chain::Raster(chain) => chain.session(),
            Chain::Pillars(chain) => chain.session(),
        }
    }
}
