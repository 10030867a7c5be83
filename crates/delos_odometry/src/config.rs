//! Parameters of the odometry.

use crate::OdometryError;
use delos_core::setting::{check, not_negative, positive, share};
use serde::{Deserialize, Serialize};

/// Parameters of [`Odometry`](crate::Odometry). The defaults are those of KISS-ICP where it has the
/// parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OdometryConfig {
    /// Edge of the map's voxels, metres. Scans are thinned to one point in half of it for the map and
    /// one in one and a half of it for the fit.
    pub voxel_m: f64,
    /// Most points that a voxel of the map keeps.
    pub points_per_voxel: u32,
    /// Most voxels that the map keeps; where it is full, new places are not learnt.
    pub max_voxels: u32,
    /// Points nearer than this are the vehicle itself, metres.
    pub min_range_m: f64,
    /// Points farther than this are left out, and the map ends there, metres.
    pub max_range_m: f64,
    /// Spread of the difference between motion and prediction that is assumed at first, metres.
    pub first_threshold_m: f64,
    /// Smaller differences do not narrow the threshold, metres.
    pub min_motion_m: f64,
    /// Most iterations of one fit.
    pub max_iterations: u32,
    /// A fit has converged when an iteration moves by less than this (metres and radians, root of
    /// the sum of squares).
    pub convergence: f64,
    /// Fewest points of a thinned scan.
    pub min_points: u32,
    /// Least share of the points that must lie within three tenths of a voxel of the map. Fits at
    /// the right place have 0.46 and more, at a wrong one 0.14 and less (KITTI, simulated drives).
    pub min_overlap: f64,
    /// Greatest change of velocity, metres per second squared; beyond it a fit is a mistake.
    pub max_acceleration: f64,
    /// Greatest speed ahead at which a recording may begin, metres per second.
    pub max_speed: f64,
    /// After so many unusable scans in a row a new map begins.
    pub max_lost: u32,
    /// Across a longer gap between two scans the motion is predicted for this long only, seconds.
    pub max_gap_s: f64,
}

impl Default for OdometryConfig {
    fn default() -> Self {
        Self {
            voxel_m: 1.0,
            points_per_voxel: 20,
            max_voxels: 200_000,
            min_range_m: 2.0,
            max_range_m: 100.0,
            first_threshold_m: 2.0,
            min_motion_m: 0.1,
            max_iterations: 100,
            convergence: 1e-4,
            min_points: 50,
            min_overlap: 0.3,
            max_acceleration: 30.0,
            max_speed: 45.0,
            max_lost: 5,
            max_gap_s: 1.0,
        }
    }
}

impl OdometryConfig {
    /// Checks that every parameter lies in its range.
    ///
    /// # Errors
    /// [`OdometryError::Setting`] names the first that does not.
    pub fn validate(&self) -> Result<(), OdometryError> {
        let voxel = (0.01..=100.0).contains(&self.voxel_m);
        check("voxel_m", self.voxel_m, "0.01 to 100", voxel)?;
        let kept = (1..=100).contains(&self.points_per_voxel);
        check("points_per_voxel", f64::from(self.points_per_voxel), "1 to 100", kept)?;
        let voxels = (1..=10_000_000).contains(&self.max_voxels);
        check("max_voxels", f64::from(self.max_voxels), "1 to 10000000", voxels)?;
        not_negative("min_range_m", self.min_range_m)?;
        let range = self.max_range_m > self.min_range_m && self.max_range_m <= 1000.0;
        check("max_range_m", self.max_range_m, "above min_range_m, at most 1000", range)?;
        positive("first_threshold_m", self.first_threshold_m)?;
        not_negative("min_motion_m", self.min_motion_m)?;
        check(
            "max_iterations",
            f64::from(self.max_iterations),
            "1 or more",
            self.max_iterations > 0,
        )?;
        positive("convergence", self.convergence)?;
        check("min_points", f64::from(self.min_points), "3 or more", self.min_points >= 3)?;
        share("min_overlap", self.min_overlap)?;
        positive("max_acceleration", self.max_acceleration)?;
        not_negative("max_speed", self.max_speed)?;
        check("max_lost", f64::from(self.max_lost), "1 or more", self.max_lost > 0)?;
        Ok(positive("max_gap_s", self.max_gap_s)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_possible_and_survive_a_launch_file() {
        let config = OdometryConfig::default();
        assert_eq!(config.validate(), Ok(()));
        let text = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<OdometryConfig>(&text).unwrap(), config);
        assert!(toml::from_str::<OdometryConfig>("voxel = 1.0").is_err());
    }

    #[test]
    fn what_is_impossible_is_named() {
        let cases = [
            "voxel_m = 0.0",
            "voxel_m = nan",
            "points_per_voxel = 0",
            "max_voxels = 0",
            "min_range_m = -1.0",
            "max_range_m = 1.0",
            "max_range_m = inf",
            "first_threshold_m = 0.0",
            "min_motion_m = nan",
            "max_iterations = 0",
            "convergence = 0.0",
            "min_points = 2",
            "min_overlap = 1.5",
            "max_acceleration = 0.0",
            "max_speed = -1.0",
            "max_lost = 0",
            "max_gap_s = -1.0",
        ];
        for text in cases {
            let config: OdometryConfig = toml::from_str(text).unwrap();
            let error = config.validate().expect_err(text).to_string();
            let key = text.split(' ').next().unwrap();
            assert!(error.starts_with(key), "{text}: {error}");
        }
    }
}
