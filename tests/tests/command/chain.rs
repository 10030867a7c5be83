//! A whole run: results, repeatability, replacement of earlier results.

use crate::NO_NETWORK;
use delos_tests::{MadeUpDrive, run_delos};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

const LAUNCH: &str = "launch/kitti_lidar.toml";

fn run(drive: &MadeUpDrive, out: &Path, more: &[&str]) -> delos_tests::Finished {
    let mut args: Vec<OsString> = vec!["run".into(), LAUNCH.into(), "--data".into()];
    args.extend([drive.path().into_os_string(), "--out".into(), out.into()]);
    args.extend(NO_NETWORK.iter().chain(more).map(OsString::from));
    run_delos(args)
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).expect("written by the run")
}

#[test]
fn a_run_leaves_every_result() {
    let drive = MadeUpDrive::with_scans(12);
    let out = drive.out();
    let finished = run(&drive, &out, &["--set", "recorder.view.images=false"]).succeeded();
    assert!(finished.stdout.contains("12 frames read, 12 processed, 0 dropped"));
    assert!(finished.stderr.contains("10 Hz"), "missing timestamps are said: {}", finished.stderr);

    let facts = json(&out.join("run.json"));
    assert_eq!(facts["status"], "complete");
    assert_eq!(facts["frames"]["processed"], 12);
    assert_eq!(facts["data"]["layout"], "kitti_raw");
    assert_eq!(facts["launch"]["node"]["recorder"]["view"]["images"], false);

    let digests = json(&out.join("digest.json"));
    for component in ["replay", "lidar", "tracker", "recorder"] {
        let entries = digests[component].as_array().expect(component);
        assert_eq!(entries.len(), 12, "{component}");
        assert_eq!(entries[3][1], 3, "frame number");
    }
    let latency = json(&out.join("latency.json"));
    assert_eq!(latency["end_to_end"]["count"], 12);
    assert!(latency["components"]["lidar"]["max"].as_f64().unwrap() > 0.0);
    assert_eq!(latency["end_to_end"]["p50"], Value::Null, "12 frames carry no median");
    let frame = &latency["frames"][5];
    assert!(frame["published"].as_i64() > frame["released"].as_i64());
    assert!(
        frame["spans"]["tracker"]["end"].as_i64() > frame["spans"]["tracker"]["start"].as_i64()
    );
    assert!(fs::metadata(out.join("recording.rrd")).unwrap().len() > 10_000);
    assert!(!out.with_file_name("out.part").exists());
}

#[test]
fn both_cars_become_tracks_at_their_place() {
    let drive = MadeUpDrive::with_scans(12);
    let out = drive.out();
    run(&drive, &out, &[]).succeeded();
    let name = drive.path().file_name().unwrap().to_string_lossy().into_owned();
    let text = fs::read_to_string(out.join(format!("tracks/{name}.txt"))).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 18), "{text}");
    // Frame 11, rectified camera: x right, y down, z forward; cars are about 4 m long.
    for (x, z) in [(-3.0, 12.0 + 3.3 + 2.0 - 0.1), (4.0, 18.0 - 3.3 + 2.0 - 0.1)] {
        let near = rows.iter().filter(|row| row[0] == "11").any(|row| {
            let (rx, rz): (f64, f64) = (row[13].parse().unwrap(), row[15].parse().unwrap());
            (rx - x).hypot(rz - z) < 0.7
        });
        assert!(near, "no track near x {x} z {z} in\n{text}");
    }
    for folder in ["tracks_all", "detections_2d", "detections_3d"] {
        assert!(out.join(folder).join(format!("{name}.txt")).is_file(), "{folder}");
    }
    assert!(out.join(format!("track_log/{name}.jsonl")).is_file());
}

#[test]
fn results_do_not_depend_on_workers_and_compare_names_the_component() {
    let drive = MadeUpDrive::with_scans(10);
    let folder = |name: &str| drive.day().join(name);
    for (name, workers) in [("one", "1"), ("two", "2"), ("four", "4")] {
        run(&drive, &folder(name), &["--workers", workers]).succeeded();
    }
    let compare = |a: &str, b: &str| {
        run_delos(["compare".into(), folder(a).into_os_string(), folder(b).into_os_string()])
    };
    for other in ["two", "four"] {
        assert!(compare("one", other).succeeded().stdout.starts_with("equal: 6 components"));
    }
    let tracks = |name: &str| fs::read(folder(name).join("digest.json")).unwrap();
    assert_eq!(tracks("one"), tracks("four"));

    let change = ["--set", "lidar.clusters.max_range_m=20.0"];
    run(&drive, &folder("other"), &change).succeeded();
    let difference = compare("one", "other");
    assert_eq!(difference.code, Some(1));
    assert!(difference.stdout.contains("component `lidar`"), "{}", difference.report());
}

#[test]
fn an_earlier_run_is_replaced_only_with_force() {
    let drive = MadeUpDrive::with_scans(3);
    let out = drive.out();
    run(&drive, &out, &[]).succeeded();
    run(&drive, &out, &[]).failed_saying(&["out exists", "--force"]);
    run(&drive, &out, &["--force", "--frames", "2"]).succeeded();
    assert_eq!(json(&out.join("run.json"))["frames"]["processed"], 2);
}

#[test]
fn realtime_keeps_the_pace_of_the_sensor() {
    let drive = MadeUpDrive::with_scans(6);
    let out = drive.out();
    run(&drive, &out, &["--pace", "realtime", "--set", "run.rate=2.0"]).succeeded();
    let latency = json(&out.join("latency.json"));
    let frames = latency["frames"].as_array().unwrap();
    let dropped = json(&out.join("run.json"))["frames"]["dropped"].as_u64().unwrap();
    assert_eq!(frames.len() as u64 + dropped, 6, "every frame is accounted for");
    for pair in frames.windows(2) {
        let ticks = pair[1]["tick"].as_i64().unwrap() - pair[0]["tick"].as_i64().unwrap();
        let step = pair[1]["released"].as_i64().unwrap() - pair[0]["released"].as_i64().unwrap();
        assert_eq!(step, ticks * 50_000_000, "10 Hz played twice as fast");
    }
}

#[test]
fn the_graph_can_be_drawn() {
    let text = run_delos(["graph", "launch/kitti_raw.toml"]).succeeded().stdout;
    assert!(text.starts_with("flowchart LR"), "{text}");
    assert!(text.contains("camera -- \"perception/camera\" --> fusion"), "{text}");
    let dot = run_delos(["graph", LAUNCH, "--format", "dot"]).succeeded().stdout;
    assert!(dot.starts_with("digraph"), "{dot}");
}
