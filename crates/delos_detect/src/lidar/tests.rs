//! Made-up scenes, sampled as a LiDAR at the origin would.

use super::{LidarConfig, LidarDetector, LidarOutput};
use delos_core::{
    Box3, Detection3d, Ego, LidarPoint, ObjectClass, PointCloud, Position, Segment, Size, Yaw,
};
use proptest::prelude::*;

const EGO_HEIGHT_M: f64 = 1.73;

fn point(x: f64, y: f64, z: f64) -> LidarPoint {
    LidarPoint { x: x as f32, y: y as f32, z: z as f32, intensity: 0.3 }
}

fn car(x: f64, y: f64, yaw: f64) -> Box3<Ego> {
    let size = Size::new(4.0, 1.6, 1.5).expect("positive");
    let center = Position::new(x, y, 0.75 - EGO_HEIGHT_M);
    Box3::new(center, size, Yaw::new(yaw).expect("finite"))
}

/// Where a ray from the origin enters the box, as a share of the ray.
fn entry(object: &Box3<Ego>, ray: [f64; 3]) -> Option<f64> {
    let (sin, cos) = object.yaw.radians().sin_cos();
    let turned = |x: f64, y: f64| [x * cos + y * sin, y * cos - x * sin];
    let [ox, oy] = turned(-object.center.x(), -object.center.y());
    let [dx, dy] = turned(ray[0], ray[1]);
    let half = [object.size.length() / 2.0, object.size.width() / 2.0, object.size.height() / 2.0];
    let (mut enter, mut leave) = (0.0_f64, f64::INFINITY);
    for ((o, d), h) in [ox, oy, -object.center.z()].into_iter().zip([dx, dy, ray[2]]).zip(half) {
        let d = if d.abs() < 1e-12 { 1e-12 } else { d };
        let (a, b) = ((-h - o) / d, (h - o) / d);
        (enter, leave) = (enter.max(a.min(b)), leave.min(a.max(b)));
    }
    (enter < leave && enter > 0.0).then_some(enter)
}

/// A full turn of 64 beams over flat ground with the given boxes on it.
fn scan(objects: &[Box3<Ego>], turn: f64) -> Vec<LidarPoint> {
    let mut points = Vec::new();
    for beam in 0..64 {
        let pitch = (2.0 - 26.8 * f64::from(beam) / 63.0).to_radians();
        for step in 0..2083 {
            let azimuth = f64::from(step) * std::f64::consts::TAU / 2083.0 + turn;
            let ray = [pitch.cos() * azimuth.cos(), pitch.cos() * azimuth.sin(), pitch.sin()];
            let ground = if ray[2] < 0.0 { -EGO_HEIGHT_M / ray[2] } else { f64::INFINITY };
            let hit = objects.iter().filter_map(|o| entry(o, ray)).fold(ground, f64::min);
            if hit < 90.0 {
                points.push(point(ray[0] * hit, ray[1] * hit, ray[2] * hit));
            }
        }
    }
    points
}

fn found_in(points: Vec<LidarPoint>) -> LidarOutput {
    let mut out = LidarOutput::default();
    LidarDetector::new(LidarConfig::default()).detect(
        &PointCloud::new(points),
        EGO_HEIGHT_M,
        &mut out,
    );
    out
}

fn nearest(out: &LidarOutput, wanted: &Box3<Ego>) -> Detection3d {
    let distance = |d: &Detection3d| d.bbox.center.planar_distance(&wanted.center);
    let all = out.detections.0.iter().copied();
    all.min_by(|a, b| distance(a).total_cmp(&distance(b))).expect("a detection")
}

#[test]
fn cars_with_two_visible_sides_are_placed_exactly() {
    let cars =
        [car(12.0, 4.5, 0.0), car(10.0, -6.0, -0.2), car(-15.0, 5.0, 1.0), car(18.0, 8.0, 0.0)];
    let out = found_in(scan(&cars, 0.0));
    for stray in out.detections.0.iter().filter(|d| d.score.get() >= 0.6) {
        let distance = |c: &Box3<Ego>| c.center.planar_distance(&stray.bbox.center);
        assert!(cars.iter().any(|c| distance(c) < 0.2), "no car at {stray:?}");
    }
    for car in &cars {
        let found = nearest(&out, car);
        let off = found.bbox.center.planar_distance(&car.center);
        assert!(off < 0.2, "{off:.3} m off at {:?}", car.center);
        assert!((found.bbox.bottom() - car.bottom()).abs() < 0.1);
        assert_eq!(found.class, ObjectClass::Car);
        assert!(found.score.get() > 0.6, "{:?}", found.score);
    }
}

#[test]
fn a_rear_face_alone_is_completed_away_from_the_sensor() {
    for x in [8.0, 15.0, 25.0] {
        let ahead = car(x, 0.0, 0.0);
        let found = nearest(&found_in(scan(&[ahead], 0.0)), &ahead);
        assert!((found.bbox.center.x() - x).abs() < 0.5, "{:?}", found.bbox);
        assert!(found.bbox.center.y().abs() < 0.2);
        assert!(found.bbox.yaw.radians().sin().abs() < 0.1, "{:?}", found.bbox.yaw);
    }
}

#[test]
fn neighbours_in_a_car_park_stay_apart() {
    let cars: Vec<_> = (0..4).map(|k| car(12.0, -6.0 + 2.4 * f64::from(k), 0.0)).collect();
    let out = found_in(scan(&cars, 0.0));
    for car in &cars {
        assert!(nearest(&out, car).bbox.center.planar_distance(&car.center) < 0.5);
    }
}

#[test]
fn slopes_are_ground_and_returns_below_it_are_not() {
    let slope = |x: f64| -EGO_HEIGHT_M + 0.06 * x;
    let mut points = Vec::new();
    for x in 3..40 {
        for y in -40..40 {
            let (x, y) = (f64::from(x), f64::from(y) * 0.25);
            points.push(point(x, y, slope(x)));
        }
    }
    let ground = points.len();
    points.push(point(15.0, 1.1, slope(15.0) - 1.5));
    let out = found_in(points);
    let labels = &out.segments.labels;
    let hits = labels[..ground].iter().filter(|l| **l == Segment::Ground).count();
    assert!(hits as f64 > 0.98 * ground as f64, "{hits} of {ground}");
    assert_eq!(labels[ground], Segment::Rest);
    assert!(out.detections.0.is_empty());
}

#[test]
fn degenerate_scans_are_no_objects_and_no_panic() {
    let plane = (0..5000).map(|i| point(f64::from(i % 100) - 50.0, f64::from(i / 100), -1.73));
    let huge = vec![point(1e30, -1e30, 1e30), point(f64::from(f32::MAX), 0.0, -1.0)];
    let scans = [
        vec![],
        vec![point(5.0, 0.0, 0.0)],
        vec![point(0.0, 0.0, 0.0); 100],
        plane.collect::<Vec<_>>(),
        huge,
    ];
    for points in scans {
        let count = points.len();
        let out = found_in(points);
        assert_eq!(out.segments.labels.len(), count);
        assert_eq!(out.detections.0, []);
    }
    let pile = found_in(vec![point(5.0, 0.0, 0.0); 1000]);
    assert_eq!(pile.segments.clusters, 1);
}

#[test]
fn half_a_million_points_keep_their_labels() {
    let dense: Vec<_> = (0..500_000_u32)
        .map(|i| {
            let (a, r) = (f64::from(i) * 0.001, 3.0 + f64::from(i % 977) * 0.07);
            point(r * a.cos(), r * a.sin(), f64::from(i % 31) * 0.1 - 1.8)
        })
        .collect();
    let out = found_in(dense);
    let labelled = out.segments.members().iter().map(Vec::len).sum::<usize>();
    let clustered = out.segments.labels.iter().filter(|l| matches!(l, Segment::Cluster(_)));
    assert_eq!(labelled, clustered.count());
    assert!(out.detections.0.iter().all(|d| (0.0..=1.0).contains(&d.score.get())));
}

#[test]
fn buffers_of_the_scan_before_leave_no_trace() {
    let first = PointCloud::new(scan(&[car(12.0, 4.5, 0.3), car(-9.0, 3.0, 0.0)], 0.0));
    let second = PointCloud::new(scan(&[car(20.0, -5.0, 0.1)], 0.0));
    let mut detector = LidarDetector::new(LidarConfig::default());
    let (mut reused, mut fresh) = (LidarOutput::default(), LidarOutput::default());
    detector.detect(&first, EGO_HEIGHT_M, &mut reused);
    detector.detect(&second, EGO_HEIGHT_M, &mut reused);
    LidarDetector::new(LidarConfig::default()).detect(&second, EGO_HEIGHT_M, &mut fresh);
    assert_eq!(reused, fresh);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn turning_the_scene_turns_the_boxes(turn in 0.0..6.0f64) {
        let (sin, cos) = turn.sin_cos();
        let still = car(14.0, 5.0, 0.4);
        let turned = car(14.0 * cos - 5.0 * sin, 14.0 * sin + 5.0 * cos, 0.4 + turn);
        let a = nearest(&found_in(scan(&[still], 0.0)), &still);
        let b = nearest(&found_in(scan(&[turned], turn)), &turned);
        let off_a = a.bbox.center.planar_distance(&still.center);
        let off_b = b.bbox.center.planar_distance(&turned.center);
        prop_assert!(off_a < 0.2 && off_b < 0.2, "{off_a} {off_b}");
        prop_assert!((a.bbox.size.length() - b.bbox.size.length()).abs() < 0.15);
        prop_assert!((a.score.get() - b.score.get()).abs() < 0.15);
    }

    #[test]
    fn the_order_of_the_points_does_not_matter(seed in 1..1_000_000u64) {
        let scene = [car(12.0, 4.5, 0.3), car(9.0, -4.0, 0.0)];
        let points = scan(&scene, 0.0);
        let mut shuffled = points.clone();
        let mut state = seed;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        let (a, b) = (found_in(points), found_in(shuffled));
        prop_assert_eq!(a.detections.0.len(), b.detections.0.len());
        for (x, y) in a.detections.0.iter().zip(&b.detections.0) {
            prop_assert!(x.bbox.center.planar_distance(&y.bbox.center) < 0.1);
            prop_assert_eq!((x.points, x.class), (y.points, y.class));
        }
    }
}
