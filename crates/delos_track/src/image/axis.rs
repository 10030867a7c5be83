//! One number of a box and how fast it changes.

/// A Kalman filter of a value and its rate, constant up to white acceleration.
///
/// The same as `delos_filter::Gaussian<2>` with `ConstantVelocity`, written out: a box needs
/// four of them, and a frame has hundreds of boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) value: f64,
    pub(crate) rate: f64,
    /// Variance of the value.
    pub(crate) variance: f64,
    covariance: f64,
    rate_variance: f64,
}

impl Axis {
    /// A value and a rate, each known up to a deviation.
    pub(crate) const fn new(value: f64, deviation: f64, rate: f64, rate_deviation: f64) -> Self {
        Self {
            value,
            rate,
            variance: deviation * deviation,
            covariance: 0.0,
            rate_variance: rate_deviation * rate_deviation,
        }
    }

    /// Moves `seconds` ahead. Discretised white acceleration of spectral density `density`
    /// (Bar-Shalom, Li, Kirubarajan 2001, eq. 6.2.2-4).
    pub(crate) fn predict(&mut self, seconds: f64, density: f64) {
        let noise = density * seconds;
        self.value += self.rate * seconds;
        self.variance += seconds
            * (2.0 * self.covariance + seconds * self.rate_variance + noise * seconds / 3.0);
        self.covariance += seconds * (self.rate_variance + noise / 2.0);
        self.rate_variance += noise;
    }

    /// Takes a measured value in, in the form of Joseph (as `Gaussian::correct`).
    pub(crate) fn correct(&mut self, measured: f64, noise_variance: f64) {
        let total = self.variance + noise_variance;
        let (gain, rate_gain) = (self.variance / total, self.covariance / total);
        let residual = measured - self.value;
        let keep = 1.0 - gain;
        self.value += gain * residual;
        self.rate += rate_gain * residual;
        self.rate_variance += rate_gain * (rate_gain * total - 2.0 * self.covariance);
        self.covariance = keep * (self.covariance - rate_gain * self.variance)
            + gain * rate_gain * noise_variance;
        self.variance = keep * keep * self.variance + gain * gain * noise_variance;
    }

    /// Stretches the scale on which the value lies, about the value.
    pub(crate) fn stretch(&mut self, factor: f64) {
        let square = factor * factor;
        self.rate *= factor;
        self.variance *= square;
        self.covariance *= square;
        self.rate_variance *= square;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_filter::{ConstantVelocity, Gaussian, LinearMeasurement};
    use nalgebra::{Matrix1, Vector1, Vector2};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_filter_of_two_states(
            steps in prop::collection::vec((0.01..0.5f64, -50.0..50.0f64), 1..20),
            density in 0.01..100.0f64,
            noise in 0.1..20.0f64,
        ) {
            let mut axis = Axis::new(1.0, 2.0, 0.5, 3.0);
            let mut general =
                Gaussian::<2>::from_deviations(Vector2::new(1.0, 0.5), Vector2::new(2.0, 3.0))
                    .expect("positive");
            let model = ConstantVelocity { acceleration_density: density };
            let sensor = LinearMeasurement::<2, 1>::selecting([0]);
            for (seconds, measured) in steps {
                axis.predict(seconds, density);
                axis.correct(measured, noise);
                general.predict(&model, seconds);
                general
                    .update(&sensor, &Vector1::new(measured), &Matrix1::new(noise))
                    .expect("finite");
                prop_assert!((axis.value - general.mean[0]).abs() < 1e-8);
                prop_assert!((axis.rate - general.mean[1]).abs() < 1e-8);
                let ours = [axis.variance, axis.covariance, axis.rate_variance];
                let theirs = [(0, 0), (0, 1), (1, 1)].map(|at| general.covariance[at]);
                for (a, b) in ours.into_iter().zip(theirs) {
                    prop_assert!((a - b).abs() < 1e-8 * (1.0 + b.abs()));
                }
                let determinant = axis.variance * axis.rate_variance - axis.covariance.powi(2);
                prop_assert!(axis.variance > 0.0 && determinant > 0.0);
            }
        }
    }
}
