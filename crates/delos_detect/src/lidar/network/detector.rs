//! Everything around a network together.

use super::pillars::{PillarChain, ResidentChain};
use super::raster_chain::RasterChain;
use super::{LidarOptions, Window};
use crate::DetectError;
use crate::gpu::{self, Residence};
use crate::models::{InputContent, ResolvedModel, Thresholds};
use delos_core::{Detections3d, Ego, Parts, PointCloud, Unmeasured, parts};
use delos_infer::gpu::Cuda;
use delos_infer::{Cost, Device, Placement, Runtime, Session, SessionOptions};

/// Finds road users in LiDAR scans with a network, of this program or a published one. Holds
/// buffers, no memory of earlier scans.
#[derive(Debug)]
pub struct LidarNetwork {
    model: ResolvedModel,
    chain: Chain,
    notice: Option<String>,
}

#[derive(Debug)]
enum Chain {
    Raster(Box<RasterChain>),
    Pillars(Box<PillarChain>),
    Resident(Box<ResidentChain>),
}

impl LidarNetwork {
    /// Opens the network with the usual options: a window or none, thresholds or the card's, a device.
    ///
    /// # Errors
    /// As [`LidarNetwork::open`].
    pub fn new(
        runtime: &Runtime,
        model: ResolvedModel,
        window: Option<&str>,
        thresholds: Option<Thresholds>,
        options: &SessionOptions,
    ) -> Result<Self, DetectError> {
        let session = *options;
        let options = LidarOptions { window, thresholds, session, ..LidarOptions::default() };
        Self::open(runtime, model, &options)
    }

    /// Opens the network and checks it against its card.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when the network takes no scans, [`DetectError::UnknownWindow`],
    /// [`DetectError::Threshold`] and [`DetectError::Tensor`] when wishes, card and file
    /// disagree, [`DetectError::MissingFile`] and [`DetectError::Hash`] when the file of its
    /// pillar feature net is not there, [`DetectError::Infer`] when the network does not open, or must stay on a GPU
    /// and cannot.
    pub fn open(
        runtime: &Runtime,
        model: ResolvedModel,
        options: &LidarOptions<'_>,
    ) -> Result<Self, DetectError> {
        let (device, residence) = (options.session.device, options.resident);
        let Some(number) = gpu::number_for(runtime, device, residence)? else {
            return Self::on_processor(runtime, model, options, None);
        };
        if !is_of_pillars(&model) && residence != Residence::Required {
            let why = "only networks of pillars have kernels for that".to_owned();
            return Self::on_processor(runtime, model, options, Some(why));
        }
        let on_gpu = gpu::open(number, &options.session)
            .and_then(|on| Self::open_on(runtime, model.clone(), options, &on));
        match on_gpu {
            Err(why) if gpu::may_fall_back(&why, device, residence) => {
                Self::on_processor(runtime, model, options, Some(why.to_string()))
            }
            opened => opened,
        }
    }

    /// Opens a network of pillars on a GPU that is open already, with everything resident there; the options
    /// name that GPU, or the processor where `on` keeps its memory there ([`Cuda::with_memory_of_process`]).
    ///
    /// # Errors
    /// As [`LidarNetwork::open`]; [`DetectError::Kind`] when the network is none of pillars,
    /// [`DetectError::Infer`] when the kernels cannot have what the card wants.
    pub fn open_on(
        runtime: &Runtime,
        model: ResolvedModel,
        options: &LidarOptions<'_>,
        on: &Cuda,
    ) -> Result<Self, DetectError> {
        let chain = ResidentChain::new(runtime, &model, options, on)?;
        let (number, origin) = (on.ordinal(), on.origin());
        let chosen = match options.session.device {
            Device::Auto => format!("device auto: cuda:{number}; "),
            _ => String::new(),
        };
        let notice = Some(format!("{chosen}scans stay on cuda:{number}; {origin}"));
        Ok(Self { model, chain: Chain::Resident(Box::new(chain)), notice })
    }

    fn on_processor(
        runtime: &Runtime,
        model: ResolvedModel,
        options: &LidarOptions<'_>,
        why: Option<String>,
    ) -> Result<Self, DetectError> {
        let LidarOptions { window, session, .. } = *options;
        let thresholds = options.thresholds.unwrap_or(model.card.thresholds);
        let chain = if is_of_pillars(&model) {
            Chain::Pillars(Box::new(PillarChain::new(runtime, &model, thresholds, &session)?))
        } else {
            let raster = RasterChain::new(runtime, &model, window, thresholds, &session)?;
            Chain::Raster(Box::new(raster))
        };
        let mut opened = Self { model, chain, notice: None };
        // A network on the processor has told why already.
        let why = why.filter(|_| opened.device() != Device::Cpu);
        let why = why.map(|why| format!("scans are prepared on the processor: {why}"));
        let notices = [opened.session().notice().map(str::to_owned), why].into_iter().flatten();
        opened.notice = notices.reduce(|first, second| format!("{first}; {second}"));
        Ok(opened)
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
            Chain::Resident(chain) => chain.detect(cloud, ego_height_m, parts, &mut out.0),
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
            Chain::Pillars(_) | Chain::Resident(_) => None,
        }
    }

    /// Whether a place on the ground (metres, forward and left of the sensor) is looked at.
    pub fn covers(&self, x: f64, y: f64) -> bool {
        match (&self.chain, &self.model.card.input.content) {
            (Chain::Raster(chain), _) => chain.window().covers(x, y),
            (_, InputContent::Pillars(pillars)) => pillars.covers(x, y),
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
            Chain::Resident(chain) => chain.encoder_session(),
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
            Chain::Resident(chain) => chain.costs(runtime, &self.model),
        }
    }

    /// What was chosen for the user where he left the choice, to be told to him.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Whether the steps before and behind the network run on the device too.
    pub const fn is_resident(&self) -> bool {
        matches!(self.chain, Chain::Resident(_))
    }

    const fn session(&self) -> &Session {
        match &self.chain {
            Chain::Raster(chain) => chain.session(),
            Chain::Pillars(chain) => chain.session(),
            Chain::Resident(chain) => chain.session(),
        }
    }
}

const fn is_of_pillars(model: &ResolvedModel) -> bool {
    matches!(model.card.input.content, InputContent::Pillars(_))
}
