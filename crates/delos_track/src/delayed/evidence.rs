//! What sightings say of a track: whether it is something, and what.

use super::config::Retrospect;
use delos_core::{ClassProbabilities, MissCause, ObjectClass, Track, TrackCause};

/// Log-odds are never taken for surer than this.
const SUREST: f64 = 7.0;

/// Sums over sightings, distant ones fading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    weight: f64,
    sum: f64,
    classes: [f64; ObjectClass::COUNT],
}

impl Evidence {
    /// Of one frame alone.
    pub(super) fn of(track: &Track, config: &Retrospect) -> Self {
        let mut classes = [0.0; ObjectClass::COUNT];
        let Some(pairing) = track.step.pairing else {
            let weight = if was_watched(track) { config.miss_weight } else { 0.0 };
            return Self { weight, sum: weight * config.miss, classes };
        };
        for (sum, share) in classes.iter_mut().zip(track.classes.all()) {
            *sum = f64::from(*share) * pairing.probability;
        }
        Self { weight: 1.0, sum: log_odds(pairing.probability), classes }
    }

    /// As it counts so many seconds away.
    pub(super) fn faded(mut self, seconds: f64, config: &Retrospect) -> Self {
        let share = (-seconds / config.reach_s).exp();
        self.weight *= share;
        self.sum *= share;
        self.classes.iter_mut().for_each(|sum| *sum *= share);
        self
    }

    /// Both together.
    pub(super) fn with(mut self, other: &Self) -> Self {
        self.weight += other.weight;
        self.sum += other.sum;
        for (sum, more) in self.classes.iter_mut().zip(other.classes) {
            *sum += more;
        }
        self
    }

    /// Probability of the track.
    pub(super) fn probability(&self, config: &Retrospect) -> f64 {
        let sum = config.prior_weight * config.prior + self.sum;
        let weight = config.prior_weight + self.weight;
        let mean = if weight > 0.0 { sum / weight } else { config.prior };
        1.0 / (1.0 + (-mean).exp())
    }

    /// What it is: nothing new without a sighting.
    pub(super) fn classes(&self) -> Option<(ObjectClass, ClassProbabilities)> {
        let weight = |class: ObjectClass| self.classes.get(usize::from(class.index())).copied();
        let class = ObjectClass::all()
            .reduce(|best, next| if weight(next) > weight(best) { next } else { best })
            .filter(|class| weight(*class) > Some(0.0))?;
        Some((class, ClassProbabilities::from_weights(&self.classes)))
    }
}

/// Whether somebody looked for the track in its frame.
const fn was_watched(track: &Track) -> bool {
    use MissCause::Unwatched;
    !matches!(track.step.cause, TrackCause::Coasted(Unwatched) | TrackCause::Lost(Unwatched))
}

fn log_odds(probability: f64) -> f64 {
    let odds = probability / (1.0 - probability);
    if odds.is_nan() { 0.0 } else { odds.ln().clamp(-SUREST, SUREST) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Box3, Position, Size, TrackId, TrackState, Yaw};

    #[test]
    fn a_frame_in_which_nobody_looked_weighs_nothing() {
        let size = Size::new(4.0, 1.8, 1.5).expect("positive");
        let bbox = Box3::new(Position::new(20.0, 0.0, 0.0), size, Yaw::default());
        let mut track = Track::standing(TrackId(1), TrackState::Coasted, ObjectClass::Car, bbox);
        let config = crate::DelayedConfig::default().vehicle.belief;
        let mut weight = |cause| {
            track.step.cause = cause;
            track.step.pairing = None;
            let Evidence { weight, sum, .. } = Evidence::of(&track, &config);
            (weight, sum)
        };
        for cause in [TrackCause::Coasted, TrackCause::Lost] {
            assert_eq!(weight(cause(MissCause::Unwatched)), (0.0, 0.0));
            let missed = (config.miss_weight, config.miss_weight * config.miss);
            assert_eq!(weight(cause(MissCause::NothingInGate)), missed);
        }
    }
}
