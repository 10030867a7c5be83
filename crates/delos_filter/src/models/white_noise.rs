//! Noise that enters a chain of integrators.

use nalgebra::{SMatrix, SVector};

/// Covariance after `t` of white noise of this spectral density that enters the last of a
/// chain of integrators. Entry `k` of the chain acts along `directions[k]`, and its
/// derivative is entry `k + 1` (Bar-Shalom, Li, Kirubarajan 2001, sections 6.2.2 and 6.2.3,
/// for chains of 2 and 3): `Q = Σ I(a, b) d_a d_bᵀ`,
/// `I(a, b) = q ∫ s^i / i! · s^j / j! ds` over 0..t with `i`, `j` steps from `a`, `b` to the
/// end.
pub(super) fn integrated<const N: usize, const D: usize>(
    density: f64,
    t: f64,
    directions: &[SVector<f64, N>; D],
) -> SMatrix<f64, N, N> {
    let mut noise = SMatrix::zeros();
    for (a, of_a) in directions.iter().enumerate() {
        for (b, of_b) in directions.iter().enumerate() {
            let (i, j) = (D - 1 - a, D - 1 - b);
            let power: f64 = std::iter::repeat_n(t, i + j + 1).product();
            let share = power / (factorial(i) * factorial(j) * (i + j + 1) as f64);
            noise += of_a * of_b.transpose() * (density * share);
        }
    }
    noise
}

fn factorial(n: usize) -> f64 {
    (1..=n).map(|k| k as f64).product()
}

/// The unit vector of one entry of the state.
pub(super) fn entry<const N: usize>(index: usize) -> SVector<f64, N> {
    SVector::from_fn(|row, _| f64::from(u8::from(row == index)))
}
