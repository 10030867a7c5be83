//! `delos explain` on a real sequence: the log holds what the results hold, by the tracker's rules.

use delos_tests::{real_data, run_delos};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Identity and frame with the probability of existence, of every track.
type Rows = BTreeMap<(u64, u64), f64>;

fn rows_of_results(text: &str) -> Rows {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(' ').collect();
        let [frame, id] = [cells[0], cells[1]].map(|cell| cell.parse().expect("a number"));
        ((id, frame), cells[17].parse().expect("a number"))
    };
    text.lines().map(row).collect()
}

/// The same of the log; checks what must hold of every row.
fn rows_of_log(text: &str, dearest: f64) -> Rows {
    let mut rows = Rows::new();
    for line in text.lines().skip(1) {
        let line: Value = serde_json::from_str(line).expect("JSON");
        for track in line["tracks"].as_array().into_iter().flatten() {
            let key = (track["id"].as_u64().expect("an id"), line["frame"].as_u64().expect("one"));
            rows.insert(key, track["existence"].as_f64().expect("a number"));
            let is_miss = track["cause"].is_object();
            assert_eq!(is_miss, track["pairing"].is_null(), "{track}");
            let cost = track["pairing"][3].as_f64();
            assert!(cost.is_none_or(|cost| cost <= dearest), "{track}");
            let taken_by = &track["cause"]
                .as_object()
                .and_then(|cause| cause.values().next().map(|why| why["taken"].clone()));
            if let Some(taken_by) = taken_by.as_ref().filter(|by| !by.is_null()) {
                assert_eq!(*taken_by, track["rival"][6], "{track}");
            }
        }
    }
    rows
}

#[test]
fn the_log_of_a_real_sequence_is_that_of_its_results() {
    let test = "the_log_of_a_real_sequence_is_that_of_its_results";
    let Some(data) = real_data(test) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let run = ["run", "launch/kitti_tracking_detections.toml", "--quiet", "--set"];
    let mut args: Vec<std::ffi::OsString> = run.map(Into::into).to_vec();
    let sets = ["recorder.recording=false", "--set", "replay.sequences=[\"0001\"]"];
    args.extend(sets.map(Into::into));
    args.extend(["--data".into(), data.join("kitti_tracking").into_os_string()]);
    args.extend(["--out".into(), out.clone().into_os_string()]);
    run_delos(args).succeeded();

    let read = |path: &str| fs::read_to_string(out.join(path)).expect("written by the run");
    let facts: Value = serde_json::from_str(&read("run.json")).expect("JSON");
    let tracker = &facts["launch"]["node"]["tracker"];
    let kinds = ["vehicle", "pedestrian", "cyclist", "other"].iter();
    let dearest =
        kinds.filter_map(|kind| tracker[*kind]["cost"]["none"].as_f64()).fold(0.0, f64::max);
    let results = rows_of_results(&read("tracks_all/0001.txt"));
    let logged = rows_of_log(&read("track_log/0001.jsonl"), dearest + 1e-5);
    assert!(results.len() > 4000 && results.keys().eq(logged.keys()));
    for (row, existence) in &results {
        assert!((existence - logged[row]).abs() < 1e-5, "{row:?}");
    }
}
