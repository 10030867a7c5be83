//! Passes at all recall levels.

use super::matching::Matcher;
use super::pass::Pass;
use super::report::{ClassReport, SweepPoint};
use super::scene::Scene;
use super::{Rules, Sequence};
use delos_core::ObjectClass;

/// How many recall levels there are; the sums are divided by it.
const LEVELS: f64 = 40.0;
/// Keeps everything.
const NO_THRESHOLD: f64 = -10_000.0;

/// Scores one class.
pub(super) fn run(sequences: &[Sequence<'_>], class: ObjectClass, rules: Rules) -> ClassReport {
    let mut scenes: Vec<_> = sequences.iter().map(|s| Scene::new(s, class, rules)).collect();
    let mut matcher = Matcher::default();
    let everything = Pass::run(&mut scenes, NO_THRESHOLD, &mut matcher);
    let mut sweep = Vec::new();
    for (threshold, recall_target) in levels(matched_scores(&scenes), everything.recall_base()) {
        average_again(&mut scenes);
        let scores = Pass::run(&mut scenes, threshold, &mut matcher).scores(recall_target);
        sweep.push(SweepPoint { threshold, recall_target, scores });
    }
    let best_threshold = best_threshold(&sweep);
    average_again(&mut scenes);
    let best = Pass::run(&mut scenes, best_threshold, &mut matcher);
    // Not `sum`: the sum of no numbers is -0.0.
    let mean =
        |of: fn(&SweepPoint) -> f64| sweep.iter().fold(0.0, |sum, point| sum + of(point)) / LEVELS;
    ClassReport {
        samota: mean(|point| point.scores.smota),
        amota: mean(|point| point.scores.mota),
        amotp: mean(|point| point.scores.motp),
        best_threshold,
        best: best.scores(1.0),
        no_threshold: everything.scores(1.0),
        sweep,
    }
}

fn average_again(scenes: &mut [Scene]) {
    for track in scenes.iter_mut().flat_map(|scene| &mut scene.tracks) {
        track.average_again();
    }
}

/// The score of each match, from high to low.
fn matched_scores(scenes: &[Scene]) -> Vec<f64> {
    let of_scene = |scene: &Scene| -> Vec<f64> {
        let pairs = scene.truths.iter().filter_map(|truth| truth.pair);
        pairs.map(|pair| scene.tracks[scene.pairs[pair].track].score).collect()
    };
    let mut scores: Vec<f64> = scenes.iter().flat_map(of_scene).collect();
    scores.sort_unstable_by(|a, b| b.total_cmp(a));
    scores
}

/// The recall levels that are reached, each with the score at which it is.
///
/// A score is taken where its recall is nearer to the level than that of the next score.
/// Levels are summed and not multiplied, so that they carry the reference's rounding. The
/// level 0 is left out.
fn levels(scores: Vec<f64>, recall_base: u64) -> Vec<(f64, f64)> {
    let last = scores.len().saturating_sub(1);
    let mut level = 0.0;
    let mut found = Vec::new();
    for (i, score) in scores.into_iter().enumerate() {
        let recall = |matches: usize| matches as f64 / recall_base as f64;
        let (here, next) = (recall(i + 1), recall(i + 2));
        if i < last && next - level < level - here {
            continue;
        }
        found.push((score, level));
        level += 1.0 / LEVELS;
    }
    found.into_iter().skip(1).collect()
}

/// The first threshold with the largest positive MOTA.
fn best_threshold(sweep: &[SweepPoint]) -> f64 {
    let mut best = (0.0, NO_THRESHOLD);
    for point in sweep {
        if point.scores.mota > best.0 {
            best = (point.scores.mota, point.threshold);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores `matches, ..., 2, 1`; wanted values are those of the reference's own loop.
    #[test]
    fn levels_that_are_reached() {
        assert_eq!(levels(vec![], 5), []);
        assert_eq!(levels(vec![1.0], 1), []);
        let table = [
            (5, 5, 4, vec![4.0, 3.0, 2.0], 0.1),
            // The last score is taken however far its recall lies beyond.
            (8, 50, 7, vec![7.0, 6.0, 5.0], 0.175),
            (5, 90, 2, vec![4.0, 1.0], 0.05),
            (100, 100, 40, vec![98.0, 96.0, 93.0], 1.0),
            (30, 60, 20, vec![29.0, 28.0, 26.0], 0.5),
            (400, 500, 32, vec![388.0, 376.0, 363.0], 0.8),
            (39, 40, 38, vec![38.0, 37.0, 36.0], 0.95),
        ];
        for (matches, base, count, first, last) in table {
            let scores = (1..=matches).rev().map(f64::from).collect();
            let found = levels(scores, base);
            assert_eq!(found.len(), count, "{matches} of {base}");
            for ((score, _), wanted) in found.iter().zip(first) {
                assert!((score - wanted).abs() < 1e-12, "{matches} of {base}: {score}");
            }
            assert!((found[count - 1].1 - last).abs() < 1e-12, "{matches} of {base}");
        }
    }
}
