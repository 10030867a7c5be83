//! The page of an evaluation.

mod detection;
mod latency;
mod lists;
mod streaming;
mod tracking;

use super::folder::{DETECTIONS_2D, DETECTIONS_3D, DETECTIONS_LIDAR, RunFolder, TRACKS};
use super::report::{EvalReport, Head, Timing};
use crate::page::{Html, document};
use delos_eval::tracking::{COMBINED, Hota};

/// One file with everything in it.
pub(super) fn page(run: &RunFolder, report: &EvalReport) -> String {
    document(&format!("Evaluation of {}", report.run.name), |html| {
        head(html, report);
        tracking::section(html, report);
        detection::section(html, report);
        streaming::section(html, report);
        latency::section(html, run, report);
        lists::section(html, run, report);
        foot(html);
    })
}

fn head(html: &mut Html, report: &EvalReport) {
    let Head { name, folder, status, layout, data, pace, sequences, .. } = &report.run;
    html.item("h1", &format!("Evaluation of {name}"));
    let count =
        |of: fn(&super::report::SequenceHead) -> usize| sequences.iter().map(of).sum::<usize>();
    let (given, labelled) = (count(|s| s.frames), count(|s| s.labelled));
    let text = format!(
        "{folder}, {status}, {pace}. Data: {data} ({layout}). {}: {given} frames, {labelled} of \
         them labelled and judged.",
        if sequences.len() == 1 {
            "1 sequence".to_owned()
        } else {
            format!("{} sequences", sequences.len())
        },
    );
    html.with("p", &[("class", "quiet")], |html| html.text(&text));
    for note in &report.notes {
        html.with("p", &[("class", "note")], |html| html.text(note));
    }
    html.with("div", &[("class", "cards")], |html| {
        for (value, label) in cards(report) {
            html.with("div", &[("class", "card")], |html| {
                html.item("b", &value);
                html.item("span", &label);
            });
        }
    });
}

/// The figures that one looks for first.
fn cards(report: &EvalReport) -> Vec<(String, String)> {
    let mut cards = Vec::new();
    let combined = report.tracking.as_ref().and_then(|report| report.sequences.get(COMBINED));
    let of = |class| Some((class, combined?.get(class)?));
    let classes = || report.run.classes.iter().filter_map(of);
    for (class, scores) in classes() {
        cards.push((percent(Hota::mean(&scores.hota.hota)), format!("HOTA {class}")));
    }
    for (class, scores) in classes().take(1) {
        cards.push((percent(scores.clear.mota), format!("MOTA {class}")));
        cards.push((scores.clear.id_switches.to_string(), format!("identity switches {class}")));
    }
    let streaming = report.streaming.as_ref().and_then(|streaming| {
        let is_own = |timing| matches!(timing, Timing::Measured | Timing::SingleWorker);
        streaming.rows.iter().find(|row| is_own(row.timing))
    });
    for (class, scores) in streaming.into_iter().flat_map(|row| &row.tracking).take(1) {
        cards.push((percent(Hota::mean(&scores.hota.hota)), format!("streaming HOTA {class}")));
    }
    if let Some(ms) = report.latency.work.p50.or(report.latency.work.max) {
        let label = if report.latency.work.p50.is_some() { "median" } else { "longest" };
        cards.push((milliseconds(ms), format!("work on a frame, {label}")));
    }
    cards
}

/// With as many decimals as say something.
fn milliseconds(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}

fn foot(html: &mut Html) {
    let text = concat!(
        "Written by delos ",
        env!("CARGO_PKG_VERSION"),
        " (",
        env!("DELOS_GIT_REVISION"),
        "). HOTA, CLEAR, Identity as TrackEval's KITTI box evaluation; average precision as the \
         KITTI object benchmark's. All figures: eval.json."
    );
    html.with("p", &[("class", "quiet")], |html| html.text(text));
}

/// What the folders of results hold, for people.
fn folder_name(folder: &str) -> &str {
    match folder {
        TRACKS => "tracks",
        DETECTIONS_2D => "camera",
        DETECTIONS_LIDAR => "LiDAR",
        DETECTIONS_3D => "objects",
        other => other,
    }
}

/// A share as percent with one decimal.
fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// A table with a head, the first column to the left.
fn table(html: &mut Html, class: &str, heads: &[&str], rows: &[Vec<String>]) {
    html.with("div", &[("class", "scroll")], |html| {
        html.with("table", &[("class", class)], |html| {
            html.with("thead", &[], |html| {
                html.with("tr", &[], |html| {
                    for head in heads {
                        html.item("th", head);
                    }
                });
            });
            html.with("tbody", &[], |html| {
                for row in rows {
                    html.with("tr", &[], |html| {
                        for cell in row {
                            html.item("td", cell);
                        }
                    });
                }
            });
        });
    });
}
