//! Where the camera sits and how it projects.

use crate::{
    Body, Box2, Box3, Camera, CoreError, DigestHasher, Ego, ObjectClass, Position, Transform,
};
use nalgebra::{Matrix3x4, Vector4};

/// Columns and rows of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImageSize {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Points nearer to the camera's plane than this are not projected, metres.
const NEAREST_M: f64 = 0.1;

/// A rectified pinhole camera.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraModel {
    projection: Matrix3x4<f64>,
    camera_from_ego: Transform<Camera, Ego>,
    /// Size of the images, where it is known.
    pub size: Option<ImageSize>,
}

impl CameraModel {
    /// From a 3x4 projection matrix, row-major, that takes points of the rectified
    /// reference camera (metres) to pixels, and the place of that camera.
    ///
    /// # Errors
    /// [`CoreError::Focal`] when a focal length is not positive and finite.
    pub fn new(
        projection: &[f64; 12],
        camera_from_ego: Transform<Camera, Ego>,
        size: Option<ImageSize>,
    ) -> Result<Self, CoreError> {
        let projection = Matrix3x4::from_row_slice(projection);
        let (fx, fy) = (projection[(0, 0)], projection[(1, 1)]);
        if fx > 0.0 && fy > 0.0 && projection.iter().all(|v| v.is_finite()) {
            Ok(Self { projection, camera_from_ego, size })
        } else {
            Err(CoreError::Focal { fx, fy })
        }
    }

    /// The projection matrix: rectified reference camera to pixels.
    pub const fn projection(&self) -> &Matrix3x4<f64> {
        &self.projection
    }

    /// The place of the rectified reference camera.
    pub const fn camera_from_ego(&self) -> &Transform<Camera, Ego> {
        &self.camera_from_ego
    }

    /// Focal lengths `(fx, fy)`, pixels.
    pub fn focal(&self) -> (f64, f64) {
        (self.projection[(0, 0)], self.projection[(1, 1)])
    }

    /// Principal point `(cx, cy)`, pixels.
    pub fn principal_point(&self) -> (f64, f64) {
        (self.projection[(0, 2)], self.projection[(1, 2)])
    }

    /// Pixel `(u, v)` of a point in front of the camera, `None` behind or too near.
    pub fn project(&self, point: &Position<Camera>) -> Option<[f64; 2]> {
        let pixel = self.projection * Vector4::new(point.x(), point.y(), point.z(), 1.0);
        (pixel.z > NEAREST_M).then(|| [pixel.x / pixel.z, pixel.y / pixel.z])
    }

    /// Pixel of a point in the vehicle's frame.
    pub fn project_ego(&self, point: &Position<Ego>) -> Option<[f64; 2]> {
        self.project(&(self.camera_from_ego * *point))
    }

    /// Rectangle around the projected corners, not clipped; `None` when no part of the
    /// box lies before the camera. Edges that cross the camera's plane are cut there.
    pub fn project_box(&self, object: &Box3<Ego>) -> Option<Box2> {
        let corners = object.corners().map(|c| (self.camera_from_ego * c).point().coords);
        let mut bounds: Option<(f64, f64, f64, f64)> = None;
        let mut add = |p: nalgebra::Vector3<f64>| {
            let pixel = self.projection * Vector4::new(p.x, p.y, p.z, 1.0);
            let (u, v) = (pixel.x / pixel.z, pixel.y / pixel.z);
            bounds = Some(bounds.map_or((u, v, u, v), |(x1, y1, x2, y2)| {
                (x1.min(u), y1.min(v), x2.max(u), y2.max(v))
            }));
        };
        for (a, b) in BOX_EDGES {
            let (mut p, mut q) = (corners[a], corners[b]);
            if p.z < NEAREST_M && q.z < NEAREST_M {
                continue;
            }
            if p.z < NEAREST_M {
                std::mem::swap(&mut p, &mut q);
            }
            if q.z < NEAREST_M {
                q = p + (q - p) * ((p.z - NEAREST_M) / (p.z - q.z));
            }
            add(p);
            add(q);
        }
        bounds.map(|(x1, y1, x2, y2)| Box2::new(x1 as f32, y1 as f32, x2 as f32, y2 as f32))
    }

    /// Rectangle around the upright elliptic cylinder that the box encloses, not clipped:
    /// people do not fill the corners of their boxes, and the image shows them narrower.
    /// As [`CameraModel::project_box`] where a part of it lies behind the camera.
    pub fn project_round(&self, object: &Box3<Ego>) -> Option<Box2> {
        let rim = (0..ROUND_CORNERS)
            .map(|i| std::f64::consts::TAU * f64::from(i) / f64::from(ROUND_CORNERS));
        let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for (angle, z) in rim.flat_map(|angle| [object.bottom(), object.top()].map(|z| (angle, z)))
        {
            let Some([u, v]) = self.project_ego(&on_rim(object, angle, z)) else {
                return self.project_box(object);
            };
            bounds = [bounds[0].min(u), bounds[1].min(v), bounds[2].max(u), bounds[3].max(v)];
        }
        let [x1, y1, x2, y2] = bounds.map(|edge| edge as f32);
        Some(Box2::new(x1, y1, x2, y2))
    }

    /// The part of an object's rectangle that the image sees: of people the
    /// [round](CameraModel::project_round) body, of everything else the box. `None` where it
    /// sees nothing or the size of the image is not known.
    pub fn project_object_clipped(&self, object: &Box3<Ego>, class: ObjectClass) -> Option<Box2> {
        let size = self.size?;
        let whole =
            if class.is_on_foot() { self.project_round(object) } else { self.project_box(object) };
        whole?.clipped(size.width, size.height)
    }

    /// The part of the projected box that the image sees; `None` where it sees nothing
    /// or the size of the image is not known.
    pub fn project_box_clipped(&self, object: &Box3<Ego>) -> Option<Box2> {
        let size = self.size?;
        self.project_box(object)?.clipped(size.width, size.height)
    }
}

/// Corners that stand for a rim: the rectangle is smaller than that of the ellipse by less
/// than a hundredth of its width.
const ROUND_CORNERS: u8 = 16;

/// A point of the ellipse that touches the sides of the footprint, at a height.
fn on_rim(object: &Box3<Ego>, angle: f64, z: f64) -> Position<Ego> {
    let (sin, cos) = object.yaw.radians().sin_cos();
    let along = object.size.length() / 2.0 * angle.cos();
    let across = object.size.width() / 2.0 * angle.sin();
    let (x, y) = (object.center.x(), object.center.y());
    Position::new(x + along * cos - across * sin, y + along * sin + across * cos, z)
}

/// The twelve edges of a box, as pairs of corner numbers of [`Box3::corners`].
const BOX_EDGES: [(usize, usize); 12] = [
    (0, 1),
    (1, 2),
    (2, 3),
    (3, 0),
    (4, 5),
    (5, 6),
    (6, 7),
    (7, 4),
    (0, 4),
    (1, 5),
    (2, 6),
    (3, 7),
];

/// What is known about the sensors of a sequence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// The camera, where the sequence has a calibrated one.
    pub camera: Option<CameraModel>,
    /// Height of the [`Ego`] origin above nominal ground, metres.
    pub ego_height_m: f64,
}

impl Body for Calibration {
    const NAME: &'static str = "calibration";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.f64(self.ego_height_m).bool(self.camera.is_some());
        if let Some(camera) = &self.camera {
            for value in &camera.projection {
                hasher.f64(*value);
            }
            hasher.transform(&camera.camera_from_ego);
            let size = camera.size.unwrap_or_default();
            hasher.u32(size.width).u32(size.height);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Size, Yaw};
    use nalgebra::{Isometry3, Matrix3, Rotation3, UnitQuaternion};

    /// A camera at the origin of the vehicle that looks forward.
    fn camera() -> CameraModel {
        let axes = Matrix3::new(0.0, -1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0);
        let rotation =
            UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
        CameraModel::new(
            &[700.0, 0.0, 600.0, 0.0, 0.0, 700.0, 180.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            Transform::new(Isometry3::from_parts(nalgebra::Translation3::identity(), rotation)),
            Some(ImageSize { width: 1200, height: 360 }),
        )
        .expect("valid")
    }

    #[test]
    fn straight_ahead_is_the_principal_point() {
        let pixel = camera().project_ego(&Position::new(20.0, 0.0, 0.0)).expect("in front");
        assert!((pixel[0] - 600.0).abs() < 1e-9 && (pixel[1] - 180.0).abs() < 1e-9);
        let left = camera().project_ego(&Position::new(20.0, 1.0, 0.0)).expect("in front");
        assert!((left[0] - 565.0).abs() < 1e-9);
        assert_eq!(camera().project_ego(&Position::new(-1.0, 0.0, 0.0)), None);
    }

    #[test]
    fn a_box_that_reaches_behind_the_camera_is_cut() {
        let size = Size::new(4.0, 2.0, 1.5).expect("positive");
        let beside = Box3::new(Position::new(1.0, 3.0, 0.0), size, Yaw::default());
        let seen = camera().project_box(&beside).expect("partly in front");
        assert!(seen.x1 < 0.0 && seen.x2 < 600.0);
        let behind = Box3::new(Position::new(-5.0, 0.0, 0.0), size, Yaw::default());
        assert_eq!(camera().project_box(&behind), None);
    }

    #[test]
    fn a_round_body_is_narrower_than_its_box_where_it_stands_askew() {
        let size = Size::new(0.8, 0.6, 1.8).expect("positive");
        let at = |degrees: f64| {
            let yaw = Yaw::new(degrees.to_radians()).expect("finite");
            Box3::new(Position::new(15.0, 0.0, 0.0), size, yaw)
        };
        let widths = |degrees| {
            let (model, person) = (camera(), at(degrees));
            let of_box = model.project_box(&person).expect("in front");
            let of_body = model.project_round(&person).expect("in front");
            assert!(of_body.x1 >= of_box.x1 && of_body.x2 <= of_box.x2, "{of_body:?} {of_box:?}");
            assert!((of_body.height() / of_box.height() - 1.0).abs() < 0.03);
            (of_box.width(), of_body.width())
        };
        // Head on a body is as wide as its box, 0.6 m at 15 m, but for the nearer face.
        let (of_box, of_body) = widths(0.0);
        assert!((of_body - 28.0).abs() < 0.3 && of_box - of_body < 1.0, "{of_box} {of_body}");
        // Askew the box shows a corner that nobody fills: (l + w) / sqrt 2 against
        // sqrt((l² + w²) / 2).
        let (of_box, of_body) = widths(45.0);
        assert!((of_body - 33.0).abs() < 0.4 && of_box > 45.0, "{of_box} {of_body}");
    }

    #[test]
    fn people_are_seen_round_and_cars_square() {
        let size = Size::new(0.8, 0.6, 1.8).expect("positive");
        let yaw = Yaw::new(0.7).expect("finite");
        let object = Box3::new(Position::new(15.0, 0.0, 0.0), size, yaw);
        let width = |class| camera().project_object_clipped(&object, class).map(|b| b.width());
        assert_eq!(width(ObjectClass::Car), camera().project_box(&object).map(|b| b.width()));
        assert!(width(ObjectClass::Pedestrian) < width(ObjectClass::Car));
        // Where a part is behind the camera there is no outline.
        let beside = Box3::new(Position::new(0.1, 0.5, 0.0), size, yaw);
        assert_eq!(camera().project_round(&beside), camera().project_box(&beside));
    }

    #[test]
    fn a_projection_without_focal_length_is_refused() {
        assert!(CameraModel::new(&[0.0; 12], Transform::identity(), None).is_err());
    }
}
