//! The LiDAR network of the program, through the real ONNX Runtime, on a made-up scan.

#[path = "common/onnxruntime.rs"]
mod onnxruntime;

use delos_core::{
    Detection3d, Detections3d, Ego, LidarPoint, ObjectClass, OneSided, PointCloud, Segment,
};
use delos_detect::DetectError;
use delos_detect::lidar::network::{LidarNetwork, Window};
use delos_detect::lidar::{JoinedDetector, LidarConfig, LidarDetector, LidarOutput};
use delos_detect::models::{ModelStore, Thresholds};
use delos_infer::{Runtime, SessionOptions};
use onnxruntime::runtime;

const EGO_HEIGHT_M: f64 = 1.73;
/// Body and cabin of a car: middle (x, y, height over ground) and size, metres.
const CAR: [[[f64; 3]; 2]; 2] =
    [[[12.0, 3.0, 0.6], [4.0, 1.7, 0.8]], [[11.8, 3.0, 1.25], [2.2, 1.5, 0.5]]];

fn open(
    runtime: &Runtime,
    model: &str,
    window: Option<&str>,
    thresholds: Option<Thresholds>,
) -> Result<LidarNetwork, DetectError> {
    let model = ModelStore::default().resolve(model).expect("part of the program");
    LidarNetwork::new(runtime, model, window, thresholds, &SessionOptions::default())
}

/// A scan of 64 beams of level ground with `boxes` on it, by a sensor at this height.
fn scan(boxes: &[[[f64; 3]; 2]], height_m: f64) -> PointCloud<Ego> {
    let mut points = Vec::new();
    for beam in 0..64 {
        let pitch = (2.0 - 26.8 * f64::from(beam) / 63.0).to_radians();
        for column in 0..1800 {
            let azimuth = (f64::from(column) * 0.2).to_radians();
            let ray = [pitch.cos() * azimuth.cos(), pitch.cos() * azimuth.sin(), pitch.sin()];
            let ground = if ray[2] < 0.0 { -height_m / ray[2] } else { f64::INFINITY };
            let hits = boxes.iter().filter_map(|b| hit(ray, b, height_m));
            let range = hits.fold(ground, f64::min);
            if range < 80.0 {
                let [x, y, z] = ray.map(|part| (part * range) as f32);
                points.push(LidarPoint { x, y, z, intensity: 0.3 });
            }
        }
    }
    PointCloud::new(points)
}

/// How far a ray goes to a box: the last entry into three slabs before the first exit.
fn hit(ray: [f64; 3], [middle, size]: &[[f64; 3]; 2], height_m: f64) -> Option<f64> {
    let middle = [middle[0], middle[1], middle[2] - height_m];
    let (mut enter, mut leave) = (0.0_f64, f64::INFINITY);
    for axis in 0..3 {
        let ends = [-0.5, 0.5].map(|side| (middle[axis] + side * size[axis]) / ray[axis]);
        enter = enter.max(ends[0].min(ends[1]));
        leave = leave.min(ends[0].max(ends[1]));
    }
    (enter < leave).then_some(enter)
}

fn found(
    network: &mut LidarNetwork,
    scan: &PointCloud<Ego>,
    height: Option<f64>,
) -> Vec<Detection3d> {
    let mut out = Detections3d::default();
    network.detect(scan, height, &mut out).expect("runs");
    out.0
}

#[test]
fn a_car_is_found_where_it_stands() {
    let Some(runtime) = runtime("a_car_is_found_where_it_stands") else { return };
    for (name, window) in [("front", Window::FRONT), ("turn", Window::FULL_TURN)] {
        let mut network = open(runtime, "delos_lidar", Some(name), None).expect("opens");
        assert_eq!(network.window(), Some(&window));
        let empty = found(&mut network, &scan(&[], EGO_HEIGHT_M), None);
        assert!(empty.is_empty(), "{name}: {empty:?}");
        // A higher sensor sees the same car lower.
        for height_m in [EGO_HEIGHT_M, 1.9] {
            let all = found(&mut network, &scan(&CAR, height_m), Some(height_m));
            let [car] = all.as_slice() else { panic!("{name}: {all:?}") };
            let b = &car.bbox;
            assert_eq!(car.class, ObjectClass::Car, "{name}: {car:?}");
            assert!((b.center.x() - 12.0).hypot(b.center.y() - 3.0) < 0.4, "{name}: {b:?}");
            assert!((b.center.z() + height_m - 0.75).abs() < 0.3, "{name}: {b:?}");
            assert!(b.yaw.radians().sin().abs() < 0.1, "{name}: {b:?}");
        }
    }
}

#[test]
fn the_height_is_that_of_the_card_where_none_is_given() {
    let Some(runtime) = runtime("the_height_is_that_of_the_card") else { return };
    let mut network = open(runtime, "delos_lidar", None, None).expect("opens");
    let scan = scan(&CAR, EGO_HEIGHT_M);
    let known = found(&mut network, &scan, Some(EGO_HEIGHT_M));
    assert_eq!(known, found(&mut network, &scan, None));
    assert!(found(&mut network, &PointCloud::new(Vec::new()), None).is_empty());
    assert_eq!(known, found(&mut network, &scan, None), "no memory of scans before");
}

/// The car, as far behind and to the other side.
const BEHIND: [[[f64; 3]; 2]; 2] =
    [[[-12.0, -3.0, 0.6], [4.0, 1.7, 0.8]], [[-11.8, -3.0, 1.25], [2.2, 1.5, 0.5]]];

#[test]
fn clusters_see_what_lies_outside_the_window_and_give_points_to_what_lies_inside() {
    let test = "clusters_see_what_lies_outside_the_window";
    let Some(runtime) = runtime(test) else { return };
    let scan = scan(&[CAR, BEHIND].concat(), EGO_HEIGHT_M);
    let (mut out, mut disputed) = (LidarOutput::default(), OneSided::default());
    for (window, outside, wanted) in
        [("front", true, 2), ("front", false, 1), ("turn", true, 2), ("turn", false, 2)]
    {
        let network = open(runtime, "delos_lidar", Some(window), None).expect("opens");
        let clusters = LidarDetector::new(LidarConfig::default());
        let mut joined = JoinedDetector::new(network, clusters, outside);
        let height = Some(EGO_HEIGHT_M);
        joined.detect(&scan, height, &mut out, Some(&mut disputed)).expect("runs");
        let found = &out.detections.0;
        assert_eq!(found.len(), wanted, "{window}, {outside}: {found:?}");
        assert_eq!(found.iter().filter(|d| d.bbox.center.x() < 0.0).count(), wanted - 1);
        for car in found {
            let members = out.segments.labels.iter().filter(|label| match label {
                Segment::Cluster(cluster) => Some(*cluster) == car.cluster,
                _ => false,
            });
            // The box has nearly all points of its cluster, and few others.
            let (points, members) = (f64::from(car.points), members.count() as f64);
            assert!(points > 100.0 && (0.8..1.3).contains(&(points / members)), "{car:?}");
        }
        // Each of the two sees each car, where it looks.
        assert_eq!(disputed, OneSided::default(), "{window}");
    }
}

#[test]
fn returns_of_the_vehicle_itself_are_no_object() {
    let Some(runtime) = runtime("returns_of_the_vehicle_itself_are_no_object") else { return };
    let mut cloud = scan(&[], EGO_HEIGHT_M).points().to_vec();
    // A car around the sensor, as it would see one: without its own height there is none.
    let shift = |p: &LidarPoint| LidarPoint { x: p.x - 12.0, y: p.y - 3.0, ..*p };
    let near = |p: &LidarPoint| (p.x - 12.0).abs() < 2.2 && (p.y - 3.0).abs() < 1.0 && p.z > -1.6;
    cloud.extend(scan(&CAR, EGO_HEIGHT_M).points().iter().filter(|p| near(p)).map(shift));
    let cloud = PointCloud::new(cloud);
    let mut out = LidarOutput::default();
    for (min_range_m, wanted) in [(0.0, true), (2.0, false)] {
        let network = open(runtime, "delos_lidar", Some("turn"), None).expect("opens");
        let config = LidarConfig { min_range_m, ..LidarConfig::default() };
        let mut joined = JoinedDetector::new(network, LidarDetector::new(config), false);
        joined.detect(&cloud, Some(EGO_HEIGHT_M), &mut out, None).expect("runs");
        let around = |d: &&Detection3d| d.bbox.center.x().hypot(d.bbox.center.y()) < 2.0;
        assert_eq!(out.detections.0.iter().any(|d| around(&d)), wanted, "{:?}", out.detections);
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let Some(runtime) = runtime("what_does_not_fit_is_refused_by_name") else { return };
    let beyond = Thresholds { score: 2.0, nms_iou: 0.2 };
    for (model, window, thresholds, wanted) in [
        ("delos_camera", None, None, "`delos_camera` is for camera images, not for LiDAR scans"),
        ("delos_lidar", Some("rear"), None, "no window `rear`; there are front, turn"),
        ("delos_lidar", None, Some(beyond), "score threshold is 2"),
    ] {
        let message = open(runtime, model, window, thresholds).expect_err(wanted).to_string();
        assert!(message.contains(wanted), "{message}");
    }
}
