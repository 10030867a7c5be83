//! Parameters of the detector.

use crate::DetectError;
use delos_core::SettingError;
use delos_core::setting::{check, not_negative, positive, share};
use serde::{Deserialize, Serialize};

/// The grids of ground and cells reach no farther, metres.
pub(super) const FARTHEST_M: f64 = 80.0;
/// Side of the smallest cells: smaller ones would need too much memory, metres.
pub(super) const SMALLEST_CELL_M: f64 = 0.05;
/// Larger gaps are not searched, metres: the search per cell stays bounded.
pub(super) const WIDEST_GAP_M: f64 = 2.0;
/// More points than this do not make the direction of a cluster better.
pub(super) const SHAPE_POINTS: usize = 300;

/// Parameters of [`LidarDetector`](super::LidarDetector). Metres unless said otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LidarConfig {
    /// Nearer returns come from the vehicle itself.
    pub min_range_m: f64,
    /// Farther returns are left out; 1 to 80.
    pub max_range_m: f64,
    /// Returns higher over ground belong to no object.
    pub max_height_m: f64,
    /// Finding the ground.
    pub ground: GroundConfig,
    /// Grouping what stands on it.
    pub cluster: ClusterConfig,
    /// Detections with a lower score are left out.
    pub min_score: f64,
}

impl Default for LidarConfig {
    fn default() -> Self {
        Self {
            min_range_m: 2.0,
            max_range_m: 75.0,
            max_height_m: 4.2,
            ground: GroundConfig::default(),
            cluster: ClusterConfig::default(),
            min_score: 0.1,
        }
    }
}

impl LidarConfig {
    /// Checks that every parameter lies in its range.
    ///
    /// # Errors
    /// [`DetectError::Setting`] names the first that does not.
    pub fn validate(&self) -> Result<(), DetectError> {
        let (near, far) = (self.min_range_m, self.max_range_m);
        check("max_range_m", far, "1 to 80", (1.0..=FARTHEST_M).contains(&far))?;
        check("min_range_m", near, "0 or more, below max_range_m", (0.0..far).contains(&near))?;
        self.ground.validate()?;
        let high = self.max_height_m.is_finite() && self.max_height_m > self.ground.thickness_m;
        check("max_height_m", self.max_height_m, "a number above ground.thickness_m", high)?;
        self.cluster.validate()?;
        Ok(share("min_score", self.min_score)?)
    }
}

impl GroundConfig {
    fn validate(&self) -> Result<(), SettingError> {
        positive("ground.thickness_m", self.thickness_m)?;
        positive("ground.below_m", self.below_m)?;
        positive("ground.tolerance_m", self.tolerance_m)?;
        not_negative("ground.tolerance_per_m", self.tolerance_per_m)?;
        positive("ground.max_gap_m", self.max_gap_m)?;
        positive("ground.max_drop_m", self.max_drop_m)?;
        positive("ground.max_rise_m", self.max_rise_m)
    }
}

impl ClusterConfig {
    fn validate(&self) -> Result<(), SettingError> {
        let cells = SMALLEST_CELL_M..=WIDEST_GAP_M;
        check("cluster.cell_m", self.cell_m, "0.05 to 2", cells.contains(&self.cell_m))?;
        positive("cluster.gap_m", self.gap_m)?;
        not_negative("cluster.gap_per_m", self.gap_per_m)?;
        let gaps = self.gap_m..=WIDEST_GAP_M;
        let fits = gaps.contains(&self.max_gap_m);
        check("cluster.max_gap_m", self.max_gap_m, "cluster.gap_m to 2", fits)?;
        let shares = 1.0..=4.0;
        let fits = shares.contains(&self.join_share);
        check("cluster.join_share", self.join_share, "1 to 4", fits)?;
        share("cluster.split_share", self.split_share)?;
        positive("cluster.bridge_height_m", self.bridge_height_m)?;
        let points = f64::from(self.min_points);
        check("cluster.min_points", points, "1 or more", self.min_points >= 1)
    }
}

/// Parameters of the ground estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroundConfig {
    /// Returns up to this height over the estimate are ground.
    pub thickness_m: f64,
    /// Returns further below the estimate are false.
    pub below_m: f64,
    /// How far a return may lie off the ground's line so far.
    pub tolerance_m: f64,
    /// Added to the tolerance for each metre without ground, a slope.
    pub tolerance_per_m: f64,
    /// The tolerance stops growing after so many metres without ground.
    pub max_gap_m: f64,
    /// How far the ground may drop below the nominal height anywhere.
    pub max_drop_m: f64,
    /// How far the ground may rise above the nominal height anywhere.
    pub max_rise_m: f64,
}

impl Default for GroundConfig {
    fn default() -> Self {
        Self {
            thickness_m: 0.125,
            below_m: 0.25,
            tolerance_m: 0.12,
            tolerance_per_m: 0.06,
            max_gap_m: 5.0,
            max_drop_m: 6.0,
            max_rise_m: 6.0,
        }
    }
}

/// Parameters of the clustering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterConfig {
    /// Side of the cells points are gathered in; 0.05 to 2.
    pub cell_m: f64,
    /// Cells this near belong together, at the sensor.
    pub gap_m: f64,
    /// Added to the gap for each metre of range.
    pub gap_per_m: f64,
    /// The gap never grows beyond this; `gap_m` to 2.
    pub max_gap_m: f64,
    /// Clusters within so many gaps of each other are joined where together they look more
    /// like one vehicle; 1 to 4.
    pub join_share: f64,
    /// Clusters that look like no vehicle are tried again with this share of the gap.
    pub split_share: f64,
    /// Only returns lower than this over ground join cells: tree crowns bridge nothing.
    pub bridge_height_m: f64,
    /// Smaller groups are no objects, points.
    pub min_points: u32,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            cell_m: 0.2,
            gap_m: 0.32,
            gap_per_m: 0.005,
            max_gap_m: 0.6,
            join_share: 1.5,
            split_share: 0.65,
            bridge_height_m: 2.2,
            min_points: 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut LidarConfig);

    #[test]
    fn parameters_out_of_range_are_named_with_value_and_range() {
        let cases: &[(Change, &str)] = &[
            (|c| c.max_range_m = 80.5, "max_range_m = 80.5 is out of range; use 1 to 80"),
            (|c| c.max_range_m = f64::NAN, "max_range_m = NaN"),
            (|c| c.min_range_m = -1.0, "min_range_m = -1"),
            (|c| c.min_range_m = 75.0, "min_range_m = 75"),
            (|c| c.max_height_m = 0.1, "max_height_m = 0.1"),
            (|c| c.max_height_m = f64::INFINITY, "max_height_m = inf"),
            (|c| c.min_score = 1.5, "min_score = 1.5"),
            (|c| c.ground.thickness_m = 0.0, "ground.thickness_m = 0"),
            (|c| c.ground.below_m = -0.4, "ground.below_m = -0.4"),
            (|c| c.ground.tolerance_m = f64::NAN, "ground.tolerance_m = NaN"),
            (|c| c.ground.tolerance_per_m = -0.1, "ground.tolerance_per_m = -0.1"),
            (|c| c.ground.max_gap_m = 0.0, "ground.max_gap_m = 0"),
            (|c| c.ground.max_drop_m = -3.0, "ground.max_drop_m = -3"),
            (|c| c.ground.max_rise_m = f64::INFINITY, "ground.max_rise_m = inf"),
            (|c| c.cluster.cell_m = 0.01, "cluster.cell_m = 0.01"),
            (|c| c.cluster.cell_m = 2.5, "cluster.cell_m = 2.5"),
            (|c| c.cluster.gap_m = 0.0, "cluster.gap_m = 0"),
            (|c| c.cluster.gap_per_m = -0.1, "cluster.gap_per_m = -0.1"),
            (|c| c.cluster.max_gap_m = 0.3, "cluster.max_gap_m = 0.3"),
            (|c| c.cluster.max_gap_m = 2.1, "cluster.max_gap_m = 2.1"),
            (|c| c.cluster.join_share = 0.9, "cluster.join_share = 0.9"),
            (|c| c.cluster.join_share = 4.1, "cluster.join_share = 4.1"),
            (|c| c.cluster.split_share = 1.1, "cluster.split_share = 1.1"),
            (|c| c.cluster.bridge_height_m = 0.0, "cluster.bridge_height_m = 0"),
            (|c| c.cluster.min_points = 0, "cluster.min_points = 0"),
        ];
        for (change, wanted) in cases {
            let mut config = LidarConfig::default();
            change(&mut config);
            let error = config.validate().expect_err(wanted).to_string();
            assert!(error.starts_with(wanted), "{error}: not {wanted}");
        }
    }

    #[test]
    fn the_ends_of_the_ranges_are_allowed() {
        let cases: &[Change] = &[
            |_| (),
            |c| c.max_range_m = FARTHEST_M,
            |c| c.min_range_m = 0.0,
            |c| c.min_score = 1.0,
            |c| c.ground.tolerance_per_m = 0.0,
            |c| c.cluster.cell_m = SMALLEST_CELL_M,
            |c| c.cluster.max_gap_m = WIDEST_GAP_M,
            |c| c.cluster.join_share = 1.0,
            |c| c.cluster.split_share = 0.0,
            |c| c.cluster.min_points = 1,
        ];
        for change in cases {
            let mut config = LidarConfig::default();
            change(&mut config);
            config.validate().expect("in range");
        }
    }
}
