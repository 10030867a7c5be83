//! Overlap of upright rectangles in the image, as the reference tools compute it.
//!
//! Coordinates are those of edges, not of pixels: a rectangle from 0 to 1 is one pixel wide.

/// What `TrackEval` grants to rounding where it compares. The other tools divide by any area, but
/// no rectangle of a file has one so small.
pub(crate) const EPSILON: f64 = f64::EPSILON;

/// A rectangle with its area, which may be negative where corners are swapped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rectangle {
    corners: [f64; 4],
    area: f64,
}

impl Rectangle {
    /// From `[x1, y1, x2, y2]`.
    pub(crate) fn from_corners(corners: [f64; 4]) -> Self {
        let [x1, y1, x2, y2] = corners;
        Self { corners, area: (x2 - x1) * (y2 - y1) }
    }

    /// From `[left, top, width, height]`.
    pub(crate) fn from_extent([left, top, width, height]: [f64; 4]) -> Self {
        Self::from_corners([left, top, left + width, top + height])
    }

    /// `[x1, y1, x2, y2]`.
    pub(crate) const fn corners(&self) -> [f64; 4] {
        self.corners
    }

    pub(crate) const fn left(&self) -> f64 {
        self.corners[0]
    }

    pub(crate) const fn right(&self) -> f64 {
        self.corners[2]
    }

    pub(crate) const fn width(&self) -> f64 {
        self.corners[2] - self.corners[0]
    }

    pub(crate) const fn height(&self) -> f64 {
        self.corners[3] - self.corners[1]
    }

    /// Intersection over union; 0 where either has no area.
    pub(crate) fn iou(&self, other: &Self) -> f64 {
        let intersection = self.intersection(other);
        let union = self.area + other.area - intersection;
        let has_area = self.area > EPSILON && other.area > EPSILON && union > EPSILON;
        // Most rectangles are apart, and need no division.
        if intersection > 0.0 && has_area { intersection / union } else { 0.0 }
    }

    /// Which share of this rectangle lies inside of `region`; 0 where it has no area.
    pub(crate) fn share_in(&self, region: &Self) -> f64 {
        if self.area > EPSILON { self.intersection(region) / self.area } else { 0.0 }
    }

    fn intersection(&self, other: &Self) -> f64 {
        let (a, b) = (&self.corners, &other.corners);
        let width = a[2].min(b[2]) - a[0].max(b[0]);
        if width <= 0.0 {
            return 0.0;
        }
        let height = a[3].min(b[3]) - a[1].max(b[1]);
        width.max(0.0) * height.max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn overlaps_of_common_and_of_degenerate_rectangles() {
        let unit = Rectangle::from_corners([0.0, 0.0, 2.0, 2.0]);
        let table = [
            ("the same", [0.0, 0.0, 2.0, 2.0], 1.0, 1.0),
            ("half", [0.0, 0.0, 2.0, 1.0], 0.5, 0.5),
            ("larger", [-1.0, -1.0, 3.0, 3.0], 0.25, 1.0),
            ("a corner", [1.0, 1.0, 3.0, 3.0], 1.0 / 7.0, 0.25),
            ("touching", [2.0, 0.0, 4.0, 2.0], 0.0, 0.0),
            ("a line", [1.0, 0.0, 1.0, 2.0], 0.0, 0.0),
            ("one side swapped", [2.0, 0.0, 0.0, 2.0], 0.0, 0.0),
            ("both sides swapped", [2.0, 2.0, 0.0, 0.0], 0.0, 0.0),
            ("not a number", [f64::NAN, 0.0, 2.0, 2.0], 0.0, 1.0),
        ];
        for (what, corners, iou, share) in table {
            let other = Rectangle::from_corners(corners);
            let found = (unit.iou(&other), other.iou(&unit), unit.share_in(&other));
            assert_eq!(found, (iou, iou, share), "{what}");
        }
        let line = Rectangle::from_corners([1.0, 0.0, 1.0, 2.0]);
        assert!(line.share_in(&unit) <= 0.0);
        let same = Rectangle::from_extent([3.0, 4.0, 5.0, 6.0]);
        assert_eq!((same.corners(), same.height()), ([3.0, 4.0, 8.0, 10.0], 6.0));
    }

    proptest! {
        #[test]
        fn iou_is_symmetric_and_a_share(
            a in prop::array::uniform4(-50.0..50.0f64),
            b in prop::array::uniform4(-50.0..50.0f64),
        ) {
            let (a, b) = (Rectangle::from_corners(a), Rectangle::from_corners(b));
            prop_assert!((a.iou(&b) - b.iou(&a)).abs() < 1e-12);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&a.iou(&b)));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&a.share_in(&b)));
        }
    }
}
