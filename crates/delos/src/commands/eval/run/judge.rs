//! From a run to its report.

use super::detection::{average_precision, recall_by_distance};
use super::folder::{RunFolder, RunSequence};
use super::publication::Path;
use super::report::{EvalReport, Head, SequenceHead};
use super::{incidents, latency, streaming, tracking};
use anyhow::Result;
use delos_core::{BenchmarkRow, ObjectClass};
use delos_eval::streaming::Seen;

/// Classes that are judged, where they are labelled.
const CLASSES: [ObjectClass; 3] = [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist];

/// What is judged: the labels of labelled frames, and what a user holds at their instants.
pub(super) struct Pairing<'a> {
    pub(super) sequence: &'a RunSequence,
    pub(super) truth: Vec<BenchmarkRow>,
    pub(super) seen: Vec<Seen>,
}

impl<'a> Pairing<'a> {
    /// Each labelled frame with its own answer.
    pub(super) fn offline(sequence: &'a RunSequence) -> Self {
        let own = |frame: u32| Seen { frame, answer: Some(frame) };
        Self::new(sequence, sequence.labelled().map(|frame| own(frame.frame)).collect())
    }

    /// Each labelled frame with the answer that is held at its instant.
    pub(super) fn new(sequence: &'a RunSequence, seen: Vec<Seen>) -> Self {
        let is_labelled =
            |row: &&BenchmarkRow| sequence.frame(row.frame).is_some_and(|f| f.is_labelled);
        let truth = sequence.truth.iter().filter(is_labelled).copied().collect();
        Self { sequence, truth, seen }
    }

    /// The labels that the image sees: what scores in the image are about.
    pub(super) fn truth_in_image(&self) -> Vec<BenchmarkRow> {
        self.truth.iter().filter(|row| is_in_image(row)).copied().collect()
    }
}

/// Whether a row has a rectangle, and not the `-1 -1 -1 -1` of "not given".
fn is_in_image(row: &BenchmarkRow) -> bool {
    let [x1, y1, x2, y2] = row.image_box;
    x2 > x1 && y2 > y1
}

/// Judges a run.
pub(super) fn judge(run: &RunFolder, added_ms: &[f64]) -> Result<EvalReport> {
    let offline: Vec<Pairing<'_>> = run.sequences.iter().map(Pairing::offline).collect();
    let labelled = || offline.iter().flat_map(|pairing| &pairing.truth);
    let is_labelled = |class: &ObjectClass| labelled().any(|row| row.class == *class);
    let classes: Vec<ObjectClass> = CLASSES.into_iter().filter(is_labelled).collect();
    let has_image = labelled().any(is_in_image);
    let follows = run.facts.data.as_ref().is_none_or(|data| !data.frames_are_independent);
    let has_answers = has_image && follows && !classes.is_empty();
    let judges_tracks = has_answers && Path::to(&run.facts.launch, "tracks").is_some();
    let mut notes = notes(run, &classes, has_image, follows);
    let tracking = judges_tracks.then(|| tracking::report(&offline, &classes)).transpose()?;
    let incidents = if judges_tracks {
        incidents::incidents(run, &offline, &classes)?
    } else {
        incidents::none()
    };
    let streaming = if has_answers { streaming::streaming(run, &classes, added_ms)? } else { None };
    Ok(EvalReport {
        run: head(run, &classes),
        tracking,
        detection: average_precision(&offline, &classes, has_image, &mut notes),
        recall_by_distance: recall_by_distance(&offline, &classes),
        streaming,
        latency: latency::latency(run)?,
        incidents,
        notes,
    })
}

fn head(run: &RunFolder, classes: &[ObjectClass]) -> Head {
    let data = run.facts.data.as_ref();
    let sequence = |sequence: &RunSequence| SequenceHead {
        name: sequence.name.clone(),
        frames: sequence.frames.len(),
        dropped: sequence.frames.iter().filter(|frame| frame.times.is_none()).count(),
        labelled: sequence.labelled().count(),
    };
    Head {
        name: run.facts.name.clone(),
        folder: run.path.display().to_string(),
        status: run.facts.status.clone(),
        layout: data.map_or_else(|| "unknown".to_owned(), |data| data.layout.clone()),
        data: data.map_or_else(|| "unknown".to_owned(), |data| data.path.clone()),
        seed: data.and_then(|data| data.seed),
        pace: run.facts.launch.run.pace.clone(),
        classes: classes.iter().map(|class| class.name()).collect(),
        sequences: run.sequences.iter().map(sequence).collect(),
    }
}

/// Labelled frames that were dropped, and those that a component left out.
fn lost(run: &RunFolder) -> Vec<String> {
    let labelled = || run.sequences.iter().flat_map(RunSequence::labelled);
    let dropped = labelled().filter(|frame| frame.times.is_none()).count();
    let times = labelled().filter_map(|frame| frame.times.as_ref());
    let left_out = times.filter(|times| !times.left_out_by.is_empty()).count();
    let frames = |count: usize| match count {
        1 => "1 labelled frame was".to_owned(),
        count => format!("{count} labelled frames were"),
    };
    let told = [
        (dropped, "dropped; the labels count, and nothing is found there."),
        (
            left_out,
            "late and left out by a component; the labels count, and what was left out finds nothing.",
        ),
    ];
    let told = told.into_iter().filter(|(count, _)| *count > 0);
    told.map(|(count, text)| format!("{} {text}", frames(count))).collect()
}

/// What is not judged, or only in part.
fn notes(run: &RunFolder, classes: &[ObjectClass], has_image: bool, follows: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if run.facts.status == "interrupted" {
        notes.push("The run was interrupted: the frames until then are judged.".to_owned());
    }
    if !run.unlabelled.is_empty() {
        notes.push(format!("Without labels, not judged: {}.", run.unlabelled.join(", ")));
    }
    notes.extend(lost(run));
    if Path::to(&run.facts.launch, "tracks").is_none() {
        notes.push(
            "The launch file makes no tracks that its recorder reads, so there are no scores of \
             tracks."
                .to_owned(),
        );
    }
    if run.facts.data.as_ref().is_some_and(|data| data.seed.is_some()) {
        notes.push(
            "The labels of a simulated drive are exact: they reach to 120 m and contain objects \
             that are mostly hidden. The summary of the run and scores.json count vehicles in view \
             with enough LiDAR points near by alone."
                .to_owned(),
        );
    }
    if classes.is_empty() {
        notes.push("Neither cars nor pedestrians nor cyclists are labelled.".to_owned());
    }
    if !has_image {
        notes.push(
            "No labelled object has a rectangle in an image (there is no camera), so the scores \
             of KITTI's benchmarks, which are about the image, are not there."
                .to_owned(),
        );
    }
    if !follows {
        notes.push(
            "Every frame is a scene of its own: tracks and streaming are not judged.".to_owned(),
        );
    }
    notes
}
