//! Objects out of camera images.

use crate::network::{NetworkWishes, count_work, load_runtime, rehearse, remark};
use crate::rehearsal;
use crate::topics;
use delos_core::{Detections2d, Image};
use delos_detect::camera::{CameraDetector, CameraOptions, Together};
use delos_infer::Device;
use delos_runtime::{BuildContext, Component, ComponentResult, Concurrency, In, Io, Out, PortList};
use serde::{Deserialize, Serialize};

/// Parameters of the camera detector.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CameraConfig {
    /// Name of a model card, or path of an ONNX file whose card is found by its sha256.
    pub model: String,
    /// Width and height of the network's input, pixels; the card's own where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
    /// Where the network runs: `cpu`, `cuda:0`, `tensorrt:0`, `auto`.
    pub device: Device,
    /// Threads ONNX Runtime may use for one image; apart from the run's workers.
    pub threads: usize,
    /// On a GPU: whether images are prepared and boxes are decided there too. `true`: where that cannot be, it is an
    /// error; `false`: the processor does both; where absent, the GPU where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resident: Option<bool>,
    /// On a GPU: whether the network is recorded as a CUDA graph in its first run and repeated from then
    /// on. Needs `run.workers = 1`.
    pub cuda_graph: bool,
    /// How many cameras one frame has, 1 to 8: `image`, `image_2`, … to `detections`, `detections_2`, ….
    pub cameras: usize,
    /// How their images run: `batch` (one run of the network) or `streams` (one stream each).
    pub together: Together,
    /// Least score of a detection; the card's own where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// Overlap (IoU) above which the weaker of two boxes of a class is dropped; the card's
    /// own where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nms_iou: Option<f32>,
}

impl Default for CameraConfig {
    fn default() -> Self {
        Self {
            model: "yolox_nano".to_owned(),
            size: None,
            device: Device::Cpu,
            threads: 1,
            resident: None,
            cuda_graph: false,
            cameras: 1,
            together: Together::Batch,
            score: None,
            nms_iou: None,
        }
    }
}

impl CameraConfig {
    fn network(&self) -> NetworkWishes<'_> {
        NetworkWishes {
            model: &self.model,
            device: self.device,
            threads: self.threads,
            score: self.score,
            nms_iou: self.nms_iou,
        }
    }
}

/// Names of the ports of further cameras, and the topics they write.
const FURTHER: [[&str; 3]; 7] = [
    ["image_2", "detections_2", "perception/camera_2"],
    ["image_3", "detections_3", "perception/camera_3"],
    ["image_4", "detections_4", "perception/camera_4"],
    ["image_5", "detections_5", "perception/camera_5"],
    ["image_6", "detections_6", "perception/camera_6"],
    ["image_7", "detections_7", "perception/camera_7"],
    ["image_8", "detections_8", "perception/camera_8"],
];

/// Ports of the camera detector, a pair for each camera.
#[derive(Clone)]
pub struct CameraPorts {
    cameras: Vec<(In<Image>, Out<Detections2d>)>,
}

/// Finds objects in camera images with a network.
pub struct CameraComponent {
    ports: CameraPorts,
    detector: CameraDetector,
    notices: Vec<String>,
}

impl Component for CameraComponent {
    const KIND: &'static str = "camera_detector";
    const ABOUT: &'static str = "Finds objects in camera images with a network (ONNX Runtime).";
    const CONCURRENCY: Concurrency = Concurrency::PerFrame;
    type Config = CameraConfig;
    type Ports = CameraPorts;

    fn ports(config: &CameraConfig, list: &mut PortList) -> CameraPorts {
        let first = ["image", "detections", topics::CAMERA_DETECTIONS];
        let names = std::iter::once(first).chain(FURTHER).take(config.cameras.max(1));
        // Where nothing else is said, every camera is the one there is.
        let pair = |[image, detections, topic]: [&'static str; 3]| {
            (list.input(image, topics::IMAGE), list.output(detections, topic))
        };
        CameraPorts { cameras: names.map(pair).collect() }
    }

    fn build(
        config: CameraConfig,
        ports: CameraPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        let wishes = config.network();
        let stream = wishes.stream(context, config.resident, config.cuda_graph)?;
        let model = wishes.resolve(context)?;
        let runtime = load_runtime(context)?;
        let thresholds = wishes.thresholds(&model);
        let session = wishes.options(context)?;
        if !(1..=1 + FURTHER.len()).contains(&config.cameras) {
            return Err(format!("`cameras` must be 1 to {}", 1 + FURTHER.len()).into());
        }
        let input = &model.card.input;
        let is_other = |size: &[u32; 2]| input.fixed && *size != input.size;
        let size_notice = config.size.filter(is_other).map(|wanted| {
            let ([w, h], [width, height]) = (wanted, input.size);
            format!("{} takes {width}x{height} only, not {w}x{h}: used that", model.card.name)
        });
        let size = config.size.filter(|size| !is_other(size));
        wishes.announce(context, &model, runtime)?;
        let options = CameraOptions {
            size,
            thresholds: Some(thresholds),
            session,
            resident: config.resident.into(),
            stream,
            images: config.cameras,
            together: config.together,
        };
        let mut detector = CameraDetector::open(runtime, model, &options)?;
        let placements = detector.placements();
        wishes.note(context, detector.model(), placements, detector.notice(), runtime);
        rehearse(context, || {
            detector.detect(&rehearsal::image(detector.input_size())?)?;
            Ok(())
        })?;
        count_work(context, &session, detector.device(), || detector.costs(runtime))?;
        let notices = detector.notice().map(str::to_owned).into_iter().chain(size_notice);
        let notices = notices.chain(remark(detector.model())).collect();
        Ok(Self { ports, detector, notices })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        for notice in self.notices.drain(..) {
            io.notice(notice);
        }
        let got = self.ports.cameras.iter().filter_map(|(image, to)| Some((io.get(*image)?, *to)));
        let got: Vec<_> = got.collect();
        if got.is_empty() {
            return Ok(());
        }
        let images: Vec<&Image> = got.iter().map(|(image, _)| &**image).collect();
        let found = self.detector.detect_all(&images, io)?;
        for ((_, to), found) in got.iter().zip(found) {
            io.put(*to, found);
        }
        Ok(())
    }
}
