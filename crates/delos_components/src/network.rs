//! What the detectors with a network have in common: its file, its limits, what is told of it.

use crate::environment::{Environment, ModelFact};
use delos_detect::models::{ModelStore, ResolvedModel, Thresholds};
use delos_infer::{Device, OrtLibrary, Runtime, SessionOptions};
use delos_runtime::{BuildContext, ComponentResult};
use std::path::Path;

/// What a launch file says of a network, apart from what goes in.
pub(crate) struct NetworkWishes<'a> {
    /// Name of a card, or path of a file.
    pub(crate) model: &'a str,
    /// Where it runs.
    pub(crate) device: Device,
    /// Threads for one frame.
    pub(crate) threads: usize,
    /// Least score; the card's own where absent.
    pub(crate) score: Option<f32>,
    /// Limit of overlap; the card's own where absent.
    pub(crate) nms_iou: Option<f32>,
}

impl NetworkWishes<'_> {
    /// The model, by card or by file; files of the launch file are relative to it. A bare file
    /// name that is not there is looked for in the folders of models.
    pub(crate) fn resolve(&self, context: &BuildContext) -> ComponentResult<ResolvedModel> {
        let store = ModelStore::open(&[context.base().join("models"), "models".into()])?;
        let given = Path::new(self.model);
        let path = context.resolve("model", given);
        let has_folder = given.components().count() > 1;
        let model = if has_folder || (given.extension().is_some() && path.is_file()) {
            path.to_string_lossy().into_owned()
        } else {
            self.model.to_owned()
        };
        Ok(store.resolve(&model)?)
    }

    /// The card's limits, and those that the launch file sets.
    pub(crate) fn thresholds(&self, model: &ResolvedModel) -> Thresholds {
        let usual = model.card.thresholds;
        Thresholds {
            score: self.score.unwrap_or(usual.score),
            nms_iou: self.nms_iou.unwrap_or(usual.nms_iou),
        }
    }

    /// How a session is opened.
    pub(crate) fn options(&self) -> ComponentResult<SessionOptions> {
        if self.threads == 0 {
            return Err("`threads` must be at least 1".into());
        }
        Ok(SessionOptions { device: self.device, intra_threads: self.threads })
    }

    /// Tells the program what runs.
    pub(crate) fn note(
        &self,
        context: &BuildContext,
        model: &ResolvedModel,
        provider: &str,
        runtime: &Runtime,
    ) {
        let Some(environment) = context.get::<Environment>() else { return };
        environment.note_model(ModelFact {
            node: context.node().to_owned(),
            card: model.card.name.clone(),
            file: model.path.clone(),
            sha256: model.sha256.clone(),
            device_asked: self.device.to_string(),
            provider: provider.to_owned(),
            onnxruntime: runtime.version().to_owned(),
            latency_only: model.card.latency_only,
        });
    }
}

/// What is told of a network before its first frame, if anything.
pub(crate) fn remark(model: &ResolvedModel) -> Option<String> {
    model.card.remark().map(|remark| format!("{}: {remark}", model.card.name))
}

/// ONNX Runtime, from where the command line says or from its usual places.
pub(crate) fn load_runtime(context: &BuildContext) -> ComponentResult<&'static Runtime> {
    let ort = context.get::<Environment>().and_then(|e| e.wishes.ort.clone());
    Ok(OrtLibrary::find(ort.as_deref())?.load()?)
}
