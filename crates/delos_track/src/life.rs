//! A track's life: from the first sight to the end.

use crate::class_belief::{ClassBelief, Group};
use crate::found::Found;
use crate::motion::{Guess, Motion};
use crate::{MotionNoise, TrackerConfig};
use delos_core::{Score, Span, Stamp, Track, TrackId, TrackState};
use delos_filter::FilterError;

/// Scores are never taken for more certain than this.
const MAX_CERTAINTY: f64 = 0.98;

/// A confirmed track that is still seen is doubted below this share of what confirmed it.
const DOUBT: f64 = 0.75;

/// A track with its memory.
#[derive(Clone, Debug)]
pub(crate) struct LiveTrack {
    pub(crate) id: TrackId,
    pub(crate) motion: Motion,
    pub(crate) belief: ClassBelief,
    existence: f64,
    confirmed: bool,
    age: u32,
    hits: u32,
    misses: u32,
    last_seen: Stamp,
    broken: bool,
}

impl LiveTrack {
    /// Begins at a detection, with a guessed motion.
    pub(crate) fn new(
        id: TrackId,
        found: &Found,
        guess: &Guess,
        stamp: Stamp,
        config: &TrackerConfig,
    ) -> Result<Self, FilterError> {
        let mut track = Self {
            id,
            motion: Motion::new(&found.bbox, guess, &config.noise)?,
            belief: ClassBelief::new(found.class, found.probability),
            existence: found.probability.min(MAX_CERTAINTY),
            confirmed: false,
            age: 1,
            hits: 1,
            misses: 0,
            last_seen: stamp,
            broken: false,
        };
        track.confirm(config);
        Ok(track)
    }

    /// To the time of the next frame.
    pub(crate) fn predict(&mut self, seconds: f64, over_ground: bool, config: &TrackerConfig) {
        let model = motion_model(Group::of(self.belief.class()), over_ground, config);
        self.motion.predict(model, seconds);
        self.existence *= config.survival_per_s.powf(seconds);
        self.age = self.age.saturating_add(1);
    }

    /// A detection was assigned. Existence by Bayes' rule with the likelihood ratio of
    /// the detection, its odds times a gain (Musicki, Evans, Stankovic 1994).
    pub(crate) fn hit(
        &mut self,
        found: &Found,
        stamp: Stamp,
        over_ground: bool,
        config: &TrackerConfig,
    ) {
        self.broken |= self.motion.update(&found.bbox, &config.noise, over_ground).is_err();
        self.belief.see(found.class, found.probability);
        let certainty = found.probability.clamp(1.0 - MAX_CERTAINTY, MAX_CERTAINTY);
        let ratio = config.evidence_gain * certainty / (1.0 - certainty);
        self.existence = bayes(self.existence, ratio).min(0.999);
        self.hits = self.hits.saturating_add(1);
        self.misses = 0;
        self.last_seen = stamp;
        self.confirm(config);
    }

    /// No detection was assigned.
    pub(crate) fn miss(&mut self, config: &TrackerConfig) {
        self.existence = bayes(self.existence, 1.0 - config.detection_probability);
        self.misses = self.misses.saturating_add(1);
    }

    fn confirm(&mut self, config: &TrackerConfig) {
        self.confirmed |=
            self.hits >= config.confirm_hits && self.existence >= config.confirm_existence;
    }

    /// Whether the track should be forgotten.
    pub(crate) fn is_over(&self, stamp: Stamp, config: &TrackerConfig) -> bool {
        let limit = if self.confirmed {
            config.max_lost_s.max(config.max_coast_s)
        } else {
            config.max_tentative_coast_s
        };
        let doubtful = self.misses > 0 && self.existence < config.end_existence;
        self.is_unseen_for(limit, stamp) || doubtful || self.broken || !self.motion.is_finite()
    }

    fn is_unseen_for(&self, seconds: f64, stamp: Stamp) -> bool {
        // A millisecond of grace: stamps of a 10 Hz sensor are not exact.
        (stamp - self.last_seen) > Span::from_secs_f64(seconds + 1e-3)
    }

    /// Whether it was seen in this frame.
    pub(crate) fn is_seen(&self) -> bool {
        self.misses == 0
    }

    pub(crate) fn is_confirmed(&self) -> bool {
        self.confirmed
    }

    /// Whether its velocity can be relied on.
    pub(crate) fn is_settled(&self) -> bool {
        self.hits >= 3 && self.misses == 0
    }

    /// Which of two tracks of one object is to stay: larger is better.
    pub(crate) fn rank(&self) -> (bool, bool, u32, std::cmp::Reverse<TrackId>) {
        (self.is_seen(), self.confirmed, self.hits, std::cmp::Reverse(self.id))
    }

    fn state(&self, stamp: Stamp, config: &TrackerConfig) -> TrackState {
        let doubtful = self.existence < config.confirm_existence;
        match (self.confirmed, self.is_seen()) {
            (false, _) => TrackState::Tentative,
            // Seen by one sensor, denied by another.
            (true, true) if self.existence < config.confirm_existence * DOUBT => {
                TrackState::Tentative
            }
            (true, true) => TrackState::Confirmed,
            // Lost: kept to be found again, but no longer believed.
            (true, false) if doubtful || self.is_unseen_for(config.max_coast_s, stamp) => {
                TrackState::Tentative
            }
            (true, false) => TrackState::Coasted,
        }
    }

    /// As others see it.
    pub(crate) fn published(&self, stamp: Stamp, config: &TrackerConfig) -> Track {
        Track {
            id: self.id,
            state: self.state(stamp, config),
            class: self.belief.class(),
            existence: Score::clamped(self.existence),
            bbox: self.motion.bbox(),
            velocity: self.motion.velocity(),
            yaw_rate: self.motion.yaw_rate(),
            position_covariance: self.motion.position_covariance(),
            age: self.age,
            hits: self.hits,
            misses: self.misses,
        }
    }
}

/// How a kind of object moves in the frame the tracks live in.
pub(crate) fn motion_model(
    group: Group,
    over_ground: bool,
    config: &TrackerConfig,
) -> &MotionNoise {
    match (over_ground, group) {
        (false, _) => &config.without_pose,
        (true, Group::Vehicle) => &config.vehicle_in_world,
        (true, _) => &config.other_in_world,
    }
}

/// Probability after evidence that is `ratio` times likelier when it is true.
fn bayes(prior: f64, ratio: f64) -> f64 {
    let weighted = prior * ratio;
    weighted / (weighted + 1.0 - prior)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_moves_belief_both_ways() {
        assert!((bayes(0.5, 1.0) - 0.5).abs() < 1e-12);
        assert!((bayes(0.5, 3.0) - 0.75).abs() < 1e-12);
        assert!((bayes(0.9, 0.2) - 0.18 / 0.28).abs() < 1e-12);
        assert!(bayes(0.0, 9.0).abs() < 1e-12);
    }
}
