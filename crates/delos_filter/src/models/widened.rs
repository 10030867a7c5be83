//! A model in a longer state.

use super::MotionModel;
use nalgebra::{SMatrix, SVector};

/// A law for the first `INNER` numbers of a state of `N`. It says that the rest, the
/// acceleration of a model that knows one, is zero but for a noise: so models of different
/// size stand side by side in one mixture ([`Imm`](crate::Imm)). [`ConstantVelocity`] fits
/// into the state of [`ConstantAcceleration`], [`Ctrv`] into that of [`Ctra`], [`SlipCtrv`]
/// into that of [`SlipCtra`].
///
/// [`ConstantVelocity`]: crate::ConstantVelocity
/// [`ConstantAcceleration`]: crate::ConstantAcceleration
/// [`Ctrv`]: crate::Ctrv
/// [`Ctra`]: crate::Ctra
/// [`SlipCtrv`]: crate::SlipCtrv
/// [`SlipCtra`]: crate::SlipCtra
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Widened<Model, const INNER: usize, const N: usize> {
    /// The law.
    pub model: Model,
    /// Standard deviation of each of the other numbers after a step; above 0, so that
    /// covariances stay positive definite.
    pub deviation: f64,
}

impl<Model, const INNER: usize, const N: usize> Widened<Model, INNER, N> {
    /// The state without the other numbers. `INNER` above `N` does not compile.
    fn inner(state: &SVector<f64, N>) -> SVector<f64, INNER> {
        const { assert!(INNER <= N, "a model is widened to a longer state") };
        SVector::from_fn(|row, _| state[row])
    }
}

impl<Model: MotionModel<INNER>, const INNER: usize, const N: usize> MotionModel<N>
    for Widened<Model, INNER, N>
{
    fn predicted(&self, state: &SVector<f64, N>, seconds: f64) -> SVector<f64, N> {
        let moved = self.model.predicted(&Self::inner(state), seconds);
        SVector::from_fn(|row, _| if row < INNER { moved[row] } else { 0.0 })
    }

    fn jacobian(&self, state: &SVector<f64, N>, seconds: f64) -> SMatrix<f64, N, N> {
        let inner = self.model.jacobian(&Self::inner(state), seconds);
        SMatrix::from_fn(
            |row, column| {
                if row < INNER && column < INNER { inner[(row, column)] } else { 0.0 }
            },
        )
    }

    fn process_noise(&self, state: &SVector<f64, N>, seconds: f64) -> SMatrix<f64, N, N> {
        let inner = self.model.process_noise(&Self::inner(state), seconds);
        SMatrix::from_fn(|row, column| match (row, column) {
            (row, column) if row < INNER && column < INNER => inner[(row, column)],
            (row, column) if row == column => self.deviation * self.deviation,
            _ => 0.0,
        })
    }

    fn angles(&self) -> [bool; N] {
        let inner = self.model.angles();
        std::array::from_fn(|row| row < INNER && inner[row])
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ConstantVelocity, SlipCtrv, jacobian_error};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rest_is_zero_up_to_its_noise() {
        let model = Widened::<_, 4, 6> {
            model: ConstantVelocity { acceleration_density: 1.0 },
            deviation: 0.5,
        };
        let moved = model.predicted(&SVector::from([1.0, 2.0, 3.0, 4.0, 9.0, 9.0]), 2.0);
        assert_eq!(moved, SVector::from([7.0, 10.0, 3.0, 4.0, 0.0, 0.0]));
        let noise = model.process_noise(&moved, 2.0);
        assert!((noise[(4, 4)] - 0.25).abs() < 1e-12 && (noise[(2, 2)] - 2.0).abs() < 1e-12);
        assert!(noise.cholesky().is_some());
        let turning =
            SlipCtrv { acceleration: 1.0, lateral_acceleration: 1.0, yaw_acceleration: 1.0 };
        let turning = Widened::<_, 6, 7> { model: turning, deviation: 0.1 };
        assert_eq!(turning.angles(), [false, false, true, false, false, false, false]);
    }

    proptest! {
        #[test]
        fn the_jacobian_equals_the_numerical_one(state in prop::array::uniform7(-3.0..3.0f64), t in 0.01..1.0f64) {
            let model = SlipCtrv { acceleration: 1.0, lateral_acceleration: 1.0, yaw_acceleration: 1.0 };
            let model = Widened::<_, 6, 7> { model, deviation: 0.1 };
            prop_assert!(jacobian_error(&model, &SVector::from(state), t) < 1e-6);
        }
    }
}
