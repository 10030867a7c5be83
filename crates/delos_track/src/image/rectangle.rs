//! Rectangles and how much of each other they cover.

use super::config::Overlap;
use delos_core::Box2;

/// `[x1, y1, x2, y2]`, pixels, not empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect(pub(crate) [f64; 4]);

impl Rect {
    pub(crate) fn of(bbox: &Box2) -> Self {
        Self([bbox.x1, bbox.y1, bbox.x2, bbox.y2].map(f64::from))
    }

    /// Around a centre.
    pub(crate) fn around(x: f64, y: f64, width: f64, height: f64) -> Self {
        let (half_width, half_height) = (width / 2.0, height / 2.0);
        Self([x - half_width, y - half_height, x + half_width, y + half_height])
    }

    pub(crate) fn width(&self) -> f64 {
        self.0[2] - self.0[0]
    }

    pub(crate) fn height(&self) -> f64 {
        self.0[3] - self.0[1]
    }

    pub(crate) fn centre(&self) -> [f64; 2] {
        [f64::midpoint(self.0[0], self.0[2]), f64::midpoint(self.0[1], self.0[3])]
    }

    /// Grown on each side by a share of its size.
    pub(crate) fn grown(&self, share: f64) -> Self {
        let (dx, dy) = (self.width() * share, self.height() * share);
        Self([self.0[0] - dx, self.0[1] - dy, self.0[2] + dx, self.0[3] + dy])
    }

    pub(crate) fn touches(&self, other: &Self) -> bool {
        let (a, b) = (&self.0, &other.0);
        a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
    }

    fn area(&self) -> f64 {
        self.width() * self.height()
    }

    pub(crate) fn iou(&self, other: &Self) -> f64 {
        let (a, b) = (&self.0, &other.0);
        let width = (a[2].min(b[2]) - a[0].max(b[0])).max(0.0);
        let height = (a[3].min(b[3]) - a[1].max(b[1])).max(0.0);
        let shared = width * height;
        shared / (self.area() + other.area() - shared)
    }

    /// The chosen measure: 1 where both are equal, down to -1 (0 for [`Overlap::Iou`]).
    pub(crate) fn overlap(&self, other: &Self, kind: Overlap) -> f64 {
        let (a, b) = (&self.0, &other.0);
        let iou = self.iou(other);
        let hull = [a[2].max(b[2]) - a[0].min(b[0]), a[3].max(b[3]) - a[1].min(b[1])];
        match kind {
            Overlap::Iou => iou,
            Overlap::Giou => {
                let union = (self.area() + other.area()) / (1.0 + iou);
                iou + union / (hull[0] * hull[1]) - 1.0
            }
            Overlap::Diou => {
                let ([ax, ay], [bx, by]) = (self.centre(), other.centre());
                let apart = (ax - bx) * (ax - bx) + (ay - by) * (ay - by);
                iou - apart / (hull[0] * hull[0] + hull[1] * hull[1])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_overlaps() {
        let unit = Rect([0.0, 0.0, 2.0, 2.0]);
        let table = [
            (Rect([1.0, 1.0, 3.0, 3.0]), 1.0 / 7.0, 1.0 / 7.0 - 2.0 / 9.0, 1.0 / 7.0 - 2.0 / 18.0),
            (unit, 1.0, 1.0, 1.0),
            (Rect([4.0, 0.0, 6.0, 2.0]), 0.0, -1.0 / 3.0, -16.0 / 40.0),
        ];
        for (other, iou, giou, diou) in table {
            for (kind, wanted) in
                [(Overlap::Iou, iou), (Overlap::Giou, giou), (Overlap::Diou, diou)]
            {
                assert!((unit.overlap(&other, kind) - wanted).abs() < 1e-12, "{kind:?} {other:?}");
                assert!((other.overlap(&unit, kind) - wanted).abs() < 1e-12, "{kind:?} {other:?}");
            }
        }
    }

    #[test]
    fn growing_keeps_the_centre() {
        let grown = Rect::around(5.0, 6.0, 4.0, 2.0).grown(0.5);
        assert_eq!(grown, Rect([1.0, 4.0, 9.0, 8.0]));
        assert!(grown.touches(&Rect([9.0, 8.0, 10.0, 10.0])));
        assert!(!grown.touches(&Rect([9.1, 8.0, 10.0, 10.0])));
    }
}
