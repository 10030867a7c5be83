//! The evaluation in the terminal.

use super::report::EvalReport;
use crate::table;
use delos_eval::detection::{LevelScores, Levels};
use delos_eval::tracking::{COMBINED, Hota};
use delos_runtime::LatencySummary;
use std::fmt::Write;

/// What is printed of `eval.json`.
pub(super) fn summary(report: &EvalReport) -> String {
    let labelled: usize = report.run.sequences.iter().map(|sequence| sequence.labelled).sum();
    let names: Vec<&str> = report.run.sequences.iter().map(|s| s.name.as_str()).collect();
    let mut text = format!(
        "{} against its ground truth: {labelled} labelled frames of {}\n",
        report.run.name,
        names.join(", "),
    );
    for note in &report.notes {
        let _ = writeln!(text, "note: {note}");
    }
    for block in [tracks(report), detections(report), distances(report), streaming(report)] {
        if block.len() > 1 {
            let _ = writeln!(text, "\n{}", table::numbers(&block));
        }
    }
    let _ = write!(text, "\n{}", table::numbers(&latency(report)));
    text
}

type Rows = Vec<Vec<String>>;

fn heads(names: &[&str]) -> Rows {
    vec![names.iter().map(|name| (*name).to_owned()).collect()]
}

fn percent(share: f64) -> String {
    format!("{:.2}", share * 100.0)
}

fn tracks(report: &EvalReport) -> Rows {
    let mut rows = heads(&[
        "tracks", "HOTA", "DetA", "AssA", "MOTA", "MOTP", "IDF1", "IDSW", "missed", "false",
        "objects",
    ]);
    let combined = report.tracking.as_ref().and_then(|report| report.sequences.get(COMBINED));
    let of = |class| Some((class, combined?.get(class)?));
    for (class, scores) in report.run.classes.iter().filter_map(of) {
        let (hota, clear) = (&scores.hota, &scores.clear);
        let mut row = vec![(*class).to_owned()];
        row.extend([&hota.hota, &hota.det_a, &hota.ass_a].map(|curve| percent(Hota::mean(curve))));
        row.extend([clear.mota, clear.motp, scores.identity.f1].map(percent));
        let counts = [clear.id_switches, clear.false_negatives, clear.false_positives];
        row.extend(counts.map(|count| count.to_string()));
        row.push(scores.count.objects.to_string());
        rows.push(row);
    }
    rows
}

fn detections(report: &EvalReport) -> Rows {
    let mut rows = heads(&["AP R40, easy / moderate / hard", "image", "from above", "in space"]);
    for (folder, report) in &report.detection {
        for (class, scores) in &report.classes {
            let kinds = [&scores.image, &scores.ground, &scores.volume];
            let mut row = vec![format!("{folder} {class}")];
            row.extend(kinds.map(|levels| three(levels.as_ref())));
            rows.push(row);
        }
    }
    rows
}

/// Average precision at the three difficulties; nothing where no object counts.
pub(super) fn three(levels: Option<&Levels>) -> String {
    let Some(Levels { easy, moderate, hard }) = levels else { return "-".to_owned() };
    let one = |scores: &LevelScores| match scores.counted {
        0 => "-".to_owned(),
        _ => format!("{:.1}", scores.ap_r40),
    };
    format!("{} / {} / {}", one(easy), one(moderate), one(hard))
}

fn distances(report: &EvalReport) -> Rows {
    let recall = &report.recall_by_distance;
    let head = format!("recall within {} m, percent", recall.rules.radius_m);
    let edges = recall.rules.edges_m.windows(2);
    let mut rows: Rows = vec![vec![head]];
    rows[0].extend(edges.map(|edge| format!("{}-{} m", edge[0], edge[1])));
    for (folder, classes) in &recall.of {
        for (class, bins) in classes {
            let cell = |share: Option<f64>| {
                share.map_or_else(|| "-".to_owned(), |s| format!("{:.0}", s * 100.0))
            };
            let cells = bins.iter().map(|bin| cell(bin.recall()));
            rows.push([format!("{folder} {class}")].into_iter().chain(cells).collect());
        }
    }
    rows
}

fn streaming(report: &EvalReport) -> Rows {
    let mut rows = heads(&["streaming", "age ms"]);
    let Some(streaming) = &report.streaming else { return rows };
    let (has_tracks, has_camera) = (streaming.has_tracks(), streaming.has_camera());
    let classes = &report.run.classes;
    for class in classes {
        rows[0].extend(has_tracks.then(|| format!("HOTA {class}")));
        rows[0].extend(has_camera.then(|| format!("camera AP {class}")));
    }
    let dash = || "-".to_owned();
    for row in &streaming.rows {
        let mut cells = vec![row.title(), row.age_ms.map_or_else(dash, |ms| format!("{ms:.0}"))];
        for class in classes {
            let scores = row.tracking.get(class);
            let hota = || scores.map_or_else(dash, |s| percent(Hota::mean(&s.hota.hota)));
            let ap = row.camera_ap_r40.get(class);
            let ap = || ap.map_or_else(dash, |ap| format!("{ap:.2}"));
            cells.extend(has_tracks.then(hota));
            cells.extend(has_camera.then(ap));
        }
        rows.push(cells);
    }
    rows
}

fn latency(report: &EvalReport) -> Rows {
    let mut rows = heads(&["latency, ms", "frames", "p50", "p99", "max"]);
    let parts = report.latency.components.iter().map(|(id, summary)| (id.as_str(), summary));
    let whole =
        [("work on a frame", &report.latency.work), ("end to end", &report.latency.end_to_end)];
    rows.extend(parts.chain(whole).map(|(name, summary)| latency_row(name, summary)));
    rows
}

fn latency_row(name: &str, summary: &LatencySummary) -> Vec<String> {
    let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2}"));
    let mut row = vec![name.to_owned(), summary.count.to_string()];
    row.extend([summary.p50, summary.p99, summary.max].map(cell));
    row
}
