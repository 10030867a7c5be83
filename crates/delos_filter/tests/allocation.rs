//! Once their memory has grown, filters and assignment allocate nothing.

use delos_filter::{
    Assigner, Ctra, Ctrv, Gaussian, Imm, LinearMeasurement, ModeSwitching, MotionModel,
    SmootherStep, Unscented, Widened, smooth,
};
use nalgebra::{SMatrix, SVector};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Allocations of this thread; tests on other threads do not count.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting.
struct Counting;

#[expect(unsafe_code, reason = "an allocator that counts cannot be written without")]
// SAFETY: each method hands its arguments on to the system's allocator unchanged, and counting
// touches no memory but that of a thread-local number.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`, which is the same there.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: `memory` comes from `System` by the methods here, with this layout.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as for `dealloc`; the caller keeps the contract for `size`.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn count() {
    // A thread that ends has no counter any more.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

/// Allocations of the second run; the first lets memory grow.
fn allocations(mut work: impl FnMut()) -> usize {
    work();
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![1, 2, 3]))), 1);
}

#[test]
fn filters_allocate_nothing() {
    let model = Ctra { jerk_density: 1.0, yaw_acceleration_density: 0.1 };
    let sensor = LinearMeasurement::<6, 3>::selecting([0, 1, 2]).with_angles([false, false, true]);
    let noise = SMatrix::identity() * 0.1;
    let rule = Unscented::default();
    let mut state = Gaussian::<6>::from_deviations(SVector::zeros(), SVector::repeat(1.0)).unwrap();
    let found = allocations(|| {
        for step in 0..20 {
            let measured = SVector::from([0.1 * f64::from(step), 0.0, 0.0]);
            state.predict(&model, 0.1);
            state.update(&sensor, &measured, &noise).unwrap();
            state.predict_unscented(&model, &rule, 0.1).unwrap();
            state.update_unscented(&sensor, &rule, &measured, &noise).unwrap();
        }
    });
    assert_eq!(found, 0);
}

#[test]
fn a_mixture_allocates_nothing() {
    let ctrv = Ctrv { acceleration: 1.0, yaw_acceleration: 0.3 };
    let calm = Widened::<_, 5, 6> { model: ctrv, deviation: 0.1 };
    let agile = Ctra { jerk_density: 1.0, yaw_acceleration_density: 0.1 };
    let models: [&dyn MotionModel<6>; 2] = [&calm, &agile];
    let switching = ModeSwitching::lasting([5.0, 2.0]).unwrap();
    let start = Gaussian::from_deviations(SVector::zeros(), SVector::repeat(1.0)).unwrap();
    let mut state = Imm::new(&start, [0.5, 0.5], &models).unwrap();
    let sensor = LinearMeasurement::<6, 2>::selecting([0, 1]);
    let noise = SMatrix::identity() * 0.1;
    let found = allocations(|| {
        for step in 0..20 {
            state.predict(&models, &switching, 0.1);
            let measured = SVector::from([0.1 * f64::from(step), 0.0]);
            state.update(&sensor, &measured, &noise).unwrap();
            assert!(state.combined().is_finite());
        }
    });
    assert_eq!(found, 0);
}

#[test]
fn the_smoother_allocates_nothing() {
    let model = Ctrv { acceleration: 1.0, yaw_acceleration: 0.3 };
    let start = Gaussian::from_deviations(SVector::zeros(), SVector::repeat(1.0)).unwrap();
    let mut steps = vec![SmootherStep::first(start)];
    for _ in 0..20 {
        steps.push(SmootherStep::after(&steps.last().unwrap().filtered, &model, 0.1));
    }
    let mut smoothed = Vec::new();
    let found = allocations(|| smooth(&steps, model.angles(), &mut smoothed).unwrap());
    assert_eq!(found, 0);
    assert_eq!(smoothed.len(), 21);
}

#[test]
fn assignment_allocates_nothing() {
    let mut assigner = Assigner::default();
    let mut frame = |size: usize| {
        assigner.begin(size, size, 1.0);
        for row in (0..size).rev() {
            assigner.set_row_none_cost(row, 0.9);
            assigner.set_column_none_cost(row, 0.1);
            for step in 0..5 {
                let cost = ((row * 7 + step * 13) % 10) as f64 / 10.0;
                assigner.allow(row, (row + step) % size, cost);
            }
        }
        assert!(assigner.optimal().iter().any(Option::is_some));
        assert!(assigner.greedy().iter().any(Option::is_some));
    };
    let found = allocations(|| {
        for size in [200, 100, 10, 150] {
            frame(size);
        }
    });
    assert_eq!(found, 0);
}
