//! A full disk and Ctrl-C.

use crate::NO_NETWORK;
use delos_tests::{
    MadeUpDrive, checkout, delos_program, ort_library, run_delos_with, with_small_disk,
};
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A run whose results lie on a disk of one megabyte.
#[test]
fn a_full_disk_is_one_clear_error_and_leaves_no_results() {
    let drive = MadeUpDrive::with_scans(20);
    let disk = drive.day().join("disk");
    fs::create_dir(&disk).unwrap();
    let script = format!(
        "{} run launch/kitti_lidar.toml {} --data {} --out {}/out; code=$?; ls {}; exit $code",
        delos_program().display(),
        NO_NETWORK.join(" "),
        drive.path().display(),
        disk.display(),
        disk.display(),
    );
    let test = "a_full_disk_is_one_clear_error_and_leaves_no_results";
    let Some(output) = with_small_disk(test, &disk, &script) else { return };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let last = stderr.trim_end().lines().next_back().unwrap_or_default();
    assert!(last.starts_with("error: ") && last.contains("space"), "{stderr}");
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!listing.lines().any(|name| name == "out"), "{listing}");
}

#[test]
fn ctrl_c_finishes_the_frame_and_closes_the_results() {
    let drive = MadeUpDrive::with_scans(60);
    let mut command = Command::new(delos_program());
    command
        .args(["run", "launch/kitti_lidar.toml", "--pace", "realtime"])
        .args(NO_NETWORK)
        .arg("--data")
        .arg(drive.path())
        .arg("--out")
        .arg(drive.out())
        .current_dir(checkout())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // Six seconds of drive at the sensor's pace: after two it is surely under way.
    std::thread::sleep(Duration::from_secs(2));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let facts = fs::read_to_string(drive.out().join("run.json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    assert_eq!(facts["status"], "interrupted");
    let processed = facts["frames"]["processed"].as_u64().unwrap();
    assert!((1..60).contains(&processed), "{processed} frames");
    let frames = delos_viz::recorded_frames(&drive.out().join("recording.rrd")).unwrap();
    assert_eq!(frames.len() as u64, processed, "the recording opens and holds every frame");
}

/// Networks are at work when it comes: nobody takes ONNX Runtime away below them.
#[test]
fn a_second_ctrl_c_ends_at_once_and_without_a_sound() {
    let test = "a_second_ctrl_c_ends_at_once_and_without_a_sound";
    let Some(ort) = ort_library(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(delos_program());
    command
        .args(["run", "demo", "--set", "drive.frames=3000", "--ort"])
        .arg(ort)
        .arg("--out")
        .arg(folder.path().join("out"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_secs(4));
    for pause in [20, 0] {
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        std::thread::sleep(Duration::from_millis(pause));
    }
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let said: Vec<&str> = stderr.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(said, Vec::<&str>::new());
    assert!(!folder.path().join("out").exists(), "it did not wait for the results");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let finished = run_delos_with(["components"], |command| {
        command.env("DELOS_LOG", "error");
    });
    assert!(finished.succeeded().stdout.contains("tracker"));
}
