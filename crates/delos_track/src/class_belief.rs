//! What a track is, by the classes of its detections.

use delos_core::{ClassProbabilities, ObjectClass};

/// How much an older detection counts at the next one.
const MEMORY: f64 = 0.9;

/// "Something" is weak evidence against a named class.
const UNNAMED_WEIGHT: f64 = 0.1;

/// Kinds of classes that are followed alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Cars and everything larger that drives.
    Vehicle,
    /// People on foot.
    Pedestrian,
    /// People on two wheels.
    Cyclist,
    /// Nobody says what; goes with everything that moves.
    Unnamed,
    /// Confused with nothing else.
    Other,
}

impl Group {
    pub(crate) fn of(class: ObjectClass) -> Self {
        match class {
            ObjectClass::Pedestrian | ObjectClass::PersonSitting => Self::Pedestrian,
            ObjectClass::Cyclist | ObjectClass::Motorcycle => Self::Cyclist,
            ObjectClass::Misc | ObjectClass::Unknown => Self::Unnamed,
            class if class.is_vehicle() => Self::Vehicle,
            _ => Self::Other,
        }
    }
}

impl Group {
    /// Whether it is a person: those on foot and on wheels are confused by detectors.
    pub(crate) const fn is_person(self) -> bool {
        matches!(self, Self::Pedestrian | Self::Cyclist)
    }
}

/// Whether detections of these classes may belong to one object.
pub(crate) fn compatible(a: ObjectClass, b: ObjectClass) -> bool {
    match (Group::of(a), Group::of(b)) {
        (Group::Other, _) | (_, Group::Other) => a == b,
        (Group::Unnamed, _) | (_, Group::Unnamed) => true,
        (a, b) => a == b || (a.is_person() && b.is_person()),
    }
}

/// Sums of the probabilities with which each class was seen, older ones fading.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClassBelief {
    weights: [f64; ObjectClass::COUNT],
    class: ObjectClass,
}

impl ClassBelief {
    pub(crate) fn new(class: ObjectClass, probability: f64) -> Self {
        let mut belief = Self { weights: [0.0; ObjectClass::COUNT], class };
        belief.see(class, probability);
        belief
    }

    pub(crate) fn see(&mut self, class: ObjectClass, probability: f64) {
        let unnamed = Group::of(class) == Group::Unnamed;
        let weight = probability.max(0.01) * if unnamed { UNNAMED_WEIGHT } else { 1.0 };
        self.weights.iter_mut().for_each(|w| *w *= MEMORY);
        if let Some(sum) = self.weights.get_mut(usize::from(class.index())) {
            *sum += weight;
        }
        self.class = self.likeliest();
    }

    /// The likeliest class.
    pub(crate) fn class(&self) -> ObjectClass {
        self.class
    }

    /// How probable each class is.
    pub(crate) fn probabilities(&self) -> ClassProbabilities {
        ClassProbabilities::from_weights(&self.weights)
    }

    /// The class with the largest sum; the present one wins a tie.
    fn likeliest(&self) -> ObjectClass {
        let weight = |c: ObjectClass| self.weights.get(usize::from(c.index())).copied();
        ObjectClass::all()
            .fold(self.class, |best, next| if weight(next) > weight(best) { next } else { best })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_place() {
        assert!(ObjectClass::all().all(|c| usize::from(c.index()) < ObjectClass::COUNT));
    }

    #[test]
    fn one_slip_does_not_rename_a_track() {
        let mut belief = ClassBelief::new(ObjectClass::Car, 0.8);
        belief.see(ObjectClass::Car, 0.8);
        belief.see(ObjectClass::Van, 0.9);
        assert_eq!(belief.class(), ObjectClass::Car);
        belief.see(ObjectClass::Van, 0.9);
        belief.see(ObjectClass::Van, 0.9);
        assert_eq!(belief.class(), ObjectClass::Van);
    }

    #[test]
    fn a_name_beats_no_name() {
        let mut belief = ClassBelief::new(ObjectClass::Unknown, 0.9);
        belief.see(ObjectClass::Unknown, 0.9);
        belief.see(ObjectClass::Pedestrian, 0.5);
        assert_eq!(belief.class(), ObjectClass::Pedestrian);
    }

    #[test]
    fn who_goes_with_whom() {
        use ObjectClass::{Car, Cyclist, Pedestrian, StopSign, Truck, Unknown};
        let table = [
            (Car, Truck, true),
            (Car, Pedestrian, false),
            (Pedestrian, Cyclist, true),
            (Unknown, Pedestrian, true),
            (StopSign, Unknown, false),
            (StopSign, StopSign, true),
        ];
        for (a, b, wanted) in table {
            assert_eq!(compatible(a, b), wanted, "{a} {b}");
            assert_eq!(compatible(b, a), wanted, "{b} {a}");
        }
    }
}
