//! A measurement in words, for the terminal.

use super::file::{BenchFile, Run};
use super::floors;
use super::scenario::{Load, Scenario};
use crate::gpus::Libraries;
use crate::placement::obtained;
use crate::table;
use delos_runtime::analysis::{Analysis, DeadlineFigures, Estimate, Figures, Quantiles};
use std::fmt::Write;

/// Everything that a person wants to see at once.
pub(super) fn summary(file: &BenchFile) -> String {
    let Some(run) = file.middle() else { return String::new() };
    let mut text = format!("{}: {}\n", file.name, load(&file.load, file.workers));
    text.push_str(&circumstances(file, run));
    text.push_str(&segments(&run.analysis));
    text.push_str(&end_to_end(file, run));
    for deadline in &run.analysis.deadlines {
        text.push_str(&deadlines(deadline));
    }
    if let Some(ceilings) = &file.ceilings {
        text.push_str(&floors::text(&file.floors, ceilings));
    }
    text
}

pub(super) fn load(load: &Load, workers: usize) -> String {
    let rate = match (load.scenario, load.rate_hz) {
        (Scenario::ConstantStream, Some(hz)) => format!(" at {hz} Hz"),
        (Scenario::ConstantStream, None) if (load.times_sensor - 1.0).abs() > f64::EPSILON => {
            format!(" at {} times the sensor's rate", load.times_sensor)
        }
        (Scenario::ConstantStream, None) => " at the sensor's rate".to_owned(),
        _ => String::new(),
    };
    let short = if load.short { "; a short measurement, not MLPerf's length" } else { "" };
    let workers = if workers == 1 { "1 worker".to_owned() } else { format!("{workers} workers") };
    format!("{}{rate}, {workers}{short}", load.scenario.name())
}

fn circumstances(file: &BenchFile, run: &Run) -> String {
    let mut text = String::new();
    for model in &file.models {
        let _ = writeln!(
            text,
            "{}: {} on {} (ONNX Runtime {}){}{}",
            model.node,
            model.card,
            model.provider,
            model.onnxruntime,
            obtained(&model.device_asked, &model.device_obtained, &model.sessions),
            if model.latency_only { "; LATENCY ONLY: random weights" } else { "" }
        );
    }
    let Analysis { frames, left_out, wall_s, .. } = &run.analysis;
    let _ = writeln!(
        text,
        "{frames} frames measured in {wall_s:.1} s ({:.1} frames/s), {left_out} left out; \
         {} frames of warming up before",
        run.throughput_hz, file.load.warmup,
    );
    text.push_str(&cold_start(file));
    let cpu = run.cpu_s.map_or_else(|| "-".to_owned(), |s| format!("{s:.1} s"));
    let peak = run.peak_bytes.map_or_else(|| "-".to_owned(), |b| format!("{} MB", b >> 20));
    let _ = writeln!(text, "processor time {cpu}, memory at most {peak}");
    let libraries = file.gpu_libraries.iter().map(Libraries::to_string);
    for line in libraries.chain(run.gpu.lines()) {
        let _ = writeln!(text, "{line}");
    }
    text.push('\n');
    text
}

/// Of the first repetition: those after it find libraries and files in memory.
fn cold_start(file: &BenchFile) -> String {
    let Some(run) = file.repetitions.first() else { return String::new() };
    let Analysis { start_ms, first_frame_ms, .. } = &run.analysis;
    let starts = start_ms.iter().filter(|(_, ms)| *ms >= 1.0);
    let starts: Vec<String> = starts.map(|(id, ms)| format!("{id} {ms:.0}")).collect();
    let first = first_frame_ms.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1}"));
    format!("cold start, ms: {}; first frame {first}\n", starts.join(", "))
}

/// Where the time goes: one row for each segment, and the sum.
fn segments(analysis: &Analysis) -> String {
    let mean = analysis.end_to_end.mean_ms;
    let share = |ms: f64| format!("{:.1} %", ms / mean.max(1e-12) * 100.0);
    let mut rows = vec![heads(&["ms", "on path", "share"])];
    for segment in &analysis.segments {
        if segment.time.max_ms < 5e-4 {
            continue;
        }
        let name = match segment.share.as_str() {
            "work" => segment.component.clone(),
            share => format!("{}: {share}", segment.component),
        };
        let on_path = segment.on_path_ms;
        rows.push(row(vec![name, format!("{on_path:.3}"), share(on_path)], &segment.time));
    }
    let (sum, whole) = (analysis.accounted_ms(), &analysis.end_to_end);
    rows.push(row(vec!["end to end".to_owned(), format!("{sum:.3}"), share(sum)], whole));
    table::numbers(&rows)
}

fn heads(first: &[&str]) -> Vec<String> {
    first.iter().chain(&Quantiles::NAMES).chain(&["max"]).map(|&head| head.to_owned()).collect()
}

fn row(mut cells: Vec<String>, figures: &Figures) -> Vec<String> {
    let cell = |e: Option<Estimate>| e.map_or_else(|| "-".to_owned(), |e| format!("{:.3}", e.ms));
    cells.extend(figures.quantiles.all().map(cell));
    cells.push(format!("{:.3}", figures.max_ms));
    cells
}

fn end_to_end(file: &BenchFile, run: &Run) -> String {
    let mut text = String::from(
        "\non path: mean share of the latency, adds up to its mean; the other columns count work \
         beside the path too\n",
    );
    let whole = &run.analysis.end_to_end;
    text.push_str(&simulator(file, run));
    if whole.quantiles.p999.is_none() {
        text.push_str("- : too few frames for this percentile (10 must lie beyond it)\n");
    }
    let estimates = whole.quantiles.all();
    let intervals = Quantiles::NAMES.iter().zip(estimates).filter_map(|(name, estimate)| {
        let Estimate { low_ms, high_ms, .. } = estimate?;
        Some(format!("{name} {low_ms:.3} to {high_ms:.3}"))
    });
    let intervals: Vec<String> = intervals.collect();
    if !intervals.is_empty() {
        let _ = writeln!(text, "95 % confidence: {}", intervals.join(", "));
    }
    if file.repetitions.len() > 1 {
        text.push_str(&spread(file));
    }
    let jitter = &run.analysis.jitter;
    let _ = writeln!(
        text,
        "a frame every {:.3} ms, deviation {:.3}, mean second difference {:.3}",
        jitter.period_ms, jitter.period_deviation_ms, jitter.second_difference_ms
    );
    text
}

/// What a source costs that makes its frames up: no vehicle has it.
fn simulator(file: &BenchFile, run: &Run) -> String {
    let kind = |id: &str| file.launch.get("node")?.get(id)?.get("kind")?.as_str();
    let segments = run.analysis.segments.iter();
    let own = segments.filter(|s| kind(&s.component) == Some("simulate") && s.share != "queued");
    let ms: f64 = own.map(|segment| segment.on_path_ms).sum();
    if ms <= 0.0 {
        return String::new();
    }
    let rest = run.analysis.end_to_end.mean_ms - ms;
    format!(
        "end to end contains the simulator, which makes each frame: {ms:.3} ms of the mean, without it {rest:.3}; \
         `delos data simulate` writes a drive that is only read\n"
    )
}

/// How far the repetitions lie apart.
fn spread(file: &BenchFile) -> String {
    let of = |pick: fn(&Quantiles) -> Option<Estimate>| {
        let values = file.repetitions.iter().map(|r| pick(&r.analysis.end_to_end.quantiles));
        let values: Vec<String> =
            values.map(|e| e.map_or_else(|| "-".to_owned(), |e| format!("{:.3}", e.ms))).collect();
        values.join(" ")
    };
    format!(
        "{} repetitions: p50 {}; p99 {}; the table is of the middle one; results {}\n",
        file.repetitions.len(),
        of(|q| q.p50),
        of(|q| q.p99),
        results(file),
    )
}

/// Whether the repetitions found the same.
fn results(file: &BenchFile) -> String {
    let Some(first) = file.repetitions.first() else { return String::new() };
    let equal = file.repetitions.iter().all(|run| run.results_digest == first.results_digest);
    let left_out = file.repetitions.iter().any(|run| run.analysis.left_out > 0);
    match (equal, left_out) {
        (true, _) => format!("of the first {} frames equal to the bit", first.results_frames),
        (false, true) => "not equal, since late frames were left out".to_owned(),
        (false, false) => "NOT equal: see the JSON".to_owned(),
    }
}

fn deadlines(figures: &DeadlineFigures) -> String {
    let DeadlineFigures { component, deadline_ms, frames, missed, left_out, blame } = figures;
    let mut text = format!(
        "deadline {component} {deadline_ms} ms: {missed} of {frames} frames late, {left_out} left \
         out"
    );
    let who: Vec<String> =
        blame.iter().map(|b| format!("{} ({}) {}", b.component, b.share, b.frames)).collect();
    if !who.is_empty() {
        let _ = write!(text, "; made late by {}", who.join(", "));
    }
    text.push('\n');
    text
}
