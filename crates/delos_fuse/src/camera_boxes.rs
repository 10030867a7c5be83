//! Camera boxes that are worth a place in space.

use crate::FusionConfig;
use delos_core::{Detection2d, Detections2d, ObjectClass};
use delos_geom::iou2d;

/// Road users of sufficient score without duplicates among vehicles and among people, from the
/// lowest edge of the box upward: what touches the ground nearer comes first.
pub(crate) fn select(found: &Detections2d, config: &FusionConfig, out: &mut Vec<Detection2d>) {
    out.clear();
    for d in &found.0 {
        let weak = d.score.get() < config.min_camera_score;
        if weak || !is_road_user(d.class) || d.bbox.area() <= 0.0 {
            continue;
        }
        let repeated = |kept: &Detection2d| {
            is_vehicle(kept.class) == is_vehicle(d.class)
                && iou2d(&kept.bbox, &d.bbox) > config.duplicate_iou
        };
        if !out.iter().any(repeated) {
            out.push(*d);
        }
    }
    out.sort_by(|a, b| b.bbox.y2.total_cmp(&a.bbox.y2));
}

/// Things on wheels with a body.
pub(crate) const fn is_vehicle(class: ObjectClass) -> bool {
    matches!(
        class,
        ObjectClass::Car
            | ObjectClass::Van
            | ObjectClass::Truck
            | ObjectClass::Bus
            | ObjectClass::Tram
            | ObjectClass::Misc
    )
}

const fn is_road_user(class: ObjectClass) -> bool {
    is_vehicle(class)
        || matches!(
            class,
            ObjectClass::Pedestrian
                | ObjectClass::PersonSitting
                | ObjectClass::Cyclist
                | ObjectClass::Motorcycle
        )
}
