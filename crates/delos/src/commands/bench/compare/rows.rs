//! What is compared: a row for each figure, and whether it fails the comparison.

use crate::commands::bench::file::{BenchFile, Run};
use crate::commands::bench::scenario::Scenario;
use delos_runtime::analysis::{Estimate, Quantiles};

/// How far runs of one program lie apart where nobody has measured it.
const UNKNOWN_SPREAD: f64 = 0.10;

/// Segments shorter than this are the clock's noise, milliseconds.
const SHORTEST_MS: f64 = 0.01;

/// 97.5 % of a normal distribution lie below so many deviations.
const Z: f64 = 1.959_964;

/// One figure before and after.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    before: String,
    after: String,
    change: String,
    word: &'static str,
    /// Whether it is a regression.
    pub(super) fails: bool,
}

impl Row {
    pub(super) fn cells(&self) -> Vec<String> {
        let Self { name, before, after, change, word, .. } = self;
        vec![name.clone(), before.clone(), after.clone(), change.clone(), (*word).to_owned()]
    }
}

/// A value with the interval in which it lies.
#[derive(Clone, Copy, Debug)]
struct Value {
    is: f64,
    low: f64,
    high: f64,
}

/// Every row: the whole first. Only figures of the whole can fail, for a segment beside the path harms nobody.
pub(super) fn rows(before: &BenchFile, after: &BenchFile, limit: f64) -> Vec<Row> {
    let mut all = Vec::new();
    for (index, name) in Quantiles::NAMES.iter().enumerate() {
        let pick = |run: &Run| run.analysis.end_to_end.quantiles.all()[index];
        let values = of_times(before, pick).zip(of_times(after, pick));
        all.extend(values.map(|(a, b)| time(format!("end to end {name}"), a, b, limit, true)));
    }
    if before.load.scenario == Scenario::Offline {
        all.push(rate(of_rates(before), of_rates(after), limit));
    }
    all.push(share("left out, %".to_owned(), left_out(before), left_out(after), limit));
    for name in deadlines(before) {
        let late = |file: &BenchFile| late(file, &name);
        all.push(share(format!("late for {name}, %"), late(before), late(after), limit));
    }
    all.extend(segments(before, after, limit));
    all
}

/// The median of every segment that both have.
fn segments(before: &BenchFile, after: &BenchFile, limit: f64) -> Vec<Row> {
    let segments = before.repetitions.first().map(|run| run.analysis.segments.as_slice());
    let row = |segment: &delos_runtime::analysis::SegmentFigures| {
        let (component, share) = (segment.component.as_str(), segment.share.as_str());
        // Waiting has no cause of its own.
        let waits = ["queued", "behind the frame before"].contains(&share);
        if waits || segment.time.mean_ms < SHORTEST_MS {
            return None;
        }
        let pick = |run: &Run| run.segment(component, share)?.quantiles.p50;
        let (a, b) = of_times(before, pick).zip(of_times(after, pick))?;
        Some(time(format!("{component} {share} p50"), a, b, limit, false))
    };
    segments.unwrap_or_default().iter().filter_map(row).collect()
}

/// A time over all repetitions.
fn of_times(file: &BenchFile, pick: impl Fn(&Run) -> Option<Estimate>) -> Option<Value> {
    let Estimate { ms, low_ms, high_ms } = file.over_all(pick)?;
    Some(spread(file, Value { is: ms, low: low_ms, high: high_ms }))
}

/// Frames per second over all repetitions.
fn of_rates(file: &BenchFile) -> Value {
    let mut all: Vec<f64> = file.repetitions.iter().map(|run| run.throughput_hz).collect();
    all.sort_by(f64::total_cmp);
    let at = |index: usize| all.get(index).copied().unwrap_or(0.0);
    spread(file, Value { is: at(all.len() / 2), low: at(0), high: at(all.len().saturating_sub(1)) })
}

/// Takes in how far runs lie apart, where the file cannot tell.
fn spread(file: &BenchFile, value: Value) -> Value {
    if file.repetitions.len() > 1 {
        return value;
    }
    Value {
        low: value.low * (1.0 - UNKNOWN_SPREAD),
        high: value.high * (1.0 + UNKNOWN_SPREAD),
        ..value
    }
}

/// (Frames left out, all frames).
fn left_out(file: &BenchFile) -> (usize, usize) {
    let runs = file.repetitions.iter().map(|run| &run.analysis);
    runs.fold((0, 0), |(out, all), run| (out + run.left_out, all + run.frames + run.left_out))
}

fn deadlines(file: &BenchFile) -> Vec<String> {
    let run = file.repetitions.first();
    run.map_or_else(Vec::new, |run| {
        run.analysis.deadlines.iter().map(|deadline| deadline.component.clone()).collect()
    })
}

/// (Frames that missed a deadline or were left out for it, all frames).
fn late(file: &BenchFile, component: &str) -> (usize, usize) {
    let all = file.repetitions.iter().flat_map(|run| &run.analysis.deadlines);
    all.filter(|deadline| deadline.component == component).fold((0, 0), |(late, all), deadline| {
        (late + deadline.missed + deadline.left_out, all + deadline.frames + deadline.left_out)
    })
}

/// A time; `judges` where it can fail the comparison.
fn time(name: String, before: Value, after: Value, limit: f64, judges: bool) -> Row {
    let ratio = after.is / before.is.max(1e-9);
    let apart = after.low > before.high || after.high < before.low;
    let word = match apart {
        false => "noise",
        true if ratio > 1.0 + limit => "slower",
        true if ratio < 1.0 - limit => "faster",
        true => "within the limit",
    };
    row(
        name,
        before,
        after,
        format!("{:+.1} %", (ratio - 1.0) * 100.0),
        word,
        judges && word == "slower",
    )
}

/// Frames per second: the more, the better.
fn rate(before: Value, after: Value, limit: f64) -> Row {
    let ratio = after.is / before.is.max(1e-9);
    let apart = after.low > before.high || after.high < before.low;
    let word = match apart {
        false => "noise",
        true if ratio < 1.0 / (1.0 + limit) => "fewer",
        true if ratio > 1.0 + limit => "more",
        true => "within the limit",
    };
    let change = format!("{:+.1} %", (ratio - 1.0) * 100.0);
    row("frames/s".to_owned(), before, after, change, word, word == "fewer")
}

/// A share of frames: worse by more than so many points is a regression.
fn share(name: String, before: (usize, usize), after: (usize, usize), limit: f64) -> Row {
    let (before, after) = (wilson(before), wilson(after));
    let points = after.is - before.is;
    let apart = after.low > before.high || after.high < before.low;
    let word = match apart {
        false => "noise",
        true if points > limit * 100.0 => "more",
        true if points < -limit * 100.0 => "fewer",
        true => "within the limit",
    };
    row(name, before, after, format!("{points:+.1}"), word, word == "more")
}

fn row(
    name: String,
    before: Value,
    after: Value,
    change: String,
    word: &'static str,
    fails: bool,
) -> Row {
    let cell = |Value { is, low, high }: Value| format!("{is:.3} ({low:.3} to {high:.3})");
    Row { name, before: cell(before), after: cell(after), change, word, fails }
}

/// `x` of `n` in percent, with the interval of Wilson (J. Am. Stat. Assoc. 22, 1927).
fn wilson((x, n): (usize, usize)) -> Value {
    if n == 0 {
        return Value { is: 0.0, low: 0.0, high: 100.0 };
    }
    let (share, n) = (x as f64 / n as f64, n as f64);
    let middle = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    let end = |value: f64| (value / whole).clamp(0.0, 1.0) * 100.0;
    Value { is: share * 100.0, low: end(middle - reach), high: end(middle + reach) }
}

#[cfg(test)]
mod tests;
