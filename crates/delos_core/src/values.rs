//! Values that are checked once, when they are made, and trusted after that.

use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// What can be wrong with a value of the vocabulary.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CoreError {
    /// A score is not a finite number.
    #[error("score {0} is not finite")]
    Score(f64),
    /// A heading is not a finite number.
    #[error("yaw {0} is not finite")]
    Yaw(f64),
    /// A size has a side that is not a positive finite number.
    #[error("size length {length}, width {width}, height {height} must be positive and finite")]
    Size {
        /// Extent along the heading, metres.
        length: f64,
        /// Extent across the heading, metres.
        width: f64,
        /// Vertical extent, metres.
        height: f64,
    },
    /// A matrix that should be a rotation is not one.
    #[error("matrix is not a rotation: |R Rᵀ - I| = {deviation:.2e}, determinant {determinant:.6}")]
    Rotation {
        /// Largest absolute entry of `R Rᵀ - I`.
        deviation: f64,
        /// Determinant of the matrix.
        determinant: f64,
    },
    /// A projection matrix without a usable focal length.
    #[error("projection matrix has focal length {fx} x {fy}, which must be positive and finite")]
    Focal {
        /// Horizontal focal length, pixels.
        fx: f64,
        /// Vertical focal length, pixels.
        fy: f64,
    },
    /// A scan whose points have not one finite time each.
    #[error("{points} points have {times} times; each needs one, a finite number")]
    PointTimes {
        /// Points of the scan.
        points: usize,
        /// Times that were given.
        times: usize,
    },
    /// Pixel data whose length does not match its dimensions.
    #[error("{width}x{height} RGB image needs {wanted} bytes, got {got}")]
    ImageLength {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// `width * height * 3`.
        wanted: usize,
        /// Bytes given.
        got: usize,
    },
    /// A class name that no table knows.
    #[error("unknown object class `{0}`")]
    Class(String),
}

/// How sure somebody is, finite. Networks give 0..=1, some detection files raw logits.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Score(f64);

impl Score {
    /// Certainty.
    pub const ONE: Self = Self(1.0);
    /// No evidence.
    pub const ZERO: Self = Self(0.0);

    /// Checks that `value` is finite.
    ///
    /// # Errors
    /// [`CoreError::Score`] when `value` is NaN or infinite.
    pub fn new(value: f64) -> Result<Self, CoreError> {
        if value.is_finite() { Ok(Self(value)) } else { Err(CoreError::Score(value)) }
    }

    /// The nearest probability: NaN becomes 0, the rest is clamped to 0..=1.
    pub fn clamped(value: f64) -> Self {
        Self(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) })
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Score {
    type Error = CoreError;
    fn try_from(value: f64) -> Result<Self, CoreError> {
        Self::new(value)
    }
}

impl From<Score> for f64 {
    fn from(score: Score) -> f64 {
        score.0
    }
}

/// A heading about the vertical axis, radians in (-π, π], counter-clockwise from x.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Yaw(f64);

impl Yaw {
    /// Wraps `radians` into (-π, π].
    ///
    /// # Errors
    /// [`CoreError::Yaw`] when `radians` is NaN or infinite.
    pub fn new(radians: f64) -> Result<Self, CoreError> {
        if radians.is_finite() {
            Ok(Self(wrap_angle(radians)))
        } else {
            Err(CoreError::Yaw(radians))
        }
    }

    /// Heading of the vector `(x, y)`; zero for the null vector and for NaN.
    pub fn of_vector(x: f64, y: f64) -> Self {
        let angle = y.atan2(x);
        Self(if angle.is_finite() { wrap_angle(angle) } else { 0.0 })
    }

    /// Radians in (-π, π].
    pub const fn radians(self) -> f64 {
        self.0
    }

    /// The same line, the other way round.
    #[must_use]
    pub fn flipped(self) -> Self {
        Self(wrap_angle(self.0 + PI))
    }
}

impl TryFrom<f64> for Yaw {
    type Error = CoreError;
    fn try_from(value: f64) -> Result<Self, CoreError> {
        Self::new(value)
    }
}

impl From<Yaw> for f64 {
    fn from(yaw: Yaw) -> f64 {
        yaw.0
    }
}

/// Wraps a finite angle into (-π, π].
pub fn wrap_angle(radians: f64) -> f64 {
    let wrapped = radians.rem_euclid(2.0 * PI);
    if wrapped > PI { wrapped - 2.0 * PI } else { wrapped }
}

/// Extents of a box, metres, all positive and finite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Size {
    length: f64,
    width: f64,
    height: f64,
}

impl Size {
    /// Length along the heading, width across it, height; metres.
    ///
    /// # Errors
    /// [`CoreError::Size`] when a side is not positive and finite.
    pub fn new(length: f64, width: f64, height: f64) -> Result<Self, CoreError> {
        if [length, width, height].iter().all(|side| side.is_finite() && *side > 0.0) {
            Ok(Self { length, width, height })
        } else {
            Err(CoreError::Size { length, width, height })
        }
    }

    /// Extent along the heading, metres.
    pub const fn length(&self) -> f64 {
        self.length
    }

    /// Extent across the heading, metres.
    pub const fn width(&self) -> f64 {
        self.width
    }

    /// Vertical extent, metres.
    pub const fn height(&self) -> f64 {
        self.height
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn impossible_values_are_refused() {
        assert!(Score::new(f64::NAN).is_err());
        assert!(Yaw::new(f64::INFINITY).is_err());
        for (l, w, h) in [(0.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, f64::NAN)] {
            assert!(Size::new(l, w, h).is_err(), "{l} {w} {h}");
        }
        assert_eq!(Score::clamped(f64::NAN), Score::ZERO);
        assert_eq!(Score::clamped(7.0), Score::ONE);
    }

    proptest! {
        #[test]
        fn wrapping_keeps_the_direction(angle in -100.0..100.0f64) {
            let wrapped = wrap_angle(angle);
            prop_assert!(wrapped > -PI && wrapped <= PI);
            prop_assert!((wrapped.sin() - angle.sin()).abs() < 1e-9);
            prop_assert!((wrapped.cos() - angle.cos()).abs() < 1e-9);
        }

        #[test]
        fn flipping_twice_changes_nothing(angle in -3.0..3.0f64) {
            let yaw = Yaw::new(angle).expect("finite");
            prop_assert!((yaw.flipped().flipped().radians() - angle).abs() < 1e-9);
        }
    }
}
