//! The figures of a whole run.

use super::deadline::{DeadlineFigures, deadlines};
use super::path::{Share, latency_path};
use super::quantile::Figures;
use crate::plan::Plan;
use crate::records::{FrameRecord, PartNs, RunReport};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one component, or one part of its work, takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentFigures {
    /// Id of the component.
    pub component: String,
    /// Name of the part; `work` for what has no name, `queued` and `behind the frame before` for
    /// waiting.
    pub share: String,
    /// Its mean share of the frames' latency: the sum over all segments is the mean latency.
    /// Work beside the path that ends last has no share.
    pub on_path_ms: f64,
    /// How long it takes, on the path or beside it, in the frames in which it happens.
    pub time: Figures,
    /// Bytes that it must move at least, mean of the frames; 0 where nobody says.
    pub bytes: f64,
    /// Operations that it must do at least, mean of the frames; 0 where nobody says.
    pub operations: f64,
}

/// How regularly frames are published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Jitter {
    /// Mean time between two publications, milliseconds.
    pub period_ms: f64,
    /// Standard deviation of it.
    pub period_deviation_ms: f64,
    /// Mean of the absolute second differences of the instants of publication.
    pub second_difference_ms: f64,
}

/// What the times of a run say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Frames measured: those after warming up that went through every component.
    pub frames: usize,
    /// Frames after warming up that were read and left out, wholly or in part.
    pub left_out: usize,
    /// Time each component took to be made ready, milliseconds.
    pub start_ms: Vec<(String, f64)>,
    /// Latency of the very first frame, milliseconds.
    pub first_frame_ms: Option<f64>,
    /// From the first release after warming up to the last publication, seconds.
    pub wall_s: f64,
    /// From release to publication.
    pub end_to_end: Figures,
    /// Where it went, in order of the chain.
    pub segments: Vec<SegmentFigures>,
    /// How regularly frames were published.
    pub jitter: Jitter,
    /// Deadlines, where some are set.
    pub deadlines: Vec<DeadlineFigures>,
}

impl Analysis {
    /// Analyses a run; the first `plan.run.warmup` frames only tell how it started.
    pub fn of(plan: &Plan, report: &RunReport) -> Self {
        let befores = std::iter::once(None).chain(report.frames.iter().map(Some));
        let pairs: Vec<_> = report.frames.iter().zip(befores).collect();
        let warm = pairs.partition_point(|(f, _)| f.header.tick < plan.run.warmup);
        let measured = &pairs[warm..];
        let whole: Vec<_> = measured.iter().copied().filter(|(f, _)| f.is_whole()).collect();
        let dropped = report.delivered.len().saturating_sub(report.frames.len());
        let first = whole.first().map_or(0, |(f, _)| f.released_ns);
        let last = whole.iter().map(|(f, _)| f.published_ns).max().unwrap_or(first);
        let start = plan.nodes.iter().zip(&report.build_ns);
        Self {
            frames: whole.len(),
            left_out: measured.len() - whole.len() + dropped,
            start_ms: start.map(|(node, ns)| (node.id.clone(), *ns as f64 * 1e-6)).collect(),
            first_frame_ms: report.frames.first().map(|f| f.latency_ns() as f64 * 1e-6),
            wall_s: (last - first) as f64 * 1e-9,
            end_to_end: Figures::of(whole.iter().map(|(f, _)| f.latency_ns()).collect()),
            segments: segments(plan, &whole),
            jitter: jitter(&whole.iter().map(|(f, _)| f.published_ns).collect::<Vec<_>>()),
            deadlines: deadlines(plan, measured),
        }
    }

    /// Frames per second.
    pub fn throughput_hz(&self) -> f64 {
        self.frames as f64 / self.wall_s.max(1e-9)
    }

    /// The mean latency as the sum of its segments, milliseconds.
    pub fn accounted_ms(&self) -> f64 {
        self.segments.iter().map(|segment| segment.on_path_ms).sum()
    }
}

/// What is collected of one segment.
#[derive(Default)]
struct Collected {
    on_path: i64,
    times: Vec<i64>,
    /// When it began, summed up, after the component's own begin.
    since: i64,
    bytes: u64,
    operations: u64,
}

type Segments = BTreeMap<(usize, Share), Collected>;

fn segments(plan: &Plan, frames: &[(&FrameRecord, Option<&FrameRecord>)]) -> Vec<SegmentFigures> {
    let mut all = Segments::new();
    for (frame, before) in frames {
        for piece in latency_path(plan, frame, *before) {
            let segment = all.entry((piece.node, piece.share)).or_default();
            segment.on_path += piece.ns;
            if matches!(piece.share, Share::Queued | Share::Behind) {
                segment.times.push(piece.ns);
            }
        }
        for node in 0..plan.nodes.len() {
            add_work(frame, node, &mut all);
        }
    }
    let count = frames.len().max(1) as f64;
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|((node, share), c)| (*node, order(*share, c.since, c.times.len())));
    let figures = |((node, share), c): ((usize, Share), Collected)| {
        let times = c.times.len().max(1) as f64;
        SegmentFigures {
            component: plan.nodes[node].id.clone(),
            share: share.name().to_owned(),
            on_path_ms: c.on_path as f64 * 1e-6 / count,
            bytes: c.bytes as f64 / times,
            operations: c.operations as f64 / times,
            time: Figures::of(c.times),
        }
    };
    all.into_iter().map(figures).collect()
}

/// What a node did with a frame, whether on the path or beside it.
fn add_work(frame: &FrameRecord, node: usize, all: &mut Segments) {
    let (span, parts) = (frame.spans[node], &frame.work[node].parts);
    let mut named: BTreeMap<&'static str, Vec<&PartNs>> = BTreeMap::new();
    for part in parts {
        named.entry(part.name).or_default().push(part);
    }
    let time = |part: &PartNs| part.span.end - part.span.start;
    for (name, parts) in named {
        let segment = all.entry((node, Share::Part(name))).or_default();
        segment.times.push(parts.iter().map(|part| time(part)).sum());
        segment.since += parts.first().map_or(0, |part| part.span.start - span.start);
        segment.bytes += parts.iter().map(|part| part.bytes).sum::<u64>();
        segment.operations += parts.iter().map(|part| part.operations).sum::<u64>();
    }
    let in_parts: i64 = parts.iter().map(time).sum();
    all.entry((node, Share::Work)).or_default().times.push(span.end - span.start - in_parts);
}

/// Where a segment stands in the chain: by component, waiting before work, parts in order of time.
fn order(share: Share, since: i64, times: usize) -> (u8, i64) {
    match share {
        Share::Behind => (0, 0),
        Share::Queued => (1, 0),
        Share::Part(_) => (2, since / i64::try_from(times.max(1)).unwrap_or(i64::MAX)),
        Share::Work => (3, 0),
    }
}

fn jitter(published: &[i64]) -> Jitter {
    let periods: Vec<f64> = published.windows(2).map(|w| (w[1] - w[0]) as f64 * 1e-6).collect();
    // The sum of nothing is -0.
    let mean = |values: &[f64]| (values.iter().sum::<f64>() + 0.0) / values.len().max(1) as f64;
    let period_ms = mean(&periods);
    let squares: Vec<f64> = periods.iter().map(|p| (p - period_ms).powi(2)).collect();
    let steps: Vec<f64> = periods.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
    Jitter {
        period_ms,
        period_deviation_ms: mean(&squares).sqrt(),
        second_difference_ms: mean(&steps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jitter_of_too_few_frames_is_nothing_and_not_below_it() {
        for published in [&[][..], &[5], &[5, 9]] {
            let Jitter { period_ms, period_deviation_ms, second_difference_ms } = jitter(published);
            for value in [period_ms, period_deviation_ms, second_difference_ms] {
                assert!(value.is_sign_positive(), "{value} of {published:?}");
            }
        }
        let even = jitter(&[0, 4_000_000, 10_000_000]);
        assert!(
            (even.period_ms - 5.0).abs() < 1e-12 && (even.second_difference_ms - 2.0).abs() < 1e-12
        );
    }
}
