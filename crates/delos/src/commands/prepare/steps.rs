//! One line for each step of a network, with its time.

use crate::say;
use delos_components::{NetworkStep, Witness};
use delos_runtime::{Clock, MonotonicClock};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

/// Tells of every step and counts the engines that were built.
pub(super) struct Steps {
    clock: Arc<MonotonicClock>,
    /// When the step under way began.
    began_ns: AtomicI64,
    engines: AtomicUsize,
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").field("engines", &self.engines).finish_non_exhaustive()
    }
}

impl Steps {
    pub(super) fn new(clock: Arc<MonotonicClock>) -> Self {
        Self { clock, began_ns: AtomicI64::new(0), engines: AtomicUsize::new(0) }
    }

    /// How many engines were built.
    pub(super) fn engines(&self) -> usize {
        self.engines.load(Ordering::SeqCst)
    }

    /// Seconds since the last step.
    fn took(&self) -> f64 {
        let now = self.clock.now_ns();
        (now - self.began_ns.swap(now, Ordering::SeqCst)) as f64 * 1e-9
    }
}

impl Witness for Steps {
    fn sees(&self, node: &str, step: &NetworkStep<'_>) {
        let took = self.took();
        match step {
            NetworkStep::Opens { card, device } => {
                say::line(format!("{node}: opening {card} on {device} ..."));
            }
            NetworkStep::BuildsEngine { folder, .. } => {
                self.engines.fetch_add(1, Ordering::SeqCst);
                let folder = folder.display();
                say::line(format!(
                    "{node}: building its TensorRT engine, which can take minutes; kept in {folder} ..."
                ));
            }
            NetworkStep::Opened { sessions, notice } => {
                if let Some(notice) = notice {
                    say::line(format!("{node}: {notice}"));
                }
                for session in *sessions {
                    say::line(format!("{node}: open on {}: {session}", session.obtained));
                }
                say::line(format!("{node}: opening took {took:.2} s; first run ..."));
            }
            NetworkStep::Rehearsed => say::line(format!("{node}: first run took {took:.2} s")),
            _ => {}
        }
    }
}
