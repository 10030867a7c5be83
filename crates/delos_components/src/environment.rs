//! What the program lends to components, and what they tell it about themselves.

use crate::json_path::{serialize_optional_path, serialize_path};
use crate::scores::ScoresReport;
use crate::witness::Witness;
use delos_infer::{Cost, Device, Placement};
use delos_viz::Live;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A network that a component uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ModelFact {
    /// Id of the component.
    pub node: String,
    /// Name of the model card.
    pub card: String,
    /// The file.
    #[serde(serialize_with = "serialize_path")]
    pub file: PathBuf,
    /// Its sha256.
    pub sha256: String,
    /// Device asked for, for example `auto`.
    pub device_asked: String,
    /// Device obtained, for example `cuda:0`.
    pub device_obtained: String,
    /// Execution provider really used.
    pub provider: String,
    /// Where the nodes really run, for each session of the network.
    pub sessions: Vec<Placement>,
    /// Version of ONNX Runtime.
    pub onnxruntime: String,
    /// Whether it is for measuring latency alone: its weights are random.
    pub latency_only: bool,
}

/// What a network has to do for one frame.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkFact {
    /// Id of the component.
    pub node: String,
    /// The part of its work in which the network runs.
    pub part: &'static str,
    /// The work.
    pub cost: Cost,
    /// Threads for one frame.
    pub threads: usize,
    /// Device on which it runs.
    pub device: Device,
}

/// The data that is replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataFact {
    /// The folder or file.
    #[serde(serialize_with = "serialize_path")]
    pub path: PathBuf,
    /// How it is laid out.
    pub layout: String,
    /// Names of the sequences.
    pub sequences: Vec<String>,
    /// Frames in total, where known before the end.
    pub frames: Option<u64>,
    /// Where ground truth lies, if there is any.
    #[serde(serialize_with = "serialize_optional_path")]
    pub ground_truth: Option<PathBuf>,
    /// Whether each frame is a scene of its own, so that nothing follows from one to the next.
    pub frames_are_independent: bool,
    /// What a simulated drive grows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// The ground truth that the run has written beside its results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TruthFact {
    /// Folder of label files in the output folder, one for each sequence.
    pub folder: String,
    /// For each sequence the labelled frames, as ranges `[first, last]`. A frame that is not in
    /// them is not known to be empty: nobody has labelled it.
    pub frames: BTreeMap<String, Vec<[u32; 2]>>,
}

impl TruthFact {
    /// Whether somebody has labelled a frame.
    pub fn has_labelled(&self, sequence: &str, frame: u32) -> bool {
        let ranges = self.frames.get(sequence).map_or(&[][..], Vec::as_slice);
        ranges.iter().any(|[first, last]| (*first..=*last).contains(&frame))
    }
}

/// Where the poses of a sequence come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PoseOrigin {
    /// The data set.
    File,
    /// LiDAR odometry.
    Lidar,
}

/// Which poses a sequence was run with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PoseFact {
    /// Id of the component.
    pub node: String,
    /// Name of the sequence.
    pub sequence: String,
    /// Where its poses come from.
    pub origin: PoseOrigin,
}

/// What components tell the program about themselves.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Networks, in order of (component, file).
    pub models: Vec<ModelFact>,
    /// The data.
    pub data: Option<DataFact>,
    /// The ground truth, where there is some.
    pub truth: Option<TruthFact>,
    /// Which poses each sequence was run with, where a component has chosen, in order of frames.
    pub poses: Vec<PoseFact>,
    /// How well the run did, where a component has judged it.
    pub scores: Option<ScoresReport>,
    /// What networks have to do for one frame, where that was asked for; by (component, part).
    pub work: Vec<WorkFact>,
}

/// What the program lends to every component.
#[derive(Debug, Default)]
pub struct Environment {
    /// What the command line asks for.
    pub wishes: Wishes,
    facts: Mutex<Facts>,
}

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Name of the run, for the recording.
    pub name: String,
    /// Folder for results; `None` when nothing is to be written.
    pub out: Option<PathBuf>,
    /// Data folder from the command line.
    pub data: Option<PathBuf>,
    /// ONNX Runtime from the command line.
    pub ort: Option<PathBuf>,
    /// Viewer to show the run in.
    pub live: Option<Live>,
    /// Whether a GPU must run every network, all of it.
    pub require_gpu: bool,
    /// Whether the work of networks is counted when they are open.
    pub count_work: bool,
    /// Whether networks run once, on made-up input, when they are open.
    pub rehearse: bool,
    /// Who is told of networks getting ready.
    pub witness: Option<Arc<dyn Witness>>,
}

impl Environment {
    /// An environment with these wishes and no facts yet.
    pub fn new(wishes: Wishes) -> Self {
        Self { wishes, facts: Mutex::default() }
    }

    /// Notes a network. Replicas of one component count once.
    pub fn note_model(&self, fact: ModelFact) {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if !facts.models.contains(&fact) {
            facts.models.push(fact);
            facts.models.sort();
        }
    }

    /// Notes what a network has to do. Replicas of one component count once.
    pub fn note_work(&self, fact: WorkFact) {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if !facts.work.contains(&fact) {
            facts.work.push(fact);
            facts.work.sort();
        }
    }

    /// Notes the data.
    pub fn note_data(&self, fact: DataFact) {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).data = Some(fact);
    }

    /// Whether each frame of the data is a scene of its own.
    pub fn frames_are_independent(&self) -> bool {
        let facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        facts.data.as_ref().is_some_and(|data| data.frames_are_independent)
    }

    /// Notes the ground truth.
    pub fn note_truth(&self, fact: TruthFact) {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).truth = Some(fact);
    }

    /// Notes which poses a sequence is run with. Scenes of one sequence count once.
    pub fn note_poses(&self, fact: PoseFact) {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if facts.poses.last() != Some(&fact) {
            facts.poses.push(fact);
        }
    }

    /// Notes how well the run did.
    pub fn note_scores(&self, report: ScoresReport) {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).scores = Some(report);
    }

    /// Everything noted so far.
    pub fn facts(&self) -> Facts {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
