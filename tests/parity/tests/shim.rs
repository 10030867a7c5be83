//! The kernels' own source, run on the processor, answers what the algorithms' code answers, bit for bit
//! and in whatever order its threads run.

use delos_parity::{Schedule, Shim, run};

#[test]
fn kernels_equal_the_processor_in_any_order_of_threads() {
    let shim = Shim::compile().unwrap();
    let schedules = [Schedule::Forward, Schedule::Backward, Schedule::Shuffled(7)];
    for (first, schedule) in (0..).step_by(12).zip(schedules) {
        let device = shim.start(schedule).unwrap();
        let outcomes = run(&device, first..first + 12).unwrap();
        assert!(!outcomes.is_empty());
        for outcome in outcomes {
            assert!(outcome.differing == 0, "{schedule:?}: {outcome:?}");
        }
    }
}
