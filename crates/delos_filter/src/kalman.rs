//! The Kalman filter: prediction and correction of a Gaussian.

use crate::{FilterError, MeasurementModel, MotionModel};
use nalgebra::{Cholesky, SMatrix, SVector};

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
    jacobian: SMatrix<f64, M, N>,
    noise: SMatrix<f64, M, M>,
    gain: SMatrix<f64, N, M>,
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
    pub fn predict(&mut self, model: &impl MotionModel<N>, seconds: f64) {
        let transition = model.jacobian(&self.mean, seconds);
        let noise = model.process_noise(&self.mean, seconds);
        self.mean = model.predicted(&self.mean, seconds);
        self.covariance =
            symmetric(&(transition * self.covariance * transition.transpose() + noise));
    }

    /// Compares a measurement with the state. Linear and extended filters differ only
    /// in the model: its Jacobian is taken at the mean.
    ///
    /// # Errors
    /// [`FilterError::NotFinite`] for a measurement that is not finite,
    /// [`FilterError::NotPositiveDefinite`] when `S` has no Cholesky factor.
    pub fn innovation<const M: usize>(
        &self,
        model: &impl MeasurementModel<N, M>,
        measured: &SVector<f64, M>,
        noise: &SMatrix<f64, M, M>,
    ) -> Result<Innovation<N, M>, FilterError> {
        let residual = model.residual(measured, &model.expected(&self.mean));
        if !residual.iter().all(|v| v.is_finite()) {
            return Err(FilterError::NotFinite { what: "residual of the measurement" });
        }
        let jacobian = model.jacobian(&self.mean);
        let cross = self.covariance * jacobian.transpose();
        let covariance = symmetric(&(jacobian * cross + noise));
        let factor = factor(&covariance, "covariance of the innovation")?;
        Ok(Innovation {
            residual,
            covariance,
            mahalanobis_squared: residual.dot(&factor.solve(&residual)),
            jacobian,
            noise: *noise,
            // K = P Hᵀ S⁻¹, as the solution of S Kᵀ = H P.
            gain: factor.solve(&cross.transpose()).transpose(),
        })
    }

    /// Takes a measurement in: `x ← x + K y`, and for the covariance the form of Joseph
    /// `P ← (I - K H) P (I - K H)ᵀ + K R Kᵀ`, which stays symmetric and positive
    /// whatever the rounding of `K` (Bar-Shalom, Li, Kirubarajan 2001, eq. 5.2.3-18).
    ///
    /// The innovation must come from this state as it is now. Angles of the state are
    /// not wrapped.
    pub fn correct<const M: usize>(&mut self, innovation: &Innovation<N, M>) {
        let keep = SMatrix::<f64, N, N>::identity() - innovation.gain * innovation.jacobian;
        self.mean += innovation.gain * innovation.residual;
        self.covariance = symmetric(
            &(keep * self.covariance * keep.transpose()
                + innovation.gain * innovation.noise * innovation.gain.transpose()),
        );
    }

    /// Compares and takes in.
    ///
    /// # Errors
    /// As [`Gaussian::innovation`]; the state is left as it was.
    pub fn update<const M: usize>(
        &mut self,
        model: &impl MeasurementModel<N, M>,
        measured: &SVector<f64, M>,
        noise: &SMatrix<f64, M, M>,
    ) -> Result<Innovation<N, M>, FilterError> {
        let innovation = self.innovation(model, measured, noise)?;
        self.correct(&innovation);
        Ok(innovation)
    }
}

fn symmetric<const N: usize>(m: &SMatrix<f64, N, N>) -> SMatrix<f64, N, N> {
    (m + m.transpose()) * 0.5
}

fn factor<const N: usize>(
    m: &SMatrix<f64, N, N>,
    what: &'static str,
) -> Result<Cholesky<f64, nalgebra::Const<N>>, FilterError> {
    // Cholesky alone lets NaN pass.
    if !m.iter().all(|v| v.is_finite()) {
        return Err(FilterError::NotFinite { what });
    }
    Cholesky::new(*m).ok_or(FilterError::NotPositiveDefinite { what, size: N })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConstantVelocity, LinearMeasurement, SlipCtrv};
    use nalgebra::{Matrix1, Vector1};
    use proptest::prelude::*;

    #[test]
    fn one_number_is_the_weighted_mean() {
        // Prior 1 with variance 4, measured 3 with variance 1: 2.6 with variance 0.8.
        let mut state =
            Gaussian::from_deviations(Vector1::new(1.0), Vector1::new(2.0)).expect("valid");
        let model = LinearMeasurement::<1, 1>::selecting([0]);
        let innovation =
            state.update(&model, &Vector1::new(3.0), &Matrix1::new(1.0)).expect("valid");
        assert!((state.mean[0] - 2.6).abs() < 1e-12);
        assert!((state.covariance[(0, 0)] - 0.8).abs() < 1e-12);
        assert!((innovation.mahalanobis_squared - 0.8).abs() < 1e-12);
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        assert!(Gaussian::new(Vector1::new(f64::NAN), Matrix1::new(1.0)).is_err());
        assert!(Gaussian::new(Vector1::new(0.0), Matrix1::new(-1.0)).is_err());
        assert!(Gaussian::new(Vector1::new(0.0), Matrix1::new(f64::NAN)).is_err());
        let mut state = Gaussian::new(Vector1::new(0.0), Matrix1::new(1.0)).expect("valid");
        let model = LinearMeasurement::<1, 1>::selecting([0]);
        let before = state.clone();
        assert!(state.update(&model, &Vector1::new(f64::NAN), &Matrix1::new(1.0)).is_err());
        assert!(state.update(&model, &Vector1::new(0.0), &Matrix1::new(-9.0)).is_err());
        assert_eq!(state, before);
    }

    #[test]
    fn an_angle_is_corrected_across_the_seam() {
        let mut state = Gaussian::new(Vector1::new(3.1), Matrix1::new(1.0)).expect("valid");
        let model = LinearMeasurement::<1, 1>::selecting([0]).with_angles([true]);
        state.update(&model, &Vector1::new(-3.1), &Matrix1::new(1.0)).expect("valid");
        assert!((state.mean[0] - std::f64::consts::PI).abs() < 1e-9, "{}", state.mean[0]);
    }

    proptest! {
        #[test]
        fn covariances_stay_symmetric_and_positive(
            steps in prop::collection::vec((prop::array::uniform3(-5.0..5.0f64), 0.01..0.5f64), 1..60),
            noise in 1e-4..2.0f64,
        ) {
            let mut state = Gaussian::<6>::from_deviations(SVector::zeros(), SVector::repeat(10.0)).expect("valid");
            let model = SlipCtrv { acceleration: 3.0, lateral_acceleration: 1.0, yaw_acceleration: 0.5 };
            let sensor = LinearMeasurement::<6, 3>::selecting([0, 1, 2]).with_angles([false, false, true]);
            for (measured, seconds) in steps {
                state.predict(&model, seconds);
                state.update(&sensor, &SVector::from(measured), &(SMatrix::identity() * noise)).expect("valid");
                prop_assert_eq!(state.covariance, state.covariance.transpose());
                prop_assert!(state.covariance.cholesky().is_some());
            }
        }

        #[test]
        fn a_steady_target_is_found(speed in -20.0..20.0f64, start in -50.0..50.0f64) {
            let mut state = Gaussian::<4>::from_deviations(SVector::zeros(), SVector::repeat(50.0)).expect("valid");
            let model = ConstantVelocity { acceleration_density: 0.01 };
            let sensor = LinearMeasurement::<4, 2>::selecting([0, 1]);
            for step in 0..40 {
                state.predict(&model, 0.1);
                let x = start + speed * 0.1 * f64::from(step);
                state.update(&sensor, &SVector::from([x, -x]), &(SMatrix::identity() * 1e-4)).expect("valid");
            }
            prop_assert!((state.mean[2] - speed).abs() < 0.01);
            prop_assert!((state.mean[3] + speed).abs() < 0.01);
        }
    }
}
