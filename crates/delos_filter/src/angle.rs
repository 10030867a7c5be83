//! States whose entries may be angles.

use nalgebra::SVector;
use std::f64::consts::PI;

/// `to - from`, the entries that are angles by the short way round.
pub(crate) fn difference<const N: usize>(
    to: &SVector<f64, N>,
    from: &SVector<f64, N>,
    angles: &[bool; N],
) -> SVector<f64, N> {
    let difference = to - from;
    SVector::from_fn(|i, _| if angles[i] { wrap(difference[i]) } else { difference[i] })
}

/// Wraps an angle into (-π, π].
fn wrap(radians: f64) -> f64 {
    let wrapped = radians.rem_euclid(2.0 * PI);
    if wrapped > PI { wrapped - 2.0 * PI } else { wrapped }
}
