//! What a measurement leaves behind: every figure, and all that is needed to measure again.

use super::ceilings::Ceilings;
use super::floors::{Floor, Networks, floors};
use super::gpu::GpuFigures;
use super::scenario::Load;
use super::stream::{Bench, Repetition};
use crate::commands::launch::LaunchArgs;
use crate::gpus::Libraries;
use crate::host::{Host, Program};
use anyhow::{Context, Result, bail};
use delos_components::{DataFact, Facts, ModelFact};
use delos_core::Digest;
use delos_infer::{Placement, gpu};
use delos_runtime::analysis::{Analysis, Estimate, Figures};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Version of the format.
pub(super) const FORMAT: &str = "delos-bench-1";

/// Content of the file that `--json` names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BenchFile {
    pub(super) format: String,
    pub(super) delos: Program,
    pub(super) host: Host,
    /// The GPU and its driver, in words.
    pub(super) gpu: String,
    /// By which networks run on a GPU; missing where none asked for one, and in files of earlier versions.
    #[serde(default)]
    pub(super) gpu_libraries: Option<Libraries>,
    pub(super) name: String,
    #[serde(serialize_with = "delos_components::serialize_path")]
    pub(super) launch_file: PathBuf,
    pub(super) overrides: Vec<String>,
    /// The launch file with every parameter.
    pub(super) launch: toml::Table,
    pub(super) load: Load,
    pub(super) workers: usize,
    pub(super) models: Vec<Model>,
    pub(super) data: Option<Data>,
    pub(super) repetitions: Vec<Run>,
    /// What the machine can do at best, measured after the repetitions.
    #[serde(default)]
    pub(super) ceilings: Option<Ceilings>,
    /// How far the stages of the middle repetition lie above it.
    #[serde(default)]
    pub(super) floors: Vec<Floor>,
}

/// A network that was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Model {
    pub(super) node: String,
    pub(super) card: String,
    pub(super) sha256: String,
    pub(super) device_asked: String,
    /// Empty in files of earlier versions, as are the sessions.
    #[serde(default)]
    pub(super) device_obtained: String,
    pub(super) provider: String,
    pub(super) onnxruntime: String,
    #[serde(default)]
    pub(super) sessions: Vec<Placement>,
    /// Whether its weights are random: its boxes mean nothing.
    #[serde(default)]
    pub(super) latency_only: bool,
}

/// The data that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Data {
    #[serde(serialize_with = "delos_components::serialize_path")]
    pub(super) path: PathBuf,
    pub(super) layout: String,
    pub(super) sequences: Vec<String>,
}

/// One repetition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Run {
    #[serde(flatten)]
    pub(super) analysis: Analysis,
    /// Frames per second.
    pub(super) throughput_hz: f64,
    /// The mean latency as the sum of its segments, milliseconds.
    pub(super) accounted_ms: f64,
    /// Processor time of the whole process, start and warm-up included, seconds.
    pub(super) cpu_s: Option<f64>,
    /// The most memory the process held until then.
    pub(super) peak_bytes: Option<u64>,
    /// Empty where no network asked for a GPU, and in files of earlier versions.
    #[serde(default)]
    pub(super) gpu: GpuFigures,
    pub(super) data_digest: String,
    /// Of all results in the first pass over the data, as far as every repetition got.
    pub(super) results_digest: String,
    /// How many frames that is.
    #[serde(default)]
    pub(super) results_frames: usize,
}

impl BenchFile {
    pub(super) fn new(bench: &Bench, launch: &LaunchArgs, runs: Vec<Repetition>) -> Self {
        let facts = runs.first().map_or_else(Facts::default, |run| run.facts.clone());
        let common = runs.iter().map(|run| run.results.len()).min().unwrap_or(0);
        Self {
            format: FORMAT.to_owned(),
            delos: Program::this(),
            host: Host::this(),
            gpu: gpu::probe().to_string(),
            gpu_libraries: bench.gpu_libraries(),
            name: bench.plan().name.clone(),
            launch_file: launch.launch.clone(),
            overrides: launch.sets.clone(),
            launch: bench.plan().resolved(),
            load: bench.load().clone(),
            workers: bench.plan().run.workers_resolved(),
            models: facts.models.into_iter().map(Model::from).collect(),
            data: facts.data.map(Data::from),
            repetitions: runs.into_iter().map(|run| Run::new(run, common)).collect(),
            ceilings: None,
            floors: Vec::new(),
        }
    }

    /// Reads what an earlier measurement wrote.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let file: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is not a measurement of delos bench", path.display()))?;
        if file.format != FORMAT {
            bail!("{}: format {}, expected {FORMAT}; measure again", path.display(), file.format);
        }
        if file.repetitions.is_empty() {
            bail!("{}: no measurement in it", path.display());
        }
        Ok(file)
    }

    /// The same, held against what the machine can do.
    pub(super) fn with_floors(self, networks: &Networks, ceilings: Ceilings) -> Self {
        let floors =
            self.middle().map(|run| floors(&run.analysis, networks, &ceilings)).unwrap_or_default();
        Self { ceilings: Some(ceilings), floors, ..self }
    }

    /// The repetition whose median latency is the middle one; of two the slower.
    pub(super) fn middle(&self) -> Option<&Run> {
        let mut runs: Vec<&Run> = self.repetitions.iter().collect();
        let mean = |run: &Run| run.analysis.end_to_end.mean_ms;
        let median = |run: &Run| run.analysis.end_to_end.quantiles.p50.map_or(mean(run), |e| e.ms);
        runs.sort_by(|a, b| median(a).total_cmp(&median(b)));
        runs.get(runs.len() / 2).copied()
    }

    /// A figure over all repetitions: the median of its values, and the widest interval.
    pub(super) fn over_all(&self, pick: impl Fn(&Run) -> Option<Estimate>) -> Option<Estimate> {
        let all: Vec<Estimate> = self.repetitions.iter().map(pick).collect::<Option<_>>()?;
        let mut values: Vec<f64> = all.iter().map(|e| e.ms).collect();
        values.sort_by(f64::total_cmp);
        let low_ms = all.iter().map(|e| e.low_ms).fold(f64::INFINITY, f64::min);
        let high_ms = all.iter().map(|e| e.high_ms).fold(f64::NEG_INFINITY, f64::max);
        Some(Estimate { ms: *values.get(values.len() / 2)?, low_ms, high_ms })
    }
}

impl Run {
    /// The figures of one segment, where it occurs.
    pub(super) fn segment(&self, component: &str, share: &str) -> Option<&Figures> {
        let mut segments = self.analysis.segments.iter();
        segments.find(|s| s.component == component && s.share == share).map(|s| &s.time)
    }
}

impl Run {
    /// The figures; results are told up to frame number `common` of the first pass.
    fn new(run: Repetition, common: usize) -> Self {
        let results = common.checked_sub(1).and_then(|last| run.results.get(last).copied());
        Self {
            throughput_hz: run.analysis.throughput_hz(),
            accounted_ms: run.analysis.accounted_ms(),
            analysis: run.analysis,
            cpu_s: run.cpu_s,
            peak_bytes: run.peak_bytes,
            gpu: run.gpu,
            data_digest: run.data_digest,
            results_digest: results.unwrap_or(Digest(0)).to_string(),
            results_frames: common,
        }
    }
}

impl From<ModelFact> for Model {
    fn from(fact: ModelFact) -> Self {
        let ModelFact { node, card, sha256, device_asked, device_obtained, .. } = fact;
        let ModelFact { provider, onnxruntime, sessions, latency_only, .. } = fact;
        Self {
            node,
            card,
            sha256,
            device_asked,
            device_obtained,
            provider,
            onnxruntime,
            sessions,
            latency_only,
        }
    }
}

impl From<DataFact> for Data {
    fn from(fact: DataFact) -> Self {
        let DataFact { path, layout, sequences, .. } = fact;
        Self { path, layout, sequences }
    }
}
