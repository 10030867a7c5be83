//! Settings.

use serde::{Deserialize, Deserializer, Serialize};

/// What the scores of the detections are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreKind {
    /// Probabilities in 0..=1; what lies outside is clamped.
    #[default]
    Probability,
    /// Raw logits: the probability is `1 / (1 + exp(-score))`.
    Logit,
}

/// Settings of a [`Tracker`](crate::Tracker). Every one has a default; unknown keys are errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrackerConfig {
    /// What the scores are.
    pub scores: ScoreKind,
    /// Detections less probable than this are not looked at.
    pub min_score: f64,
    /// Detections at least this probable are matched first and may start a track; those
    /// between keep tracks alive only (Zhang et al. 2022, ByteTrack).
    pub birth_score: f64,
    /// Of detections of one kind that overlap more than this (`IoU` from above), the more
    /// probable one counts.
    pub nms_iou: f64,
    /// Share of true pairs that the gate lets pass (chi-square, two degrees of freedom).
    pub gate_probability: f64,
    /// A detection whose centre is nearer than this to the prediction always passes the
    /// gate, metres.
    pub min_gate_m: f64,
    /// No pair is further apart than this, metres.
    pub max_gate_m: f64,
    /// Share of the generalised `IoU` from above in the cost of a pair, the rest is the
    /// Mahalanobis distance of the centres; 0..=1.
    pub giou_weight: f64,
    /// Added to the cost of a pair of different classes.
    pub class_penalty: f64,
    /// Cost of leaving a track without a detection; costs of pairs lie in about 0..=1.
    pub none_cost: f64,
    /// A detection that overlaps a track seen in this frame more than this (`IoU` from
    /// above) starts no new one; of two tracks that do, the better one stays.
    /// People count as one from `nms_iou` only, since they walk side by side.
    pub duplicate_iou: f64,
    /// Detections before a track is confirmed.
    pub confirm_hits: u32,
    /// Probability of existence from which a track is confirmed.
    pub confirm_existence: f64,
    /// Probability of existence below which a track ends.
    pub end_existence: f64,
    /// Probability that an existing object is detected in a frame.
    pub detection_probability: f64,
    /// Probability that an object still exists a second later.
    pub survival_per_s: f64,
    /// How many times likelier a detection of score 0.5 is at a true track than at a
    /// false one.
    pub evidence_gain: f64,
    /// A confirmed track counts as tentative again when it was not seen for longer,
    /// seconds, or is unseen and less probable than `confirm_existence`.
    pub max_coast_s: f64,
    /// A once confirmed track ends when it was not seen for longer, seconds; until then it
    /// is found again under its name.
    pub max_lost_s: f64,
    /// A tentative track ends when it was not seen for longer, seconds.
    pub max_tentative_coast_s: f64,
    /// All tracks end when no frame came for longer, seconds.
    pub max_gap_s: f64,
    /// Most tracks alive at once; further births wait.
    pub max_tracks: usize,
    /// Noise of the detections.
    pub noise: BoxNoise,
    /// How vehicles move over ground, when the pose is known.
    #[serde(deserialize_with = "vehicle_in_world")]
    pub vehicle_in_world: MotionNoise,
    /// How everything else moves over ground, when the pose is known.
    #[serde(deserialize_with = "other_in_world")]
    pub other_in_world: MotionNoise,
    /// How everything moves in the vehicle's own frame, when its pose is unknown.
    #[serde(deserialize_with = "without_pose")]
    pub without_pose: MotionNoise,
    /// Without a pose, new tracks start with the motion that most others share, known up
    /// to this standard deviation, m/s.
    pub scene_speed_deviation: f64,
}

/// Standard deviations of a detected box.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoxNoise {
    /// Of x and y, metres.
    pub position_m: f64,
    /// Of z, metres.
    pub height_m: f64,
    /// Of the heading, radians.
    pub yaw_rad: f64,
    /// Of length, width and height, metres.
    pub size_m: f64,
}

/// How strongly something may depart from constant speed and turn rate, and what is
/// known of it when it is first seen; standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MotionNoise {
    /// Speed along the heading at birth, m/s.
    pub initial_speed: f64,
    /// Speed across the heading at birth, m/s.
    pub initial_slip: f64,
    /// Turn rate at birth, rad/s.
    pub initial_yaw_rate: f64,
    /// Acceleration along the heading, m/s².
    pub acceleration: f64,
    /// Acceleration across the heading, m/s².
    pub lateral_acceleration: f64,
    /// Acceleration of the turn, rad/s².
    pub yaw_acceleration: f64,
}

impl Default for BoxNoise {
    fn default() -> Self {
        Self { position_m: 0.3, height_m: 0.2, yaw_rad: 0.2, size_m: 0.4 }
    }
}

impl Default for TrackerConfig {
    fn default() -> Self {
        Self {
            scores: ScoreKind::Probability,
            min_score: 0.1,
            birth_score: 0.3,
            nms_iou: 0.5,
            gate_probability: 0.99,
            min_gate_m: 1.5,
            max_gate_m: 15.0,
            giou_weight: 0.5,
            class_penalty: 0.15,
            none_cost: 1.0,
            duplicate_iou: 0.25,
            confirm_hits: 2,
            confirm_existence: 0.6,
            end_existence: 0.02,
            detection_probability: 0.6,
            survival_per_s: 0.95,
            evidence_gain: 3.0,
            max_coast_s: 0.4,
            max_lost_s: 0.9,
            max_tentative_coast_s: 0.15,
            max_gap_s: 2.0,
            max_tracks: 1024,
            noise: BoxNoise::default(),
            vehicle_in_world: VEHICLE_IN_WORLD,
            other_in_world: OTHER_IN_WORLD,
            without_pose: WITHOUT_POSE,
            scene_speed_deviation: 4.0,
        }
    }
}

const VEHICLE_IN_WORLD: MotionNoise = MotionNoise {
    initial_speed: 8.0,
    initial_slip: 1.0,
    initial_yaw_rate: 0.2,
    acceleration: 5.0,
    lateral_acceleration: 0.7,
    yaw_acceleration: 0.5,
};

const OTHER_IN_WORLD: MotionNoise = MotionNoise {
    initial_speed: 3.0,
    initial_slip: 3.0,
    initial_yaw_rate: 0.3,
    acceleration: 2.0,
    lateral_acceleration: 2.0,
    yaw_acceleration: 0.5,
};

const WITHOUT_POSE: MotionNoise = MotionNoise {
    initial_speed: 10.0,
    initial_slip: 10.0,
    initial_yaw_rate: 0.3,
    acceleration: 6.0,
    lateral_acceleration: 6.0,
    yaw_acceleration: 0.5,
};

impl TrackerConfig {
    /// Deviations at birth where the motion of the scene is known.
    pub(crate) fn in_scene(&self, model: &MotionNoise) -> MotionNoise {
        MotionNoise {
            initial_speed: model.initial_speed.min(self.scene_speed_deviation),
            initial_slip: model.initial_slip.min(self.scene_speed_deviation),
            ..*model
        }
    }
}

fn vehicle_in_world<'de, D: Deserializer<'de>>(source: D) -> Result<MotionNoise, D::Error> {
    MotionChange::deserialize(source).map(|change| change.over(VEHICLE_IN_WORLD))
}

fn other_in_world<'de, D: Deserializer<'de>>(source: D) -> Result<MotionNoise, D::Error> {
    MotionChange::deserialize(source).map(|change| change.over(OTHER_IN_WORLD))
}

fn without_pose<'de, D: Deserializer<'de>>(source: D) -> Result<MotionNoise, D::Error> {
    MotionChange::deserialize(source).map(|change| change.over(WITHOUT_POSE))
}

/// What a file says of a [`MotionNoise`]: the three have different defaults, so that a
/// file may change one number of one of them.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct MotionChange {
    initial_speed: Option<f64>,
    initial_slip: Option<f64>,
    initial_yaw_rate: Option<f64>,
    acceleration: Option<f64>,
    lateral_acceleration: Option<f64>,
    yaw_acceleration: Option<f64>,
}

impl MotionChange {
    fn over(&self, base: MotionNoise) -> MotionNoise {
        MotionNoise {
            initial_speed: self.initial_speed.unwrap_or(base.initial_speed),
            initial_slip: self.initial_slip.unwrap_or(base.initial_slip),
            initial_yaw_rate: self.initial_yaw_rate.unwrap_or(base.initial_yaw_rate),
            acceleration: self.acceleration.unwrap_or(base.acceleration),
            lateral_acceleration: self.lateral_acceleration.unwrap_or(base.lateral_acceleration),
            yaw_acceleration: self.yaw_acceleration.unwrap_or(base.yaw_acceleration),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_change_one_number() {
        let text = "scores = \"logit\"\nmax_coast_s = 0.5\n[without_pose]\nacceleration = 9.0\n";
        let config: TrackerConfig = toml::from_str(text).expect("valid");
        let wanted = TrackerConfig {
            scores: ScoreKind::Logit,
            max_coast_s: 0.5,
            without_pose: MotionNoise { acceleration: 9.0, ..WITHOUT_POSE },
            ..TrackerConfig::default()
        };
        assert_eq!(config, wanted);
        let whole = toml::to_string(&wanted).expect("valid");
        assert_eq!(toml::from_str::<TrackerConfig>(&whole).expect("valid"), wanted);
    }

    #[test]
    fn unknown_keys_are_errors() {
        for text in ["max_cost = 1.0", "[noise]\nyaw = 1.0", "[without_pose]\nspeed = 1.0"] {
            assert!(toml::from_str::<TrackerConfig>(text).is_err(), "{text}");
        }
    }
}
