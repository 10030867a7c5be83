//! Average precision of boxes in the image.

use delos_core::Box2;
use delos_geom::{intersection2d, iou2d};
use serde::Serialize;

#[cfg(test)]
mod tests;

/// A labelled box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApTruth {
    /// Where it is, pixels.
    pub bbox: Box2,
    /// Whether finding it is neither right nor wrong.
    pub is_ignored: bool,
}

/// A detected box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApDetection {
    /// Where it is, pixels.
    pub bbox: Box2,
    /// How sure the detector is; finite.
    pub score: f64,
    /// Whether it is neither right nor wrong where it finds nothing.
    pub is_ignored: bool,
}

/// One image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApFrame {
    /// What is there.
    pub truths: Vec<ApTruth>,
    /// What has been found.
    pub detections: Vec<ApDetection>,
    /// Regions in which nothing is wrong: a detection belongs to one when their intersection
    /// is at least the threshold's share of the detection.
    pub regions: Vec<Box2>,
}

/// Recall and precision of all detections with at least this score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ApPoint {
    /// The score.
    pub score: f64,
    /// Share of the truths that are found.
    pub recall: f64,
    /// Share of the detections that are right.
    pub precision: f64,
}

/// Precision over recall.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ApCurve {
    /// Truths that count.
    pub counted: usize,
    /// Detections that found one of them.
    pub right: usize,
    /// Detections that found nothing.
    pub wrong: usize,
    /// Mean of the best precision at recalls 1/40, 2/40 ... 1; `None` where no truth counts.
    pub ap_r40: Option<f64>,
    /// Mean of the best precision at recalls 0, 0.1 ... 1; `None` where no truth counts.
    pub ap_r11: Option<f64>,
    /// One point for each score that occurs, descending.
    pub points: Vec<ApPoint>,
}

/// Average precision at an `IoU` threshold over all frames.
///
/// Detections come by (score descending, frame, position in the frame). Each takes, of the
/// truths of its frame that are free and overlap by at least `iou_threshold`, the one it
/// overlaps most, those that count before those that are ignored. It is right with a truth that
/// counts; with an ignored one, in a region, or ignored itself it is neither; else wrong.
/// Precision at a recall is the best one at this recall or a higher one (as in the KITTI
/// benchmark: 11 recalls until 2019, 40 since, Simonelli et al. 2019).
pub fn ap2d(frames: &[ApFrame], iou_threshold: f64) -> ApCurve {
    let counted = frames.iter().flat_map(|f| &f.truths).filter(|t| !t.is_ignored).count();
    let steps = steps(frames, iou_threshold);
    let recalls = |from: usize, parts: usize| {
        (counted > 0).then(|| interpolated(&steps, counted, from, parts))
    };
    let last = steps.last().copied().unwrap_or_default();
    ApCurve {
        counted,
        right: last.right,
        wrong: last.wrong,
        ap_r40: recalls(1, 40),
        ap_r11: recalls(0, 10),
        points: steps.iter().map(|step| step.point(counted)).collect(),
    }
}

/// Counts over all detections with at least this score.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    score: f64,
    right: usize,
    wrong: usize,
}

impl Step {
    fn precision(self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn point(self, counted: usize) -> ApPoint {
        let recall = self.right as f64 / counted.max(1) as f64;
        ApPoint { score: self.score, recall, precision: self.precision() }
    }
}

/// The counts after each score that occurs among detections that are right or wrong.
fn steps(frames: &[ApFrame], threshold: f64) -> Vec<Step> {
    let mut order: Vec<(usize, &ApDetection)> = frames
        .iter()
        .enumerate()
        .flat_map(|(frame, f)| f.detections.iter().map(move |detection| (frame, detection)))
        .collect();
    order.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
    let mut taken: Vec<Vec<bool>> = frames.iter().map(|f| vec![false; f.truths.len()]).collect();
    let mut steps: Vec<Step> = vec![];
    let mut now = Step::default();
    for (frame, detection) in order {
        let Some(is_right) = verdict(&frames[frame], &mut taken[frame], detection, threshold)
        else {
            continue;
        };
        now.right += usize::from(is_right);
        now.wrong += usize::from(!is_right);
        now.score = detection.score;
        // Detections of one score stand or fall together.
        if steps.last().is_some_and(|last| last.score.total_cmp(&now.score).is_eq()) {
            steps.pop();
        }
        steps.push(now);
    }
    steps
}

/// Whether a detection is right; `None` where it is neither right nor wrong.
fn verdict(
    frame: &ApFrame,
    taken: &mut [bool],
    detection: &ApDetection,
    threshold: f64,
) -> Option<bool> {
    for is_ignored in [false, true] {
        if let Some(truth) = best(frame, taken, &detection.bbox, threshold, is_ignored) {
            taken[truth] = true;
            return (!is_ignored).then_some(true);
        }
    }
    let area = f64::from(detection.bbox.area());
    let is_excused = detection.is_ignored
        || frame.regions.iter().any(|r| intersection2d(r, &detection.bbox) >= threshold * area);
    (!is_excused).then_some(false)
}

/// The free truth that overlaps most, of equal ones the first.
fn best(
    frame: &ApFrame,
    taken: &[bool],
    bbox: &Box2,
    threshold: f64,
    is_ignored: bool,
) -> Option<usize> {
    let free = frame.truths.iter().zip(taken).enumerate();
    let overlaps = free
        .filter(|(_, (truth, taken))| truth.is_ignored == is_ignored && !**taken)
        .map(|(index, (truth, _))| (index, iou2d(&truth.bbox, bbox)))
        .filter(|(_, iou)| *iou >= threshold);
    overlaps.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(index, _)| index)
}

/// Mean of the best precision at the recalls `from / parts`, ... `parts / parts`.
fn interpolated(steps: &[Step], counted: usize, from: usize, parts: usize) -> f64 {
    let at = |part: usize| {
        let reached = steps.iter().filter(|step| step.right * parts >= part * counted);
        reached.map(|step| step.precision()).fold(0.0, f64::max)
    };
    (from..=parts).map(at).sum::<f64>() / (parts + 1 - from) as f64
}
