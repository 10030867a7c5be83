//! Which settings are possible.

use super::{BoxNoise, ClassConfig, Confidence, Cost, Gate, Life, MotionNoise, TrackerConfig};
use crate::TrackError;

/// Name, value, test, and what would be right.
type Rule = (&'static str, f64, fn(f64) -> bool, &'static str);

const SHARE: &str = "0..=1";
const INNER_SHARE: &str = "between 0 and 1";
const POSITIVE: &str = "a positive number";

fn share(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

fn inner_share(value: f64) -> bool {
    value > 0.0 && value < 1.0
}

fn positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

impl TrackerConfig {
    /// Checks every setting.
    ///
    /// # Errors
    /// [`TrackError::Config`] names the first one that is outside its range.
    pub fn validate(&self) -> Result<(), TrackError> {
        check(
            "",
            &[
                ("max_gap_s", self.max_gap_s, positive, POSITIVE),
                ("max_tracks", self.max_tracks as f64, positive, POSITIVE),
                ("scene_speed_deviation", self.scene_speed_deviation, positive, POSITIVE),
            ],
        )?;
        let kinds = [
            ("vehicle.", &self.vehicle),
            ("pedestrian.", &self.pedestrian),
            ("cyclist.", &self.cyclist),
            ("other.", &self.other),
        ];
        kinds.iter().try_for_each(|(kind, config)| config.validate(kind))?;
        check("without_pose.", &self.without_pose.rules())
    }
}

impl ClassConfig {
    fn validate(&self, kind: &str) -> Result<(), TrackError> {
        check(&format!("{kind}confidence."), &self.confidence.rules())?;
        check(&format!("{kind}cost."), &self.cost.rules())?;
        check(&format!("{kind}gate."), &self.gate.rules())?;
        check(&format!("{kind}life."), &self.life.rules())?;
        check(&format!("{kind}noise."), &self.noise.rules())?;
        check(&format!("{kind}motion."), &self.motion.rules())
    }
}

impl Confidence {
    fn rules(&self) -> [Rule; 7] {
        [
            ("scale", self.scale, positive, POSITIVE),
            ("offset", self.offset, f64::is_finite, "a number"),
            ("least", self.least, share, SHARE),
            ("birth", self.birth, share, SHARE),
            ("nms_iou", self.nms_iou, share, SHARE),
            ("evidence_gain", self.evidence_gain, positive, POSITIVE),
            ("evidence_weight", self.evidence_weight, share, SHARE),
        ]
    }
}

impl Cost {
    fn rules(&self) -> [Rule; 4] {
        [
            ("overlap_weight", self.overlap_weight, share, SHARE),
            ("class_penalty", self.class_penalty, share, SHARE),
            ("tentative_penalty", self.tentative_penalty, share, SHARE),
            ("none", self.none, positive, POSITIVE),
        ]
    }
}

impl Gate {
    fn rules(&self) -> [Rule; 3] {
        [
            ("probability", self.probability, inner_share, INNER_SHARE),
            ("min_m", self.min_m, positive, POSITIVE),
            ("max_m", self.max_m, positive, POSITIVE),
        ]
    }
}

impl Life {
    fn rules(&self) -> [Rule; 11] {
        [
            ("confirm", self.confirm, share, SHARE),
            ("publish", self.publish, share, SHARE),
            ("end", self.end, share, SHARE),
            ("surest", self.surest, inner_share, INNER_SHARE),
            ("detection_probability", self.detection_probability, inner_share, INNER_SHARE),
            ("survival_per_s", self.survival_per_s, share, SHARE),
            ("coast", self.coast, share, SHARE),
            ("coast_s", self.coast_s, positive, POSITIVE),
            ("lost_s", self.lost_s, positive, POSITIVE),
            ("tentative_s", self.tentative_s, positive, POSITIVE),
            ("duplicate_iou", self.duplicate_iou, share, SHARE),
        ]
    }
}

impl BoxNoise {
    fn rules(&self) -> [Rule; 4] {
        [
            ("position_m", self.position_m, positive, POSITIVE),
            ("height_m", self.height_m, positive, POSITIVE),
            ("yaw_rad", self.yaw_rad, positive, POSITIVE),
            ("size_m", self.size_m, positive, POSITIVE),
        ]
    }
}

impl MotionNoise {
    fn rules(&self) -> [Rule; 6] {
        [
            ("initial_speed", self.initial_speed, positive, POSITIVE),
            ("initial_slip", self.initial_slip, positive, POSITIVE),
            ("initial_yaw_rate", self.initial_yaw_rate, positive, POSITIVE),
            ("acceleration", self.acceleration, positive, POSITIVE),
            ("lateral_acceleration", self.lateral_acceleration, positive, POSITIVE),
            ("yaw_acceleration", self.yaw_acceleration, positive, POSITIVE),
        ]
    }
}

fn check(part: &str, rules: &[Rule]) -> Result<(), TrackError> {
    match rules.iter().find(|(_, value, fits, _)| !fits(*value)) {
        Some((key, value, _, wanted)) => {
            Err(TrackError::Config { key: format!("{part}{key}"), value: *value, wanted })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(TrackerConfig::default().validate(), Ok(()));
    }

    #[test]
    fn settings_outside_their_range_are_named() {
        type Spoil = fn(&mut TrackerConfig);
        let table: [(&str, Spoil); 5] = [
            ("vehicle.confidence.birth", |c| c.vehicle.confidence.birth = 1.5),
            ("pedestrian.gate.probability", |c| c.pedestrian.gate.probability = 1.0),
            ("cyclist.life.coast_s", |c| c.cyclist.life.coast_s = f64::NAN),
            ("max_tracks", |c| c.max_tracks = 0),
            ("without_pose.acceleration", |c| c.without_pose.acceleration = -1.0),
        ];
        for (wanted, spoil) in table {
            let mut config = TrackerConfig::default();
            spoil(&mut config);
            match config.validate() {
                Err(TrackError::Config { key, .. }) => assert_eq!(key, wanted),
                other => panic!("{wanted}: {other:?}"),
            }
        }
    }
}
