//! Pose files of visual odometry (ORB-SLAM3, KITTI odometry).

use super::text::{Fields, frame_lines};
use crate::ParseError;
use delos_core::{Camera, CameraModel, Ego, Transform, World};
use nalgebra::Isometry3;

/// Parses twelve numbers a line, `[R | t]` row-major, from the reference camera to a
/// world whose origin is the first camera; line `i` (from 0) is frame `i`.
///
/// # Errors
/// The first line that has not twelve numbers or no rotation, or is blank before others.
pub fn parse(text: &str) -> Result<Vec<Isometry3<f64>>, ParseError> {
    frame_lines(text)
        .map(|numbered| {
            let (line, text) = numbered?;
            let fields =
                Fields::between_blanks(line, text).at_least(12, "a 3x4 matrix, row by row")?;
            let pose = Transform::<World, Camera>::from_row_major(&fields.numbers(0)?)
                .map_err(|error| fields.refuse(error.to_string()))?;
            Ok(*pose.isometry())
        })
        .collect()
}

/// The vehicle's pose, in a world that is the vehicle's frame at the time of `first`.
/// Both poses are those of the reference camera in one and the same world.
pub fn world_from_ego(
    first: &Isometry3<f64>,
    pose: &Isometry3<f64>,
    camera: &CameraModel,
) -> Transform<World, Ego> {
    let camera_from_ego = camera.camera_from_ego().isometry();
    Transform::new(camera_from_ego.inverse() * first.inverse() * pose * camera_from_ego)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kitti::calib::tests::made_up_camera;

    #[test]
    fn a_camera_that_moves_forward_moves_the_vehicle_forward() {
        let poses = parse("1 0 0 0 0 1 0 0 0 0 1 5\n1 0 0 0 0 1 0 0 0 0 1 7\n").expect("valid");
        let pose = world_from_ego(&poses[0], &poses[1], &made_up_camera());
        let moved = pose.isometry().translation.vector;
        assert!(
            (moved.x - 2.0).abs() < 1e-3 && moved.y.abs() < 0.05 && moved.z.abs() < 0.05,
            "{moved}"
        );
        let start = world_from_ego(&poses[0], &poses[0], &made_up_camera());
        assert!(start.isometry().translation.vector.norm() < 1e-12);
    }

    #[test]
    fn the_wrong_line_is_named() {
        for wrong in ["1 2 3", "2 0 0 0 0 1 0 0 0 0 1 5", "1 0 0 x 0 1 0 0 0 0 1 5"] {
            let error = parse(&format!("1 0 0 0 0 1 0 0 0 0 1 5\n{wrong}\n")).expect_err(wrong);
            assert_eq!(error.line, Some(2), "{wrong}");
        }
    }
}
