//! The rules as the kernels of a GPU take them, and their result.

use super::{Keeper, Scores, detection};
use crate::models::{Activation, NmsScope};
use delos_core::{Box3, Detection3d, ObjectClass, Position, Size, Yaw};
use delos_infer::kernels::{KeepRule, Result3d, ScoreRule, Slot3d};

impl Keeper {
    pub(in crate::lidar::network::pillars) fn rule(&self) -> KeepRule {
        KeepRule {
            candidates: self.card.candidates,
            most: self.card.most,
            iou: f64::from(self.thresholds.nms_iou),
            least_distance_m: self.card.least_distance_m,
        }
    }

    /// For each class of the network a number shared with those it competes with; -1 to leave it out.
    pub(in crate::lidar::network::pillars) fn groups(
        &self,
        classes: &[Option<ObjectClass>],
    ) -> Vec<i32> {
        let group = |class: &Option<ObjectClass>| match (class, self.card.among) {
            (None, _) => -1,
            (Some(_), NmsScope::All) => 0,
            (Some(class), NmsScope::Class) => *class as i32,
        };
        classes.iter().map(group).collect()
    }
}

/// The detections of a result.
pub(in crate::lidar::network::pillars) fn detections(
    classes: &[Option<ObjectClass>],
    result: &Result3d,
) -> Vec<Detection3d> {
    let slots = result.detections();
    let mut all = Vec::with_capacity(slots.len());
    all.extend(slots.iter().filter_map(|slot| found(classes, slot)));
    all
}

fn found(classes: &[Option<ObjectClass>], slot: &Slot3d) -> Option<Detection3d> {
    let class = *classes.get(usize::try_from(slot.class).ok()?)?;
    let ([x, y, z], [length, width, height]) = (slot.bbox.middle, slot.bbox.size);
    let size = Size::new(length, width, height).ok()?;
    let yaw = Yaw::new(slot.bbox.yaw).ok()?;
    Some(detection(Box3::new(Position::new(x, y, z), size, yaw), class?, slot.score))
}

impl Scores {
    pub(in crate::lidar::network::pillars) fn rule(self, keeper: &Keeper) -> ScoreRule {
        let is_logits = self.activation == Activation::Logits;
        ScoreRule::new(self.floor, keeper.thresholds.score, is_logits)
    }
}
