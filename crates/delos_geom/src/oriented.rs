//! Overlap of upright boxes that are turned about the vertical axis.

use crate::convex::{Rectangle, cross, polygon_area};
use delos_core::{BenchmarkRow, Box3, Frame};
use std::cmp::Ordering;

/// An upright box in plain numbers, for what comes from a file unchecked: a side may be
/// zero, negative or no number at all, the angle any number of turns.
///
/// A box without area (a side that is not positive, a value that is not finite, an area
/// too large for a number) shares nothing with any other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UprightBox {
    /// The box seen from above.
    pub footprint: Rectangle,
    /// Height of the lower face, metres.
    pub bottom: f64,
    /// Height of the upper face, metres.
    pub top: f64,
}

impl UprightBox {
    /// Intersection over union seen from above, in 0..=1.
    pub fn iou_bev(&self, other: &Self) -> f64 {
        let (a, b) = (&self.footprint, &other.footprint);
        ratio(a.intersection(b), a.area(), b.area())
    }

    /// Intersection over union of the volumes, in 0..=1.
    pub fn iou3d(&self, other: &Self) -> f64 {
        let height = self.shared_height(other);
        if height <= 0.0 {
            return 0.0;
        }
        let shared = self.footprint.intersection(&other.footprint) * height;
        ratio(shared, self.volume(), other.volume())
    }

    /// Height that both span, metres; 0 where one is above the other.
    fn shared_height(&self, other: &Self) -> f64 {
        (self.top.min(other.top) - self.bottom.max(other.bottom)).max(0.0)
    }

    fn volume(&self) -> f64 {
        self.footprint.area() * (self.top - self.bottom).max(0.0)
    }
}

impl<F: Frame> From<&Box3<F>> for UprightBox {
    fn from(b: &Box3<F>) -> Self {
        Self { footprint: footprint(b), bottom: b.bottom(), top: b.top() }
    }
}

/// The camera's `(x, z)` plane seen from above: x stays, z becomes y. The camera's y axis
/// points down, so that heights and the turn about it change sign.
impl From<&BenchmarkRow> for UprightBox {
    fn from(row: &BenchmarkRow) -> Self {
        let ([height, width, length], [x, y, z]) = (row.size_hwl, row.bottom);
        let footprint = Rectangle { center: [x, z], length, width, yaw: -row.rotation_y };
        Self { footprint, bottom: -y, top: height - y }
    }
}

impl Rectangle {
    /// Area, square metres; 0 where a side is not positive or a value not finite.
    pub fn area(&self) -> f64 {
        let area = self.length * self.width;
        let values = [self.center[0], self.center[1], self.yaw, area];
        let has_area = self.length > 0.0 && area > 0.0 && values.iter().all(|v| v.is_finite());
        if has_area { area } else { 0.0 }
    }

    /// Area that two rectangles share, square metres, the same bits either way round.
    ///
    /// One is clipped by the four sides of the other (Sutherland and Hodgman 1974) in the
    /// other's own axes, where the sides are axis-aligned and no parallel edge needs a
    /// special case.
    pub fn intersection(&self, other: &Self) -> f64 {
        let smaller = self.area().min(other.area());
        // Rounding depends on who clips whom: a fixed choice makes the result symmetric.
        let (clip, subject) =
            if total_order(self, other).is_le() { (self, other) } else { (other, self) };
        if smaller <= 0.0 || clip.is_out_of_reach(subject) {
            return 0.0;
        }
        let mut shape = Polygon::in_axes_of(clip, subject);
        for (axis, half) in [(0, clip.length / 2.0), (1, clip.width / 2.0)] {
            shape = shape.clipped(|p| half - p[axis]).clipped(|p| half + p[axis]);
        }
        polygon_area(shape.corners()).clamp(0.0, smaller)
    }

    /// Whether even the circles around the corners do not meet.
    fn is_out_of_reach(&self, other: &Self) -> bool {
        let reach = |r: &Self| r.length.hypot(r.width) / 2.0;
        let [dx, dy] = [0, 1].map(|axis| self.center[axis] - other.center[axis]);
        dx.hypot(dy) >= reach(self) + reach(other)
    }
}

/// Area that two boxes share seen from above, square metres.
pub fn intersection_bev<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    footprint(a).intersection(&footprint(b))
}

/// Intersection over union seen from above, in 0..=1.
pub fn iou_bev<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    UprightBox::from(a).iou_bev(&b.into())
}

/// Intersection over union of the volumes, in 0..=1.
pub fn iou3d<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    UprightBox::from(a).iou3d(&b.into())
}

/// Generalised intersection over union seen from above, in -1..=1: `IoU - (C - U) / C`
/// with the area `C` of the convex hull of both and the area `U` of their union
/// (Rezatofighi et al. 2019, algorithm 1). Apart boxes still compare: nearer is larger.
pub fn giou_bev<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    let (base_a, base_b) = (footprint(a), footprint(b));
    generalised(base_a.intersection(&base_b), base_a.area(), base_b.area(), hull_area(a, b))
}

/// Generalised intersection over union of the volumes, in -1..=1; the enclosing body is
/// the convex hull of the footprints times the height that spans both boxes.
pub fn giou3d<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    let (body_a, body_b) = (UprightBox::from(a), UprightBox::from(b));
    let shared = intersection_bev(a, b) * body_a.shared_height(&body_b);
    let height = body_a.top.max(body_b.top) - body_a.bottom.min(body_b.bottom);
    generalised(shared, body_a.volume(), body_b.volume(), hull_area(a, b) * height)
}

/// Distance intersection over union of the volumes, in -1..=1: `IoU - d² / c²` with the
/// distance `d` of the centres and the diagonal `c` of the upright box along the axes that
/// encloses both (Zheng et al. 2020, equation 7). Cheaper than [`giou3d`], and it still tells
/// two boxes apart of which one encloses the other.
pub fn diou3d<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    let (body_a, body_b) = (UprightBox::from(a), UprightBox::from(b));
    let height = body_a.top.max(body_b.top) - body_a.bottom.min(body_b.bottom);
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for corner in a.footprint().iter().chain(&b.footprint()) {
        for axis in 0..2 {
            low[axis] = low[axis].min(corner[axis]);
            high[axis] = high[axis].max(corner[axis]);
        }
    }
    let diagonal = (high[0] - low[0]).powi(2) + (high[1] - low[1]).powi(2) + height.powi(2);
    let apart = (a.center.point() - b.center.point()).norm_squared();
    let share = if diagonal > 0.0 { (apart / diagonal).min(1.0) } else { 0.0 };
    body_a.iou3d(&body_b) - share
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

fn footprint<F: Frame>(b: &Box3<F>) -> Rectangle {
    Rectangle {
        center: [b.center.x(), b.center.y()],
        length: b.size.length(),
        width: b.size.width(),
        yaw: b.yaw.radians(),
    }
}

/// Area of the convex hull of both footprints, without a heap: the monotone chain of Andrew
/// (1979) over the eight corners.
fn hull_area<F: Frame>(a: &Box3<F>, b: &Box3<F>) -> f64 {
    let mut corners = [[0.0; 2]; 8];
    corners[..4].copy_from_slice(&a.footprint());
    corners[4..].copy_from_slice(&b.footprint());
    // Near the origin nothing is lost in the products; the same one makes the result symmetric.
    let (base_a, base_b) = (footprint(a), footprint(b));
    let origin = if total_order(&base_a, &base_b).is_le() { base_a } else { base_b }.center;
    for corner in &mut corners {
        *corner = [corner[0] - origin[0], corner[1] - origin[1]];
    }
    corners.sort_unstable_by(|p, q| p[0].total_cmp(&q[0]).then(p[1].total_cmp(&q[1])));
    let mut area = chain_area(corners.iter());
    area += chain_area(corners.iter().rev());
    area.max(0.0)
}

/// Area under one half of a hull: the chain through the points that only turns left, closed
/// over the origin.
fn chain_area<'a>(points: impl Iterator<Item = &'a [f64; 2]>) -> f64 {
    let mut chain = [[0.0; 2]; 8];
    let mut count = 0;
    for p in points {
        while count >= 2 && cross(&chain[count - 2], &chain[count - 1], p) <= 0.0 {
            count -= 1;
        }
        chain[count] = *p;
        count += 1;
    }
    let edges = chain[..count].windows(2);
    edges.map(|edge| (edge[0][0] * edge[1][1] - edge[0][1] * edge[1][0]) / 2.0).sum()
}

fn total_order(a: &Rectangle, b: &Rectangle) -> Ordering {
    let key = |r: &Rectangle| [r.center[0], r.center[1], r.yaw, r.length, r.width];
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

    /// `subject` in the axes of `base`, counter-clockwise.
    fn in_axes_of(base: &Rectangle, subject: &Rectangle) -> Self {
        let (sin, cos) = base.yaw.sin_cos();
        let [dx, dy] = [0, 1].map(|axis| subject.center[axis] - base.center[axis]);
        let (x, y) = (dx * cos + dy * sin, dy * cos - dx * sin);
        let (turn_sin, turn_cos) = (subject.yaw - base.yaw).sin_cos();
        let (l, w) = (subject.length / 2.0, subject.width / 2.0);
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

#[cfg(test)]
mod hard_cases;
