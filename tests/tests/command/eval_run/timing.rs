//! Streaming accuracy of runs: lockstep, realtime, interrupted.

use super::{change, copy, eval, json, number};
use crate::simulate::Place;
use delos_tests::{checkout, delos_program};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Title, age and HOTA of cars of each row.
fn rows(report: &Value) -> Vec<(String, f64, f64)> {
    let row = |row: &Value| {
        let hota = row["tracking"]["car"]["HOTA"]["HOTA"].as_array().expect("a list");
        let mean = hota.iter().map(number).sum::<f64>() / hota.len() as f64;
        let title =
            format!("{} {}", row["timing"].as_str().expect("a name"), number(&row["added_ms"]));
        (title, row["age_ms"].as_f64().unwrap_or(f64::INFINITY), mean)
    };
    report["streaming"]["rows"].as_array().expect("a list").iter().map(row).collect()
}

/// Gives each frame this work, milliseconds, at the pace of the run.
fn set_work(out: &Path, ms: i64) {
    change(&out.join("latency.json"), |latency| {
        for frame in latency["frames"].as_array_mut().expect("frames") {
            let released = frame["released"].as_i64().expect("a time");
            for (name, span) in frame["spans"].as_object_mut().expect("spans") {
                let is_last = name == "tracker";
                span["start"] = released.into();
                span["end"] = (released + if is_last { ms * 1_000_000 } else { 0 }).into();
            }
        }
    });
}

#[test]
fn without_latency_streaming_is_offline() {
    let (_place, out) = copy();
    set_work(&out, 0);
    eval(&out, &["--added-latency", "200,100,100"]).succeeded();
    let report = json(&out.join("eval.json"));
    let offline = &report["tracking"]["sequences"]["COMBINED_SEQ"];
    for row in 0..3 {
        assert_eq!(&report["streaming"]["rows"][row]["tracking"], offline, "{row}");
    }
    let rows = rows(&report);
    let titles: Vec<&str> = rows.iter().map(|(title, ..)| title.as_str()).collect();
    let wanted = [
        "no_latency 0",
        "side_by_side 0",
        "single_worker 0",
        "single_worker 100",
        "single_worker 200",
    ];
    assert_eq!(titles, wanted);
    let ages: Vec<f64> = rows.iter().map(|(_, age, _)| age.round()).collect();
    assert_eq!(ages, [0.0, 0.0, 0.0, 100.0, 200.0]);
    assert!(rows[2].2 > rows[3].2 && rows[3].2 > rows[4].2, "{rows:?}");
}

#[test]
fn slow_chains_hold_old_answers() {
    let (_place, out) = copy();
    // 150 ms of work at 10 Hz: side by side 200 ms old, one worker keeps two frames of three.
    set_work(&out, 150);
    eval(&out, &[]).succeeded();
    let rows = rows(&json(&out.join("eval.json")));
    assert!((rows[1].1 - 200.0).abs() < 0.5, "{rows:?}");
    assert!((220.0..300.0).contains(&rows[2].1), "{rows:?}");
    assert!(rows.is_sorted_by(|a, b| a.1 <= b.1), "{rows:?}");
    // Answers that are a frame older are worse. Within a frame luck decides: a slower worker
    // answers other frames.
    let pairs = rows.iter().flat_map(|a| rows.iter().map(move |b| (a, b)));
    for (younger, older) in pairs.filter(|(a, b)| b.1 >= a.1 + 100.0) {
        assert!(older.2 < younger.2, "{younger:?} {older:?}");
    }
}

#[test]
fn wild_times_are_no_disaster() {
    let (_place, out) = copy();
    change(&out.join("latency.json"), |latency| {
        let frames = latency["frames"].as_array_mut().unwrap();
        for (frame, wild) in frames.iter_mut().zip([i64::MIN, i64::MAX, -1, 0, i64::MAX]) {
            frame["stamp"] = wild.into();
            frame["released"] = wild.saturating_neg().into();
            frame["spans"]["tracker"] = serde_json::json!({ "start": -wild.max(0), "end": wild });
        }
        frames[7]["frame"] = u32::MAX.into();
        frames[9]["tick"] = u64::MAX.into();
    });
    eval(&out, &[]).succeeded();
}

#[test]
fn an_interrupted_run_in_realtime_is_judged_until_then() {
    let place = Place::new();
    let launch = place.launch("launch", "kind = \"simulate\"\nseed = 5\nframes = 600", "");
    let out = place.path("out");
    let mut child = Command::new(delos_program())
        .args(["run", "--pace", "realtime", "--out"])
        .args([&out, &launch])
        .current_dir(checkout())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for_frames(&place.path("out.part/recording.rrd"));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));

    let finished = eval(&out, &[]).succeeded();
    assert!(finished.stdout.contains("interrupted"), "{}", finished.report());
    let (facts, report) = (json(&out.join("run.json")), json(&out.join("eval.json")));
    // Frames that waited when it was stopped were not too slow for the chain.
    let dropped = facts["dropped"].as_array().unwrap();
    let stopped = dropped.iter().filter(|frame| frame["reason"] == "the run was stopped").count();
    let given = facts["frames"]["read"].as_u64().unwrap() - stopped as u64;
    let head = &report["run"]["sequences"][0];
    assert_eq!((&head["frames"], &head["labelled"]), (&given.into(), &given.into()), "{head}");
    assert_eq!(head["dropped"], dropped.len() - stopped, "dropped ones count");
    let rows = rows(&report);
    assert_eq!((rows[0].0.as_str(), rows[1].0.as_str()), ("no_latency 0", "measured 0"));
    assert!(rows[1].1 > rows[0].1, "{rows:?}");
    assert!(rows.is_sorted_by(|a, b| a.1 <= b.1), "{rows:?}");
    assert!(rows.last().unwrap().2 <= rows[0].2, "{rows:?}");
}

/// Waits until a recording has grown by some frames.
fn wait_for_frames(recording: &Path) {
    for _ in 0..600 {
        std::thread::sleep(Duration::from_millis(200));
        if recording.metadata().is_ok_and(|file| file.len() > 12_000_000) {
            return;
        }
    }
    panic!("{} does not grow", recording.display());
}
