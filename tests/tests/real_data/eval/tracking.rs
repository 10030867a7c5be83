//! Tracking scores against the stored numbers of `TrackEval` and `py-motmetrics`.

use super::{assert_tree, labels, reference, results};
use delos_core::{BenchmarkRow, MotRow, ObjectClass};
use delos_eval::tracking::{Evaluator, Hota, KittiSequence, MotRules, MotSequence, Report, Scores};
use delos_ingest::benchmark::{RowRules, parse_mot};
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
    Report::new(parts).expect("names of sequences")
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

/// Car and pedestrian are held to the stored files. `TrackEval` refuses cyclists; these are
/// its numbers when it is told that the cyclists are pedestrians and the pedestrians are not.
#[test]
fn cyclists_follow_the_same_rules() {
    let test = "cyclists_follow_the_same_rules";
    let wanted = [
        ("thres", [428, 379, 57, 1, 425], [0.542_841_822_307_564_8, 0.727_263_349_398_747_6]),
        ("corrupt", [363, 444, 71, 5, 284], [0.385_715_501_712_914_8, 0.439_609_468_062_392_6]),
    ];
    for (name, counts, hota) in wanted {
        let Some(sequences) = sequences(test, name) else { return };
        let report = report(&sequences, &[ObjectClass::Cyclist]);
        let scores = &report.sequences["COMBINED_SEQ"]["cyclist"];
        assert_counts_and_hota(name, scores, counts, hota);
        assert_eq!((scores.count.object_ids, scores.clear.frames), (15, 900), "{name}");
    }
}

/// Found, missed, false, switches, right identity; mean HOTA and mean association.
fn assert_counts_and_hota(what: &str, scores: &Scores, counts: [u64; 5], hota: [f64; 2]) {
    let Scores { clear, identity, hota: curves, .. } = scores;
    let found = [
        clear.true_positives,
        clear.false_negatives,
        clear.false_positives,
        clear.id_switches,
        identity.true_positives,
    ];
    assert_eq!(found, counts, "{what}");
    for (curve, wanted) in [&curves.hota, &curves.ass_a].into_iter().zip(hota) {
        assert!((Hota::mean(curve) - wanted).abs() < 1e-9, "{what}: {wanted}");
    }
}

#[test]
fn events_are_as_many_as_the_counts_say() {
    let test = "events_are_as_many_as_the_counts_say";
    let Some(sequences) = sequences(test, "corrupt") else { return };
    let mut evaluator = Evaluator::default();
    for (name, (labels, results)) in &sequences {
        let rows = kitti_sequence(labels, results);
        for class in CLASSES {
            let clear = evaluator.kitti(&rows, class).expect("scores").clear;
            let events = evaluator.kitti_events(&rows, class).expect("events");
            let found = [events.missed.len(), events.false_tracks.len(), events.switches.len()];
            let wanted = [clear.false_negatives, clear.false_positives, clear.id_switches];
            assert_eq!(found.map(|n| n as u64), wanted, "{name}, {class:?}");
            assert!(events.missed.is_sorted_by_key(|event| event.frame), "{name}");
            assert!(events.missed.iter().all(|event| event.distance_m.is_some()), "{name}");
        }
    }
}

const TUD: [(&str, u32); 2] = [("TUD-Campus", 71), ("TUD-Stadtmitte", 179)];

/// The rows of a file, which has no wrong one.
fn mot_rows(bytes: &[u8]) -> Vec<MotRow> {
    parse_mot(bytes, &RowRules::default()).unwrap_or_else(|e| panic!("{e}")).rows
}

/// Truth and results of a sequence of the TUD data set.
fn tud(data: &Path, sequence: &str) -> (Vec<MotRow>, Vec<MotRow>) {
    let read = |file: &str| {
        let path = data.join(format!("mot/motmetrics/{sequence}/{file}"));
        let bytes = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        mot_rows(&bytes)
    };
    (read("gt.txt"), read("test.txt"))
}

/// All 18 keys of the reference have a counterpart of the same name; none is left out.
#[test]
fn motmetrics_numbers_of_the_tud_sequences() {
    let test = "motmetrics_numbers_of_the_tud_sequences";
    let (Some(data), Some(oracle)) = (real_data(test), oracle(test)) else { return };
    let mut evaluator = Evaluator::default();
    let ours = TUD.map(|(name, frames)| {
        let (truth, results) = tud(&data, name);
        let rows = MotSequence::new(&truth, &results, frames).expect("rows in the sequence");
        let metrics = evaluator.motmetrics(&rows).expect("each identity once a frame");
        (name.to_owned(), serde_json::to_value(metrics).expect("a tree"))
    });
    let tolerance = |path: &str| {
        let is_count = path.contains("num_") || path.contains("mostly") || path.contains("partial");
        Some(if is_count { 0.0 } else { 1e-6 })
    };
    let ours = Value::Object(ours.into_iter().collect());
    let compared = assert_tree(&reference(&oracle, "motmetrics_tud.json"), &ours, &tolerance);
    assert_eq!(compared, 2 * 18);
}

/// `TrackEval`'s own numbers of these files by the rules of MOT15.
#[test]
fn trackeval_numbers_of_the_tud_sequences() {
    let test = "trackeval_numbers_of_the_tud_sequences";
    let Some(data) = real_data(test) else { return };
    let mut evaluator = Evaluator::default();
    let scores = TUD.map(|(name, frames)| {
        let (truth, results) = tud(&data, name);
        let rows = MotSequence::new(&truth, &results, frames).expect("rows in the sequence");
        evaluator.mot(&rows, MotRules::Mot15).expect("each identity once a frame")
    });
    let combined = Scores::combined(scores.iter());
    let [campus, stadtmitte] = &scores;
    let wanted = [0.391_397_437_845_113_9, 0.369_120_681_208_328_36];
    assert_counts_and_hota("Campus", campus, [209, 150, 13, 7, 162], wanted);
    let wanted = [0.397_849_016_992_787_7, 0.408_840_751_811_299_6];
    assert_counts_and_hota("Stadtmitte", stadtmitte, [704, 452, 45, 7, 614], wanted);
    let wanted = [0.399_957_091_288_478_6, 0.412_449_529_845_354_3];
    assert_counts_and_hota("both", &combined, [913, 602, 58, 14, 776], wanted);
}

/// A made-up sequence on a coarse grid, so that many matchings are equally good: a match
/// that breaks ties in another way than the reference tools changes the counts. It also holds
/// the classes in which the years of `MOTChallenge` differ.
#[test]
fn ties_and_classes_of_motchallenge_are_those_of_the_reference_tools() {
    let truth = mot_rows(include_bytes!("ties/truth.txt"));
    let results = mot_rows(include_bytes!("ties/results.txt"));
    let rows = MotSequence::new(&truth, &results, 16).expect("rows in the sequence");
    let mut evaluator = Evaluator::default();
    let years =
        [("MOT15", MotRules::Mot15), ("MOT17", MotRules::Mot16), ("MOT20", MotRules::Mot20)];
    let mut ours = BTreeMap::new();
    for (year, rules) in years {
        let scores = evaluator.mot(&rows, rules).expect("scores");
        ours.insert(year, serde_json::to_value(scores).expect("a tree"));
    }
    let metrics = evaluator.motmetrics(&rows).expect("metrics");
    ours.insert("motmetrics", serde_json::to_value(metrics).expect("a tree"));
    let wanted: Value = serde_json::from_str(include_str!("ties/reference.json")).expect("a tree");
    let ours = serde_json::to_value(ours).expect("a tree");
    assert_eq!(assert_tree(&wanted, &ours, &|_| Some(1e-9)), 3 * 264 + 18);
}
