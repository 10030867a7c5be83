//! Settings: the parts of the tracker by name, for each kind of object its own.

mod parts;
mod reading;
mod rules;

pub use parts::{
    Assignment, BoxNoise, Confidence, Cost, CostKind, Gate, Late, Life, MotionKind, MotionNoise,
    ScoreKind,
};

use crate::class_belief::Group;
use serde::{Deserialize, Serialize};

/// Settings of a [`Tracker`](crate::Tracker). Every one has a default; unknown keys are errors.
///
/// In a file, a table `every` changes all kinds of objects, before `vehicle`, `pedestrian`,
/// `cyclist` and `other` change their own:
///
/// ```
/// use delos_track::TrackerConfig;
///
/// let text = "
///     scores = 'logit'
///     [every.confidence]
///     birth = 0.4
///     [pedestrian.confidence]
///     birth = 0.6
/// ";
/// let config: TrackerConfig = toml::from_str(text)?;
/// assert_eq!(config.vehicle.confidence.birth, 0.4);
/// assert_eq!(config.pedestrian.confidence.birth, 0.6);
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TrackerConfig {
    /// What the scores of the detections are.
    pub scores: ScoreKind,
    /// How detections are given to tracks.
    pub assignment: Assignment,
    /// What happens to late detections.
    pub late: Late,
    /// All tracks end when no frame came for longer, seconds.
    pub max_gap_s: f64,
    /// Most tracks alive at once; further births wait.
    pub max_tracks: usize,
    /// Cars and everything larger that drives.
    pub vehicle: ClassConfig,
    /// People on foot.
    pub pedestrian: ClassConfig,
    /// People on two wheels.
    pub cyclist: ClassConfig,
    /// Everything else, and what nobody gave a name.
    pub other: ClassConfig,
    /// How everything moves in the vehicle's own frame, when its pose is unknown.
    pub without_pose: MotionNoise,
    /// Without a pose, new tracks start with the motion that most others share, known up
    /// to this standard deviation, m/s.
    pub scene_speed_deviation: f64,
}

/// The parts that follow one kind of object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassConfig {
    /// What the detector's scores are worth.
    pub confidence: Confidence,
    /// What a pair of track and detection costs.
    pub cost: Cost,
    /// Which pairs are possible.
    pub gate: Gate,
    /// From birth to end.
    pub life: Life,
    /// Noise of the detections.
    pub noise: BoxNoise,
    /// How it moves over ground, when the pose is known.
    pub motion: MotionNoise,
}

impl Default for TrackerConfig {
    fn default() -> Self {
        let moving = |motion| ClassConfig {
            confidence: Confidence::default(),
            cost: Cost::default(),
            gate: Gate::default(),
            life: Life::default(),
            noise: BoxNoise::default(),
            motion,
        };
        Self {
            scores: ScoreKind::Probability,
            assignment: Assignment::Optimal,
            late: Late::Refuse,
            max_gap_s: 2.0,
            max_tracks: 1024,
            vehicle: moving(VEHICLE_IN_WORLD),
            pedestrian: moving(OTHER_IN_WORLD),
            cyclist: moving(OTHER_IN_WORLD),
            other: moving(OTHER_IN_WORLD),
            without_pose: WITHOUT_POSE,
            scene_speed_deviation: 4.0,
        }
    }
}

const VEHICLE_IN_WORLD: MotionNoise = MotionNoise {
    model: MotionKind::SlipCtrv,
    initial_speed: 8.0,
    initial_slip: 1.0,
    initial_yaw_rate: 0.2,
    acceleration: 5.0,
    lateral_acceleration: 0.7,
    yaw_acceleration: 0.5,
};

const OTHER_IN_WORLD: MotionNoise = MotionNoise {
    model: MotionKind::SlipCtrv,
    initial_speed: 3.0,
    initial_slip: 3.0,
    initial_yaw_rate: 0.3,
    acceleration: 2.0,
    lateral_acceleration: 2.0,
    yaw_acceleration: 0.5,
};

const WITHOUT_POSE: MotionNoise = MotionNoise {
    model: MotionKind::SlipCtrv,
    initial_speed: 10.0,
    initial_slip: 10.0,
    initial_yaw_rate: 0.3,
    acceleration: 6.0,
    lateral_acceleration: 6.0,
    yaw_acceleration: 0.5,
};

impl TrackerConfig {
    /// The parts that follow a kind of object.
    pub(crate) const fn of(&self, group: Group) -> &ClassConfig {
        match group {
            Group::Vehicle => &self.vehicle,
            Group::Pedestrian => &self.pedestrian,
            Group::Cyclist => &self.cyclist,
            Group::Unnamed | Group::Other => &self.other,
        }
    }

    /// How a kind of object moves in the frame the tracks live in.
    pub(crate) const fn motion(&self, group: Group, over_ground: bool) -> &MotionNoise {
        if over_ground { &self.of(group).motion } else { &self.without_pose }
    }

    /// Deviations at birth where the motion of the scene is known.
    pub(crate) fn in_scene(&self, model: &MotionNoise) -> MotionNoise {
        MotionNoise {
            initial_speed: model.initial_speed.min(self.scene_speed_deviation),
            initial_slip: model.initial_slip.min(self.scene_speed_deviation),
            ..*model
        }
    }
}
