//! Objects out of camera images.

use crate::network::{NetworkWishes, load_runtime, rehearse, remark};
use crate::rehearsal;
use crate::topics;
use delos_core::{Detections2d, Image};
use delos_detect::camera::CameraDetector;
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

/// Ports of the camera detector.
#[derive(Clone)]
pub struct CameraPorts {
    image: In<Image>,
    detections: Out<Detections2d>,
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

    fn ports(_: &CameraConfig, list: &mut PortList) -> CameraPorts {
        CameraPorts {
            image: list.input("image", topics::IMAGE),
            detections: list.output("detections", topics::CAMERA_DETECTIONS),
        }
    }

    fn build(
        config: CameraConfig,
        ports: CameraPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        let wishes = config.network();
        let model = wishes.resolve(context)?;
        let runtime = load_runtime(context)?;
        let thresholds = wishes.thresholds(&model);
        let options = wishes.options(context)?;
        let input = &model.card.input;
        let is_other = |size: &[u32; 2]| input.fixed && *size != input.size;
        let size_notice = config.size.filter(is_other).map(|wanted| {
            let ([w, h], [width, height]) = (wanted, input.size);
            format!("{} takes {width}x{height} only, not {w}x{h}: used that", model.card.name)
        });
        let size = config.size.filter(|size| !is_other(size));
        wishes.announce(context, &model, runtime)?;
        let mut detector = CameraDetector::new(runtime, model, size, Some(thresholds), &options)?;
        let placements = vec![detector.placement().clone()];
        wishes.note(context, detector.model(), placements, detector.notice(), runtime);
        rehearse(context, || {
            detector.detect(&rehearsal::image(detector.input_size())?)?;
            Ok(())
        })?;
        let notices = detector.notice().map(str::to_owned).into_iter().chain(size_notice);
        let notices = notices.chain(remark(detector.model())).collect();
        Ok(Self { ports, detector, notices })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        for notice in self.notices.drain(..) {
            io.notice(notice);
        }
        if let Some(image) = io.get(self.ports.image) {
            let found = self.detector.detect_in_parts(&image, io)?;
            io.put(self.ports.detections, found);
        }
        Ok(())
    }
}
