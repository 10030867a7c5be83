//! Whether a fit is to be believed.

use super::Odometry;
use crate::Unusable;
use crate::registration::Aligned;
use nalgebra::Isometry3;

/// Points nearer to one line than this do not show a turn about it, metres.
const LEAST_SPREAD_M: f64 = 0.3;
/// Differences between measurement and prediction within half a voxel are noise of the fit.
const NOISE_VOXELS: f64 = 0.5;

impl Odometry {
    /// Whether the fit is to be believed; else why not.
    pub(super) fn judge(
        &self,
        aligned: &Aligned,
        predicted: &Isometry3<f64>,
        seconds: f64,
    ) -> Result<(), Unusable> {
        self.enough_points()?;
        self.enough_overlap(aligned)?;
        let spread_m = aligned.fit.spread_m;
        if spread_m < LEAST_SPREAD_M {
            return Err(Unusable::OneLine { spread_m, wanted_m: LEAST_SPREAD_M });
        }
        self.possible(aligned, predicted, seconds)
    }

    pub(super) fn enough_points(&self) -> Result<(), Unusable> {
        let (points, wanted) = (self.scans.for_fit.len(), self.config.min_points as usize);
        if points < wanted { Err(Unusable::FewPoints { points, wanted }) } else { Ok(()) }
    }

    fn enough_overlap(&self, aligned: &Aligned) -> Result<(), Unusable> {
        let (share, wanted) = (aligned.fit.overlap, self.config.min_overlap);
        if share < wanted { Err(Unusable::NoOverlap { share, wanted }) } else { Ok(()) }
    }

    /// The velocity changes by what a vehicle can do at most. While it is unknown, everything
    /// is possible.
    fn possible(
        &self,
        aligned: &Aligned,
        predicted: &Isometry3<f64>,
        seconds: f64,
    ) -> Result<(), Unusable> {
        if self.now.velocity.is_none() {
            return Ok(());
        }
        let measured = aligned.world_from_ego.translation.vector;
        let distance_m = (measured - predicted.translation.vector).norm();
        let from_velocity = self.config.max_acceleration * seconds * seconds;
        let allowed_m = from_velocity + NOISE_VOXELS * self.config.voxel_m;
        if distance_m > allowed_m {
            return Err(Unusable::Jump { distance_m, allowed_m });
        }
        Ok(())
    }
}
