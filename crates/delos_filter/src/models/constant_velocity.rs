//! Nearly constant velocity.

use super::MotionModel;
use nalgebra::{Matrix2, Matrix4, SMatrix, SVector, Vector2, Vector4};

/// Nearly constant velocity with white noise acceleration (Bar-Shalom, Li,
/// Kirubarajan 2001, section 6.2.2):
/// `p' = p + v t`, `Q = q [[t³/3, t²/2], [t²/2, t]]` on each axis.
///
/// States: `(p, v)` along a line, `(x, y, vx, vy)` in the plane; metres and m/s.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstantVelocity {
    /// Power spectral density `q` of the acceleration, m²/s³.
    pub acceleration_density: f64,
}

impl ConstantVelocity {
    /// Variance of position, their covariance, and variance of velocity.
    fn noise(self, t: f64) -> (f64, f64, f64) {
        let q = self.acceleration_density;
        (q * t * t * t / 3.0, q * t * t / 2.0, q * t)
    }
}

impl MotionModel<2> for ConstantVelocity {
    fn predicted(&self, state: &Vector2<f64>, seconds: f64) -> Vector2<f64> {
        Vector2::new(state[0] + state[1] * seconds, state[1])
    }

    fn jacobian(&self, _state: &Vector2<f64>, seconds: f64) -> Matrix2<f64> {
        Matrix2::new(1.0, seconds, 0.0, 1.0)
    }

    fn process_noise(&self, _state: &Vector2<f64>, seconds: f64) -> Matrix2<f64> {
        let (position, both, velocity) = self.noise(seconds);
        Matrix2::new(position, both, both, velocity)
    }
}

impl MotionModel<4> for ConstantVelocity {
    fn predicted(&self, state: &Vector4<f64>, seconds: f64) -> Vector4<f64> {
        let (x, y, vx, vy) = (state[0], state[1], state[2], state[3]);
        SVector::from([x + vx * seconds, y + vy * seconds, vx, vy])
    }

    fn jacobian(&self, _state: &Vector4<f64>, seconds: f64) -> Matrix4<f64> {
        let mut transition = SMatrix::identity();
        transition[(0, 2)] = seconds;
        transition[(1, 3)] = seconds;
        transition
    }

    fn process_noise(&self, _state: &Vector4<f64>, seconds: f64) -> Matrix4<f64> {
        let (p, c, v) = self.noise(seconds);
        #[rustfmt::skip]
        let noise = Matrix4::new(
            p,   0.0, c,   0.0,
            0.0, p,   0.0, c,
            c,   0.0, v,   0.0,
            0.0, c,   0.0, v,
        );
        noise
    }
}

#[cfg(test)]
mod tests {
    use super::super::jacobian_error;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn two_short_steps_are_one_long_step(state in prop::array::uniform4(-20.0..20.0f64), t in 0.01..1.0f64) {
            let model = ConstantVelocity { acceleration_density: 2.0 };
            let state = Vector4::from(state);
            let half = model.predicted(&state, t / 2.0);
            prop_assert!((model.predicted(&half, t / 2.0) - model.predicted(&state, t)).amax() < 1e-9);
            let f: Matrix4<f64> = model.jacobian(&state, t / 2.0);
            let q = model.process_noise(&state, t / 2.0);
            let twice = f * q * f.transpose() + q;
            prop_assert!((twice - model.process_noise(&state, t)).amax() < 1e-9);
            prop_assert!(jacobian_error(&model, &state, t) < 1e-6);
            prop_assert!(jacobian_error::<2>(&model, &state.xy(), t) < 1e-6);
        }
    }
}
