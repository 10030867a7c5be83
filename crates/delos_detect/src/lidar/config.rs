//! Parameters of the detector.

use serde::{Deserialize, Serialize};

/// Parameters of [`LidarDetector`](super::LidarDetector). Metres unless said otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LidarConfig {
    /// Nearer returns come from the vehicle itself.
    pub min_range_m: f64,
    /// Farther returns are left out; at most 80.
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
            thickness_m: 0.2,
            below_m: 0.4,
            tolerance_m: 0.12,
            tolerance_per_m: 0.06,
            max_gap_m: 5.0,
            max_drop_m: 3.0,
            max_rise_m: 3.0,
        }
    }
}

/// Parameters of the clustering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterConfig {
    /// Side of the cells points are gathered in.
    pub cell_m: f64,
    /// Cells this near belong together, at the sensor.
    pub gap_m: f64,
    /// Added to the gap for each metre of range.
    pub gap_per_m: f64,
    /// The gap never grows beyond this.
    pub max_gap_m: f64,
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
            split_share: 0.65,
            bridge_height_m: 2.2,
            min_points: 8,
        }
    }
}
