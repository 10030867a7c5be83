//! Constant turn rate and velocity.

use super::MotionModel;
use super::arc::Arc;
use nalgebra::{SMatrix, SVector, Vector2};

/// Constant turn rate and velocity (Schubert, Richter, Wanielik 2008, eq. 8):
/// state `(x, y, yaw, v, w)` in metres, radians, m/s, rad/s, the speed along the
/// heading and negative when reversing.
///
/// The arc is written with the heading half-way, `m = yaw + w t / 2`:
/// `x' = x + v t sinc(w t / 2) cos m`, `y' = y + v t sinc(w t / 2) sin m`, which is the
/// same motion and needs no special case for driving straight.
///
/// Noise: piecewise constant accelerations along the heading and of the turn
/// (Bar-Shalom, Li, Kirubarajan 2001, section 6.3.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ctrv {
    /// Standard deviation of the acceleration along the heading, m/s².
    pub acceleration: f64,
    /// Standard deviation of the turn's acceleration, rad/s².
    pub yaw_acceleration: f64,
}

/// The same with a velocity across the heading: state `(x, y, yaw, v, s, w)`, `s` to the
/// left. With `s = 0` and no lateral noise it is [`Ctrv`]; a free `s` follows what need
/// not move along its heading: pedestrians, and everything that is seen from a vehicle
/// whose own motion is unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlipCtrv {
    /// Standard deviation of the acceleration along the heading, m/s².
    pub acceleration: f64,
    /// Standard deviation of the acceleration across the heading, m/s².
    pub lateral_acceleration: f64,
    /// Standard deviation of the turn's acceleration, rad/s².
    pub yaw_acceleration: f64,
}

impl MotionModel<5> for Ctrv {
    fn predicted(&self, state: &SVector<f64, 5>, seconds: f64) -> SVector<f64, 5> {
        let arc = Arc::coasting(state[2], Vector2::new(state[3], 0.0), state[4], seconds);
        let mut moved = *state;
        moved[0] += arc.way.x;
        moved[1] += arc.way.y;
        moved[2] += state[4] * seconds;
        moved
    }

    fn jacobian(&self, state: &SVector<f64, 5>, seconds: f64) -> SMatrix<f64, 5, 5> {
        let arc = Arc::coasting(state[2], Vector2::new(state[3], 0.0), state[4], seconds);
        let mut jacobian = SMatrix::<f64, 5, 5>::identity();
        jacobian.fixed_view_mut::<2, 1>(0, 2).copy_from(&arc.by_yaw);
        jacobian.fixed_view_mut::<2, 1>(0, 3).copy_from(&arc.by_velocity.column(0));
        jacobian.fixed_view_mut::<2, 1>(0, 4).copy_from(&arc.by_rate);
        jacobian[(2, 4)] = seconds;
        jacobian
    }

    fn process_noise(&self, state: &SVector<f64, 5>, seconds: f64) -> SMatrix<f64, 5, 5> {
        let (sin, cos) = state[2].sin_cos();
        let half = seconds * seconds / 2.0;
        let along = SVector::from([half * cos, half * sin, 0.0, seconds, 0.0]);
        let turn = SVector::from([0.0, 0.0, half, 0.0, seconds]);
        outer(&along, self.acceleration) + outer(&turn, self.yaw_acceleration)
    }

    fn angles(&self) -> [bool; 5] {
        [false, false, true, false, false]
    }
}

impl MotionModel<6> for SlipCtrv {
    fn predicted(&self, state: &SVector<f64, 6>, seconds: f64) -> SVector<f64, 6> {
        let arc = Arc::coasting(state[2], Vector2::new(state[3], state[4]), state[5], seconds);
        let mut moved = *state;
        moved[0] += arc.way.x;
        moved[1] += arc.way.y;
        moved[2] += state[5] * seconds;
        moved
    }

    fn jacobian(&self, state: &SVector<f64, 6>, seconds: f64) -> SMatrix<f64, 6, 6> {
        let arc = Arc::coasting(state[2], Vector2::new(state[3], state[4]), state[5], seconds);
        let mut jacobian = SMatrix::<f64, 6, 6>::identity();
        jacobian.fixed_view_mut::<2, 1>(0, 2).copy_from(&arc.by_yaw);
        jacobian.fixed_view_mut::<2, 2>(0, 3).copy_from(&arc.by_velocity);
        jacobian.fixed_view_mut::<2, 1>(0, 5).copy_from(&arc.by_rate);
        jacobian[(2, 5)] = seconds;
        jacobian
    }

    fn process_noise(&self, state: &SVector<f64, 6>, seconds: f64) -> SMatrix<f64, 6, 6> {
        let (sin, cos) = state[2].sin_cos();
        let half = seconds * seconds / 2.0;
        let along = SVector::from([half * cos, half * sin, 0.0, seconds, 0.0, 0.0]);
        let across = SVector::from([-half * sin, half * cos, 0.0, 0.0, seconds, 0.0]);
        let turn = SVector::from([0.0, 0.0, half, 0.0, 0.0, seconds]);
        outer(&along, self.acceleration)
            + outer(&across, self.lateral_acceleration)
            + outer(&turn, self.yaw_acceleration)
    }

    fn angles(&self) -> [bool; 6] {
        [false, false, true, false, false, false]
    }
}

/// Covariance of a noise of deviation `sigma` that acts along `direction`.
fn outer<const N: usize>(direction: &SVector<f64, N>, sigma: f64) -> SMatrix<f64, N, N> {
    direction * direction.transpose() * (sigma * sigma)
}

#[cfg(test)]
mod tests {
    use super::super::jacobian_error;
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::PI;

    const CTRV: Ctrv = Ctrv { acceleration: 2.0, yaw_acceleration: 0.3 };
    const SLIP: SlipCtrv =
        SlipCtrv { acceleration: 2.0, lateral_acceleration: 1.0, yaw_acceleration: 0.3 };

    #[test]
    fn half_a_circle_ends_opposite() {
        // 10 m/s with 1 rad/s is a circle of radius 10 m.
        let state = SVector::from([0.0, 0.0, 0.0, 10.0, 1.0]);
        let after = CTRV.predicted(&state, PI);
        assert!((after - SVector::from([0.0, 20.0, PI, 10.0, 1.0])).amax() < 1e-9);
    }

    #[test]
    fn straight_ahead_is_the_limit() {
        let straight = CTRV.predicted(&SVector::from([1.0, 2.0, 0.5, 10.0, 0.0]), 0.5);
        assert!((straight[0] - (1.0 + 5.0 * 0.5f64.cos())).abs() < 1e-12);
        for rate in [1e-9, 1e-6, 3.9e-3, 4.1e-3] {
            let nearly = CTRV.predicted(&SVector::from([1.0, 2.0, 0.5, 10.0, rate]), 0.5);
            assert!((nearly - straight).amax() < 2.0 * rate, "{rate}");
        }
    }

    prop_compose! {
        fn states()(p in prop::array::uniform2(-50.0..50.0f64), yaw in -PI..PI, v in -20.0..20.0f64,
                    s in -5.0..5.0f64, w in prop_oneof![-1.5..1.5f64, -1e-3..1e-3f64, Just(0.0)]) -> SVector<f64, 6> {
            SVector::from([p[0], p[1], yaw, v, s, w])
        }
    }

    fn without_slip(x: &SVector<f64, 6>) -> SVector<f64, 5> {
        SVector::from([x[0], x[1], x[2], x[3], x[5]])
    }

    proptest! {
        #[test]
        fn jacobians_equal_numerical_ones(state in states(), t in 0.01..1.0f64) {
            prop_assert!(jacobian_error(&SLIP, &state, t) < 1e-6);
            prop_assert!(jacobian_error(&CTRV, &without_slip(&state), t) < 1e-6);
        }

        #[test]
        fn many_short_steps_follow_the_arc(state in states(), t in 0.1..1.0f64) {
            let mut stepped = state;
            for _ in 0..20 {
                stepped = SLIP.predicted(&stepped, t / 20.0);
            }
            prop_assert!((stepped - SLIP.predicted(&state, t)).amax() < 1e-7);
        }

        #[test]
        fn without_slip_both_models_agree(mut state in states(), t in 0.01..1.0f64) {
            state[4] = 0.0;
            let plain = CTRV.predicted(&without_slip(&state), t);
            prop_assert!((without_slip(&SLIP.predicted(&state, t)) - plain).amax() < 1e-12);
        }

        #[test]
        fn time_runs_back_as_well(state in states(), t in 0.01..1.0f64) {
            let back = SLIP.predicted(&SLIP.predicted(&state, t), -t);
            prop_assert!((back - state).amax() < 1e-8);
        }
    }
}
