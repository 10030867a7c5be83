//! Settings of the delayed mode.

mod reading;

use crate::TrackError;
use crate::class_belief::Group;
use crate::config::rules::{POSITIVE, Rule, SHARE, check, positive, share};
use delos_core::{ObjectClass, Span};
use serde::{Deserialize, Serialize};

/// How far the improved tracks lie behind the online ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lag {
    /// As many seconds; 0 changes nothing.
    Seconds(f64),
    /// As long as the sequence: nothing is given before its end.
    Offline,
}

/// Settings of [`DelayedTracks`](crate::DelayedTracks). Every one has a default; unknown keys
/// are errors. In a file, a table `every` changes all kinds of objects, and `lag_s` is a number
/// or `"offline"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct DelayedConfig {
    /// How far the output lies behind the input, seconds or `"offline"`.
    #[serde(with = "reading::lag")]
    pub lag_s: Lag,
    /// Cars and everything larger that drives.
    pub vehicle: Hindsight,
    /// People on foot.
    pub pedestrian: Hindsight,
    /// People on two wheels.
    pub cyclist: Hindsight,
    /// Everything else, and what nobody gave a name.
    pub other: Hindsight,
    /// How everything moves in the vehicle's own frame, when its pose is unknown.
    pub without_pose: Smoothing,
}

/// What is done with one kind of object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hindsight {
    /// Where it was.
    pub smoothing: Smoothing,
    /// Whether it was there.
    pub belief: Retrospect,
    /// When it was not seen.
    pub gaps: Gaps,
}

/// How strongly things may depart from their law of motion and from their size; standard
/// deviations. The accelerations are the tracker's own where its filter is to be smoothed as it
/// is; smaller ones smooth more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smoothing {
    /// Acceleration along the heading, m/s².
    pub acceleration: f64,
    /// Acceleration across the heading, m/s².
    pub lateral_acceleration: f64,
    /// Acceleration of the turn, rad/s².
    pub yaw_acceleration: f64,
    /// Random walk of the height of the centre, metres after a second.
    pub height_drift: f64,
    /// Random walk of length, width and height, metres after a second.
    pub size_drift: f64,
}

/// What a track's sightings say of it, those to come included: the mean of the log-odds of its
/// detections, with a prior and with what unseen frames say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retrospect {
    /// Probability of a track from which its boxes are published.
    pub publish: f64,
    /// Log-odds of a track that is not known yet.
    pub prior: f64,
    /// How many sightings the prior is worth: long tracks are surer than short ones.
    pub prior_weight: f64,
    /// How many sightings a frame without one is worth.
    pub miss_weight: f64,
    /// Log-odds of a frame without sighting.
    pub miss: f64,
    /// Sightings so many seconds away count a third (`1/e`) of present ones.
    pub reach_s: f64,
}

/// Frames in which a track was not seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gaps {
    /// Longest time between two sightings that is filled, seconds.
    pub longest_s: f64,
    /// How long it is published before its first sighting, seconds.
    pub before_s: f64,
    /// How long it is published after its last sighting, seconds.
    pub after_s: f64,
    /// A filled box that overlaps a seen one of its kind more than this (`IoU` from above) is
    /// left out.
    pub overlap: f64,
}

const WITHOUT_POSE: Smoothing = Smoothing {
    acceleration: 6.0,
    lateral_acceleration: 6.0,
    yaw_acceleration: 0.5,
    height_drift: 0.2,
    size_drift: 0.02,
};

impl Default for Smoothing {
    fn default() -> Self {
        Self {
            acceleration: 5.0,
            lateral_acceleration: 3.0,
            yaw_acceleration: 0.7,
            height_drift: 0.2,
            size_drift: 0.02,
        }
    }
}

impl Default for Retrospect {
    fn default() -> Self {
        Self {
            publish: 0.5,
            prior: -1.0,
            prior_weight: 2.0,
            miss_weight: 0.3,
            miss: -1.0,
            reach_s: 2.0,
        }
    }
}

impl Default for Gaps {
    fn default() -> Self {
        Self { longest_s: 1.0, before_s: 0.0, after_s: 0.0, overlap: 0.2 }
    }
}

impl Default for DelayedConfig {
    fn default() -> Self {
        let kind = Hindsight::default();
        Self {
            lag_s: Lag::Seconds(2.0),
            vehicle: kind,
            pedestrian: kind,
            cyclist: kind,
            other: kind,
            without_pose: WITHOUT_POSE,
        }
    }
}

impl Lag {
    /// How much later something may be and still be known; `None` for no limit.
    pub(super) fn span(self) -> Option<Span> {
        match self {
            Self::Seconds(seconds) => Some(Span::from_secs_f64(seconds)),
            Self::Offline => None,
        }
    }
}

impl DelayedConfig {
    /// Checks every setting.
    ///
    /// # Errors
    /// [`TrackError::Config`] names the first one that is outside its range.
    pub fn validate(&self) -> Result<(), TrackError> {
        if let Lag::Seconds(seconds) = self.lag_s {
            check("", &[("lag_s", seconds, is_lag, "0..=3600 or \"offline\"")])?;
        }
        let kinds = [
            ("vehicle.", &self.vehicle),
            ("pedestrian.", &self.pedestrian),
            ("cyclist.", &self.cyclist),
            ("other.", &self.other),
        ];
        for (kind, config) in kinds {
            check(&format!("{kind}smoothing."), &config.smoothing.rules())?;
            check(&format!("{kind}belief."), &config.belief.rules())?;
            check(&format!("{kind}gaps."), &config.gaps.rules())?;
        }
        check("without_pose.", &self.without_pose.rules())
    }

    /// Longest time before a first sighting that is filled.
    pub(super) fn longest_before_s(&self) -> f64 {
        let kinds = [&self.vehicle, &self.pedestrian, &self.cyclist, &self.other];
        kinds.iter().map(|kind| kind.gaps.before_s).fold(0.0, f64::max)
    }

    /// What is done with a class of objects.
    pub(super) fn of(&self, class: ObjectClass, has_ego_motion: bool) -> Hindsight {
        let kind = match Group::of(class) {
            Group::Vehicle => self.vehicle,
            Group::Pedestrian => self.pedestrian,
            Group::Cyclist => self.cyclist,
            Group::Unnamed | Group::Other => self.other,
        };
        let smoothing = if has_ego_motion { kind.smoothing } else { self.without_pose };
        Hindsight { smoothing, ..kind }
    }
}

fn is_lag(seconds: f64) -> bool {
    (0.0..=3600.0).contains(&seconds)
}

fn not_negative(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

const NOT_NEGATIVE: &str = "zero or a positive number";
const NUMBER: &str = "a number";

impl Smoothing {
    fn rules(&self) -> [Rule; 5] {
        [
            ("acceleration", self.acceleration, positive, POSITIVE),
            ("lateral_acceleration", self.lateral_acceleration, positive, POSITIVE),
            ("yaw_acceleration", self.yaw_acceleration, positive, POSITIVE),
            ("height_drift", self.height_drift, positive, POSITIVE),
            ("size_drift", self.size_drift, positive, POSITIVE),
        ]
    }
}

impl Retrospect {
    fn rules(&self) -> [Rule; 6] {
        [
            ("publish", self.publish, share, SHARE),
            ("prior", self.prior, f64::is_finite, NUMBER),
            ("prior_weight", self.prior_weight, not_negative, NOT_NEGATIVE),
            ("miss_weight", self.miss_weight, not_negative, NOT_NEGATIVE),
            ("miss", self.miss, f64::is_finite, NUMBER),
            ("reach_s", self.reach_s, positive, POSITIVE),
        ]
    }
}

impl Gaps {
    fn rules(&self) -> [Rule; 4] {
        [
            ("longest_s", self.longest_s, not_negative, NOT_NEGATIVE),
            ("before_s", self.before_s, not_negative, NOT_NEGATIVE),
            ("after_s", self.after_s, not_negative, NOT_NEGATIVE),
            ("overlap", self.overlap, share, SHARE),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_change_one_number() {
        let text = "lag_s = \"offline\"\n[every.gaps]\nlongest_s = 0.5\n\
                    [pedestrian]\nbelief.publish = 0.75\n[without_pose]\nsize_drift = 0.1\n";
        let config: DelayedConfig = toml::from_str(text).expect("valid");
        let mut wanted = DelayedConfig { lag_s: Lag::Offline, ..DelayedConfig::default() };
        for kind in
            [&mut wanted.vehicle, &mut wanted.pedestrian, &mut wanted.cyclist, &mut wanted.other]
        {
            kind.gaps.longest_s = 0.5;
        }
        wanted.pedestrian.belief.publish = 0.75;
        wanted.without_pose.size_drift = 0.1;
        assert_eq!(config, wanted);
        let whole = toml::to_string(&wanted).expect("valid");
        assert_eq!(toml::from_str::<DelayedConfig>(&whole).expect("valid"), wanted);
        let lag: DelayedConfig = toml::from_str("lag_s = 3").expect("valid");
        assert_eq!(lag, DelayedConfig { lag_s: Lag::Seconds(3.0), ..DelayedConfig::default() });
    }

    #[test]
    fn wrong_keys_are_named() {
        let table = [
            ("lag = 1.0", "unknown field `lag`"),
            ("lag_s = \"later\"", "`lag_s` is \"later\""),
            ("[vehicle.gaps]\nlongest = 1.0", "unknown field `longest`"),
            ("[truck]\nlag_s = 1.0", "unknown field `truck`"),
        ];
        for (text, wanted) in table {
            let error = toml::from_str::<DelayedConfig>(text).expect_err(text).to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }

    #[test]
    fn settings_outside_their_range_are_named() {
        type Spoil = fn(&mut DelayedConfig);
        let table: [(&str, Spoil); 5] = [
            ("lag_s", |c| c.lag_s = Lag::Seconds(-1.0)),
            ("vehicle.belief.publish", |c| c.vehicle.belief.publish = 1.5),
            ("pedestrian.smoothing.size_drift", |c| c.pedestrian.smoothing.size_drift = 0.0),
            ("other.gaps.longest_s", |c| c.other.gaps.longest_s = f64::NAN),
            ("without_pose.acceleration", |c| c.without_pose.acceleration = -1.0),
        ];
        for (wanted, spoil) in table {
            let mut config = DelayedConfig::default();
            spoil(&mut config);
            match config.validate() {
                Err(TrackError::Config { key, .. }) => assert_eq!(key, wanted),
                other => panic!("{wanted}: {other:?}"),
            }
        }
    }
}
