//! How states move.

mod arc;
mod constant_acceleration;
mod constant_velocity;
mod ctra;
mod ctrv;
mod white_noise;
mod widened;

pub use constant_acceleration::ConstantAcceleration;
pub use constant_velocity::ConstantVelocity;
pub use ctra::{Ctra, SlipCtra};
pub use ctrv::{Ctrv, SlipCtrv};
use nalgebra::{SMatrix, SVector};
pub use widened::Widened;

/// A law of motion for a state of `N` numbers.
pub trait MotionModel<const N: usize> {
    /// The state `seconds` later, `f(x)`.
    fn predicted(&self, state: &SVector<f64, N>, seconds: f64) -> SVector<f64, N>;

    /// Derivative of `f` at the state, `[N, N]`.
    fn jacobian(&self, state: &SVector<f64, N>, seconds: f64) -> SMatrix<f64, N, N>;

    /// Covariance of what the law leaves out, `[N, N]`, positive semi-definite for
    /// `seconds >= 0`.
    fn process_noise(&self, state: &SVector<f64, N>, seconds: f64) -> SMatrix<f64, N, N>;

    /// Which entries of the state are angles in radians: their differences are taken
    /// modulo 2π where states are compared, averaged or mixed.
    fn angles(&self) -> [bool; N] {
        [false; N]
    }
}

#[cfg(test)]
/// Largest difference between a model's Jacobian and central differences.
fn jacobian_error<const N: usize>(
    model: &impl MotionModel<N>,
    state: &SVector<f64, N>,
    seconds: f64,
) -> f64 {
    const STEP: f64 = 1e-5;
    let jacobian = model.jacobian(state, seconds);
    let mut worst = 0.0f64;
    for column in 0..N {
        let (mut more, mut less) = (*state, *state);
        more[column] += STEP;
        less[column] -= STEP;
        let slope =
            (model.predicted(&more, seconds) - model.predicted(&less, seconds)) / (2.0 * STEP);
        worst = worst.max((slope - jacobian.column(column)).amax());
    }
    worst
}

#[cfg(test)]
/// Process noise of two steps of half the time.
fn noise_of_halves<const N: usize>(
    model: &impl MotionModel<N>,
    state: &SVector<f64, N>,
    seconds: f64,
) -> SMatrix<f64, N, N> {
    let half = model.predicted(state, seconds / 2.0);
    let transition = model.jacobian(&half, seconds / 2.0);
    let noise = |state| model.process_noise(state, seconds / 2.0);
    transition * noise(state) * transition.transpose() + noise(&half)
}
