//! LiDAR objects without a camera on real scans.

use delos_core::{Box3, CameraModel, Ego, ImageSize, ObjectClass, PointCloud, Position};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use delos_ingest::kitti::{calib, labels, velodyne};
use delos_tests::real_data;
use std::fs;
use std::path::Path;

const KITTI_EGO_HEIGHT_M: f64 = 1.73;
/// Labels and detections farther away do not count, metres.
const RANGE_M: f64 = 40.0;
/// Labels with fewer points inside do not count.
const MIN_POINTS: usize = 50;
/// A detection this near to a label's centre has found it, metres.
const NEAR_M: f64 = 1.0;
/// Detections with a lower score do not count.
const MIN_SCORE: f64 = 0.4;

/// Labelled frames of drive 0052: frame of the drive, frame of the object benchmark.
const LABELLED: [(u32, &str); 4] = [(7, "001497"), (14, "004587"), (21, "001206"), (31, "001966")];

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn scan(path: &Path) -> PointCloud<Ego> {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    velodyne::parse_bin(&bytes).expect("a scan")
}

fn camera(path: &Path) -> CameraModel {
    let file = calib::parse(&text(path)).expect("calibration");
    let size = Some(ImageSize { width: 1242, height: 375 });
    calib::benchmark(&file, size).expect("calibration").camera
}

/// Labelled cars, vans and trucks that are near and have enough points.
fn targets(rows: &[labels::Row], camera: &CameraModel, cloud: &PointCloud<Ego>) -> Vec<Box3<Ego>> {
    let vehicle = |c| matches!(c, ObjectClass::Car | ObjectClass::Van | ObjectClass::Truck);
    let boxes = rows.iter().filter(|row| vehicle(row.class));
    let boxes = boxes.filter_map(|row| row.to_labelled(camera).bbox);
    let near = boxes.filter(|b| b.center.x().hypot(b.center.y()) <= RANGE_M);
    near.filter(|b| points_inside(b, cloud) >= MIN_POINTS).collect()
}

fn points_inside(object: &Box3<Ego>, cloud: &PointCloud<Ego>) -> usize {
    let inside = |p: &&delos_core::LidarPoint| {
        let at = Position::new(f64::from(p.x), f64::from(p.y), f64::from(p.z));
        object.contains(&at, 0.0)
    };
    cloud.points().iter().filter(inside).count()
}

/// How many of the targets have a detection within a metre.
fn found(targets: &[Box3<Ego>], out: &LidarOutput) -> usize {
    let sure: Vec<_> = out.detections.0.iter().filter(|d| d.score.get() >= MIN_SCORE).collect();
    let near =
        |t: &&Box3<Ego>| sure.iter().any(|d| d.bbox.center.planar_distance(&t.center) < NEAR_M);
    targets.iter().filter(near).count()
}

#[test]
fn lidar_alone_finds_most_vehicles_of_drive_0052() {
    let Some(data) = real_data("lidar_alone_finds_most_vehicles_of_drive_0052") else { return };
    let object = data.join("kitti_object/training");
    let drive = data.join("kitti_raw/2011_09_26/2011_09_26_drive_0052_sync/velodyne_points/data");
    let mut detector = LidarDetector::new(LidarConfig::default());
    let mut out = LidarOutput::default();
    let (mut all, mut hit) = (0, 0);
    for (frame, id) in LABELLED {
        let cloud = scan(&drive.join(format!("{frame:010}.bin")));
        let camera = camera(&object.join(format!("calib/{id}.txt")));
        let rows = text(&object.join(format!("label_2/{id}.txt")));
        let targets = targets(&labels::parse_object(&rows).expect("labels"), &camera, &cloud);
        detector.detect(&cloud, KITTI_EGO_HEIGHT_M, &mut out);
        all += targets.len();
        hit += found(&targets, &out);
    }
    eprintln!("drive 0052: {hit} of {all} vehicles within {NEAR_M} m");
    assert_eq!(all, 31);
    assert!(hit >= 26, "{hit} of {all}");
}

#[test]
fn lidar_alone_finds_most_vehicles_of_tracking_0000() {
    let Some(data) = real_data("lidar_alone_finds_most_vehicles_of_tracking_0000") else { return };
    let root = data.join("kitti_tracking/training");
    let camera = camera(&root.join("calib/0000.txt"));
    let rows = labels::parse_tracking(&text(&root.join("label_02/0000.txt"))).expect("labels");
    let mut detector = LidarDetector::new(LidarConfig::default());
    let mut out = LidarOutput::default();
    let (mut all, mut hit) = (0, 0);
    for frame in 0..154_u32 {
        let cloud = scan(&root.join(format!("velodyne_reduced/0000/{frame:06}.bin")));
        let now: Vec<_> = rows.iter().filter(|row| row.frame == frame).copied().collect();
        let targets = targets(&now, &camera, &cloud);
        detector.detect(&cloud, KITTI_EGO_HEIGHT_M, &mut out);
        all += targets.len();
        hit += found(&targets, &out);
    }
    let recall = hit as f64 / all as f64;
    eprintln!("tracking 0000: {hit} of {all} vehicles within {NEAR_M} m, recall {recall:.3}");
    assert!(all > 400, "{all} labels");
    assert!(recall >= 0.85, "{hit} of {all}");
}
