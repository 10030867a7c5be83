//! How a target changes its way of moving.

use crate::FilterError;
use nalgebra::SMatrix;

/// Changes between `K` modes as a Markov chain in continuous time, so that steps of any length
/// fit together: two short ones are one long one.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeSwitching<const K: usize> {
    /// Changes per second from the row's mode to the column's; rows sum to 0.
    rates: SMatrix<f64, K, K>,
}

impl<const K: usize> ModeSwitching<K> {
    /// From the rates `rates[(from, to)]` of changes per second, `[K, K]`; the diagonal is not
    /// read.
    ///
    /// # Errors
    /// [`FilterError::Rate`] for a rate that is negative or not finite.
    pub fn new(mut rates: SMatrix<f64, K, K>) -> Result<Self, FilterError> {
        for from in 0..K {
            rates[(from, from)] = 0.0;
            let row = rates.row(from);
            if let Some(rate) = row.iter().find(|rate| !(**rate >= 0.0 && rate.is_finite())) {
                return Err(FilterError::Rate { rate: *rate });
            }
            rates[(from, from)] = -row.sum();
        }
        Ok(Self { rates })
    }

    /// From the mean time that each mode lasts, seconds; then each of the others follows as
    /// often. An infinite time is a mode that never ends.
    ///
    /// # Errors
    /// [`FilterError::Rate`] unless all times are above 0.
    pub fn lasting(seconds: [f64; K]) -> Result<Self, FilterError> {
        let others = K.saturating_sub(1).max(1) as f64;
        Self::new(SMatrix::from_fn(|from, _| 1.0 / (seconds[from] * others)))
    }

    /// Probability of each change within `seconds`, rows from and columns to, `exp(G t)`. No
    /// change when no time passes or time is negative.
    ///
    /// By uniformisation (Jensen 1953): with `Λ` the largest rate, a Poisson number of changes
    /// by `I + G / Λ`. All terms are positive, so that nothing cancels; long times are halved
    /// until `Λ t <= 1` and the result squared as often.
    pub fn within(&self, seconds: f64) -> SMatrix<f64, K, K> {
        let fastest = self.rates.diagonal().amax();
        let expected = fastest * seconds;
        // Also for NaN.
        let changes = expected > 0.0;
        if !changes {
            return SMatrix::identity();
        }
        // After 2^40 changes every chain has forgotten where it began.
        let expected = expected.min(2f64.powi(40));
        let halvings = expected.log2().ceil().max(0.0) as i32;
        let jump = SMatrix::identity() + self.rates / fastest;
        let mut within = poisson_mixture(&jump, expected / 2f64.powi(halvings));
        for _ in 0..halvings {
            within = normalised(&(within * within));
        }
        within
    }
}

/// `Σ e^-m m^k / k! · jump^k` for `m <= 1`; 20 terms leave out less than 1e-19.
fn poisson_mixture<const K: usize>(jump: &SMatrix<f64, K, K>, mean: f64) -> SMatrix<f64, K, K> {
    let mut term = SMatrix::<f64, K, K>::identity() * (-mean).exp();
    let mut sum = term;
    for k in 1..=20 {
        term = term * jump * (mean / f64::from(k));
        sum += term;
    }
    normalised(&sum)
}

/// Rows made to sum to 1 again after rounding.
fn normalised<const K: usize>(m: &SMatrix<f64, K, K>) -> SMatrix<f64, K, K> {
    SMatrix::from_fn(|row, column| m[(row, column)] / m.row(row).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Matrix1, Matrix2, Matrix3};
    use proptest::prelude::*;

    #[test]
    fn two_modes_have_a_closed_form() {
        // Rates a, b: stays in the first with (b + a e^-(a + b) t) / (a + b).
        let (a, b) = (0.5f64, 2.0f64);
        let switching = ModeSwitching::new(Matrix2::new(0.0, a, b, 0.0)).unwrap();
        for t in [1e-9, 0.1, 1.0, 7.0, 1e6, f64::INFINITY] {
            let stays = (b + a * (-(a + b) * t).exp()) / (a + b);
            let found = switching.within(t);
            assert!((found[(0, 0)] - stays).abs() < 1e-12, "{t}: {found}");
            assert!((found[(0, 0)] + found[(0, 1)] - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn nothing_changes_without_time_or_rates() {
        let switching = ModeSwitching::lasting([2.0, 3.0]).unwrap();
        for t in [0.0, -1.0, f64::NAN] {
            assert_eq!(switching.within(t), Matrix2::identity());
        }
        let forever = ModeSwitching::lasting([f64::INFINITY, f64::INFINITY]).unwrap();
        assert_eq!(forever.within(1e9), Matrix2::identity());
        assert_eq!(ModeSwitching::lasting([1.0]).unwrap().within(1.0), Matrix1::identity());
        for seconds in [0.0, -1.0, f64::NAN] {
            assert!(ModeSwitching::lasting([1.0, seconds]).is_err());
        }
        assert!(ModeSwitching::new(Matrix2::new(0.0, -0.1, 0.1, 0.0)).is_err());
    }

    proptest! {
        #[test]
        fn two_short_times_are_one_long_time(
            rates in prop::array::uniform9(0.0..5.0f64), a in 0.0..9.0f64, b in 0.0..9.0f64,
        ) {
            let switching = ModeSwitching::new(Matrix3::from_row_slice(&rates)).unwrap();
            let whole = switching.within(a + b);
            prop_assert!((switching.within(a) * switching.within(b) - whole).amax() < 1e-12);
            prop_assert!(whole.iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)));
        }
    }
}
