//! Boxes in the image and in space.

use crate::{Frame, Position, Size, Transform, Yaw};
use nalgebra::Vector3;

/// An axis-aligned rectangle in the image, pixels: `x1 <= x2`, `y1 <= y2`, origin top left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Box2 {
    /// Left edge, pixels.
    pub x1: f32,
    /// Top edge, pixels.
    pub y1: f32,
    /// Right edge, pixels.
    pub x2: f32,
    /// Bottom edge, pixels.
    pub y2: f32,
}

impl Box2 {
    /// The rectangle between two corners, whichever way round they are given.
    pub fn new(x1: f32, y1: f32, x2: f32, y2: f32) -> Self {
        Self { x1: x1.min(x2), y1: y1.min(y2), x2: x1.max(x2), y2: y1.max(y2) }
    }

    /// Width, pixels.
    pub fn width(&self) -> f32 {
        self.x2 - self.x1
    }

    /// Height, pixels.
    pub fn height(&self) -> f32 {
        self.y2 - self.y1
    }

    /// Area, square pixels.
    pub fn area(&self) -> f32 {
        self.width() * self.height()
    }

    /// Whether the pixel `(x, y)` lies inside or on the edge.
    pub fn contains(&self, x: f32, y: f32) -> bool {
        x >= self.x1 && x <= self.x2 && y >= self.y1 && y <= self.y2
    }

    /// The part inside an image of `width` x `height` pixels (last pixel `width - 1`);
    /// `None` when nothing is left.
    pub fn clipped(&self, width: u32, height: u32) -> Option<Self> {
        let (right, bottom) = (width.saturating_sub(1) as f32, height.saturating_sub(1) as f32);
        let clipped = Self {
            x1: self.x1.clamp(0.0, right),
            y1: self.y1.clamp(0.0, bottom),
            x2: self.x2.clamp(0.0, right),
            y2: self.y2.clamp(0.0, bottom),
        };
        (clipped.width() > 0.0 && clipped.height() > 0.0).then_some(clipped)
    }
}

/// An upright box in frame `F`, turned about the vertical axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Box3<F: Frame> {
    /// Geometric centre.
    pub center: Position<F>,
    /// Extents, metres.
    pub size: Size,
    /// Heading of the length axis, about z from x.
    pub yaw: Yaw,
}

impl<F: Frame> Box3<F> {
    /// A box from its geometric centre.
    pub const fn new(center: Position<F>, size: Size, yaw: Yaw) -> Self {
        Self { center, size, yaw }
    }

    /// Height of the lower face, metres.
    pub fn bottom(&self) -> f64 {
        self.center.z() - self.size.height() / 2.0
    }

    /// Height of the upper face, metres.
    pub fn top(&self) -> f64 {
        self.center.z() + self.size.height() / 2.0
    }

    /// The four corners seen from above, `[4] (x, y)` in metres, counter-clockwise,
    /// starting front left.
    pub fn footprint(&self) -> [[f64; 2]; 4] {
        let (sin, cos) = self.yaw.radians().sin_cos();
        let (l, w) = (self.size.length() / 2.0, self.size.width() / 2.0);
        [(l, w), (-l, w), (-l, -w), (l, -w)].map(|(along, across)| {
            [
                self.center.x() + along * cos - across * sin,
                self.center.y() + along * sin + across * cos,
            ]
        })
    }

    /// The eight corners: the footprint at the bottom, then at the top.
    pub fn corners(&self) -> [Position<F>; 8] {
        let (bottom, top) = (self.bottom(), self.top());
        let f = self.footprint();
        std::array::from_fn(|i| {
            Position::new(f[i % 4][0], f[i % 4][1], if i < 4 { bottom } else { top })
        })
    }

    /// Whether a point lies inside the box grown by `margin` metres on every side.
    pub fn contains(&self, point: &Position<F>, margin: f64) -> bool {
        let (sin, cos) = self.yaw.radians().sin_cos();
        let (dx, dy) = (point.x() - self.center.x(), point.y() - self.center.y());
        let along = dx * cos + dy * sin;
        let across = dy * cos - dx * sin;
        along.abs() <= self.size.length() / 2.0 + margin
            && across.abs() <= self.size.width() / 2.0 + margin
            && (point.z() - self.center.z()).abs() <= self.size.height() / 2.0 + margin
    }

    /// The same box in frame `To`. Roll and pitch of the motion tilt the centre, the
    /// box itself stays upright.
    pub fn transformed<To: Frame>(&self, to_from_here: &Transform<To, F>) -> Box3<To> {
        let (sin, cos) = self.yaw.radians().sin_cos();
        let heading = to_from_here.rotate(&Vector3::new(cos, sin, 0.0));
        Box3 {
            center: *to_from_here * self.center,
            size: self.size,
            yaw: Yaw::of_vector(heading.x, heading.y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ego, World};
    use nalgebra::Isometry3;
    use proptest::prelude::*;

    fn car(x: f64, y: f64, yaw: f64) -> Box3<Ego> {
        Box3::new(
            Position::new(x, y, 0.5),
            Size::new(4.0, 1.6, 1.5).expect("positive"),
            Yaw::new(yaw).expect("finite"),
        )
    }

    #[test]
    fn clipping_keeps_what_the_image_sees() {
        let seen = Box2::new(-10.0, 5.0, 20.0, 500.0).clipped(100, 50).expect("inside");
        assert_eq!(seen, Box2::new(0.0, 5.0, 20.0, 49.0));
        assert_eq!(Box2::new(200.0, 0.0, 300.0, 10.0).clipped(100, 50), None);
    }

    #[test]
    fn a_quarter_turn_swaps_the_sides() {
        let corners = car(0.0, 0.0, std::f64::consts::FRAC_PI_2).footprint();
        assert!((corners[0][0] + 0.8).abs() < 1e-9 && (corners[0][1] - 2.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn corners_lie_on_the_box(x in -50.0..50.0f64, y in -50.0..50.0f64, yaw in -3.0..3.0f64) {
            let car = car(x, y, yaw);
            for corner in car.corners() {
                prop_assert!(car.contains(&corner, 1e-9));
                prop_assert!(!car.contains(&corner, -1e-6));
            }
        }

        #[test]
        fn a_box_survives_the_way_there_and_back(x in -50.0..50.0f64, yaw in -3.0..3.0f64, turn in -3.0..3.0f64) {
            let world_from_ego: Transform<World, Ego> =
                Transform::new(Isometry3::new(Vector3::new(3.0, -2.0, 0.1), Vector3::z() * turn));
            let back = car(x, 1.0, yaw).transformed(&world_from_ego).transformed(&world_from_ego.inverse());
            prop_assert!(back.center.planar_distance(&car(x, 1.0, yaw).center) < 1e-9);
            prop_assert!((back.yaw.radians() - yaw).abs() < 1e-9);
        }
    }
}
