//! The sweep over recall levels against AB3DMOT's evaluator.

use super::{assert_tree, labels, reference, results};
use delos_core::{BenchmarkRow, ObjectClass};
use delos_eval::ab3dmot::{Mode, Report, Rules, Sequence, evaluate};
use delos_tests::{oracle, real_data};
use std::path::Path;

const CLASSES: [ObjectClass; 3] = [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist];

/// The stored files, how each was made and how many values it holds.
const FILES: [(&str, &str, Mode, f64, usize); 5] = [
    ("raw_eval_3d_iou0.25.json", "raw", Mode::Solid, 0.25, 3054),
    ("raw_eval_3d_iou0.5.json", "raw", Mode::Solid, 0.5, 2802),
    ("raw_eval_3d_iou0.7.json", "raw", Mode::Solid, 0.7, 1710),
    ("raw_eval_2d_iou0.5.json", "raw", Mode::Image, 0.5, 2914),
    ("corrupt_eval_3d_iou0.5.json", "corrupt", Mode::Solid, 0.5, 2046),
];

/// Labels and results of a sequence.
type Rows = (Vec<BenchmarkRow>, Vec<BenchmarkRow>);

/// The 14 sequences with a tracker's results.
fn rows(data: &Path, oracle: &Path, tracker: &str) -> Vec<Rows> {
    let of_sequence = |(name, found): (String, _)| (labels(data, &name), found);
    results(oracle, tracker).into_iter().map(of_sequence).collect()
}

fn scored(rows: &[Rows], rules: Rules) -> Report {
    let frames = |rows: &[BenchmarkRow]| rows.iter().map(|row| row.frame + 1).max().unwrap_or(0);
    let sequences: Vec<_> = rows
        .iter()
        .map(|(truth, results)| Sequence { truth, results, frames: frames(truth) })
        .collect();
    evaluate(&sequences, &CLASSES, rules)
}

/// The times the reference took and the name of its input are not ours; counts are exact.
fn tolerance(path: &str) -> Option<f64> {
    let key = path.rsplit('/').next().unwrap_or_default();
    match key {
        "eval_seconds" | "result" => None,
        "tp" | "itp" | "fp" | "fn" | "ifn" | "id_switches" | "fragments" => Some(0.0),
        key if key.starts_with("n_") => Some(0.0),
        _ => Some(1e-9),
    }
}

#[test]
fn every_number_of_ab3dmot_is_met() {
    let test = "every_number_of_ab3dmot_is_met";
    let (Some(data), Some(oracle)) = (real_data(test), oracle(test)) else { return };
    for (file, tracker, mode, min_overlap, wanted) in FILES {
        let ours = scored(&rows(&data, &oracle, tracker), Rules { mode, min_overlap });
        let ours = serde_json::to_value(ours).expect("plain numbers");
        let reference = reference(&oracle, &format!("ab3dmot/{file}"));
        assert_eq!(assert_tree(&reference, &ours, &tolerance), wanted, "{file}");
    }
}
