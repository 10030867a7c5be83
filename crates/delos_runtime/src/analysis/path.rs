//! Where a frame's latency went: the chain of work and waiting that ended last.

use crate::component::{Concurrency, Role};
use crate::plan::Plan;
use crate::ports::Join;
use crate::records::{FrameRecord, SpanNs};

/// What a piece of a frame's time was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Share {
    /// The component worked on a part that it has named.
    Part(&'static str),
    /// The component worked, on nothing that it has named.
    Work,
    /// The component still worked on the frame before.
    Behind,
    /// What the component reads was there, but no worker began; for a source: the frame was due,
    /// but there was no room for it. Where the worker that then came had worked on something else of
    /// the same frame, the path goes on through that.
    Queued,
}

/// A piece of a frame's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Number of the node.
    pub node: usize,
    /// What it was used for.
    pub share: Share,
    /// How long, nanoseconds.
    pub ns: i64,
}

/// The pieces of a frame's latency, from its release to its publication, backwards in time:
/// they add up to it exactly. Beside the path, other components may have worked at the same time.
/// `before` is the frame before it in the run.
pub fn latency_path(plan: &Plan, frame: &FrameRecord, before: Option<&FrameRecord>) -> Vec<Piece> {
    let stages = (0..plan.nodes.len()).filter(|n| plan.nodes[*n].role != Role::Observer);
    let last = stages.max_by_key(|n| (frame.spans[*n].end, *n));
    last.map_or_else(Vec::new, |node| path_to(plan, frame, before, node))
}

/// The same up to the end of one node's work.
pub fn path_to(
    plan: &Plan,
    frame: &FrameRecord,
    before: Option<&FrameRecord>,
    node: usize,
) -> Vec<Piece> {
    let mut walk = Walk { plan, frame, before, at: frame.spans[node].end, pieces: Vec::new() };
    let mut node = Some(node);
    while let Some(current) = node.filter(|_| walk.at > frame.released_ns) {
        walk.work(current);
        node = walk.wait(current);
    }
    walk.pieces
}

/// Goes back in time from node to node.
struct Walk<'a> {
    plan: &'a Plan,
    frame: &'a FrameRecord,
    before: Option<&'a FrameRecord>,
    at: i64,
    pieces: Vec<Piece>,
}

impl Walk<'_> {
    fn push(&mut self, node: usize, share: Share, ns: i64) {
        if ns > 0 {
            self.pieces.push(Piece { node, share, ns });
        }
    }

    /// The part of a span that counts: after the release and before what is accounted for.
    fn within(&self, span: SpanNs) -> i64 {
        (span.end.min(self.at) - span.start.max(self.frame.released_ns)).max(0)
    }

    /// A node's work, in its parts and the rest.
    fn work(&mut self, node: usize) {
        let span = self.frame.spans[node];
        let mut rest = self.within(span);
        for part in self.frame.work[node].parts.iter().rev() {
            let ns = self.within(part.span);
            rest -= ns;
            self.push(node, Share::Part(part.name), ns);
        }
        self.push(node, Share::Work, rest);
        self.at = span.start.clamp(self.frame.released_ns, self.at);
    }

    /// The wait before a node's work, and the node that it was for.
    fn wait(&mut self, node: usize) -> Option<usize> {
        let last = self.last_read(node);
        let ready = last.map_or(self.frame.released_ns, |n| self.frame.spans[n].end);
        let ready = ready.clamp(self.frame.released_ns, self.at);
        let behind = self.busy_until(node).clamp(ready, self.at);
        if let Some(other) = self.worker_was_at(node, behind) {
            let free = self.frame.spans[other].end;
            self.push(node, Share::Queued, self.at - free);
            self.at = free;
            return Some(other);
        }
        self.push(node, Share::Queued, self.at - behind);
        self.push(node, Share::Behind, behind - ready);
        self.at = ready;
        last
    }

    /// What the worker that took a node's work had done before, if that was another node's work on
    /// this frame which ended after `ready`: then the wait was for that.
    fn worker_was_at(&self, node: usize, ready: i64) -> Option<usize> {
        let lane = self.frame.work[node].lane;
        let others = (0..self.frame.spans.len()).filter(|other| {
            let span = self.frame.spans[*other];
            *other != node
                && *other != self.plan.source()
                && self.frame.work[*other].lane == lane
                && span.start < self.at
                && (ready + 1..=self.at).contains(&span.end)
        });
        others.max_by_key(|other| (self.frame.spans[*other].end, *other))
    }

    /// The node whose messages of this frame came last, of those that a node reads.
    fn last_read(&self, node: usize) -> Option<usize> {
        let planned = &self.plan.nodes[node];
        let exact = planned.inputs.iter().zip(&planned.ports.inputs);
        let writers = exact
            .filter(|(_, port)| port.join == Join::Exact)
            .filter_map(|(topic, _)| Some(self.plan.writers[(*topic)?]));
        // What reads by stamp alone still belongs to its frame: the source brought it.
        let source = (node != self.plan.source()).then_some(self.plan.source());
        writers.chain(source).max_by_key(|n| (self.frame.spans[*n].end, *n))
    }

    /// Until when a node that takes frames in order was busy with the one before.
    fn busy_until(&self, node: usize) -> i64 {
        let in_order =
            self.plan.nodes[node].concurrency == Concurrency::InOrder && node != self.plan.source();
        let before = self.before.filter(|_| in_order);
        before.map_or(i64::MIN, |frame| frame.spans[node].end)
    }
}
