//! Ground truth of one instant: exact boxes, and what the sensors really see of them.

use crate::camera::Sighting;
use crate::scene::{Object, Pose, Scene};
use delos_core::{Box3, Ego, GroundTruth, LabelledObject, Position, TrackId, Yaw};
use nalgebra::Vector3;

/// Share of an object's own pixels that must be seen for it to count as visible.
const VISIBLE: f32 = 0.8;
/// Below [`VISIBLE`] and from this share on an object is partly hidden.
const PARTLY: f32 = 0.4;
/// Below [`PARTLY`] and from this share on it is mostly hidden; below, nobody sees it.
const MOSTLY: f32 = 0.02;

/// One labelled road user and what the sensors see of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The label as a data set writes it.
    pub object: LabelledObject,
    /// Share of the pixels it would cover alone that something else covers, 0..=1.
    pub hidden: f32,
    /// Share of its rectangle outside the image, 0..=1.
    pub truncation: f32,
    /// LiDAR returns from its surface.
    pub points: u32,
}

/// Labels of the objects that touch the image, in the scene's order. `sightings` and
/// `points` have one entry for each object of the scene. Objects that nobody sees are
/// labelled too, with occlusion 3, so that the truth is complete.
pub fn labels(scene: &Scene, sightings: &[Sighting], points: &[u32]) -> Vec<Label> {
    let seen = scene.objects.iter().zip(sightings).zip(points);
    seen.filter_map(|((object, sighting), points)| label(object, sighting, *points, &scene.ego))
        .collect()
}

/// The labels without what only a simulator knows.
pub fn ground_truth(labels: &[Label]) -> GroundTruth {
    GroundTruth(labels.iter().map(|label| label.object.clone()).collect())
}

/// The object's box in the vehicle's frame.
pub fn box_in_ego(object: &Object, ego: &Pose) -> Box3<Ego> {
    let up = object.pose.turn * nalgebra::Vector3::new(0.0, 0.0, object.size.height() as f32 / 2.0);
    let centre = ego.to_local(&(object.pose.origin + up)).cast::<f64>();
    let ahead = ego.turn.tr_mul(&(object.pose.turn * Vector3::x())).cast::<f64>();
    // The elementary functions of `libm` have the same bits everywhere.
    let yaw = libm::atan2(ahead.y, ahead.x);
    Box3::new(
        Position::new(centre.x, centre.y, centre.z),
        object.size,
        Yaw::new(yaw).unwrap_or_default(),
    )
}

fn label(object: &Object, sighting: &Sighting, points: u32, ego: &Pose) -> Option<Label> {
    let image_box = sighting.bbox?;
    let share = sighting.visible_px as f32 / sighting.covered_px.max(1) as f32;
    let labelled = LabelledObject {
        class: object.class,
        track: Some(TrackId(object.id)),
        bbox: Some(box_in_ego(object, ego)),
        image_box: Some(image_box),
        truncation: truncation_level(sighting.truncation),
        occlusion: occlusion_level(share),
    };
    let truncation = sighting.truncation;
    Some(Label { object: labelled, hidden: 1.0 - share, truncation, points })
}

/// The levels of the tracking benchmark: 0 inside the image, 1 partly, 2 mostly outside.
const fn truncation_level(share: f32) -> f32 {
    if share < 0.02 {
        0.0
    } else if share < 0.5 {
        1.0
    } else {
        2.0
    }
}

/// 0 visible, 1 partly hidden, 2 mostly hidden, 3 not seen.
const fn occlusion_level(visible_share: f32) -> u8 {
    if visible_share >= VISIBLE {
        0
    } else if visible_share >= PARTLY {
        1
    } else if visible_share >= MOSTLY {
        2
    } else {
        3
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Vec3;
    use delos_core::{ObjectClass, Size};

    #[test]
    fn levels_follow_the_shares() {
        let table = [(1.0, 0), (0.8, 0), (0.79, 1), (0.4, 1), (0.39, 2), (0.02, 2), (0.01, 3)];
        for (share, level) in table {
            assert_eq!(occlusion_level(share), level, "{share}");
        }
        for (share, level) in [(0.0, 0.0), (0.01, 0.0), (0.3, 1.0), (0.5, 2.0), (1.0, 2.0)] {
            assert!((truncation_level(share) - level).abs() < f32::EPSILON, "{share}");
        }
    }

    #[test]
    fn a_box_is_placed_as_the_turned_vehicle_sees_it() {
        let ego = Pose::new(Vec3::new(10.0, 5.0, 1.73), std::f32::consts::FRAC_PI_2, 0.0, 0.0);
        let object = Object {
            id: 4,
            class: ObjectClass::Car,
            size: Size::new(4.0, 1.6, 1.5).expect("positive"),
            pose: Pose::new(Vec3::new(10.0, 25.0, 0.0), 0.0, 0.0, 0.0),
            velocity: Vec3::zeros(),
        };
        let found = box_in_ego(&object, &ego);
        assert!((found.center.x() - 20.0).abs() < 1e-4 && found.center.y().abs() < 1e-4);
        assert!((found.center.z() - (0.75 - 1.73)).abs() < 1e-5);
        assert!((found.yaw.radians() + std::f64::consts::FRAC_PI_2).abs() < 1e-5);
    }
}
