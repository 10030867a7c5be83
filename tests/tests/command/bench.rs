//! `delos bench`: every figure is there, adds up, and can be compared.

use crate::NO_NETWORK;
use delos_tests::{Finished, MadeUpDrive, run_delos};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Measures the LiDAR chain without a network on a made-up drive of three frames.
fn bench(drive: &MadeUpDrive, more: &[&str]) -> Finished {
    let path = drive.path();
    let mut args = vec!["bench", "kitti_lidar", "--data", path.to_str().expect("UTF-8")];
    args.extend(NO_NETWORK);
    args.extend(more);
    run_delos(args)
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("written")).expect("JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn segments_add_up_and_short_recordings_repeat() {
    let drive = MadeUpDrive::with_scans(3);
    let (file, trace) = (drive.out().with_extension("json"), drive.out().with_extension("trace"));
    let paths = [file.to_str().expect("UTF-8"), trace.to_str().expect("UTF-8")];
    let finished = bench(
        &drive,
        &[
            "--queries",
            "40",
            "--warmup",
            "4",
            "--repetitions",
            "2",
            "--deadline",
            "0.001",
            "--json",
            paths[0],
            "--trace",
            paths[1],
        ],
    )
    .succeeded();
    assert!(finished.stdout.contains("40 frames measured"), "{}", finished.stdout);
    let equal = "results of the first 3 frames equal to the bit";
    assert!(finished.stdout.contains(equal), "{}", finished.stdout);
    assert!(finished.stdout.contains("40 of 40 frames late"), "{}", finished.stdout);

    let measured = json(&file);
    let runs = measured["repetitions"].as_array().expect("a list");
    assert_eq!(runs.len(), 2);
    for run in runs {
        let mean = number(&run["end_to_end"]["mean_ms"]);
        assert!((number(&run["accounted_ms"]) - mean).abs() < 1e-6 * mean, "{run}");
        assert!(run["end_to_end"]["p50"]["ms"].is_f64() && run["end_to_end"]["p99"].is_null());
        let blame = run["deadlines"][0]["blame"].as_array().expect("a list");
        let blamed: f64 = blame.iter().map(|b| number(&b["frames"])).sum();
        assert_eq!(blamed as u64, 40, "every miss is somebody's");
    }
    let events = json(&trace);
    let events = events.as_array().expect("a list");
    let lidar = events.iter().filter(|e| e["name"] == "lidar" && e["ph"] == "X");
    assert_eq!(lidar.count(), 44, "warming up is in the trace, too");

    let compare = run_delos(["bench", "compare", paths[0], paths[0]]).succeeded();
    assert!(compare.stdout.contains("end to end p50"), "{}", compare.stdout);
}

/// Multiplies every time in a file of figures.
fn slower(value: &mut Value, factor: f64) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                if ["ms", "low_ms", "high_ms"].contains(&key.as_str()) {
                    *inner = (number(inner) * factor).into();
                } else {
                    slower(inner, factor);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| slower(inner, factor)),
        _ => {}
    }
}

#[test]
fn a_regression_fails_the_comparison_and_other_machines_are_refused() {
    let drive = MadeUpDrive::with_scans(3);
    let [a, b] = ["a.json", "b.json"].map(|name| drive.out().with_file_name(name));
    let [a_path, b_path] = [&a, &b].map(|path| path.to_str().expect("UTF-8"));
    bench(&drive, &["--queries", "60", "--json", a_path]).succeeded();
    let measured = json(&a);

    let mut twice = measured.clone();
    slower(&mut twice["repetitions"], 100.0);
    fs::write(&b, twice.to_string()).expect("written");
    run_delos(["bench", "compare", a_path, b_path])
        .failed_saying(&["worse by more than 5 %", "end to end p50"]);
    run_delos(["bench", "compare", b_path, a_path]).succeeded();

    // Percentiles of what is left say nothing of what is lost.
    let mut lost = measured.clone();
    lost["repetitions"][0]["left_out"] = 500.into();
    fs::write(&b, lost.to_string()).expect("written");
    run_delos(["bench", "compare", a_path, b_path]).failed_saying(&["worse", "left out"]);

    let mut other_build = measured.clone();
    other_build["delos"]["profile"] = "another".into();
    fs::write(&b, other_build.to_string()).expect("written");
    run_delos(["bench", "compare", a_path, b_path]).failed_saying(&["not comparable", "build"]);

    let mut elsewhere = measured;
    elsewhere["host"]["cpu"] = "another".into();
    fs::write(&b, elsewhere.to_string()).expect("written");
    let refused = ["bench", "compare", a_path, b_path];
    run_delos(refused).failed_saying(&["not comparable", "machine", "--anyway"]);
    run_delos(refused.into_iter().chain(["--anyway"])).succeeded();
}

#[test]
fn loads_that_make_no_sense_are_refused() {
    let drive = MadeUpDrive::with_scans(3);
    for (more, words) in [
        (&["--rate", "10"][..], "--scenario constant-stream"),
        (&["--duration=-1"], "positive"),
        (&["--scenario", "constant-stream", "--warmup", "1"], "--rate"),
        (&["--queries", "5", "--set", "replay.passes=1", "--warmup", "10"], "nothing to measure"),
        (&["--set", "run.frames=3"], "takes that from --queries"),
        (&["--set", "run.pace=realtime"], "takes that from --scenario"),
        (&["--json", "/nowhere/figures.json"], "cannot write /nowhere/figures.json"),
        (&["--trace", "/nowhere/trace.json"], "cannot write /nowhere/trace.json"),
    ] {
        bench(&drive, more).failed_saying(&[words]);
    }
}

#[test]
fn a_constant_stream_comes_at_its_rate() {
    let drive = MadeUpDrive::with_scans(3);
    let file = drive.out().with_extension("json");
    let path = file.to_str().expect("UTF-8");
    let load = ["--scenario", "constant-stream", "--rate", "5", "--queries", "6", "--warmup", "2"];
    bench(&drive, &[&load[..], &["--json", path]].concat()).succeeded();
    let wall = number(&json(&file)["repetitions"][0]["wall_s"]);
    assert!(wall >= 1.0, "six frames at 5 Hz take a second, not {wall} s");

    // Whoever names the rate, it is in the record.
    let load =
        ["--scenario", "constant-stream", "--set", "run.hz=20", "--queries", "2", "--warmup", "1"];
    bench(&drive, &[&load[..], &["--set", "run.rate=3"]].concat()).succeeded();
    let finished = bench(&drive, &[&load[..], &["--json", path]].concat()).succeeded();
    assert!(finished.stdout.contains("constant stream at 20 Hz"), "{}", finished.stdout);
    assert_eq!(json(&file)["load"]["rate_hz"], 20.0);
}
