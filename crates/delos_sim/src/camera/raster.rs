//! Triangles to pixels.

use crate::math::Vec3;

/// A corner on the raster: column, row, and a value that is linear in both.
pub(super) type Corner = [f32; 3];

/// Calls `put(pixel, value)` for every pixel centre inside a triangle, whichever way it
/// winds. Triangles that share an edge leave no gap and claim no pixel twice, because the
/// crossing of an edge with a row depends on that edge alone.
pub(super) fn fill(
    mut t: [Corner; 3],
    width: usize,
    height: usize,
    mut put: impl FnMut(usize, f32),
) {
    t.sort_unstable_by(|a, b| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    let [a, b, c] = t;
    let area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
    if area == 0.0 || !area.is_finite() {
        return;
    }
    let gradient_x = ((b[2] - a[2]) * (c[1] - a[1]) - (c[2] - a[2]) * (b[1] - a[1])) / area;
    let gradient_y = ((c[2] - a[2]) * (b[0] - a[0]) - (b[2] - a[2]) * (c[0] - a[0])) / area;
    let (low, high) = (a[2].min(b[2]).min(c[2]), a[2].max(b[2]).max(c[2]));
    let long = Edge::new(a, c);
    let short = [Edge::new(a, b), Edge::new(b, c)];
    for y in first(a[1], height)..first(c[1], height) {
        let row = y as f32;
        let (p, q) = (long.at(row), short[usize::from(row >= b[1])].at(row));
        let (from, to) = (first(p.min(q), width), first(p.max(q), width));
        let start = a[2] + (row - a[1]) * gradient_y - a[0] * gradient_x;
        for x in from..to {
            put(y * width + x, (start + x as f32 * gradient_x).clamp(low, high));
        }
    }
}

/// The first pixel centre at or beyond a coordinate, within `0..=end`.
fn first(at: f32, end: usize) -> usize {
    // Casts saturate: what lies left of the raster becomes 0.
    let whole = at as usize;
    (whole + usize::from((whole as f32) < at)).min(end)
}

struct Edge {
    start: Corner,
    slope: f32,
}

impl Edge {
    fn new(a: Corner, b: Corner) -> Self {
        let rise = b[1] - a[1];
        Self { start: a, slope: if rise > 0.0 { (b[0] - a[0]) / rise } else { 0.0 } }
    }

    fn at(&self, row: f32) -> f32 {
        self.start[0] + (row - self.start[1]) * self.slope
    }
}

/// A convex polygon of at most eight corners: a triangle cut by up to five planes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Polygon {
    corners: [Vec3; 8],
    count: usize,
}

impl Polygon {
    /// A triangle.
    pub(super) fn new(corners: [Vec3; 3]) -> Self {
        let mut all = [Vec3::zeros(); 8];
        all[..3].copy_from_slice(&corners);
        Self { corners: all, count: 3 }
    }

    /// Its corners.
    pub(super) fn corners(&self) -> &[Vec3] {
        &self.corners[..self.count]
    }

    /// What lies on the inner side of a plane (Sutherland and Hodgman 1974).
    pub(super) fn cut(&self, (normal, offset): (Vec3, f32)) -> Self {
        let side = |p: &Vec3| normal.dot(p) + offset;
        if self.corners().iter().all(|p| side(p) >= 0.0) {
            return *self;
        }
        let mut kept = Self { corners: [Vec3::zeros(); 8], count: 0 };
        for (i, p) in self.corners().iter().enumerate() {
            let q = self.corners[(i + 1) % self.count];
            let (at_p, at_q) = (side(p), side(&q));
            if at_p >= 0.0 {
                kept.push(*p);
            }
            if (at_p >= 0.0) != (at_q >= 0.0) {
                kept.push(p + (q - p) * (at_p / (at_p - at_q)));
            }
        }
        kept
    }

    fn push(&mut self, corner: Vec3) {
        if self.count < self.corners.len() {
            self.corners[self.count] = corner;
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pixels(t: [Corner; 3]) -> Vec<usize> {
        let mut all = Vec::new();
        fill(t, 16, 16, |i, _| all.push(i));
        all.sort_unstable();
        all
    }

    proptest! {
        #[test]
        fn two_halves_of_a_quad_share_no_pixel_and_leave_no_gap(
            xs in prop::array::uniform4(-4.0..20.0f32), ys in prop::array::uniform4(-4.0..20.0f32),
        ) {
            // A fan around an inner point covers a triangle exactly once.
            let p = |i: usize| [xs[i], ys[i], 1.0];
            let [a, b, c] = [p(0), p(1), p(2)];
            let inner = [(a[0] + b[0] + c[0]) / 3.0, (a[1] + b[1] + c[1]) / 3.0, 1.0];
            let mut parts = [pixels([a, b, inner]), pixels([b, c, inner]), pixels([c, a, inner])].concat();
            parts.sort_unstable();
            prop_assert_eq!(parts, pixels([a, b, c]));
        }

        #[test]
        fn what_is_kept_lies_inside(z in prop::array::uniform3(-5.0..5.0f32)) {
            let triangle = [Vec3::new(0.0, 0.0, z[0]), Vec3::new(1.0, 0.0, z[1]), Vec3::new(0.0, 1.0, z[2])];
            let cut = Polygon::new(triangle).cut((Vec3::z(), -0.1));
            prop_assert!(cut.corners().iter().all(|p| p.z > 0.099));
            prop_assert_eq!(cut.corners().is_empty(), z.iter().all(|z| *z < 0.1));
        }
    }

    #[test]
    fn values_follow_the_plane() {
        let value = |x: f32, y: f32| 0.5 + 0.1 * x - 0.02 * y;
        let corner = |x: f32, y: f32| [x, y, value(x, y)];
        let mut seen = 0;
        fill([corner(1.0, 1.5), corner(14.0, 3.0), corner(4.0, 13.0)], 16, 16, |i, v| {
            assert!((v - value((i % 16) as f32, (i / 16) as f32)).abs() < 1e-5);
            seen += 1;
        });
        assert!(seen > 50);
    }
}
