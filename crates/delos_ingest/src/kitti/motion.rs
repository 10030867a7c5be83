//! Where the vehicle is in each frame, from whichever file says it.

use super::oxts::{self, Record};
use super::poses;
use delos_core::{CameraModel, EgoPose};
use nalgebra::Isometry3;
use std::collections::BTreeMap;

/// Poses as the files give them.
#[derive(Clone, Debug)]
pub(super) enum Motion {
    /// GPS and inertial records by frame, and where the unit sits.
    Oxts { records: BTreeMap<u32, Record>, ego_from_imu: Isometry3<f64> },
    /// Poses of the reference camera, frame 0 first.
    Camera { poses: Vec<Isometry3<f64>>, camera: CameraModel },
}

/// The poses, or why there are none.
pub(super) type FoundMotion = Result<Motion, &'static str>;

/// Why there are none where no file has any.
pub(super) const NO_POSES: &str = "neither oxts nor a pose file";

impl Motion {
    /// The pose of each of `frames`, in a world that is the vehicle's frame of the first
    /// of them. All or nothing: the error counts the frames without a pose, because a
    /// tracker cannot change its world on the way.
    pub(super) fn poses(&self, frames: &[u32]) -> Result<Vec<EgoPose>, usize> {
        let missing = frames.iter().filter(|frame| !self.has(**frame)).count();
        if missing > 0 {
            return Err(missing);
        }
        Ok(frames.iter().filter_map(|frame| self.pose(*frames.first()?, *frame)).collect())
    }

    fn has(&self, frame: u32) -> bool {
        match self {
            Self::Oxts { records, .. } => records.contains_key(&frame),
            Self::Camera { poses, .. } => (frame as usize) < poses.len(),
        }
    }

    fn pose(&self, first: u32, frame: u32) -> Option<EgoPose> {
        let world_from_ego = match self {
            Self::Oxts { records, ego_from_imu } => {
                oxts::world_from_ego(records.get(&first)?, records.get(&frame)?, ego_from_imu)
            }
            Self::Camera { poses, camera } => poses::world_from_ego(
                poses.get(first as usize)?,
                poses.get(frame as usize)?,
                camera,
            ),
        };
        Some(EgoPose { world_from_ego })
    }

    /// How many frames have a pose.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Oxts { records, .. } => records.len(),
            Self::Camera { poses, .. } => poses.len(),
        }
    }

    /// What the poses were read from, for messages.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Oxts { .. } => "oxts",
            Self::Camera { .. } => "the pose file CameraTrajectory.txt",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kitti::calib::tests::made_up_camera;

    #[test]
    fn the_first_frame_is_the_origin_and_a_missing_pose_drops_all() {
        let poses = (0..4).map(|i| Isometry3::translation(0.0, 0.0, f64::from(i))).collect();
        let motion = Motion::Camera { poses, camera: made_up_camera() };
        let found = motion.poses(&[1, 3]).expect("complete");
        assert!(found[0].world_from_ego.isometry().translation.vector.norm() < 1e-12);
        assert!((found[1].world_from_ego.isometry().translation.vector.x - 2.0).abs() < 1e-3);
        assert_eq!(motion.poses(&[3, 4, 5]).expect_err("two are missing"), 2);
    }
}
