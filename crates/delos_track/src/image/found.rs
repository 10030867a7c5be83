//! Detections as the tracker takes them: checked, in a fixed order, ready to be searched.

use super::config::ImageTrackerConfig;
use super::rectangle::Rect;
use crate::ScoreKind;
use delos_core::{Detection2d, Detections2d, ObjectClass};
use std::cmp::Ordering;

/// Nothing is seen further away from the image than this, pixels.
const FARTHEST: f32 = 1e6;

/// Smallest width and height of a detection, pixels.
const SMALLEST: f32 = 1.0;

/// One detection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) rect: Rect,
    /// The rectangle grown by the reach.
    pub(crate) reach: Rect,
    pub(crate) class: ObjectClass,
    pub(crate) probability: f64,
}

/// The detections of a frame by the left edge of their reach. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Intake {
    found: Vec<Found>,
    widest: f64,
}

impl Intake {
    /// Takes those worth looking at: finite, not empty, judged by somebody, probable enough.
    pub(crate) fn take(&mut self, detections: &Detections2d, config: &ImageTrackerConfig) {
        let usable = detections.0.iter().filter_map(|d| Found::of(d, config));
        self.found.clear();
        self.found.extend(usable);
        if self.found.len() > config.max_detections {
            self.found.sort_unstable_by(|a, b| {
                b.probability.total_cmp(&a.probability).then_with(|| by_place(a, b))
            });
            self.found.truncate(config.max_detections);
        }
        self.found.sort_unstable_by(by_place);
        self.widest = self.found.iter().map(|found| found.reach.width()).fold(0.0, f64::max);
    }

    /// All of them, in an order that does not depend on the detector's.
    pub(crate) fn all(&self) -> &[Found] {
        &self.found
    }

    /// Those whose reach touches a rectangle, with their numbers, ascending.
    pub(crate) fn near(&self, rect: &Rect) -> impl Iterator<Item = (u32, &Found)> {
        let (left, right) = (rect.0[0] - self.widest, rect.0[2]);
        let first = self.found.partition_point(|found| found.reach.0[0] < left);
        (first as u32..)
            .zip(self.found.get(first..).unwrap_or_default())
            .take_while(move |(_, found)| found.reach.0[0] <= right)
            .filter(move |(_, found)| found.reach.touches(rect))
    }
}

impl Found {
    fn of(detection: &Detection2d, config: &ImageTrackerConfig) -> Option<Self> {
        let b = &detection.bbox;
        let placed = [b.x1, b.y1, b.x2, b.y2].iter().all(|v| v.abs() <= FARTHEST);
        // Also false for NaN.
        let solid = b.width() >= SMALLEST && b.height() >= SMALLEST;
        let probability = probability(detection.score.get(), config.scores);
        let judged = detection.class != ObjectClass::DontCare && probability >= config.min_score;
        let rect = Rect::of(b);
        (placed && solid && judged).then(|| Self {
            rect,
            reach: rect.grown(config.reach),
            class: detection.class,
            probability,
        })
    }
}

fn probability(score: f64, kind: ScoreKind) -> f64 {
    match kind {
        ScoreKind::Probability => score.clamp(0.0, 1.0),
        ScoreKind::Logit => 1.0 / (1.0 + (-score).exp()),
    }
}

/// By every number that counts: the detector's order has no influence.
fn by_place(a: &Found, b: &Found) -> Ordering {
    let first = a.reach.0[0].total_cmp(&b.reach.0[0]);
    first.then_with(|| {
        let key = |f: &Found| {
            let [x1, y1, x2, y2] = f.rect.0;
            [x1, y1, x2, y2, -f.probability, f64::from(f.class.index())]
        };
        let pairs = key(a).into_iter().zip(key(b));
        pairs.map(|(a, b)| a.total_cmp(&b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Box2, Score};
    use proptest::prelude::*;

    fn detection(bbox: [f32; 4], score: f64) -> Detection2d {
        let [x1, y1, x2, y2] = bbox;
        Detection2d {
            bbox: Box2 { x1, y1, x2, y2 },
            class: ObjectClass::Car,
            score: Score::new(score).unwrap(),
        }
    }

    fn taken(detections: &[Detection2d], config: &ImageTrackerConfig) -> Vec<Found> {
        let mut intake = Intake::default();
        intake.take(&Detections2d(detections.to_vec()), config);
        intake.all().to_vec()
    }

    #[test]
    fn what_cannot_be_used_is_left_out() {
        let config = ImageTrackerConfig::default();
        let good = detection([10.0, 10.0, 30.0, 30.0], 0.5);
        let region = Detection2d { class: ObjectClass::DontCare, ..good };
        let table = [
            detection([f32::NAN, 10.0, 30.0, 30.0], 0.9),
            detection([10.0, 10.0, f32::INFINITY, 30.0], 0.9),
            detection([10.0, 10.0, 2e6, 30.0], 0.9),
            detection([10.0, 10.0, 10.0, 30.0], 0.9),
            detection([30.0, 10.0, 10.0, 30.0], 0.9),
            detection([10.0, 10.0, 30.0, 30.0], 0.01),
            region,
            good,
        ];
        assert_eq!(taken(&table, &config).len(), 1);
    }

    #[test]
    fn of_too_many_the_probable_ones_stay() {
        let config = ImageTrackerConfig { max_detections: 2, ..Default::default() };
        let all = [0.3, 0.9, 0.5].map(|score| detection([0.0, 0.0, 9.0, 9.0], score));
        let scores: Vec<_> = taken(&all, &config).iter().map(|f| f.probability).collect();
        assert_eq!(scores, [0.9, 0.5]);
    }

    #[test]
    fn logits_become_probabilities() {
        let config =
            ImageTrackerConfig { scores: ScoreKind::Logit, min_score: 0.5, ..Default::default() };
        let all = [-0.1, 0.1, -800.0].map(|score| detection([0.0, 0.0, 9.0, 9.0], score));
        assert_eq!(taken(&all, &config).len(), 1);
    }

    proptest! {
        #[test]
        fn near_ones_are_those_that_touch(
            boxes in prop::collection::vec((0.0..300.0f32, 0.0..300.0f32, 1.0..90.0f32, 1.0..90.0f32), 0..60),
            place in (0.0..300.0f64, 0.0..300.0f64, 1.0..90.0f64, 1.0..90.0f64),
        ) {
            let all: Vec<_> =
                boxes.iter().map(|(x, y, w, h)| detection([*x, *y, x + w, y + h], 0.9)).collect();
            let mut intake = Intake::default();
            intake.take(&Detections2d(all), &ImageTrackerConfig::default());
            let rect = Rect([place.0, place.1, place.0 + place.2, place.1 + place.3]);
            let near: Vec<u32> = intake.near(&rect).map(|(number, _)| number).collect();
            let wanted: Vec<u32> = (0..)
                .zip(intake.all())
                .filter(|(_, found)| found.reach.touches(&rect))
                .map(|(number, _)| number)
                .collect();
            prop_assert_eq!(near, wanted);
        }
    }
}
