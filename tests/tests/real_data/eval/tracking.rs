//! Tracking scores against the stored numbers of `TrackEval` and `py-motmetrics`.

use super::{assert_tree, labels, reference, results};
use delos_core::{BenchmarkRow, MotRow, ObjectClass};
use delos_eval::tracking::{Evaluator, KittiSequence, MotRules, MotSequence, Report, Scores};
use delos_ingest::mot;
use delos_tests::{oracle, real_data};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const CLASSES: [ObjectClass; 2] = [ObjectClass::Car, ObjectClass::Pedestrian];

/// Numbers of a `TrackEval` file: 264 for each of two classes in 14 sequences, 263 for each
/// class of all sequences together (which have no number of frames), and 19 thresholds.
const TRACKEVAL_NUMBERS: usize = 28 * 264 + 2 * 263 + 19;

/// Metrics within 1e-6, counts exactly; what the tool says of itself is left out.
fn tolerance(path: &str) -> Option<f64> {
    const COUNTS: [&str; 20] = [
        "HOTA_TP",
        "HOTA_FN",
        "HOTA_FP",
        "CLR_TP",
        "CLR_FN",
        "CLR_FP",
        "IDSW",
        "MT",
        "PT",
        "ML",
        "Frag",
        "CLR_Frames",
        "IDTP",
        "IDFN",
        "IDFP",
        "Dets",
        "GT_Dets",
        "IDs",
        "GT_IDs",
        "Frames",
    ];
    match path {
        "/tracker" | "/evaluator" | "/eval_cpu_seconds" => None,
        _ if path.split('/').any(|key| COUNTS.contains(&key)) => Some(0.0),
        _ => Some(1e-6),
    }
}

/// Labels and results of each sequence.
type Sequences = BTreeMap<String, (Vec<BenchmarkRow>, Vec<BenchmarkRow>)>;

fn sequences(test: &str, name: &str) -> Option<Sequences> {
    let (data, oracle) = (real_data(test)?, oracle(test)?);
    let both = |(sequence, results): (String, Vec<BenchmarkRow>)| {
        let labels = labels(&data, &sequence);
        (sequence, (labels, results))
    };
    Some(results(&oracle, name).into_iter().map(both).collect())
}

fn report(sequences: &Sequences, classes: &[ObjectClass]) -> Report {
    let mut evaluator = Evaluator::default();
    let mut parts = Vec::new();
    for (name, (labels, results)) in sequences {
        let rows = kitti_sequence(labels, results);
        for class in classes {
            let scores = evaluator.kitti(&rows, *class).expect("each identity once a frame");
            parts.push((name.clone(), *class, scores));
        }
    }
    Report::new(parts)
}

fn kitti_sequence<'a>(
    labels: &'a [BenchmarkRow],
    results: &'a [BenchmarkRow],
) -> KittiSequence<'a> {
    let frames = labels.iter().map(|row| row.frame + 1).max().expect("labels");
    KittiSequence::new(labels, results, frames).expect("rows in the sequence")
}

fn assert_trackeval(test: &str, results: &str, file: &str) {
    let Some(sequences) = sequences(test, results) else { return };
    let Some(oracle) = oracle(test) else { return };
    let ours = serde_json::to_value(report(&sequences, &CLASSES)).expect("a tree");
    let compared = assert_tree(&reference(&oracle, file), &ours, &tolerance);
    assert_eq!(compared, TRACKEVAL_NUMBERS);
}

#[test]
fn trackeval_numbers_of_a_clean_tracker() {
    assert_trackeval(
        "trackeval_numbers_of_a_clean_tracker",
        "thres",
        "trackeval/ab3dmot_clean.json",
    );
}

#[test]
fn trackeval_numbers_of_a_corrupt_tracker() {
    assert_trackeval(
        "trackeval_numbers_of_a_corrupt_tracker",
        "corrupt",
        "trackeval/ab3dmot_corrupt.json",
    );
}
