//! Fixed-interval smoothing: what the states were, knowing all measurements.

use crate::angle::difference;
use crate::covariance::{debug_check, factor, symmetric};
use crate::{FilterError, Gaussian, MotionModel, Unscented};
use nalgebra::SMatrix;

/// One step of a filter as [`smooth`] needs it.
///
/// ```
/// use delos_filter::{ConstantVelocity, Gaussian, LinearMeasurement, SmootherStep, smooth};
/// use nalgebra::{Matrix1, Vector1, Vector2};
///
/// let model = ConstantVelocity { acceleration_density: 0.1 };
/// let sensor = LinearMeasurement::<2, 1>::selecting([0]);
/// let start = Gaussian::from_deviations(Vector2::zeros(), Vector2::repeat(5.0))?;
/// let mut steps = vec![SmootherStep::first(start)];
/// for second in 1..=10 {
///     let last = &steps[steps.len() - 1].filtered;
///     let mut step = SmootherStep::after(last, &model, 1.0);
///     let measured = Vector1::new(2.0 * f64::from(second));
///     step.filtered.update(&sensor, &measured, &Matrix1::new(0.1))?;
///     steps.push(step);
/// }
/// let mut smoothed = Vec::new();
/// smooth(&steps, [false; 2], &mut smoothed)?;
/// // How fast it was at first is known from what came later.
/// assert!(steps[0].filtered.mean[1] == 0.0);
/// assert!((smoothed[0].mean[1] - 2.0).abs() < 0.2);
/// # Ok::<(), delos_filter::FilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SmootherStep<const N: usize> {
    /// With the measurements up to this step.
    pub filtered: Gaussian<N>,
    /// What the step before let expect, without this step's measurements.
    pub predicted: Gaussian<N>,
    /// Derivative of the motion from the step before to this one, `F`, `[N, N]`.
    pub transition: SMatrix<f64, N, N>,
}

impl<const N: usize> SmootherStep<N> {
    /// The first step, with what is known there.
    pub fn first(filtered: Gaussian<N>) -> Self {
        Self { predicted: filtered.clone(), filtered, transition: SMatrix::identity() }
    }

    /// The step `seconds` after one whose filtered state was `last`, its own measurements yet
    /// to be taken into `filtered`.
    pub fn after(last: &Gaussian<N>, model: &(impl MotionModel<N> + ?Sized), seconds: f64) -> Self {
        let mut filtered = last.clone();
        filtered.predict(model, seconds);
        let transition = model.jacobian(&last.mean, seconds);
        Self { predicted: filtered.clone(), filtered, transition }
    }

    /// The same by sigma points: the transition is the matrix that explains the covariance of
    /// both states (Särkkä 2013, section 9.3).
    ///
    /// # Errors
    /// As [`Gaussian::predict_unscented`].
    pub fn after_unscented(
        last: &Gaussian<N>,
        model: &(impl MotionModel<N> + ?Sized),
        rule: &Unscented,
        seconds: f64,
    ) -> Result<Self, FilterError> {
        let prediction = last.predicted_unscented(model, rule, seconds)?;
        Ok(Self {
            filtered: prediction.state.clone(),
            predicted: prediction.state,
            transition: prediction.transition,
        })
    }

    /// The state before this step, knowing the state after it: `G = P Fᵀ P'⁻¹`,
    /// `x ← x + G (x'ₛ - x')`, and for the covariance `P + G (P'ₛ - P') Gᵀ` in a form that
    /// stays positive, with `Q = P' - F P Fᵀ`:
    /// `(I - G F) P (I - G F)ᵀ + G (Q + P'ₛ) Gᵀ`.
    fn smoothed_before(
        &self,
        before: &Gaussian<N>,
        smoothed: &Gaussian<N>,
        angles: &[bool; N],
    ) -> Result<Gaussian<N>, FilterError> {
        let ahead = self.transition * before.covariance;
        let factor = factor(&self.predicted.covariance, "covariance of the prediction")?;
        let gain = factor.solve(&ahead).transpose();
        let noise = self.predicted.covariance - ahead * self.transition.transpose();
        let keep = SMatrix::<f64, N, N>::identity() - gain * self.transition;
        let covariance = symmetric(
            &(keep * before.covariance * keep.transpose()
                + gain * (noise + smoothed.covariance) * gain.transpose()),
        );
        debug_check(&covariance, "after smoothing");
        let surprise = difference(&smoothed.mean, &self.predicted.mean, angles);
        Ok(Gaussian { mean: before.mean + gain * surprise, covariance })
    }
}

/// The states of all steps, each knowing the measurements of all (Rauch, Tung, Striebel 1965;
/// Särkkä 2013, theorem 8.2), into `smoothed`, whose memory is used again. The last is what the
/// filter said.
///
/// `angles` are the entries of the state that are compared modulo 2π
/// ([`MotionModel::angles`]); smoothed angles are not wrapped. Given the steps of a moving
/// window it is a smoother of fixed lag: the first state of the result is that of the lag.
/// Between `filtered` of one step and `predicted` of the next the state may not be changed in
/// any other way; who turns a state around (a heading by half a turn) does so for all steps
/// before as well.
///
/// # Errors
/// [`FilterError::NotFinite`] and [`FilterError::NotPositiveDefinite`] when a predicted
/// covariance is none; `smoothed` is then empty.
pub fn smooth<const N: usize>(
    steps: &[SmootherStep<N>],
    angles: [bool; N],
    smoothed: &mut Vec<Gaussian<N>>,
) -> Result<(), FilterError> {
    smoothed.clear();
    smoothed.extend(steps.last().map(|step| step.filtered.clone()));
    // From the last to the first; turned around at the end.
    for (before, step) in steps.iter().zip(steps.iter().skip(1)).rev() {
        let Some(after) = smoothed.last() else { break };
        match step.smoothed_before(&before.filtered, after, &angles) {
            Ok(state) => smoothed.push(state),
            Err(error) => {
                smoothed.clear();
                return Err(error);
            }
        }
    }
    smoothed.reverse();
    Ok(())
}

#[cfg(test)]
mod tests;
