//! Sensor time: instants and durations on the clock of the recording.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

/// An instant on the recording's own clock, in nanoseconds.
///
/// Data sets count from different origins (Unix epoch, start of the drive), so
/// only differences between stamps of one recording mean something. There is no
/// `now()`: wall time is a different thing and is injected where it is needed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Stamp(i64);

impl Stamp {
    /// The instant `nanos` nanoseconds after the origin of the recording's clock.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the origin of the recording's clock.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }
}

/// A signed duration between two [`Stamp`]s, in nanoseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A duration of `nanos` nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// A duration of `millis` milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// A duration of `seconds` seconds, rounded to the nanosecond and saturated.
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self((seconds * 1e9).round() as i64)
    }

    /// Nanoseconds.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 * 1e-9
    }

    /// Milliseconds.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 * 1e-6
    }
}

impl Sub for Stamp {
    type Output = Span;
    fn sub(self, rhs: Self) -> Span {
        Span(self.0.saturating_sub(rhs.0))
    }
}

impl Add<Span> for Stamp {
    type Output = Stamp;
    fn add(self, rhs: Span) -> Stamp {
        Stamp(self.0.saturating_add(rhs.0))
    }
}

impl Sub<Span> for Stamp {
    type Output = Stamp;
    fn sub(self, rhs: Span) -> Stamp {
        Stamp(self.0.saturating_sub(rhs.0))
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, rhs: Self) -> Span {
        Span(self.0.saturating_add(rhs.0))
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, rhs: Self) -> Span {
        Span(self.0.saturating_sub(rhs.0))
    }
}

impl Neg for Span {
    type Output = Span;
    fn neg(self) -> Span {
        Span(self.0.saturating_neg())
    }
}

impl Mul<i64> for Span {
    type Output = Span;
    fn mul(self, rhs: i64) -> Span {
        Span(self.0.saturating_mul(rhs))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ms", self.as_millis_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_stamps_are_spans() {
        let start = Stamp::from_nanos(1_000);
        let end = start + Span::from_millis(100);
        assert_eq!(end - start, Span::from_secs_f64(0.1));
        assert_eq!(end - Span::from_millis(100), start);
        assert_eq!(Span::from_millis(50) * 2, Span::from_millis(100));
    }

    #[test]
    fn arithmetic_saturates_instead_of_wrapping() {
        let last = Stamp::from_nanos(i64::MAX);
        assert_eq!(last + Span::from_nanos(1), last);
        assert_eq!(last - Stamp::from_nanos(i64::MIN), Span::from_nanos(i64::MAX));
    }
}
