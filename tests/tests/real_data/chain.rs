//! The whole chain on real drives, through the command.

use delos_core::{CameraModel, ObjectClass, Position};
use delos_ingest::kitti::{calib, labels, velodyne};
use delos_tests::{Finished, ort_library, real_data, real_models, run_delos};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

const DRIVE: &str = "kitti_raw/2011_09_26/2011_09_26_drive_0052_sync";
/// Frames of drive 0052 that are samples of the object benchmark, and their numbers there.
const LABELLED: [(u32, &str); 4] = [(7, "001497"), (14, "004587"), (21, "001206"), (31, "001966")];

fn run(launch: &str, data: &Path, out: &Path, more: &[&str]) -> Finished {
    let mut args: Vec<OsString> = vec!["run".into(), format!("launch/{launch}").into()];
    args.extend(["--data".into(), data.into(), "--out".into(), out.into(), "--quiet".into()]);
    args.extend(more.iter().map(OsString::from));
    run_delos(args).succeeded()
}

/// Columns of a result file.
fn rows(file: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    text.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

fn number(row: &[String], column: usize) -> f64 {
    row[column].parse().expect("published data")
}

/// A labelled object of a frame: class, place in the camera's plane, LiDAR points inside.
struct Labelled {
    class: ObjectClass,
    x: f64,
    z: f64,
    points: usize,
}

fn labelled(data: &Path, frame: u32, sample: &str) -> Vec<Labelled> {
    let object = data.join("kitti_object/training");
    let text = |folder: &str| fs::read_to_string(object.join(format!("{folder}/{sample}.txt")));
    let file = calib::parse(&text("calib").expect("published data")).expect("published data");
    let camera: CameraModel = calib::benchmark(&file, None).expect("published data").camera;
    let scan = data.join(DRIVE).join(format!("velodyne_points/data/{frame:010}.bin"));
    let cloud =
        velodyne::parse_bin(&fs::read(scan).expect("published data")).expect("published data");
    let rows =
        labels::parse_object(&text("label_2").expect("published data")).expect("published data");
    let objects = rows.iter().map(|row| row.to_labelled(&camera));
    objects
        .filter_map(|object| {
            let bbox = object.bbox?;
            let inside = |p: &&delos_core::LidarPoint| {
                bbox.contains(&Position::new(p.x.into(), p.y.into(), p.z.into()), 0.0)
            };
            let place = *camera.camera_from_ego() * bbox.center;
            let points = cloud.points().iter().filter(inside).count();
            Some(Labelled { class: object.class, x: place.x(), z: place.z(), points })
        })
        .collect()
}

fn distance(row: &[String], object: &Labelled) -> f64 {
    (number(row, 13) - object.x).hypot(number(row, 15) - object.z)
}

#[test]
fn drive_0052_is_tracked() {
    let test = "drive_0052_is_tracked";
    let (Some(data), Some(models)) = (real_data(test), real_models(test)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let model = format!("camera.model={}/yolox_nano_dynamic_nhw.onnx", models.display());
    run("kitti_raw.toml", &data.join(DRIVE), &out, &["--set", &model]);

    let tracks = rows(&out.join("tracks/2011_09_26_drive_0052_sync.txt"));
    let (mut wanted, mut found, mut near, mut published) = (0, 0, 0, 0);
    for (frame, sample) in LABELLED {
        let objects = labelled(&data, frame, sample);
        let here: Vec<_> = tracks.iter().filter(|row| row[0] == frame.to_string()).collect();
        for object in &objects {
            let is_wanted =
                matches!(object.class, ObjectClass::Car | ObjectClass::Van | ObjectClass::Truck)
                    && object.x.hypot(object.z) <= 40.0
                    && object.points >= 50;
            wanted += usize::from(is_wanted);
            let hit = here.iter().any(|row| distance(row, object) <= 1.0);
            found += usize::from(is_wanted && hit);
        }
        for row in here.iter().filter(|row| number(row, 13).hypot(number(row, 15)) <= 40.0) {
            published += 1;
            near += usize::from(objects.iter().any(|object| distance(row, object) <= 2.0));
        }
    }
    assert_eq!(wanted, 31, "cars, vans and trucks within 40 m with 50 points");
    // Measured: 29 of 31 found, 29 of 36 near. With `lidar.model=none`: 27 of 31, 27 of 38;
    // with fusion's own defaults too, which were made with this drive in view, 31 of 31, 31 of 37.
    assert!(found * 100 >= wanted * 93, "{found} of {wanted} found");
    assert!(
        near * 100 >= published * 75,
        "{near} of {published} tracks lie near a labelled object"
    );
}

#[test]
fn every_component_repeats_to_the_bit_on_any_number_of_workers() {
    let test = "every_component_repeats_to_the_bit_on_any_number_of_workers";
    let (Some(data), Some(models)) = (real_data(test), real_models(test)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let model = format!("camera.model={}/yolox_nano_dynamic_nhw.onnx", models.display());
    let runs: Vec<PathBuf> = ["1", "2", "4", "2"]
        .iter()
        .enumerate()
        .map(|(number, workers)| {
            let out = folder.path().join(number.to_string());
            let more = ["--set", &model, "--workers", workers, "--frames", "8"];
            run("kitti_raw.toml", &data.join(DRIVE), &out, &more);
            out.join("digest.json")
        })
        .collect();
    let first = fs::read(&runs[0]).unwrap();
    for other in &runs[1..] {
        assert_eq!(first, fs::read(other).unwrap(), "{}", other.display());
    }
}

#[test]
fn camera_alone_and_lidar_alone_run_on_what_has_their_sensor() {
    let test = "camera_alone_and_lidar_alone_run_on_what_has_their_sensor";
    let (Some(data), Some(_)) = (real_data(test), real_models(test)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("kitti_camera.toml", DRIVE, "detections_2d"),
        ("kitti_lidar.toml", DRIVE, "tracks"),
        ("kitti_camera.toml", "kitti_object", "detections_2d"),
        ("kitti_lidar.toml", "kitti_object", "detections_3d"),
        ("kitti_camera.toml", "kitti_tracking", "detections_2d"),
        ("kitti_lidar.toml", "kitti_tracking", "tracks"),
        ("kitti_tracking.toml", "kitti_tracking", "tracks"),
        ("kitti_raw.toml", "kitti_object", "detections_3d"),
    ];
    for (number, (launch, drive, kind)) in cases.into_iter().enumerate() {
        let out = folder.path().join(number.to_string());
        run(launch, &data.join(drive), &out, &["--frames", "6"]);
        let files = fs::read_dir(out.join(kind)).unwrap();
        let rows: usize = files.flatten().map(|file| rows(&file.path()).len()).sum();
        assert!(rows > 0, "{launch} on {drive}: no {kind}");
    }
}

#[test]
fn detection_files_stand_in_for_a_detector() {
    let test = "detection_files_stand_in_for_a_detector";
    let Some(data) = real_data(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let more = ["--set", "replay.sequences=[\"0000\", \"0011\"]"];
    run("kitti_tracking_detections.toml", &data.join("kitti_tracking"), &out, &more);
    for sequence in ["0000", "0011"] {
        let tracks = rows(&out.join(format!("tracks/{sequence}.txt")));
        let cars = tracks.iter().filter(|row| row[2] == "Car").count();
        assert!(cars > 100, "sequence {sequence}: {cars} boxes of cars");
        assert!(tracks.iter().all(|row| row.len() == 18));
    }
}

#[test]
fn a_drive_with_one_pose_and_tracklets_runs() {
    let test = "a_drive_with_one_pose_and_tracklets_runs";
    let Some(data) = real_data(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let drive = data.join("kitti_raw/2011_09_26/2011_09_26_drive_0001_sync");
    run("kitti_lidar.toml", &drive, &out, &[]);
    let facts = fs::read_to_string(out.join("run.json")).unwrap();
    assert!(facts.contains("tracklet_labels.xml"), "the ground truth is named");
}

#[test]
fn nothing_is_tracked_from_one_unrelated_picture_to_the_next() {
    let test = "nothing_is_tracked_from_one_unrelated_picture_to_the_next";
    let Some(data) = real_data(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    run("kitti_lidar.toml", &data.join("kitti_object"), &out, &[]);
    let tracks = rows(&out.join("tracks_all/training.txt"));
    assert!(!tracks.is_empty());
    let born_anew =
        |frame: &str| tracks.iter().filter(|row| row[0] == frame).map(|row| row[1].clone()).min();
    let frames: Vec<&str> = tracks.iter().map(|row| row[0].as_str()).collect();
    for frame in frames {
        assert_eq!(born_anew(frame).as_deref(), Some("1"), "frame {frame} begins a new scene");
    }
}

/// LiDAR alone, with and without a network, as it is and with scans put right and joined.
#[test]
fn lidar_alone_repeats_to_the_bit_on_any_number_of_workers() {
    let test = "lidar_alone_repeats_to_the_bit_on_any_number_of_workers";
    let (Some(data), Some(_)) = (real_data(test), ort_library(test)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let joined = ["replay.point_times=true", "sweeps.deskew=true", "sweeps.count=3"];
    let mut seen = Vec::new();
    for model in ["lidar.model=none", "lidar.model=delos_lidar"] {
        for settings in [&[][..], &joined[..]] {
            let digests = ["1", "2", "4"].map(|workers| {
                let out = folder.path().join(format!("{}_{workers}", seen.len()));
                let mut more = vec!["--workers", workers, "--frames", "6", "--set", model];
                more.extend(settings.iter().flat_map(|setting| ["--set", setting]));
                run("kitti_lidar.toml", &data.join(DRIVE), &out, &more);
                fs::read(out.join("digest.json")).unwrap()
            });
            assert!(digests.iter().all(|digest| *digest == digests[0]), "{model} {settings:?}");
            assert!(!seen.contains(&digests[0]), "the settings change nothing");
            seen.push(digests[0].clone());
        }
    }
}
