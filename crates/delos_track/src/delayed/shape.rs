//! Height of the centre and extents of a track.
//!
//! The online filter of each number is a Kalman filter for a random walk. From what it believed
//! before and after a frame follows what it was told there (the equivalent measurement of
//! Drummond 1997), so that the numbers can be filtered anew with the drift of a solid body.

use super::config::Smoothing;
use crate::motion::DRIFT;
use delos_core::{Track, wrap_angle};
use delos_filter::{Gaussian, MotionModel, SmootherStep, smooth};
use nalgebra::{Matrix4, Vector4};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_3};

/// A belief that narrowed by less than this share was told nothing.
const LEAST_GAIN: f64 = 1e-6;

/// `(z, length, width, height)` as the online filter had them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Online {
    values: [f64; 4],
    variances: [f64; 4],
    yaw: f64,
}

impl Online {
    pub(super) fn of(track: &Track) -> Self {
        let (center, size) = (&track.bbox.center, &track.bbox.size);
        Self {
            values: [center.z(), size.length(), size.width(), size.height()],
            variances: track.deviations.map(|deviation| deviation * deviation),
            yaw: track.bbox.yaw.radians(),
        }
    }

    /// Value and variance that each number was told `seconds` after it was as `before`.
    fn told(&self, before: &Self, seconds: f64) -> [Option<(f64, f64)>; 4] {
        std::array::from_fn(|i| {
            let expected = before.variances[i] + DRIFT * seconds;
            let gain = 1.0 - self.variances[i] / expected;
            let change = self.values[i] - before.values[i];
            (gain > LEAST_GAIN)
                .then(|| (before.values[i] + change / gain, self.variances[i] / gain))
        })
    }

    /// Whether the box was turned by a quarter in between: length and width are swapped.
    fn is_turned(&self, before: &Self) -> bool {
        let turn = wrap_angle(self.yaw - before.yaw).abs();
        turn.min(2.0 * FRAC_PI_2 - turn) > FRAC_PI_3
    }
}

/// The same numbers, filtered anew.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    online: Online,
    step: SmootherStep<4>,
}

impl Shape {
    pub(super) fn first(track: &Track) -> Self {
        let online = Online::of(track);
        let state = Gaussian {
            mean: Vector4::from(online.values),
            covariance: Matrix4::from_diagonal(&Vector4::from(online.variances)),
        };
        Self { online, step: SmootherStep::first(state) }
    }

    pub(super) fn next(&self, track: &Track, seconds: f64, config: &Smoothing) -> Self {
        let online = Online::of(track);
        if online.is_turned(&self.online) {
            return Self::first(track);
        }
        let mut step = SmootherStep::after(&self.step.filtered, &Drift::of(config), seconds);
        for (i, told) in online.told(&self.online, seconds).into_iter().enumerate() {
            if let Some((value, variance)) = told {
                let believed = step.filtered.covariance[(i, i)];
                let gain = believed / (believed + variance);
                step.filtered.mean[i] += gain * (value - step.filtered.mean[i]);
                step.filtered.covariance[(i, i)] = believed * (1.0 - gain);
            }
        }
        Self { online, step }
    }

    /// Whether it began anew here.
    fn is_first(&self) -> bool {
        self.step.predicted == self.step.filtered
    }
}

/// All of a story, each knowing the later ones, as `(z, length, width, height)` and standard
/// deviations.
pub(super) fn smoothed_shapes(shapes: &[Shape]) -> Vec<([f64; 4], [f64; 4])> {
    let mut out = Vec::with_capacity(shapes.len());
    for part in shapes.chunk_by(|_, after| !after.is_first()) {
        let steps: Vec<_> = part.iter().map(|shape| shape.step.clone()).collect();
        let mut states = Vec::new();
        if smooth(&steps, [false; 4], &mut states).is_err() {
            states = steps.into_iter().map(|step| step.filtered).collect();
        }
        let deviations = |state: &Gaussian<4>| state.covariance.diagonal().map(f64::sqrt);
        out.extend(states.iter().map(|state| (state.mean.into(), deviations(state).into())));
    }
    out
}

/// Numbers that walk at random, each on its own.
struct Drift([f64; 4]);

impl Drift {
    fn of(config: &Smoothing) -> Self {
        let (height, size) = (config.height_drift.powi(2), config.size_drift.powi(2));
        Self([height, size, size, size])
    }
}

impl MotionModel<4> for Drift {
    fn predicted(&self, state: &Vector4<f64>, _: f64) -> Vector4<f64> {
        *state
    }

    fn jacobian(&self, _: &Vector4<f64>, _: f64) -> Matrix4<f64> {
        Matrix4::identity()
    }

    fn process_noise(&self, _: &Vector4<f64>, seconds: f64) -> Matrix4<f64> {
        Matrix4::from_diagonal(&(Vector4::from(self.0) * seconds))
    }
}
