//! How long the run took, beside what went wrong.

use super::super::folder::RunFolder;
use super::super::publication::Path;
use super::super::report::{EvalReport, WorstFrame};
use super::table;
use crate::page::{Axis, Chart, Html, Mark, Series};
use delos_runtime::LatencySummary;

/// Most points of the line: more than a screen is wide is of no use.
const POINTS: usize = 800;
/// Most marks.
const MARKS: usize = 300;

pub(super) fn section(html: &mut Html, run: &RunFolder, report: &EvalReport) {
    html.item("h2", "Latency");
    html.item(
        "p",
        "Milliseconds. Work is what a frame costs until its tracks are there: the time in which at \
         least one component worked on it. End to end contains waiting for workers where frames \
         overlap.",
    );
    let latency = &report.latency;
    let mut rows: Vec<_> = latency.components.iter().map(|(id, of)| row(id, of)).collect();
    rows.push(row("work on a frame", &latency.work));
    rows.push(row("end to end", &latency.end_to_end));
    table(html, "", &["", "frames", "p50", "p90", "p99", "max"], &rows);
    if rows.iter().flatten().any(|cell| cell == "-") {
        let text = "-: too few frames for this percentile (10 must lie beyond it)";
        html.with("p", &[("class", "quiet")], |html| html.text(text));
    }
    over_frames(run, report).draw(html);
}

fn row(name: &str, summary: &LatencySummary) -> Vec<String> {
    let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2}"));
    let figures = [summary.p50, summary.p90, summary.p99, summary.max].map(cell);
    [name.to_owned(), summary.count.to_string()].into_iter().chain(figures).collect()
}

/// Work over the frames of the run; frames in which something went wrong are marked.
fn over_frames(run: &RunFolder, report: &EvalReport) -> Chart {
    let points = works(run);
    let most = points.iter().map(|(_, ms)| *ms).fold(0.0, f64::max);
    let first = points.first().map_or(0.0, |(x, _)| *x) as u32;
    let last = points.last().map_or(1.0, |(x, _)| *x) as u32;
    let x = Axis::between("frame (position in the run, as in the recording)", first, last, 10.0);
    let mut chart = Chart::new(
        "Work on each frame; marked where objects are missed, tracks wrong or identities switched",
        x,
        Axis::up_to("ms", most),
    );
    chart.size = (720.0, 250.0);
    let worst = report.incidents.worst_frames.iter().take(MARKS);
    chart.marks = worst.filter_map(mark).collect();
    chart.series.push(Series::new("work", thinned(&points)));
    chart
}

/// Position in the run and milliseconds of each frame.
fn works(run: &RunFolder) -> Vec<(f64, f64)> {
    let Some(path) = Path::to(&run.facts.launch, "tracks") else { return Vec::new() };
    let mut points = Vec::new();
    for sequence in &run.sequences {
        for work in path.work(sequence) {
            let times = sequence.frame(work.frame).and_then(|frame| frame.times.as_ref());
            points.extend(times.map(|times| (times.tick as f64, work.takes.as_millis_f64())));
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

/// The slowest of each few neighbours.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let slowest = |few: &[(f64, f64)]| few.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
    points.chunks(points.len().div_ceil(POINTS).max(1)).filter_map(slowest).collect()
}

fn mark(frame: &WorstFrame) -> Option<Mark> {
    let (position, ms) = (frame.at.position?, frame.work_ms?);
    let text = format!(
        "sequence {} frame {}: {ms:.1} ms, {} missed, {} false, {} switched",
        frame.at.sequence, frame.at.frame, frame.missed, frame.wrong, frame.switches
    );
    Some(Mark { at: (position as f64, ms), text })
}
