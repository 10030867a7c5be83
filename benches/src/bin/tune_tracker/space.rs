//! The settings that a search may change.

use crate::input::Drive;
use clap::ValueEnum;
use delos_core::ObjectClass;

/// A kind of object with settings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Vehicle,
    Pedestrian,
    Cyclist,
}

impl Kind {
    /// The class that is scored.
    pub(crate) const fn class(self) -> ObjectClass {
        match self {
            Self::Vehicle => ObjectClass::Car,
            Self::Pedestrian => ObjectClass::Pedestrian,
            Self::Cyclist => ObjectClass::Cyclist,
        }
    }

    /// Name of its table.
    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Vehicle => "vehicle",
            Self::Pedestrian => "pedestrian",
            Self::Cyclist => "cyclist",
        }
    }

    /// The sequences with the detections that can matter to it: people on foot and on wheels
    /// stand in each other's way.
    pub(crate) fn only(self, mut drives: Vec<Drive>) -> Vec<Drive> {
        for frame in drives.iter_mut().flat_map(|drive| &mut drive.frames) {
            let is_vehicle = |class: ObjectClass| class.is_vehicle();
            frame.detections.0.retain(|d| is_vehicle(d.class) == (self == Self::Vehicle));
        }
        drives
    }
}

/// How a setting varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    Logarithmic,
    Whole,
}

/// One setting: its key in the table of its kind, and its range.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knob {
    pub(crate) key: &'static str,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) scale: Scale,
}

const fn linear(key: &'static str, low: f64, high: f64) -> Knob {
    Knob { key, low, high, scale: Scale::Linear }
}

const fn log(key: &'static str, low: f64, high: f64) -> Knob {
    Knob { key, low, high, scale: Scale::Logarithmic }
}

/// Every setting that is searched for.
pub(crate) const KNOBS: [Knob; 36] = [
    linear("confidence.scale", 0.4, 1.8),
    linear("confidence.offset", -7.0, 0.0),
    linear("confidence.least", 0.005, 0.3),
    linear("confidence.birth", 0.05, 0.9),
    linear("confidence.nms_iou", 0.02, 0.6),
    log("confidence.evidence_gain", 0.3, 3.0),
    linear("confidence.evidence_weight", 0.1, 1.0),
    linear("cost.overlap_weight", 0.0, 1.0),
    linear("cost.none", 0.3, 1.3),
    linear("cost.class_penalty", 0.0, 1.0),
    linear("cost.tentative_penalty", 0.0, 0.3),
    linear("gate.probability", 0.9, 0.9999),
    linear("gate.min_m", 0.3, 3.0),
    linear("gate.max_m", 2.0, 20.0),
    log("noise.position_m", 0.05, 0.8),
    log("noise.height_m", 0.05, 0.6),
    log("noise.yaw_rad", 0.05, 1.0),
    log("noise.size_m", 0.05, 2.0),
    log("motion.initial_speed", 1.0, 20.0),
    log("motion.initial_slip", 0.1, 3.0),
    log("motion.initial_yaw_rate", 0.05, 1.0),
    log("motion.acceleration", 0.3, 10.0),
    log("motion.lateral_acceleration", 0.1, 5.0),
    log("motion.yaw_acceleration", 0.1, 3.0),
    Knob { key: "life.confirm_hits", low: 1.0, high: 4.0, scale: Scale::Whole },
    linear("life.confirm", 0.4, 0.98),
    linear("life.publish", 0.3, 0.95),
    log("life.end", 0.0005, 0.1),
    linear("life.surest", 0.9, 0.9999),
    linear("life.detection_probability", 0.05, 0.8),
    linear("life.survival_per_s", 0.5, 1.0),
    linear("life.coast", 0.4, 0.99),
    linear("life.coast_s", 0.05, 1.5),
    linear("life.lost_s", 0.3, 3.5),
    linear("life.tentative_s", 0.1, 1.5),
    linear("life.duplicate_iou", 0.02, 0.6),
];
