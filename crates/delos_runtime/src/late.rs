//! What happens to frames that are late.

use crate::component::Role;
use crate::plan::Plan;
use crate::records::SpanNs;
use delos_core::Span;
use serde::{Deserialize, Serialize};

/// What a component does with a frame whose deadline has passed before its work begins. Only
/// where frames come when they come ([`Pace::is_open`](crate::Pace::is_open)); in lockstep and in
/// a single stream nothing is ever left out, so that results do not depend on the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnLate {
    /// Processes it all the same; the miss is counted.
    #[default]
    Keep,
    /// Leaves it out, and with it everything that reads what would have come of it.
    Drop,
    /// Leaves it out when a newer frame is already under way, else processes it.
    SkipToNewest,
}

/// When a component should be done with a frame, and what it does when it cannot be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deadline {
    /// Milliseconds from the frame's release to the end of the component's work.
    pub after_ms: Option<f64>,
    /// What it does with a frame that is late before its work begins.
    pub on_late: OnLate,
}

impl Deadline {
    /// Nanoseconds from the frame's release.
    pub(crate) fn after_ns(&self) -> Option<i64> {
        self.after_ms.map(|ms| (ms * 1e6) as i64)
    }

    /// Why the two do not go together, if they do not.
    pub(crate) fn check(&self, role: Role) -> Result<(), String> {
        match self.after_ms {
            _ if role == Role::Source && self.on_late != OnLate::Keep => {
                Err("`on_late` has nothing to decide for a source: a frame is there when it has been read".to_owned())
            }
            None if self.on_late != OnLate::Keep => {
                Err("`on_late` needs a `deadline_ms` beside it".to_owned())
            }
            Some(ms) if !(ms.is_finite() && ms > 0.0) => {
                Err(format!("`deadline_ms` must be a positive number, not {ms}"))
            }
            _ => Ok(()),
        }
    }
}

/// What became of a component's deadline in one frame, for observers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadlineOutcome<'a> {
    /// Id of the component, or `end_to_end`.
    pub component: &'a str,
    /// Time allowed from the frame's release.
    pub allowed: Span,
    /// Time until the work was done; `None` where the frame was left out.
    pub took: Option<Span>,
}

/// The same before nodes have names; `usize::MAX` is the chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) node: usize,
    pub(crate) allowed: Span,
    pub(crate) took: Option<Span>,
}

/// What decides whether a job is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lateness {
    /// When its frame was released.
    pub(crate) released_ns: i64,
    /// Whether something that it reads has been left out in this frame.
    pub(crate) is_cut: bool,
    /// Whether a newer frame is under way.
    pub(crate) has_newer: bool,
}

impl Lateness {
    /// Whether a node leaves this frame out when its work would begin now.
    pub(crate) fn leaves_out(&self, plan: &Plan, node: usize, now_ns: i64) -> bool {
        if self.is_cut {
            return true;
        }
        let deadline = &plan.nodes[node].deadline;
        let late = deadline.after_ns().is_some_and(|after| now_ns - self.released_ns > after);
        plan.run.pace.is_open()
            && late
            && match deadline.on_late {
                OnLate::Keep => false,
                OnLate::Drop => true,
                OnLate::SkipToNewest => self.has_newer,
            }
    }
}

/// The nodes of a frame that were done after their deadline, those left out not counted.
pub(crate) fn missed(
    plan: &Plan,
    released_ns: i64,
    spans: &[SpanNs],
    skipped: &[bool],
) -> Vec<bool> {
    let nodes = plan.nodes.iter().zip(spans).zip(skipped);
    nodes
        .map(|((node, span), skipped)| {
            let after = node.deadline.after_ns().filter(|_| !skipped);
            after.is_some_and(|after| span.end - released_ns > after)
        })
        .collect()
}
