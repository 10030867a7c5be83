//! Work done ahead by several threads and taken in order.

use anyhow::{Result, anyhow};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// How many finished items each worker may have waiting.
const WAITING: usize = 2;

/// Hands `make(0)`, `make(1)`, ... to `take`, in this order, until `numbers` are through
/// or `take` asks to stop. Worker `w` of `workers` makes every item whose number leaves the
/// rest `w`, each with a state of its own from `state`, so that results depend on
/// `workers` only if `make` lets its state matter. No more than three items for each worker
/// exist at a time.
///
/// # Errors
/// Those of `take`; when a worker breaks off.
pub(crate) fn in_order<T: Send, S>(
    numbers: u64,
    workers: usize,
    state: impl Fn() -> S + Sync,
    make: impl Fn(&mut S, u64) -> T + Sync,
    mut take: impl FnMut(T) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let workers = workers.max(1);
    thread::scope(|scope| {
        let start = |worker: usize| {
            let (sender, receiver) = sync_channel(WAITING);
            let mine = (worker as u64..numbers).step_by(workers);
            let (state, make) = (&state, &make);
            scope.spawn(move || send(mine, &mut state(), make, &sender));
            receiver
        };
        let receivers: Vec<Receiver<T>> = (0..workers).map(start).collect();
        for (_, receiver) in (0..numbers).zip(receivers.iter().cycle()) {
            let item = receiver.recv().map_err(|error| anyhow!("a worker broke off: {error}"))?;
            if take(item)?.is_break() {
                break;
            }
        }
        Ok(())
    })
}

/// Makes the items of one worker until nobody wants them any more.
fn send<T, S>(
    numbers: impl Iterator<Item = u64>,
    state: &mut S,
    make: impl Fn(&mut S, u64) -> T,
    sender: &SyncSender<T>,
) {
    for number in numbers {
        if sender.send(make(state, number)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn items_come_in_order_whatever_the_number_of_workers() {
        for workers in [0, 1, 2, 5, 40] {
            let mut seen = Vec::new();
            let take = |item| {
                seen.push(item);
                Ok(ControlFlow::Continue(()))
            };
            in_order(23, workers, || (), |(), number| number * number, take).unwrap();
            assert_eq!(seen, (0..23).map(|n| n * n).collect::<Vec<u64>>(), "{workers}");
        }
    }

    #[test]
    fn little_is_made_ahead_and_nothing_after_a_stop() {
        let (made, mut taken) = (AtomicU64::new(0), 0_u64);
        let make = |(): &mut (), number| {
            made.fetch_add(1, Ordering::SeqCst);
            number
        };
        let take = |_| {
            taken += 1;
            Ok(if taken == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        };
        in_order(u64::MAX, 3, || (), make, take).unwrap();
        // Ten taken; for each worker two waiting, one in hand, and one that was given up.
        assert!((10..=22).contains(&made.load(Ordering::SeqCst)), "{made:?}");
    }

    #[test]
    fn an_error_ends_the_work() {
        let fail = in_order(9, 2, || (), |(), number| number, |_| Err(anyhow!("full")));
        assert_eq!(fail.unwrap_err().to_string(), "full");
    }
}
