//! What a run leaves behind.

use crate::error::RunError;
use crate::feed::STOPPED;
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

/// A part of a component's work on a frame, as the component has named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PartNs {
    /// Its name.
    pub name: &'static str,
    /// When it was done.
    #[serde(flatten)]
    pub span: SpanNs,
    /// Bytes that it must read or write at least; 0 where nobody says.
    pub bytes: u64,
    /// Operations on numbers that it must do at least; 0 where nobody says.
    pub operations: u64,
}

/// How a component's work on a frame was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeWork {
    /// Number of the thread: 0 brings frames in, workers count from 1.
    pub lane: usize,
    /// The parts that the component has named, in order of time.
    pub parts: Vec<PartNs>,
    /// Whether the frame was left out here, because it was late or because something that is
    /// read here had been left out.
    pub skipped: bool,
    /// Whether the work was done after the component's deadline.
    pub missed: bool,
}

/// One frame of a run, complete.
#[derive(Clone, Debug)]
pub struct FrameRecord {
    /// The frame.
    pub header: Arc<Header>,
    /// When the frame had been read and was handed to the chain; in realtime and in a constant
    /// stream the instant it was due, in a single stream the instant it was asked for.
    pub released_ns: i64,
    /// When the last stage was done.
    pub published_ns: i64,
    /// One for each node of the plan.
    pub spans: Vec<SpanNs>,
    /// One for each node of the plan.
    pub work: Vec<NodeWork>,
    /// For each node of the plan whether it had outputs and sent nothing.
    pub silent: Vec<bool>,
    /// One for each node of the plan.
    pub digests: Vec<Digest>,
}

impl FrameRecord {
    /// From release to publication, nanoseconds.
    pub const fn latency_ns(&self) -> i64 {
        self.published_ns - self.released_ns
    }

    /// Whether every component has processed the frame.
    pub fn is_whole(&self) -> bool {
        self.work.iter().all(|work| !work.skipped)
    }
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

impl Dropped {
    /// Whether the frame was given up because somebody stopped the run while it waited: that it
    /// was not processed says nothing about the chain.
    pub fn was_stopped(&self) -> bool {
        self.reason == STOPPED
    }
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
    /// How long each node took to be made ready, nanoseconds.
    pub build_ns: Vec<i64>,
}
