//! What answers are worth by the time they are there.

use super::super::report::{EvalReport, Streaming, StreamingRow};
use super::{percent, table};
use crate::page::{Axis, Chart, Html, Series};
use delos_eval::tracking::Hota;

pub(super) fn section(html: &mut Html, report: &EvalReport) {
    let Some(streaming) = &report.streaming else { return };
    html.item("h2", "Streaming accuracy");
    html.item(
        "p",
        "At each labelled instant the newest answer is judged that has been published by then. \
         An answer that takes any time at all is therefore judged by labels one frame later. Age \
         is that of the tracks, without a tracker that of the camera's detections; camera AP is \
         at moderate difficulty.",
    );
    html.item("p", streaming.source);
    let classes = &report.run.classes;
    let has_tracks = streaming.has_tracks();
    let mut heads = vec![String::new(), "age, ms".to_owned(), "no answer yet".to_owned()];
    for class in classes {
        if has_tracks {
            heads.push(format!("{class} HOTA"));
        }
        if has_camera(streaming, class) {
            heads.push(format!("{class} camera AP"));
        }
    }
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows: Vec<_> = streaming.rows.iter().map(|of| row(classes, streaming, of)).collect();
    table(html, "", &heads, &rows);
    if has_tracks {
        html.with("div", &[("class", "charts")], |html| {
            chart(classes, streaming, "HOTA").draw(html);
        });
    }
}

/// Whether the camera has a score for the class.
fn has_camera(streaming: &Streaming, class: &str) -> bool {
    streaming.rows.iter().any(|row| row.camera_ap_r40.contains_key(class))
}

fn row(classes: &[&str], streaming: &Streaming, row: &StreamingRow) -> Vec<String> {
    let dash = || "-".to_owned();
    let age = row.age_ms.map_or_else(dash, |ms| format!("{ms:.0}"));
    let mut cells = vec![row.title(), age, row.without_answer.to_string()];
    for class in classes {
        if streaming.has_tracks() {
            let scores = row.tracking.get(class);
            cells.push(scores.map_or_else(dash, |s| percent(Hota::mean(&s.hota.hota))));
        }
        if has_camera(streaming, class) {
            let ap = row.camera_ap_r40.get(class);
            cells.push(ap.map_or_else(dash, |ap| format!("{ap:.1}")));
        }
    }
    cells
}

/// HOTA over the mean age of what is held.
fn chart(classes: &[&str], streaming: &Streaming, metric: &str) -> Chart {
    let oldest = streaming.rows.iter().filter_map(|row| row.age_ms).fold(0.0, f64::max);
    let x = Axis::up_to("mean age of the answer, ms", oldest);
    let mut chart = Chart::new(format!("{metric} by the age of answers"), x, Axis::share(metric));
    for class in classes {
        let point = |row: &StreamingRow| {
            Some((row.age_ms?, Hota::mean(&row.tracking.get(class)?.hota.hota)))
        };
        let mut points: Vec<_> = streaming.rows.iter().filter_map(point).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        chart.series.push(Series::new(*class, points));
    }
    chart
}
