//! The Kalman filter: prediction and correction of a Gaussian.

use crate::covariance::{debug_check, factor, symmetric};
use crate::{FilterError, MeasurementModel, MotionModel};
use nalgebra::{SMatrix, SVector};
use std::f64::consts::PI;

/// A state of `N` numbers that is known up to a covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian<const N: usize> {
    /// The most probable state.
    pub mean: SVector<f64, N>,
    /// Its covariance, symmetric and positive definite.
    pub covariance: SMatrix<f64, N, N>,
}

/// How a measurement departs from what the state lets expect, with all that a
/// correction needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Innovation<const N: usize, const M: usize> {
    /// Measured minus expected, `y`.
    pub residual: SVector<f64, M>,
    /// Its covariance, `S = H P Hᵀ + R`.
    pub covariance: SMatrix<f64, M, M>,
    /// `yᵀ S⁻¹ y`, chi-square distributed with `M` degrees of freedom.
    pub mahalanobis_squared: f64,
    /// `ln det S`.
    log_determinant: f64,
    jacobian: SMatrix<f64, M, N>,
    noise: SMatrix<f64, M, M>,
    gain: SMatrix<f64, N, M>,
}

impl<const N: usize, const M: usize> Innovation<N, M> {
    /// From the residual, the measurement's derivative `H` at the state, the covariance
    /// `P Hᵀ` of state and measurement, and the measurement's noise `R`.
    pub(crate) fn new(
        residual: SVector<f64, M>,
        jacobian: SMatrix<f64, M, N>,
        cross: &SMatrix<f64, N, M>,
        noise: SMatrix<f64, M, M>,
    ) -> Result<Self, FilterError> {
        if !residual.iter().all(|v| v.is_finite()) {
            return Err(FilterError::NotFinite { what: "residual of the measurement" });
        }
        let covariance = symmetric(&(jacobian * cross + noise));
        let factor = factor(&covariance, "covariance of the innovation")?;
        let diagonal = factor.l_dirty().diagonal();
        Ok(Self {
            residual,
            covariance,
            mahalanobis_squared: residual.dot(&factor.solve(&residual)),
            log_determinant: 2.0 * diagonal.iter().map(|v| v.ln()).sum::<f64>(),
            jacobian,
            noise,
            // K = P Hᵀ S⁻¹, as the solution of S Kᵀ = H P.
            gain: factor.solve(&cross.transpose()).transpose(),
        })
    }

    /// A place for one, to be written over.
    pub(crate) fn empty() -> Self {
        Self {
            residual: SVector::zeros(),
            covariance: SMatrix::zeros(),
            mahalanobis_squared: 0.0,
            log_determinant: 0.0,
            jacobian: SMatrix::zeros(),
            noise: SMatrix::zeros(),
            gain: SMatrix::zeros(),
        }
    }

    /// Logarithm of the density of the measurement given the state,
    /// `ln N(y; 0, S) = -(yᵀ S⁻¹ y + ln det S + M ln 2π) / 2` (Bar-Shalom, Li, Kirubarajan
    /// 2001, section 11.6.6): what mixtures weigh models with, and a cost of association that
    /// prefers the more certain of two tracks as near.
    pub fn log_likelihood(&self) -> f64 {
        let volume = self.log_determinant + M as f64 * (2.0 * PI).ln();
        -0.5 * (self.mahalanobis_squared + volume)
    }
}

impl<const N: usize> Gaussian<N> {
    /// Checks a mean and a covariance; the covariance is made exactly symmetric.
    ///
    /// # Errors
    /// [`FilterError::NotFinite`] and [`FilterError::NotPositiveDefinite`].
    pub fn new(mean: SVector<f64, N>, covariance: SMatrix<f64, N, N>) -> Result<Self, FilterError> {
        if !mean.iter().all(|v| v.is_finite()) {
            return Err(FilterError::NotFinite { what: "mean of the state" });
        }
        let covariance = symmetric(&covariance);
        factor(&covariance, "covariance of the state")?;
        Ok(Self { mean, covariance })
    }

    /// Independent entries with these standard deviations.
    ///
    /// # Errors
    /// As [`Gaussian::new`].
    pub fn from_deviations(
        mean: SVector<f64, N>,
        deviations: SVector<f64, N>,
    ) -> Result<Self, FilterError> {
        Self::new(mean, SMatrix::from_diagonal(&deviations.component_mul(&deviations)))
    }

    /// Moves the state `seconds` ahead: `x ← f(x)`, `P ← F P Fᵀ + Q`
    /// (Bar-Shalom, Li, Kirubarajan 2001, eq. 10.3.2-4).
    ///
    /// # Panics
    /// In debug builds, when the new covariance is finite and not symmetric positive definite:
    /// with a process noise that is none, as models have it for negative `seconds`. A state
    /// that leaves the range of numbers is the caller's to end ([`Gaussian::is_finite`]).
    pub fn predict(&mut self, model: &(impl MotionModel<N> + ?Sized), seconds: f64) {
        let transition = model.jacobian(&self.mean, seconds);
        let noise = model.process_noise(&self.mean, seconds);
        self.mean = model.predicted(&self.mean, seconds);
        self.covariance =
            symmetric(&(transition * self.covariance * transition.transpose() + noise));
        debug_check(&self.covariance, "after a prediction");
    }

    /// Whether all numbers are finite.
    pub fn is_finite(&self) -> bool {
        self.mean.iter().chain(self.covariance.iter()).all(|v| v.is_finite())
    }

    /// Compares a measurement with the state. Linear and extended filters differ only
    /// in the model: its Jacobian is taken at the mean.
    ///
    /// # Errors
    /// [`FilterError::NotFinite`] for a measurement that is not finite,
    /// [`FilterError::NotPositiveDefinite`] when `S` has no Cholesky factor.
    pub fn innovation<const M: usize>(
        &self,
        model: &(impl MeasurementModel<N, M> + ?Sized),
        measured: &SVector<f64, M>,
        noise: &SMatrix<f64, M, M>,
    ) -> Result<Innovation<N, M>, FilterError> {
        let residual = model.residual(measured, &model.expected(&self.mean));
        let jacobian = model.jacobian(&self.mean);
        let cross = self.covariance * jacobian.transpose();
        Innovation::new(residual, jacobian, &cross, *noise)
    }

    /// Takes a measurement in: `x ← x + K y`, and for the covariance the form of Joseph
    /// `P ← (I - K H) P (I - K H)ᵀ + K R Kᵀ`, which stays symmetric and positive
    /// whatever the rounding of `K` (Bar-Shalom, Li, Kirubarajan 2001, eq. 5.2.3-18).
    ///
    /// The innovation must come from this state as it is now. Angles of the state are
    /// not wrapped.
    ///
    /// # Panics
    /// In debug builds, when the new covariance is finite and not symmetric positive definite.
    pub fn correct<const M: usize>(&mut self, innovation: &Innovation<N, M>) {
        let keep = SMatrix::<f64, N, N>::identity() - innovation.gain * innovation.jacobian;
        self.mean += innovation.gain * innovation.residual;
        self.covariance = symmetric(
            &(keep * self.covariance * keep.transpose()
                + innovation.gain * innovation.noise * innovation.gain.transpose()),
        );
        debug_check(&self.covariance, "after a correction");
    }

    /// Compares and takes in.
    ///
    /// # Errors
    /// As [`Gaussian::innovation`]; the state is left as it was.
    pub fn update<const M: usize>(
        &mut self,
        model: &(impl MeasurementModel<N, M> + ?Sized),
        measured: &SVector<f64, M>,
        noise: &SMatrix<f64, M, M>,
    ) -> Result<Innovation<N, M>, FilterError> {
        let innovation = self.innovation(model, measured, noise)?;
        self.correct(&innovation);
        Ok(innovation)
    }
}

#[cfg(test)]
mod tests;
