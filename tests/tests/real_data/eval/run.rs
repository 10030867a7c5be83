//! A run over the tracking sequences, judged by what it leaves and by the data set's own files.

use super::{labels, rows_of};
use delos_core::ObjectClass;
use delos_eval::tracking::{Evaluator, KittiSequence, Report};
use delos_ingest::benchmark::RowFormat;
use delos_tests::{real_data, run_delos};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

const CLASSES: [ObjectClass; 3] = [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist];

/// The scores of a run's tracks against the labels of the data set.
fn by_the_data(data: &Path, out: &Path) -> Report {
    let mut parts = Vec::new();
    for file in fs::read_dir(out.join("tracks")).expect("a folder").flatten() {
        let name = file.path().file_stem().expect("a name").to_string_lossy().into_owned();
        let tracks = rows_of(&file.path(), RowFormat::KittiTracking);
        let labels = labels(data, &name);
        let last = |rows: &[delos_core::BenchmarkRow]| rows.iter().map(|row| row.frame).max();
        let frames = last(&labels).max(last(&tracks)).expect("rows") + 1;
        let sequence = KittiSequence::new(&labels, &tracks, frames).expect("inside");
        for class in CLASSES {
            let scores = Evaluator::default().kitti(&sequence, class).expect("once a frame");
            parts.push((name.clone(), class, scores));
        }
    }
    Report::new(parts).expect("names of sequences")
}

#[test]
fn the_truth_beside_a_run_scores_it_as_the_data_set_does() {
    let test = "the_truth_beside_a_run_scores_it_as_the_data_set_does";
    let Some(data) = real_data(test) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let run = ["run", "launch/kitti_tracking_detections.toml", "--set", "recorder.recording=false"];
    let paths = [("--data", data.join("kitti_tracking")), ("--out", out.clone())];
    let paths = paths.iter().flat_map(|(name, path)| [OsStr::new(*name), path.as_os_str()]);
    run_delos(run.iter().map(OsStr::new).chain(paths)).succeeded();
    run_delos([OsStr::new("eval"), OsStr::new("run"), out.as_os_str()]).succeeded();
    let text = fs::read_to_string(out.join("eval.json")).expect("written");
    let ours: Value = serde_json::from_str(&text).expect("JSON");

    let theirs = serde_json::to_value(by_the_data(&data, &out)).expect("a tree");
    // Rectangles pass through 32 bits on their way: sums of overlaps differ in the eighth
    // digit, and no pair is lost by it.
    let tolerance = |path: &str| Some(if path.ends_with("MOTP_sum") { 1e-4 } else { 1e-5 });
    let compared = super::assert_tree(&theirs, &ours["tracking"], &tolerance);
    assert!(compared > 14 * 500, "{compared} numbers");
    assert_eq!(ours["run"]["sequences"].as_array().map(Vec::len), Some(14));
}
