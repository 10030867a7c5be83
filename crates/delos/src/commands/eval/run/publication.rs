//! When a run's answers were there, from its `latency.json`.
//!
//! An answer is published when the component that writes it is done with the frame: the end of
//! its span.
//!
//! A run in `realtime` has been on the recording's clock: its answer was there `end - released`
//! after the frame's stamp (`released` is the instant at which the frame was due). Reading,
//! waiting and dropped frames are in it.
//!
//! A run in `lockstep` took frames as fast as it could, so its instants say nothing; what a
//! frame costs does. That is the time in which at least one of the components that the answer
//! depends on worked on this frame: the union of their spans, without the source (reading or
//! simulating a frame is no work of the chain) and without observers. Waiting for a worker
//! that had another frame in hand is left out. With frames under way side by side the components
//! share the machine, so `--set run.window=1` gives the cleanest times.

use super::facts::{FrameTimes, Launch, Node};
use super::folder::RunSequence;
use delos_core::{Span, Stamp};
use delos_eval::streaming::{Publication, Work};
use std::collections::BTreeSet;

/// The components that an answer depends on, and the one that writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path {
    last: String,
    parts: BTreeSet<String>,
}

impl Path {
    /// The way to the topic that an observer of results reads at `port`; `None` where nobody
    /// writes it.
    pub(super) fn to(launch: &Launch, port: &str) -> Option<Self> {
        let recorder = launch.node.values().find(|node| node.kind == "recorder")?;
        let last = writer(launch, recorder.reads.get(port)?)?;
        let mut parts = BTreeSet::new();
        let mut open = vec![last];
        while let Some(id) = open.pop() {
            let Some(node) = launch.node.get(id).filter(|node| !is_source(node)) else { continue };
            if parts.insert(id.to_owned()) {
                open.extend(node.reads.values().filter_map(|topic| writer(launch, topic)));
            }
        }
        Some(Self { last: last.to_owned(), parts })
    }

    /// The measured instants of a run in realtime, `rate` seconds of the recording a second.
    pub(super) fn measured(&self, sequence: &RunSequence, rate: f64) -> Vec<Publication> {
        self.answered(sequence)
            .filter_map(|times| {
                let end = times.spans.get(&self.last)?.end;
                let waited = end.saturating_sub(times.released).max(0);
                let stamp = Stamp::from_nanos(times.stamp);
                let published = stamp + Span::from_nanos((waited as f64 * rate).round() as i64);
                Some(Publication { frame: times.frame, stamp, published })
            })
            .collect()
    }

    /// What each frame of a run costs.
    pub(super) fn work(&self, sequence: &RunSequence) -> Vec<Work> {
        self.answered(sequence)
            .map(|times| Work {
                frame: times.frame,
                stamp: Stamp::from_nanos(times.stamp),
                takes: self.busy(times),
            })
            .collect()
    }

    /// Frames to which the last component gave an answer: of one that it left out the answer before it is still held.
    fn answered<'a>(&self, sequence: &'a RunSequence) -> impl Iterator<Item = &'a FrameTimes> {
        let times = sequence.frames.iter().filter_map(|frame| frame.times.as_ref());
        times.filter(|times| !times.left_out_by.contains(&self.last))
    }

    /// How long at least one of the parts worked on the frame.
    fn busy(&self, times: &FrameTimes) -> Span {
        let parts = times.spans.iter().filter(|(id, _)| self.parts.contains(*id));
        let mut spans: Vec<(i64, i64)> = parts.map(|(_, span)| (span.start, span.end)).collect();
        spans.sort_unstable();
        let (mut sum, mut until) = (0_i64, i64::MIN);
        for (start, end) in spans {
            sum = i64::saturating_add(sum, end.saturating_sub(start.max(until)).max(0));
            until = until.max(end);
        }
        Span::from_nanos(sum)
    }
}

fn writer<'a>(launch: &'a Launch, topic: &str) -> Option<&'a str> {
    let writes = |node: &Node| node.writes.values().any(|written| written == topic);
    launch.node.iter().find(|(_, node)| writes(node)).map(|(id, _)| id.as_str())
}

/// A source reads nothing.
fn is_source(node: &Node) -> bool {
    node.reads.is_empty()
}

#[cfg(test)]
mod tests;
