//! What a run leaves behind.

use crate::error::RunError;
use delos_core::{Digest, Header};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// When a component worked on a frame, nanoseconds on the run's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanNs {
    /// Begin.
    pub start: i64,
    /// End.
    pub end: i64,
}

/// When a component worked on a part of a frame, nanoseconds on the run's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageNs {
    /// Name of the part.
    pub name: &'static str,
    /// Begin.
    pub start: i64,
    /// End.
    pub end: i64,
}

/// One frame of a run, complete.
#[derive(Clone, Debug)]
pub struct FrameRecord {
    /// The frame.
    pub header: Arc<Header>,
    /// When the frame had been read and was handed to the chain; in realtime the instant it
    /// was due.
    pub released_ns: i64,
    /// When the last stage was done.
    pub published_ns: i64,
    /// One for each node of the plan.
    pub spans: Vec<SpanNs>,
    /// For each node of the plan the stages that it named, in order.
    pub stages: Vec<Vec<StageNs>>,
    /// For each node of the plan whether it had outputs and sent nothing.
    pub silent: Vec<bool>,
    /// One for each node of the plan.
    pub digests: Vec<Digest>,
}

/// A frame that was read and not processed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Name of the sequence.
    pub sequence: String,
    /// Frame number in the data set.
    pub frame: u32,
    /// Time of validity on the recording's clock, nanoseconds.
    pub stamp: i64,
    /// Why.
    pub reason: String,
}

/// What a run leaves behind.
#[derive(Debug, Default)]
pub struct RunReport {
    /// Ids of the nodes, in topological order.
    pub nodes: Vec<String>,
    /// Complete frames, in order.
    pub frames: Vec<FrameRecord>,
    /// Frames that were read and not processed.
    pub dropped: Vec<Dropped>,
    /// Every frame the source delivered, dropped or not, with the digest of its messages.
    pub delivered: Vec<(Arc<Header>, Digest)>,
    /// What components told the user, each once, in order of frames.
    pub notices: Vec<(String, String)>,
    /// Whether the run was stopped from outside before its end.
    pub interrupted: bool,
    /// Why the run ended early, if it did.
    pub error: Option<RunError>,
    /// From the first frame asked for to the last publication, nanoseconds.
    pub wall_ns: i64,
}
