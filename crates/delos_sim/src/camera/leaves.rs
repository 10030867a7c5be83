//! Leafy volumes: a ray against an ellipsoid eaten by noise.

use super::noise::{detail, plane, space};
use super::target::{Owner, Target};
use super::view::{NEAREST_M, View};
use crate::math::{Vec3, sin_cos};
use crate::shape::Volume;

/// Size of a bough, of a tuft and of a leaf, metres.
const BOUGH_M: f32 = 0.60;
const TUFT_M: f32 = 0.15;
const LEAF_M: f32 = 0.045;

/// A volume with its turn worked out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ellipsoid {
    center: Vec3,
    inverse: Vec3,
    turn: [f32; 2],
    mean_depth: f32,
    shift: Vec3,
}

impl Ellipsoid {
    /// Prepares a volume.
    pub(super) fn new(volume: &Volume) -> Self {
        let (sin, cos) = sin_cos(volume.yaw);
        let shift = |bits: u32| ((volume.seed >> bits) & 0xff) as f32 * 0.37;
        Self {
            center: volume.center,
            inverse: volume.radii.map(|r| 1.0 / r.max(0.01)),
            turn: [sin, cos],
            mean_depth: volume.mean_depth.max(0.02),
            shift: Vec3::new(shift(0), shift(8), shift(16)),
        }
    }

    /// A world vector in the frame in which the ellipsoid is the unit ball.
    pub(super) fn to_ball(self, v: &Vec3) -> Vec3 {
        let [sin, cos] = self.turn;
        let turned = Vec3::new(v.x * cos + v.y * sin, v.y * cos - v.x * sin, v.z);
        turned.component_mul(&self.inverse)
    }

    /// A world point in that frame.
    pub(super) fn place_in_ball(self, p: &Vec3) -> Vec3 {
        self.to_ball(&(p - self.center))
    }

    /// How far behind the rim's entrance leaves stop a ray that enters at a place and
    /// stays inside for `length` metres; `None` when it passes.
    pub(super) fn depth(self, place: &Vec3, length: f32, footprint: f32) -> Option<f32> {
        let dense = self.density(place, footprint);
        // Thin parts at the rim keep only the densest tufts.
        let thick = length / (length + 1.5 * self.mean_depth);
        let bare = 0.78 - 0.80 * thick;
        (dense > bare).then(|| ((0.75 - dense).max(0.0) * 1.5 * self.mean_depth).min(0.8 * length))
    }

    /// How leafy it is at a place, about 0 to 1.
    pub(super) fn density(self, p: &Vec3, footprint: f32) -> f32 {
        let q = p + self.shift;
        let share = detail(TUFT_M, footprint);
        let tuft = if share > 0.0 { (space(q / TUFT_M) - 0.5) * share } else { 0.0 };
        let share = detail(LEAF_M, footprint);
        let leaf = if share > 0.0 { (space(q / LEAF_M) - 0.5) * share } else { 0.0 };
        space(q / BOUGH_M) + 1.0 * tuft + 0.8 * leaf
    }

    /// Unit outward normal near a place, bent by boughs and tufts.
    pub(super) fn normal(self, p: &Vec3) -> Vec3 {
        let ball = self.place_in_ball(p).component_mul(&self.inverse);
        let [sin, cos] = self.turn;
        let smooth = Vec3::new(ball.x * cos - ball.y * sin, ball.x * sin + ball.y * cos, ball.z);
        let smooth = smooth.try_normalize(1e-9).unwrap_or_else(Vec3::z);
        let q = (p + self.shift) / BOUGH_M;
        let (a, b) = (plane(q.x + q.z, q.y - q.z), plane(q.y + 0.7 * q.z, q.x - 0.7 * q.z));
        let bend = Vec3::new(a - 0.5, b - 0.5, 1.0 - a - b);
        (smooth + bend * 1.3).try_normalize(1e-6).unwrap_or(smooth)
    }
}

/// Where the ray `origin + t * ray`, in the frame of the unit ball, enters and leaves.
pub(super) fn crossing(origin: &Vec3, ray: &Vec3) -> Option<[f32; 2]> {
    let (a, b, c) = (ray.dot(ray), origin.dot(ray), origin.dot(origin) - 1.0);
    let root = b * b - a * c;
    (root > 0.0).then(|| {
        let root = root.sqrt();
        [(-b - root) / a, (-b + root) / a]
    })
}

/// Draws the volumes, nearest first, and returns them prepared for shading.
pub(super) fn draw(volumes: &[Volume], view: &View, target: &mut Target) -> Vec<Ellipsoid> {
    let prepared: Vec<Ellipsoid> = volumes.iter().map(Ellipsoid::new).collect();
    let mut order: Vec<(f32, usize)> = volumes
        .iter()
        .enumerate()
        .map(|(i, v)| (view.to_camera(&v.center).z - v.radii.max(), i))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (_, i) in order {
        if let Some(window) = window(view, &volumes[i]) {
            draw_one(prepared[i], i as u32, window, view, target);
        }
    }
    prepared
}

/// Columns and rows that hold a volume: those of the ball around it.
fn window(view: &View, volume: &Volume) -> Option<[usize; 4]> {
    let c = view.to_camera(&volume.center);
    let reach = volume.radii.max();
    if c.z + reach < NEAREST_M || !c.iter().all(|x| x.is_finite()) {
        return None;
    }
    if c.z - reach < NEAREST_M {
        return Some([0, view.width, 0, view.height]);
    }
    let side = |across: f32, sign: f32| {
        // Tangent to the circle of this radius around (across, depth).
        let away = across * across + c.z * c.z;
        let tangent = (away - reach * reach).max(0.0).sqrt();
        (across * tangent + sign * c.z * reach) / (c.z * tangent - sign * across * reach).max(1e-3)
    };
    let column = |sign| view.project(&Vec3::new(side(c.x, sign), 0.0, 1.0))[0];
    let row = |sign| view.project(&Vec3::new(0.0, side(c.y, sign), 1.0))[1];
    let end = |at: f32, most: usize| ((at + 1.0) as usize).min(most);
    let (right, bottom) = (end(column(1.0), view.width), end(row(1.0), view.height));
    let (left, top) = (column(-1.0) as usize, row(-1.0) as usize);
    (left < right && top < bottom).then_some([left, right, top, bottom])
}

fn draw_one(e: Ellipsoid, number: u32, window: [usize; 4], view: &View, target: &mut Target) {
    let [left, right, top, bottom] = window;
    let footprint = view.to_camera(&e.center).z.max(1.0) / view.focal;
    let eye = e.place_in_ball(&view.origin);
    let step = e.to_ball(&(view.ray(1, 0) - view.ray(0, 0)));
    for y in top..bottom {
        let start = e.to_ball(&view.ray(0, y));
        for x in left..right {
            let Some([enter, leave]) = crossing(&eye, &(start + step * x as f32)) else { continue };
            let (enter, pixel) = (enter.max(NEAREST_M), y * view.width + x);
            if leave <= enter || enter * target.nearness[pixel] >= 1.0 {
                continue;
            }
            let ray = view.ray(x, y);
            let scale = ray.norm();
            let place = view.origin + ray * enter;
            if let Some(depth) = e.depth(&place, (leave - enter) * scale, footprint) {
                target.claim(pixel, 1.0 / (enter + depth / scale), Owner::Leaves(number));
            }
        }
    }
}
