//! Parameters of the fusion.

use serde::{Deserialize, Serialize};

/// Parameters of [`Fuser`](crate::Fuser).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FusionConfig {
    /// Camera detections with a lower score are left out.
    pub min_camera_score: f64,
    /// Of two camera boxes of any class that overlap more (IoU), the weaker is left out.
    pub duplicate_iou: f64,
    /// Least agreement between a LiDAR object and a camera box, 0..=1.
    pub min_agreement: f64,
    /// Each side of a camera box is moved in by this share before points are taken from it.
    pub shrink: f64,
    /// Fewest LiDAR points that place a camera box in space.
    pub min_points: u32,
    /// The score of a LiDAR object that the camera should see but does not, is multiplied by this.
    pub denied_factor: f64,
    /// The camera is not asked about objects farther away, metres.
    pub camera_range_m: f64,
    /// Placing camera boxes without LiDAR.
    pub lift: LiftConfig,
}

impl Default for FusionConfig {
    fn default() -> Self {
        Self {
            min_camera_score: 0.3,
            duplicate_iou: 0.6,
            min_agreement: 0.45,
            shrink: 0.05,
            min_points: 10,
            denied_factor: 0.6,
            camera_range_m: 60.0,
            lift: LiftConfig::default(),
        }
    }
}

/// Parameters of placing camera boxes in space without LiDAR.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LiftConfig {
    /// Objects farther away are left out, metres.
    pub max_range_m: f64,
    /// Standard deviation of a box's lower edge, pixels.
    pub bottom_sigma_px: f64,
    /// Standard deviation of a class's height, share of it.
    pub height_sigma: f64,
    /// Heading of vehicles relative to the own vehicle's, radians.
    pub road_yaw_rad: f64,
}

impl Default for LiftConfig {
    fn default() -> Self {
        Self { max_range_m: 60.0, bottom_sigma_px: 4.0, height_sigma: 0.12, road_yaw_rad: 0.0 }
    }
}
