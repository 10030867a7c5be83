//! What counts, and what is right.

use delos_core::setting::{SettingError, not_negative, positive, share};
use delos_core::{CameraModel, Ego, Position};
use serde::{Deserialize, Serialize};

/// What counts, and what is right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CentreRules {
    /// Vehicles with fewer LiDAR points inside their box do not count.
    pub min_points: u32,
    /// Vehicles and tracks count up to this distance of their centre from the vehicle's
    /// vertical axis, metres.
    pub max_distance_m: f64,
    /// A track is right within this distance of a vehicle's centre, seen from above, metres.
    pub radius_m: f64,
    /// A track is neutral when at least this share of its box in the image lies in one region
    /// that the labels leave out.
    pub region_share: f64,
}

impl Default for CentreRules {
    fn default() -> Self {
        Self { min_points: 50, max_distance_m: 50.0, radius_m: 1.0, region_share: 0.5 }
    }
}

impl CentreRules {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first field out of its range.
    pub fn check(&self) -> Result<(), SettingError> {
        positive("tracks.max_distance_m", self.max_distance_m)?;
        not_negative("tracks.radius_m", self.radius_m)?;
        share("tracks.region_share", self.region_share)
    }

    /// Whether a centre is near enough and in the camera's view. Where there is no camera,
    /// every direction is in view.
    pub(super) fn is_in_reach(&self, center: &Position<Ego>, camera: Option<&CameraModel>) -> bool {
        range_m(center) <= self.max_distance_m
            && camera.is_none_or(|camera| is_in_view(center, camera))
    }
}

/// Distance from the vehicle's vertical axis, metres.
pub(super) fn range_m(center: &Position<Ego>) -> f64 {
    center.x().hypot(center.y())
}

/// Whether a point falls into the image. Where the size of the image is not known, its
/// middle is taken to be the principal point.
fn is_in_view(point: &Position<Ego>, camera: &CameraModel) -> bool {
    let (cx, cy) = camera.principal_point();
    let (width, height) = camera
        .size
        .map_or((2.0 * cx, 2.0 * cy), |size| (f64::from(size.width), f64::from(size.height)));
    camera.project_ego(point).is_some_and(|[u, v]| u >= 0.0 && u < width && v >= 0.0 && v < height)
}
