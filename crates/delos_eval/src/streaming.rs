//! Streaming accuracy: what a chain's answers are worth by the time they are there.
//!
//! While a chain works on a frame, the world moves on. "Towards Streaming Perception" (Li,
//! Wang, Ramanan, ECCV 2020) judges at each labelled instant the answer that a user holds
//! then: the newest one that has been published. Any metric of single frames or of sequences
//! becomes a streaming metric that way, since only the pairing of truth and answer changes:
//!
//! 1. [`single_worker`], [`side_by_side`] or the measured times of a run give the instants of
//!    publication ([`Publication`]).
//! 2. [`newest_seen`] says for each labelled frame whose answer is held at its instant.
//! 3. [`retime`] gives the rows of results that a metric then compares with the labels of
//!    that frame, as if they had been found in it.
//!
//! Without latency each frame is judged by its own answer: the offline metric, to the bit.
//!
//! ```
//! use delos_core::{Span, Stamp};
//! use delos_eval::streaming::{Instant, Work, newest_seen, single_worker};
//!
//! let at = |ms: i64| Stamp::from_nanos(ms * 1_000_000);
//! let frames = [0, 100, 200, 300].map(at);
//! let instants: Vec<Instant> = (0..).zip(frames).map(|(f, at)| Instant { frame: f, at }).collect();
//! let work = instants.iter().map(|i| Work { frame: i.frame, stamp: i.at, takes: Span::from_millis(60) });
//! let published = single_worker(&work.collect::<Vec<_>>());
//! let seen: Vec<Option<u32>> =
//!     newest_seen(&instants, &published, Span::ZERO).iter().map(|s| s.answer).collect();
//! assert_eq!(seen, [None, Some(0), Some(1), Some(2)]);
//! ```

mod schedule;

pub use schedule::{Publication, Work, side_by_side, single_worker};

use delos_core::{BenchmarkRow, Span, Stamp};

#[cfg(test)]
mod tests;

/// A labelled frame, and the instant for which its labels hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant {
    /// Frame number.
    pub frame: u32,
    /// Its stamp, on the recording's clock.
    pub at: Stamp,
}

/// What a user holds at a labelled instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The labelled frame.
    pub frame: u32,
    /// The frame whose answer is the newest one there is; `None` before the first one.
    pub answer: Option<u32>,
}

/// For each instant the newest answer that has been published by then (at that very instant
/// counts, as in `det/streaming_eval.py` of mtli/sAP at c7d6ac1). The newest is the one with
/// the latest stamp, whatever the order of publication: a user does not go back to an older
/// picture of the world. The authors' tool, which knows one worker only, takes the one that
/// was published last; for one worker both are the same. `added` comes on top of every
/// publication: a slower machine, a bus, a network.
///
/// Instants may come in any order; the answer has theirs.
pub fn newest_seen(instants: &[Instant], published: &[Publication], added: Span) -> Vec<Seen> {
    let mut by_publication: Vec<&Publication> = published.iter().collect();
    by_publication.sort_by_key(|p| (p.published, p.stamp, p.frame));
    let mut newest: Vec<(Stamp, u32)> = Vec::with_capacity(by_publication.len());
    for p in &by_publication {
        let before = newest.last().copied().unwrap_or((p.stamp, p.frame));
        newest.push(before.max((p.stamp, p.frame)));
    }
    let held = |at: Stamp| {
        let count = by_publication.partition_point(|p| p.published + added <= at);
        count.checked_sub(1).and_then(|last| newest.get(last)).map(|(_, frame)| *frame)
    };
    instants.iter().map(|i| Seen { frame: i.frame, answer: held(i.at) }).collect()
}

/// The rows that a user holds at each labelled instant, in the order of `seen`: those of the
/// answer's frame, in their order, with the number of the labelled frame. Nothing else of a
/// row changes. Rows of frames that nobody holds are left out.
pub fn retime(rows: &[BenchmarkRow], seen: &[Seen]) -> Vec<BenchmarkRow> {
    let mut by_frame: Vec<&BenchmarkRow> = rows.iter().collect();
    by_frame.sort_by_key(|row| row.frame);
    let of_frame = |frame: u32| {
        let from = by_frame.partition_point(|row| row.frame < frame);
        let to = by_frame.partition_point(|row| row.frame <= frame);
        by_frame.get(from..to).unwrap_or_default()
    };
    let held = seen.iter().filter_map(|s| Some((s.frame, s.answer?)));
    held.flat_map(|(frame, answer)| {
        of_frame(answer).iter().map(move |row| BenchmarkRow { frame, ..**row })
    })
    .collect()
}
