//! CLEAR MOT: frame by frame, with the pairs of the frame before preferred.

use super::frame::SAME;
use super::matcher::{Matcher, NONE};
use super::scene::{FrameView, Scene};
use crate::rectangle::EPSILON;
use serde::Serialize;

/// What a pair of the frame before is worth more: more than all overlaps of a frame.
const CONTINUES: f64 = 1000.0;
/// Objects found in more than this share of their frames are mostly tracked.
const MOSTLY_TRACKED: f64 = 0.8;
/// Objects found in less than this share of their frames are mostly lost.
const MOSTLY_LOST: f64 = 0.2;

/// CLEAR metrics (Bernardin and Stiefelhagen 2008), as `TrackEval`'s `CLEAR` with an overlap
/// of one half.
///
/// Quirks of the reference: a sequence without objects or without results has `MLR` = 1, no
/// frames (`CLR_Frames` = 0, so they lack in `FP_per_frame` of sequences combined) and all
/// other shares 0. Frames without objects or without results do not break the preference
/// for the pairs of the frame before. `MOTAL` takes the logarithm of the number of switches,
/// which makes a single switch free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Clear {
    /// Objects found.
    #[serde(rename = "CLR_TP")]
    pub true_positives: u64,
    /// Objects missed.
    #[serde(rename = "CLR_FN")]
    pub false_negatives: u64,
    /// Results on nothing.
    #[serde(rename = "CLR_FP")]
    pub false_positives: u64,
    /// Objects found by another identity than the last time, however long ago.
    #[serde(rename = "IDSW")]
    pub id_switches: u64,
    /// Objects found in more than 80 % of their frames.
    #[serde(rename = "MT")]
    pub mostly_tracked: u64,
    /// Objects between.
    #[serde(rename = "PT")]
    pub partly_tracked: u64,
    /// Objects found in less than 20 % of their frames.
    #[serde(rename = "ML")]
    pub mostly_lost: u64,
    /// Objects found again after frames in which they were not.
    #[serde(rename = "Frag")]
    pub fragmentations: u64,
    /// Frames of the sequences that have objects and results.
    #[serde(rename = "CLR_Frames")]
    pub frames: u64,
    /// Sum of the overlaps of all pairs.
    #[serde(rename = "MOTP_sum")]
    pub overlap_sum: f64,
    /// Share of the objects that are mostly tracked.
    #[serde(rename = "MTR")]
    pub mostly_tracked_share: f64,
    /// Share of the objects that are mostly lost.
    #[serde(rename = "MLR")]
    pub mostly_lost_share: f64,
    /// Share of the objects between.
    #[serde(rename = "PTR")]
    pub partly_tracked_share: f64,
    /// Recall.
    #[serde(rename = "CLR_Re")]
    pub recall: f64,
    /// Precision.
    #[serde(rename = "CLR_Pr")]
    pub precision: f64,
    /// Detection accuracy: switches left out.
    #[serde(rename = "MODA")]
    pub moda: f64,
    /// Tracking accuracy.
    #[serde(rename = "MOTA")]
    pub mota: f64,
    /// Mean overlap of the pairs.
    #[serde(rename = "MOTP")]
    pub motp: f64,
    /// Accuracy with pairs weighted by their overlap.
    #[serde(rename = "sMOTA")]
    pub smota: f64,
    /// Harmonic mean of recall and precision.
    #[serde(rename = "CLR_F1")]
    pub f1: f64,
    /// False positives in a frame.
    #[serde(rename = "FP_per_frame")]
    pub false_positives_per_frame: f64,
    /// Accuracy with the logarithm of the switches.
    #[serde(rename = "MOTAL")]
    pub motal: f64,
}

impl Clear {
    /// Of several sequences: counts and overlaps are added.
    pub fn combined<'a>(parts: impl Iterator<Item = &'a Self>) -> Self {
        let sum = parts.fold(Self::default(), |sum, part| Self {
            true_positives: sum.true_positives + part.true_positives,
            false_negatives: sum.false_negatives + part.false_negatives,
            false_positives: sum.false_positives + part.false_positives,
            id_switches: sum.id_switches + part.id_switches,
            mostly_tracked: sum.mostly_tracked + part.mostly_tracked,
            partly_tracked: sum.partly_tracked + part.partly_tracked,
            mostly_lost: sum.mostly_lost + part.mostly_lost,
            fragmentations: sum.fragmentations + part.fragmentations,
            frames: sum.frames + part.frames,
            overlap_sum: sum.overlap_sum + part.overlap_sum,
            ..Self::default()
        });
        sum.with_shares()
    }

    /// Where nothing can be matched the reference fills in nothing but these.
    fn one_sided(scene: &Scene) -> Self {
        Self {
            false_negatives: scene.truth().len() as u64,
            false_positives: scene.results().len() as u64,
            mostly_lost: scene.truth().identities() as u64,
            mostly_lost_share: 1.0,
            ..Self::default()
        }
    }

    /// All that follows from the counts.
    fn with_shares(self) -> Self {
        let right = self.true_positives as f64;
        let (missed, wrong) = (self.false_negatives as f64, self.false_positives as f64);
        let switches = self.id_switches as f64;
        let log_switches = if self.id_switches > 0 { switches.log10() } else { 0.0 };
        let objects = self.mostly_tracked + self.partly_tracked + self.mostly_lost;
        let of_objects = |n: u64| n as f64 / (objects as f64).max(1.0);
        let of_truth = |sum: f64| sum / (right + missed).max(1.0);
        Self {
            mostly_tracked_share: of_objects(self.mostly_tracked),
            mostly_lost_share: of_objects(self.mostly_lost),
            partly_tracked_share: of_objects(self.partly_tracked),
            recall: of_truth(right),
            precision: right / (right + wrong).max(1.0),
            moda: of_truth(right - wrong),
            mota: of_truth(right - wrong - switches),
            motp: self.overlap_sum / right.max(1.0),
            smota: of_truth(self.overlap_sum - wrong - switches),
            f1: right / (right + 0.5 * missed + 0.5 * wrong).max(1.0),
            false_positives_per_frame: wrong / (self.frames as f64).max(1.0),
            motal: of_truth(right - wrong - log_switches),
            ..self
        }
    }
}

/// A pair of a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matched {
    /// Position of the object in its frame.
    pub(super) row: u32,
    /// Position of the result in its frame.
    pub(super) column: u32,
    /// By which identity the object was found the last time, where it was another.
    pub(super) instead_of: Option<u32>,
}

/// What is known of an object.
#[derive(Clone, Copy, Debug)]
struct Object {
    /// The identity that found it last.
    last: u32,
    /// The step in which that was.
    step: u32,
    found: u32,
    /// How often it was found after a step in which it was not.
    begun: u32,
}

const UNSEEN: Object = Object { last: NONE, step: NONE, found: 0, begun: 0 };

/// Computes CLEAR. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct ClearMemory {
    objects: Vec<Object>,
    matched: Vec<Matched>,
}

impl ClearMemory {
    /// The scores of one sequence. `look` is shown the pairs of each frame, ordered by row.
    pub(super) fn evaluate(
        &mut self,
        scene: &Scene,
        matcher: &mut Matcher,
        mut look: impl FnMut(FrameView<'_>, &[Matched]),
    ) -> Clear {
        self.objects.clear();
        self.objects.resize(scene.truth().identities(), UNSEEN);
        let mut clear = Clear { frames: u64::from(scene.length()), ..Clear::default() };
        // Only frames that have both sides are steps.
        let mut step = 0;
        for frame in scene.frames() {
            self.matched.clear();
            if !frame.truth.is_empty() && !frame.results.is_empty() {
                step += 1;
                clear.overlap_sum += self.match_frame(frame, step, matcher);
            }
            let pairs = self.matched.len() as u64;
            let switches = self.matched.iter().filter(|pair| pair.instead_of.is_some());
            clear.true_positives += pairs;
            clear.false_negatives += frame.truth.len() as u64 - pairs;
            clear.false_positives += frame.results.len() as u64 - pairs;
            clear.id_switches += switches.count() as u64;
            look(frame, &self.matched);
        }
        if scene.is_one_sided() {
            return Clear::one_sided(scene);
        }
        self.count_objects(scene, &mut clear);
        clear.with_shares()
    }

    /// Matches one frame and returns the sum of the overlaps.
    fn match_frame(&mut self, frame: FrameView<'_>, step: u32, matcher: &mut Matcher) -> f64 {
        matcher.begin();
        let is_close = |pair: &&super::scene::Pair| pair.similarity >= SAME - EPSILON;
        for pair in frame.pairs.iter().filter(is_close) {
            let object = self.objects[frame.truth[pair.row as usize].identity as usize];
            let found = frame.results[pair.column as usize].identity;
            let continues = object.last == found && object.step == step - 1;
            let worth = if continues { CONTINUES } else { 0.0 };
            matcher.add_worth(pair.row, pair.column, worth + pair.similarity);
        }
        let chosen = matcher.most_valuable(frame.truth.len(), frame.results.len());
        let mut close = frame.pairs.iter().filter(is_close).enumerate();
        let mut overlaps = 0.0;
        for chosen in chosen.iter().copied() {
            let Some((_, pair)) = close.find(|(index, _)| *index == chosen as usize) else { break };
            overlaps += pair.similarity;
            let object = &mut self.objects[frame.truth[pair.row as usize].identity as usize];
            let found = frame.results[pair.column as usize].identity;
            let is_switch = object.last != NONE && object.last != found;
            let instead_of = is_switch.then_some(object.last);
            self.matched.push(Matched { row: pair.row, column: pair.column, instead_of });
            let is_new = object.last == NONE || object.step != step - 1;
            object.begun += u32::from(is_new);
            object.found += 1;
            (object.last, object.step) = (found, step);
        }
        overlaps
    }

    fn count_objects(&self, scene: &Scene, clear: &mut Clear) {
        for (object, frames) in self.objects.iter().zip(scene.truth().counts()) {
            let share = f64::from(object.found) / f64::from(*frames);
            if share > MOSTLY_TRACKED {
                clear.mostly_tracked += 1;
            } else if share >= MOSTLY_LOST {
                clear.partly_tracked += 1;
            } else {
                clear.mostly_lost += 1;
            }
            clear.fragmentations += u64::from(object.begun.saturating_sub(1));
        }
    }
}
