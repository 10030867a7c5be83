//! The LiDAR detector with and without its network.

use crate::NO_NETWORK;
use delos_tests::{Finished, MadeUpDrive, checkout, ort_library, run_delos};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

fn run(drive: &MadeUpDrive, out: &Path, ort: &Path, more: &[&str]) -> Finished {
    let mut args: Vec<OsString> = vec!["run".into(), "launch/kitti_lidar.toml".into()];
    args.extend(["--data".into(), drive.path().into(), "--out".into(), out.into()]);
    args.extend(["--ort".into(), ort.into()]);
    args.extend(more.iter().map(OsString::from));
    run_delos(args)
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).expect("written by the run")
}

/// Rows of LiDAR objects and their scores.
fn scores(out: &Path) -> Vec<f64> {
    let folder = fs::read_dir(out.join("detections_lidar")).expect("written by the run");
    let file = folder.flatten().next().expect("one sequence").path();
    let text = fs::read_to_string(file).expect("written by the run");
    let score = |row: &str| row.split(' ').next_back().and_then(|s| s.parse().ok());
    text.lines().map(|row| score(row).expect("a number")).collect()
}

#[test]
fn the_network_gives_the_same_on_any_number_of_workers_and_as_a_file() {
    let test = "the_network_gives_the_same_on_any_number_of_workers_and_as_a_file";
    let Some(ort) = ort_library(test) else { return };
    let drive = MadeUpDrive::with_scans(6);
    let out = |name: &str| drive.day().join(name);
    for workers in ["1", "2", "4"] {
        let finished = run(&drive, &out(workers), &ort, &["--workers", workers]).succeeded();
        let line = "lidar: delos_lidar on CPUExecutionProvider";
        assert!(finished.stdout.contains(line), "{}", finished.report());
    }
    let model = &json(&out("1").join("run.json"))["models"][0];
    assert_eq!((&model["node"], &model["card"]), (&"lidar".into(), &"delos_lidar".into()));
    assert!(!scores(&out("1")).is_empty(), "the network takes some of the walls for cars");
    let digests = ["1", "2", "4"].map(|n| fs::read(out(n).join("digest.json")).unwrap());
    assert!(digests.iter().all(|digest| *digest == digests[0]));

    // The same network as a file, told by its hash; other limits give other objects.
    let file = format!("lidar.model={}", checkout().join("models/delos_lidar.onnx").display());
    run(&drive, &out("file"), &ort, &["--set", &file]).succeeded();
    assert_eq!(digests[0], fs::read(out("file").join("digest.json")).unwrap());
    run(&drive, &out("low"), &ort, &["--set", "lidar.score=0.1"]).succeeded();
    let [usual, low] = ["1", "low"].map(|name| scores(&out(name)));
    assert!(low.len() > usual.len() && low.iter().all(|score| *score >= 0.1), "{low:?}");
}

#[test]
fn without_onnx_runtime_the_way_on_is_named() {
    let drive = MadeUpDrive::with_scans(2);
    let nowhere = Path::new("no/such/libonnxruntime.so");
    run(&drive, &drive.out(), nowhere, &[])
        .failed_saying(&["libonnxruntime.so", "--set lidar.model=none"]);
    assert!(!drive.out().exists());
    run(&drive, &drive.out(), nowhere, &NO_NETWORK).succeeded();
    assert!(json(&drive.out().join("run.json"))["models"].as_array().unwrap().is_empty());
}

#[test]
fn what_only_one_side_sees_goes_to_the_recorder_where_it_is_wanted() {
    let edge = "lidar -- \"perception/lidar/one_sided\" --> recorder";
    for (set, wanted) in [
        ("lidar.cross_check=true", true),
        ("lidar.cross_check=false", false),
        (NO_NETWORK[1], false),
    ] {
        for launch in ["demo", "kitti_lidar", "kitti_raw"] {
            let graph = run_delos(["graph", launch, "--set", set]).succeeded().stdout;
            assert_eq!(graph.contains(edge), wanted, "{launch} with {set}:\n{graph}");
        }
    }
}

#[test]
fn a_network_or_window_that_does_not_fit_is_refused() {
    let drive = MadeUpDrive::with_scans(1);
    let refused = |set: &str, ort: &Path, parts: &[&str]| {
        run(&drive, &drive.out(), ort, &["--set", set]).failed_saying(parts);
        assert!(!drive.out().exists());
    };
    let nowhere = Path::new("no/such/libonnxruntime.so");
    refused("lidar.model=delos_lidra", nowhere, &["delos_lidra", "delos_lidar"]);
    refused("lidar.modle=none", nowhere, &["unknown key `modle`", "`model`"]);
    let Some(ort) = ort_library("a_network_or_window_that_does_not_fit_is_refused") else { return };
    refused("lidar.window=rear", &ort, &["no window `rear`", "front, turn"]);
    refused("lidar.model=delos_camera", &ort, &["camera images, not for LiDAR scans"]);
    refused("lidar.threads=0", &ort, &["`threads` must be at least 1"]);
}
