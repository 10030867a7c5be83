//! The exchangeable parts and their numbers.

use serde::{Deserialize, Serialize};

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

/// How detections are given to tracks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignment {
    /// The sum of all costs is smallest.
    #[default]
    Optimal,
    /// The cheapest pair first, again and again.
    Greedy,
}

/// What happens to detections whose stamp is not later than that of the ones before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// They are an error, and the tracker stays as it was.
    #[default]
    Refuse,
    /// They are left out, which [`StepFacts`](crate::StepFacts) says; the tracks stay as they
    /// were.
    Skip,
}

/// What the detector's scores are worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confidence {
    /// Slope of the log-odds that a detection is true over those that its score claims: 1
    /// believes the detector (Platt 1999).
    pub scale: f64,
    /// Added to those log-odds: 0 believes the detector.
    pub offset: f64,
    /// Detections less probable than this are not looked at.
    pub least: f64,
    /// Detections at least this probable are matched first and may start a track; those
    /// between keep tracks alive only (Zhang et al. 2022, `ByteTrack`).
    pub birth: f64,
    /// Of detections of one kind that overlap more than this (`IoU` from above), the more
    /// probable one counts.
    pub nms_iou: f64,
    /// How many times likelier a detection of probability 0.5 is at a true track than at a
    /// false one.
    pub evidence_gain: f64,
    /// Power to which the odds of a detection count when a track is seen again. Detections of
    /// one object err alike from frame to frame: 1 takes them for independent.
    pub evidence_weight: f64,
}

/// How the cost of a pair is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// `overlap_weight` times the cost of [`CostKind::GiouBev`], the rest that of
    /// [`CostKind::Mahalanobis`].
    #[default]
    Mixture,
    /// Squared Mahalanobis distance of the centres as a share of the gate, at most 1.
    Mahalanobis,
    /// `(1 - GIoU) / 2` of the footprints (Rezatofighi et al. 2019).
    GiouBev,
    /// `(1 - GIoU) / 2` of the volumes.
    #[serde(rename = "giou_3d")]
    Giou3d,
    /// `(1 - DIoU) / 2` of the volumes (Zheng et al. 2020).
    #[serde(rename = "diou_3d")]
    Diou3d,
    /// Distance of the centres as a share of `gate.max_m`, times `2 - |cos|` of the angle
    /// between the headings: the way round makes no difference (Wu et al. 2021, `PC3T`).
    CentreHeading,
}

/// What a pair of track and detection costs; about 0..=1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// How it is made.
    pub kind: CostKind,
    /// Share of the overlap in [`CostKind::Mixture`], 0..=1.
    pub overlap_weight: f64,
    /// Added for a pair of different classes.
    pub class_penalty: f64,
    /// Added for tracks that are not confirmed: of two near ones the older one is right.
    pub tentative_penalty: f64,
    /// Cost of leaving a track without a detection.
    pub none: f64,
}

/// Which pairs are possible.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Share of true pairs that the gate lets pass (chi-square, two degrees of freedom).
    pub probability: f64,
    /// A detection whose centre is nearer than this to the prediction always passes, metres.
    pub min_m: f64,
    /// No pair is further apart than this, metres.
    pub max_m: f64,
}

/// From birth to end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    /// Detections before a track is confirmed.
    pub confirm_hits: u32,
    /// Probability of existence from which a track is confirmed.
    pub confirm: f64,
    /// A confirmed track that is seen counts as tentative while its existence is below.
    pub publish: f64,
    /// Probability of existence below which a track ends.
    pub end: f64,
    /// Existence is never taken for surer than this, so that doubt can come back.
    pub surest: f64,
    /// Probability that an existing object is detected in a frame.
    pub detection_probability: f64,
    /// Probability that an object still exists a second later.
    pub survival_per_s: f64,
    /// A confirmed track that is not seen counts as tentative while its existence is below.
    pub coast: f64,
    /// A confirmed track counts as tentative again when it was not seen for longer, seconds.
    pub coast_s: f64,
    /// A once confirmed track ends when it was not seen for longer, seconds; until then it
    /// is found again under its name.
    pub lost_s: f64,
    /// A tentative track ends when it was not seen for longer, seconds.
    pub tentative_s: f64,
    /// A detection that overlaps a track seen in this frame more than this (`IoU` from
    /// above) starts no new one; of two tracks that do, the better one stays.
    /// People count as one from `confidence.nms_iou` only, since they walk side by side.
    pub duplicate_iou: f64,
}

/// Standard deviations of a detected box.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// A law of motion in the plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MotionKind {
    /// Constant turn rate and velocity, along and across the heading.
    #[default]
    SlipCtrv,
    /// Constant turn rate and velocity along the heading.
    Ctrv,
    /// Constant turn rate and acceleration along the heading, and a velocity across.
    Ctra,
    /// Constant velocity in any direction; the heading turns for itself.
    ConstantVelocity,
    /// Constant acceleration in any direction; the heading turns for itself.
    ConstantAcceleration,
    /// A mixture of [`MotionKind::SlipCtrv`] and [`MotionKind::Ctra`], as the object moves.
    Imm,
}

/// How strongly something may depart from its law of motion, and what is known of it when
/// it is first seen; standard deviations.
///
/// Laws with an acceleration take that along the heading for its change in a second; those
/// with white noise have the given deviation over a tenth of a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MotionNoise {
    /// The law.
    pub model: MotionKind,
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

impl Default for Confidence {
    fn default() -> Self {
        Self {
            scale: 1.0,
            offset: 0.0,
            least: 0.1,
            birth: 0.3,
            nms_iou: 0.5,
            evidence_gain: 3.0,
            evidence_weight: 1.0,
        }
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            kind: CostKind::Mixture,
            overlap_weight: 0.5,
            class_penalty: 0.15,
            tentative_penalty: 0.05,
            none: 1.0,
        }
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self { probability: 0.99, min_m: 1.5, max_m: 15.0 }
    }
}

impl Default for Life {
    fn default() -> Self {
        Self {
            confirm_hits: 2,
            confirm: 0.6,
            publish: 0.45,
            end: 0.02,
            surest: 0.999,
            detection_probability: 0.6,
            survival_per_s: 0.95,
            coast: 0.6,
            coast_s: 0.4,
            lost_s: 0.9,
            tentative_s: 0.15,
            duplicate_iou: 0.25,
        }
    }
}

impl Default for BoxNoise {
    fn default() -> Self {
        Self { position_m: 0.3, height_m: 0.2, yaw_rad: 0.2, size_m: 0.4 }
    }
}
