//! Small rules of decoding: score, kinds, names of large vehicles.

use crate::models::CentreCard;
use delos_core::ObjectClass;

/// Objects of one kind do not stand in each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// On wheels with a body.
    Vehicle,
    /// On foot or on two wheels.
    Person,
    /// Anything else, with its own class alone.
    Other(ObjectClass),
}

pub(super) const fn kind_of(class: ObjectClass) -> Kind {
    match class {
        ObjectClass::Car
        | ObjectClass::Van
        | ObjectClass::Truck
        | ObjectClass::Bus
        | ObjectClass::Tram => Kind::Vehicle,
        ObjectClass::Pedestrian
        | ObjectClass::PersonSitting
        | ObjectClass::Cyclist
        | ObjectClass::Motorcycle => Kind::Person,
        other => Kind::Other(other),
    }
}

/// A network's "truck" is any large vehicle: which one, its length tells.
pub(super) fn told_by_length(class: ObjectClass, length_m: f64, rules: &CentreCard) -> ObjectClass {
    match class {
        ObjectClass::Truck if length_m < rules.van_below_m => ObjectClass::Van,
        ObjectClass::Truck if length_m >= rules.bus_from_m => ObjectClass::Bus,
        _ => class,
    }
}

/// `quality ^ power`, the same on every machine for the usual powers.
pub(super) fn power(quality: f32, power: f32) -> f32 {
    match power {
        0.0 => 1.0,
        0.5 => quality.sqrt(),
        1.0 => quality,
        _ => f64::from(quality).powf(f64::from(power)) as f32,
    }
}
