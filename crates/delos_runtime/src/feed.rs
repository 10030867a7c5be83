//! The feeder: brings frames in, in lockstep or at the sensor's pace.

use crate::component::{AnyComponent, Io, IoParts};
use crate::error::{Cause, RunError};
use crate::launch::Pace;
use crate::message::AnyMsg;
use crate::records::SpanNs;
use crate::run::Cancel;
use crate::schedule::{ConstantRate, Due, Schedule};
use crate::state::{FAILED, State};
use crate::tick::{Done, Tick, digest_of};
use crate::worker::{Shared, guarded, note_digest, process};
use delos_core::Header;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How long the feeder waits before it looks whether somebody wants to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// Why frames that were read are not processed after somebody has cancelled.
pub(crate) const STOPPED: &str = "the run was stopped";

/// A frame from the source, ready to be admitted.
struct Fed {
    header: Arc<Header>,
    parts: IoParts,
    span: SpanNs,
    /// When it was asked for, or should have been.
    asked: i64,
}

/// Why the source brings no more frames.
struct Failure {
    /// The frame under way whose message is at fault.
    at: Option<u64>,
    cause: Cause,
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Self { at: None, cause }
    }
}

/// Feeds frames until the source ends, something fails or somebody cancels.
/// Returns whether the run was cancelled.
pub(crate) fn feed(shared: &Shared<'_>, source: &mut dyn AnyComponent, cancel: &Cancel) -> bool {
    let constant = ConstantRate::new(&shared.plan.run);
    let mut feeder = Feeder { shared, cancel, fed: 0, schedule: None, constant };
    let cancelled = feeder.run(source);
    let mut state = shared.lock();
    if cancelled {
        state.give_up_waiting(STOPPED);
    }
    state.close();
    shared.work.notify_all();
    cancelled
}

struct Feeder<'a, 'b> {
    shared: &'a Shared<'b>,
    cancel: &'a Cancel,
    fed: u64,
    schedule: Option<Schedule>,
    constant: ConstantRate,
}

impl Feeder<'_, '_> {
    fn run(&mut self, source: &mut dyn AnyComponent) -> bool {
        let settings = &self.shared.plan.run;
        loop {
            if settings.frames > 0 && self.fed >= settings.frames {
                return self.drain();
            }
            if settings.pace != Pace::Realtime && !self.wait_for_room() {
                return self.cancel.is_cancelled();
            }
            if self.cancel.is_cancelled() {
                return true;
            }
            let Some(asked) = self.wait_to_ask() else { return self.cancel.is_cancelled() };
            let delivered = match self.pull(source, asked) {
                Ok(Some(fed)) => {
                    self.fed += 1;
                    self.deliver(fed)
                }
                Ok(None) => return self.drain(),
                Err(cause) => Err(cause.into()),
            };
            if let Err(failure) = delivered {
                self.fail(failure);
                return false;
            }
            if self.shared.lock().is_stopping() {
                return false;
            }
        }
    }

    /// Asks the source for a frame. What it tells the user is kept in any case.
    fn pull(&self, source: &mut dyn AnyComponent, asked: i64) -> Result<Option<Fed>, Cause> {
        let plan = self.shared.plan;
        let outputs = plan.nodes[plan.source()].outputs.len();
        let start = self.shared.clock.now_ns();
        let io = Io::new(None, &[], outputs, &[]).with_clock(self.shared.clock);
        let (mut parts, result) = process(source, io);
        let span = SpanNs { start, end: self.shared.clock.now_ns() };
        self.shared.lock().tell(self.fed, plan.source(), std::mem::take(&mut parts.notices));
        result?;
        if parts.ended {
            return Ok(None);
        }
        let header = parts
            .header
            .clone()
            .ok_or_else(|| Cause::from("the source neither began a frame nor ended"))?;
        Ok(Some(Fed { header, parts, span, asked }))
    }

    /// Hands a frame to the graph; without a place in it, the frame is dropped and counted. Its
    /// digest is made while nobody waits for it: before the frame is due, or while the others
    /// already work on it.
    fn deliver(&mut self, mut fed: Fed) -> Result<(), Failure> {
        self.constant.saw(&fed.header);
        let outputs = std::mem::take(&mut fed.parts.outputs);
        let digest = || guarded(|| Ok(digest_of(&outputs)));
        let (shared, header) = (self.shared, Arc::clone(&fed.header));
        match shared.plan.run.pace {
            Pace::Realtime => {
                let digest = digest()?;
                let released = self.wait_until_due(&header);
                let mut state = shared.lock();
                state.delivered.push((header, digest));
                if let Some(mut tick) = self.tick(&mut state, fed, released, &outputs) {
                    tick.record(shared.plan.source(), digest);
                    enqueue(shared, &mut state, tick);
                    shared.wake(&state);
                }
            }
            pace => {
                let in_batch = pace == Pace::Lockstep;
                let released = if in_batch { fed.span.end } else { fed.asked };
                let mut state = shared.lock();
                let tick = self.tick(&mut state, fed, Some(released), &outputs);
                let seq = tick.map(|tick| state.admit(shared.plan, tick));
                shared.wake(&state);
                drop(state);
                let digest = digest().map_err(|cause| Failure { at: seq, cause })?;
                let mut state = shared.lock();
                state.delivered.push((header, digest));
                if let Some(seq) = seq {
                    drop(note_digest(shared, state, seq, shared.plan.source(), digest));
                }
            }
        }
        Ok(())
    }

    /// The frame as the graph sees it; `None`, and counted, where it comes too late for the run.
    fn tick(
        &self,
        state: &mut State,
        mut fed: Fed,
        released: Option<i64>,
        outputs: &[Option<AnyMsg>],
    ) -> Option<Tick> {
        let plan = self.shared.plan;
        let failed = state.is_stopping();
        let Some(released) = released.filter(|_| !failed) else {
            state.drop_frame(&fed.header, if failed { FAILED } else { STOPPED });
            return None;
        };
        let mut tick = Tick::new(plan, fed.header, released);
        let parts = fed.parts.take_parts(fed.span.end);
        let done = Done { span: fed.span, parts, ..Done::default() };
        tick.publish(plan, plan.source(), outputs, done);
        Some(tick)
    }

    /// Waits for the instant at which the next frame is to be asked for; in a constant stream it
    /// may have passed. `None` when the run ends before.
    fn wait_to_ask(&mut self) -> Option<i64> {
        let clock = self.shared.clock;
        let now = clock.now_ns();
        if self.shared.plan.run.pace != Pace::ConstantStream {
            return Some(now);
        }
        // Warming up, one frame at a time, does not count as lateness of what follows.
        let Some(due) = self.constant.due(self.fed) else {
            return self.wait_until_empty().then(|| clock.now_ns());
        };
        let due = match due {
            Due::At(due) => due,
            Due::Begins => self.wait_until_empty().then(|| self.constant.begin(clock.now_ns()))?,
        };
        self.sleep_until(due).then_some(due)
    }

    /// Waits until nothing is under way; `false` when the run stops instead.
    fn wait_until_empty(&self) -> bool {
        self.wait_while(|state| state.under_way() > 0)
    }

    /// Waits for an instant; `false` when the run stops before.
    fn sleep_until(&self, due: i64) -> bool {
        let clock = self.shared.clock;
        while clock.now_ns() < due {
            if self.cancel.is_cancelled() || self.shared.lock().is_stopping() {
                return false;
            }
            clock.wait_until(due);
        }
        true
    }

    /// Waits until a frame may enter; `false` when the run stops instead.
    fn wait_for_room(&self) -> bool {
        let window = self.shared.plan.run.window_resolved();
        self.wait_while(|state| state.under_way() >= window)
    }

    /// Waits as long as `busy` holds; `false` when the run stops instead.
    fn wait_while(&self, busy: impl Fn(&State) -> bool) -> bool {
        let mut state = self.shared.lock();
        while busy(&state) {
            if state.is_stopping() || self.cancel.is_cancelled() {
                return false;
            }
            let wait = self.shared.room.wait_timeout(state, PATIENCE);
            state = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        !state.is_stopping()
    }

    /// Waits for the instant at which the sensor delivers, and returns it; `None` when the
    /// run ends before.
    fn wait_until_due(&mut self, header: &Header) -> Option<i64> {
        let (clock, rate) = (self.shared.clock, self.shared.plan.run.rate);
        let now = clock.now_ns();
        let due = self.schedule.get_or_insert_with(|| Schedule::new(now)).due(header, rate);
        self.sleep_until(due).then_some(due)
    }

    /// Waits until the queue is empty. Returns whether the run was cancelled.
    fn drain(&self) -> bool {
        let mut state = self.shared.lock();
        while !state.waiting.is_empty() && !state.is_stopping() {
            if self.cancel.is_cancelled() {
                return true;
            }
            let wait = self.shared.room.wait_timeout(state, PATIENCE);
            state = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    /// Frames under way are finished, unless the failure is with one of them: it and those after it are given up.
    fn fail(&self, Failure { at, cause: source }: Failure) {
        let plan = self.shared.plan;
        let node = plan.nodes[plan.source()].id.clone();
        let error = RunError::Source { node, frames: self.fed, source };
        let mut state = self.shared.lock();
        match at {
            Some(seq) => state.fail(seq, error),
            None => state.fail_after_all(error),
        }
        self.shared.work.notify_all();
    }
}

/// Realtime: admits the frame, or lets it wait; the oldest waiting one makes room.
fn enqueue(shared: &Shared<'_>, state: &mut State, tick: Tick) {
    move_up(shared, state);
    state.waiting.push_back(tick);
    move_up(shared, state);
    while state.waiting.len() > shared.plan.run.queue {
        if let Some(old) = state.waiting.pop_front() {
            state.drop_frame(&old.header, "the chain was busy when a newer frame arrived");
        }
    }
}

/// Realtime: admits waiting frames while there is room.
pub(crate) fn move_up(shared: &Shared<'_>, state: &mut State) {
    let window = shared.plan.run.window_resolved();
    while state.under_way() < window
        && !state.is_stopping()
        && let Some(tick) = state.waiting.pop_front()
    {
        state.admit(shared.plan, tick);
        shared.wake(state);
    }
}
