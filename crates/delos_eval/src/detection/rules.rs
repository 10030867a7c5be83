//! Which labelled objects and which detections the benchmark counts.

use delos_core::{BenchmarkRow, ObjectClass};
use std::collections::BTreeMap;

/// The classes to judge, and from what overlap on a detection has found an object.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectRules {
    /// Class, and the overlap that a detection must exceed, in 0..=1, in the image, from above
    /// and in space alike.
    pub min_overlap: BTreeMap<ObjectClass, f64>,
}

impl Default for ObjectRules {
    /// The benchmark's own: cars at 0.7, pedestrians and cyclists at 0.5.
    fn default() -> Self {
        Self::of(&[ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist])
    }
}

impl ObjectRules {
    /// The benchmark's overlap for each of these classes: 0.7 for vehicles, 0.5 for all others.
    pub fn of(classes: &[ObjectClass]) -> Self {
        let least = |class: &ObjectClass| (*class, if class.is_vehicle() { 0.7 } else { 0.5 });
        Self { min_overlap: classes.iter().map(least).collect() }
    }
}

/// How hard the objects that count may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difficulty {
    /// Fully visible objects of 40 pixels and more.
    Easy,
    /// Partly hidden objects too, and from 25 pixels on.
    Moderate,
    /// Objects that are difficult to see too.
    Hard,
}

impl Difficulty {
    /// All three, from easy to hard.
    pub const ALL: [Self; 3] = [Self::Easy, Self::Moderate, Self::Hard];

    /// The benchmark's numbers (`MIN_HEIGHT`, `MAX_OCCLUSION`, `MAX_TRUNCATION`).
    pub const fn limits(self) -> Limits {
        let (min_height_px, max_occlusion, max_truncation) = match self {
            Self::Easy => (40.0, 0, 0.15),
            Self::Moderate => (25.0, 1, 0.3),
            Self::Hard => (25.0, 2, 0.5),
        };
        Limits { min_height_px, max_occlusion, max_truncation }
    }
}

/// What an object must be like to count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Least height of its rectangle in the image, pixels. Lower detections are ignored.
    pub min_height_px: f64,
    /// Most it may be hidden: 0 visible, 1 partly, 2 mostly.
    pub max_occlusion: i64,
    /// Most it may leave the image. Levels (0, 1, 2) of tracking labels are compared as
    /// numbers, so that only level 0 counts.
    pub max_truncation: f64,
}

impl Limits {
    /// Whether a labelled object of the class that is looked for counts.
    pub fn admit(&self, label: &BenchmarkRow) -> bool {
        label.occlusion <= self.max_occlusion
            && label.truncation <= self.max_truncation
            && self.admit_height(height_px(label))
    }

    /// Whether something of this height in the image counts.
    pub fn admit_height(&self, height_px: f64) -> bool {
        height_px >= self.min_height_px
    }
}

/// Height of the rectangle in the image, pixels.
pub(super) fn height_px(row: &BenchmarkRow) -> f64 {
    row.image_box[3] - row.image_box[1]
}

/// The class that the benchmark does not hold against a detector of `class`.
pub(crate) const fn neighbour(class: ObjectClass) -> Option<ObjectClass> {
    match class {
        ObjectClass::Car => Some(ObjectClass::Van),
        ObjectClass::Pedestrian => Some(ObjectClass::PersonSitting),
        _ => None,
    }
}
