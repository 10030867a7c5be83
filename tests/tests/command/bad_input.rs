//! Input that is wrong: one clear error each, a non-zero exit, nothing half-written taken for
//! whole.

use crate::NO_NETWORK;
use delos_tests::{Finished, MadeUpDrive, run_delos, scan_bytes, scene};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

fn run_launch(launch: &str, drive: &MadeUpDrive, more: &[&str]) -> Finished {
    let mut args: Vec<OsString> = vec!["run".into(), launch.into(), "--data".into()];
    args.extend([drive.path().into_os_string(), "--out".into(), drive.out().into_os_string()]);
    args.extend(NO_NETWORK.iter().chain(more).map(OsString::from));
    run_delos(args)
}

fn run(drive: &MadeUpDrive) -> Finished {
    run_launch("launch/kitti_lidar.toml", drive, &[])
}

fn facts(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("run.json")).expect("written by the run"))
        .expect("written by the run")
}

#[test]
fn a_ragged_scan_stops_the_run_at_its_frame() {
    let drive = MadeUpDrive::with_scans(6);
    let bytes = fs::read(drive.scan(4)).unwrap();
    fs::write(drive.scan(4), &bytes[..bytes.len() - 7]).unwrap();
    run(&drive).failed_saying(&["0000000004.bin", "16"]);
    assert!(!drive.out().exists(), "an unfinished run is not taken for a whole one");
    let part = facts(&drive.day().join("out.part"));
    assert_eq!((&part["status"], &part["frames"]["processed"]), (&"failed".into(), &4.into()));
}

#[test]
fn an_image_that_does_not_decode_is_named() {
    let drive = MadeUpDrive::with_scans_and_images(3);
    let bytes = fs::read(drive.image(1)).unwrap();
    fs::write(drive.image(1), &bytes[..bytes.len() / 2]).unwrap();
    run(&drive).failed_saying(&["0000000001.png"]);
}

#[test]
fn a_calibration_with_a_missing_key_or_a_wrong_count_is_named() {
    let table = [
        ("R_rect_00: 1 0 0 0 1 0 0 0 1\n", "", &["calib_cam_to_cam.txt", "R_rect_00"]),
        ("R_rect_00: 1 0 0 0 1 0 0 0 1\n", "R_rect_00: 1 0 0\n", &["calib_cam_to_cam.txt", "9"]),
        ("P_rect_02: 360", "P_rect_02: x", &["calib_cam_to_cam.txt", "P_rect_02"]),
    ];
    for (from, to, wanted) in table {
        let drive = MadeUpDrive::with_scans_and_images(2);
        let file = drive.day().join("calib_cam_to_cam.txt");
        let text = fs::read_to_string(&file).unwrap().replace(from, to);
        fs::write(&file, text).unwrap();
        run(&drive).failed_saying(wanted);
    }
}

#[test]
fn a_label_line_with_too_few_fields_is_named_with_its_line() {
    let drive = MadeUpDrive::with_scans(2);
    let tracking = drive.day().join("training");
    for (folder, file) in [("velodyne/0000", "000000.bin"), ("velodyne/0000", "000001.bin")] {
        fs::create_dir_all(tracking.join(folder)).unwrap();
        fs::copy(drive.scan(0), tracking.join(folder).join(file)).unwrap();
    }
    let write = |folder: &str, text: &str| {
        fs::create_dir_all(tracking.join(folder)).unwrap();
        fs::write(tracking.join(folder).join("0000.txt"), text).unwrap();
    };
    let p = "360 0 310 0 0 360 94 0 0 0 1 0";
    write(
        "calib",
        &format!(
            "P0: {p}\nP1: {p}\nP2: {p}\nP3: {p}\nR_rect: 1 0 0 0 1 0 0 0 1\n\
                  Tr_velo_cam: 0 -1 0 0 0 0 -1 -0.1 1 0 0 -0.1\n"
        ),
    );
    let good = "0 1 Car 0 0 -1.5 100 80 150 120 1.5 1.6 3.9 1.0 1.6 15.0 -1.57\n";
    write("label_02", &format!("{good}1 1 Car 0 0 -1.5 100 80\n"));
    let out = drive.out();
    let args = ["run", "launch/kitti_lidar.toml"].into_iter().chain(NO_NETWORK);
    let rest = ["--data".into(), tracking.into_os_string(), "--out".into(), out.into_os_string()];
    run_delos(args.map(OsString::from).chain(rest)).failed_saying(&["0000.txt", "2", "8"]);
}

#[test]
fn points_that_are_not_finite_are_dropped_counted_and_reported() {
    let drive = MadeUpDrive::with_scans(3);
    let mut points = scene(1);
    points[10][0] = f32::NAN;
    points[20][2] = f32::INFINITY;
    fs::write(drive.scan(1), scan_bytes(&points)).unwrap();
    let stderr = run(&drive).succeeded().stderr;
    assert!(stderr.contains("frame 1") && stderr.contains("2 points"), "{stderr}");
}

#[test]
fn an_empty_scan_runs_and_is_said() {
    let drive = MadeUpDrive::with_scans(3);
    fs::write(drive.scan(1), []).unwrap();
    let stderr = run(&drive).succeeded().stderr;
    assert!(stderr.contains("frame 1") && stderr.contains("empty"), "{stderr}");
    assert_eq!(facts(&drive.out())["frames"]["processed"], 3);
}

#[test]
fn gaps_in_frame_numbers_run_and_are_said() {
    let drive = MadeUpDrive::with_scans(6);
    fs::remove_file(drive.scan(2)).unwrap();
    let stderr = run(&drive).succeeded().stderr;
    assert!(stderr.contains("frame numbers jump from 1 to 3"), "{stderr}");
    let latency = fs::read_to_string(drive.out().join("latency.json")).unwrap();
    let latency: Value = serde_json::from_str(&latency).unwrap();
    let frames = latency["frames"].as_array().unwrap();
    assert_eq!(frames.len(), 5);
    let stamp = |index: usize| frames[index]["stamp"].as_i64().unwrap();
    assert_eq!(stamp(2) - stamp(1), 200_000_000, "time passes in the gap");
}

#[test]
fn counts_that_differ_run_the_common_part() {
    let drive = MadeUpDrive::with_scans_and_images(5);
    fs::remove_file(drive.image(4)).unwrap();
    fs::remove_file(drive.image(3)).unwrap();
    let finished =
        run_launch("launch/kitti_lidar.toml", &drive, &["--set", "replay.images=required"])
            .succeeded();
    assert!(finished.stdout.contains("3 frames read, 3 processed"), "{}", finished.report());
    assert!(finished.stderr.contains('5') && finished.stderr.contains('3'), "{}", finished.stderr);
}

#[test]
fn a_required_sensor_that_is_missing_is_named() {
    let drive = MadeUpDrive::with_scans(2);
    run_launch("launch/kitti_lidar.toml", &drive, &["--set", "replay.images=required"])
        .failed_saying(&["image_02"]);
    fs::remove_dir_all(drive.path().join("velodyne_points")).unwrap();
    run(&drive).failed_saying(&["error: "]);
}

#[test]
fn a_corrupt_model_file_is_refused() {
    let drive = MadeUpDrive::with_scans_and_images(2);
    let model = drive.day().join("broken.onnx");
    fs::write(&model, b"this is no network").unwrap();
    let set = format!("camera.model={}", model.display());
    run_launch("launch/kitti_raw.toml", &drive, &["--set", &set]).failed_saying(&["broken.onnx"]);
    let card = fs::read_to_string(delos_tests::checkout().join("models/yolox_nano.toml")).unwrap();
    // The head of the card names the hash and size of the real file, and what it is made from; the
    // rest fits.
    let (head, tensors) = card.split_once("[input]").unwrap();
    let keeps =
        |line: &&str| !["sha256", "size", "made_from"].iter().any(|key| line.starts_with(key));
    let head = head.lines().filter(keeps).collect::<Vec<_>>().join("\n");
    let card = format!("{head}\n[input]{tensors}");
    fs::write(drive.day().join("broken.toml"), card).unwrap();
    run_launch("launch/kitti_raw.toml", &drive, &["--set", &set]).failed_saying(&["broken.onnx"]);
    let missing = "camera.model=no/such/file.onnx";
    run_launch("launch/kitti_raw.toml", &drive, &["--set", missing])
        .failed_saying(&["no/such/file.onnx"]);
    run_launch("launch/kitti_raw.toml", &drive, &["--set", "camera.model=yolox_nanoo"])
        .failed_saying(&["yolox_nanoo", "yolox_nano"]);
    assert!(!drive.out().exists() && !drive.day().join("out.part").exists());
}

#[test]
fn broken_launch_files_are_refused_before_the_first_frame() {
    let drive = MadeUpDrive::with_scans(2);
    let whole =
        fs::read_to_string(delos_tests::checkout().join("launch/kitti_lidar.toml")).unwrap();
    let table: [(&str, &str, &[&str]); 7] = [
        ("kind = \"tracker\"", "kind = \"traker\"", &["unknown kind `traker`", "`tracker`"]),
        ("scans = \"required\"", "scan = \"required\"", &["unknown key `scan`", "`scans`"]),
        ("scans = \"required\"", "scans = 3", &["scans"]),
        (
            "reads = { objects = \"perception/lidar/objects\", pose",
            "reads = { objects = \"perception/objects\", pose",
            &["nobody writes"],
        ),
        (
            "reads = { cloud = \"perception/lidar/cloud\" }",
            "reads = { cloud = \"perception/lidar/objects\" }",
            &["carries 3-D detections from `lidar`", "wants point cloud"],
        ),
        (
            "[node.tracker]",
            "[node.fusion]\nkind = \"fusion\"\nreads = { lidar = \"perception/objects\" }\n[node.tracker]",
            &["the graph has a cycle: fusion -> fusion"],
        ),
        ("[node.lidar]", "[node.lidar", &["launch.toml:"]),
    ];
    for (from, to, wanted) in table {
        let file = drive.day().join("launch.toml");
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "{from} is not in the launch file");
        fs::write(&file, text).unwrap();
        let launch = file.to_string_lossy().into_owned();
        run_launch(&launch, &drive, &[]).failed_saying(wanted);
        assert!(!drive.out().exists() && !drive.day().join("out.part").exists());
    }
    run_launch("launch/nowhere.toml", &drive, &[]).failed_saying(&["launch/nowhere.toml"]);
}

#[test]
fn settings_out_of_range_are_refused_before_the_first_frame() {
    let drive = MadeUpDrive::with_scans(1);
    let table = [
        ("lidar.clusters.cluster.cell_m=-3.0", "cell_m"),
        ("lidar.clusters.max_range_m=500.0", "max_range_m"),
        ("tracker.max_gap_s=-1.0", "max_gap_s"),
        ("recorder.view.jpeg_quality=101", "jpeg_quality"),
        ("replay.prefetch=-1", "prefetch"),
        ("replay.prefetch=9000000000000000000", "0 to 1024"),
        ("sweeps.count=0", "count"),
    ];
    for (set, wanted) in table {
        run_launch("launch/kitti_lidar.toml", &drive, &["--set", set]).failed_saying(&[wanted]);
        assert!(!drive.out().exists() && !drive.day().join("out.part").exists());
    }
}

#[test]
fn an_output_folder_that_cannot_be_written_is_named() {
    let drive = MadeUpDrive::with_scans(2);
    let file = drive.day().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("out");
    let args: [OsString; 6] = [
        "run".into(),
        "launch/kitti_lidar.toml".into(),
        "--data".into(),
        drive.path().into_os_string(),
        "--out".into(),
        below.into_os_string(),
    ];
    run_delos(args).failed_saying(&["out"]);
}

#[test]
fn data_that_is_no_known_layout_is_refused_with_what_is_known() {
    let drive = MadeUpDrive::with_scans(1);
    let empty = drive.day().join("empty");
    fs::create_dir(&empty).unwrap();
    let args: [OsString; 6] = [
        "run".into(),
        "launch/kitti_lidar.toml".into(),
        "--data".into(),
        empty.into_os_string(),
        "--out".into(),
        drive.out().into_os_string(),
    ];
    run_delos(args).failed_saying(&["empty", "layout"]);
    let args: [OsString; 4] =
        ["run".into(), "launch/kitti_lidar.toml".into(), "--out".into(), drive.out().into()];
    run_delos(args).failed_saying(&["--data"]);
    assert!(!drive.out().exists() && !drive.day().join("out.part").exists());
}
