//! When frames are due on the wall clock.

use crate::launch::RunSettings;
use delos_core::{Header, Span, Stamp};
use std::sync::Arc;

/// Realtime: frames are due when their stamps say so.
pub(crate) struct Schedule {
    start_ns: i64,
    first: Option<(Arc<str>, Stamp)>,
    last_due: i64,
}

/// Pause between the frames of two sequences, whose stamps have nothing in common.
const BETWEEN_SEQUENCES: Span = Span::from_millis(100);

impl Schedule {
    pub(crate) fn new(start_ns: i64) -> Self {
        Self { start_ns, first: None, last_due: start_ns }
    }

    pub(crate) fn due(&mut self, header: &Header, rate: f64) -> i64 {
        let scaled = |span: Span| (span.as_nanos() as f64 / rate) as i64;
        let due = match &self.first {
            Some((sequence, first)) if *sequence == header.sequence => {
                self.start_ns.saturating_add(scaled(header.stamp - *first))
            }
            other => {
                if other.is_some() {
                    self.start_ns = self.last_due.saturating_add(scaled(BETWEEN_SEQUENCES));
                }
                self.first = Some((Arc::clone(&header.sequence), header.stamp));
                self.start_ns
            }
        };
        self.last_due = self.last_due.max(due);
        self.last_due
    }
}

/// When the next frame of a constant stream is to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// The stream begins with this frame.
    Begins,
    /// At this instant.
    At(i64),
}

/// Constant stream: frames are due one period after the other, whatever becomes of them.
pub(crate) struct ConstantRate {
    warmup: u64,
    period_ns: Option<i64>,
    /// Times the sensor's rate, where that is taken.
    rate: f64,
    last: Option<(Arc<str>, Stamp)>,
    /// Steps between the stamps of the frames while warming up, nanoseconds.
    steps: Vec<i64>,
    start_ns: Option<i64>,
}

impl ConstantRate {
    pub(crate) fn new(run: &RunSettings) -> Self {
        let period_ns = (run.hz > 0.0).then(|| (1e9 / run.hz) as i64);
        let (warmup, rate) = (run.warmup, run.rate);
        Self { warmup, period_ns, rate, last: None, steps: Vec::new(), start_ns: None }
    }

    /// Notes a frame that has been read.
    pub(crate) fn saw(&mut self, header: &Header) {
        if self.start_ns.is_some() || self.period_ns.is_some() {
            return;
        }
        if let Some((sequence, stamp)) = &self.last
            && *sequence == header.sequence
        {
            self.steps.push((header.stamp - *stamp).as_nanos());
        }
        self.last = Some((Arc::clone(&header.sequence), header.stamp));
    }

    /// When the frame of this number is due; `None` while warming up.
    pub(crate) fn due(&self, number: u64) -> Option<Due> {
        let after = number.checked_sub(self.warmup)?;
        let at = |start: i64| {
            let periods = i64::try_from(after).unwrap_or(i64::MAX);
            Due::At(start.saturating_add(self.period().saturating_mul(periods)))
        };
        Some(self.start_ns.map_or(Due::Begins, at))
    }

    /// The stream begins now; returns the same instant.
    pub(crate) fn begin(&mut self, now_ns: i64) -> i64 {
        self.period_ns = Some(self.period());
        self.start_ns = Some(now_ns);
        now_ns
    }

    /// The period given, or the median step of the frames seen; 100 ms where stamps tell nothing.
    fn period(&self) -> i64 {
        self.period_ns.unwrap_or_else(|| {
            let mut steps = self.steps.clone();
            steps.sort_unstable();
            let step = steps.get(steps.len() / 2).copied().filter(|step| *step > 0);
            (step.unwrap_or(BETWEEN_SEQUENCES.as_nanos()) as f64 / self.rate) as i64
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(sequence: &str, ms: i64) -> Header {
        Header {
            sequence: sequence.into(),
            frame: 0,
            stamp: Stamp::from_nanos(ms * 1_000_000),
            tick: 0,
            scene: 0,
        }
    }

    fn stream(hz: f64, warmup: u64) -> ConstantRate {
        ConstantRate::new(&RunSettings { hz, warmup, ..RunSettings::default() })
    }

    #[test]
    fn frames_after_the_warm_up_are_due_one_period_after_the_other() {
        let mut rate = stream(50.0, 2);
        assert_eq!([rate.due(0), rate.due(1), rate.due(2)], [None, None, Some(Due::Begins)]);
        assert_eq!(rate.begin(7), 7);
        assert_eq!(rate.due(2), Some(Due::At(7)));
        assert_eq!(rate.due(12), Some(Due::At(200_000_007)));
    }

    #[test]
    fn the_sensors_rate_is_the_median_step_within_sequences() {
        let mut rate = stream(0.0, 6);
        for (sequence, ms) in [("a", 0), ("a", 104), ("a", 206), ("b", 5), ("b", 105), ("b", 410)] {
            rate.saw(&header(sequence, ms));
        }
        rate.begin(0);
        assert_eq!(rate.due(7), Some(Due::At(104_000_000)), "of 100, 102, 104 and 305 ms");
    }
}
