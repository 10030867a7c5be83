//! Latency of a run: per component and end to end, with percentiles a sample can carry.

use crate::records::{FrameRecord, RunReport, SpanNs};
use serde::{Deserialize, Serialize, Serializer};

/// Fewest samples beyond a percentile for which it is printed: with fewer, the figure is
/// that of a handful of frames.
const FEWEST_BEYOND: f64 = 10.0;

/// The `p`-quantile (nearest rank) of ascending samples; `None` when fewer than ten
/// samples lie beyond it (`n (1 - p) < 10`).
pub fn percentile(ascending: &[i64], p: f64) -> Option<i64> {
    let n = ascending.len() as f64;
    if n * (1.0 - p) < FEWEST_BEYOND - 1e-9 {
        return None;
    }
    let rank = (p * n).ceil().max(1.0) as usize;
    ascending.get(rank - 1).copied()
}

/// Milliseconds of one component, or of the whole chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LatencySummary {
    /// Frames measured: for a component those in which it sent something.
    pub count: usize,
    /// Median; `null` where the sample cannot carry it.
    pub p50: Option<f64>,
    /// 90th percentile; `null` where the sample cannot carry it.
    pub p90: Option<f64>,
    /// 99th percentile; `null` where the sample cannot carry it.
    pub p99: Option<f64>,
    /// The slowest frame.
    pub max: Option<f64>,
}

impl LatencySummary {
    /// Summary of durations in nanoseconds, in any order.
    pub fn of(mut nanos: Vec<i64>) -> Self {
        nanos.sort_unstable();
        let ms = |value: i64| value as f64 * 1e-6;
        let at = |p| percentile(&nanos, p).map(ms);
        Self {
            count: nanos.len(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: nanos.last().copied().map(ms),
        }
    }
}

/// One frame's times, nanoseconds; stamps on the recording's clock, the rest on the run's.
#[derive(Clone, Debug, Serialize)]
pub struct FrameTimes {
    /// Name of the sequence.
    pub sequence: String,
    /// Frame number in the data set.
    pub frame: u32,
    /// Position of the frame in the run, dropped frames counted.
    pub tick: u64,
    /// Time of validity on the recording's clock.
    pub stamp: i64,
    /// When the frame had been read and was handed to the chain; in realtime the instant it
    /// was due.
    pub released: i64,
    /// When the last stage was done.
    pub published: i64,
    /// Begin and end of each component.
    #[serde(serialize_with = "ordered")]
    pub spans: Vec<(String, SpanNs)>,
    /// Components that left the frame out, because it was late or because something that they read had been left
    /// out: they published nothing, and their spans have no length.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out_by: Vec<String>,
}

/// Name and summary of each part of a component's work.
pub type PartSummaries = Vec<(String, LatencySummary)>;

/// Content of `latency.json`.
#[derive(Clone, Debug, Serialize)]
pub struct LatencyFile {
    /// Summary of each component, in topological order.
    #[serde(serialize_with = "ordered")]
    pub components: Vec<(String, LatencySummary)>,
    /// Summary of the parts of each component that names some, in their order.
    #[serde(serialize_with = "ordered_twice", skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<(String, PartSummaries)>,
    /// From release to publication, of frames that every component has processed.
    pub end_to_end: LatencySummary,
    /// Frames that at least one component left out.
    pub left_out: usize,
    /// Every frame.
    pub frames: Vec<FrameTimes>,
}

/// Writes pairs as an object and keeps their order.
fn ordered<T: Serialize, S: Serializer>(
    pairs: &[(String, T)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

/// The same, two deep.
fn ordered_twice<S: Serializer>(
    pairs: &[(String, PartSummaries)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Inner<'a>(#[serde(serialize_with = "ordered")] &'a [(String, LatencySummary)]);
    serializer.collect_map(pairs.iter().map(|(key, inner)| (key, Inner(inner))))
}

impl LatencyFile {
    /// Latency of a run.
    pub fn of(report: &RunReport) -> Self {
        let components = report.nodes.iter().enumerate().map(|(index, id)| {
            let sent = report.frames.iter().filter(|frame| frame.silent.get(index) != Some(&true));
            let worked =
                sent.filter(|frame| frame.work.get(index).is_none_or(|work| !work.skipped));
            let spans = worked.filter_map(|frame| frame.spans.get(index));
            (id.clone(), LatencySummary::of(spans.map(|span| span.end - span.start).collect()))
        });
        let whole = report.frames.iter().filter(|frame| frame.is_whole());
        let whole: Vec<i64> = whole.map(FrameRecord::latency_ns).collect();
        Self {
            components: components.collect(),
            parts: parts_of(report),
            left_out: report.frames.len() - whole.len(),
            end_to_end: LatencySummary::of(whole),
            frames: report.frames.iter().map(|frame| times_of(report, frame)).collect(),
        }
    }
}

/// Parts in the order in which the first frame with them names them. What a component does
/// several times in a frame under one name is added up.
fn parts_of(report: &RunReport) -> Vec<(String, PartSummaries)> {
    let of_node = |(index, id): (usize, &String)| {
        let mut nanos: Vec<(&str, Vec<i64>)> = Vec::new();
        for parts in report.frames.iter().filter_map(|frame| Some(&frame.work.get(index)?.parts)) {
            for (place, part) in parts.iter().enumerate() {
                let took = part.span.end - part.span.start;
                let again = parts[..place].iter().any(|before| before.name == part.name);
                match nanos.iter_mut().find(|(name, _)| *name == part.name) {
                    Some((_, frames)) if again => *frames.last_mut()? += took,
                    Some((_, frames)) => frames.push(took),
                    None => nanos.push((part.name, vec![took])),
                }
            }
        }
        let summaries = nanos.into_iter().map(|(name, n)| (name.to_owned(), LatencySummary::of(n)));
        let summaries: PartSummaries = summaries.collect();
        (!summaries.is_empty()).then(|| (id.clone(), summaries))
    };
    report.nodes.iter().enumerate().filter_map(of_node).collect()
}

fn times_of(report: &RunReport, frame: &FrameRecord) -> FrameTimes {
    let left_out = report.nodes.iter().zip(&frame.work).filter(|(_, work)| work.skipped);
    FrameTimes {
        sequence: frame.header.sequence.to_string(),
        frame: frame.header.frame,
        tick: frame.header.tick,
        stamp: frame.header.stamp.as_nanos(),
        released: frame.released_ns,
        published: frame.published_ns,
        spans: report.nodes.iter().cloned().zip(frame.spans.iter().copied()).collect(),
        left_out_by: left_out.map(|(id, _)| id.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_need_ten_samples_beyond_them() {
        let samples = |n: i64| (1..=n).collect::<Vec<_>>();
        let table = [
            (19, 0.5, None),
            (20, 0.5, Some(10)),
            (99, 0.9, None),
            (100, 0.9, Some(90)),
            (999, 0.99, None),
            (1000, 0.99, Some(990)),
        ];
        for (n, p, wanted) in table {
            assert_eq!(percentile(&samples(n), p), wanted, "p{p} of {n}");
        }
    }

    #[test]
    fn a_summary_is_in_milliseconds() {
        let summary = LatencySummary::of((1..=100).map(|ms| ms * 1_000_000).collect());
        assert_eq!((summary.p50, summary.p90, summary.p99), (Some(50.0), Some(90.0), None));
        assert_eq!(summary.max, Some(100.0));
        assert_eq!(LatencySummary::of(vec![]), LatencySummary::default());
    }
}
