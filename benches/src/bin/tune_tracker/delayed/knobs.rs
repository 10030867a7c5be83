//! The settings of the delayed mode that a search may change.

use crate::space::{Knob, Scale};

/// Every setting that is searched for.
pub(super) const KNOBS: [Knob; 15] = [
    knob("smoothing.acceleration", 0.3, 10.0, Scale::Logarithmic),
    knob("smoothing.lateral_acceleration", 0.1, 10.0, Scale::Logarithmic),
    knob("smoothing.yaw_acceleration", 0.05, 3.0, Scale::Logarithmic),
    knob("smoothing.height_drift", 0.01, 1.0, Scale::Logarithmic),
    knob("smoothing.size_drift", 0.003, 0.3, Scale::Logarithmic),
    knob("belief.publish", 0.1, 0.9, Scale::Linear),
    knob("belief.prior", -4.0, 1.0, Scale::Linear),
    knob("belief.prior_weight", 0.0, 8.0, Scale::Linear),
    knob("belief.miss_weight", 0.0, 1.0, Scale::Linear),
    knob("belief.miss", -4.0, 0.0, Scale::Linear),
    knob("belief.reach_s", 0.3, 20.0, Scale::Logarithmic),
    knob("gaps.longest_s", 0.0, 3.0, Scale::Linear),
    knob("gaps.before_s", 0.0, 0.6, Scale::Linear),
    knob("gaps.after_s", 0.0, 0.6, Scale::Linear),
    knob("gaps.overlap", 0.0, 0.6, Scale::Linear),
];

const fn knob(key: &'static str, low: f64, high: f64, scale: Scale) -> Knob {
    Knob { key, low, high, scale }
}
