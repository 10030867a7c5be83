//! What the camera's own motion does to a rectangle.

use super::config::CameraCompensation;
use super::rectangle::Rect;
use delos_core::{CameraModel, Ego, Transform, World};
use nalgebra::{Isometry3, Matrix2, Matrix3, Vector2, Vector3};

/// The camera of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraView {
    /// How it projects, and where it sits.
    pub camera: CameraModel,
    /// Pose of the vehicle, where it is known.
    pub world_from_ego: Option<Transform<World, Ego>>,
}

/// From the image before to the image now.
///
/// A point at depth `Z` moves by `λ x' = K' R K⁻¹ x + K' t / Z`: the infinite homography
/// for what turning does, and a part that falls with the distance (Hartley and Zisserman
/// 2004, eq. 9.7).
#[derive(Clone, Copy, Debug)]
pub(crate) struct CameraMotion {
    homography: Matrix3<f64>,
    /// `K' t`; zero where only the turning counts.
    parallax: Vector3<f64>,
    /// Vertical focal length before, pixels: height in the image times depth over height.
    focal: f64,
}

/// Where a place in the image goes, with the derivative there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Warped {
    pub(crate) centre: [f64; 2],
    pub(crate) jacobian: Matrix2<f64>,
}

impl Warped {
    /// Where a rectangle goes: its centre with the warp, its sides stretched.
    pub(crate) fn rect(&self, rect: &Rect) -> Rect {
        let [across, down] = self.stretch();
        let [x, y] = self.centre;
        Rect::around(x, y, rect.width() * across, rect.height() * down)
    }

    /// How much longer horizontal and vertical lengths become.
    pub(crate) fn stretch(&self) -> [f64; 2] {
        [self.jacobian[(0, 0)].abs(), self.jacobian[(1, 1)].abs()]
    }
}

impl CameraView {
    /// The pose of the camera, if all of it is finite.
    fn world_from_camera(&self) -> Option<Isometry3<f64>> {
        let pose =
            self.world_from_ego?.isometry() * self.camera.camera_from_ego().isometry().inverse();
        pose.to_homogeneous().iter().all(|v| v.is_finite()).then_some(pose)
    }

    fn intrinsics(&self) -> Matrix3<f64> {
        self.camera.projection().fixed_columns::<3>(0).into_owned()
    }
}

impl CameraMotion {
    /// The motion between two frames; `None` without both poses, or where none is wanted.
    pub(crate) fn between(
        before: &CameraView,
        now: &CameraView,
        compensation: CameraCompensation,
    ) -> Option<Self> {
        if compensation == CameraCompensation::Off {
            return None;
        }
        let motion = now.world_from_camera()?.inverse() * before.world_from_camera()?;
        let (intrinsics, intrinsics_before) = (now.intrinsics(), before.intrinsics());
        let turned = intrinsics * motion.rotation.to_rotation_matrix().matrix();
        let homography = turned * intrinsics_before.try_inverse()?;
        let parallax = match compensation {
            CameraCompensation::Full => intrinsics * motion.translation.vector,
            _ => Vector3::zeros(),
        };
        let finite = homography.iter().chain(parallax.iter()).all(|v| v.is_finite());
        finite.then_some(Self { homography, parallax, focal: before.camera.focal().1 })
    }

    /// Where the centre of a rectangle goes whose object is `height_m` high (`None`: far
    /// away); `None` where it is no longer before the camera.
    pub(crate) fn warp(&self, rect: &Rect, height_m: Option<f64>) -> Option<Warped> {
        let [x, y] = rect.centre();
        let nearness = height_m.map_or(0.0, |metres| rect.height() / (self.focal * metres));
        let place = self.homography * Vector3::new(x, y, 1.0) + self.parallax * nearness;
        // What leaves towards the camera's plane is of no use either.
        if place.z.is_nan() || place.z < 0.1 {
            return None;
        }
        let centre = Vector2::new(place.x, place.y) / place.z;
        let rows = self.homography.fixed_view::<2, 2>(0, 0);
        let jacobian = (rows - centre * self.homography.fixed_view::<1, 2>(2, 0)) / place.z;
        let finite = centre.iter().chain(jacobian.iter()).all(|v| v.is_finite());
        finite.then_some(Warped { centre: centre.into(), jacobian })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::Position;
    use nalgebra::{Rotation3, Translation3, UnitQuaternion};

    fn view(translation: Vector3<f64>, yaw: f64) -> CameraView {
        let axes = Matrix3::new(0.0, -1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0);
        let rotation =
            UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
        let camera_from_ego =
            Transform::new(Isometry3::from_parts(Translation3::identity(), rotation));
        let projection = [700.0, 0.0, 600.0, 0.0, 0.0, 700.0, 180.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let world_from_ego = Isometry3::new(translation, Vector3::z() * yaw);
        CameraView {
            camera: CameraModel::new(&projection, camera_from_ego, None).unwrap(),
            world_from_ego: Some(Transform::new(world_from_ego)),
        }
    }

    fn pixel(view: &CameraView, point: [f64; 3]) -> [f64; 2] {
        let ego_from_world = view.world_from_ego.unwrap().inverse();
        let [x, y, z] = point;
        view.camera.project_ego(&(ego_from_world * Position::<World>::new(x, y, z))).unwrap()
    }

    #[test]
    fn a_standing_object_goes_where_the_projection_says() {
        let before = view(Vector3::zeros(), 0.0);
        let now = view(Vector3::new(1.5, 0.1, 0.0), 0.05);
        let motion = CameraMotion::between(&before, &now, CameraCompensation::Full).unwrap();
        // A plate 1.5 m high, 20 m ahead and 3 m to the left.
        let [x, y] = pixel(&before, [20.0, 3.0, 0.0]);
        let rect = Rect::around(x, y, 80.0, 700.0 * 1.5 / 20.0);
        let warped = motion.warp(&rect, Some(1.5)).unwrap();
        let wanted = pixel(&now, [20.0, 3.0, 0.0]);
        assert!((warped.centre[0] - wanted[0]).abs() < 1e-6, "{warped:?} {wanted:?}");
        assert!((warped.centre[1] - wanted[1]).abs() < 1e-6, "{warped:?} {wanted:?}");
        // It comes nearer, and so it grows.
        assert!((warped.jacobian[(1, 1)] - 20.0 / 18.5).abs() < 0.02);
    }

    #[test]
    fn turning_alone_does_not_depend_on_the_distance() {
        let before = view(Vector3::zeros(), 0.0);
        let now = view(Vector3::zeros(), -0.1);
        let motion = CameraMotion::between(&before, &now, CameraCompensation::Rotation).unwrap();
        for distance in [10.0, 50.0] {
            let [x, y] = pixel(&before, [distance, 0.1 * distance, 0.0]);
            let warped = motion.warp(&Rect::around(x, y, 40.0, 30.0), None).unwrap();
            let wanted = pixel(&now, [distance, 0.1 * distance, 0.0]);
            assert!((warped.centre[0] - wanted[0]).abs() < 1e-6);
        }
        let behind = view(Vector3::zeros(), 3.0);
        let motion = CameraMotion::between(&before, &behind, CameraCompensation::Rotation).unwrap();
        assert!(motion.warp(&Rect::around(600.0, 180.0, 40.0, 30.0), None).is_none());
    }

    #[test]
    fn the_derivative_is_that_of_the_warp() {
        let motion = CameraMotion::between(
            &view(Vector3::zeros(), 0.0),
            &view(Vector3::zeros(), 0.1),
            CameraCompensation::Full,
        )
        .unwrap();
        let at = |x: f64, y: f64| motion.warp(&Rect::around(x, y, 9.0, 9.0), None).unwrap();
        let here = at(400.0, 200.0);
        for (column, there) in [at(400.01, 200.0), at(400.0, 200.01)].into_iter().enumerate() {
            for row in 0..2 {
                let slope = (there.centre[row] - here.centre[row]) / 0.01;
                assert!((slope - here.jacobian[(row, column)]).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn a_pose_that_is_not_finite_is_none() {
        let good = view(Vector3::zeros(), 0.0);
        let bad = view(Vector3::new(f64::NAN, 0.0, 0.0), 0.0);
        assert!(CameraMotion::between(&good, &bad, CameraCompensation::Full).is_none());
        let unknown = CameraView { world_from_ego: None, ..good };
        assert!(CameraMotion::between(&good, &unknown, CameraCompensation::Full).is_none());
    }
}
