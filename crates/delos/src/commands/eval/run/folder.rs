//! The output folder of a run, read for its evaluation.

use super::facts::{self, FrameTimes, LatencyFacts, Launch, RunFacts, Truth};
use crate::output::RUN_FILE;
use anyhow::{Result, bail};
use delos_core::BenchmarkRow;
use delos_ingest::UNFINISHED_MARKER;
use delos_ingest::benchmark::{self, RowFormat, RowRules};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The files of results that are judged, by their folder.
pub(super) const TRACKS: &str = "tracks";
/// What cameras find.
pub(super) const DETECTIONS_2D: &str = "detections_2d";
/// What LiDAR alone finds.
pub(super) const DETECTIONS_LIDAR: &str = "detections_lidar";
/// What the chain tracks.
pub(super) const DETECTIONS_3D: &str = "detections_3d";
const RESULTS: [&str; 4] = [TRACKS, DETECTIONS_2D, DETECTIONS_LIDAR, DETECTIONS_3D];

/// A run with ground truth.
pub(super) struct RunFolder {
    pub(super) path: PathBuf,
    pub(super) facts: RunFacts,
    /// Sequences of which frames are labelled, in the order of the run.
    pub(super) sequences: Vec<RunSequence>,
    /// Sequences of the run without labels.
    pub(super) unlabelled: Vec<String>,
}

/// One sequence of a run: what there is and what has been found.
pub(super) struct RunSequence {
    pub(super) name: String,
    /// Every frame that the run was given, dropped ones too, by number.
    pub(super) frames: Vec<RunFrame>,
    /// Labels of the frames that the run was given, by the file's order.
    pub(super) truth: Vec<BenchmarkRow>,
    results: BTreeMap<&'static str, Vec<BenchmarkRow>>,
}

/// A frame that the run was given.
pub(super) struct RunFrame {
    pub(super) frame: u32,
    /// On the recording's clock, nanoseconds.
    pub(super) stamp: i64,
    /// Whether somebody has labelled it.
    pub(super) is_labelled: bool,
    /// `None` for a dropped frame.
    pub(super) times: Option<FrameTimes>,
}

impl RunSequence {
    /// The rows of one of the folders.
    pub(super) fn results(&self, folder: &str) -> &[BenchmarkRow] {
        self.results.get(folder).map_or(&[], Vec::as_slice)
    }

    /// One more than the number of the last frame.
    pub(super) fn length(&self) -> u32 {
        self.frames.last().map_or(0, |last| last.frame.saturating_add(1))
    }

    /// A frame by its number.
    pub(super) fn frame(&self, number: u32) -> Option<&RunFrame> {
        let found = self.frames.binary_search_by_key(&number, |frame| frame.frame);
        found.ok().and_then(|index| self.frames.get(index))
    }

    /// A sequence of nothing but frames.
    #[cfg(test)]
    pub(super) fn made_up(name: &str, frames: Vec<RunFrame>) -> Self {
        Self { name: name.to_owned(), frames, truth: vec![], results: BTreeMap::new() }
    }

    /// The frames that are judged.
    pub(super) fn labelled(&self) -> impl Iterator<Item = &RunFrame> {
        self.frames.iter().filter(|frame| frame.is_labelled)
    }
}

impl RunFolder {
    /// Reads everything; says what is missing.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let facts = run_facts(path)?;
        let Some(truth) = &facts.truth else {
            let data = facts.data.as_ref();
            bail!(
                "{} has no ground truth: its data ({}) has no labels, so there is nothing to judge it by",
                path.display(),
                data.map_or("unknown", |data| data.layout.as_str()),
            );
        };
        if !path.join(TRACKS).is_dir() {
            bail!("{} has no {TRACKS}/: {}", path.display(), why_no_results(&facts.launch));
        }
        let latency: LatencyFacts = facts::read(&path.join("latency.json"))?;
        let mut frames = frames_by_sequence(&facts, latency, truth);
        let mut sequences = Vec::new();
        let mut unlabelled = Vec::new();
        for name in order(&facts, &frames) {
            let of_sequence = frames.remove(&name).unwrap_or_default();
            if of_sequence.iter().any(|frame| frame.is_labelled) {
                sequences.push(sequence(path, truth, &name, of_sequence)?);
            } else {
                unlabelled.push(name);
            }
        }
        if sequences.is_empty() {
            bail!("no labelled frame of {} has been processed", path.display());
        }
        Ok(Self { path: path.to_owned(), facts, sequences, unlabelled })
    }
}

/// `run.json` of a run that has come to an end of its own.
fn run_facts(path: &Path) -> Result<RunFacts> {
    let name = path.display();
    if !path.is_dir() {
        bail!("there is no folder {name}");
    }
    let is_unfinished = path.join(UNFINISHED_MARKER).exists();
    if !is_unfinished && !path.join(RUN_FILE).is_file() {
        bail!("{name} has no {RUN_FILE}; is it the output folder of a run?");
    }
    let facts = facts::read::<RunFacts>(&path.join(RUN_FILE));
    if let Ok(RunFacts { status, error, .. }) = &facts
        && status == "failed"
    {
        let why = error.as_deref().unwrap_or("no reason given");
        bail!("the run in {name} failed, so its results are not whole: {why}");
    }
    if is_unfinished {
        bail!("{name} is a run that has not ended or was killed; only whole runs are judged");
    }
    facts
}

/// Why a run has no files of results.
fn why_no_results(launch: &Launch) -> &'static str {
    let mut recorders = launch.node.values().filter(|node| node.kind == "recorder").peekable();
    if recorders.peek().is_none() {
        "its launch file has no `recorder`, which writes the results"
    } else if recorders.all(|recorder| recorder.results == false) {
        "results were switched off with `results = false` at the recorder"
    } else {
        "the files were removed"
    }
}

/// Sequences in the order of the data, then any others by name.
fn order(facts: &RunFacts, frames: &BTreeMap<String, Vec<RunFrame>>) -> Vec<String> {
    let data = facts.data.as_ref().map_or(&[][..], |data| data.sequences.as_slice());
    let known = data.iter().filter(|name| frames.contains_key(*name));
    let others = frames.keys().filter(|name| !data.contains(name));
    known.chain(others).cloned().collect()
}

/// Processed and dropped frames, by sequence and number. Those that waited when somebody stopped
/// the run are neither.
fn frames_by_sequence(
    facts: &RunFacts,
    latency: LatencyFacts,
    truth: &Truth,
) -> BTreeMap<String, Vec<RunFrame>> {
    let is_labelled = |sequence: &str, frame: u32| {
        let ranges = truth.frames.get(sequence).map_or(&[][..], Vec::as_slice);
        ranges.iter().any(|[first, last]| (*first..=*last).contains(&frame))
    };
    let mut frames: BTreeMap<String, Vec<RunFrame>> = BTreeMap::new();
    let mut add = |sequence: &str, frame: u32, stamp: i64, times: Option<FrameTimes>| {
        let is_labelled = is_labelled(sequence, frame);
        let frame = RunFrame { frame, stamp, is_labelled, times };
        frames.entry(sequence.to_owned()).or_default().push(frame);
    };
    for times in latency.frames {
        add(&times.sequence.clone(), times.frame, times.stamp, Some(times));
    }
    for dropped in facts.dropped.iter().filter(|frame| !frame.was_stopped()) {
        add(&dropped.sequence, dropped.frame, dropped.stamp, None);
    }
    for list in frames.values_mut() {
        list.sort_by_key(|frame| frame.frame);
    }
    frames
}

fn sequence(path: &Path, truth: &Truth, name: &str, frames: Vec<RunFrame>) -> Result<RunSequence> {
    let mut sequence =
        RunSequence { name: name.to_owned(), frames, truth: vec![], results: BTreeMap::new() };
    sequence.truth = read_rows(&path.join(&truth.folder), &sequence, false)?;
    for folder in RESULTS {
        let rows = read_rows(&path.join(folder), &sequence, folder == TRACKS)?;
        sequence.results.insert(folder, rows);
    }
    Ok(sequence)
}

/// The rows of the frames that the run was given.
fn read_rows(
    folder: &Path,
    sequence: &RunSequence,
    needs_identity: bool,
) -> Result<Vec<BenchmarkRow>> {
    let path = folder.join(format!("{}.txt", sequence.name));
    let rules = RowRules { needs_identity, ..RowRules::default() };
    let (mut rows, _none) = benchmark::read_rows(&path, RowFormat::KittiTracking, &rules)?;
    rows.retain(|row| sequence.frame(row.frame).is_some());
    Ok(rows)
}
