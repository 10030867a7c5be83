//! Undoing the vehicle's motion during the turn of a LiDAR.

use crate::Twist;
use delos_core::{Ego, LidarPoint, PointCloud, PointTimes};
use nalgebra::Vector3;

/// Below this square of an angle (radians) the series of the coefficients are used; what they
/// leave out is less than the last bit.
const SMALL_SQUARE: f64 = 1e-4;

/// The way of a vehicle at constant velocity, made ready for many points: the exponential map of
/// SE(3) (Barfoot, State Estimation for Robotics, 2017, equation 7.86) without matrices.
#[derive(Clone, Copy, Debug)]
pub struct SteadyMotion {
    velocity: Twist,
    square: f64,
    /// `ω × v` and `ω × (ω × v)`.
    turned: [Vector3<f64>; 2],
}

impl SteadyMotion {
    /// At this velocity, in the vehicle's own frame.
    pub fn new(velocity: Twist) -> Self {
        let turned = velocity.angular.cross(&velocity.linear);
        let twice = velocity.angular.cross(&turned);
        Self { velocity, square: velocity.angular.norm_squared(), turned: [turned, twice] }
    }

    /// Where the vehicle would have seen at a stamp what stands still and was `seen` by it
    /// `offset_s` seconds later (before: negative), metres (KISS-ICP, section III-A).
    pub fn at_stamp(&self, seen: &Vector3<f64>, offset_s: f64) -> Vector3<f64> {
        let [first, second, third] = self.coefficients(offset_s);
        let angular = &self.velocity.angular;
        let turned = angular.cross(seen);
        seen + turned * first
            + angular.cross(&turned) * second
            + self.velocity.linear * offset_s
            + self.turned[0] * second
            + self.turned[1] * third
    }

    /// `sin a / |ω|`, `(1 - cos a) / |ω|²` and `(a - sin a) / |ω|³`, where `a` is the angle turned.
    fn coefficients(&self, seconds: f64) -> [f64; 3] {
        let square = self.square * seconds * seconds;
        let [first, second, third] = if square < SMALL_SQUARE {
            let series = |a: f64, b: f64, c: f64| (1.0 - square / a * (1.0 - square / b)) / c;
            [series(6.0, 20.0, 1.0), series(12.0, 30.0, 2.0), series(20.0, 42.0, 6.0)]
        } else {
            let angle = square.sqrt();
            let (sin, cos) = angle.sin_cos();
            [sin / angle, (1.0 - cos) / square, (angle - sin) / (square * angle)]
        };
        [first * seconds, second * seconds * seconds, third * seconds * seconds * seconds]
    }

    fn moved(&self, point: &LidarPoint, offset_s: f32) -> LidarPoint {
        let seen = Vector3::new(point.x, point.y, point.z).cast::<f64>();
        let [x, y, z] = self.at_stamp(&seen, offset_s.into()).map(|v| v as f32).into();
        LidarPoint { x, y, z, intensity: point.intensity }
    }
}

/// The scan as a vehicle at this velocity would have seen it if its turn had taken no time: each
/// point is moved to where the stamp's frame has it. Exact for what stands still while the
/// velocity stays the same; what moves is put right for the vehicle's motion alone. `None` where
/// the scan says nothing of times, or has been corrected already.
pub fn deskewed(cloud: &PointCloud<Ego>, velocity: &Twist) -> Option<PointCloud<Ego>> {
    let times = cloud.times().filter(|times| times.is_rolling())?.seconds();
    let motion = SteadyMotion::new(*velocity);
    let both = cloud.points().iter().zip(times);
    let points = both.map(|(point, offset_s)| motion.moved(point, *offset_s)).collect();
    let straight = PointCloud::with_times(points, PointTimes::Aligned(times.to_vec())).ok()?;
    Some(straight.after_dropping(cloud.dropped()))
}

#[cfg(test)]
mod tests;
