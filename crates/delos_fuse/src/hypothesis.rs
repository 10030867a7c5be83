//! The box in space that explains a camera box and the points behind it best.

use delos_core::{Box2, Box3, CameraModel, Ego, ObjectClass};
use delos_geom::iou2d;
use delos_geom::lshape::{LShape, fit_lshape};
use delos_geom::prior::{LengthAxis, ShapePrior, complete};

/// Directions tried over a quarter turn, besides the L-shape's own.
const DIRECTIONS: usize = 18;
/// Points beyond this share at either end are not trusted to belong to the object.
const TRIM: f64 = 0.02;
/// More points do not make the choice better.
const MOST_POINTS: usize = 250;
/// Width of the belt about an edge in which a point supports it, metres.
const BELT_M: f64 = 0.15;

/// What another class than the camera's has to be better by.
const OTHER_CLASS: f64 = 0.03;

/// A box and how well it explains what was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hypothesis {
    pub(crate) bbox: Box3<Ego>,
    pub(crate) class: ObjectClass,
    /// Overlap of the projected box with the camera's, 0..=1.
    pub(crate) overlap: f64,
    /// Weighted sum of overlap, points inside and points on the near edges, 0..=1.
    pub(crate) quality: f64,
}

/// What the camera and the LiDAR say of one object.
pub(crate) struct Evidence<'a> {
    pub(crate) image_box: &'a Box2,
    pub(crate) camera: &'a CameraModel,
    /// Points seen from above, metres.
    pub(crate) plan: Vec<[f64; 2]>,
    /// Height of the ground there, metres.
    pub(crate) ground: f64,
    /// Height of the highest point over ground, metres.
    pub(crate) top: f64,
}

impl<'a> Evidence<'a> {
    /// Thins the points `[N] (x, y, z)` evenly to a number that bounds the work.
    pub(crate) fn new(
        image_box: &'a Box2,
        camera: &'a CameraModel,
        points: &[[f64; 3]],
        ground: f64,
    ) -> Self {
        let stride = (points.len() / MOST_POINTS).max(1);
        let plan = points.iter().step_by(stride).map(|p| [p[0], p[1]]).collect();
        let top = points.iter().map(|p| p[2] - ground).fold(0.0, f64::max);
        Self { image_box, camera, plan, ground, top }
    }

    /// The best box over classes, directions and both length axes.
    pub(crate) fn best(&self, classes: &[ObjectClass]) -> Option<Hypothesis> {
        let own = fit_lshape(&self.plan)?.yaw;
        let step = std::f64::consts::FRAC_PI_2 / DIRECTIONS as f64;
        let yaws = std::iter::once(own).chain((0..DIRECTIONS).map(|k| k as f64 * step));
        let shapes: Vec<LShape> = yaws.map(|yaw| LShape::trimmed(&self.plan, yaw, TRIM)).collect();
        let mut best: Option<Hypothesis> = None;
        for class in classes {
            for shape in &shapes {
                for axis in [LengthAxis::First, LengthAxis::Second] {
                    let Some(mut h) = self.judge(*class, shape, axis) else { continue };
                    h.quality -= if *class == classes[0] { 0.0 } else { OTHER_CLASS };
                    if best.is_none_or(|b| h.quality > b.quality + 1e-9) {
                        best = Some(h);
                    }
                }
            }
        }
        best
    }

    fn judge(&self, class: ObjectClass, shape: &LShape, axis: LengthAxis) -> Option<Hypothesis> {
        let prior = ShapePrior::of(class);
        let footprint = complete(shape, axis, &prior);
        let height = self.top.clamp(prior.height.min, prior.height.max);
        let bbox = footprint.raised(self.ground, height)?;
        let overlap = self.overlap(&bbox);
        let (inside, near) = self.support(&bbox);
        let too_big = (footprint.length - prior.length.max).max(0.0)
            + (footprint.width - prior.width.max).max(0.0);
        let unseen = 1.0 - covered(shape, axis, &bbox);
        let quality =
            0.45 * overlap + 0.25 * inside + 0.3 * near - 0.3 * too_big.min(1.0) - 0.15 * unseen;
        Some(Hypothesis { bbox, class, overlap, quality: quality.max(0.0) })
    }

    /// Overlap of the projected box with the camera's box.
    pub(crate) fn overlap(&self, bbox: &Box3<Ego>) -> f64 {
        self.camera.project_box_clipped(bbox).map_or(0.0, |seen| iou2d(&seen, self.image_box))
    }

    /// Shares of the points inside the footprint, and on its edges that face the sensor.
    fn support(&self, bbox: &Box3<Ego>) -> (f64, f64) {
        let (sin, cos) = bbox.yaw.radians().sin_cos();
        let (cx, cy) = (bbox.center.x(), bbox.center.y());
        let half = [bbox.size.length() / 2.0, bbox.size.width() / 2.0];
        let sensor = [-(cx * cos + cy * sin), cx * sin - cy * cos];
        let near_edge = [half[0].copysign(sensor[0]), half[1].copysign(sensor[1])];
        let (mut inside, mut near) = (0_u32, 0.0);
        for p in &self.plan {
            let (dx, dy) = (p[0] - cx, p[1] - cy);
            let local = [dx * cos + dy * sin, dy * cos - dx * sin];
            if local[0].abs() <= half[0] + BELT_M && local[1].abs() <= half[1] + BELT_M {
                inside += 1;
                let edge = (local[0] - near_edge[0]).abs().min((local[1] - near_edge[1]).abs());
                near += (-edge / BELT_M).exp();
            }
        }
        let count = self.plan.len().max(1) as f64;
        (f64::from(inside) / count, near / count)
    }
}

/// Share of the box's length that was seen.
fn covered(shape: &LShape, axis: LengthAxis, bbox: &Box3<Ego>) -> f64 {
    let [first, second] = shape.extents();
    let along = if axis == LengthAxis::First { first } else { second };
    (along / bbox.size.length()).clamp(0.0, 1.0)
}
