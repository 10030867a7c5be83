//! Boxes as KITTI writes them, and the way to [`Box3<Ego>`] and back.

use delos_core::{Box3, Camera, CameraModel, Ego, Position, Size, Yaw, wrap_angle};
use nalgebra::Vector3;

/// An upright box in the rectified reference camera's frame (x right, y down, z forward).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraBox {
    /// Centre of the lower face.
    pub bottom_center: Position<Camera>,
    /// Extents, metres.
    pub size: Size,
    /// Rotation about the camera's y axis, radians in (-π, π]; 0 heads along x.
    pub rotation_y: f64,
}

impl CameraBox {
    /// The box in the vehicle's frame. Up is the camera's -y for the half height, and the
    /// heading is the direction of the box, turned with the camera and seen from above.
    pub fn to_ego(&self, camera: &CameraModel) -> Box3<Ego> {
        let ego_from_camera = camera.camera_from_ego().inverse();
        let (sin, cos) = self.rotation_y.sin_cos();
        let heading = ego_from_camera.rotate(&Vector3::new(cos, 0.0, -sin));
        let center = self.bottom_center.moved(0.0, -self.size.height() / 2.0, 0.0);
        Box3::new(ego_from_camera * center, self.size, Yaw::of_vector(heading.x, heading.y))
    }

    /// The inverse of [`CameraBox::to_ego`].
    pub fn from_ego(object: &Box3<Ego>, camera: &CameraModel) -> Self {
        let camera_from_ego = camera.camera_from_ego();
        let center = *camera_from_ego * object.center;
        let heading = camera_from_ego.rotate(&level_heading(object.yaw, camera));
        Self {
            bottom_center: center.moved(0.0, object.size.height() / 2.0, 0.0),
            size: object.size,
            rotation_y: wrap_angle((-heading.z).atan2(heading.x)),
        }
    }

    /// The angle under which the camera sees the box, radians in (-π, π]:
    /// `rotation_y - atan2(x, z)`.
    pub fn alpha(&self) -> f64 {
        wrap_angle(self.rotation_y - self.bottom_center.x().atan2(self.bottom_center.z()))
    }
}

/// The direction in the vehicle's frame that has this yaw and is level for the camera,
/// since the camera's box can only turn about the camera's y axis.
fn level_heading(yaw: Yaw, camera: &CameraModel) -> Vector3<f64> {
    let (sin, cos) = yaw.radians().sin_cos();
    let down = camera.camera_from_ego().inverse().rotate(&Vector3::y());
    // A camera that looks straight up or down has no such direction.
    let rise = if down.z.abs() > 0.1 { -(down.x * cos + down.y * sin) / down.z } else { 0.0 };
    Vector3::new(cos, sin, rise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kitti::calib::tests::made_up_camera;
    use proptest::prelude::*;
    use std::f64::consts::{FRAC_PI_2, PI};

    #[test]
    fn rotation_y_is_the_negative_yaw_less_a_quarter_turn() {
        for rotation_y in [-3.0, -FRAC_PI_2, 0.0, 1.0, PI] {
            let car = CameraBox {
                bottom_center: Position::new(2.0, 1.6, 15.0),
                size: Size::new(4.0, 1.6, 1.5).expect("positive"),
                rotation_y,
            };
            let wanted = wrap_angle(-rotation_y - FRAC_PI_2);
            let yaw = car.to_ego(&made_up_camera()).yaw.radians();
            assert!(wrap_angle(yaw - wanted).abs() < 0.02, "{rotation_y}: {yaw} is not {wanted}");
        }
    }

    #[test]
    fn a_car_ahead_stands_on_the_ground() {
        let car = CameraBox {
            bottom_center: Position::new(0.0, 1.65, 10.0),
            size: Size::new(4.0, 1.6, 1.5).expect("positive"),
            rotation_y: -FRAC_PI_2,
        };
        let ego = car.to_ego(&made_up_camera());
        assert!((ego.center.x() - 10.27).abs() < 0.05 && ego.center.y().abs() < 0.1);
        assert!((ego.bottom() + 1.73).abs() < 0.2, "{}", ego.bottom());
        assert!(ego.yaw.radians().abs() < 0.02);
        assert!((car.alpha() + FRAC_PI_2).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn the_way_there_and_back_changes_nothing(
            x in -40.0..40.0f64, y in -40.0..40.0f64, z in -3.0..2.0f64, yaw in -3.1..3.1f64,
        ) {
            let camera = made_up_camera();
            let size = Size::new(4.0, 1.7, 1.5).expect("positive");
            let wanted = Box3::new(Position::new(x, y, z), size, Yaw::new(yaw).expect("finite"));
            let found = CameraBox::from_ego(&wanted, &camera).to_ego(&camera);
            prop_assert!((found.center.point() - wanted.center.point()).norm() < 1e-9);
            prop_assert!(wrap_angle(found.yaw.radians() - yaw).abs() < 1e-9);
        }
    }
}
