//! How long the run took, beside what went wrong.

use super::super::folder::{RunFolder, RunSequence};
use super::super::latency::to_answer;
use super::super::report::{EvalReport, WorstFrame};
use super::lists::LISTED;
use super::table;
use crate::page::{Axis, Chart, Html, Mark, Series};
use delos_runtime::LatencySummary;
use std::collections::BTreeMap;

/// One kind of mistake in a frame.
type Count = fn(&WorstFrame) -> u32;

/// Most points of the line: more than a screen is wide is of no use.
const POINTS: usize = 800;

pub(super) fn section(html: &mut Html, run: &RunFolder, report: &EvalReport) {
    html.item("h2", "Latency");
    html.item(
        "p",
        "Milliseconds. Work is what a frame costs until its tracks are there (without a tracker: \
         its objects, else what a detector finds): the time in which at least one component \
         worked on it. End to end contains waiting for workers where frames \
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
    over_frames(html, run, report);
}

fn row(name: &str, summary: &LatencySummary) -> Vec<String> {
    let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2}"));
    let figures = [summary.p50, summary.p90, summary.p99, summary.max].map(cell);
    [name.to_owned(), summary.count.to_string()].into_iter().chain(figures).collect()
}

/// Work and mistakes over the frames of the run, one below the other.
fn over_frames(html: &mut Html, run: &RunFolder, report: &EvalReport) {
    let works = works(run);
    if works.is_empty() {
        return;
    }
    let ends = [works.first(), works.last()].map(|point| point.map_or(0.0, |(x, _)| *x) as u32);
    let chart = |title: &str, label: &str, most: f64| {
        let x = Axis::between(
            "frame (position in the run, as in the recording)",
            ends[0],
            ends[1],
            10.0,
        );
        Chart { size: (1100.0, 220.0), ..Chart::new(title, x, Axis::up_to(label, most)) }
    };
    let most = |points: &[(f64, f64)]| points.iter().map(|(_, y)| *y).fold(0.0, f64::max);
    let mut work = chart("Work on each frame; the worst frames are marked", "ms", most(&works));
    work.marks = report.incidents.worst_frames.iter().take(LISTED).filter_map(mark).collect();
    work.series.push(Series::new("work", thinned(&works)));
    work.draw(html);
    if report.tracking.is_none() {
        return;
    }
    let kinds: [(&str, Count); 3] = [
        ("missed objects", |frame| frame.missed),
        ("false tracks", |frame| frame.wrong),
        ("identity switches", |frame| frame.switches),
    ];
    let lines = kinds.map(|(name, count)| (name, mistakes(run, report, count)));
    let highest = lines.iter().map(|(_, points)| most(points)).fold(1.0, f64::max);
    let mut below = chart("Mistakes in the tracks of each labelled frame", "count", highest);
    below.series = lines.map(|(name, points)| Series::new(name, thinned(&points))).to_vec();
    below.draw(html);
}

/// Position in the run and count of each labelled frame.
fn mistakes(run: &RunFolder, report: &EvalReport, count: Count) -> Vec<(f64, f64)> {
    let of_frame: BTreeMap<u64, f64> = report
        .incidents
        .worst_frames
        .iter()
        .filter_map(|frame| Some((frame.at.position?, f64::from(count(frame)))))
        .collect();
    let labelled = run.sequences.iter().flat_map(RunSequence::labelled);
    let ticks = labelled.filter_map(|frame| Some(frame.times.as_ref()?.tick));
    ticks.map(|tick| (tick as f64, of_frame.get(&tick).copied().unwrap_or(0.0))).collect()
}

/// Position in the run and milliseconds of each frame.
fn works(run: &RunFolder) -> Vec<(f64, f64)> {
    let Some(path) = to_answer(&run.facts.launch) else { return Vec::new() };
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

/// The highest of each few neighbours.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let highest = |few: &[(f64, f64)]| few.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
    points.chunks(points.len().div_ceil(POINTS).max(1)).filter_map(highest).collect()
}

fn mark(frame: &WorstFrame) -> Option<Mark> {
    let (position, ms) = (frame.at.position?, frame.work_ms?);
    let text = format!(
        "sequence {} frame {}: {ms:.1} ms, {} missed, {} false, {} switched",
        frame.at.sequence, frame.at.frame, frame.missed, frame.wrong, frame.switches
    );
    Some(Mark { at: (position as f64, ms), text })
}
