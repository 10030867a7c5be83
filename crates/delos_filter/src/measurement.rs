//! What a sensor would say of a state.

use crate::angle::difference;
use nalgebra::{SMatrix, SVector};

/// A measurement of `M` numbers of a state of `N` numbers, `z = h(x) + noise`.
pub trait MeasurementModel<const N: usize, const M: usize> {
    /// What would be measured without noise, `h(x)`.
    fn expected(&self, state: &SVector<f64, N>) -> SVector<f64, M>;

    /// Derivative of `h` at the state, `[M, N]`.
    fn jacobian(&self, state: &SVector<f64, N>) -> SMatrix<f64, M, N>;

    /// What was measured minus what was expected. Models with angles wrap them here.
    fn residual(&self, measured: &SVector<f64, M>, expected: &SVector<f64, M>) -> SVector<f64, M> {
        measured - expected
    }
}

/// A measurement that is a matrix times the state.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearMeasurement<const N: usize, const M: usize> {
    /// The matrix `H`, `[M, N]`.
    pub matrix: SMatrix<f64, M, N>,
    /// Which measured numbers are angles in radians, compared modulo 2π.
    pub angles: [bool; M],
}

impl<const N: usize, const M: usize> LinearMeasurement<N, M> {
    /// Measures the state's entries with these indices; an index outside the state
    /// measures nothing (its row is zero).
    pub fn selecting(indices: [usize; M]) -> Self {
        let matrix = SMatrix::from_fn(|row, column| f64::from(u8::from(indices[row] == column)));
        Self { matrix, angles: [false; M] }
    }

    /// Declares measured numbers to be angles.
    #[must_use]
    pub fn with_angles(mut self, angles: [bool; M]) -> Self {
        self.angles = angles;
        self
    }
}

impl<const N: usize, const M: usize> MeasurementModel<N, M> for LinearMeasurement<N, M> {
    fn expected(&self, state: &SVector<f64, N>) -> SVector<f64, M> {
        self.matrix * state
    }

    fn jacobian(&self, _state: &SVector<f64, N>) -> SMatrix<f64, M, N> {
        self.matrix
    }

    fn residual(&self, measured: &SVector<f64, M>, expected: &SVector<f64, M>) -> SVector<f64, M> {
        difference(measured, expected, &self.angles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn angles_differ_by_the_short_way_round() {
        let model = LinearMeasurement::<3, 2>::selecting([0, 2]).with_angles([false, true]);
        let state = SVector::from([5.0, 9.0, 3.1]);
        let expected = model.expected(&state);
        assert_eq!(expected, SVector::from([5.0, 3.1]));
        let residual = model.residual(&SVector::from([9.0, -3.1]), &expected);
        assert!((residual[0] - 4.0).abs() < 1e-12);
        assert!((residual[1] - (2.0 * PI - 6.2)).abs() < 1e-12);
        assert_eq!(model.jacobian(&state)[(1, 2)].to_bits(), 1.0f64.to_bits());
    }
}
