//! Parameters of the fusion.

use crate::FuseError;
use delos_core::SettingError;
use delos_core::setting::{check, positive, share};
use serde::{Deserialize, Serialize};

/// Parameters of [`Fuser`](crate::Fuser).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FusionConfig {
    /// Camera detections with a lower score are left out.
    pub min_camera_score: f64,
    /// Of two camera boxes that overlap more (IoU), both of vehicles or both of people, the weaker
    /// is left out, whatever their classes.
    pub duplicate_iou: f64,
    /// Least agreement between a LiDAR object and a camera box, 0..=1.
    pub min_agreement: f64,
    /// A LiDAR object that overlaps a camera box well is preferred to the box fitted to the
    /// points behind it even if it overlaps by this much less (IoU): more for networks whose
    /// boxes are loose.
    pub cluster_tie: f64,
    /// From this overlap on (IoU) a LiDAR object overlaps a camera box well.
    pub cluster_tie_from: f64,
    /// Each side of a camera box is moved in by this share before points are taken from it.
    pub shrink: f64,
    /// Fewest LiDAR points that place a camera box in space.
    pub min_points: u32,
    /// The odds of a LiDAR object that the camera should see but does not are multiplied by
    /// this: the share of clearly visible objects that the camera misses.
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
            cluster_tie: 0.05,
            cluster_tie_from: 0.7,
            shrink: 0.05,
            min_points: 10,
            denied_factor: 0.1,
            camera_range_m: 60.0,
            lift: LiftConfig::default(),
        }
    }
}

impl FusionConfig {
    /// Checks that every parameter lies in its range.
    ///
    /// # Errors
    /// [`FuseError::Setting`] names the first that does not.
    pub fn validate(&self) -> Result<(), FuseError> {
        share("min_camera_score", self.min_camera_score)?;
        share("duplicate_iou", self.duplicate_iou)?;
        share("min_agreement", self.min_agreement)?;
        share("cluster_tie", self.cluster_tie)?;
        share("cluster_tie_from", self.cluster_tie_from)?;
        let shrinks = (0.0..0.5).contains(&self.shrink);
        check("shrink", self.shrink, "0 or more, below 0.5", shrinks)?;
        let points = f64::from(self.min_points);
        check("min_points", points, "1 or more", self.min_points >= 1)?;
        share("denied_factor", self.denied_factor)?;
        positive("camera_range_m", self.camera_range_m)?;
        Ok(self.lift.validate()?)
    }
}

impl LiftConfig {
    fn validate(&self) -> Result<(), SettingError> {
        positive("lift.max_range_m", self.max_range_m)?;
        positive("lift.bottom_sigma_px", self.bottom_sigma_px)?;
        let sigma = self.height_sigma;
        check("lift.height_sigma", sigma, "above 0, at most 1", sigma > 0.0 && sigma <= 1.0)?;
        let yaw = self.road_yaw_rad;
        check("lift.road_yaw_rad", yaw, "a finite number", yaw.is_finite())
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

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut FusionConfig);

    #[test]
    fn parameters_out_of_range_are_named_with_value_and_range() {
        let cases: &[(Change, &str)] = &[
            (|c| c.min_camera_score = 30.0, "min_camera_score = 30 is out of range; use 0 to 1"),
            (|c| c.duplicate_iou = -0.1, "duplicate_iou = -0.1"),
            (|c| c.min_agreement = f64::NAN, "min_agreement = NaN"),
            (|c| c.cluster_tie = -0.1, "cluster_tie = -0.1"),
            (|c| c.cluster_tie_from = 1.1, "cluster_tie_from = 1.1"),
            (|c| c.shrink = 0.5, "shrink = 0.5"),
            (|c| c.shrink = -0.1, "shrink = -0.1"),
            (|c| c.min_points = 0, "min_points = 0"),
            (|c| c.denied_factor = 1.2, "denied_factor = 1.2"),
            (|c| c.camera_range_m = 0.0, "camera_range_m = 0"),
            (|c| c.camera_range_m = f64::INFINITY, "camera_range_m = inf"),
            (|c| c.lift.max_range_m = -5.0, "lift.max_range_m = -5"),
            (|c| c.lift.bottom_sigma_px = 0.0, "lift.bottom_sigma_px = 0"),
            (|c| c.lift.height_sigma = 0.0, "lift.height_sigma = 0"),
            (|c| c.lift.height_sigma = 1.5, "lift.height_sigma = 1.5"),
            (|c| c.lift.road_yaw_rad = f64::NAN, "lift.road_yaw_rad = NaN"),
        ];
        for (change, wanted) in cases {
            let mut config = FusionConfig::default();
            change(&mut config);
            let error = config.validate().expect_err(wanted).to_string();
            assert!(error.starts_with(wanted), "{error}: not {wanted}");
        }
    }

    #[test]
    fn the_ends_of_the_ranges_are_allowed() {
        let cases: &[Change] = &[
            |_| (),
            |c| c.shrink = 0.0,
            |c| c.min_points = 1,
            |c| c.denied_factor = 0.0,
            |c| c.min_agreement = 1.0,
            |c| c.lift.road_yaw_rad = -0.1,
        ];
        for change in cases {
            let mut config = FusionConfig::default();
            change(&mut config);
            config.validate().expect("in range");
        }
    }
}
