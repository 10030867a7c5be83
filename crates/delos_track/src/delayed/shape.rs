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
            variances: track.deviations.map(variance),
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

/// Messages may come from anywhere: a number is known to a centimetre at best and to a hundred
/// metres at worst, so that no rounding makes a variance zero.
fn variance(deviation: f64) -> f64 {
    let variance = deviation * deviation;
    if variance.is_nan() { 1.0 } else { variance.clamp(1e-4, 1e4) }
}

/// The same numbers, filtered anew.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    online: Online,
    step: SmootherStep<4>,
    /// Whether it began anew here.
    is_first: bool,
}

impl Shape {
    pub(super) fn first(track: &Track) -> Self {
        let online = Online::of(track);
        let state = Gaussian {
            mean: Vector4::from(online.values),
            covariance: Matrix4::from_diagonal(&Vector4::from(online.variances)),
        };
        Self { online, step: SmootherStep::first(state), is_first: true }
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
                step.filtered.covariance[(i, i)] = gain * variance;
            }
        }
        Self { online, step, is_first: false }
    }
}

/// All of a story, each knowing the later ones, as `(z, length, width, height)` and standard
/// deviations.
pub(super) fn smoothed_shapes(shapes: &[Shape]) -> Vec<([f64; 4], [f64; 4])> {
    let mut out = Vec::with_capacity(shapes.len());
    for part in shapes.chunk_by(|_, after| !after.is_first) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TrackerConfig;
    use crate::motion::{Guess, Motion};
    use delos_core::{Box3, ObjectClass, Position, Size, TrackId, TrackState, World, Yaw};

    fn bbox(z: f64, [length, width, height]: [f64; 3]) -> Box3<World> {
        Box3::new(
            Position::new(0.0, 0.0, z),
            Size::new(length, width, height).expect("positive"),
            Yaw::default(),
        )
    }

    fn published(motion: &Motion) -> Track {
        let state = TrackState::Confirmed;
        Track {
            deviations: motion.deviations(),
            ..Track::standing(TrackId(1), state, ObjectClass::Car, motion.bbox())
        }
    }

    #[test]
    fn what_the_filter_was_told_is_found_again() {
        let config = TrackerConfig::default().vehicle;
        let start = bbox(1.0, [4.0, 1.8, 1.5]);
        let mut motion =
            Motion::new(&start, &Guess::standing(config.motion), &config.noise).expect("valid");
        let before = Online::of(&published(&motion));
        for _ in 0..3 {
            motion.predict(&config.motion, 0.1);
        }
        assert_eq!(Online::of(&published(&motion)).told(&before, 0.3), [None; 4]);
        motion.update(&bbox(1.2, [4.4, 1.7, 1.6]), &config.noise, true).expect("valid");
        let told = Online::of(&published(&motion)).told(&before, 0.3);
        let noise =
            [config.noise.height_m, config.noise.size_m, config.noise.size_m, config.noise.size_m];
        for ((told, value), noise) in told.into_iter().zip([1.2, 4.4, 1.7, 1.6]).zip(noise) {
            let (found, variance) = told.expect("told");
            assert!((found - value).abs() < 1e-9 && (variance - noise * noise).abs() < 1e-9);
        }
    }

    #[test]
    fn a_solid_body_keeps_its_size() {
        let drift = Smoothing { size_drift: 1e-4, ..Smoothing::default() };
        let config = TrackerConfig::default().vehicle;
        let start = bbox(0.0, [3.0, 1.8, 1.5]);
        let mut motion =
            Motion::new(&start, &Guess::standing(config.motion), &config.noise).expect("valid");
        let mut shapes = vec![Shape::first(&published(&motion))];
        for frame in 1..40 {
            motion.predict(&config.motion, 0.1);
            let length = if frame % 2 == 0 { 3.0 } else { 5.0 };
            motion.update(&bbox(0.0, [length, 1.8, 1.5]), &config.noise, true).expect("valid");
            shapes.push(shapes[frame - 1].next(&published(&motion), 0.1, &drift));
        }
        for (values, deviations) in smoothed_shapes(&shapes) {
            assert!((values[1] - 4.0).abs() < 0.01, "{values:?}");
            assert!((deviations[1] - 0.4 / 40f64.sqrt()).abs() < 0.01, "{deviations:?}");
        }
    }
}
