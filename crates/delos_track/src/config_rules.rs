//! Which settings are possible.

use crate::{MotionNoise, TrackError, TrackerConfig};

/// Name, value, test, and what would be right.
type Rule = (&'static str, f64, fn(f64) -> bool, &'static str);

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
        let motions = [
            ("vehicle_in_world", self.vehicle_in_world),
            ("other_in_world", self.other_in_world),
            ("without_pose", self.without_pose),
        ];
        check(&self.shares())?;
        check(&self.amounts())?;
        motions.iter().try_for_each(|(key, noise)| noise.validate(key))
    }

    fn shares(&self) -> [Rule; 11] {
        [
            ("min_score", self.min_score, share, "0..=1"),
            ("birth_score", self.birth_score, share, "0..=1"),
            ("nms_iou", self.nms_iou, share, "0..=1"),
            ("gate_probability", self.gate_probability, inner_share, "between 0 and 1"),
            ("giou_weight", self.giou_weight, share, "0..=1"),
            ("duplicate_iou", self.duplicate_iou, share, "0..=1"),
            ("confirm_existence", self.confirm_existence, share, "0..=1"),
            ("end_existence", self.end_existence, share, "0..=1"),
            ("detection_probability", self.detection_probability, inner_share, "between 0 and 1"),
            ("survival_per_s", self.survival_per_s, share, "0..=1"),
            ("class_penalty", self.class_penalty, share, "0..=1"),
        ]
    }

    fn amounts(&self) -> [Rule; 14] {
        let wanted = "a positive number";
        [
            ("min_gate_m", self.min_gate_m, positive, wanted),
            ("max_gate_m", self.max_gate_m, positive, wanted),
            ("none_cost", self.none_cost, positive, wanted),
            ("evidence_gain", self.evidence_gain, positive, wanted),
            ("max_coast_s", self.max_coast_s, positive, wanted),
            ("max_lost_s", self.max_lost_s, positive, wanted),
            ("max_tentative_coast_s", self.max_tentative_coast_s, positive, wanted),
            ("max_gap_s", self.max_gap_s, positive, wanted),
            ("max_tracks", self.max_tracks as f64, positive, wanted),
            ("noise.position_m", self.noise.position_m, positive, wanted),
            ("noise.height_m", self.noise.height_m, positive, wanted),
            ("noise.yaw_rad", self.noise.yaw_rad, positive, wanted),
            ("noise.size_m", self.noise.size_m, positive, wanted),
            ("scene_speed_deviation", self.scene_speed_deviation, positive, wanted),
        ]
    }
}

impl MotionNoise {
    fn validate(&self, key: &'static str) -> Result<(), TrackError> {
        let wanted = "positive numbers only";
        check(&[
            (key, self.initial_speed, positive, wanted),
            (key, self.initial_slip, positive, wanted),
            (key, self.initial_yaw_rate, positive, wanted),
            (key, self.acceleration, positive, wanted),
            (key, self.lateral_acceleration, positive, wanted),
            (key, self.yaw_acceleration, positive, wanted),
        ])
    }
}

fn check(rules: &[Rule]) -> Result<(), TrackError> {
    match rules.iter().find(|(_, value, fits, _)| !fits(*value)) {
        Some((key, value, _, wanted)) => Err(TrackError::Config { key, value: *value, wanted }),
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
            ("birth_score", |c| c.birth_score = 1.5),
            ("gate_probability", |c| c.gate_probability = 1.0),
            ("max_coast_s", |c| c.max_coast_s = f64::NAN),
            ("max_tracks", |c| c.max_tracks = 0),
            ("without_pose", |c| c.without_pose.acceleration = -1.0),
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
