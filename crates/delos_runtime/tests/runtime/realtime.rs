//! Realtime: frames are released when the sensor delivers; a full queue drops the oldest.

use crate::common::{LAUNCH, plan, run};
use delos_runtime::{BuildContext, Cancel, ManualClock};

#[test]
fn frames_are_released_at_the_pace_of_their_stamps() {
    let (report, _) = run(&["run.pace=realtime", "run.rate=20", "run.window=40"]);
    assert!(report.error.is_none(), "{:?}", report.error);
    assert!(report.dropped.is_empty(), "{:?}", report.dropped);
    let releases: Vec<i64> = report.frames.iter().map(|frame| frame.released_ns).collect();
    let steps: Vec<i64> = releases.windows(2).map(|w| w[1] - w[0]).collect();
    assert!(steps.iter().all(|step| *step == 5_000_000), "{steps:?}");
    assert!(report.frames.iter().all(|frame| frame.published_ns >= frame.released_ns));
}

#[test]
fn a_busy_chain_drops_frames_and_counts_them() {
    // The clock jumps to each frame's instant, so all 40 arrive while the first sleep.
    let plan = plan(
        LAUNCH,
        &["run.pace=realtime", "run.window=2", "run.workers=2", "double.sleep_us=20000"],
    )
    .expect("valid");
    let clock = ManualClock::default();
    let context = BuildContext::default();
    let report =
        delos_runtime::run(&plan, &context, &clock, &Cancel::default(), &|_| {}).expect("runs");
    assert!(report.error.is_none(), "{:?}", report.error);
    assert!(report.dropped.len() > 20, "only {} dropped", report.dropped.len());
    assert_eq!(report.frames.len() + report.dropped.len(), 40);
    let last = report.frames.last().expect("frames");
    assert_eq!(last.header.tick, 39, "the newest frame always gets its turn");
}

#[test]
fn a_cancelled_wait_publishes_nothing_early() {
    let plan = plan(LAUNCH, &["run.pace=realtime", "run.rate=0.2"]).expect("valid");
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        stop.cancel();
    });
    let clock = delos_runtime::MonotonicClock::start();
    let report = delos_runtime::run(&plan, &BuildContext::default(), &clock, &cancel, &|_| {})
        .expect("runs");
    stopper.join().expect("no panic");
    assert!(report.interrupted);
    assert_eq!(report.frames.len() + report.dropped.len(), report.delivered.len());
    assert_eq!(report.frames.len(), 1, "the second frame is due after half a second");
    assert!(report.frames.iter().all(|frame| frame.published_ns >= frame.released_ns));
}
