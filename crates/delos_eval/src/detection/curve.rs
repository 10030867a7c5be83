//! Precision over recall, and what the benchmark samples of it.

use super::matching::{Counts, Scene};
use serde::Serialize;

/// How many recalls the benchmark samples (`N_SAMPLE_PTS`).
pub(crate) const SAMPLES: usize = 41;

/// What all detections with at least this score come to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The score.
    pub score: f64,
    /// Share of the objects that are found.
    pub recall: f64,
    /// Share of the detections that are right; for the orientation, their mean similarity.
    pub precision: f64,
}

/// The counts after each score that occurs, and the scores to sample them at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Curve {
    /// Scores descending, each once, with the counts of all detections down to there.
    steps: Vec<(f64, Counts)>,
    /// The cuts that lie nearest to recalls 0, 1/40, ..., 1, as far as they are reached.
    samples: Vec<f64>,
    /// Objects that count.
    pub(crate) counted: usize,
}

impl Curve {
    /// The curve of all frames.
    ///
    /// A detection changes the counts of its own frame only. So each frame is matched once for
    /// each of its own scores, and the changes are added up in the order of the scores.
    pub(crate) fn of(scenes: &[Scene]) -> Self {
        let counted = scenes.iter().map(Scene::counted).sum();
        let mut taken = Vec::new();
        let mut surest = Vec::new();
        let mut changes = Vec::new();
        for scene in scenes {
            scene.surest_scores(&mut taken, &mut surest);
            changes_of(scene, &mut taken, &mut changes);
        }
        Self { steps: summed(changes, counted), samples: sampled(surest, counted), counted }
    }

    /// The counts of all detections, whatever their score.
    pub(crate) fn total(&self) -> Counts {
        let nothing = Counts { missed: self.counted, ..Counts::default() };
        self.steps.last().map_or(nothing, |(_, counts)| *counts)
    }

    /// Precision at the 41 samples, each the best from there on; 0 where no sample is.
    pub(crate) fn precisions(&self) -> [f64; SAMPLES] {
        self.best_from(precision)
    }

    /// Orientation similarity at the 41 samples, each the best from there on.
    pub(crate) fn similarities(&self) -> [f64; SAMPLES] {
        self.best_from(similarity)
    }

    /// One point for each score that occurs: precision.
    pub(crate) fn precision_points(&self) -> Vec<CurvePoint> {
        self.points(precision)
    }

    /// One point for each score that occurs: orientation similarity.
    pub(crate) fn similarity_points(&self) -> Vec<CurvePoint> {
        self.points(similarity)
    }

    fn points(&self, value: fn(&Counts) -> f64) -> Vec<CurvePoint> {
        let found = |counts: &Counts| ratio(counts.right as f64, counts.right + counts.missed);
        let point = |(score, counts): &(f64, Counts)| CurvePoint {
            score: *score,
            recall: found(counts),
            precision: value(counts),
        };
        self.steps.iter().map(point).collect()
    }

    fn best_from(&self, value: fn(&Counts) -> f64) -> [f64; SAMPLES] {
        let mut best = [0.0; SAMPLES];
        for (at, cut) in best.iter_mut().zip(&self.samples) {
            let reached = self.steps.partition_point(|(score, _)| score >= cut);
            *at = reached.checked_sub(1).map_or(0.0, |last| value(&self.steps[last].1));
        }
        let mut highest: f64 = 0.0;
        for at in best.iter_mut().rev() {
            highest = highest.max(*at);
            *at = highest;
        }
        best
    }
}

/// Mean over recalls 1/40, ..., 1.
pub(crate) fn over_40(precisions: &[f64; SAMPLES]) -> f64 {
    precisions.iter().skip(1).sum::<f64>() / 40.0
}

/// Mean over recalls 0, 0.1, ..., 1.
pub(crate) fn over_11(precisions: &[f64; SAMPLES]) -> f64 {
    precisions.iter().step_by(4).sum::<f64>() / 11.0
}

fn precision(counts: &Counts) -> f64 {
    ratio(counts.right as f64, counts.right + counts.wrong)
}

fn similarity(counts: &Counts) -> f64 {
    ratio(counts.similarity, counts.right + counts.wrong)
}

fn ratio(part: f64, whole: usize) -> f64 {
    if whole > 0 { part / whole as f64 } else { 0.0 }
}

/// What the counts of a frame are before and after a score.
struct Change {
    score: f64,
    before: Counts,
    after: Counts,
}

/// What each score of a frame changes.
fn changes_of(scene: &Scene, taken: &mut Vec<bool>, changes: &mut Vec<Change>) {
    let mut before = Counts { missed: scene.counted(), ..Counts::default() };
    for score in scene.cuts() {
        let after = scene.counts_at(score, taken);
        changes.push(Change { score, before, after });
        before = after;
    }
}

/// The changes in the order of the scores, added up; equal scores are one step.
fn summed(mut changes: Vec<Change>, counted: usize) -> Vec<(f64, Counts)> {
    changes.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut steps: Vec<(f64, Counts)> = Vec::with_capacity(changes.len());
    let mut now = Counts { missed: counted, ..Counts::default() };
    for change in changes {
        now = now.with(&change);
        if steps.last().is_some_and(|last| last.0.total_cmp(&change.score).is_eq()) {
            steps.pop();
        }
        steps.push((change.score, now));
    }
    steps
}

/// The scores whose recall is nearest to the next of 0, 1/40, ..., 1 (`getThresholds`).
///
/// `right` holds the score of each found object. The last one is always taken, and each step of
/// the recall takes another one: with `n < 41` found objects there are `n` samples.
fn sampled(mut right: Vec<f64>, counted: usize) -> Vec<f64> {
    right.sort_by(|a, b| b.total_cmp(a));
    let mut samples = Vec::new();
    let mut wanted = 0.0;
    for (at, score) in right.iter().enumerate() {
        let recall = |found: usize| found as f64 / counted as f64;
        let is_last = at + 1 == right.len();
        if !is_last && recall(at + 2) - wanted < wanted - recall(at + 1) {
            continue;
        }
        samples.push(*score);
        wanted += 1.0 / (SAMPLES as f64 - 1.0);
    }
    samples
}

impl Counts {
    /// The sum over all frames when one of them changes.
    fn with(&self, change: &Change) -> Self {
        let (before, after) = (&change.before, &change.after);
        Self {
            right: self.right + after.right - before.right,
            wrong: self.wrong + after.wrong - before.wrong,
            missed: self.missed + after.missed - before.missed,
            similarity: self.similarity + (after.similarity - before.similarity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 88 objects each 2.2nd is a sample: the one whose recall is nearest to `k / 40`.
    #[test]
    fn samples_lie_nearest_to_their_recall() {
        let nearest = |k: u32| if k == 0 { 0 } else { (22 * k - 6) / 10 };
        for (found, wanted) in [
            (88, (0..41).map(nearest).collect::<Vec<_>>()),
            (44, (0..21).map(nearest).collect()),
            // The last one is taken although the next would be nearer.
            (43, (0..20).map(nearest).chain([42]).collect()),
            (1, vec![0]),
            (0, vec![]),
        ] {
            let scores = (0..found).rev().map(|at| -f64::from(at)).collect();
            let wanted: Vec<f64> = wanted.into_iter().map(|at| -f64::from(at)).collect();
            assert_eq!(sampled(scores, 88), wanted, "{found} of 88");
        }
    }
}
