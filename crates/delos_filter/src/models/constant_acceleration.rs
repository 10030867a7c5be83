//! Nearly constant acceleration.

use super::MotionModel;
use super::white_noise::{entry, integrated};
use nalgebra::{SMatrix, SVector};

/// Nearly constant acceleration with white noise jerk (Bar-Shalom, Li, Kirubarajan 2001,
/// section 6.2.3): `p' = p + v t + a t²/2`, `v' = v + a t`,
/// `Q = q [[t⁵/20, t⁴/8, t³/6], [t⁴/8, t³/3, t²/2], [t³/6, t²/2, t]]` on each axis.
///
/// States: `(p, v, a)` along a line, `(x, y, vx, vy, ax, ay)` in the plane; metres, m/s, m/s².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstantAcceleration {
    /// Power spectral density `q` of the jerk, m²/s⁵.
    pub jerk_density: f64,
}

/// Transition of `axes` chains of position, velocity and acceleration that lie interleaved.
fn transition<const N: usize>(axes: usize, t: f64) -> SMatrix<f64, N, N> {
    SMatrix::from_fn(|row, column| match column.checked_sub(row) {
        Some(0) => 1.0,
        Some(steps) if steps == axes => t,
        Some(steps) if steps == 2 * axes => t * t / 2.0,
        _ => 0.0,
    })
}

impl MotionModel<3> for ConstantAcceleration {
    fn predicted(&self, state: &SVector<f64, 3>, seconds: f64) -> SVector<f64, 3> {
        transition(1, seconds) * state
    }

    fn jacobian(&self, _state: &SVector<f64, 3>, seconds: f64) -> SMatrix<f64, 3, 3> {
        transition(1, seconds)
    }

    fn process_noise(&self, _state: &SVector<f64, 3>, seconds: f64) -> SMatrix<f64, 3, 3> {
        integrated(self.jerk_density, seconds, &[0, 1, 2].map(entry))
    }
}

impl MotionModel<6> for ConstantAcceleration {
    fn predicted(&self, state: &SVector<f64, 6>, seconds: f64) -> SVector<f64, 6> {
        transition(2, seconds) * state
    }

    fn jacobian(&self, _state: &SVector<f64, 6>, seconds: f64) -> SMatrix<f64, 6, 6> {
        transition(2, seconds)
    }

    fn process_noise(&self, _state: &SVector<f64, 6>, seconds: f64) -> SMatrix<f64, 6, 6> {
        integrated(self.jerk_density, seconds, &[0, 2, 4].map(entry))
            + integrated(self.jerk_density, seconds, &[1, 3, 5].map(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{jacobian_error, noise_of_halves};
    use super::*;
    use proptest::prelude::*;

    const MODEL: ConstantAcceleration = ConstantAcceleration { jerk_density: 2.0 };

    #[test]
    fn a_fall_of_two_seconds() {
        let fallen = MODEL.predicted(&SVector::from([100.0, 1.0, -10.0]), 2.0);
        assert!((fallen - SVector::from([82.0, -19.0, -10.0])).amax() < 1e-12);
        #[rustfmt::skip]
        let wanted = SMatrix::<f64, 3, 3>::new(
            3.2,       4.0,       8.0 / 3.0,
            4.0,       16.0 / 3.0, 4.0,
            8.0 / 3.0, 4.0,       4.0,
        );
        assert!((MODEL.process_noise(&fallen, 2.0) - wanted).amax() < 1e-12);
    }

    proptest! {
        #[test]
        fn two_short_steps_are_one_long_step(state in prop::array::uniform6(-20.0..20.0f64), t in 0.01..1.0f64) {
            let state = SVector::from(state);
            let half = MODEL.predicted(&state, t / 2.0);
            prop_assert!((MODEL.predicted(&half, t / 2.0) - MODEL.predicted(&state, t)).amax() < 1e-9);
            prop_assert!((noise_of_halves(&MODEL, &state, t) - MODEL.process_noise(&state, t)).amax() < 1e-9);
            prop_assert!(jacobian_error(&MODEL, &state, t) < 1e-6);
            prop_assert!(jacobian_error(&MODEL, &state.xyz(), t) < 1e-6);
        }
    }
}
