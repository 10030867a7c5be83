//! Frames of reference as types, and the rigid transforms between them.

use crate::CoreError;
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Mul;

/// The role a frame of reference plays. The device is data, the role is a type.
pub trait Frame: Copy + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// Name for people.
    const NAME: &'static str;
}

macro_rules! frames {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {}
        impl Frame for $name {
            const NAME: &'static str = $text;
        }
    )*};
}

frames! {
    /// Fixed to the ground: the [`Ego`] frame of the first frame of a sequence.
    World = "world";
    /// Fixed to the vehicle: x forward, y left, z up. For KITTI it is the Velodyne's frame.
    Ego = "ego";
    /// A LiDAR's own frame.
    Lidar = "lidar";
    /// The rectified reference camera: x right, y down, z forward.
    Camera = "camera";
}

/// A point in frame `F`, metres.
#[derive(Clone, Copy, PartialEq)]
pub struct Position<F: Frame> {
    point: Point3<f64>,
    frame: PhantomData<fn() -> F>,
}

impl<F: Frame> Position<F> {
    /// The point `(x, y, z)`, metres.
    pub fn new(x: f64, y: f64, z: f64) -> Self {
        Self::from_point(Point3::new(x, y, z))
    }

    /// Names the frame of a bare point.
    pub const fn from_point(point: Point3<f64>) -> Self {
        Self { point, frame: PhantomData }
    }

    /// The bare coordinates.
    pub const fn point(&self) -> &Point3<f64> {
        &self.point
    }

    /// First coordinate, metres.
    pub fn x(&self) -> f64 {
        self.point.x
    }

    /// Second coordinate, metres.
    pub fn y(&self) -> f64 {
        self.point.y
    }

    /// Third coordinate, metres.
    pub fn z(&self) -> f64 {
        self.point.z
    }

    /// The point moved by `(dx, dy, dz)`.
    #[must_use]
    pub fn moved(&self, dx: f64, dy: f64, dz: f64) -> Self {
        Self::new(self.x() + dx, self.y() + dy, self.z() + dz)
    }

    /// Distance in the xy plane, metres.
    pub fn planar_distance(&self, other: &Self) -> f64 {
        (self.x() - other.x()).hypot(self.y() - other.y())
    }
}

impl<F: Frame> fmt::Debug for Position<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:.3}, {:.3}, {:.3}) in {}", self.x(), self.y(), self.z(), F::NAME)
    }
}

/// A rigid motion that takes coordinates in `From` to coordinates in `To`.
///
/// Values are named `to_from_from`, so that `world_from_ego * ego_from_lidar *
/// point_in_lidar` cancels by name and by type.
#[derive(Clone, Copy, PartialEq)]
pub struct Transform<To: Frame, From: Frame> {
    isometry: Isometry3<f64>,
    frames: PhantomData<fn() -> (To, From)>,
}

impl<To: Frame, From: Frame> Transform<To, From> {
    /// Names the frames of a bare isometry.
    pub const fn new(isometry: Isometry3<f64>) -> Self {
        Self { isometry, frames: PhantomData }
    }

    /// The frames coincide.
    pub fn identity() -> Self {
        Self::new(Isometry3::identity())
    }

    /// From the twelve numbers of a row-major 3x4 matrix `[R | t]`, `t` in metres.
    ///
    /// The rotation is replaced by the nearest orthonormal one, since text files
    /// carry rounded numbers.
    ///
    /// # Errors
    /// [`CoreError::Rotation`] when `R` is further than 1e-3 from a rotation.
    pub fn from_row_major(m: &[f64; 12]) -> Result<Self, CoreError> {
        let matrix = Matrix3::new(m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]);
        let rotation = rotation_from_matrix(&matrix)?;
        Ok(Self::new(Isometry3::from_parts(Translation3::new(m[3], m[7], m[11]), rotation)))
    }

    /// The bare isometry.
    pub const fn isometry(&self) -> &Isometry3<f64> {
        &self.isometry
    }

    /// The way back.
    #[must_use]
    pub fn inverse(&self) -> Transform<From, To> {
        Transform::new(self.isometry.inverse())
    }

    /// Rotates a direction, without translation.
    pub fn rotate(&self, vector: &Vector3<f64>) -> Vector3<f64> {
        self.isometry.rotation * vector
    }

    /// Rotation about z of the x axis, radians: the yaw of `From` seen in `To`.
    pub fn yaw(&self) -> f64 {
        let x = self.rotate(&Vector3::x());
        x.y.atan2(x.x)
    }
}

/// The rotation nearest to `matrix`.
fn rotation_from_matrix(matrix: &Matrix3<f64>) -> Result<UnitQuaternion<f64>, CoreError> {
    let deviation = (matrix * matrix.transpose() - Matrix3::identity()).abs().max();
    let determinant = matrix.determinant();
    if !deviation.is_finite() || deviation > 1e-3 || determinant < 0.0 {
        return Err(CoreError::Rotation { deviation, determinant });
    }
    // Polar decomposition: the orthonormal factor is the nearest one.
    let svd = matrix.svd(true, true);
    let (Some(u), Some(v_t)) = (svd.u, svd.v_t) else {
        return Err(CoreError::Rotation { deviation, determinant });
    };
    let nearest = Rotation3::from_matrix_unchecked(u * v_t);
    let quaternion = UnitQuaternion::from_rotation_matrix(&nearest);
    Ok(UnitQuaternion::new_normalize(quaternion.into_inner()))
}

impl<A: Frame, B: Frame, C: Frame> Mul<Transform<B, C>> for Transform<A, B> {
    type Output = Transform<A, C>;
    fn mul(self, rhs: Transform<B, C>) -> Transform<A, C> {
        Transform::new(self.isometry * rhs.isometry)
    }
}

impl<To: Frame, From: Frame> Mul<Position<From>> for Transform<To, From> {
    type Output = Position<To>;
    fn mul(self, rhs: Position<From>) -> Position<To> {
        Position::from_point(self.isometry * rhs.point)
    }
}

impl<To: Frame, From: Frame> fmt::Debug for Transform<To, From> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.isometry.translation.vector;
        let (roll, pitch, yaw) = self.isometry.rotation.euler_angles();
        write!(
            f,
            "{}_from_{} t ({:.3}, {:.3}, {:.3}) rpy ({roll:.4}, {pitch:.4}, {yaw:.4})",
            To::NAME,
            From::NAME,
            t.x,
            t.y,
            t.z
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn transforms() -> impl Strategy<Value = Transform<World, Ego>> {
        (prop::array::uniform3(-50.0..50.0f64), prop::array::uniform3(-3.0..3.0f64))
            .prop_map(|(t, r)| Transform::new(Isometry3::new(Vector3::from(t), Vector3::from(r))))
    }

    proptest! {
        #[test]
        fn a_transform_times_its_inverse_is_the_identity(world_from_ego in transforms()) {
            let identity = world_from_ego * world_from_ego.inverse();
            prop_assert!(identity.isometry().translation.vector.norm() < 1e-9);
            prop_assert!(identity.isometry().rotation.angle() < 1e-6);
        }

        #[test]
        fn row_major_matrices_round_trip(world_from_ego in transforms()) {
            let m = world_from_ego.isometry().to_homogeneous();
            let mut rows = [0.0; 12];
            for (i, value) in rows.iter_mut().enumerate() {
                *value = m[(i / 4, i % 4)];
            }
            let back: Transform<World, Ego> = Transform::from_row_major(&rows).expect("rotation");
            let difference = back.inverse() * world_from_ego;
            prop_assert!(difference.isometry().translation.vector.norm() < 1e-9);
            prop_assert!(difference.isometry().rotation.angle() < 1e-6);
        }
    }

    #[test]
    fn a_rounded_matrix_becomes_an_exact_rotation() {
        let rounded = [
            0.0075, -0.9999, -0.0006, 0.0, 0.0148, 0.0007, -0.9998, 0.0, 0.9998, 0.0075, 0.0148,
            0.0,
        ];
        let t = Transform::<World, Ego>::from_row_major(&rounded).expect("nearly a rotation");
        let axis = Vector3::new(3.0, 4.0, 12.0);
        assert!((t.rotate(&axis).norm() - 13.0).abs() < 1e-12);
        assert!((t.inverse().rotate(&t.rotate(&axis)) - axis).norm() < 1e-12);
    }

    #[test]
    fn a_matrix_that_is_no_rotation_is_refused() {
        let scaled = [2.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        assert!(Transform::<World, Ego>::from_row_major(&scaled).is_err());
        let mirrored = [-1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        assert!(Transform::<World, Ego>::from_row_major(&mirrored).is_err());
        let nan = [f64::NAN; 12];
        assert!(Transform::<World, Ego>::from_row_major(&nan).is_err());
    }
}
