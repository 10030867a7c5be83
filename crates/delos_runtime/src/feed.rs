//! The feeder: brings frames in, in lockstep or at the sensor's pace.

use crate::component::{AnyComponent, Io, IoParts};
use crate::error::{Cause, RunError};
use crate::launch::Pace;
use crate::records::SpanNs;
use crate::run::Cancel;
use crate::state::State;
use crate::tick::{Tick, digest_of};
use crate::worker::{Shared, guarded, process};
use delos_core::{Digest, Header, Span, Stamp};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How long the feeder waits before it looks whether somebody wants to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// Why frames that were read are not processed after somebody has cancelled.
const STOPPED: &str = "the run was stopped";

/// A frame from the source, ready to be admitted.
struct Fed {
    header: Arc<Header>,
    parts: IoParts,
    span: SpanNs,
    digest: Digest,
}

/// Feeds frames until the source ends, something fails or somebody cancels.
/// Returns whether the run was cancelled.
pub(crate) fn feed(shared: &Shared<'_>, source: &mut dyn AnyComponent, cancel: &Cancel) -> bool {
    let mut feeder = Feeder { shared, cancel, fed: 0, schedule: None };
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
}

impl Feeder<'_, '_> {
    fn run(&mut self, source: &mut dyn AnyComponent) -> bool {
        let settings = &self.shared.plan.run;
        loop {
            if settings.frames > 0 && self.fed >= settings.frames {
                return self.drain();
            }
            if settings.pace == Pace::Lockstep && !self.wait_for_room() {
                return self.cancel.is_cancelled();
            }
            if self.cancel.is_cancelled() {
                return true;
            }
            match self.pull(source) {
                Ok(Some(fed)) => {
                    self.fed += 1;
                    self.deliver(fed);
                }
                Ok(None) => return self.drain(),
                Err(cause) => {
                    self.fail(cause);
                    return false;
                }
            }
            if self.shared.lock().is_stopping() {
                return false;
            }
        }
    }

    /// Asks the source for a frame. What it tells the user is kept in any case.
    fn pull(&self, source: &mut dyn AnyComponent) -> Result<Option<Fed>, Cause> {
        let plan = self.shared.plan;
        let outputs = plan.nodes[plan.source()].outputs.len();
        let start = self.shared.clock.now_ns();
        let (mut parts, result) = process(source, Io::new(None, &[], outputs, &[]));
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
        let digest = guarded(|| Ok(digest_of(&parts.outputs)))?;
        Ok(Some(Fed { header, parts, span, digest }))
    }

    /// Hands a frame to the graph; without a place in it, the frame is dropped and counted.
    fn deliver(&mut self, fed: Fed) {
        let plan = self.shared.plan;
        let released = match plan.run.pace {
            Pace::Lockstep => Some(fed.span.end),
            Pace::Realtime => self.wait_until_due(&fed.header),
        };
        let mut state = self.shared.lock();
        state.delivered.push((Arc::clone(&fed.header), fed.digest));
        let Some(released) = released.filter(|_| !state.is_stopping()) else {
            state.drop_frame(&fed.header, STOPPED);
            return;
        };
        let source = plan.source();
        let mut tick = Tick::new(plan, fed.header, released);
        tick.publish(plan, source, &fed.parts.outputs, fed.span);
        tick.record(source, fed.digest);
        match plan.run.pace {
            Pace::Lockstep => {
                state.admit(plan, tick);
            }
            Pace::Realtime => enqueue(self.shared, &mut state, tick),
        }
        self.shared.wake(&state);
    }

    /// Waits until a frame may enter; `false` when the run stops instead.
    fn wait_for_room(&self) -> bool {
        let window = self.shared.plan.run.window_resolved();
        let mut state = self.shared.lock();
        while state.under_way() >= window {
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
        while clock.now_ns() < due {
            if self.cancel.is_cancelled() || self.shared.lock().is_stopping() {
                return None;
            }
            clock.wait_until(due);
        }
        Some(due)
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

    fn fail(&self, source: Cause) {
        let plan = self.shared.plan;
        let node = plan.nodes[plan.source()].id.clone();
        let error = RunError::Source { node, frames: self.fed, source };
        let mut state = self.shared.lock();
        state.fail_after_all(error);
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

/// When frames are due on the wall clock.
struct Schedule {
    start_ns: i64,
    first: Option<(Arc<str>, Stamp)>,
    last_due: i64,
}

/// Pause between the frames of two sequences, whose stamps have nothing in common.
const BETWEEN_SEQUENCES: Span = Span::from_millis(100);

impl Schedule {
    fn new(start_ns: i64) -> Self {
        Self { start_ns, first: None, last_due: start_ns }
    }

    fn due(&mut self, header: &Header, rate: f64) -> i64 {
        let scaled = |span: Span| (span.as_nanos() as f64 / rate) as i64;
        let due = match &self.first {
            Some((sequence, first)) if *sequence == header.sequence => {
                self.start_ns.saturating_add(scaled(header.stamp - *first))
            }
            other => {
                if other.is_some() {
                    self.start_ns = self.last_due.saturating_add(scaled(BETWEEN_SEQUENCES));
                }
                self.first = Some((Arc::clone(&header.sequence), header.stamp));
                self.start_ns
            }
        };
        self.last_due = self.last_due.max(due);
        self.last_due
    }
}
