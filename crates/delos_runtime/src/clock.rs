//! Wall clocks. The only place in delos that reads one.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// Monotonic time in nanoseconds from an origin of its own.
pub trait Clock: Send + Sync {
    /// Nanoseconds since the clock's origin.
    fn now_ns(&self) -> i64;

    /// Waits until [`Clock::now_ns`] is at least `at_ns`, or a little earlier where the
    /// wait is interrupted: callers look at the clock again.
    fn wait_until(&self, at_ns: i64);
}

/// The machine's monotonic clock, counted from its creation.
#[derive(Debug)]
pub struct MonotonicClock {
    origin: Instant,
}

impl MonotonicClock {
    /// A clock that starts at zero now.
    #[expect(clippy::disallowed_methods, reason = "the one place where wall time enters")]
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }
}

/// Longest single sleep: keeps an interrupt from waiting for a distant frame.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);

impl Clock for MonotonicClock {
    fn now_ns(&self) -> i64 {
        i64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(i64::MAX)
    }

    fn wait_until(&self, at_ns: i64) {
        let left = at_ns.saturating_sub(self.now_ns());
        if let Ok(nanos) = u64::try_from(left)
            && nanos > 0
        {
            std::thread::sleep(Duration::from_nanos(nanos).min(LONGEST_SLEEP));
        }
    }
}

/// A clock for tests: it stands still until it is moved, and waiting moves it.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: AtomicI64,
}

impl ManualClock {
    /// Moves the clock forward.
    pub fn advance_ns(&self, by: i64) {
        self.now.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ns(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    fn wait_until(&self, at_ns: i64) {
        self.now.fetch_max(at_ns, Ordering::SeqCst);
    }
}
