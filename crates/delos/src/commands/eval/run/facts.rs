//! What a run says about itself, as far as its evaluation needs it.

use anyhow::{Context, Result};
use delos_runtime::{Dropped, SpanNs};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

/// Of `run.json`.
#[derive(Debug, Deserialize)]
pub(super) struct RunFacts {
    pub(super) name: String,
    pub(super) status: String,
    pub(super) error: Option<String>,
    pub(super) launch: Launch,
    pub(super) data: Option<Data>,
    pub(super) truth: Option<Truth>,
    #[serde(default)]
    pub(super) dropped: Vec<Dropped>,
}

/// The resolved launch file.
#[derive(Debug, Deserialize)]
pub(super) struct Launch {
    pub(super) run: Pace,
    #[serde(default)]
    pub(super) node: BTreeMap<String, Node>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Pace {
    pub(super) pace: String,
    pub(super) rate: f64,
}

/// A component and its topics, by port.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Node {
    pub(super) kind: String,
    #[serde(default)]
    pub(super) reads: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) writes: BTreeMap<String, String>,
    /// Of a recorder: whether it writes result files. Others may mean anything by it.
    #[serde(default)]
    pub(super) results: serde_json::Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Data {
    pub(super) path: String,
    pub(super) layout: String,
    pub(super) sequences: Vec<String>,
    #[serde(default)]
    pub(super) frames_are_independent: bool,
    pub(super) seed: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Truth {
    pub(super) folder: String,
    pub(super) frames: BTreeMap<String, Vec<[u32; 2]>>,
}

/// Of `latency.json`.
#[derive(Debug, Deserialize)]
pub(super) struct LatencyFacts {
    pub(super) frames: Vec<FrameTimes>,
}

/// Nanoseconds: the stamp on the recording's clock, the rest on the run's.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct FrameTimes {
    pub(super) sequence: String,
    pub(super) frame: u32,
    pub(super) tick: u64,
    pub(super) stamp: i64,
    pub(super) released: i64,
    pub(super) spans: BTreeMap<String, SpanNs>,
    /// Components that published nothing of this frame, since it was late.
    #[serde(default)]
    pub(super) left_out_by: Vec<String>,
}

/// Reads a JSON file of a run.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| {
        format!("{} is not what this version of delos writes; run again", path.display())
    })
}
