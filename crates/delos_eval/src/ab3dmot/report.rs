//! What the evaluator tells; keys as in the reference tool.

use super::Mode;
use serde::Serialize;
use std::collections::BTreeMap;

/// Scores of all classes that were asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What had to overlap.
    pub mode: Mode,
    /// Smallest overlap of a match.
    pub iou_threshold: f64,
    /// By name of the class.
    pub classes: BTreeMap<&'static str, ClassReport>,
}

/// Scores of one class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassReport {
    /// Mean of `sMOTA` over the 40 recall levels (Weng et al. 2020, equations 3 and 4).
    #[serde(rename = "sAMOTA")]
    pub samota: f64,
    /// Mean of `MOTA` over the recall levels (equation 2).
    #[serde(rename = "AMOTA")]
    pub amota: f64,
    /// Mean of `MOTP` over the recall levels.
    #[serde(rename = "AMOTP")]
    pub amotp: f64,
    /// Mean track score with the largest `MOTA`; -10000 where none is above 0.
    pub best_threshold: f64,
    /// Scores at that threshold.
    pub best: Scores,
    /// Scores of everything.
    pub no_threshold: Scores,
    /// One point for each recall level that is reached, from low to high.
    pub sweep: Vec<SweepPoint>,
}

/// Scores at one recall level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepPoint {
    /// Tracks with a smaller mean score were dropped.
    pub threshold: f64,
    /// The recall level, 0.025 to 1.
    pub recall_target: f64,
    /// What the rest reaches.
    #[serde(flatten)]
    pub scores: Scores,
}

/// CLEAR scores (Bernardin and Stiefelhagen 2008) and counts of all sequences together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// `1 - (fn + fp + id_switches) / n_gt`; minus infinity (`null` in JSON) without truth.
    #[serde(rename = "MOTA")]
    pub mota: f64,
    /// Mean overlap of all matches, 0 without any.
    #[serde(rename = "MOTP")]
    pub motp: f64,
    /// MOTA with the decimal logarithm of the identity switches.
    #[serde(rename = "MOTAL")]
    pub motal: f64,
    /// MOTA without the identity switches.
    #[serde(rename = "MODA")]
    pub moda: f64,
    /// Mean over the frames of the mean overlap; 1 in a frame that has no match.
    #[serde(rename = "MODP")]
    pub modp: f64,
    /// `tp / (tp + fn)`, 0 without matches.
    pub recall: f64,
    /// `tp / (tp + fp)`, 0 without matches.
    pub precision: f64,
    /// Harmonic mean of recall and precision.
    #[serde(rename = "F1")]
    pub f1: f64,
    /// False boxes for each frame.
    #[serde(rename = "FAR")]
    pub far: f64,
    /// Share of trajectories that are matched in more than 80 % of their frames.
    #[serde(rename = "MT")]
    pub mt: f64,
    /// Share of trajectories in between.
    #[serde(rename = "PT")]
    pub pt: f64,
    /// Share of trajectories that are matched in less than 20 % of their frames.
    #[serde(rename = "ML")]
    pub ml: f64,
    /// Matches, those with ignored objects included.
    pub tp: u64,
    /// Matches with ignored objects.
    pub itp: u64,
    /// False boxes.
    pub fp: u64,
    /// Missed objects, ignored ones not included.
    #[serde(rename = "fn")]
    pub fn_: u64,
    /// Missed objects that are ignored.
    pub ifn: u64,
    /// Changes of the track that follows an object.
    pub id_switches: u64,
    /// Times the track of an object broke off or changed.
    pub fragments: u64,
    /// Labelled boxes that are not ignored.
    pub n_gt: u64,
    /// Labelled boxes that are ignored.
    pub n_igt: u64,
    /// Labelled objects, of neighbouring classes too.
    pub n_gt_trajectories: u64,
    /// Boxes of the tracks that were kept.
    pub n_tr: u64,
    /// Of these, boxes that are neither right nor wrong.
    pub n_itr: u64,
    /// Tracks, dropped ones included.
    pub n_tr_trajectories: u64,
    /// MOTA scaled to the recall level `r` and held in 0..=1:
    /// `1 - (fn + fp + id_switches - (1 - r) n_gt) / (r n_gt)`.
    #[serde(rename = "sMOTA")]
    pub smota: f64,
}
