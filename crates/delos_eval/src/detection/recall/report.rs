//! What all frames say.

use super::RecallRules;
use super::curve::{Step, average_precision, cut_at, steps};
use super::judge::{Judged, Verdict};
use crate::detection::CurvePoint;
use serde::Serialize;

/// What all frames say. Shares are in 0..=1, and `None` where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecallReport {
    /// The rules they were judged by.
    pub rules: RecallRules,
    /// Frames judged.
    pub frames: u64,
    /// Objects that count.
    pub counted: u64,
    /// Detections that have found one.
    pub right: u64,
    /// Detections that have not.
    pub wrong: u64,
    /// Detections that are neither.
    pub neither: u64,
    /// Recall of all detections, whatever their score.
    pub recall: Option<f64>,
    /// Precision of all detections, whatever their score.
    pub precision: Option<f64>,
    /// Mean of the best precision at recalls 1/40, 2/40, ..., 1.
    pub ap_r40: Option<f64>,
    /// Mean of the best precision at recalls 0, 0.1, ..., 1.
    pub ap_r11: Option<f64>,
    /// Recall at each stated precision.
    pub recall_at: Vec<RecallAt>,
    /// The same by distance, for the bands between the stated edges.
    pub bands: Vec<BandRecall>,
    /// One point for each score that occurs, by falling score.
    pub curve: Vec<CurvePoint>,
}

/// How much is found where enough of the detections are right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RecallAt {
    /// The stated precision.
    pub precision: f64,
    /// The highest recall of a cut of the scores at which all detections together have at least
    /// this precision; 0 where there is none.
    pub recall: Option<f64>,
    /// The least score of that cut.
    pub score: Option<f64>,
}

/// The objects in one band of distance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BandRecall {
    /// Objects from here, metres from the camera seen from above,
    pub from_m: f64,
    /// to here, which is the next band's.
    pub to_m: f64,
    /// Objects that count.
    pub counted: u64,
    /// Detections of objects in the band.
    pub right: u64,
    /// Wrong detections in the band.
    pub wrong: u64,
    /// Average precision over 40 recalls of the detections in the band.
    pub ap_r40: Option<f64>,
    /// Share of the objects that all detections find.
    pub recall: Option<f64>,
    /// Share of the objects that are found at the cuts of [`RecallReport::recall_at`].
    pub recall_at: Vec<RecallAt>,
}

impl RecallReport {
    pub(super) fn of(judged: &Judged, rules: &RecallRules, frames: u64) -> Self {
        let steps = steps(judged.verdicts.iter());
        let counted = judged.counted.len() as u64;
        let last = steps.last().copied().unwrap_or_default();
        let recall_at: Vec<RecallAt> =
            rules.precisions.iter().map(|p| recall_at(&steps, counted, *p)).collect();
        Self {
            rules: rules.clone(),
            frames,
            counted,
            right: last.right,
            wrong: last.wrong,
            neither: judged.neither,
            recall: share(last.right, counted),
            precision: share(last.right, last.right + last.wrong),
            ap_r40: average_precision(&steps, counted, 1, 40),
            ap_r11: average_precision(&steps, counted, 0, 10),
            bands: bands(judged, &rules.band_edges_m, &recall_at),
            recall_at,
            curve: steps.iter().map(|step| step.point(counted)).collect(),
        }
    }
}

pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn recall_at(steps: &[Step], counted: u64, precision: f64) -> RecallAt {
    let cut = cut_at(steps, precision);
    let right = cut.map_or(0, |step| step.right);
    RecallAt { precision, recall: share(right, counted), score: cut.map(|step| step.score) }
}

fn bands(judged: &Judged, edges: &[f64], cuts: &[RecallAt]) -> Vec<BandRecall> {
    let pairs = edges.iter().zip(edges.iter().skip(1));
    pairs.map(|(from, to)| band(judged, *from, *to, cuts)).collect()
}

fn band(judged: &Judged, from_m: f64, to_m: f64, cuts: &[RecallAt]) -> BandRecall {
    let is_inside = |range_m: f64| range_m >= from_m && range_m < to_m;
    let counted = judged.counted.iter().filter(|range_m| is_inside(**range_m)).count() as u64;
    let inside: Vec<&Verdict> =
        judged.verdicts.iter().filter(|verdict| is_inside(verdict.range_m)).collect();
    let steps = steps(inside.iter().copied());
    let last = steps.last().copied().unwrap_or_default();
    let at_cut = |cut: &RecallAt| {
        let right = |least: f64| {
            inside.iter().filter(|verdict| verdict.is_right && verdict.score >= least).count()
        };
        RecallAt { recall: share(cut.score.map_or(0, right) as u64, counted), ..*cut }
    };
    BandRecall {
        from_m,
        to_m,
        counted,
        right: last.right,
        wrong: last.wrong,
        ap_r40: average_precision(&steps, counted, 1, 40),
        recall: share(last.right, counted),
        recall_at: cuts.iter().map(at_cut).collect(),
    }
}
