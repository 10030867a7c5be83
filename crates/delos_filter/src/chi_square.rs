//! The chi-square distribution, for gates.

use crate::FilterError;
use std::f64::consts::PI;

/// Probability that a chi-square variable with `dof` degrees of freedom is at most `x`:
/// the regularised lower incomplete gamma function `P(dof / 2, x / 2)` by its series
/// (Abramowitz and Stegun 1964, 6.5.29). NaN counts as 0.
pub fn chi_square_cdf(x: f64, dof: u32) -> f64 {
    if dof == 0 || x > 2000.0 + 10.0 * f64::from(dof) {
        return 1.0;
    }
    if x <= 0.0 || x.is_nan() {
        return 0.0;
    }
    let (a, half) = (f64::from(dof) / 2.0, x / 2.0);
    let mut term = 1.0;
    let mut sum = 1.0;
    let mut n = 1.0;
    while term > sum * f64::EPSILON {
        term *= half / (a + n);
        sum += term;
        n += 1.0;
    }
    // x^a e^-x / Γ(a + 1), in logarithms so that nothing overflows.
    (sum.ln() + a * half.ln() - half - ln_gamma_half(dof + 2)).exp().min(1.0)
}

/// The value that a chi-square variable with `dof` degrees of freedom does not exceed
/// with this probability; squared Mahalanobis distances are gated with it.
///
/// # Errors
/// [`FilterError::Quantile`] unless `0 < probability < 1` and `dof > 0`.
pub fn chi_square_quantile(probability: f64, dof: u32) -> Result<f64, FilterError> {
    if !(probability > 0.0 && probability < 1.0) || dof == 0 {
        return Err(FilterError::Quantile { probability, dof });
    }
    let (mut low, mut high) = (0.0, f64::from(dof));
    while chi_square_cdf(high, dof) < probability {
        low = high;
        high *= 2.0;
    }
    // Halving ends when no number lies between the bounds.
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return Ok(high);
        }
        if chi_square_cdf(middle, dof) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// `ln Γ(n / 2)` for `n > 0`, exactly by `Γ(x + 1) = x Γ(x)` from `Γ(1/2) = √π`, `Γ(1) = 1`.
fn ln_gamma_half(n: u32) -> f64 {
    let start = if n % 2 == 1 { PI.sqrt().ln() } else { 0.0 };
    let first = if n % 2 == 1 { 1 } else { 2 };
    start + (first..n).step_by(2).map(|k| (f64::from(k) / 2.0).ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_equal_the_printed_table() {
        // Abramowitz and Stegun 1964, table 26.8.
        let table = [
            (0.95, 1, 3.841_46),
            (0.99, 1, 6.634_90),
            (0.95, 2, 5.991_47),
            (0.99, 2, 9.210_34),
            (0.95, 3, 7.814_73),
            (0.99, 3, 11.344_9),
            (0.999, 3, 16.266),
            (0.95, 4, 9.487_73),
            (0.99, 5, 15.086_3),
            (0.5, 10, 9.341_82),
            (0.95, 30, 43.772_9),
        ];
        for (probability, dof, wanted) in table {
            let found = chi_square_quantile(probability, dof).expect("valid");
            assert!((found / wanted - 1.0).abs() < 1e-4, "{probability} {dof}: {found}");
        }
    }

    #[test]
    fn impossible_questions_are_refused() {
        for (probability, dof) in [(0.0, 1), (1.0, 1), (f64::NAN, 1), (-0.1, 2), (0.5, 0)] {
            assert!(chi_square_quantile(probability, dof).is_err(), "{probability} {dof}");
        }
        assert!(chi_square_cdf(f64::NAN, 2).abs() < f64::EPSILON);
        assert!((chi_square_cdf(f64::INFINITY, 2) - 1.0).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn two_degrees_have_a_closed_form(x in 0.0..60.0f64) {
            prop_assert!((chi_square_cdf(x, 2) - (1.0 - (-x / 2.0).exp())).abs() < 1e-12);
        }

        #[test]
        fn quantile_inverts_the_distribution(p in 0.001..0.999f64, dof in 1..40u32) {
            let x = chi_square_quantile(p, dof).expect("valid");
            prop_assert!((chi_square_cdf(x, dof) - p).abs() < 1e-9);
        }
    }
}
