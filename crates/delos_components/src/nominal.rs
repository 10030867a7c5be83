//! A camera for files whose format speaks of one.

use delos_core::{Calibration, CameraModel, Ego, ImageSize, Transform};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion};

/// The camera of a calibration; where there is none, [`nominal_camera`].
pub(crate) fn camera_of(calibration: &Calibration) -> CameraModel {
    calibration.camera.unwrap_or_else(nominal_camera)
}

/// Axes of a camera that looks forward from the vehicle's origin and sees nothing: stands
/// in where there is no camera, since KITTI's format speaks of one.
pub(crate) fn nominal_camera() -> CameraModel {
    let axes = Matrix3::new(0.0, -1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0);
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
    let camera_from_ego: Transform<delos_core::Camera, Ego> =
        Transform::new(Isometry3::from_parts(Translation3::identity(), rotation));
    let projection = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    #[expect(clippy::expect_used, reason = "a constant projection with focal length 1")]
    CameraModel::new(&projection, camera_from_ego, None::<ImageSize>).expect("a valid camera")
}
