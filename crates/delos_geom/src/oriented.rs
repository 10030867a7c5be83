//! Overlap of upright boxes that are turned about the vertical axis.

use crate::convex::{convex_hull, polygon_area};
use delos_core::{Box3, Frame};
use std::cmp::Ordering;

/// Area that two boxes share seen from above, square metres.
///
/// The footprint of one is clipped by the four sides of the other (Sutherland and
/// Hodgman 1974) in the other's own axes, where the sides are axis-aligned and no
/// parallel edge needs a special case.
pub fn intersection_bev<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    // Rounding depends on who clips whom: a fixed choice makes the result symmetric.
    let (clip, subject) = if total_order(a, b).is_le() { (a, b) } else { (b, a) };
    if clip.center.planar_distance(&subject.center) >= reach(clip) + reach(subject) {
        return 0.0;
    }
    let mut shape = Polygon::of_footprint(clip, subject);
    for (axis, half) in [(0, clip.size.length() / 2.0), (1, clip.size.width() / 2.0)] {
        shape = shape.clipped(|p| half - p[axis]).clipped(|p| half + p[axis]);
    }
    let smaller = area(a).min(area(b));
    polygon_area(shape.corners()).clamp(0.0, smaller)
}

/// Intersection over union seen from above, in 0..=1.
pub fn iou_bev<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    ratio(intersection_bev(a, b), area(a), area(b))
}

/// Intersection over union of the volumes, in 0..=1.
pub fn iou3d<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    ratio(intersection_bev(a, b) * shared_height(a, b), volume(a), volume(b))
}

/// Generalised intersection over union seen from above, in -1..=1: `IoU - (C - U) / C`
/// with the area `C` of the convex hull of both and the area `U` of their union
/// (Rezatofighi et al. 2019, algorithm 1). Apart boxes still compare: nearer is larger.
pub fn giou_bev<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    generalised(intersection_bev(a, b), area(a), area(b), hull_area(a, b))
}

/// Generalised intersection over union of the volumes, in -1..=1; the enclosing body is
/// the convex hull of the footprints times the height that spans both boxes.
pub fn giou3d<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    let shared = intersection_bev(a, b) * shared_height(a, b);
    let height = a.top().max(b.top()) - a.bottom().min(b.bottom());
    generalised(shared, volume(a), volume(b), hull_area(a, b) * height)
}

fn generalised(shared: f64, a: f64, b: f64, enclosing: f64) -> f64 {
    let union = a + b - shared;
    let empty = if enclosing > 0.0 { ((enclosing - union) / enclosing).max(0.0) } else { 0.0 };
    (ratio(shared, a, b) - empty).clamp(-1.0, 1.0)
}

fn ratio(shared: f64, a: f64, b: f64) -> f64 {
    let union = a + b - shared;
    if union > 0.0 { (shared / union).clamp(0.0, 1.0) } else { 0.0 }
}

fn area<F: Frame>(b: &Box3<F>) -> f64 {
    b.size.length() * b.size.width()
}

fn volume<F: Frame>(b: &Box3<F>) -> f64 {
    area(b) * b.size.height()
}

/// Half the diagonal of the footprint.
fn reach<F: Frame>(b: &Box3<F>) -> f64 {
    b.size.length().hypot(b.size.width()) / 2.0
}

fn shared_height<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    (a.top().min(b.top()) - a.bottom().max(b.bottom())).max(0.0)
}

fn hull_area<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    let mut corners = Vec::with_capacity(8);
    corners.extend(a.footprint());
    corners.extend(b.footprint());
    polygon_area(&convex_hull(&mut corners)).max(0.0)
}

fn total_order<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> Ordering {
    let key = |b: &Box3<F>| {
        [b.center.x(), b.center.y(), b.yaw.radians(), b.size.length(), b.size.width()]
    };
    let pairs = key(a).into_iter().zip(key(b));
    pairs.map(|(a, b)| a.total_cmp(&b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// A convex polygon on the stack: a quadrangle cut by four lines has at most 8 corners;
/// rounding cannot add more than one per cut.
struct Polygon {
    corners: [[f64; 2]; Self::CAPACITY],
    len: usize,
}

impl Polygon {
    const CAPACITY: usize = 16;

    /// The footprint of `subject` in the axes of `base`, counter-clockwise.
    fn of_footprint<F: Frame>(base: &Box3<F>, subject: &Box3<F>) -> Self {
        let (sin, cos) = base.yaw.radians().sin_cos();
        let (dx, dy) = (subject.center.x() - base.center.x(), subject.center.y() - base.center.y());
        let (x, y) = (dx * cos + dy * sin, dy * cos - dx * sin);
        let (turn_sin, turn_cos) = (subject.yaw.radians() - base.yaw.radians()).sin_cos();
        let (l, w) = (subject.size.length() / 2.0, subject.size.width() / 2.0);
        let mut polygon = Self { corners: [[0.0; 2]; Self::CAPACITY], len: 0 };
        for (along, across) in [(l, w), (-l, w), (-l, -w), (l, -w)] {
            polygon.push([
                x + along * turn_cos - across * turn_sin,
                y + along * turn_sin + across * turn_cos,
            ]);
        }
        polygon
    }

    fn corners(&self) -> &[[f64; 2]] {
        &self.corners[..self.len]
    }

    fn push(&mut self, corner: [f64; 2]) {
        if self.len < Self::CAPACITY {
            self.corners[self.len] = corner;
            self.len += 1;
        }
    }

    /// The part where `inside` is not negative; `inside` is linear.
    fn clipped(&self, inside: impl Fn(&[f64; 2]) -> f64) -> Self {
        let mut kept = Self { corners: [[0.0; 2]; Self::CAPACITY], len: 0 };
        for i in 0..self.len {
            let (from, to) = (&self.corners[i], &self.corners[(i + 1) % self.len]);
            let (d_from, d_to) = (inside(from), inside(to));
            if d_from >= 0.0 {
                kept.push(*from);
            }
            // Strictly opposite signs: the denominator cannot vanish.
            if (d_from > 0.0 && d_to < 0.0) || (d_from < 0.0 && d_to > 0.0) {
                let t = d_from / (d_from - d_to);
                kept.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests;
