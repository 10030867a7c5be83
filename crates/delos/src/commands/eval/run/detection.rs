//! Scores of detections.

use super::folder::{DETECTIONS_2D, DETECTIONS_3D, DETECTIONS_LIDAR, TRACKS};
use super::judge::Pairing;
use super::report::RecallByDistance;
use delos_core::{BenchmarkRow, ObjectClass};
use delos_eval::detection::{ObjectReport, ObjectRules, ObjectSequence, object_ap};
use delos_eval::streaming::retime;
use delos_eval::{DistanceRules, recall_by_distance as by_distance};
use std::collections::BTreeMap;

/// The detectors, by the folder of their results.
const DETECTORS: [&str; 3] = [DETECTIONS_2D, DETECTIONS_LIDAR, DETECTIONS_3D];
/// What has places in space.
const IN_SPACE: [&str; 3] = [DETECTIONS_LIDAR, DETECTIONS_3D, TRACKS];

/// KITTI's average precision of each detector that has found anything.
pub(super) fn average_precision(
    pairings: &[Pairing<'_>],
    classes: &[ObjectClass],
    has_image: bool,
    notes: &mut Vec<String>,
) -> BTreeMap<&'static str, ObjectReport> {
    let mut reports = BTreeMap::new();
    if !has_image || classes.is_empty() {
        return reports;
    }
    for folder in DETECTORS {
        if has_rows(pairings, folder) {
            reports.insert(folder, object_report(pairings, folder, classes));
        } else {
            notes.push(format!("{folder}: no row in the whole run, so it has no score."));
        }
    }
    reports
}

/// Average precision of one detector.
pub(super) fn object_report(
    pairings: &[Pairing<'_>],
    folder: &str,
    classes: &[ObjectClass],
) -> ObjectReport {
    let rows: Vec<(Vec<BenchmarkRow>, Vec<BenchmarkRow>)> = pairings
        .iter()
        .map(|pairing| {
            let results = retime(pairing.sequence.results(folder), &pairing.seen);
            (pairing.truth_in_image(), results)
        })
        .collect();
    let sequence = |(pairing, (truth, results)): (&Pairing<'_>, _)| {
        let frames = u32::try_from(pairing.seen.len()).unwrap_or(u32::MAX);
        let (truth, results): (&Vec<_>, &Vec<_>) = (truth, results);
        ObjectSequence { truth, results, frames }
    };
    let rows = rows.iter().map(|(truth, results)| (truth, results));
    let sequences: Vec<ObjectSequence<'_>> = pairings.iter().zip(rows).map(sequence).collect();
    object_ap(&sequences, &ObjectRules::of(classes))
}

/// Recall by distance of everything that has places in space.
pub(super) fn recall_by_distance(
    pairings: &[Pairing<'_>],
    classes: &[ObjectClass],
) -> RecallByDistance {
    let rules = DistanceRules::default();
    let mut of = BTreeMap::new();
    for folder in IN_SPACE.into_iter().filter(|folder| has_rows(pairings, folder)) {
        let results =
            |pairing: &Pairing<'_>| retime(pairing.sequence.results(folder), &pairing.seen);
        let results: Vec<Vec<BenchmarkRow>> = pairings.iter().map(results).collect();
        let pairs: Vec<(&[BenchmarkRow], &[BenchmarkRow])> = pairings
            .iter()
            .zip(&results)
            .map(|(pairing, results)| (pairing.truth.as_slice(), results.as_slice()))
            .collect();
        let bins = |class: &ObjectClass| (class.name(), by_distance(&pairs, *class, &rules));
        of.insert(folder, classes.iter().map(bins).collect());
    }
    RecallByDistance { rules, of }
}

fn has_rows(pairings: &[Pairing<'_>], folder: &str) -> bool {
    pairings.iter().any(|pairing| !pairing.sequence.results(folder).is_empty())
}
