//! Missed deadlines, and the stage that used the time.

use super::path::{Piece, Share, latency_path, path_to};
use crate::plan::Plan;
use crate::records::FrameRecord;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often a piece of the chain was what made frames late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blame {
    /// Id of the component.
    pub component: String,
    /// What it was doing: the name of a part, `work`, `queued` or `behind the frame before`.
    pub share: String,
    /// Frames that it made late.
    pub frames: usize,
}

/// What became of one deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadlineFigures {
    /// Id of the component; `end to end` for the run's own.
    pub component: String,
    /// Milliseconds from release.
    pub deadline_ms: f64,
    /// Frames processed here, in time or not.
    pub frames: usize,
    /// Frames done too late.
    pub missed: usize,
    /// Frames left out because they were late already, or cut off by one that was.
    pub left_out: usize,
    /// Who made them late, the most frequent first. A miss is blamed on the piece of the
    /// frame's path that exceeded its own median by most.
    pub blame: Vec<Blame>,
}

impl Share {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Part(name) => name,
            Self::Work => "work",
            Self::Behind => "behind the frame before",
            Self::Queued => "queued",
        }
    }
}

/// A frame with the one before it, and the pieces of its time up to some node.
type Path = Vec<Piece>;

/// The figures of every deadline of a run: the components' in topological order, then the run's.
pub(super) fn deadlines(
    plan: &Plan,
    frames: &[(&FrameRecord, Option<&FrameRecord>)],
) -> Vec<DeadlineFigures> {
    let nodes = plan.nodes.iter().enumerate().filter_map(|(node, planned)| {
        let limit = planned.deadline.after_ms?;
        let here = frames.iter().filter(|(f, _)| !f.work[node].skipped);
        let paths = here.map(|(f, before)| (f.work[node].missed, path_to(plan, f, *before, node)));
        Some(figures(plan, &planned.id, limit, frames.len(), &paths.collect::<Vec<_>>()))
    });
    let whole = (plan.run.deadline_ms > 0.0).then(|| {
        let limit = plan.run.deadline_ms;
        let done = frames.iter().filter(|(f, _)| f.is_whole());
        let late = |f: &FrameRecord| f.latency_ns() as f64 * 1e-6 > limit;
        let paths = done.map(|(f, before)| (late(f), latency_path(plan, f, *before)));
        figures(plan, "end to end", limit, frames.len(), &paths.collect::<Vec<_>>())
    });
    nodes.chain(whole).collect()
}

fn figures(
    plan: &Plan,
    component: &str,
    deadline_ms: f64,
    all: usize,
    paths: &[(bool, Path)],
) -> DeadlineFigures {
    let usual = medians(paths);
    let mut guilty: BTreeMap<(usize, Share), usize> = BTreeMap::new();
    let late = paths.iter().filter(|(late, _)| *late);
    for key in late.filter_map(|(_, path)| guilt(path, &usual)) {
        *guilty.entry(key).or_default() += 1;
    }
    let mut blame: Vec<Blame> = guilty
        .into_iter()
        .map(|((node, share), frames)| Blame {
            component: plan.nodes[node].id.clone(),
            share: share.name().to_owned(),
            frames,
        })
        .collect();
    blame.sort_by_key(|blame| std::cmp::Reverse(blame.frames));
    DeadlineFigures {
        component: component.to_owned(),
        deadline_ms,
        frames: paths.len(),
        missed: paths.iter().filter(|(late, _)| *late).count(),
        left_out: all - paths.len(),
        blame,
    }
}

/// The piece that exceeded its own median by most; of two the later one in the chain.
fn guilt(path: &[Piece], usual: &BTreeMap<(usize, Share), i64>) -> Option<(usize, Share)> {
    let excess =
        |piece: &&Piece| piece.ns - usual.get(&(piece.node, piece.share)).copied().unwrap_or(0);
    let most = path.iter().rev().max_by_key(excess)?;
    Some((most.node, most.share))
}

/// The median of each piece over all frames; a frame without it counts as zero.
fn medians(paths: &[(bool, Path)]) -> BTreeMap<(usize, Share), i64> {
    let mut times: BTreeMap<(usize, Share), Vec<i64>> = BTreeMap::new();
    for piece in paths.iter().flat_map(|(_, path)| path) {
        times.entry((piece.node, piece.share)).or_default().push(piece.ns);
    }
    let median = |mut times: Vec<i64>| {
        times.resize(paths.len().max(times.len()), 0);
        times.sort_unstable();
        times[times.len() / 2]
    };
    times.into_iter().map(|(key, times)| (key, median(times))).collect()
}
