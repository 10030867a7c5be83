//! Which of many boxes are left.

mod device;

pub(super) use device::detections;

use crate::lidar::network::decode::{best, can_touch};
use crate::models::{Activation, KeepCard, NmsScope, Thresholds};
use delos_core::{Box3, Detection3d, Ego, ObjectClass, Score, Source};
use delos_geom::iou_bev;
use std::cmp::Ordering;

/// A score that may become a box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) score: f32,
    /// Number of the box; of equal scores the lower number comes first.
    pub(super) index: u32,
    /// Number of its class.
    pub(super) class: u32,
}

impl Candidate {
    fn order(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.index.cmp(&other.index))
    }
}

/// Picks boxes greedily: by (score descending, index ascending), each unless a better one that
/// is left overlaps it too much, seen from above. Overlaps are exact (convex clipping).
#[derive(Clone, Debug)]
pub(super) struct Keeper {
    card: KeepCard,
    thresholds: Thresholds,
    pub(super) candidates: Vec<Candidate>,
}

impl Keeper {
    pub(super) fn new(card: KeepCard, thresholds: Thresholds) -> Self {
        Self { card, thresholds, candidates: Vec::new() }
    }

    /// Adds a candidate whose score is high enough.
    pub(super) fn offer(&mut self, score: f32, index: usize, class: usize) {
        if score >= self.thresholds.score {
            self.candidates.push(Candidate { score, index: index as u32, class: class as u32 });
        }
    }

    /// Writes the boxes of the candidates that are left to `out`; `make` gives the box and class
    /// of a candidate, `None` for none.
    pub(super) fn keep(
        &mut self,
        out: &mut Vec<Detection3d>,
        make: impl Fn(&Candidate) -> Option<(Box3<Ego>, ObjectClass)>,
    ) {
        out.clear();
        best(&mut self.candidates, self.card.candidates as usize, Candidate::order);
        for candidate in &self.candidates {
            if out.len() >= self.card.most as usize {
                break;
            }
            let Some((bbox, class)) = make(candidate) else { continue };
            let found = detection(bbox, class, candidate.score);
            if !out.iter().any(|better| self.clash(better, &found)) {
                out.push(found);
            }
        }
    }

    fn clash(&self, a: &Detection3d, b: &Detection3d) -> bool {
        if self.card.among == NmsScope::Class && a.class != b.class {
            return false;
        }
        let near = a.bbox.center.planar_distance(&b.bbox.center) < self.card.least_distance_m;
        near || (can_touch(&a.bbox, &b.bbox)
            && iou_bev(&a.bbox, &b.bbox) > f64::from(self.thresholds.nms_iou))
    }
}

fn detection(bbox: Box3<Ego>, class: ObjectClass, score: f32) -> Detection3d {
    Detection3d {
        bbox,
        class,
        score: Score::clamped(f64::from(score)),
        points: 0,
        cluster: None,
        source: Source::Lidar,
        image_box: None,
    }
}

/// Turns numbers of a network into scores.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scores {
    activation: Activation,
    /// No number below this can have a score that is high enough.
    pub(super) floor: f32,
}

impl Scores {
    pub(super) fn new(activation: Activation, least: f32) -> Self {
        let floor = match activation {
            Activation::Scores => least,
            // A little lower than exact: the exact comparison is that of the scores.
            Activation::Logits => {
                let least = f64::from(least);
                ((least / (1.0 - least)).ln().min(15.0) - 1e-3) as f32
            }
        };
        Self { activation, floor }
    }

    /// The score of a number.
    pub(super) fn of(self, number: f32) -> f32 {
        match self.activation {
            Activation::Scores => number,
            Activation::Logits => (1.0 / (1.0 + (-f64::from(number)).exp())) as f32,
        }
    }
}
