//! Which of several components that are ready goes first: the one with the longest way still to go.

use crate::component::Role;
use crate::plan::Plan;
use std::cmp::Reverse;

/// A new time counts so much against the mean of those before: one part in so many.
const MEMORY: i64 = 8;

/// Components in the order in which they should have workers.
///
/// Upward ranks: the mean time of a component, and of the slowest chain of stages behind it (Topcuoglu,
/// Hariri, Wu 2002, "Performance-Effective and Low-Complexity Task Scheduling for Heterogeneous
/// Computing", equation 8), from what they took so far. Observers come last: nobody waits for them.
/// The order decides when something is done, never what comes out.
#[derive(Debug)]
pub(crate) struct Priorities {
    /// Nanoseconds; 0 where nothing is known yet.
    mean_ns: Vec<i64>,
    order: Vec<usize>,
}

impl Priorities {
    /// In the order of the plan, as long as nothing is known.
    pub(crate) fn new(plan: &Plan) -> Self {
        let nodes = plan.nodes.len();
        Self { mean_ns: vec![0; nodes], order: (0..nodes).collect() }
    }

    /// The nodes, those first that should go first.
    pub(crate) fn order(&self) -> impl Iterator<Item = usize> {
        self.order.iter().copied()
    }

    /// Learns how long a node took for a frame.
    pub(crate) fn learn(&mut self, plan: &Plan, node: usize, took_ns: i64) {
        let mean = &mut self.mean_ns[node];
        *mean = if *mean == 0 { took_ns } else { *mean + (took_ns - *mean) / MEMORY };
        let ranks = ranks(plan, &self.mean_ns);
        self.order.sort_by_key(|node| (Reverse(ranks[*node]), *node));
    }
}

/// The upward rank of each node. Nodes stand in topological order: what reads comes after what
/// writes.
fn ranks(plan: &Plan, mean_ns: &[i64]) -> Vec<i64> {
    let mut ranks = vec![0; plan.nodes.len()];
    for node in (0..plan.nodes.len()).rev() {
        if plan.nodes[node].role == Role::Observer {
            continue;
        }
        let reads = |reader: &usize| {
            let mut topics = plan.nodes[*reader].inputs.iter().flatten();
            topics.any(|topic| plan.writers[*topic] == node)
        };
        let behind = (node + 1..plan.nodes.len()).filter(reads).map(|reader| ranks[reader]).max();
        ranks[node] = mean_ns[node] + behind.unwrap_or(0);
    }
    ranks
}

#[cfg(test)]
mod tests;
