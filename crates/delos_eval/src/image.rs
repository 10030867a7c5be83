//! Boxes in the image: which labelled objects count, and how well they are found.

use crate::detection::{Candidate, Curve, SAMPLES, Scene, Truth, neighbour, over_11, over_40};
use crate::rectangle::Rectangle;
use delos_core::setting::{SettingError, not_negative, share};
use delos_core::{Box2, Detection2d, Detections2d, GroundTruth, LabelledObject, ObjectClass};
use serde::{Deserialize, Serialize};

/// What counts in the image: the moderate rules of the KITTI object benchmark, with an overlap
/// of one half.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageRules {
    /// The class that is looked for.
    pub class: ObjectClass,
    /// `IoU` beyond which a detection has found an object.
    pub iou: f64,
    /// Objects that are less high in the image are ignored, pixels.
    pub min_height_px: f32,
    /// Objects that are more hidden are ignored: 0 visible, 1 partly, 2 mostly hidden.
    pub max_occlusion: u8,
    /// Objects that leave the image by more are ignored. Levels (0, 1, 2) are compared as
    /// numbers, so that only level 0 counts.
    pub max_truncation: f32,
}

impl Default for ImageRules {
    fn default() -> Self {
        Self {
            class: ObjectClass::Car,
            iou: 0.5,
            min_height_px: 25.0,
            max_occlusion: 1,
            max_truncation: 0.3,
        }
    }
}

impl ImageRules {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first field out of its range.
    pub fn check(&self) -> Result<(), SettingError> {
        share("camera.iou", self.iou)?;
        not_negative("camera.min_height_px", self.min_height_px.into())?;
        not_negative("camera.max_truncation", self.max_truncation.into())
    }

    fn counts(&self, object: &LabelledObject, height_px: f32) -> bool {
        object.class == self.class
            && height_px >= self.min_height_px
            && object.occlusion <= self.max_occlusion
            && object.truncation <= self.max_truncation
    }
}

/// One image as the benchmark's matching sees it.
///
/// Objects of the class that do not count and objects of the neighbouring class (vans for cars,
/// sitting persons for pedestrians) are ignored, `DontCare` gives regions, other classes are left
/// out. Detections lower than the smallest object that counts are ignored.
fn scene(truth: &GroundTruth, found: &Detections2d, rules: &ImageRules) -> Scene {
    let found: Vec<(&Detection2d, bool)> = found
        .0
        .iter()
        .map(|detection| (detection, detection.bbox.height() < rules.min_height_px))
        .filter(|(detection, is_low)| *is_low || detection.class == rules.class)
        .collect();
    let labels = truth.0.iter().filter_map(|object| Some((object, object.image_box?)));
    let truths = labels.filter_map(|(object, bbox)| {
        let is_known = object.class == rules.class || Some(object.class) == neighbour(rules.class);
        is_known.then(|| Truth {
            is_ignored: !rules.counts(object, bbox.height()),
            alpha: 0.0,
            near: near(&bbox, &found, rules.iou),
        })
    });
    let candidates = found.iter().map(|(detection, is_low)| Candidate {
        score: detection.score.get(),
        alpha: 0.0,
        is_ignored: *is_low,
        is_excused: is_excused(&detection.bbox, truth, rules.iou),
    });
    Scene { truths: truths.collect(), found: candidates.collect() }
}

fn near(bbox: &Box2, found: &[(&Detection2d, bool)], least: f64) -> Vec<(usize, f64)> {
    let label = rectangle(bbox);
    let overlaps = found.iter().map(|(other, _)| label.iou(&rectangle(&other.bbox)));
    overlaps.enumerate().filter(|(_, overlap)| *overlap > least).collect()
}

/// Whether more than this share of a box lies in a region to leave out.
fn is_excused(bbox: &Box2, truth: &GroundTruth, most: f64) -> bool {
    let regions = truth.0.iter().filter(|object| object.class == ObjectClass::DontCare);
    let mut boxes = regions.filter_map(|region| region.image_box);
    let found = rectangle(bbox);
    boxes.any(|region| found.share_in(&rectangle(&region)) > most)
}

fn rectangle(bbox: &Box2) -> Rectangle {
    Rectangle::from_corners([bbox.x1, bbox.y1, bbox.x2, bbox.y2].map(f64::from))
}

/// How well the camera finds one class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImageReport {
    /// Average precision over 40 recalls; `None` where fewer than 41 objects count, since the
    /// benchmark's samples of the recall need an object each.
    pub ap_r40: Option<f64>,
    /// Average precision over 11 recalls; `None` as above.
    pub ap_r11: Option<f64>,
    /// Recall of all detections, whatever their score.
    pub recall: Option<f64>,
    /// Precision of all detections, whatever their score.
    pub precision: Option<f64>,
    /// Images judged.
    pub frames: usize,
    /// Objects that count.
    pub counted: usize,
    /// Detections that are right.
    pub right: usize,
    /// Detections that are wrong.
    pub wrong: usize,
}

/// Collects the images of a run.
#[derive(Clone, Debug)]
pub struct ImageScores {
    rules: ImageRules,
    scenes: Vec<Scene>,
}

impl ImageScores {
    /// No image yet.
    pub const fn new(rules: ImageRules) -> Self {
        Self { rules, scenes: vec![] }
    }

    /// Adds one image.
    pub fn add(&mut self, truth: &GroundTruth, found: &Detections2d) {
        self.scenes.push(scene(truth, found, &self.rules));
    }

    /// What all images say; `None` where there was none.
    pub fn report(&self) -> Option<ImageReport> {
        let curve = Curve::of(&self.scenes);
        let precisions = curve.precisions();
        let is_sampled = curve.counted >= SAMPLES;
        let total = curve.total();
        let share = |whole: usize| (whole > 0).then(|| total.right as f64 / whole as f64);
        (!self.scenes.is_empty()).then(|| ImageReport {
            ap_r40: is_sampled.then(|| over_40(&precisions)),
            ap_r11: is_sampled.then(|| over_11(&precisions)),
            recall: share(curve.counted),
            precision: share(total.right + total.wrong),
            frames: self.scenes.len(),
            counted: curve.counted,
            right: total.right,
            wrong: total.wrong,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Box2, Detection2d, Score};

    fn label(class: ObjectClass, x: f32, height: f32) -> LabelledObject {
        LabelledObject {
            class,
            track: None,
            bbox: None,
            image_box: Some(Box2::new(x, 0.0, x + 40.0, height)),
            truncation: 0.0,
            occlusion: 0,
        }
    }

    fn found(class: ObjectClass, x: f32, height: f32) -> Detection2d {
        let bbox = Box2::new(x, 0.0, x + 40.0, height);
        Detection2d { bbox, class, score: Score::clamped(0.8) }
    }

    #[test]
    fn only_what_is_well_visible_counts() {
        let car = |x: f32| label(ObjectClass::Car, x, 30.0);
        let table = [
            ("visible", car(0.0), Some(false)),
            ("partly hidden", LabelledObject { occlusion: 1, ..car(0.0) }, Some(false)),
            ("mostly hidden", LabelledObject { occlusion: 2, ..car(0.0) }, Some(true)),
            ("unknown", LabelledObject { occlusion: 3, ..car(0.0) }, Some(true)),
            ("a little cut", LabelledObject { truncation: 0.3, ..car(0.0) }, Some(false)),
            ("cut", LabelledObject { truncation: 0.4, ..car(0.0) }, Some(true)),
            ("low", label(ObjectClass::Car, 0.0, 24.0), Some(true)),
            ("a van", label(ObjectClass::Van, 0.0, 30.0), Some(true)),
            ("a truck", label(ObjectClass::Truck, 0.0, 30.0), None),
            ("not in the image", LabelledObject { image_box: None, ..car(0.0) }, None),
        ];
        for (what, object, wanted) in table {
            let truth = GroundTruth(vec![object]);
            let scene = scene(&truth, &Detections2d::default(), &ImageRules::default());
            assert_eq!(scene.truths.first().map(|truth| truth.is_ignored), wanted, "{what}");
        }
    }

    #[test]
    fn a_run_is_summed_up() {
        let mut scores = ImageScores::new(ImageRules::default());
        assert_eq!(scores.report(), None);
        let truth = GroundTruth(vec![
            label(ObjectClass::Car, 0.0, 30.0),
            label(ObjectClass::Car, 100.0, 30.0),
            label(ObjectClass::DontCare, 200.0, 30.0),
        ]);
        let found = Detections2d(vec![
            found(ObjectClass::Car, 2.0, 30.0),
            found(ObjectClass::Truck, 100.0, 30.0),
            found(ObjectClass::Car, 205.0, 30.0),
            found(ObjectClass::Car, 300.0, 24.0),
            found(ObjectClass::Car, 400.0, 30.0),
        ]);
        scores.add(&truth, &found);
        let report = scores.report().expect("an image");
        assert_eq!((report.frames, report.counted, report.right, report.wrong), (1, 2, 1, 1));
        assert_eq!((report.recall, report.precision), (Some(0.5), Some(0.5)));
        scores = ImageScores::new(ImageRules::default());
        scores.add(&truth, &Detections2d::default());
        let report = scores.report().expect("an image");
        assert_eq!((report.recall, report.precision, report.ap_r40), (Some(0.0), None, None));
    }

    #[test]
    fn average_precision_needs_an_object_for_each_sample() {
        let truth = GroundTruth(vec![label(ObjectClass::Car, 0.0, 30.0)]);
        let found = Detections2d(vec![found(ObjectClass::Car, 1.0, 30.0)]);
        for (images, wanted) in [(40, None), (41, Some(1.0)), (100, Some(1.0))] {
            let mut scores = ImageScores::new(ImageRules::default());
            (0..images).for_each(|_| scores.add(&truth, &found));
            let report = scores.report().expect("images");
            assert_eq!((report.ap_r40, report.ap_r11), (wanted, wanted), "{images}");
            assert_eq!(report.recall, Some(1.0));
        }
    }

    #[test]
    fn a_low_detection_takes_an_object_and_nothing_is_wrong() {
        let truth = GroundTruth(vec![label(ObjectClass::Car, 0.0, 26.0)]);
        let mut scores = ImageScores::new(ImageRules::default());
        scores.add(&truth, &Detections2d(vec![found(ObjectClass::Truck, 0.0, 24.0)]));
        let report = scores.report().expect("an image");
        assert_eq!((report.counted, report.right, report.wrong), (1, 0, 0));
    }
}
