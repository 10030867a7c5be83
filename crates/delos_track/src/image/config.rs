//! Settings of the tracker in the image.

use crate::{ScoreKind, TrackError};
use serde::{Deserialize, Serialize};

/// How much of each other two rectangles cover.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// Intersection over union.
    Iou,
    /// Generalised: minus the empty share of the hull (Rezatofighi et al. 2019, eq. 2).
    Giou,
    /// Minus the squared distance of the centres, in diagonals of the hull (Zheng et al.
    /// 2020, eq. 7).
    #[default]
    Diou,
}

/// What is known and taken out of the camera's own motion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraCompensation {
    /// Nothing.
    Off,
    /// What its turning does.
    Rotation,
    /// What its way does too, for objects whose height is known by their class.
    #[default]
    Full,
}

/// Standard deviations of a detected rectangle, as shares of its scale (the root of its area).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageNoise {
    /// Of the centre.
    pub centre: f64,
    /// Of width and height.
    pub size: f64,
    /// Added to each, whatever the scale, pixels.
    pub pixels: f64,
}

/// How rectangles move, mostly in their own scale (the root of the area).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageMotion {
    /// Standard deviation of the centre's speed at birth, scales per second.
    pub initial_speed: f64,
    /// Standard deviation of the growth of width and height at birth, scales per second.
    pub initial_growth: f64,
    /// White acceleration of the centre, scales per s^1.5 (root of the spectral density).
    pub acceleration: f64,
    /// The same of width and height.
    pub growth_acceleration: f64,
    /// What a camera of unknown motion adds to the acceleration of the centre, pixels per
    /// s^1.5.
    pub unknown_camera: f64,
}

/// Settings of an [`ImageTracker`](crate::ImageTracker). Every one has a default; unknown
/// keys are errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageTrackerConfig {
    /// What the scores are.
    pub scores: ScoreKind,
    /// Detections less probable than this are not looked at.
    pub min_score: f64,
    /// Detections at least this probable are strong: they are matched first (Zhang et al.
    /// 2022, ByteTrack).
    pub strong_score: f64,
    /// Detections at least this probable may begin a track.
    pub birth_score: f64,
    /// Most detections looked at in a frame; the most probable ones count.
    pub max_detections: usize,
    /// Most tracks alive at once; further births are refused, and counted.
    pub max_tracks: usize,
    /// What a pair is measured by.
    pub overlap: Overlap,
    /// Rectangles grown on each side by this share of their size must touch (buffered `IoU`,
    /// Yang et al. 2023).
    pub reach: f64,
    /// Smallest overlap of a pair with a strong detection; -1..=1.
    pub min_overlap: f64,
    /// Smallest overlap of a pair with a weak one.
    pub min_weak_overlap: f64,
    /// Smallest overlap of a pair with the place where the track was last seen.
    pub min_last_overlap: f64,
    /// Added to the cost of a pair of different classes; costs lie in 0..=1.
    pub class_penalty: f64,
    /// Added to the cost of a pair with a track that is not confirmed.
    pub tentative_penalty: f64,
    /// A detection that overlaps a track seen in this frame more than this (`IoU`) begins none.
    pub duplicate_iou: f64,
    /// Detections before a track is confirmed.
    pub confirm_hits: u32,
    /// Probability of existence from which a track is confirmed.
    pub confirm_existence: f64,
    /// Probability of existence below which an unseen track ends.
    pub end_existence: f64,
    /// Probability that an existing object is detected in a frame.
    pub detection_probability: f64,
    /// Probability that an object still exists a second later.
    pub survival_per_s: f64,
    /// How many times likelier a detection of score 0.5 is at a true track than at a false one.
    pub evidence_gain: f64,
    /// A confirmed track counts as tentative again when it was not seen for longer, seconds.
    pub max_coast_s: f64,
    /// A once confirmed track ends when it was not seen for longer, seconds; until then it is
    /// found again under its name.
    pub max_lost_s: f64,
    /// A tentative track ends when it was not seen for longer, seconds.
    pub max_tentative_coast_s: f64,
    /// All tracks end when no frame came for longer, seconds.
    pub max_gap_s: f64,
    /// What is taken out of the camera's own motion where its pose is known.
    pub camera_motion: CameraCompensation,
    /// Noise of the detections.
    pub noise: ImageNoise,
    /// How rectangles move.
    pub motion: ImageMotion,
}

impl Default for ImageNoise {
    fn default() -> Self {
        Self { centre: 0.04, size: 0.06, pixels: 0.5 }
    }
}

impl Default for ImageMotion {
    fn default() -> Self {
        Self {
            initial_speed: 2.0,
            initial_growth: 0.5,
            acceleration: 0.5,
            growth_acceleration: 0.5,
            unknown_camera: 40.0,
        }
    }
}

impl Default for ImageTrackerConfig {
    fn default() -> Self {
        Self {
            scores: ScoreKind::Probability,
            min_score: 0.1,
            strong_score: 0.4,
            birth_score: 0.6,
            max_detections: 4096,
            max_tracks: 1024,
            overlap: Overlap::Diou,
            reach: 0.25,
            min_overlap: 0.3,
            min_weak_overlap: 0.6,
            min_last_overlap: 0.2,
            class_penalty: 0.15,
            tentative_penalty: 0.2,
            duplicate_iou: 0.8,
            confirm_hits: 2,
            confirm_existence: 0.6,
            end_existence: 1e-6,
            detection_probability: 0.5,
            survival_per_s: 0.95,
            evidence_gain: 3.0,
            max_coast_s: 0.4,
            max_lost_s: 1.5,
            max_tentative_coast_s: 0.15,
            max_gap_s: 2.0,
            camera_motion: CameraCompensation::Full,
            noise: ImageNoise::default(),
            motion: ImageMotion::default(),
        }
    }
}

/// Name, value, test, and what would be right.
type Rule = (&'static str, f64, fn(f64) -> bool, &'static str);

const SHARE: (fn(f64) -> bool, &str) = (|v| (0.0..=1.0).contains(&v), "0..=1");
const OVERLAP: (fn(f64) -> bool, &str) = (|v| (-1.0..=1.0).contains(&v), "-1..=1");
const INNER: (fn(f64) -> bool, &str) = (|v| v > 0.0 && v < 1.0, "between 0 and 1");
const POSITIVE: (fn(f64) -> bool, &str) = (|v| v.is_finite() && v > 0.0, "a positive number");
const NATURAL: (fn(f64) -> bool, &str) = (|v| (1.0..=65_536.0).contains(&v), "1..=65536");

const fn rule(key: &'static str, value: f64, kind: (fn(f64) -> bool, &'static str)) -> Rule {
    (key, value, kind.0, kind.1)
}

impl ImageTrackerConfig {
    /// Checks every setting.
    ///
    /// # Errors
    /// [`TrackError::Config`] names the first one that is outside its range.
    pub fn validate(&self) -> Result<(), TrackError> {
        let rules = self.shares().into_iter().chain(self.amounts());
        for (key, value, fits, wanted) in rules {
            if !fits(value) {
                return Err(TrackError::Config { key: key.to_owned(), value, wanted });
            }
        }
        Ok(())
    }

    fn shares(&self) -> [Rule; 14] {
        [
            rule("min_score", self.min_score, SHARE),
            rule("strong_score", self.strong_score, SHARE),
            rule("birth_score", self.birth_score, SHARE),
            rule("min_overlap", self.min_overlap, OVERLAP),
            rule("min_weak_overlap", self.min_weak_overlap, OVERLAP),
            rule("min_last_overlap", self.min_last_overlap, OVERLAP),
            rule("class_penalty", self.class_penalty, SHARE),
            rule("tentative_penalty", self.tentative_penalty, SHARE),
            rule("duplicate_iou", self.duplicate_iou, SHARE),
            rule("reach", self.reach, SHARE),
            rule("confirm_existence", self.confirm_existence, SHARE),
            rule("end_existence", self.end_existence, SHARE),
            rule("detection_probability", self.detection_probability, INNER),
            rule("survival_per_s", self.survival_per_s, SHARE),
        ]
    }

    fn amounts(&self) -> [Rule; 15] {
        let (noise, motion) = (&self.noise, &self.motion);
        [
            rule("max_detections", self.max_detections as f64, NATURAL),
            rule("max_tracks", self.max_tracks as f64, NATURAL),
            rule("evidence_gain", self.evidence_gain, POSITIVE),
            rule("max_coast_s", self.max_coast_s, POSITIVE),
            rule("max_lost_s", self.max_lost_s, POSITIVE),
            rule("max_tentative_coast_s", self.max_tentative_coast_s, POSITIVE),
            rule("max_gap_s", self.max_gap_s, POSITIVE),
            rule("noise.centre", noise.centre, POSITIVE),
            rule("noise.size", noise.size, POSITIVE),
            rule("noise.pixels", noise.pixels, POSITIVE),
            rule("motion.initial_speed", motion.initial_speed, POSITIVE),
            rule("motion.initial_growth", motion.initial_growth, POSITIVE),
            rule("motion.acceleration", motion.acceleration, POSITIVE),
            rule("motion.growth_acceleration", motion.growth_acceleration, POSITIVE),
            rule("motion.unknown_camera", motion.unknown_camera, POSITIVE),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_survive_a_file() {
        let config = ImageTrackerConfig::default();
        assert_eq!(config.validate(), Ok(()));
        let text = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<ImageTrackerConfig>(&text).unwrap(), config);
    }

    #[test]
    fn unknown_keys_are_errors() {
        for text in ["max_cost = 1.0", "[noise]\nyaw = 1.0", "[motion]\nspeed = 1.0"] {
            assert!(toml::from_str::<ImageTrackerConfig>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn settings_outside_their_range_are_named() {
        type Spoil = fn(&mut ImageTrackerConfig);
        let table: [(&str, Spoil); 5] = [
            ("birth_score", |c| c.birth_score = 1.5),
            ("min_overlap", |c| c.min_overlap = -2.0),
            ("max_tracks", |c| c.max_tracks = 0),
            ("max_gap_s", |c| c.max_gap_s = f64::NAN),
            ("motion.acceleration", |c| c.motion.acceleration = -1.0),
        ];
        for (wanted, spoil) in table {
            let mut config = ImageTrackerConfig::default();
            spoil(&mut config);
            match config.validate() {
                Err(TrackError::Config { key, .. }) => assert_eq!(key, wanted),
                other => panic!("{wanted}: {other:?}"),
            }
        }
    }
}
