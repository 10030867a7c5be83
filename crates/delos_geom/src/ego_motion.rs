//! How the vehicle moved between two poses.

use delos_core::{Ego, EgoPose, Span, Transform};
use nalgebra::Vector2;

/// Takes coordinates in the vehicle's frame at `before` to its frame at `now`: what
/// stands still seems to move by it.
pub fn now_from_before(before: &EgoPose, now: &EgoPose) -> Transform<Ego, Ego> {
    now.world_from_ego.inverse() * before.world_from_ego
}

/// The part of the vehicle's own motion that lies in the ground plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanarMotion {
    /// Way of the vehicle in its frame at the start `(forward, left)`, metres.
    pub way: Vector2<f64>,
    /// Turn, radians in (-π, π], counter-clockwise.
    pub turn: f64,
}

impl PlanarMotion {
    /// Motion of the vehicle from `before` to `now`.
    pub fn between(before: &EgoPose, now: &EgoPose) -> Self {
        let before_from_now = now_from_before(before, now).inverse();
        let way = before_from_now.isometry().translation.vector;
        Self { way: way.xy(), turn: before_from_now.yaw() }
    }

    /// Mean velocity `(forward, left)` in m/s and turn rate in rad/s over `span`;
    /// `None` when no time passed.
    pub fn rates(&self, span: Span) -> Option<(Vector2<f64>, f64)> {
        let seconds = span.as_secs_f64();
        (seconds > 0.0).then(|| (self.way / seconds, self.turn / seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Position, World};
    use nalgebra::{Isometry3, Vector3};
    use proptest::prelude::*;

    fn pose(x: f64, y: f64, yaw: f64) -> EgoPose {
        let isometry = Isometry3::new(Vector3::new(x, y, 0.0), Vector3::z() * yaw);
        EgoPose { world_from_ego: Transform::new(isometry) }
    }

    #[test]
    fn driving_forward_brings_things_nearer() {
        let north = std::f64::consts::FRAC_PI_2;
        let (before, now) = (pose(5.0, 5.0, north), pose(5.0, 7.0, north));
        let seen = now_from_before(&before, &now) * Position::new(10.0, 1.0, 0.0);
        assert!((seen.x() - 8.0).abs() < 1e-9 && (seen.y() - 1.0).abs() < 1e-9);
        let (velocity, turn_rate) =
            PlanarMotion::between(&before, &now).rates(Span::from_millis(100)).expect("time");
        assert!((velocity - Vector2::new(20.0, 0.0)).norm() < 1e-9 && turn_rate.abs() < 1e-9);
        assert_eq!(PlanarMotion::between(&before, &now).rates(Span::ZERO), None);
    }

    proptest! {
        #[test]
        fn a_point_of_the_world_keeps_its_place(
            a in prop::array::uniform3(-3.0..3.0f64), b in prop::array::uniform3(-3.0..3.0f64),
            p in prop::array::uniform3(-30.0..30.0f64),
        ) {
            let (before, now) = (pose(a[0], a[1], a[2]), pose(b[0], b[1], b[2]));
            let point: Position<World> = Position::new(p[0], p[1], p[2]);
            let seen_before = before.world_from_ego.inverse() * point;
            let back = now.world_from_ego * (now_from_before(&before, &now) * seen_before);
            prop_assert!(back.planar_distance(&point) < 1e-9);
        }
    }
}
