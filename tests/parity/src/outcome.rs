//! What a comparison showed.

use serde::Serialize;

/// What a comparison showed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Kernels and input.
    pub case: String,
    /// Numbers compared.
    pub values: usize,
    /// How many differ in any bit.
    pub differing: usize,
    /// The greatest difference, relative to the greater of the number and 1; infinite where the two
    /// sides have not even the same number of values.
    pub worst: f64,
    /// The greatest difference that is allowed; 0: bit for bit.
    pub bound: f64,
}

impl Outcome {
    /// Compares numbers one by one.
    pub fn new(case: String, wanted: &[f64], got: &[f64], bound: f64) -> Self {
        let pairs = || wanted.iter().zip(got);
        let differing = pairs().filter(|(a, b)| a.to_bits() != b.to_bits()).count();
        let lengths = wanted.len().abs_diff(got.len());
        let worst = if lengths > 0 { f64::INFINITY } else { worst_of(pairs()) };
        Self { case, values: wanted.len(), differing: differing + lengths, worst, bound }
    }

    /// A comparison that could not be made, which is wrong.
    pub const fn failure(case: String) -> Self {
        Self { case, values: 0, differing: 1, worst: f64::INFINITY, bound: 0.0 }
    }

    /// Whether the kernels answered what they must.
    pub fn is_right(&self) -> bool {
        self.differing == 0 || (self.bound > 0.0 && self.worst <= self.bound)
    }
}

fn worst_of<'a>(pairs: impl Iterator<Item = (&'a f64, &'a f64)>) -> f64 {
    pairs
        .filter(|(a, b)| a.to_bits() != b.to_bits())
        .map(|(a, b)| (a - b).abs() / a.abs().max(1.0))
        .map(|difference| if difference.is_nan() { f64::INFINITY } else { difference })
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(wanted: &[f64], got: &[f64], bound: f64) -> Outcome {
        Outcome::new("case".into(), wanted, got, bound)
    }

    #[test]
    fn one_bit_counts_unless_a_bound_allows_it() {
        let next = f64::from_bits(1.5_f64.to_bits() + 1);
        assert!(outcome(&[1.5, 2.0], &[1.5, 2.0], 0.0).is_right());
        assert!(!outcome(&[1.5, 2.0], &[next, 2.0], 0.0).is_right());
        assert!(outcome(&[1.5, 2.0], &[next, 2.0], 1e-12).is_right());
        assert!(!outcome(&[0.0], &[-0.0], 0.0).is_right());
    }

    #[test]
    fn what_could_not_be_compared_is_wrong() {
        assert!(!Outcome::failure("case".into()).is_right());
    }

    #[test]
    fn no_bound_allows_other_counts_or_no_number() {
        assert!(!outcome(&[1.0], &[1.0, 2.0], 10.0).is_right());
        assert!(!outcome(&[1.0], &[], 10.0).is_right());
        assert!(!outcome(&[1.0], &[f64::NAN], 10.0).is_right());
        assert!(outcome(&[f64::NAN], &[f64::NAN], 0.0).is_right());
    }
}
