//! Recall at a stated precision, by rules for detections in space.

mod curve;
mod cut;
mod judge;
mod report;
mod rules;
#[cfg(test)]
mod tests;

pub use cut::CutReport;
pub use report::{BandRecall, RecallAt, RecallReport};
pub use rules::{MatchRule, RecallRules};

use delos_core::BenchmarkRow;
use judge::{Judged, judge};

/// One frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecallFrame<'a> {
    /// Labelled rows of the frame.
    pub truth: &'a [BenchmarkRow],
    /// How many points of the scan lie in the box of each labelled row, as of
    /// [`points_in`](crate::points_in); a row without a number has none. May be empty where
    /// [`RecallRules::min_points`] is 0.
    pub points: &'a [u32],
    /// Detections of the frame, of any class; a missing score counts as 1.
    pub results: &'a [BenchmarkRow],
    /// Objects of the frame that the labels leave out: detections there are neither right nor
    /// wrong.
    pub ignore: &'a [BenchmarkRow],
}

/// Collects frames and says how much is found.
///
/// The matching is greedy: the detections of a frame come by score, the surest first. Each takes,
/// of the objects that count and are still free, the one it fits best ([`MatchRule`]), and is
/// right. One that fits no free object is neither right nor wrong where [`RecallRules`] says so,
/// and wrong otherwise. Rows may come in any order: equal scores and equal fits go by place.
#[derive(Clone, Debug)]
pub struct RecallScores {
    rules: RecallRules,
    frames: u64,
    judged: Judged,
}

impl RecallScores {
    /// No frame yet.
    pub fn new(rules: RecallRules) -> Self {
        Self { rules, frames: 0, judged: Judged::default() }
    }

    /// Adds one frame.
    pub fn add(&mut self, frame: &RecallFrame<'_>) {
        self.frames += 1;
        judge(frame, &self.rules, &mut self.judged);
    }

    /// What all frames say.
    pub fn report(&self) -> RecallReport {
        RecallReport::of(&self.judged, &self.rules, self.frames)
    }
    /// What the detections with at least this score come to among the objects from `from_m` to
    /// below `to_m`, metres from the camera seen from above.
    pub fn cut(&self, score: f64, from_m: f64, to_m: f64) -> CutReport {
        CutReport::of(&self.judged, score, from_m..to_m)
    }
}
