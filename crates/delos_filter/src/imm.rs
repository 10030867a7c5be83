//! Interacting multiple models: one target, several laws of motion.

mod switching;

use crate::angle::difference;
use crate::covariance::symmetric;
use crate::{FilterError, Gaussian, Innovation, MeasurementModel, MotionModel};
use nalgebra::{SMatrix, SVector};
use std::array::from_fn;
pub use switching::ModeSwitching;

/// A mixture of `K` Gaussians, each moved by a law of its own, with the probability that it
/// is the law in force (Blom and Bar-Shalom 1988; Bar-Shalom, Li, Kirubarajan 2001, section
/// 11.6.6). All laws share one state of `N` numbers; shorter ones are
/// [widened](crate::Widened). Holds arrays only: nothing is allocated.
///
/// ```
/// use delos_filter::{Ctrv, Imm, LinearMeasurement, ModeSwitching, MotionModel, Gaussian};
/// use nalgebra::{SMatrix, SVector};
///
/// let calm = Ctrv { acceleration: 0.5, yaw_acceleration: 0.02 };
/// let agile = Ctrv { acceleration: 3.0, yaw_acceleration: 1.0 };
/// let models: [&dyn MotionModel<5>; 2] = [&calm, &agile];
/// // A calm phase lasts 10 s, a manoeuvre 2 s.
/// let switching = ModeSwitching::lasting([10.0, 2.0])?;
/// let start = Gaussian::from_deviations(SVector::zeros(), SVector::repeat(1.0))?;
/// let mut target = Imm::new(&start, [0.8, 0.2], &models)?;
///
/// target.predict(&models, &switching, 0.1);
/// let sensor = LinearMeasurement::<5, 2>::selecting([0, 1]);
/// target.update(&sensor, &SVector::from([0.1, 0.0]), &(SMatrix::identity() * 0.04))?;
/// assert!((target.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// assert!(target.combined().mean[0] > 0.0);
/// # Ok::<(), delos_filter::FilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Imm<const N: usize, const K: usize> {
    states: [Gaussian<N>; K],
    probabilities: [f64; K],
    angles: [bool; N],
}

/// How a measurement departs from what each law lets expect.
#[derive(Clone, Debug, PartialEq)]
pub struct ImmInnovation<const N: usize, const M: usize, const K: usize> {
    /// Those of the laws, in their order.
    pub modes: [Innovation<N, M>; K],
    /// Probabilities of the laws, knowing the measurement.
    pub probabilities: [f64; K],
    /// Logarithm of the density of the measurement under the mixture, `ln Σ μ_j Λ_j`.
    pub log_likelihood: f64,
}

impl<const N: usize, const K: usize> Imm<N, K> {
    /// All laws begin with the same state. `probabilities` need not sum to 1. The angles of
    /// the state are those that any law names.
    ///
    /// # Errors
    /// [`FilterError::Modes`] unless all probabilities are finite, none is negative and one is
    /// above 0.
    pub fn new(
        start: &Gaussian<N>,
        probabilities: [f64; K],
        models: &[&dyn MotionModel<N>; K],
    ) -> Result<Self, FilterError> {
        let sum: f64 = probabilities.iter().sum();
        // Also false for NaN.
        let is_valid = probabilities.iter().all(|p| *p >= 0.0) && sum > 0.0 && sum.is_finite();
        if !is_valid {
            return Err(FilterError::Modes { sum });
        }
        Ok(Self {
            states: from_fn(|_| start.clone()),
            probabilities: probabilities.map(|p| p / sum),
            angles: from_fn(|entry| models.iter().any(|model| model.angles()[entry])),
        })
    }

    /// Moves the mixture `seconds` ahead: the Gaussians are mixed by the probability of each
    /// change, then each is moved by its law. `models` are in the order of the construction.
    ///
    /// # Panics
    /// In debug builds as [`Gaussian::predict`].
    pub fn predict(
        &mut self,
        models: &[&dyn MotionModel<N>; K],
        switching: &ModeSwitching<K>,
        seconds: f64,
    ) {
        self.mix(&switching.within(seconds));
        for (state, model) in self.states.iter_mut().zip(models) {
            state.predict(*model, seconds);
        }
    }

    /// Compares a measurement with each law's state. Of several candidates for a target the
    /// one with the largest likelihood fits best; for a gate that is cheaper, ask
    /// [`Imm::combined`].
    ///
    /// # Errors
    /// As [`Gaussian::innovation`], for the first law that fails.
    pub fn innovation<const M: usize>(
        &self,
        model: &(impl MeasurementModel<N, M> + ?Sized),
        measured: &SVector<f64, M>,
        noise: &SMatrix<f64, M, M>,
    ) -> Result<ImmInnovation<N, M, K>, FilterError> {
        let mut modes = from_fn(|_| Innovation::empty());
        for (mode, state) in modes.iter_mut().zip(&self.states) {
            *mode = state.innovation(model, measured, noise)?;
        }
        let (probabilities, log_likelihood) = self.weighed(&modes);
        Ok(ImmInnovation { modes, probabilities, log_likelihood })
    }

    /// Probability of each law by Bayes, and the logarithm of the sum that divides them. It is
    /// reckoned with logarithms, so that no likelihood is too small for a number; where all
    /// are, the probabilities stay.
    fn weighed<const M: usize>(&self, modes: &[Innovation<N, M>; K]) -> ([f64; K], f64) {
        let logs: [f64; K] =
            from_fn(|mode| self.probabilities[mode].ln() + modes[mode].log_likelihood());
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !largest.is_finite() {
            return (self.probabilities, largest);
        }
        let shares = logs.map(|log| (log - largest).exp());
        let sum: f64 = shares.iter().sum();
        (shares.map(|share| share / sum), largest + sum.ln())
    }

    /// Takes a measurement in: each law's state is corrected, and laws that expected it gain
    /// probability. The innovation must come from this mixture as it is now.
    pub fn correct<const M: usize>(&mut self, innovation: &ImmInnovation<N, M, K>) {
        for (state, mode) in self.states.iter_mut().zip(&innovation.modes) {
            state.correct(mode);
        }
        self.probabilities = innovation.probabilities;
    }

    /// Compares and takes in.
    ///
    /// # Errors
    /// As [`Imm::innovation`]; the mixture is left as it was.
    pub fn update<const M: usize>(
        &mut self,
        model: &(impl MeasurementModel<N, M> + ?Sized),
        measured: &SVector<f64, M>,
        noise: &SMatrix<f64, M, M>,
    ) -> Result<ImmInnovation<N, M, K>, FilterError> {
        let innovation = self.innovation(model, measured, noise)?;
        self.correct(&innovation);
        Ok(innovation)
    }

    /// Mean and covariance of the whole mixture. Angles are averaged around those of the most
    /// probable law.
    pub fn combined(&self) -> Gaussian<N> {
        let best = (0..K).max_by(|a, b| {
            self.probabilities[*a].total_cmp(&self.probabilities[*b]).then(b.cmp(a))
        });
        self.merged(&self.probabilities, best.unwrap_or(0))
    }

    /// Probability of each law.
    pub fn probabilities(&self) -> &[f64; K] {
        &self.probabilities
    }

    /// The state under each law.
    pub fn states(&self) -> &[Gaussian<N>; K] {
        &self.states
    }

    /// Changes the state under each law in the same way, as when a heading is turned around.
    pub fn change_states(&mut self, change: impl FnMut(&mut Gaussian<N>)) {
        self.states.iter_mut().for_each(change);
    }

    /// Lets each law begin with what it takes over from the others: law `j` from law `i` in
    /// the share `p_ij μ_i / Σ p_ij μ_i`.
    fn mix(&mut self, change: &SMatrix<f64, K, K>) {
        let arriving =
            |to| -> [f64; K] { from_fn(|from| change[(from, to)] * self.probabilities[from]) };
        let sums: [f64; K] = from_fn(|to| arriving(to).iter().sum());
        self.states = from_fn(|to| match sums[to] {
            // A law that nobody can come to keeps what it has.
            sum if sum > 0.0 => self.merged(&arriving(to).map(|share| share / sum), to),
            _ => self.states[to].clone(),
        });
        let all: f64 = sums.iter().sum();
        self.probabilities = sums.map(|sum| sum / all);
    }

    /// The Gaussian with the moments of the mixture with these weights; differences are taken
    /// to the state of one law, so that angles are averaged on their circle.
    fn merged(&self, weights: &[f64; K], origin: usize) -> Gaussian<N> {
        let Some(origin) = self.states.get(origin).map(|state| state.mean) else {
            // A mixture of nothing.
            return Gaussian { mean: SVector::zeros(), covariance: SMatrix::identity() };
        };
        let from_origin = |state: &Gaussian<N>| difference(&state.mean, &origin, &self.angles);
        let parts = || self.states.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
        let shift: SVector<f64, N> = parts().map(|(state, w)| from_origin(state) * *w).sum();
        let covariance: SMatrix<f64, N, N> = parts()
            .map(|(state, weight)| {
                let apart = from_origin(state) - shift;
                (state.covariance + apart * apart.transpose()) * *weight
            })
            .sum();
        Gaussian { mean: origin + shift, covariance: symmetric(&covariance) }
    }
}

#[cfg(test)]
mod tests;
