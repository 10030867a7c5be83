//! Road users seen from above: turned rectangles.

use crate::math::sin_cos;

/// A turned rectangle on the map, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Flat {
    /// Its middle.
    pub(crate) place: [f32; 2],
    /// Unit vector along its length.
    pub(crate) ahead: [f32; 2],
    /// Half its length and half its width.
    pub(crate) half: [f32; 2],
}

impl Flat {
    pub(crate) fn new(place: [f32; 2], heading: f32, half: [f32; 2]) -> Self {
        let (sin, cos) = sin_cos(heading);
        Self { place, ahead: [cos, sin], half }
    }

    /// The same with this much more on every side.
    pub(crate) fn grown(mut self, margin: f32) -> Self {
        self.half = [self.half[0] + margin, self.half[1] + margin];
        self
    }

    /// Radius of the circle around it.
    pub(crate) fn radius(&self) -> f32 {
        self.half[0].hypot(self.half[1])
    }

    /// A place in its own frame: along and to the left.
    pub(crate) fn local(&self, place: [f32; 2]) -> [f32; 2] {
        let (x, y) = (place[0] - self.place[0], place[1] - self.place[1]);
        [x * self.ahead[0] + y * self.ahead[1], y * self.ahead[0] - x * self.ahead[1]]
    }

    /// The place this far along and to the left of its middle.
    pub(crate) fn at(&self, along: f32, left: f32) -> [f32; 2] {
        [
            self.place[0] + along * self.ahead[0] - left * self.ahead[1],
            self.place[1] + along * self.ahead[1] + left * self.ahead[0],
        ]
    }

    /// Its corners, counter-clockwise from front left.
    pub(crate) fn corners(&self) -> [[f32; 2]; 4] {
        let [l, w] = self.half;
        [self.at(l, w), self.at(-l, w), self.at(-l, -w), self.at(l, -w)]
    }

    /// Whether two rectangles overlap (separating axes).
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let (x, y) = (other.place[0] - self.place[0], other.place[1] - self.place[1]);
        let reach = self.radius() + other.radius();
        x * x + y * y < reach * reach && !self.separates(other) && !other.separates(self)
    }

    /// Whether one of its own axes separates it from the other.
    fn separates(&self, other: &Self) -> bool {
        let offset = self.local(other.place);
        let cos = (self.ahead[0] * other.ahead[0] + self.ahead[1] * other.ahead[1]).abs();
        let sin = (self.ahead[0] * other.ahead[1] - self.ahead[1] * other.ahead[0]).abs();
        let [l, w] = other.half;
        offset[0].abs() > self.half[0] + l * cos + w * sin
            || offset[1].abs() > self.half[1] + l * sin + w * cos
    }
}

/// Distance between two places.
pub(crate) fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_turned_box_fits_where_an_upright_one_does_not() {
        let wall = Flat::new([0.0, 0.0], 0.0, [5.0, 1.0]);
        for (y, heading, wanted) in
            [(2.5, 0.0, false), (2.5, 1.57, true), (1.9, 0.0, true), (3.1, 1.57, false)]
        {
            let other = Flat::new([1.0, y], heading, [2.0, 1.0]);
            assert_eq!(wall.overlaps(&other), wanted, "{y} {heading}");
        }
    }

    proptest! {
        #[test]
        fn overlap_agrees_with_points_of_a_fine_grid(
            x in -4.0_f32..4.0, y in -4.0_f32..4.0, heading in -3.2_f32..3.2,
        ) {
            let a = Flat::new([0.0, 0.0], 0.3, [2.0, 0.9]);
            let b = Flat::new([x, y], heading, [1.5, 0.7]);
            prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
            let shared = (0..61).any(|i| (0..29).any(|j| {
                let p = b.at(-1.5 + 0.05 * i as f32, -0.7 + 0.05 * j as f32);
                let [u, v] = a.local(p);
                u.abs() <= 2.0 && v.abs() <= 0.9
            }));
            prop_assert!(!shared || a.overlaps(&b));
            prop_assert!(shared || !a.grown(-0.06).overlaps(&b.grown(-0.06)));
        }
    }
}
