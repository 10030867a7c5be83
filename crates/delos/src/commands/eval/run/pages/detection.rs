//! Detections: average precision, precision over recall, recall by distance.

use super::super::folder::DETECTIONS_2D;
use super::super::report::EvalReport;
use super::super::table::three;
use super::{folder_name, table};
use crate::page::{Axis, Chart, Html, Series};
use delos_eval::DistanceBin;
use delos_eval::detection::{ClassScores, ObjectReport};

pub(super) fn section(html: &mut Html, report: &EvalReport) {
    if !report.detection.is_empty() {
        html.item("h2", "Detections");
        html.item(
            "p",
            "KITTI's average precision over 40 recalls, percent, at easy / moderate / hard (- where \
             no object counts); the overlap asked for is 0.7 for cars, 0.5 for the others. With n \
             objects that count, n below 41, even perfect results reach only (n - 1) / 40. Objects \
             are what the chain tracks, LiDAR is what LiDAR finds alone.",
        );
        precision_table(html, report);
        html.with("div", &[("class", "charts")], |html| {
            for (folder, report) in &report.detection {
                curves(folder, report).draw(html);
            }
        });
    }
    distances(html, report);
}

fn precision_table(html: &mut Html, report: &EvalReport) {
    let mut rows = Vec::new();
    for (folder, report) in &report.detection {
        for (class, scores) in &report.classes {
            let ClassScores { image, ground, volume, .. } = scores;
            let counted = image.as_ref().map_or(0, |levels| levels.moderate.counted);
            let mut row = vec![format!("{}: {class}", folder_name(folder))];
            row.extend([image, ground, volume].map(|levels| three(levels.as_ref())));
            row.push(counted.to_string());
            rows.push(row);
        }
    }
    let heads = ["", "image", "from above", "in space", "objects (moderate)"];
    table(html, "", &heads, &rows);
}

/// Precision over recall at moderate difficulty: in the image for a camera, from above for
/// what has places in space.
fn curves(folder: &str, report: &ObjectReport) -> Chart {
    let is_camera = folder == DETECTIONS_2D;
    let kind = if is_camera { "image" } else { "from above" };
    let title = format!("{}, {kind}, moderate", folder_name(folder));
    let mut chart = Chart::new(title, Axis::share("recall"), Axis::share("precision"));
    for (class, scores) in &report.classes {
        let levels = if is_camera { &scores.image } else { &scores.ground };
        let level = levels.as_ref().map(|levels| &levels.moderate);
        let Some(level) = level.filter(|level| level.counted > 0) else { continue };
        // Before the first right one precision says nothing.
        let curve = level.curve.iter().skip_while(|point| point.recall <= 0.0);
        let points = curve.map(|point| (point.recall, point.precision)).collect();
        chart.series.push(Series::new(format!("{class} {:.1}", level.ap_r40), points));
    }
    chart
}

fn distances(html: &mut Html, report: &EvalReport) {
    let recall = &report.recall_by_distance;
    if recall.of.is_empty() || report.run.classes.is_empty() {
        return;
    }
    html.item("h2", "Recall by distance");
    let text = format!(
        "Share of the labelled objects with a result of their class within {} m of their centre, \
         seen from above. Objects count up to occlusion level {} (0 visible, 1 partly, 2 mostly \
         hidden, 3 unknown).",
        recall.rules.radius_m, recall.rules.max_occlusion
    );
    html.item("p", &text);
    html.with("div", &[("class", "charts")], |html| {
        for class in &report.run.classes {
            let chart = distance_chart(report, class);
            if chart.series.iter().any(|series| !series.points.is_empty()) {
                chart.draw(html);
            }
        }
    });
}

fn distance_chart(report: &EvalReport, class: &str) -> Chart {
    let recall = &report.recall_by_distance;
    let farthest = recall.rules.edges_m.last().copied().unwrap_or(1.0);
    let x = Axis::up_to("distance from the camera, m", farthest);
    let mut chart = Chart::new(format!("recall: {class}"), x, Axis::share("recall"));
    for (folder, classes) in &recall.of {
        let bins = classes.get(class).map_or(&[][..], Vec::as_slice);
        let series = Series { is_stepped: true, ..Series::new(folder_name(folder), steps(bins)) };
        chart.series.push(series);
    }
    chart
}

/// A step for each bin with objects; the last one goes on to its end.
fn steps(bins: &[DistanceBin]) -> Vec<(f64, f64)> {
    let known: Vec<_> = bins.iter().filter_map(|bin| Some((bin, bin.recall()?))).collect();
    let last = known.last().map(|(bin, recall)| (bin.to_m, *recall));
    known.iter().map(|(bin, recall)| (bin.from_m, *recall)).chain(last).collect()
}
