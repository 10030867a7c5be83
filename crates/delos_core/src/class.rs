//! One taxonomy of road users, with tables from COCO and KITTI.

use crate::CoreError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What an object is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ObjectClass {
    /// A passenger car.
    Car,
    /// A van or minibus.
    Van,
    /// A lorry.
    Truck,
    /// A bus.
    Bus,
    /// A tram or train.
    Tram,
    /// A person on foot.
    Pedestrian,
    /// A person who sits.
    PersonSitting,
    /// A bicycle, with or without its rider.
    Cyclist,
    /// A motorcycle, with or without its rider.
    Motorcycle,
    /// A traffic light.
    TrafficLight,
    /// A stop sign.
    StopSign,
    /// Another road user (trailers and the like).
    Misc,
    /// Something is there, nobody says what.
    #[default]
    Unknown,
    /// A region of the image that labels declare neither right nor wrong.
    DontCare,
}

/// The 80 class names of COCO, in the order of the networks trained on it.
pub const COCO_NAMES: [&str; 80] = [
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "airplane",
    "bus",
    "train",
    "truck",
    "boat",
    "traffic light",
    "fire hydrant",
    "stop sign",
    "parking meter",
    "bench",
    "bird",
    "cat",
    "dog",
    "horse",
    "sheep",
    "cow",
    "elephant",
    "bear",
    "zebra",
    "giraffe",
    "backpack",
    "umbrella",
    "handbag",
    "tie",
    "suitcase",
    "frisbee",
    "skis",
    "snowboard",
    "sports ball",
    "kite",
    "baseball bat",
    "baseball glove",
    "skateboard",
    "surfboard",
    "tennis racket",
    "bottle",
    "wine glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot dog",
    "pizza",
    "donut",
    "cake",
    "chair",
    "couch",
    "potted plant",
    "bed",
    "dining table",
    "toilet",
    "tv",
    "laptop",
    "mouse",
    "remote",
    "keyboard",
    "cell phone",
    "microwave",
    "oven",
    "toaster",
    "sink",
    "refrigerator",
    "book",
    "clock",
    "vase",
    "scissors",
    "teddy bear",
    "hair drier",
    "toothbrush",
];

/// Class, name in delos, name in KITTI files.
const NAMES: [(ObjectClass, &str, &str); 14] = [
    (ObjectClass::Car, "car", "Car"),
    (ObjectClass::Van, "van", "Van"),
    (ObjectClass::Truck, "truck", "Truck"),
    (ObjectClass::Bus, "bus", "Bus"),
    (ObjectClass::Tram, "tram", "Tram"),
    (ObjectClass::Pedestrian, "pedestrian", "Pedestrian"),
    (ObjectClass::PersonSitting, "person_sitting", "Person_sitting"),
    (ObjectClass::Cyclist, "cyclist", "Cyclist"),
    (ObjectClass::Motorcycle, "motorcycle", "Motorcycle"),
    (ObjectClass::TrafficLight, "traffic_light", "TrafficLight"),
    (ObjectClass::StopSign, "stop_sign", "StopSign"),
    (ObjectClass::Misc, "misc", "Misc"),
    (ObjectClass::Unknown, "unknown", "Unknown"),
    (ObjectClass::DontCare, "dont_care", "DontCare"),
];

/// How probable each class is; the probabilities add up to one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassProbabilities([f32; NAMES.len()]);

impl ClassProbabilities {
    /// Shares of the given weights, by [`ObjectClass::index`]. Weights that are negative or
    /// not finite count as nothing; without any, every probability is zero.
    pub fn from_weights(weights: &[f64; NAMES.len()]) -> Self {
        let weight = |w: f64| if w.is_finite() { w.max(0.0) } else { 0.0 };
        let sum: f64 = weights.iter().map(|w| weight(*w)).sum();
        Self(weights.map(|w| if sum > 0.0 { (weight(w) / sum) as f32 } else { 0.0 }))
    }

    /// Probability of a class, 0..=1.
    pub fn of(&self, class: ObjectClass) -> f32 {
        self.0.get(usize::from(class.index())).copied().unwrap_or(0.0)
    }

    /// All of them, by [`ObjectClass::index`].
    pub const fn all(&self) -> &[f32; NAMES.len()] {
        &self.0
    }
}

impl ObjectClass {
    /// Number of classes.
    pub const COUNT: usize = NAMES.len();

    /// Every class, in a fixed order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(class, ..)| *class)
    }

    /// Name in launch files, cards and JSON, for example `person_sitting`.
    pub fn name(self) -> &'static str {
        self.names().1
    }

    /// Name in KITTI files. Classes that KITTI does not know keep a name of their own
    /// (`Bus`, `Motorcycle`, `TrafficLight`, `StopSign`, `Unknown`).
    pub fn kitti_name(self) -> &'static str {
        self.names().2
    }

    fn names(self) -> &'static (Self, &'static str, &'static str) {
        // `NAMES` follows the declaration order; the unit test holds it to that.
        NAMES.get(self as usize).unwrap_or(&NAMES[12])
    }

    /// Number for files and digests: the position in [`ObjectClass::all`].
    pub const fn index(self) -> u8 {
        self as u8
    }

    /// Class of a KITTI label (`Person` of the raw tracklets means a sitting person
    /// in some drives and is read as such).
    ///
    /// # Errors
    /// [`CoreError::Class`] when KITTI has no such type.
    pub fn from_kitti(name: &str) -> Result<Self, CoreError> {
        match name {
            "Person" | "Person (sitting)" => Ok(Self::PersonSitting),
            "Unknown" => Ok(Self::Unknown),
            _ => NAMES
                .iter()
                .find(|(.., kitti)| *kitti == name)
                .map(|(class, ..)| *class)
                .ok_or_else(|| CoreError::Class(name.to_owned())),
        }
    }

    /// Class of one of the 80 COCO indices; `None` for what is not on the road.
    pub fn from_coco(index: usize) -> Option<Self> {
        Some(match index {
            0 => Self::Pedestrian,
            1 => Self::Cyclist,
            2 => Self::Car,
            3 => Self::Motorcycle,
            5 => Self::Bus,
            6 => Self::Tram,
            7 => Self::Truck,
            9 => Self::TrafficLight,
            11 => Self::StopSign,
            _ => return None,
        })
    }

    /// Whether it is a person without a vehicle.
    pub const fn is_on_foot(self) -> bool {
        matches!(self, Self::Pedestrian | Self::PersonSitting)
    }

    /// Cars and everything larger that drives.
    pub const fn is_vehicle(self) -> bool {
        matches!(self, Self::Car | Self::Van | Self::Truck | Self::Bus | Self::Tram)
    }

    /// Length, width, height of a typical object of this class, metres: means of the
    /// KITTI training labels (Geiger et al. 2012), rounded; buses and motorcycles from
    /// common vehicles. `None` where size says nothing.
    pub const fn typical_size(self) -> Option<(f64, f64, f64)> {
        Some(match self {
            Self::Car => (3.88, 1.63, 1.53),
            Self::Van => (5.08, 1.90, 2.21),
            Self::Truck => (10.11, 2.59, 3.25),
            Self::Bus => (11.5, 2.55, 3.1),
            Self::Tram => (16.1, 2.54, 3.53),
            Self::Pedestrian => (0.84, 0.66, 1.76),
            Self::PersonSitting => (0.80, 0.60, 1.27),
            Self::Cyclist => (1.76, 0.60, 1.74),
            Self::Motorcycle => (2.1, 0.75, 1.6),
            Self::Misc | Self::TrafficLight | Self::StopSign | Self::Unknown | Self::DontCare => {
                return None;
            }
        })
    }
}

impl fmt::Display for ObjectClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ObjectClass {
    type Err = CoreError;
    fn from_str(name: &str) -> Result<Self, CoreError> {
        NAMES
            .iter()
            .find(|(_, delos, _)| *delos == name)
            .map(|(class, ..)| *class)
            .ok_or_else(|| CoreError::Class(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for (position, class) in ObjectClass::all().enumerate() {
            assert_eq!(class.index() as usize, position, "{class} is out of order in the table");
            assert_eq!(class.name().parse::<ObjectClass>(), Ok(class));
            assert_eq!(ObjectClass::from_kitti(class.kitti_name()), Ok(class));
        }
        assert!("lorry".parse::<ObjectClass>().is_err());
        assert!(ObjectClass::from_kitti("car").is_err());
    }

    #[test]
    fn coco_indices_match_the_names() {
        let wanted = [
            ("person", ObjectClass::Pedestrian),
            ("bicycle", ObjectClass::Cyclist),
            ("car", ObjectClass::Car),
            ("motorcycle", ObjectClass::Motorcycle),
            ("bus", ObjectClass::Bus),
            ("train", ObjectClass::Tram),
            ("truck", ObjectClass::Truck),
            ("traffic light", ObjectClass::TrafficLight),
            ("stop sign", ObjectClass::StopSign),
        ];
        for (name, class) in wanted {
            let index = COCO_NAMES.iter().position(|n| *n == name).expect("a COCO name");
            assert_eq!(ObjectClass::from_coco(index), Some(class), "{name}");
        }
        assert_eq!((0..80).filter(|i| ObjectClass::from_coco(*i).is_some()).count(), wanted.len());
    }
}
