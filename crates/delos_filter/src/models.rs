//! How states move.

mod constant_velocity;
mod ctrv;

pub use constant_velocity::ConstantVelocity;
pub use ctrv::{Ctrv, SlipCtrv};
use nalgebra::{SMatrix, SVector};

/// A law of motion for a state of `N` numbers.
pub trait MotionModel<const N: usize> {
    /// The state `seconds` later, `f(x)`.
    fn predicted(&self, state: &SVector<f64, N>, seconds: f64) -> SVector<f64, N>;

    /// Derivative of `f` at the state, `[N, N]`.
    fn jacobian(&self, state: &SVector<f64, N>, seconds: f64) -> SMatrix<f64, N, N>;

    /// Covariance of what the law leaves out, `[N, N]`, positive semi-definite.
    fn process_noise(&self, state: &SVector<f64, N>, seconds: f64) -> SMatrix<f64, N, N>;
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
