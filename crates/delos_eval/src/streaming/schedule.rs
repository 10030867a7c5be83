//! When answers are published.

use delos_core::{Span, Stamp};

/// An answer, and when it was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The frame it speaks about.
    pub frame: u32,
    /// Stamp of that frame.
    pub stamp: Stamp,
    /// When it was there, on the same clock as the stamp.
    pub published: Stamp,
}

/// A frame that a chain can work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Frame number.
    pub frame: u32,
    /// When the sensors deliver it.
    pub stamp: Stamp,
    /// How long the chain works on it, alone.
    pub takes: Span,
}

/// One worker that does one frame at a time and, when it is free, takes the newest frame there
/// is: what came while it was busy and is not the newest is skipped. That is how the paper's
/// authors run a detector without idling (`det/rt_det.py` of mtli/sAP at c7d6ac1). Frames must
/// be in order of their stamps; a time below zero counts as zero.
pub fn single_worker(frames: &[Work]) -> Vec<Publication> {
    let mut published: Vec<Publication> = Vec::with_capacity(frames.len());
    let mut next = 0;
    while let Some(first) = frames.get(next) {
        let free = published.last().map_or(first.stamp, |last| last.published);
        let delivered = frames.partition_point(|work| work.stamp <= free);
        let chosen = next.max(delivered.saturating_sub(1));
        let Some(work) = frames.get(chosen) else { break };
        published.push(work.published(free.max(work.stamp)));
        next = chosen + 1;
    }
    published
}

/// As many workers as there are frames under way: each frame is begun when it is delivered.
/// The paper's unlimited hardware, and what a chain reaches at best whose stages overlap.
pub fn side_by_side(frames: &[Work]) -> Vec<Publication> {
    frames.iter().map(|work| work.published(work.stamp)).collect()
}

impl Work {
    fn published(&self, begun: Stamp) -> Publication {
        let takes = self.takes.max(Span::ZERO);
        Publication { frame: self.frame, stamp: self.stamp, published: begun + takes }
    }
}
