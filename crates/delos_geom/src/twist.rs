//! Velocity of a rigid body, and the way it leads in a while.

use nalgebra::{Isometry3, Matrix3, Translation3, UnitQuaternion, Vector3};

/// Below this angle (radians) the series of the coefficients are used.
const SMALL_RAD: f64 = 1e-4;

/// Velocity of the vehicle in its own frame; an element of the Lie algebra se(3).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Twist {
    /// Metres per second `(forward, left, up)`.
    pub linear: Vector3<f64>,
    /// Radians per second about these axes.
    pub angular: Vector3<f64>,
}

impl Twist {
    /// The velocity that leads along `motion` in `seconds`, which must be positive: the
    /// logarithm of SE(3) (Barfoot, State Estimation for Robotics, 2017, equation 7.85).
    #[must_use]
    pub fn over(motion: &Isometry3<f64>, seconds: f64) -> Self {
        let angular = motion.rotation.scaled_axis();
        let linear = inverse_left_jacobian(&angular) * motion.translation.vector;
        Self { linear: linear / seconds, angular: angular / seconds }
    }

    /// The way it leads in `seconds`: the exponential map of SE(3) (equation 7.86 there).
    #[must_use]
    pub fn during(&self, seconds: f64) -> Isometry3<f64> {
        let angular = self.angular * seconds;
        let way = left_jacobian(&angular) * (self.linear * seconds);
        Isometry3::from_parts(Translation3::from(way), UnitQuaternion::from_scaled_axis(angular))
    }
}

/// The left Jacobian of SO(3) (equation 7.77a there).
fn left_jacobian(angle: &Vector3<f64>) -> Matrix3<f64> {
    let (hat, theta) = (angle.cross_matrix(), angle.norm());
    let (first, second) = if theta < SMALL_RAD {
        (0.5 - theta * theta / 24.0, 1.0 / 6.0 - theta * theta / 120.0)
    } else {
        let square = theta * theta;
        ((1.0 - theta.cos()) / square, (theta - theta.sin()) / (square * theta))
    };
    Matrix3::identity() + hat * first + hat * hat * second
}

/// Its inverse (equation 7.76a there).
fn inverse_left_jacobian(angle: &Vector3<f64>) -> Matrix3<f64> {
    let (hat, theta) = (angle.cross_matrix(), angle.norm());
    let second = if theta < SMALL_RAD {
        1.0 / 12.0 + theta * theta / 720.0
    } else {
        let half = 0.5 * theta;
        (1.0 - half / half.tan()) / (theta * theta)
    };
    Matrix3::identity() - hat * 0.5 + hat * hat * second
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::{FRAC_PI_2, PI};

    #[test]
    fn a_quarter_turn_on_a_circle_ends_beside_its_centre() {
        let twist = Twist { linear: Vector3::x() * 10.0, angular: Vector3::z() * FRAC_PI_2 };
        let way = twist.during(1.0).translation.vector;
        let radius = 10.0 / FRAC_PI_2;
        assert!((way - Vector3::new(radius, radius, 0.0)).norm() < 1e-12, "{way}");
    }

    #[test]
    fn half_a_turn_is_finite() {
        let motion = Isometry3::new(Vector3::new(1.0, 2.0, 3.0), Vector3::x() * PI);
        let twist = Twist::over(&motion, 0.1);
        assert!(twist.linear.iter().chain(twist.angular.iter()).all(|v| v.is_finite()));
    }

    proptest! {
        #[test]
        fn the_way_of_a_velocity_gives_it_back(
            linear in prop::array::uniform3(-40.0..40.0f64),
            angular in prop::array::uniform3(-3.0..3.0f64),
            scale in prop::sample::select(vec![1.0, 1e-3, 1e-6, 0.0]),
            seconds in 0.01..0.5f64,
        ) {
            let twist = Twist { linear: linear.into(), angular: Vector3::from(angular) * scale };
            let back = Twist::over(&twist.during(seconds), seconds);
            prop_assert!((back.linear - twist.linear).norm() < 1e-6, "{back:?} {twist:?}");
            prop_assert!((back.angular - twist.angular).norm() < 1e-6);
        }

        #[test]
        fn two_halves_make_the_whole_way(
            linear in prop::array::uniform3(-40.0..40.0f64),
            angular in prop::array::uniform3(-3.0..3.0f64),
        ) {
            let twist = Twist { linear: linear.into(), angular: angular.into() };
            let twice = twist.during(0.05) * twist.during(0.05);
            let apart = twice.inverse() * twist.during(0.1);
            prop_assert!(apart.translation.vector.norm() < 1e-9 && apart.rotation.angle() < 1e-6);
        }
    }
}
