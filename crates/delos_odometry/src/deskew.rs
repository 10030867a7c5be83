//! Undoing the vehicle's motion during the turn of the LiDAR.

use crate::Twist;
use delos_core::LidarPoint;
use nalgebra::Point3;

/// Where a point seen `offset_s` seconds after the scan's stamp (before it: negative) would have been
/// seen at the stamp, if the vehicle moved at `velocity` (KISS-ICP, section III-A).
pub(crate) fn at_stamp(point: &LidarPoint, offset_s: f32, velocity: &Twist) -> Point3<f32> {
    let seen = Point3::new(point.x, point.y, point.z);
    let ego_then_to_stamp = velocity.during(f64::from(offset_s));
    (ego_then_to_stamp * seen.cast::<f64>()).cast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Vector3;

    #[test]
    fn what_is_seen_late_is_seen_nearer_and_moved_back() {
        let velocity = Twist { linear: Vector3::x() * 20.0, angular: Vector3::zeros() };
        let point = LidarPoint { x: 10.0, y: 1.0, z: 0.0, intensity: 0.0 };
        let late = at_stamp(&point, 0.05, &velocity);
        let early = at_stamp(&point, -0.05, &velocity);
        assert!((late.x - 11.0).abs() < 1e-5 && (early.x - 9.0).abs() < 1e-5);
        assert_eq!(at_stamp(&point, 0.0, &velocity), Point3::new(10.0, 1.0, 0.0));
    }
}
