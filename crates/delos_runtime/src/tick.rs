//! A frame under way.

use crate::component::Role;
use crate::late::{Outcome, missed};
use crate::message::AnyMsg;
use crate::plan::Plan;
use crate::ports::Join;
use crate::records::{FrameRecord, NodeWork, PartNs, SpanNs};
use delos_core::{Digest, DigestHasher, Header, Span};
use std::sync::Arc;

/// How far a node is with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Progress {
    Pending,
    Running,
    Published,
    Recorded,
}

/// What a job has done, besides its messages.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) span: SpanNs,
    pub(crate) lane: usize,
    pub(crate) parts: Vec<PartNs>,
    pub(crate) skipped: bool,
}

/// A frame under way.
pub(crate) struct Tick {
    pub(crate) header: Arc<Header>,
    pub(crate) released_ns: i64,
    pub(crate) topics: Vec<Option<AnyMsg>>,
    pub(crate) progress: Vec<Progress>,
    pub(crate) spans: Vec<SpanNs>,
    pub(crate) work: Vec<NodeWork>,
    pub(crate) silent: Vec<bool>,
    pub(crate) digests: Vec<Digest>,
}

impl Tick {
    /// A frame that the source has just delivered.
    pub(crate) fn new(plan: &Plan, header: Arc<Header>, released_ns: i64) -> Self {
        Self {
            header,
            released_ns,
            topics: vec![None; plan.topics.len()],
            progress: vec![Progress::Pending; plan.nodes.len()],
            spans: vec![SpanNs::default(); plan.nodes.len()],
            work: vec![NodeWork::default(); plan.nodes.len()],
            silent: vec![false; plan.nodes.len()],
            digests: vec![Digest(0); plan.nodes.len()],
        }
    }

    /// Makes a node's messages visible to its readers.
    pub(crate) fn publish(
        &mut self,
        plan: &Plan,
        node: usize,
        outputs: &[Option<AnyMsg>],
        done: Done,
    ) {
        for (topic, message) in plan.nodes[node].outputs.iter().zip(outputs) {
            self.topics[*topic].clone_from(message);
        }
        let Done { span, lane, parts, skipped } = done;
        self.spans[node] = span;
        self.work[node] = NodeWork { lane, parts, skipped, missed: false };
        self.silent[node] = !outputs.is_empty() && outputs.iter().all(Option::is_none);
        self.progress[node] = Progress::Published;
    }

    /// Notes the digest of what a node published.
    pub(crate) fn record(&mut self, node: usize, digest: Digest) {
        self.digests[node] = digest;
        self.progress[node] = Progress::Recorded;
    }

    /// For observers: how long the nodes before took, and (number `usize::MAX`) the chain.
    pub(crate) fn timings(&self, plan: &Plan, node: usize) -> Vec<(usize, Span)> {
        if plan.nodes[node].role != Role::Observer {
            return Vec::new();
        }
        let done = (0..plan.nodes.len()).filter(|n| self.has_published(*n));
        let span = |n: usize| Span::from_nanos(self.spans[n].end - self.spans[n].start);
        let chain = Span::from_nanos(self.published(plan) - self.released_ns);
        done.map(|n| (n, span(n))).chain([(usize::MAX, chain)]).collect()
    }

    /// For observers: what became of the deadlines of the nodes before, and of the chain's.
    pub(crate) fn deadlines(&self, plan: &Plan, node: usize) -> Vec<Outcome> {
        if plan.nodes[node].role != Role::Observer {
            return Vec::new();
        }
        let since = |end: i64| Span::from_nanos(end - self.released_ns);
        let done = plan.nodes.iter().enumerate().filter(|(n, _)| self.has_published(*n));
        let nodes = done.filter_map(|(node, planned)| {
            let allowed = Span::from_nanos(planned.deadline.after_ns()?);
            let took = (!self.work[node].skipped).then(|| since(self.spans[node].end));
            Some(Outcome { node, allowed, took })
        });
        let chain = (plan.run.deadline_ms > 0.0).then(|| Outcome {
            node: usize::MAX,
            allowed: Span::from_nanos((plan.run.deadline_ms * 1e6) as i64),
            took: self.work.iter().all(|work| !work.skipped).then(|| since(self.published(plan))),
        });
        nodes.chain(chain).collect()
    }

    pub(crate) fn has_published(&self, node: usize) -> bool {
        self.progress[node] >= Progress::Published
    }

    /// Whether every stage is done with the frame: observers see it then, so that they see all of it.
    pub(crate) fn has_been_through(&self, plan: &Plan) -> bool {
        let mut nodes = plan.nodes.iter().enumerate();
        nodes.all(|(node, planned)| planned.role == Role::Observer || self.has_published(node))
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.progress.iter().all(|p| *p == Progress::Recorded)
    }

    /// When the last stage was done.
    pub(crate) fn published(&self, plan: &Plan) -> i64 {
        let stages = plan.nodes.iter().zip(&self.spans);
        let ends = stages.filter(|(n, _)| n.role != Role::Observer).map(|(_, span)| span.end);
        ends.max().unwrap_or(self.released_ns).max(self.released_ns)
    }

    /// Whether something that a node takes from this very frame has been left out. Observers do
    /// without what is optional: a frame left out is to be seen, too.
    pub(crate) fn is_cut(&self, plan: &Plan, node: usize) -> bool {
        let planned = &plan.nodes[node];
        let mut inputs = planned.inputs.iter().zip(&planned.ports.inputs);
        let observes = planned.role == Role::Observer;
        inputs.any(|(topic, port)| {
            port.join == Join::Exact
                && !(observes && port.optional)
                && topic.is_some_and(|topic| self.work[plan.writers[topic]].skipped)
        })
    }

    pub(crate) fn into_record(mut self, plan: &Plan) -> FrameRecord {
        let skipped: Vec<bool> = self.work.iter().map(|work| work.skipped).collect();
        let late = missed(plan, self.released_ns, &self.spans, &skipped);
        for (work, missed) in self.work.iter_mut().zip(late) {
            work.missed = missed;
        }
        FrameRecord {
            published_ns: self.published(plan),
            header: self.header,
            released_ns: self.released_ns,
            spans: self.spans,
            work: self.work,
            silent: self.silent,
            digests: self.digests,
        }
    }
}

/// Digest over what a node has published, in the order of its ports. Ports that stay silent
/// leave no trace: two sources that publish the same agree, whatever else one of them could.
pub(crate) fn digest_of(outputs: &[Option<AnyMsg>]) -> Digest {
    let mut hasher = DigestHasher::default();
    for (port, message) in outputs.iter().enumerate() {
        if let Some(digest) = message.as_ref().and_then(AnyMsg::digest) {
            hasher.u64(port as u64).bytes(&digest.0.to_le_bytes());
        }
    }
    hasher.finish()
}
