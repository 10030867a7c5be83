//! Objects out of LiDAR scans.

use crate::network::{NO_MODEL, NetworkWishes, count_work, load_runtime, rehearse, remark};
use crate::rehearsal;
use crate::topics;
use delos_core::{Calibration, Detections3d, Ego, OneSided, PointCloud, Segments};
use delos_detect::lidar::network::{LidarNetwork, LidarOptions};
use delos_detect::lidar::{
    JoinedDetector, LidarConfig, LidarDetector, LidarOutput, Region, RegionConfig, axes_doubt,
};
use delos_infer::Device;
use delos_runtime::{BuildContext, Component, ComponentResult, Concurrency, In, Io, Out, PortList};
use serde::{Deserialize, Serialize};

/// Height over the ground of the sensor of a rehearsal: KITTI's.
const REHEARSED_HEIGHT_M: f64 = 1.73;

/// Frames of a run whose scans are asked whether their axes are right. Few, and the same on any
/// number of workers; what they say alike is told once.
const AXES_TICKS: [u64; 4] = [0, 5, 20, 80];

/// Parameters of the LiDAR detector.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LidarDetectorConfig {
    /// Name of a model card, or path of an ONNX file whose card is found by its sha256 or beside
    /// it; `none` for clusters alone, which need no ONNX Runtime.
    pub model: String,
    /// Part of the ground that the network looks at, by the name that its card gives it
    /// (`front`, `wide`, `turn`); the card's usual one where absent. A network of pillars looks
    /// at its card's range in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// Where the network runs: `cpu`, `cuda:0`, `tensorrt:0`, `auto`.
    pub device: Device,
    /// Threads ONNX Runtime may use for one scan; apart from the run's workers.
    pub threads: usize,
    /// On a GPU: whether scans become pillars and boxes are decided there too, for networks of
    /// pillars. `true`: where that cannot be, it is an
    /// error; `false`: the processor does both; where absent, the GPU where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resident: Option<bool>,
    /// On a GPU, where scans stay there: whether the networks are recorded as CUDA graphs in their first run and
    /// repeated from then on. Needs `run.workers = 1`.
    pub cuda_graph: bool,
    /// Least score of a detection of the network; the card's own where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// Overlap (IoU, seen from above) above which the weaker of two boxes of a kind is dropped;
    /// the card's own where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nms_iou: Option<f32>,
    /// Whether objects of the clusters are passed on where the network does not look.
    pub clusters_outside: bool,
    /// Whether what only one of network and clusters has found is published.
    pub cross_check: bool,
    /// Ground and clusters.
    pub clusters: LidarConfig,
    /// Where on the ground objects are looked for, by network and clusters alike.
    pub region: RegionConfig,
}

impl Default for LidarDetectorConfig {
    fn default() -> Self {
        Self {
            model: NO_MODEL.to_owned(),
            window: None,
            device: Device::Cpu,
            threads: 1,
            resident: None,
            cuda_graph: false,
            score: None,
            nms_iou: None,
            clusters_outside: true,
            cross_check: true,
            clusters: LidarConfig::default(),
            region: RegionConfig::default(),
        }
    }
}

impl LidarDetectorConfig {
    fn has_network(&self) -> bool {
        self.model != NO_MODEL
    }

    fn network(&self) -> NetworkWishes<'_> {
        NetworkWishes {
            model: &self.model,
            device: self.device,
            threads: self.threads,
            score: self.score,
            nms_iou: self.nms_iou,
        }
    }

    /// That a wish for a window is left alone.
    fn window_notice(&self, network: &LidarNetwork) -> Option<String> {
        let (wish, card) = (self.window.as_deref()?, &network.model().card);
        let range = card.pillars().ok()?.range_m;
        let [x0, y0, _, x1, y1, _] = range;
        let name = &card.name;
        Some(format!(
            "{name} looks at x {x0} to {x1} m, y {y0} to {y1} m, not at a window `{wish}`"
        ))
    }

    /// Opens the network and tells the program of it.
    fn open(&self, context: &BuildContext) -> ComponentResult<LidarNetwork> {
        let wishes = self.network();
        let stream = wishes.stream(context, self.resident, self.cuda_graph)?;
        let model = wishes.resolve(context)?;
        let runtime = load_runtime(context).map_err(|error| {
            format!("{error}; without a network: --set {}.model={NO_MODEL}", context.node())
        })?;
        let thresholds = Some(wishes.thresholds(&model));
        let window = self.window.as_deref().filter(|_| model.card.pillars().is_err());
        let session = wishes.options(context)?;
        wishes.announce(context, &model, runtime)?;
        let options =
            LidarOptions { window, thresholds, session, resident: self.resident.into(), stream };
        let mut network = LidarNetwork::open(runtime, model, &options)?;
        let placements = network.placements();
        wishes.note(context, network.model(), placements, network.notice(), runtime);
        rehearse(context, || {
            let (height, mut found) = (REHEARSED_HEIGHT_M, Detections3d::default());
            network.detect(&rehearsal::scan(height), Some(height), &mut found)?;
            Ok(())
        })?;
        count_work(context, &session, network.device(), || network.costs(runtime))?;
        Ok(network)
    }
}

/// Ports of the LiDAR component.
#[derive(Clone)]
pub struct LidarPorts {
    cloud: In<PointCloud<Ego>>,
    calibration: In<Calibration>,
    segments: Out<Segments>,
    objects: Out<Detections3d>,
    one_sided: Option<Out<OneSided>>,
}

/// Ground and clusters; boxes by a network, or by the clusters' shapes.
pub struct LidarComponent {
    ports: LidarPorts,
    detector: Detector,
    notices: Vec<String>,
}

enum Detector {
    Clusters(Box<LidarDetector>),
    Joined(Box<JoinedDetector>),
}

impl Component for LidarComponent {
    const KIND: &'static str = "lidar_detector";
    const ABOUT: &'static str = "Finds objects in LiDAR scans with a network (ONNX Runtime) or, \
                                 `model = \"none\"`, by ground, clusters and their shapes.";
    const CONCURRENCY: Concurrency = Concurrency::PerFrame;
    type Config = LidarDetectorConfig;
    type Ports = LidarPorts;

    fn ports(config: &LidarDetectorConfig, list: &mut PortList) -> LidarPorts {
        let checks = config.has_network() && config.cross_check;
        LidarPorts {
            cloud: list.input("cloud", topics::CLOUD),
            calibration: list.optional("calibration", topics::CALIBRATION),
            segments: list.output("segments", topics::SEGMENTS),
            objects: list.output("objects", topics::LIDAR_OBJECTS),
            one_sided: checks.then(|| list.output("one_sided", topics::LIDAR_ONE_SIDED)),
        }
    }

    fn build(
        config: LidarDetectorConfig,
        ports: LidarPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        config.clusters.validate()?;
        let region = Region::new(&config.region)?;
        let clusters = LidarDetector::new(config.clusters.clone()).within(region);
        if !config.has_network() {
            let detector = Detector::Clusters(Box::new(clusters));
            return Ok(Self { ports, detector, notices: Vec::new() });
        }
        let network = config.open(context)?;
        let told = network.notice().map(str::to_owned);
        let notices = told.into_iter().chain(config.window_notice(&network));
        let notices = notices.chain(remark(network.model())).collect();
        let joined = JoinedDetector::new(network, clusters, config.clusters_outside);
        Ok(Self { ports, detector: Detector::Joined(Box::new(joined)), notices })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        for notice in self.notices.drain(..) {
            io.notice(notice);
        }
        let Some(cloud) = io.get(self.ports.cloud) else { return Ok(()) };
        let height = io.get(self.ports.calibration).map(|c| c.ego_height_m);
        if AXES_TICKS.contains(&io.header().tick)
            && let Some(doubt) = height.and_then(|height| axes_doubt(&cloud, height))
        {
            io.notice(doubt.to_string());
        }
        let mut output = LidarOutput::default();
        let mut disputed = self.ports.one_sided.map(|_| OneSided::default());
        match &mut self.detector {
            Detector::Clusters(detector) => {
                detector.detect(&cloud, height.unwrap_or_default(), &mut output);
            }
            Detector::Joined(detector) => {
                detector.detect_in_parts(&cloud, height, &mut output, disputed.as_mut(), io)?;
            }
        }
        io.put(self.ports.segments, output.segments);
        io.put(self.ports.objects, output.detections);
        if let Some((port, disputed)) = self.ports.one_sided.zip(disputed) {
            io.put(port, disputed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
