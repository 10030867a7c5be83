//! Boxes, assignment and tracking: what a frame costs after detection.

use criterion::{Criterion, criterion_group, criterion_main};
use delos_core::{
    Box2, Box3, Detection3d, Detections3d, Ego, ObjectClass, Position, Score, Size, Source, Span,
    Stamp, Transform, Yaw,
};
use delos_filter::{
    Assigner, Ctra, Ctrv, Gaussian, Imm, LinearMeasurement, ModeSwitching, MotionModel, SlipCtrv,
    Unscented, Widened,
};
use delos_geom::{giou_bev, iou_bev, nms2d};
use delos_track::{Tracker, TrackerConfig};
use nalgebra::{SMatrix, SVector};
use std::hint::black_box;

/// Repeatable numbers evenly in 0..1 (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.next() * (high - low)
    }
}

fn car(x: f64, y: f64, yaw: f64) -> Box3<Ego> {
    Box3::new(
        Position::new(x, y, -0.9),
        Size::new(4.0, 1.7, 1.5).expect("positive"),
        Yaw::new(yaw).expect("finite"),
    )
}

/// 1000 candidates of 3 classes in groups of about 20, as a network leaves them.
fn suppression(c: &mut Criterion) {
    let mut numbers = Numbers(1);
    let mut boxes = Vec::new();
    let (mut scores, mut classes) = (Vec::new(), Vec::new());
    for i in 0..1000 {
        let group = f64::from(i % 50);
        let x = group * 24.0 + numbers.between(-4.0, 4.0);
        let y = 150.0 + numbers.between(-4.0, 4.0);
        let (w, h) = (numbers.between(60.0, 70.0), numbers.between(40.0, 50.0));
        boxes.push(Box2::new(x as f32, y as f32, (x + w) as f32, (y + h) as f32));
        scores.push(numbers.next() as f32);
        classes.push(i % 3);
    }
    let mut keep = Vec::new();
    c.bench_function("track/nms2d of 1000 boxes", |b| {
        b.iter(|| {
            nms2d(black_box(&boxes), &scores, &classes, 0.45, &mut keep);
            keep.len()
        });
    });
}

/// Mean over 256 overlapping pairs at random headings.
fn overlap(c: &mut Criterion) {
    let mut numbers = Numbers(2);
    let mut near = |spread: f64| {
        let (x, y) = (numbers.between(-spread, spread), numbers.between(-spread, spread));
        car(x, y, numbers.between(-3.0, 3.0))
    };
    let pairs: Vec<_> = (0..256).map(|_| (near(1.0), near(1.0))).collect();
    c.bench_function("track/iou_bev of 256 overlapping pairs", |b| {
        b.iter(|| pairs.iter().map(|(a, b)| iou_bev(black_box(a), b)).sum::<f64>());
    });
    c.bench_function("track/giou_bev of 256 overlapping pairs", |b| {
        b.iter(|| pairs.iter().map(|(a, b)| giou_bev(black_box(a), b)).sum::<f64>());
    });
}

/// 100 x 100, once with all pairs allowed and once with one in ten; and 500 x 500 with five
/// pairs a row, once anywhere and once side by side, as neighbours are.
fn assignment(c: &mut Criterion) {
    let mut assigner = Assigner::default();
    for (name, size, allowed) in [
        ("100 x 100, dense", 100, 1.0),
        ("100 x 100, one pair in ten", 100, 0.1),
        ("500 x 500, five pairs a row", 500, 0.01),
    ] {
        let mut numbers = Numbers(3);
        assigner.begin(size, size, 1.0);
        for i in 0..size * size {
            let cost = numbers.next();
            if numbers.next() < allowed {
                assigner.allow(i / size, i % size, cost);
            }
        }
        c.bench_function(&format!("track/assignment of {name}"), |b| {
            b.iter(|| assigner.optimal().len());
        });
    }
    let mut numbers = Numbers(3);
    assigner.begin(500, 500, 1.0);
    for row in 0..500 {
        assigner.allow(row, row, 0.3 * numbers.next());
        for step in 1..5 {
            assigner.allow(row, (row + step) % 500, numbers.next());
        }
    }
    c.bench_function("track/assignment of 500 x 500, neighbours", |b| {
        b.iter(|| assigner.optimal().len());
    });
}

/// A prediction and a correction by place and heading, with each kind of filter.
fn filters(c: &mut Criterion) {
    let slip = SlipCtrv { acceleration: 2.0, lateral_acceleration: 1.0, yaw_acceleration: 0.5 };
    let calm = Ctrv { acceleration: 1.0, yaw_acceleration: 0.1 };
    let calm = Widened::<_, 5, 6> { model: calm, deviation: 0.1 };
    let agile = Ctra { jerk_density: 4.0, yaw_acceleration_density: 1.0 };
    let sensor = LinearMeasurement::<6, 3>::selecting([0, 1, 2]).with_angles([false, false, true]);
    let (noise, measured) = (SMatrix::identity() * 0.04, SVector::from([0.1, 0.0, 0.0]));
    let start = Gaussian::from_deviations(SVector::zeros(), SVector::repeat(1.0)).expect("valid");
    let mut state = start.clone();
    c.bench_function("track/extended filter", |b| {
        b.iter(|| {
            state.predict(black_box(&slip), 0.1);
            state.update(&sensor, &measured, &noise).expect("finite").mahalanobis_squared
        });
    });
    let rule = Unscented::default();
    c.bench_function("track/unscented filter", |b| {
        b.iter(|| {
            state.predict_unscented(black_box(&slip), &rule, 0.1).expect("finite");
            state.update_unscented(&sensor, &rule, &measured, &noise).expect("finite");
        });
    });
    let models: [&dyn MotionModel<6>; 2] = [&calm, &agile];
    let switching = ModeSwitching::lasting([5.0, 2.0]).expect("valid");
    let mut mixture = Imm::new(&start, [0.5, 0.5], &models).expect("valid");
    c.bench_function("track/mixture of two models", |b| {
        b.iter(|| {
            mixture.predict(black_box(&models), &switching, 0.1);
            mixture.update(&sensor, &measured, &noise).expect("finite").log_likelihood
        });
    });
}

/// Frames of 100 cars that drive at 8 m/s, with detection noise.
fn frames(count: usize) -> Vec<Detections3d> {
    let mut numbers = Numbers(4);
    let mut frame = |i: usize| {
        let cars = (0..100).map(|n| {
            let x = f64::from(n % 10) * 8.0 + 0.8 * i as f64 + numbers.between(-0.2, 0.2);
            let y = f64::from(n / 10) * 4.0 + numbers.between(-0.2, 0.2);
            Detection3d {
                bbox: car(x, y, numbers.between(-0.1, 0.1)),
                class: ObjectClass::Car,
                score: Score::clamped(0.8),
                points: 0,
                cluster: None,
                source: Source::Lidar,
                image_box: None,
            }
        });
        Detections3d(cars.collect())
    };
    (0..count).map(&mut frame).collect()
}

/// One frame of a sequence with 100 objects.
fn step(c: &mut Criterion) {
    let frames = frames(50);
    let mut tracker = Tracker::new(TrackerConfig::default()).expect("valid defaults");
    let mut next = 0usize;
    c.bench_function("track/step with 100 objects", |b| {
        b.iter(|| {
            let i = next % frames.len();
            if i == 0 {
                tracker.reset();
            }
            next += 1;
            let stamp = Stamp::from_nanos(0) + Span::from_secs_f64(0.1 * i as f64);
            tracker
                .step(stamp, Some(Transform::identity()), &frames[i])
                .expect("valid frame")
                .tracks
                .len()
        });
    });
}

criterion_group!(benches, suppression, overlap, assignment, filters, step);
criterion_main!(benches);
