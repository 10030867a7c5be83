//! The unscented filter: prediction and innovation by sigma points.

use crate::angle::difference;
use crate::covariance::{factor, symmetric};
use crate::{FilterError, Gaussian, Innovation, MeasurementModel, MotionModel};
use nalgebra::{Cholesky, Const, SMatrix, SVector};

/// How sigma points are spread and weighed (the scaled unscented transform: Wan and van der
/// Merwe 2000, eq. 15; Särkkä 2013, section 5.5).
///
/// `2 N + 1` points: the mean, and `mean ± sqrt(c)` times the columns of a Cholesky factor of
/// the covariance, `c = α² (N + κ)`. Each of the outer points weighs `1 / 2c`, the central one
/// `1 - N / c` in the mean and `1 - α² + β` more in the covariance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unscented {
    /// Spread of the points, above 0.
    pub alpha: f64,
    /// What is known of the distribution; 2 is right for a Gaussian.
    pub beta: f64,
    /// Second scaling, above `-N`.
    pub kappa: f64,
}

/// `α = 1`, `β = 2`, `κ = 0`: with these no weight is negative, so that covariances stay
/// positive definite whatever the models do. The mean of a quadratic function is exact, and so is
/// its variance where it is one of a single number.
impl Default for Unscented {
    fn default() -> Self {
        Self { alpha: 1.0, beta: 2.0, kappa: 0.0 }
    }
}

/// A predicted state and how it depends on the one before.
pub(crate) struct Prediction<const N: usize> {
    pub(crate) state: Gaussian<N>,
    /// The matrix `F` that explains the covariance of both: `cov(x, x') = P Fᵀ`.
    pub(crate) transition: SMatrix<f64, N, N>,
}

impl<const N: usize> Gaussian<N> {
    /// As [`Gaussian::predict`], by sigma points and without the Jacobian (Wan and van der
    /// Merwe 2000, section 3, with additive noise; Särkkä 2013, section 5.6). Angles of
    /// the state are averaged around the predicted mean. The process noise is that at the
    /// mean. With a linear model it equals [`Gaussian::predict`].
    ///
    /// # Errors
    /// [`FilterError::Spread`] for numbers of `rule` that give no points,
    /// [`FilterError::NotFinite`] and [`FilterError::NotPositiveDefinite`] when the covariance
    /// before or after is none, as negative central weights can make it. The state is left as
    /// it was.
    pub fn predict_unscented(
        &mut self,
        model: &(impl MotionModel<N> + ?Sized),
        rule: &Unscented,
        seconds: f64,
    ) -> Result<(), FilterError> {
        *self = self.predicted_unscented(model, rule, seconds)?.state;
        Ok(())
    }

    pub(crate) fn predicted_unscented(
        &self,
        model: &(impl MotionModel<N> + ?Sized),
        rule: &Unscented,
        seconds: f64,
    ) -> Result<Prediction<N>, FilterError> {
        let sigma = SigmaPoints::of(self, rule)?;
        let angles = model.angles();
        let moved = sigma.through(
            |state| model.predicted(state, seconds),
            |to, from| difference(to, from, &angles),
        );
        let noise = model.process_noise(&self.mean, seconds);
        Ok(Prediction {
            state: Gaussian::new(moved.mean, moved.covariance + noise)?,
            transition: sigma.factor.solve(&moved.cross).transpose(),
        })
    }

    /// As [`Gaussian::innovation`], by sigma points and without the Jacobian. Measurements are
    /// compared and averaged by the model's residual, so that angles wrap.
    ///
    /// It is handed to [`Gaussian::correct`] as any other: the measurement is replaced by the
    /// linear one that has the same covariance with the state (statistical linearisation,
    /// Särkkä 2013, section 5.3), and what that leaves unexplained is added to the noise.
    ///
    /// # Errors
    /// As [`Gaussian::innovation`], and [`FilterError::Spread`] for numbers of `rule` that give
    /// no points.
    pub fn innovation_unscented<const M: usize>(
        &self,
        model: &(impl MeasurementModel<N, M> + ?Sized),
        rule: &Unscented,
        measured: &SVector<f64, M>,
        noise: &SMatrix<f64, M, M>,
    ) -> Result<Innovation<N, M>, FilterError> {
        let sigma = SigmaPoints::of(self, rule)?;
        let expected = sigma.through(
            |state| model.expected(state),
            |measured, expected| model.residual(measured, expected),
        );
        let jacobian = sigma.factor.solve(&expected.cross).transpose();
        let unexplained = symmetric(&(expected.covariance - jacobian * expected.cross));
        let residual = model.residual(measured, &expected.mean);
        Innovation::new(residual, jacobian, &expected.cross, noise + unexplained)
    }

    /// Compares and takes in, by sigma points.
    ///
    /// # Errors
    /// As [`Gaussian::innovation_unscented`]; the state is left as it was.
    pub fn update_unscented<const M: usize>(
        &mut self,
        model: &(impl MeasurementModel<N, M> + ?Sized),
        rule: &Unscented,
        measured: &SVector<f64, M>,
        noise: &SMatrix<f64, M, M>,
    ) -> Result<Innovation<N, M>, FilterError> {
        let innovation = self.innovation_unscented(model, rule, measured, noise)?;
        self.correct(&innovation);
        Ok(innovation)
    }
}

/// The points of a Gaussian: its mean, and the mean plus and minus each offset.
struct SigmaPoints<const N: usize> {
    mean: SVector<f64, N>,
    factor: Cholesky<f64, Const<N>>,
    offsets: SMatrix<f64, N, N>,
    /// Weight of each outer point.
    outer: f64,
    /// Weight of the central point in the covariance.
    centre: f64,
}

/// What becomes of the points under a function of `M` values.
struct Spread<const N: usize, const M: usize> {
    mean: SVector<f64, M>,
    covariance: SMatrix<f64, M, M>,
    /// Covariance of what goes in with what comes out.
    cross: SMatrix<f64, N, M>,
}

impl<const N: usize> SigmaPoints<N> {
    fn of(state: &Gaussian<N>, rule: &Unscented) -> Result<Self, FilterError> {
        let size = N as f64;
        let c = rule.alpha * rule.alpha * (size + rule.kappa);
        let centre = 1.0 - size / c + 1.0 - rule.alpha * rule.alpha + rule.beta;
        // Also false for NaN.
        let is_spread = c > 0.0 && c.is_finite() && centre.is_finite();
        if !is_spread {
            let Unscented { alpha, beta, kappa } = *rule;
            return Err(FilterError::Spread { alpha, beta, kappa, size: N });
        }
        let factor = factor(&state.covariance, "covariance of the state")?;
        let offsets = factor.l() * c.sqrt();
        Ok(Self { mean: state.mean, factor, offsets, outer: 0.5 / c, centre })
    }

    /// Mean and covariances of a function's values. They are averaged as differences to the
    /// value at the mean: for angles less than half a turn from it that is their mean on the
    /// circle, and the central point needs no weight.
    fn through<const M: usize>(
        &self,
        function: impl Fn(&SVector<f64, N>) -> SVector<f64, M>,
        difference: impl Fn(&SVector<f64, M>, &SVector<f64, M>) -> SVector<f64, M>,
    ) -> Spread<N, M> {
        let centre = function(&self.mean);
        let pairs: [_; N] = std::array::from_fn(|i| {
            let offset = self.offsets.column(i);
            [function(&(self.mean + offset)), function(&(self.mean - offset))]
        });
        let from_centre = pairs.iter().flatten().map(|value| difference(value, &centre));
        let mean = centre + from_centre.sum::<SVector<f64, M>>() * self.outer;
        let own = difference(&centre, &mean);
        let mut covariance = own * own.transpose() * self.centre;
        let mut cross = SMatrix::zeros();
        for (offset, [plus, minus]) in self.offsets.column_iter().zip(&pairs) {
            let (plus, minus) = (difference(plus, &mean), difference(minus, &mean));
            covariance += (plus * plus.transpose() + minus * minus.transpose()) * self.outer;
            cross += offset * (plus - minus).transpose() * self.outer;
        }
        Spread { mean, covariance, cross }
    }
}

#[cfg(test)]
mod tests;
