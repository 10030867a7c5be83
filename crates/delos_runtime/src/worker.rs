//! Workers: take the oldest ready job, do it, publish, record.

use crate::clock::Clock;
use crate::component::{AnyComponent, Io, IoParts};
use crate::error::{Cause, RunError};
use crate::feed::move_up;
use crate::late::{DeadlineOutcome, Outcome};
use crate::plan::Plan;
use crate::records::SpanNs;
use crate::state::{DigestTask, Job, State, Task};
use crate::tick::{Done, digest_of};
use delos_core::{Digest, Header, Span};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

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

    /// Wakes one idle worker if there is a job for it. A digest alone wakes nobody: waking
    /// costs the one who wakes some microseconds between two components of a frame, and
    /// whoever published the messages comes back to their digest himself.
    pub(crate) fn wake(&self, state: &State) {
        if state.idle > 0 && state.has_ready(self.plan) {
            self.work.notify_one();
        }
    }
}

/// Works until the run is over; `lane` is the number of this thread.
pub(crate) fn work(shared: &Shared<'_>, lane: usize) {
    let mut task = next_task(shared, shared.lock());
    while let Some(current) = task {
        let state = match current {
            Task::Job(job) => do_job(shared, job, lane),
            Task::Digest(digest) => do_digest(shared, &digest),
        };
        // Under the same lock in which the messages were published: what follows from them
        // goes to this worker, which is awake, and further work to the others.
        task = next_task(shared, state);
    }
}

fn next_task(shared: &Shared<'_>, mut state: MutexGuard<'_, State>) -> Option<Task> {
    loop {
        if let Some(task) = state.take_task(shared.plan) {
            shared.wake(&state);
            return Some(task);
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

/// Processes one frame in one component and publishes what comes out.
fn do_job<'a>(shared: &'a Shared<'_>, job: Job, lane: usize) -> MutexGuard<'a, State> {
    let (plan, start) = (shared.plan, shared.clock.now_ns());
    if job.lateness.leaves_out(plan, job.node, start) {
        return leave_out(shared, job, lane, start);
    }
    let Job { seq, node, mut component, header, inputs, timings, deadlines, told, .. } = job;
    let name = |index: usize| plan.nodes.get(index).map_or("end_to_end", |n| n.id.as_str());
    let spans: Vec<(&str, Span)> = timings.iter().map(|(n, span)| (name(*n), *span)).collect();
    let deadlines: Vec<DeadlineOutcome<'_>> = deadlines
        .iter()
        .map(|&Outcome { node, allowed, took }| DeadlineOutcome {
            component: name(node),
            allowed,
            took,
        })
        .collect();
    let outputs = plan.nodes[node].outputs.len();
    let io = Io::new(Some(Arc::clone(&header)), &inputs, outputs, &spans)
        .with_told(&told)
        .with_deadlines(&deadlines)
        .with_clock(shared.clock);
    let start = shared.clock.now_ns();
    let (mut parts, result) = process(component.as_mut(), io);
    let span = SpanNs { start, end: shared.clock.now_ns() };
    let done = Done { span, lane, parts: parts.take_parts(span.end), skipped: false };
    let mut state = shared.lock();
    // Back in its pool also after a failure: an earlier frame may still need it.
    state.give_back(node, component);
    state.tell(seq, node, parts.notices);
    match result {
        Ok(()) => state.publish(plan, seq, node, parts.outputs, done),
        Err(source) => fail(shared, &mut state, seq, node, &header, source),
    }
    state.task_over();
    state
}

/// Publishes nothing for a frame that is late; its component keeps what it remembers.
fn leave_out<'a>(
    shared: &'a Shared<'_>,
    job: Job,
    lane: usize,
    now_ns: i64,
) -> MutexGuard<'a, State> {
    let Job { seq, node, component, .. } = job;
    let outputs = vec![None; shared.plan.nodes[node].outputs.len()];
    let span = SpanNs { start: now_ns, end: now_ns };
    let done = Done { span, lane, parts: Vec::new(), skipped: true };
    let mut state = shared.lock();
    state.give_back(node, component);
    state.publish(shared.plan, seq, node, outputs, done);
    state.task_over();
    state
}

/// Notes the digest of what a component has published. Nobody waits for it but the frame.
fn do_digest<'a>(shared: &'a Shared<'_>, digest: &DigestTask) -> MutexGuard<'a, State> {
    let DigestTask { seq, node, header, outputs } = digest;
    let done = guarded(|| Ok(digest_of(outputs)));
    let mut state = shared.lock();
    state.task_over();
    match done {
        Ok(digest) => note_digest(shared, state, *seq, *node, digest),
        Err(source) => {
            fail(shared, &mut state, *seq, *node, header, source);
            state
        }
    }
}

/// Notes a digest; a frame that is complete with it leaves and makes room.
pub(crate) fn note_digest<'a>(
    shared: &'a Shared<'_>,
    mut state: MutexGuard<'a, State>,
    seq: u64,
    node: usize,
    digest: Digest,
) -> MutexGuard<'a, State> {
    if !state.record(shared.plan, seq, node, digest) {
        return state;
    }
    let frames = state.frames.len() as u64;
    move_up(shared, &mut state);
    shared.room.notify_all();
    drop(state);
    (shared.on_frame)(frames);
    shared.lock()
}

/// Gives up this frame and all later ones; everybody looks anew at what is left.
fn fail(
    shared: &Shared<'_>,
    state: &mut State,
    seq: u64,
    node: usize,
    header: &Header,
    source: Cause,
) {
    state.fail(seq, component_error(shared.plan, node, header, source));
    shared.work.notify_all();
    shared.room.notify_all();
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
