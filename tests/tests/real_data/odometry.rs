//! LiDAR odometry on real scans: against poses from the camera, labelled parked cars, and itself.

use delos_core::{Ego, ObjectClass, Position, Stamp, Transform, World};
use delos_ingest::{Need, ReplayOptions, SensorFrame, Sequences, open};
use delos_odometry::{Odometry, OdometryConfig, Outcome};
use delos_tests::{real_data, run_delos};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

type Pose = Transform<World, Ego>;

const DRIVE_52: &str = "kitti_raw/2011_09_26/2011_09_26_drive_0052_sync";
/// The drive of sequence 0000 is 74 m long: too short for the benchmark's 100 m.
const LENGTHS_M: [f64; 6] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0];

fn frames(data: &Path, sequences: Sequences) -> Vec<SensorFrame> {
    let options = ReplayOptions {
        data: data.to_owned(),
        sequences,
        camera: Need::Off,
        lidar_need: Need::Required,
        ..ReplayOptions::default()
    };
    let stream = open(&options).expect("opens").stream().expect("threads");
    stream.collect::<Result<_, _>>().expect("every frame is readable")
}

fn sequence_0000(data: &Path) -> Vec<SensorFrame> {
    let frames = frames(&data.join("kitti_tracking"), Sequences::List(vec!["0000".to_owned()]));
    assert_eq!(frames.len(), 154);
    frames
}

/// The pose of every scan, all of which must be usable.
fn poses<'a>(frames: impl Iterator<Item = &'a SensorFrame>) -> Vec<Pose> {
    let mut odometry = Odometry::new(OdometryConfig::default()).expect("valid");
    let mut next = 0;
    frames
        .map(|frame| {
            let stamp = Stamp::from_nanos(next * 100_000_000);
            next += 1;
            let estimate = odometry.step(stamp, frame.cloud.as_ref().expect("a scan"));
            let estimate = estimate.expect("stamps ascend");
            let measured = matches!(estimate.outcome, Outcome::Started | Outcome::Registered);
            assert!(measured, "frame {}: {:?}", frame.header.frame, estimate.outcome);
            estimate.world_from_ego
        })
        .collect()
}

fn way(from: &Pose, to: &Pose) -> f64 {
    (from.inverse() * *to).isometry().translation.vector.norm()
}

/// Way from the start to each pose, metres.
fn ways(poses: &[Pose]) -> Vec<f64> {
    let steps = poses.windows(2).scan(0.0, |sum, pair| {
        *sum += way(&pair[0], &pair[1]);
        Some(*sum)
    });
    std::iter::once(0.0).chain(steps).collect()
}

/// The poses with their places stretched.
fn stretched(poses: &[Pose], factor: f64) -> Vec<Pose> {
    let stretch = |pose: &Pose| {
        let mut isometry = *pose.isometry();
        isometry.translation.vector *= factor;
        Transform::new(isometry)
    };
    poses.iter().map(stretch).collect()
}

/// Drift as the KITTI odometry benchmark measures it (Geiger et al., CVPR 2012): over every stretch of
/// each length of the reference, mean error of place (% of the way) and heading (degrees a metre).
fn drift(found: &[Pose], reference: &[Pose]) -> (f64, f64) {
    let along = ways(reference);
    let (mut places, mut turns, mut count) = (0.0, 0.0, 0.0);
    for length in LENGTHS_M {
        for start in 0..reference.len() {
            let Some(end) = along.iter().position(|m| *m >= along[start] + length) else { break };
            let wanted = reference[start].inverse() * reference[end];
            let error = wanted.inverse() * (found[start].inverse() * found[end]);
            places += error.isometry().translation.vector.norm() / length * 100.0;
            turns += error.isometry().rotation.angle().to_degrees() / length;
            count += 1.0;
        }
    }
    (places / count, turns / count)
}

#[test]
fn sequence_0000_is_followed_on_scans_cropped_to_the_camera() {
    let test = "sequence_0000_is_followed_on_scans_cropped_to_the_camera";
    let Some(data) = real_data(test) else { return };
    let frames = sequence_0000(&data);
    let camera: Vec<Pose> =
        frames.iter().map(|frame| frame.pose.expect("a pose").world_from_ego).collect();
    let lidar = poses(frames.iter());
    let (place, turn) = drift(&lidar, &camera);
    // The places of a camera alone hang on its calibrated baseline; the scale of a LiDAR
    // is that of its ranges. One factor between the two is told apart from drift.
    let scale = ways(&lidar)[153] / ways(&camera)[153];
    let (place_scaled, turn_scaled) = drift(&lidar, &stretched(&camera, scale));
    eprintln!(
        "sequence 0000, {:.1} m against ORB-SLAM3, stretches of 10 to 60 m: {place:.2} % and \
         {turn:.4} degrees/m; ratio of lengths {scale:.4}; at one scale {place_scaled:.2} % and \
         {turn_scaled:.4} degrees/m",
        ways(&camera)[153]
    );
    // Measured: 3.06 % and 0.0267 degrees/m; ratio of lengths 0.972; at one scale 0.70 %.
    assert!(place < 3.6 && turn < 0.033, "{place} %, {turn} degrees/m");
    assert!((0.96..0.985).contains(&scale), "{scale}");
    assert!(place_scaled < 0.9, "{place_scaled} %");
}

/// Root of the mean square distance of places from their middle, metres.
fn scatter(places: &[Position<World>]) -> f64 {
    let count = places.len() as f64;
    let x = places.iter().map(Position::x).sum::<f64>() / count;
    let y = places.iter().map(Position::y).sum::<f64>() / count;
    let middle = Position::new(x, y, 0.0);
    let squares = places.iter().map(|p| p.planar_distance(&middle).powi(2));
    (squares.sum::<f64>() / count).sqrt()
}

/// For each labelled car that is parked and seen in 15 frames: where each frame puts it.
fn parked_cars(frames: &[SensorFrame], poses: &[Pose]) -> Vec<Vec<Position<World>>> {
    let mut places: BTreeMap<u32, Vec<Position<World>>> = BTreeMap::new();
    for (frame, pose) in frames.iter().zip(poses) {
        let labels = frame.truth.iter().flat_map(|truth| &truth.0);
        for label in labels.filter(|label| label.class == ObjectClass::Car) {
            if let (Some(id), Some(bbox)) = (label.track, label.bbox) {
                places.entry(id.0).or_default().push(*pose * bbox.center);
            }
        }
    }
    // The one car that drives comes 90 m away.
    let parked = |places: &Vec<Position<World>>| places.len() >= 15 && scatter(places) < 5.0;
    places.into_values().filter(parked).collect()
}

fn median_scatter(cars: &[Vec<Position<World>>]) -> f64 {
    let mut scatters: Vec<f64> = cars.iter().map(|places| scatter(places)).collect();
    scatters.sort_by(f64::total_cmp);
    scatters[scatters.len() / 2]
}

/// Labels come from the LiDAR, so that the poses alone make a parked car move in the world.
#[test]
fn parked_cars_of_sequence_0000_stand_still() {
    let Some(data) = real_data("parked_cars_of_sequence_0000_stand_still") else { return };
    let frames = sequence_0000(&data);
    let camera: Vec<Pose> =
        frames.iter().map(|frame| frame.pose.expect("a pose").world_from_ego).collect();
    let lidar = poses(frames.iter());
    let (by_camera, by_lidar) = (parked_cars(&frames, &camera), parked_cars(&frames, &lidar));
    assert_eq!((by_camera.len(), by_lidar.len()), (8, 8));
    let (camera, lidar) = (median_scatter(&by_camera), median_scatter(&by_lidar));
    eprintln!("parked cars scatter by {lidar:.3} m, by {camera:.3} m with poses of ORB-SLAM3");
    assert!(lidar < 0.1 && lidar < 0.5 * camera, "{lidar} m, {camera} m");
}

#[test]
fn drive_0052_is_the_same_way_forwards_and_backwards() {
    let test = "drive_0052_is_the_same_way_forwards_and_backwards";
    let Some(data) = real_data(test) else { return };
    let frames = frames(&data.join(DRIVE_52), Sequences::All);
    let forwards = poses(frames.iter());
    let backwards = poses(frames.iter().rev());
    // From the end of the way back to its start, which is where the way there began.
    let apart = *forwards[31].isometry() * backwards[31].isometry();
    let (gap, turn) = (apart.translation.vector.norm(), apart.rotation.angle());
    let along = ways(&forwards)[31];
    eprintln!("drive 0052: {along:.2} m; there and back misses by {gap:.3} m, {turn:.4} rad");
    assert!(along > 5.0 && along < 8.0, "{along} m");
    // Measured: 0.094 m, 0.0046 rad.
    assert!(gap < 0.15 && turn < 0.008, "{gap} m, {turn} rad");
    for pair in forwards.windows(2) {
        let step = (pair[0].inverse() * pair[1]).isometry().translation.vector;
        assert!(step.x > 0.0 && step.norm() < 0.5, "a slow car that drives ahead: {step}");
    }
}

#[test]
fn without_poses_tracks_live_in_the_world() {
    let Some(data) = real_data("without_poses_tracks_live_in_the_world") else { return };
    let folder = tempfile::tempdir().unwrap();
    let facts = |drive: &str, more: &[&str]| {
        let out = folder.path().join(drive.replace('/', "_"));
        let mut args: Vec<OsString> = vec!["run".into(), "launch/kitti_lidar.toml".into()];
        args.extend(["--data".into(), data.join(drive).into(), "--out".into(), out.clone().into()]);
        args.extend(["--frames", "10", "--quiet"].iter().chain(more).map(OsString::from));
        run_delos(args).succeeded();
        let text = fs::read_to_string(out.join("run.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let without = facts(DRIVE_52, &[]);
    assert_eq!(without["poses"][0]["origin"], "lidar");
    let notices = without["notices"].to_string();
    assert!(notices.contains("poses are estimated from LiDAR"), "{notices}");
    assert!(!notices.contains("tracks live in the vehicle's own frame"), "{notices}");
    let with = facts("kitti_tracking", &["--set", "replay.sequences=0000"]);
    assert_eq!(with["poses"][0]["origin"], "file");
}
