//! Repeatable noise for tests.

use nalgebra::{SMatrix, SVector};
use std::f64::consts::PI;

/// Numbers that look random and are the same each time (splitmix64).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    /// Evenly in (0, 1).
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Gaussian with mean 0 and variance 1 (Box and Muller 1958).
    pub(crate) fn gaussian(&mut self) -> f64 {
        (-2.0 * self.even().ln()).sqrt() * (2.0 * PI * self.even()).cos()
    }

    /// Gaussian with this covariance, which may be singular.
    pub(crate) fn drawn<const N: usize>(
        &mut self,
        covariance: &SMatrix<f64, N, N>,
    ) -> SVector<f64, N> {
        let tiny = SMatrix::identity() * (1e-12 * (1.0 + covariance.norm()));
        let factor = (covariance + tiny).cholesky().expect("a covariance").l();
        factor * SVector::from_fn(|_, _| self.gaussian())
    }
}
