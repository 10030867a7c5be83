//! HOTA: detection, association and localisation at 19 thresholds.

use super::matcher::Matcher;
use super::scene::{FrameView, Scene};
use crate::rectangle::EPSILON;
use serde::Serialize;

/// Number of localisation thresholds.
pub const ALPHAS: usize = 19;

/// The localisation thresholds 0.05, 0.10, ... 0.95, to the last digit those of `TrackEval`.
pub fn alphas() -> [f64; ALPHAS] {
    std::array::from_fn(|i| 0.05 + i as f64 * 0.05)
}

/// A score at each threshold.
type Curve = [f64; ALPHAS];

/// Least divisor of localisation scores, so that no match gives 1.
const LEAST: f64 = 1e-10;

/// Higher Order Tracking Accuracy and its parts (Luiten et al. 2021), as `TrackEval`'s `HOTA`.
///
/// Of each frame the pairs are chosen once, by alignment of the identities over the whole
/// sequence times overlap, and each threshold keeps those of them that overlap enough. The
/// figure that is called HOTA is the mean over the thresholds ([`Hota::mean`]).
///
/// Quirk: where there is no pair `LocA` is 1, and all other scores are 0.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hota {
    /// Pairs.
    #[serde(rename = "HOTA_TP")]
    pub true_positives: [u64; ALPHAS],
    /// Objects without a result.
    #[serde(rename = "HOTA_FN")]
    pub false_negatives: [u64; ALPHAS],
    /// Results without an object.
    #[serde(rename = "HOTA_FP")]
    pub false_positives: [u64; ALPHAS],
    /// Association recall.
    #[serde(rename = "AssRe")]
    pub ass_re: Curve,
    /// Association precision.
    #[serde(rename = "AssPr")]
    pub ass_pr: Curve,
    /// Association accuracy.
    #[serde(rename = "AssA")]
    pub ass_a: Curve,
    /// Mean overlap of the pairs.
    #[serde(rename = "LocA")]
    pub loc_a: Curve,
    /// Detection recall.
    #[serde(rename = "DetRe")]
    pub det_re: Curve,
    /// Detection precision.
    #[serde(rename = "DetPr")]
    pub det_pr: Curve,
    /// Detection accuracy.
    #[serde(rename = "DetA")]
    pub det_a: Curve,
    /// Geometric mean of detection and association accuracy.
    #[serde(rename = "HOTA")]
    pub hota: Curve,
    /// Open-world accuracy: geometric mean of detection recall and association accuracy.
    #[serde(rename = "OWTA")]
    pub owta: Curve,
    /// `HOTA` at the lowest threshold.
    #[serde(rename = "HOTA(0)")]
    pub hota_0: f64,
    /// `LocA` at the lowest threshold.
    #[serde(rename = "LocA(0)")]
    pub loc_a_0: f64,
    /// Product of the two.
    #[serde(rename = "HOTALocA(0)")]
    pub hota_loc_a_0: f64,
}

impl Hota {
    /// Mean of a score over the thresholds.
    pub fn mean(curve: &[f64; ALPHAS]) -> f64 {
        curve.iter().sum::<f64>() / ALPHAS as f64
    }

    /// Of several sequences: counts are added, association and localisation are weighted by
    /// the number of pairs.
    pub fn combined<'a>(parts: impl Iterator<Item = &'a Self>) -> Self {
        let parts: Vec<_> = parts.collect();
        let sum = |of: fn(&Self, usize) -> f64| -> Curve {
            // Not `sum`: the sum of no numbers is -0.0.
            std::array::from_fn(|a| parts.iter().fold(0.0, |sum, part| sum + of(part, a)))
        };
        let count = |of: fn(&Self, usize) -> u64| -> [u64; ALPHAS] {
            std::array::from_fn(|a| parts.iter().map(|part| of(part, a)).sum())
        };
        Self::from_sums(&Sums {
            true_positives: count(|part, a| part.true_positives[a]),
            false_negatives: count(|part, a| part.false_negatives[a]),
            false_positives: count(|part, a| part.false_positives[a]),
            ass_re: sum(|part, a| part.ass_re[a] * part.true_positives[a] as f64),
            ass_pr: sum(|part, a| part.ass_pr[a] * part.true_positives[a] as f64),
            ass_a: sum(|part, a| part.ass_a[a] * part.true_positives[a] as f64),
            loc_a: sum(|part, a| part.loc_a[a] * part.true_positives[a] as f64),
        })
    }

    fn from_sums(sums: &Sums) -> Self {
        let Sums { true_positives, false_negatives, false_positives, .. } = *sums;
        let tp = true_positives.map(|n| n as f64);
        let missed = false_negatives.map(|n| n as f64);
        let wrong = false_positives.map(|n| n as f64);
        let mean = |sum: &Curve| curve(|a| sum[a] / tp[a].max(1.0));
        let ass_a = mean(&sums.ass_a);
        let loc_a = curve(|a| sums.loc_a[a].max(LEAST) / tp[a].max(LEAST));
        let det_re = curve(|a| tp[a] / (tp[a] + missed[a]).max(1.0));
        let det_a = curve(|a| tp[a] / (tp[a] + missed[a] + wrong[a]).max(1.0));
        let hota = curve(|a| (det_a[a] * ass_a[a]).sqrt());
        Self {
            true_positives,
            false_negatives,
            false_positives,
            ass_re: mean(&sums.ass_re),
            ass_pr: mean(&sums.ass_pr),
            ass_a,
            loc_a,
            det_re,
            det_pr: curve(|a| tp[a] / (tp[a] + wrong[a]).max(1.0)),
            det_a,
            hota,
            owta: curve(|a| (det_re[a] * ass_a[a]).sqrt()),
            hota_0: hota[0],
            loc_a_0: loc_a[0],
            hota_loc_a_0: hota[0] * loc_a[0],
        }
    }
}

fn curve(of: impl Fn(usize) -> f64) -> Curve {
    std::array::from_fn(of)
}

/// What is added up at each threshold.
#[derive(Clone, Debug, Default)]
struct Sums {
    true_positives: [u64; ALPHAS],
    false_negatives: [u64; ALPHAS],
    false_positives: [u64; ALPHAS],
    ass_re: Curve,
    ass_pr: Curve,
    ass_a: Curve,
    loc_a: Curve,
}

/// Computes HOTA. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct HotaMemory {
    /// For each encounter how well the identities belong together over the sequence.
    alignment: Vec<f64>,
    /// For each encounter its pairs by the number of thresholds that they pass, less one.
    passes: Vec<[u32; ALPHAS]>,
    row_sums: Vec<f64>,
    column_sums: Vec<f64>,
}

impl HotaMemory {
    /// The scores of one sequence.
    pub(super) fn evaluate(&mut self, scene: &Scene, matcher: &mut Matcher) -> Hota {
        self.align(scene);
        let overlaps = self.match_frames(scene, matcher);
        Hota::from_sums(&self.sums(scene, overlaps))
    }

    /// How well identities belong together: a Jaccard index over all frames in which each
    /// possible match counts by its share of the overlaps it competes with.
    fn align(&mut self, scene: &Scene) {
        self.alignment.clear();
        self.alignment.resize(scene.encounters().len(), 0.0);
        for frame in scene.frames() {
            self.add_shares(frame);
        }
        let (truth, results) = (scene.truth().counts(), scene.results().counts());
        for (score, met) in self.alignment.iter_mut().zip(scene.encounters()) {
            let frames = truth[met.truth as usize] + results[met.result as usize];
            *score /= f64::from(frames) - *score;
        }
    }

    fn add_shares(&mut self, frame: FrameView<'_>) {
        for (sums, length) in
            [(&mut self.row_sums, frame.truth.len()), (&mut self.column_sums, frame.results.len())]
        {
            sums.clear();
            sums.resize(length, 0.0);
        }
        for pair in frame.pairs {
            self.row_sums[pair.row as usize] += pair.similarity;
            self.column_sums[pair.column as usize] += pair.similarity;
        }
        for pair in frame.pairs {
            let sums = self.column_sums[pair.column as usize] + self.row_sums[pair.row as usize];
            let all = sums - pair.similarity;
            if all > EPSILON {
                self.alignment[pair.encounter as usize] += pair.similarity / all;
            }
        }
    }

    /// Chooses the pairs of each frame. Returns the sums of their overlaps by the number of
    /// thresholds that they pass, less one.
    fn match_frames(&mut self, scene: &Scene, matcher: &mut Matcher) -> Curve {
        self.passes.clear();
        self.passes.resize(scene.encounters().len(), [0; ALPHAS]);
        let thresholds = alphas().map(|alpha| alpha - EPSILON);
        let mut overlaps = [0.0; ALPHAS];
        for frame in scene.frames() {
            matcher.begin();
            for pair in frame.pairs {
                let score = self.alignment[pair.encounter as usize] * pair.similarity;
                matcher.add_worth(pair.row, pair.column, score);
            }
            for chosen in matcher.most_valuable(frame.truth.len(), frame.results.len()) {
                let pair = &frame.pairs[*chosen as usize];
                let passed = thresholds.partition_point(|least| pair.similarity >= *least);
                if let Some(last) = passed.checked_sub(1) {
                    self.passes[pair.encounter as usize][last] += 1;
                    overlaps[last] += pair.similarity;
                }
            }
        }
        overlaps
    }

    /// Adds up what passes each threshold, from the highest to the lowest.
    fn sums(&self, scene: &Scene, overlaps: Curve) -> Sums {
        let mut sums = Sums { loc_a: overlaps, ..Sums::default() };
        let (truth, results) = (scene.truth().counts(), scene.results().counts());
        for (passes, met) in self.passes.iter().zip(scene.encounters()) {
            let objects = f64::from(truth[met.truth as usize]);
            let found = f64::from(results[met.result as usize]);
            let mut pairs = 0;
            for a in (0..ALPHAS).rev() {
                pairs += passes[a];
                let n = f64::from(pairs);
                sums.true_positives[a] += u64::from(pairs);
                sums.ass_a[a] += n * n / (objects + found - n);
                sums.ass_re[a] += n * n / objects;
                sums.ass_pr[a] += n * n / found;
            }
        }
        for a in (0..ALPHAS - 1).rev() {
            sums.loc_a[a] += sums.loc_a[a + 1];
        }
        let all = (scene.truth().len() as u64, scene.results().len() as u64);
        sums.false_negatives = sums.true_positives.map(|n| all.0 - n);
        sums.false_positives = sums.true_positives.map(|n| all.1 - n);
        sums
    }
}
