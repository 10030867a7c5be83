//! What the detectors with a network have in common: its file, its limits, what is told of it.

use crate::environment::{Environment, ModelFact, WorkFact};
use crate::witness::NetworkStep;
use delos_detect::DetectError;
use delos_detect::models::{ModelStore, ResolvedModel, Thresholds};
use delos_infer::{
    Cost, Device, EnginePlace, OrtLibrary, Placement, Runtime, SessionOptions, StreamOptions,
};
use delos_runtime::{BuildContext, ComponentResult};
use std::path::Path;

/// The model that is none: clusters and rules alone.
pub(crate) const NO_MODEL: &str = "none";

/// Whether a component with these parameters, defaults included, runs a network on a device.
pub fn runs_network(parameters: &toml::Table) -> bool {
    let model = parameters.get("model").and_then(toml::Value::as_str);
    parameters.contains_key("device") && model != Some(NO_MODEL)
}

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
    pub(crate) fn options(&self, context: &BuildContext) -> ComponentResult<SessionOptions> {
        if self.threads == 0 {
            return Err("`threads` must be at least 1".into());
        }
        let require_gpu = context.get::<Environment>().is_some_and(|e| e.wishes.require_gpu);
        let (device, intra_threads) = (self.device, self.threads);
        Ok(SessionOptions { device, intra_threads, require_gpu })
    }

    /// How the network runs on a GPU's stream. While one thread records a graph, work of any other one on the GPU
    /// fails and takes the graph with it, and each thread would record a graph of its own: a graph needs a run with
    /// one worker. (A rehearsal records one more, on the thread that makes components ready, before the run.)
    pub(crate) fn stream(
        &self,
        context: &BuildContext,
        resident: Option<bool>,
        graph: bool,
    ) -> ComponentResult<StreamOptions> {
        let is_on_gpu = self.device != Device::Cpu && resident != Some(false);
        let workers = context.workers().filter(|workers| *workers > 1);
        if let Some(workers) = workers.filter(|_| graph && is_on_gpu) {
            return Err(format!(
                "`cuda_graph` needs a run with one worker, this one has {workers}: while a graph is recorded no other \
                 thread may use the GPU; ask for --workers 1 (`run.workers = 1`)"
            )
            .into());
        }
        Ok(StreamOptions { graph, ..StreamOptions::default() })
    }

    /// Tells what is about to happen, so that nobody waits for minutes and does not know why.
    pub(crate) fn announce(
        &self,
        context: &BuildContext,
        model: &ResolvedModel,
        runtime: &Runtime,
    ) -> ComponentResult {
        let card = model.card.name.as_str();
        tell(context, &NetworkStep::Opens { card, device: self.device });
        if let Some(place) = EnginePlace::to_build(runtime, model.network(), self.device)? {
            tell(context, &NetworkStep::BuildsEngine { card, folder: place.engines() });
        }
        Ok(())
    }

    /// Tells the program what runs.
    pub(crate) fn note(
        &self,
        context: &BuildContext,
        model: &ResolvedModel,
        sessions: Vec<Placement>,
        notice: Option<&str>,
        runtime: &Runtime,
    ) {
        tell(context, &NetworkStep::Opened { sessions: &sessions, notice });
        let Some(environment) = context.get::<Environment>() else { return };
        environment.note_model(ModelFact {
            node: context.node().to_owned(),
            card: model.card.name.clone(),
            file: model.path.clone(),
            sha256: model.sha256.clone(),
            device_asked: self.device.to_string(),
            device_obtained: sessions.first().map_or(self.device, |s| s.obtained).to_string(),
            provider: sessions.first().map_or("", |s| s.obtained.provider()).to_owned(),
            sessions,
            onnxruntime: runtime.version().to_owned(),
            latency_only: model.card.latency_only,
        });
    }
}

/// What is told of a network before its first frame, if anything.
pub(crate) fn remark(model: &ResolvedModel) -> Option<String> {
    model.card.remark().map(|remark| format!("{}: {remark}", model.card.name))
}

/// Runs a network once, where that is wished for.
pub(crate) fn rehearse(
    context: &BuildContext,
    run: impl FnOnce() -> ComponentResult,
) -> ComponentResult {
    if context.get::<Environment>().is_some_and(|e| e.wishes.rehearse || e.wishes.count_work) {
        run()?;
        tell(context, &NetworkStep::Rehearsed);
    }
    Ok(())
}

/// Counts a network's work for one frame, where that is wished for.
pub(crate) fn count_work(
    context: &BuildContext,
    options: &SessionOptions,
    device: Device,
    costs: impl FnOnce() -> Result<Vec<(&'static str, Cost)>, DetectError>,
) -> ComponentResult {
    let Some(environment) = context.get::<Environment>().filter(|e| e.wishes.count_work) else {
        return Ok(());
    };
    for (part, cost) in costs()? {
        let (node, threads) = (context.node().to_owned(), options.intra_threads);
        environment.note_work(WorkFact { node, part, cost, threads, device });
    }
    Ok(())
}

fn tell(context: &BuildContext, step: &NetworkStep<'_>) {
    if let Some(witness) = context.get::<Environment>().and_then(|e| e.wishes.witness.clone()) {
        witness.sees(context.node(), step);
    }
}

/// ONNX Runtime, from where the command line says or from its usual places.
pub(crate) fn load_runtime(context: &BuildContext) -> ComponentResult<&'static Runtime> {
    let ort = context.get::<Environment>().and_then(|e| e.wishes.ort.clone());
    Ok(OrtLibrary::find(ort.as_deref())?.load()?)
}
