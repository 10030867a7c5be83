//! Objects out of camera images.

use crate::environment::{Environment, ModelFact};
use crate::topics;
use delos_core::{Detections2d, Image};
use delos_detect::camera::CameraDetector;
use delos_detect::models::{ModelStore, ResolvedModel, Thresholds};
use delos_infer::{Device, OrtLibrary, Runtime, SessionOptions};
use delos_runtime::{BuildContext, Component, ComponentResult, Concurrency, In, Io, Out, PortList};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Parameters of the camera detector.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CameraConfig {
    /// Name of a model card, or path of an ONNX file whose card is found by its sha256.
    pub model: String,
    /// Width and height of the network's input, pixels; the card's own where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
    /// Where the network runs: `cpu`, `cuda:0`, `auto`.
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
        let environment = context.get::<Environment>();
        let ort = environment.as_ref().and_then(|e| e.wishes.ort.clone());
        let model = resolve(&config, context)?;
        let runtime = OrtLibrary::find(ort.as_deref())?.load()?;
        let thresholds = thresholds(&config, &model);
        if config.threads == 0 {
            return Err("`threads` must be at least 1".into());
        }
        let options = SessionOptions { device: config.device, intra_threads: config.threads };
        let input = &model.card.input;
        let is_other = |size: &[u32; 2]| input.fixed && *size != input.size;
        let size_notice = config.size.filter(is_other).map(|wanted| {
            let ([w, h], [width, height]) = (wanted, input.size);
            format!("{} takes {width}x{height} only, not {w}x{h}: used that", model.card.name)
        });
        let size = config.size.filter(|size| !is_other(size));
        let detector = CameraDetector::new(runtime, model, size, Some(thresholds), &options)?;
        if let Some(environment) = environment {
            environment.note_model(fact(context.node(), &config, &detector, runtime));
        }
        let notices = detector.notice().map(str::to_owned).into_iter().chain(size_notice).collect();
        Ok(Self { ports, detector, notices })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        for notice in self.notices.drain(..) {
            io.notice(notice);
        }
        if let Some(image) = io.get(self.ports.image) {
            io.put(self.ports.detections, self.detector.detect(&image)?);
        }
        Ok(())
    }
}

/// The model, by card or by file; files of the launch file are relative to it. A bare file
/// name that is not there is looked for in the folders of models.
fn resolve(config: &CameraConfig, context: &BuildContext) -> ComponentResult<ResolvedModel> {
    let store = ModelStore::open(&[context.base().join("models"), "models".into()])?;
    let given = Path::new(&config.model);
    let path = context.resolve("model", given);
    let has_folder = given.components().count() > 1;
    let model = if has_folder || (given.extension().is_some() && path.is_file()) {
        path.to_string_lossy().into_owned()
    } else {
        config.model.clone()
    };
    Ok(store.resolve(&model)?)
}

fn thresholds(config: &CameraConfig, model: &ResolvedModel) -> Thresholds {
    let mut thresholds = model.card.thresholds;
    if let Some(score) = config.score {
        thresholds.score = score;
    }
    if let Some(nms_iou) = config.nms_iou {
        thresholds.nms_iou = nms_iou;
    }
    thresholds
}

fn fact(
    node: &str,
    config: &CameraConfig,
    detector: &CameraDetector,
    runtime: &Runtime,
) -> ModelFact {
    let model = detector.model();
    ModelFact {
        node: node.to_owned(),
        card: model.card.name.clone(),
        file: model.path.clone(),
        sha256: model.sha256.clone(),
        device_asked: config.device.to_string(),
        provider: detector.provider().to_owned(),
        onnxruntime: runtime.version().to_owned(),
    }
}
