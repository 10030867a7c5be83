//! How things stand on the ground.

use crate::ground::Ground;
use crate::math::{Vec3, atan2, sin_cos};
use crate::scene::Pose;

/// Where four wheels touch the ground: half the distances between them along and across.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wheels {
    pub(crate) along: f32,
    pub(crate) across: f32,
}

/// The pose of a vehicle whose middle is above this place: the plane that fits the ground
/// under its wheels best.
pub(crate) fn stand(ground: &Ground, place: [f32; 2], heading: f32, wheels: Wheels) -> Pose {
    let (sin, cos) = sin_cos(heading);
    let height = |along: f32, left: f32| {
        ground.height(place[0] + along * cos - left * sin, place[1] + along * sin + left * cos)
    };
    let (l, w) = (wheels.along, wheels.across);
    let [fl, fr, rl, rr] = [height(l, w), height(l, -w), height(-l, w), height(-l, -w)];
    let pitch = atan2((rl + rr - fl - fr) / 2.0, 2.0 * l);
    let roll = atan2((fl + rl - fr - rr) / 2.0, 2.0 * w);
    let origin = Vec3::new(place[0], place[1], (fl + fr + rl + rr) / 4.0);
    Pose::new(origin, heading, pitch, roll)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Material;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn wheels_touch_a_slope(heading in -3.1_f32..3.1, a in -0.1_f32..0.1, b in -0.1_f32..0.1) {
            let mut ground = Ground::new([-20.0, -20.0], [20.0, 20.0], 0.0);
            ground.fill(|_, _| true, |x, y| (a * x + b * y, Material::Asphalt));
            let wheels = Wheels { along: 1.4, across: 0.8 };
            let pose = stand(&ground, [1.0, 2.0], heading, wheels);
            for (x, y) in [(1.4, 0.8), (-1.4, 0.8), (1.4, -0.8), (-1.4, -0.8)] {
                let wheel = pose.to_world(&Vec3::new(x, y, 0.0));
                prop_assert!((wheel.z - ground.height(wheel.x, wheel.y)).abs() < 0.01);
            }
        }
    }
}
