//! Workers: take the oldest ready job, do it, publish, record.

use crate::clock::Clock;
use crate::component::{AnyComponent, Io, IoParts};
use crate::error::{Cause, RunError};
use crate::feed::move_up;
use crate::plan::Plan;
use crate::records::SpanNs;
use crate::state::{Job, State, digest_of};
use delos_core::{Header, Span};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What the threads of a run share.
pub(crate) struct Shared<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) state: Mutex<State>,
    /// Something may be ready.
    pub(crate) work: Condvar,
    /// A frame has left, or the run stops.
    pub(crate) room: Condvar,
    /// Called with the number of complete frames.
    pub(crate) on_frame: &'a (dyn Fn(u64) + Sync),
}

impl Shared<'_> {
    /// The state. A worker that panicked while it held the lock has left it consistent:
    /// components run outside of it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes one idle worker if there is something to do for it.
    pub(crate) fn wake(&self, state: &State) {
        if state.idle > 0 && state.has_ready(self.plan) {
            self.work.notify_one();
        }
    }
}

/// Works until the run is over.
pub(crate) fn work(shared: &Shared<'_>) {
    while let Some(job) = next_job(shared) {
        do_job(shared, job);
    }
}

fn next_job(shared: &Shared<'_>) -> Option<Job> {
    let mut state = shared.lock();
    loop {
        if let Some(job) = state.take_job(shared.plan) {
            shared.wake(&state);
            return Some(job);
        }
        if state.is_finished() {
            shared.work.notify_all();
            shared.room.notify_all();
            return None;
        }
        state.idle += 1;
        state = shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
    }
}

fn do_job(shared: &Shared<'_>, job: Job) {
    let Job { seq, node, mut component, header, inputs, timings } = job;
    let plan = shared.plan;
    let name = |index: usize| plan.nodes.get(index).map_or("end_to_end", |n| n.id.as_str());
    let spans: Vec<(&str, Span)> = timings.iter().map(|(n, span)| (name(*n), *span)).collect();
    let outputs = plan.nodes[node].outputs.len();
    let io = Io::new(Some(std::sync::Arc::clone(&header)), &inputs, outputs, &spans);
    let start = shared.clock.now_ns();
    let (parts, result) = process(component.as_mut(), io);
    let span = SpanNs { start, end: shared.clock.now_ns() };
    let told = parts.notices.iter().map(|text| (seq, node, text.clone())).collect::<Vec<_>>();
    {
        // Back in its pool also after a failure: an earlier frame may still need it.
        let mut state = shared.lock();
        state.give_back(node, component);
        if result.is_ok() {
            state.publish(plan, seq, node, &parts, span);
        }
        shared.wake(&state);
    }
    let done = result.and_then(|()| guarded(|| Ok(digest_of(&parts.outputs))));
    finish_job(shared, |state| {
        state.notices.extend(told);
        match done {
            Ok(digest) => state.record(plan, seq, node, digest),
            Err(source) => {
                state.fail(seq, component_error(plan, node, &header, source));
                true
            }
        }
    });
}

/// Ends a job; `change` says whether a frame left.
fn finish_job(shared: &Shared<'_>, change: impl FnOnce(&mut State) -> bool) {
    let mut state = shared.lock();
    let frame_left = change(&mut state);
    state.job_over();
    let done = state.frames.len() as u64;
    if frame_left {
        move_up(shared, &mut state);
        shared.room.notify_all();
    }
    if state.is_finished() || state.is_stopping() {
        shared.work.notify_all();
    } else {
        shared.wake(&state);
    }
    drop(state);
    if frame_left {
        (shared.on_frame)(done);
    }
}

fn component_error(plan: &Plan, node: usize, header: &Header, source: Cause) -> RunError {
    RunError::Component {
        node: plan.nodes[node].id.clone(),
        sequence: header.sequence.to_string(),
        frame: header.frame,
        source,
    }
}

/// Calls a component; a panic becomes an error.
pub(crate) fn process(
    component: &mut dyn AnyComponent,
    mut io: Io<'_>,
) -> (IoParts, Result<(), Cause>) {
    let result = guarded(|| component.process(&mut io));
    (io.into_parts(), result)
}

/// Does what somebody else wrote; a panic becomes an error.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Cause>) -> Result<T, Cause> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Err(format!("the component panicked, which is a bug in it: {text}").into())
    })
}
