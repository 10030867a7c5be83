//! Laws of motion for states that also know a heading.

use crate::MotionNoise;
use delos_filter::{
    ConstantAcceleration, ConstantVelocity, ModeSwitching, MotionModel, SlipCtra, SlipCtrv, Widened,
};
use nalgebra::{SMatrix, SVector};

/// White noise has no deviation but a density: this long it has the given deviation, seconds.
const CORRELATION_S: f64 = 0.1;

/// A law that leaves something out still has some noise there: covariances stay positive.
const NEARLY_NOTHING: f64 = 1e-3;

/// How long a stretch of steady speed and one of braking or starting last, seconds.
pub(super) const LASTING_S: [f64; 2] = [4.0, 2.0];

/// A heading and a turn rate beside a motion that does not ask for them, each moved by a law
/// of its own: `Inner` moves the entries of the state that `PLACES` names.
pub(super) struct Beside<Inner, const I: usize, const N: usize> {
    inner: Inner,
    heading: ConstantVelocity,
    places: [usize; I],
}

/// Entries of heading and turn rate.
const HEADING: [usize; 2] = [2, 5];

/// State `(x, y, yaw, vx, vy, w)`.
pub(super) fn straight(noise: &MotionNoise) -> Beside<ConstantVelocity, 4, 6> {
    Beside {
        inner: ConstantVelocity { acceleration_density: density(noise.acceleration) },
        heading: heading(noise),
        places: [0, 1, 3, 4],
    }
}

/// State `(x, y, yaw, vx, vy, w, ax, ay)`.
pub(super) fn pushed(noise: &MotionNoise) -> Beside<ConstantAcceleration, 6, 8> {
    Beside {
        inner: ConstantAcceleration { jerk_density: noise.acceleration.powi(2) },
        heading: heading(noise),
        places: [0, 1, 3, 4, 6, 7],
    }
}

/// State `(x, y, yaw, v, s, w)`.
pub(super) const fn turning(noise: &MotionNoise) -> SlipCtrv {
    SlipCtrv {
        acceleration: noise.acceleration,
        lateral_acceleration: noise.lateral_acceleration,
        yaw_acceleration: noise.yaw_acceleration,
    }
}

/// The same along the heading only.
pub(super) const fn rolling(noise: &MotionNoise) -> SlipCtrv {
    SlipCtrv { lateral_acceleration: NEARLY_NOTHING, ..turning(noise) }
}

/// State `(x, y, yaw, v, s, w, a)`.
pub(super) fn accelerating(noise: &MotionNoise) -> SlipCtra {
    SlipCtra {
        jerk_density: noise.acceleration.powi(2),
        lateral_acceleration_density: density(noise.lateral_acceleration),
        yaw_acceleration_density: density(noise.yaw_acceleration),
    }
}

/// The law of steady speed in the state of the one with acceleration.
pub(super) fn steady(noise: &MotionNoise) -> Widened<SlipCtrv, 6, 7> {
    Widened { model: turning(noise), deviation: NEARLY_NOTHING }
}

/// How the two laws of the mixture follow each other.
pub(super) fn switching() -> Option<ModeSwitching<2>> {
    ModeSwitching::lasting(LASTING_S).ok()
}

/// Deviations at birth of the velocity across the heading, for laws that leave it out.
pub(super) const fn without_slip(noise: &MotionNoise) -> MotionNoise {
    MotionNoise { initial_slip: NEARLY_NOTHING, ..*noise }
}

fn heading(noise: &MotionNoise) -> ConstantVelocity {
    ConstantVelocity { acceleration_density: density(noise.yaw_acceleration) }
}

fn density(deviation: f64) -> f64 {
    deviation * deviation * CORRELATION_S
}

impl<Inner, const I: usize, const N: usize> MotionModel<N> for Beside<Inner, I, N>
where
    Inner: MotionModel<I>,
{
    fn predicted(&self, state: &SVector<f64, N>, seconds: f64) -> SVector<f64, N> {
        let mut moved = *state;
        let inner = self.inner.predicted(&gather(state, self.places), seconds);
        let heading = self.heading.predicted(&gather(state, HEADING), seconds);
        self.places.iter().zip(&inner).for_each(|(place, value)| moved[*place] = *value);
        HEADING.iter().zip(&heading).for_each(|(place, value)| moved[*place] = *value);
        moved
    }

    fn jacobian(&self, state: &SVector<f64, N>, seconds: f64) -> SMatrix<f64, N, N> {
        let inner = self.inner.jacobian(&gather(state, self.places), seconds);
        let heading = self.heading.jacobian(&gather(state, HEADING), seconds);
        self.scattered(&inner, &heading)
    }

    fn process_noise(&self, state: &SVector<f64, N>, seconds: f64) -> SMatrix<f64, N, N> {
        let inner = self.inner.process_noise(&gather(state, self.places), seconds);
        let heading = self.heading.process_noise(&gather(state, HEADING), seconds);
        self.scattered(&inner, &heading)
    }

    fn angles(&self) -> [bool; N] {
        std::array::from_fn(|entry| entry == HEADING[0])
    }
}

impl<Inner, const I: usize, const N: usize> Beside<Inner, I, N> {
    fn scattered(
        &self,
        inner: &SMatrix<f64, I, I>,
        heading: &SMatrix<f64, 2, 2>,
    ) -> SMatrix<f64, N, N> {
        let mut whole = SMatrix::zeros();
        scatter(inner, self.places, &mut whole);
        scatter(heading, HEADING, &mut whole);
        whole
    }
}

fn gather<const N: usize, const I: usize>(
    state: &SVector<f64, N>,
    places: [usize; I],
) -> SVector<f64, I> {
    SVector::from_fn(|row, _| state[places[row]])
}

fn scatter<const N: usize, const I: usize>(
    inner: &SMatrix<f64, I, I>,
    places: [usize; I],
    whole: &mut SMatrix<f64, N, N>,
) {
    for (row, into_row) in places.iter().enumerate() {
        for (column, into_column) in places.iter().enumerate() {
            whole[(*into_row, *into_column)] = inner[(row, column)];
        }
    }
}
