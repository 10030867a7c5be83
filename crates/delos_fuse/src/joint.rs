//! Class and score that camera and LiDAR give an object together.

use crate::camera_boxes::is_vehicle;
use delos_core::{Detection3d, ObjectClass, Score};

/// Shapes tried for a camera's class: networks seldom tell vans from cars and trucks.
pub(crate) const fn candidates(class: ObjectClass) -> &'static [ObjectClass] {
    match class {
        ObjectClass::Car => &[ObjectClass::Car, ObjectClass::Van],
        ObjectClass::Truck => &[ObjectClass::Truck, ObjectClass::Van, ObjectClass::Car],
        ObjectClass::Bus => &[ObjectClass::Bus, ObjectClass::Van],
        ObjectClass::Van => &[ObjectClass::Van],
        ObjectClass::Tram => &[ObjectClass::Tram],
        ObjectClass::Cyclist => &[ObjectClass::Cyclist],
        ObjectClass::Motorcycle => &[ObjectClass::Motorcycle],
        ObjectClass::PersonSitting => &[ObjectClass::PersonSitting],
        ObjectClass::Pedestrian => &[ObjectClass::Pedestrian],
        _ => &[ObjectClass::Car],
    }
}

/// A vehicle is no person; an object without a class may be anything.
pub(crate) fn compatible(camera: ObjectClass, object: &Detection3d) -> bool {
    object.class == ObjectClass::Unknown || is_vehicle(camera) == is_vehicle(object.class)
}

/// The camera's class, except among vehicles, whose size the LiDAR measures.
pub(crate) fn joint_class(camera: ObjectClass, object: &Detection3d) -> ObjectClass {
    let measured = is_vehicle(camera) && is_vehicle(object.class) && camera != ObjectClass::Bus;
    if measured { object.class } else { camera }
}

/// Both must be wrong for the object not to be there: `1 - (1 - camera)(1 - quality)`.
/// Scores from files may be no probabilities: those are clamped first.
pub(crate) fn joint_score(camera: Score, quality: f64) -> Score {
    let camera = Score::clamped(camera.get()).get();
    Score::clamped(1.0 - (1.0 - camera) * (1.0 - quality.clamp(0.0, 1.0)))
}
