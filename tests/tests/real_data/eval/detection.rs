//! Average precision against the object benchmark's own program.

use super::{assert_tree, labels, reference};
use delos_core::BenchmarkRow;
use delos_eval::detection::{ObjectReport, ObjectRules, ObjectSequence, object_ap};
use delos_ingest::kitti::rows;
use delos_tests::{oracle, real_data};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The sequences of the stored reference.
const SEQUENCES: [u32; 10] = [0, 2, 3, 4, 5, 7, 9, 11, 17, 20];

/// The detections of `PointRCNN` in a sequence, all classes.
fn detections(data: &Path, sequence: &str) -> Vec<BenchmarkRow> {
    let read = |class| {
        let path = data.join(format!("kitti_tracking/detections/pointrcnn/{class}/{sequence}.txt"));
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        rows::parse_ab3dmot(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    ["Car", "Pedestrian", "Cyclist"].into_iter().flat_map(read).collect()
}

/// Frames of each sequence of the reference: its number of scans.
const FRAMES: [u32; 10] = [154, 233, 144, 314, 297, 800, 803, 373, 145, 837];

fn report(data: &Path) -> ObjectReport {
    let sequences: Vec<_> = SEQUENCES
        .iter()
        .map(|number| format!("{number:04}"))
        .map(|name| (labels(data, &name), detections(data, &name)))
        .collect();
    let sequences: Vec<_> = sequences
        .iter()
        .zip(FRAMES)
        .map(|((truth, results), frames)| ObjectSequence { truth, results, frames })
        .collect();
    object_ap(&sequences, &ObjectRules::default())
}

#[test]
fn object_ap_equals_the_benchmarks_program() {
    let test = "object_ap_equals_the_benchmarks_program";
    let (Some(data), Some(oracle)) = (real_data(test), oracle(test)) else { return };
    let mut ours = serde_json::to_value(report(&data)).expect("a tree");
    ours["sequences"] = json!(SEQUENCES);
    let wanted = reference(&oracle, "object_ap/pointrcnn_train10.json");
    let compared =
        assert_tree(&wanted, &ours, &|path| Some(if path.contains("/AP_R") { 1e-4 } else { 1e-6 }));
    assert_eq!(compared, count(&wanted), "numbers that were compared");
}

/// How many numbers a tree holds.
fn count(tree: &Value) -> usize {
    match tree {
        Value::Object(tree) => tree.values().map(count).sum(),
        Value::Array(tree) => tree.iter().map(count).sum(),
        _ => 1,
    }
}
