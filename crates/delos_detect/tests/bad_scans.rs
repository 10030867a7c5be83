//! Scans that no LiDAR should send: nothing panics, labels stay as long as the scan, and little is
//! found where there is nothing.

#[path = "common/onnxruntime.rs"]
mod onnxruntime;

use delos_core::{Detections3d, Ego, LidarPoint, PointCloud, Segment};
use delos_detect::lidar::network::{LidarNetwork, Raster, Window};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput, axes_doubt};
use delos_detect::models::ModelStore;
use delos_infer::SessionOptions;
use onnxruntime::runtime;
use std::iter::{empty, repeat_n};

const EGO_HEIGHT_M: f64 = 1.73;

fn cloud(points: impl Iterator<Item = [f32; 3]>) -> PointCloud<Ego> {
    let point = |[x, y, z]: [f32; 3]| LidarPoint { x, y, z, intensity: 0.3 };
    PointCloud::new(points.map(point).collect())
}

/// A full turn over level ground, with a car's rear at 10 m.
fn turn(beams: u16, field_deg: [f32; 2], columns: u16) -> PointCloud<Ego> {
    let rays = (0..beams).flat_map(|beam| (0..columns).map(move |column| (beam, column)));
    cloud(rays.filter_map(|(beam, column)| {
        let share = f32::from(beam) / f32::from(beams - 1);
        let pitch = field_deg[0] + (field_deg[1] - field_deg[0]) * share;
        let azimuth = f32::from(column) / f32::from(columns) * std::f32::consts::TAU;
        let ((sin, cos), (y, x)) = (pitch.to_radians().sin_cos(), azimuth.sin_cos());
        let ray = [cos * x, cos * y, sin];
        let ground = if sin < 0.0 { -(EGO_HEIGHT_M as f32) / sin } else { f32::INFINITY };
        let rear = 10.0 / ray[0];
        let [across, up] = [rear * ray[1], rear * ray[2] + EGO_HEIGHT_M as f32];
        let is_hit = rear > 0.0 && across.abs() < 0.8 && (0.2..1.5).contains(&up);
        let way = if is_hit { rear.min(ground) } else { ground };
        (way < 80.0).then(|| ray.map(|part| part * way))
    }))
}

fn grid(count: u32, place: impl Fn(f32, f32) -> [f32; 3]) -> PointCloud<Ego> {
    let side = f64::from(count).sqrt() as u32;
    let share = move |i: u32| i as f32 / side as f32;
    cloud((0..side * side).map(|i| place(share(i % side), share(i / side))))
}

/// Scans with a name each, and how many objects may be found in them at most.
fn scans() -> Vec<(&'static str, PointCloud<Ego>, usize)> {
    let nan = [f32::NAN, 1.0, f32::INFINITY];
    vec![
        ("no point", cloud(empty()), 0),
        ("one point", cloud([[5.0, 0.0, -1.0]].into_iter()), 0),
        ("no number", cloud(repeat_n(nan, 50_000)), 0),
        ("the origin", cloud(repeat_n([0.0; 3], 100_000)), 0),
        ("one place", cloud(repeat_n([7.0, 1.0, -0.5], 100_000)), 1),
        ("one place on the ground", cloud(repeat_n([7.0, 1.0, -1.73], 100_000)), 0),
        ("far away", cloud(repeat_n([3e38, -3e38, 3e38], 1000)), 0),
        ("a level plane", grid(90_000, |u, v| [80.0 * u - 40.0, 80.0 * v - 40.0, -1.73]), 0),
        ("a plane at eye level", grid(90_000, |u, v| [80.0 * u - 40.0, 80.0 * v - 40.0, 0.0]), 1),
        (
            "a plane 45 degrees steep",
            grid(90_000, |u, v| [60.0 * u, 60.0 * v - 30.0, 60.0 * u]),
            40,
        ),
        ("an upright plane", grid(90_000, |u, v| [10.0, 60.0 * u - 30.0, 4.0 * v - 1.73]), 40),
    ]
}

fn detect(cloud: &PointCloud<Ego>) -> LidarOutput {
    let mut out = LidarOutput::default();
    LidarDetector::new(LidarConfig::default()).detect(cloud, EGO_HEIGHT_M, &mut out);
    assert_eq!(out.segments.labels.len(), cloud.points().len());
    out
}

#[test]
fn clusters_bear_any_scan() {
    for (name, cloud, most) in scans() {
        let out = detect(&cloud);
        assert!(out.detections.0.len() <= most, "{name}: {:?}", out.detections.0);
        assert!(out.detections.0.iter().all(|d| d.bbox.center.x().is_finite()), "{name}");
        // Says something or nothing, but says it.
        let _ = axes_doubt(&cloud, EGO_HEIGHT_M);
    }
}

#[test]
fn the_raster_bears_any_scan() {
    for window in [Window::FRONT, Window::FULL_TURN] {
        let mut raster = Raster::new(window);
        for (name, cloud, _) in scans() {
            let features = raster.fill(&cloud, -EGO_HEIGHT_M);
            assert!(features.iter().all(|value| value.is_finite()), "{name}");
        }
    }
}

#[test]
fn the_network_bears_any_scan() {
    let Some(runtime) = runtime("the_network_bears_any_scan") else { return };
    let model = ModelStore::default().resolve("delos_lidar").expect("part of the program");
    let options = SessionOptions::default();
    let mut network = LidarNetwork::new(runtime, model, None, None, &options).expect("opens");
    let mut out = Detections3d::default();
    for (name, cloud, _) in scans() {
        network.detect(&cloud, Some(EGO_HEIGHT_M), &mut out).expect(name);
        assert!(out.0.len() <= 40, "{name}: {}", out.0.len());
        let finite = |d: &delos_core::Detection3d| d.bbox.center.x().is_finite();
        assert!(out.0.iter().all(finite), "{name}");
    }
}

#[test]
fn few_and_many_beams_find_the_ground_and_the_car() {
    for (beams, field, columns) in [
        (16, [15.0, -15.0], 1800),
        (32, [10.67, -30.67], 1084),
        (64, [2.0, -24.8], 2083),
        (128, [15.0, -25.0], 1800),
    ] {
        let cloud = turn(beams, field, columns);
        let out = detect(&cloud);
        let rows = cloud.points().iter().zip(&out.segments.labels);
        let level = rows.filter(|(p, _)| p.z < -1.7 && (2.5..70.0).contains(&p.planar_range()));
        let (all, found) = level.fold((0, 0), |(all, found), (_, label)| {
            (all + 1, found + usize::from(*label == Segment::Ground))
        });
        assert!(found * 1000 > all * 995, "{beams} beams: {found} of {all}");
        let near = |d: &&delos_core::Detection3d| {
            (d.bbox.center.x() - 12.0).abs() < 0.6 && d.bbox.center.y().abs() < 0.4
        };
        assert!(out.detections.0.iter().any(|d| near(&d)), "{beams}: {:?}", out.detections.0);
        assert_eq!(axes_doubt(&cloud, EGO_HEIGHT_M), None, "{beams} beams");
    }
}

#[test]
fn five_million_points_are_a_scan_too() {
    let many = cloud((0..5_000_000_u32).map(|i| {
        let (angle, range) = (i as f32 * 0.001, 3.0 + (i % 977) as f32 * 0.07);
        [range * angle.cos(), range * angle.sin(), (i % 31) as f32 * 0.1 - 1.8]
    }));
    let out = detect(&many);
    let clustered = out.segments.labels.iter().filter(|l| matches!(l, Segment::Cluster(_)));
    assert_eq!(clustered.count(), out.segments.members().iter().map(Vec::len).sum::<usize>());
    let mut raster = Raster::new(Window::FULL_TURN);
    assert!(raster.fill(&many, -EGO_HEIGHT_M).iter().all(|value| value.is_finite()));
    // All of them in one cell of every grid.
    let heap = cloud(repeat_n([7.0, 1.0, -0.5], 5_000_000));
    assert!(detect(&heap).detections.0.len() <= 1);
    assert!(raster.fill(&heap, -EGO_HEIGHT_M).iter().all(|value| value.is_finite()));
}
