//! What a run says about itself: `run.json`, `latency.json`, `digest.json`, `scores.json`, a
//! summary.

mod rows;

pub(crate) use rows::RowCount;

use crate::host::{Host, Program};
use crate::output::RUN_FILE;
use crate::placement::obtained;
use crate::{scores, table};
use anyhow::{Context, Result};
use delos_components::{DataFact, Facts, ModelFact, PoseFact, ScoresReport, TruthFact};
use delos_core::DigestHasher;
use delos_runtime::{DigestFile, Dropped, LatencyFile, LatencySummary, Pace, Plan, RunReport};
use serde::Serialize;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Complete,
    Interrupted,
    Failed,
}

/// Content of `run.json`.
#[derive(Serialize)]
pub(crate) struct RunFile {
    delos: Program,
    name: String,
    status: Status,
    error: Option<String>,
    #[serde(serialize_with = "delos_components::serialize_path")]
    launch_file: PathBuf,
    overrides: Vec<String>,
    require_gpu: bool,
    launch: toml::Table,
    host: Host,
    started_unix_s: u64,
    wall_s: f64,
    data: Option<Data>,
    #[serde(serialize_with = "delos_components::serialize_optional_path")]
    ground_truth: Option<PathBuf>,
    truth: Option<TruthFact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    poses: Vec<PoseFact>,
    models: Vec<ModelFact>,
    execution_providers: Vec<(String, String)>,
    frames: Frames,
    dropped: Vec<Dropped>,
    notices: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Data {
    #[serde(flatten)]
    fact: DataFact,
    digest: String,
}

#[derive(Serialize)]
struct Frames {
    read: usize,
    processed: usize,
    /// Of those processed, frames that at least one component left out since they were late.
    left_out: usize,
    dropped: usize,
}

/// What only the caller knows.
pub(crate) struct Circumstances<'a> {
    pub(crate) launch_file: &'a Path,
    pub(crate) overrides: &'a [String],
    pub(crate) require_gpu: bool,
    pub(crate) started_unix_s: u64,
}

/// Everything a run leaves behind, ready to be written.
pub(crate) struct Results {
    pub(crate) status: Status,
    run: RunFile,
    overlaps: bool,
    latency: LatencyFile,
    digest: DigestFile,
    scores: Option<ScoresReport>,
}

impl Results {
    pub(crate) fn new(
        plan: &Plan,
        report: &RunReport,
        facts: Facts,
        circumstances: &Circumstances<'_>,
    ) -> Self {
        let status = match (&report.error, report.interrupted) {
            (Some(_), _) => Status::Failed,
            (None, true) => Status::Interrupted,
            (None, false) => Status::Complete,
        };
        let digest = DigestFile::of(report);
        let latency = LatencyFile::of(report);
        let data_digest = data_digest(report);
        let providers = facts.models.iter().map(|m| (m.node.clone(), m.provider.clone()));
        let run = RunFile {
            delos: Program::this(),
            name: plan.name.clone(),
            status,
            error: report.error.as_ref().map(chain),
            launch_file: circumstances.launch_file.to_owned(),
            overrides: circumstances.overrides.to_vec(),
            require_gpu: circumstances.require_gpu,
            launch: plan.resolved(),
            host: Host::this(),
            started_unix_s: circumstances.started_unix_s,
            wall_s: report.wall_ns as f64 * 1e-9,
            ground_truth: facts.data.as_ref().and_then(|data| data.ground_truth.clone()),
            truth: facts.truth,
            poses: facts.poses,
            data: facts.data.map(|fact| Data { fact, digest: data_digest }),
            execution_providers: providers.collect(),
            models: facts.models,
            frames: Frames {
                read: report.delivered.len(),
                processed: report.frames.len(),
                left_out: latency.left_out,
                dropped: report.dropped.len(),
            },
            dropped: report.dropped.clone(),
            notices: report.notices.clone(),
        };
        let overlaps = plan.run.pace == Pace::Lockstep && plan.run.window_resolved() > 1;
        Self { status, run, overlaps, latency, digest, scores: facts.scores }
    }

    /// Writes the three files, and the scores where the run has some.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        write_json(&folder.join("latency.json"), &self.latency)?;
        write_json(&folder.join("digest.json"), &self.digest)?;
        if let Some(scores) = &self.scores {
            write_json(&folder.join("scores.json"), scores)?;
        }
        write_json(&folder.join(RUN_FILE), &self.run)
    }

    /// The summary for the terminal.
    pub(crate) fn summary(&self, rows: Option<RowCount>) -> String {
        let frames = &self.run.frames;
        let mut text = format!(
            "{}: {} frames read, {} processed, {} dropped in {:.2} s ({:.1} frames/s)\n",
            self.run.name,
            frames.read,
            frames.processed,
            frames.dropped,
            self.run.wall_s,
            frames.processed as f64 / self.run.wall_s.max(1e-9),
        );
        if frames.left_out > 0 {
            let _ = writeln!(
                text,
                "{} of those processed were late and left out by a component; end to end is of the others",
                frames.left_out
            );
        }
        for model in &self.run.models {
            let ModelFact { node, card, provider, onnxruntime, .. } = model;
            let _ = write!(text, "{node}: {card} on {provider} (ONNX Runtime {onnxruntime})");
            text += &obtained(&model.device_asked, &model.device_obtained, &model.sessions);
            text.push_str(if model.latency_only {
                "; LATENCY ONLY: random weights\n"
            } else {
                "\n"
            });
        }
        if let Some(rows) = rows {
            text.push_str(&rows.lines());
        }
        if let Some(report) = &self.scores {
            text.push_str(&scores::summary(report));
        }
        text.push_str("\nlatency, ms\n");
        text.push_str(&self.latency_table());
        text
    }

    fn latency_table(&self) -> String {
        let heads = ["component", "frames", "p50", "p90", "p99", "max"];
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        for (id, summary) in &self.latency.components {
            rows.push(row(id, summary));
            let parts = self.latency.parts.iter().filter(|(component, _)| component == id);
            let parts = parts.flat_map(|(_, parts)| parts);
            rows.extend(parts.map(|(part, summary)| row(&format!("  {part}"), summary)));
        }
        rows.push(row("end to end", &self.latency.end_to_end));
        let mut text = table::numbers(&rows);
        if self.latency.end_to_end.count < 1000 {
            text.push_str("\n- : too few frames for this percentile (10 must lie beyond it)");
        }
        if self.overlaps {
            text.push_str(
                "\nframes overlap, so end to end contains waiting for workers; \
                 --set run.window=1 measures one frame at a time",
            );
        }
        text
    }
}

fn row(name: &str, summary: &LatencySummary) -> Vec<String> {
    let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2}"));
    let figures = [summary.p50, summary.p90, summary.p99, summary.max].map(cell);
    [name.to_owned(), summary.count.to_string()].into_iter().chain(figures).collect()
}

/// Digest over everything the source delivered, processed or not.
pub(crate) fn data_digest(report: &RunReport) -> String {
    let mut hasher = DigestHasher::default();
    for (header, digest) in &report.delivered {
        hasher.text(&header.sequence).u32(header.frame).bytes(&digest.0.to_le_bytes());
    }
    hasher.finish().to_string()
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
    text.push('\n');
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// An error with its whole cause on one line.
fn chain(error: &delos_runtime::RunError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
