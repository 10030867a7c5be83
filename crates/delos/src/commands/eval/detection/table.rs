//! Scores of detections, for the terminal.

use crate::table::numbers;
use delos_core::ObjectClass;
use delos_eval::detection::{ClassScores, Levels, ObjectReport, RecallAt, RecallReport};
use std::collections::BTreeMap;

/// Average precision in percent, one row for each class and kind of box.
pub(super) fn of_benchmark(report: &ObjectReport) -> String {
    const HEADS: [&str; 8] =
        ["AP, %", "least overlap", "easy R40", "moderate", "hard", "easy R11", "moderate", "hard"];
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    for (class, scores) in &report.classes {
        let overlap = report.min_overlap.get(class).map_or_else(String::new, ToString::to_string);
        rows.extend(kinds(scores).map(|(kind, levels)| {
            let levels = [&levels.easy, &levels.moderate, &levels.hard];
            let over_40 = levels.map(|level| format!("{:.2}", level.ap_r40));
            let over_11 = levels.map(|level| format!("{:.2}", level.ap_r11));
            let first = [format!("{class} {kind}"), overlap.clone()];
            first.into_iter().chain(over_40).chain(over_11).collect()
        }));
    }
    numbers(&rows)
}

/// The kinds of boxes that the results have.
fn kinds(scores: &ClassScores) -> impl Iterator<Item = (&'static str, &Levels)> {
    let all = [
        ("2d", &scores.image),
        ("aos", &scores.orientation),
        ("bev", &scores.ground),
        ("3d", &scores.volume),
    ];
    all.into_iter().filter_map(|(kind, levels)| Some((kind, levels.as_ref()?)))
}

/// One row for each class, and for each band of distance in it.
pub(super) fn of_recall(reports: &BTreeMap<ObjectClass, RecallReport>) -> String {
    let stated = reports.values().next().into_iter().flat_map(|report| &report.rules.precisions);
    let heads = ["objects", "right", "wrong", "neither", "recall", "AP R40"].map(str::to_owned);
    let heads = std::iter::once(what(reports)).chain(heads);
    let mut rows: Vec<Vec<String>> =
        vec![heads.chain(stated.map(|p| format!("recall at precision {p}"))).collect()];
    for (class, report) in reports {
        let counts =
            [report.counted, report.right, report.wrong, report.neither].map(|n| n.to_string());
        rows.push(row(
            class.to_string(),
            counts,
            [report.recall, report.ap_r40],
            &report.recall_at,
        ));
        rows.extend(report.bands.iter().map(|band| {
            let counts = [band.counted, band.right, band.wrong].map(|n| n.to_string());
            let [counted, right, wrong] = counts;
            let name = format!("  {} to {} m", band.from_m, band.to_m);
            let counts = [counted, right, wrong, String::new()];
            row(name, counts, [band.recall, band.ap_r40], &band.recall_at)
        }));
    }
    numbers(&rows)
}

/// What was asked, for the head of the table.
fn what(reports: &BTreeMap<ObjectClass, RecallReport>) -> String {
    reports.values().next().map_or_else(String::new, |report| report.rules.match_rule.to_string())
}

fn row(
    name: String,
    counts: [String; 4],
    shares: [Option<f64>; 2],
    at: &[RecallAt],
) -> Vec<String> {
    let share = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |s| format!("{s:.3}"));
    let at = at.iter().map(|at| share(at.recall));
    std::iter::once(name).chain(counts).chain(shares.map(share)).chain(at).collect()
}
