//! What makes a matrix a covariance.

use crate::FilterError;
use nalgebra::{Cholesky, Const, SMatrix};

/// What rounding may take from the least eigenvalue of the correlations.
const ROUNDING: f64 = 1e-9;

pub(crate) fn symmetric<const N: usize>(m: &SMatrix<f64, N, N>) -> SMatrix<f64, N, N> {
    (m + m.transpose()) * 0.5
}

pub(crate) fn factor<const N: usize>(
    m: &SMatrix<f64, N, N>,
    what: &'static str,
) -> Result<Cholesky<f64, Const<N>>, FilterError> {
    // Cholesky alone lets NaN pass.
    if !m.iter().all(|v| v.is_finite()) {
        return Err(FilterError::NotFinite { what });
    }
    Cholesky::new(*m).ok_or(FilterError::NotPositiveDefinite { what, size: N })
}

/// Stops a debug build at a matrix that is finite, but no covariance; costs nothing in
/// release. Numbers that are not finite come from the input and are the caller's to end.
pub(crate) fn debug_check<const N: usize>(m: &SMatrix<f64, N, N>, when: &str) {
    debug_assert!(
        is_covariance(m) || !m.iter().all(|v| v.is_finite()),
        "the covariance {when} is not symmetric positive definite; check the noise settings, \
         and that time runs forward:{m}"
    );
}

/// Whether a matrix is symmetric and positive definite up to rounding. The correlations are
/// looked at, so that the units of the entries do not matter.
fn is_covariance<const N: usize>(m: &SMatrix<f64, N, N>) -> bool {
    let deviations = m.diagonal().map(f64::sqrt);
    if !deviations.iter().all(|deviation| *deviation > 0.0) || *m != m.transpose() {
        return false;
    }
    let correlations = SMatrix::<f64, N, N>::from_fn(|row, column| {
        let own = if row == column { ROUNDING } else { 0.0 };
        m[(row, column)] / deviations[row] / deviations[column] + own
    });
    factor(&correlations, "correlations").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Matrix2;

    #[test]
    fn what_is_a_covariance() {
        assert!(is_covariance(&Matrix2::new(1e12, 1.0, 1.0, 1e-6)));
        for (what, m) in [
            ("lopsided", Matrix2::new(1.0, 0.1, 0.2, 1.0)),
            ("negative", Matrix2::new(-1.0, 0.0, 0.0, 1.0)),
            ("without width", Matrix2::new(0.0, 0.0, 0.0, 1.0)),
            ("correlated beyond 1", Matrix2::new(1.0, 2.1, 2.1, 4.0)),
            ("no numbers", Matrix2::new(f64::NAN, 0.0, 0.0, 1.0)),
        ] {
            assert!(!is_covariance(&m), "{what}");
        }
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "after a test is not symmetric positive definite")]
    fn a_debug_build_stops_at_what_is_none() {
        debug_check(&Matrix2::new(1.0, 2.1, 2.1, 4.0), "after a test");
    }

    #[test]
    fn numbers_that_are_not_finite_are_left_to_the_caller() {
        debug_check(&Matrix2::new(f64::INFINITY, 0.0, 0.0, 1.0), "after a test");
    }
}
