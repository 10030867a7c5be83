//! What an evaluation says: the content of `eval.json`.

use delos_eval::detection::ObjectReport;
use delos_eval::tracking::{Report, Scores};
use delos_eval::{DistanceBin, DistanceRules};
use delos_runtime::LatencySummary;
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything about one run.
#[derive(Serialize)]
pub(super) struct EvalReport {
    pub(super) run: Head,
    /// HOTA, CLEAR, Identity: sequence, class, metric. `None` where there is no image.
    pub(super) tracking: Option<Report>,
    /// Average precision of each detector, by the folder of its results.
    pub(super) detection: BTreeMap<&'static str, ObjectReport>,
    pub(super) recall_by_distance: RecallByDistance,
    pub(super) streaming: Option<Streaming>,
    pub(super) latency: Latency,
    pub(super) incidents: Incidents,
    /// What could not be judged, and why.
    pub(super) notes: Vec<String>,
}

/// Which run it is.
#[derive(Serialize)]
pub(super) struct Head {
    pub(super) name: String,
    /// The folder as it was named.
    pub(super) folder: String,
    /// `complete` or `interrupted`.
    pub(super) status: String,
    pub(super) layout: String,
    pub(super) data: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<u64>,
    pub(super) pace: String,
    /// Classes that are labelled.
    pub(super) classes: Vec<&'static str>,
    pub(super) sequences: Vec<SequenceHead>,
}

#[derive(Serialize)]
pub(super) struct SequenceHead {
    pub(super) name: String,
    /// Frames that the run was given.
    pub(super) frames: usize,
    /// Those that it dropped.
    pub(super) dropped: usize,
    /// Those that are judged: all that are labelled, dropped ones too.
    pub(super) labelled: usize,
}

/// Recall by the distance of the object: folder of the results, class, bins.
#[derive(Serialize)]
pub(super) struct RecallByDistance {
    pub(super) rules: DistanceRules,
    pub(super) of: BTreeMap<&'static str, BTreeMap<&'static str, Vec<DistanceBin>>>,
}

/// What the answers are worth by the time they are there.
#[derive(Serialize)]
pub(super) struct Streaming {
    /// How instants of publication were found, in one sentence.
    pub(super) source: &'static str,
    /// From no latency to the longest.
    pub(super) rows: Vec<StreamingRow>,
}

/// One latency.
#[derive(Serialize)]
pub(super) struct StreamingRow {
    pub(super) timing: Timing,
    /// On top of the timing, milliseconds.
    pub(super) added_ms: f64,
    /// Mean age of the answers that are held at labelled instants, milliseconds; `None` where
    /// there is none.
    pub(super) age_ms: Option<f64>,
    /// Labelled instants at which there is no answer yet.
    pub(super) without_answer: usize,
    /// Tracks, by class, of all sequences together.
    pub(super) tracking: BTreeMap<&'static str, Scores>,
    /// Camera: average precision in the image over 40 recalls at moderate difficulty, percent.
    pub(super) camera_ap_r40: BTreeMap<&'static str, f64>,
}

/// When answers are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Timing {
    /// At the instant of their frame, at once. Where no frame is dropped, that is the offline
    /// score; where one is, the answer before is held.
    NoLatency,
    /// When they were, in realtime.
    Measured,
    /// By one worker that takes the newest frame when it is free.
    SingleWorker,
    /// By as many workers as there are frames under way.
    SideBySide,
}

impl Timing {
    /// For people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::NoLatency => "no latency",
            Self::Measured => "as measured",
            Self::SingleWorker => "one worker",
            Self::SideBySide => "side by side",
        }
    }
}

impl StreamingRow {
    /// When answers are there, in a few words.
    pub(super) fn title(&self) -> String {
        let name = self.timing.name();
        if self.added_ms > 0.0 { format!("{name} + {} ms", self.added_ms) } else { name.to_owned() }
    }
}

#[derive(Serialize)]
pub(super) struct Latency {
    /// As in `latency.json`, in the order of the chain.
    pub(super) components: Vec<(String, LatencySummary)>,
    /// From release to publication.
    pub(super) end_to_end: LatencySummary,
    /// What a frame costs until its tracks are there: work alone, without waiting.
    pub(super) work: LatencySummary,
}

/// Places in a run that deserve a look.
#[derive(Default, Serialize)]
pub(super) struct Incidents {
    /// By how much goes wrong, descending.
    pub(super) worst_frames: Vec<WorstFrame>,
    pub(super) switches: Vec<SwitchedObject>,
    /// Objects that are missed in at least one frame, the longest missed first.
    pub(super) missed: Vec<MissedObject>,
}

/// A frame of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct FrameName {
    pub(super) sequence: String,
    /// Number in the data set: `file_frame` in the recording.
    pub(super) frame: u32,
    /// Position in the run: `frame` in the recording; `None` for a dropped frame.
    pub(super) position: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct WorstFrame {
    #[serde(flatten)]
    pub(super) at: FrameName,
    pub(super) missed: u32,
    pub(super) wrong: u32,
    pub(super) switches: u32,
    /// What the frame cost, milliseconds; `None` for a dropped frame.
    pub(super) work_ms: Option<f64>,
}

#[derive(Serialize)]
pub(super) struct SwitchedObject {
    #[serde(flatten)]
    pub(super) at: FrameName,
    pub(super) class: &'static str,
    /// Identity in the truth.
    pub(super) object: i64,
    pub(super) from_track: i64,
    pub(super) to_track: i64,
}

#[derive(Serialize)]
pub(super) struct MissedObject {
    /// The first frame in which it is missed.
    #[serde(flatten)]
    pub(super) at: FrameName,
    pub(super) class: &'static str,
    /// Identity in the truth.
    pub(super) object: i64,
    /// In how many frames it is missed.
    pub(super) frames: u32,
    /// These frames, as ranges `[first, last]` of numbers in the data set.
    pub(super) ranges: Vec<[u32; 2]>,
    /// Where it is nearest while it is missed, metres.
    pub(super) nearest_m: Option<f64>,
}

impl WorstFrame {
    /// How much goes wrong.
    pub(super) fn weight(&self) -> u32 {
        self.missed + self.wrong + self.switches
    }
}
