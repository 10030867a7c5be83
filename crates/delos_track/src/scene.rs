//! How most things move.

use crate::median::median;
use nalgebra::Vector2;

/// Tracks needed before their common motion means something.
const MIN_TRACKS: usize = 4;

/// More tracks add time, not knowledge.
const MAX_TRACKS: usize = 48;

/// Pairs nearer than this say nothing about a turn, metres.
const MIN_BASELINE_M: f64 = 3.0;

/// A rigid motion in the plane: seen from a vehicle whose own motion is unknown,
/// everything that stands on the ground moves by it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SceneMotion {
    /// Velocity at the origin, m/s.
    velocity: Vector2<f64>,
    /// Turn rate, rad/s, counter-clockwise.
    pub(crate) turn_rate: f64,
}

impl SceneMotion {
    /// The motion that most of the `(place, velocity)` pairs share; `None` for too few.
    ///
    /// Medians over pairs for the turn rate and over tracks for the velocity, as in the
    /// line fit of Theil (1950) and Sen (1968): nearly a third of the tracks may move on
    /// their own. Of many pairs the first ones count. `memory` is used and kept.
    pub(crate) fn of(
        motions: &[(Vector2<f64>, Vector2<f64>)],
        memory: &mut Vec<f64>,
    ) -> Option<Self> {
        let motions = &motions[..motions.len().min(MAX_TRACKS)];
        if motions.len() < MIN_TRACKS {
            return None;
        }
        let turn_rate = median(memory, turn_rates(motions)).unwrap_or(0.0);
        let rest = || motions.iter().map(|(place, v)| v - across(place) * turn_rate);
        let first = median(memory, rest().map(|v| v.x))?;
        let velocity = Vector2::new(first, median(memory, rest().map(|v| v.y))?);
        Some(Self { velocity, turn_rate })
    }

    /// Velocity of what stands at `place`, m/s.
    pub(crate) fn velocity_at(&self, place: &Vector2<f64>) -> Vector2<f64> {
        self.velocity + across(place) * self.turn_rate
    }
}

/// Turn rates that explain the velocities of each pair.
fn turn_rates(motions: &[(Vector2<f64>, Vector2<f64>)]) -> impl Iterator<Item = f64> {
    let pairs = motions
        .iter()
        .enumerate()
        .flat_map(|(i, a)| motions.iter().skip(i + 1).map(move |b| (b.0 - a.0, b.1 - a.1)));
    pairs
        .filter(|(baseline, _)| baseline.norm() >= MIN_BASELINE_M)
        .map(|(baseline, change)| across(&baseline).dot(&change) / baseline.norm_squared())
}

/// A quarter turn counter-clockwise.
fn across(v: &Vector2<f64>) -> Vector2<f64> {
    Vector2::new(-v.y, v.x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_motion_of_what_stands_is_found_among_what_moves() {
        let truth = SceneMotion { velocity: Vector2::new(-8.0, 0.5), turn_rate: -0.3 };
        let mut motions: Vec<_> = (0..16)
            .map(|i| Vector2::new(f64::from(i % 4) * 9.0, f64::from(i / 4) * 7.0 - 10.0))
            .map(|place| (place, truth.velocity_at(&place)))
            .collect();
        for (i, moving) in motions.iter_mut().enumerate().filter(|(i, _)| i % 6 == 0) {
            moving.1.x += 5.0 + i as f64;
        }
        let found = SceneMotion::of(&motions, &mut Vec::new()).expect("enough");
        assert!((found.turn_rate - truth.turn_rate).abs() < 0.02, "{found:?}");
        let place = Vector2::new(20.0, 5.0);
        assert!((found.velocity_at(&place) - truth.velocity_at(&place)).norm() < 0.5, "{found:?}");
    }

    #[test]
    fn few_tracks_say_nothing() {
        let motions = [(Vector2::zeros(), Vector2::zeros()); MIN_TRACKS - 1];
        assert_eq!(SceneMotion::of(&motions, &mut Vec::new()), None);
        // All at one place: a velocity, but no turn.
        let motions = [(Vector2::zeros(), Vector2::new(1.0, 2.0)); MIN_TRACKS];
        let found = SceneMotion::of(&motions, &mut Vec::new()).expect("enough");
        assert_eq!(found.velocity_at(&Vector2::new(9.0, 9.0)), Vector2::new(1.0, 2.0));
    }
}
