//! Camera boxes placed in space without LiDAR.
//!
//! Two estimates of the range are combined by their variances: where the ray through
//! the lower edge meets the ground, and where an object of the class's mean height
//! is as high as the box.

use crate::FusionConfig;
use crate::camera_boxes::is_vehicle;
use delos_core::{
    Box2, Box3, CameraModel, Detection2d, Detection3d, Ego, Position, Score, Size, Source, Yaw,
};
use delos_geom::prior::ShapePrior;
use nalgebra::Vector3;

/// An edge this near to the image's is cut off, pixels.
const CUT_PX: f32 = 3.0;
/// Where an edge of the box is cut off, nothing is known from it.
const UNKNOWN: f64 = 1e9;
/// Farther from the optical axis a height in the image tells no distance.
const LEAST_COSINE: f64 = 0.05;

/// The object behind a camera box; `None` where neither edge tells its range.
pub(crate) fn lift(
    found: &Detection2d,
    camera: &CameraModel,
    ego_height_m: f64,
    config: &FusionConfig,
) -> Option<Detection3d> {
    let prior = ShapePrior::of(found.class);
    let (range, sigma) = range_of(&found.bbox, &prior, camera, ego_height_m, config)?;
    if range > config.lift.max_range_m {
        return None;
    }
    let middle = f32::midpoint(found.bbox.x1, found.bbox.x2);
    let (origin, direction) = ray(camera, f64::from(middle), f64::from(found.bbox.y2))?;
    let planar = direction.x.hypot(direction.y);
    let (ux, uy) = (direction.x / planar, direction.y / planar);
    let yaw = if is_vehicle(found.class) { config.lift.road_yaw_rad } else { uy.atan2(ux) };
    let depth = half_depth(&prior, yaw, ux, uy);
    let reach = range + depth;
    let size = Size::new(prior.length.typical, prior.width.typical, prior.height.typical).ok()?;
    let (x, y) = (origin.x + ux * reach, origin.y + uy * reach);
    let center = Position::new(x, y, prior.height.typical / 2.0 - ego_height_m);
    Some(Detection3d {
        bbox: Box3::<Ego>::new(center, size, Yaw::new(yaw).ok()?),
        class: found.class,
        score: Score::clamped(
            Score::clamped(found.score.get()).get() * (-sigma / range.max(1.0)).exp(),
        ),
        points: 0,
        cluster: None,
        source: Source::Camera,
        image_box: Some(found.bbox),
    })
}

/// Distance from the camera to the near face in the plane, and its standard deviation, metres.
fn range_of(
    bbox: &Box2,
    prior: &ShapePrior,
    camera: &CameraModel,
    ego_height_m: f64,
    config: &FusionConfig,
) -> Option<(f64, f64)> {
    let focal = camera.focal().1;
    let image_height = camera.size.map_or(f32::MAX, |s| s.height as f32);
    let bottom_cut = bbox.y2 >= image_height - CUT_PX;
    let middle = f64::from(f32::midpoint(bbox.x1, bbox.x2));
    let (origin, direction) = ray(camera, middle, f64::from(bbox.y2))?;
    let camera_height = origin.z + ego_height_m;
    let planar = direction.x.hypot(direction.y);
    let mut by_ground = (0.0, UNKNOWN);
    if !bottom_cut && direction.z < -1e-3 && camera_height > 0.0 {
        let range = -camera_height / direction.z * planar;
        let sigma = range * range * config.lift.bottom_sigma_px / (focal * camera_height);
        by_ground = (range, sigma);
    }
    let mut by_height = (0.0, UNKNOWN);
    if !bottom_cut
        && bbox.y1 > CUT_PX
        && bbox.height() > 1.0
        && let Some(cosine) = cosine_to_axis(camera, &direction)
    {
        // A height in the image tells the depth along the optical axis, not the distance.
        let depth = focal * prior.height.typical / f64::from(bbox.height());
        let range = depth / cosine;
        by_height = (range, range * config.lift.height_sigma);
    }
    combined(by_ground, by_height)
}

/// Cosine between a ray and the optical axis, both in the plane; `None` where the camera looks
/// up or down, or the ray points behind it.
fn cosine_to_axis(camera: &CameraModel, direction: &Vector3<f64>) -> Option<f64> {
    let axis = camera.camera_from_ego().inverse().rotate(&Vector3::z()).xy();
    let planar = direction.xy();
    let cosine = axis.dot(&planar) / (axis.norm() * planar.norm());
    (cosine > LEAST_COSINE).then_some(cosine)
}

/// The mean weighted by inverse variances; `None` when neither value is known.
fn combined(a: (f64, f64), b: (f64, f64)) -> Option<(f64, f64)> {
    let (wa, wb) = (1.0 / (a.1 * a.1).max(1e-6), 1.0 / (b.1 * b.1).max(1e-6));
    let known = a.1 < UNKNOWN || b.1 < UNKNOWN;
    known.then(|| ((a.0 * wa + b.0 * wb) / (wa + wb), (wa + wb).sqrt().recip()))
}

/// Distance from the near face to the centre along the line of sight, metres.
fn half_depth(prior: &ShapePrior, yaw: f64, ux: f64, uy: f64) -> f64 {
    let (sin, cos) = yaw.sin_cos();
    let along = (ux * cos + uy * sin).abs().max(1e-6);
    let across = (uy * cos - ux * sin).abs().max(1e-6);
    (prior.length.typical / 2.0 / along).min(prior.width.typical / 2.0 / across)
}

/// The ray through a pixel in the vehicle's frame: the camera's place and a unit direction.
fn ray(camera: &CameraModel, u: f64, v: f64) -> Option<(Vector3<f64>, Vector3<f64>)> {
    let projection = camera.projection();
    let inverse = projection.fixed_columns::<3>(0).into_owned().try_inverse()?;
    let ego_from_camera = camera.camera_from_ego().inverse();
    let center = -(inverse * projection.column(3));
    let origin = ego_from_camera * Position::new(center.x, center.y, center.z);
    let direction = ego_from_camera.rotate(&(inverse * Vector3::new(u, v, 1.0))).normalize();
    let finite = direction.iter().all(|c| c.is_finite()) && direction.x.hypot(direction.y) > 1e-6;
    finite.then_some((origin.point().coords, direction))
}
