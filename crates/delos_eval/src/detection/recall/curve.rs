//! Precision over recall of detections that are right or wrong.

use super::judge::Verdict;
use crate::detection::CurvePoint;

/// Counts over all detections with at least this score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Step {
    pub(super) score: f64,
    pub(super) right: u64,
    pub(super) wrong: u64,
}

impl Step {
    pub(super) fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    pub(super) fn point(&self, counted: u64) -> CurvePoint {
        let recall = self.right as f64 / counted.max(1) as f64;
        CurvePoint { score: self.score, recall, precision: self.precision() }
    }
}

/// The counts after each score that occurs, by falling score: detections of one score stand or
/// fall together.
pub(super) fn steps<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Vec<Step> {
    let mut verdicts: Vec<&Verdict> = verdicts.collect();
    verdicts.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut steps: Vec<Step> = vec![];
    let mut now = Step::default();
    for verdict in verdicts {
        now.right += u64::from(verdict.is_right);
        now.wrong += u64::from(!verdict.is_right);
        now.score = verdict.score;
        if steps.last().is_some_and(|last| last.score.total_cmp(&now.score).is_eq()) {
            steps.pop();
        }
        steps.push(now);
    }
    steps
}

/// Mean of the best precision at recalls `from / parts`, ..., `parts / parts`, where each is the
/// best at this recall or a higher one; `None` where nothing counts.
pub(super) fn average_precision(
    steps: &[Step],
    counted: u64,
    from: u64,
    parts: u64,
) -> Option<f64> {
    let mut best: f64 = 0.0;
    let mut sum = 0.0;
    let mut left = steps.iter().rev().peekable();
    for part in (from..=parts).rev() {
        while let Some(step) = left.next_if(|step| step.right * parts >= part * counted) {
            best = best.max(step.precision());
        }
        sum += best;
    }
    (counted > 0).then(|| sum / (parts + 1 - from) as f64)
}

/// The cut with the highest recall among those whose precision is at least this; of equal ones
/// the one with the fewest wrong detections.
pub(super) fn cut_at(steps: &[Step], precision: f64) -> Option<&Step> {
    let precise = steps.iter().filter(|step| step.precision() >= precision);
    precise.reduce(|best, next| if next.right > best.right { next } else { best })
}
