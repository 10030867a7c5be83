//! Identity scores: one identity of the tracker for each object over the whole sequence.

use super::matcher::Matcher;
use super::scene::{Encounter, Pair, Scene};
use serde::Serialize;

/// Identity measures (Ristani et al. 2016), as `TrackEval`'s `Identity` with an overlap of
/// one half. Quirks: the threshold is not relaxed by rounding as in CLEAR; a sequence
/// without objects or without results has shares of 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Identity {
    /// Objects found by the identity they were given.
    #[serde(rename = "IDTP")]
    pub true_positives: u64,
    /// Objects not found by it.
    #[serde(rename = "IDFN")]
    pub false_negatives: u64,
    /// Results of a wrong identity, or of none.
    #[serde(rename = "IDFP")]
    pub false_positives: u64,
    /// Recall.
    #[serde(rename = "IDR")]
    pub recall: f64,
    /// Precision.
    #[serde(rename = "IDP")]
    pub precision: f64,
    /// Harmonic mean of the two.
    #[serde(rename = "IDF1")]
    pub f1: f64,
}

impl Identity {
    /// Of several sequences: counts are added.
    pub fn combined<'a>(parts: impl Iterator<Item = &'a Self>) -> Self {
        let add = |a: (u64, u64, u64), b: &Self| {
            (a.0 + b.true_positives, a.1 + b.false_negatives, a.2 + b.false_positives)
        };
        let (right, missed, wrong) = parts.fold((0, 0, 0), add);
        Self::from_counts(right, missed, wrong)
    }

    fn from_counts(true_positives: u64, false_negatives: u64, false_positives: u64) -> Self {
        let right = true_positives as f64;
        let (missed, wrong) = (false_negatives as f64, false_positives as f64);
        Self {
            true_positives,
            false_negatives,
            false_positives,
            recall: right / (right + missed).max(1.0),
            precision: right / (right + wrong).max(1.0),
            f1: right / (right + 0.5 * wrong + 0.5 * missed).max(1.0),
        }
    }
}

/// Computes identity scores. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct IdentityMemory {
    together: Vec<u32>,
}

impl IdentityMemory {
    /// The scores of one sequence; `is_match` says which pairs overlap enough.
    ///
    /// The identities are assigned so that as many pairs as possible are right. The reference
    /// minimises misses plus false results in a square matrix with a dummy for each identity;
    /// both have the same optimum, as each right pair saves one miss and one false result.
    pub(super) fn evaluate(
        &mut self,
        scene: &Scene,
        matcher: &mut Matcher,
        is_match: impl Fn(&Pair) -> bool,
    ) -> Identity {
        self.together.clear();
        self.together.resize(scene.encounters().len(), 0);
        for pair in scene.pairs().iter().filter(|pair| is_match(pair)) {
            self.together[pair.encounter as usize] += 1;
        }
        let met = |(met, frames): (&Encounter, &u32)| (*frames > 0).then_some((*met, *frames));
        let candidates = scene.encounters().iter().zip(&self.together).filter_map(met);
        matcher.begin();
        for (met, frames) in candidates.clone() {
            matcher.add_worth(met.truth, met.result, f64::from(frames));
        }
        let (objects, identities) = (scene.truth().identities(), scene.results().identities());
        let chosen = matcher.any_most_valuable(objects, identities);
        let mut right = 0;
        let mut left = candidates.enumerate();
        for chosen in chosen.iter().copied() {
            let found = left.find(|(index, _)| *index == chosen as usize);
            right += found.map_or(0, |(_, (_, frames))| u64::from(frames));
        }
        let (truth, results) = (scene.truth().len() as u64, scene.results().len() as u64);
        Identity::from_counts(right, truth - right, results - right)
    }
}
