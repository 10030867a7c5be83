//! A track's life: from the first sight to the end.

use crate::class_belief::{ClassBelief, Group};
use crate::config::{ClassConfig, Life};
use crate::found::Found;
use crate::motion::{Guess, Motion};
use delos_core::{
    EndCause, EndedTrack, MissCause, Pairing, Rival, Score, Span, Stamp, Track, TrackCause,
    TrackId, TrackState, TrackStep,
};
use delos_filter::FilterError;

/// Scores are never taken for more certain than this.
const MAX_CERTAINTY: f64 = 0.98;

/// A track with its memory.
#[derive(Clone, Debug)]
pub(crate) struct LiveTrack {
    pub(crate) id: TrackId,
    pub(crate) motion: Motion,
    pub(crate) belief: ClassBelief,
    existence: f64,
    is_confirmed: bool,
    age: u32,
    hits: u32,
    misses: u32,
    last_seen: Stamp,
    /// When somebody last looked for it, seen or not.
    last_watched: Stamp,
    is_broken: bool,
    step: TrackStep,
}

impl LiveTrack {
    /// Begins at a detection, with a guessed motion.
    pub(crate) fn new(
        id: TrackId,
        found: &Found,
        guess: &Guess,
        stamp: Stamp,
        config: &ClassConfig,
    ) -> Result<Self, FilterError> {
        let mut track = Self {
            id,
            motion: Motion::new(&found.bbox, guess, &config.noise)?,
            belief: ClassBelief::new(found.class, found.probability),
            existence: found.probability.min(MAX_CERTAINTY).min(config.life.surest),
            is_confirmed: false,
            age: 1,
            hits: 1,
            misses: 0,
            last_seen: stamp,
            last_watched: stamp,
            is_broken: false,
            step: TrackStep {
                cause: TrackCause::Born,
                expected: 0.0,
                pairing: Some(at_birth(found)),
                rival: None,
            },
        };
        if track.confirm(&config.life) {
            track.step.cause = TrackCause::BornConfirmed;
        }
        Ok(track)
    }

    /// To the time of the next frame.
    pub(crate) fn predict(
        &mut self,
        seconds: f64,
        motion: &crate::MotionNoise,
        config: &ClassConfig,
    ) {
        self.motion.predict(motion, seconds);
        self.existence *= config.life.survival_per_s.powf(seconds);
        self.age = self.age.saturating_add(1);
        self.step.expected = self.existence;
    }

    /// A detection was assigned. Existence by Bayes' rule with the likelihood ratio of
    /// the detection, its odds times a gain (Musicki, Evans, Stankovic 1994).
    pub(crate) fn hit(
        &mut self,
        found: &Found,
        (pairing, rival): (Pairing, Option<Rival>),
        now: (Stamp, bool),
        config: &ClassConfig,
    ) {
        let (stamp, over_ground) = now;
        self.is_broken |= self.motion.update(&found.bbox, &config.noise, over_ground).is_err();
        self.belief.see(found.class, found.probability);
        let certainty = found.probability.clamp(1.0 - MAX_CERTAINTY, MAX_CERTAINTY);
        let odds = certainty / (1.0 - certainty);
        let confidence = &config.confidence;
        let ratio = confidence.evidence_gain * odds.powf(confidence.evidence_weight);
        self.existence = bayes(self.existence, ratio).min(config.life.surest);
        self.hits = self.hits.saturating_add(1);
        self.misses = 0;
        (self.last_seen, self.last_watched) = (stamp, stamp);
        let cause = match (self.confirm(&config.life), self.is_confirmed) {
            (true, _) => TrackCause::Confirmed,
            (false, false) => TrackCause::Gathering,
            (false, true) if self.existence < config.life.publish => TrackCause::Doubted,
            (false, true) => TrackCause::Seen,
        };
        self.step = TrackStep { cause, pairing: Some(pairing), rival, ..self.step };
    }

    /// No detection was assigned.
    pub(crate) fn miss(&mut self, rival: Option<Rival>, stamp: Stamp, life: &Life) {
        self.existence = bayes(self.existence, 1.0 - life.detection_probability);
        self.misses = self.misses.saturating_add(1);
        self.last_watched = stamp;
        let why = match rival {
            None => MissCause::NothingInGate,
            Some(Rival { taken_by: None, .. }) => MissCause::TooDear,
            Some(Rival { taken_by: Some(other), .. }) => MissCause::Taken(other),
        };
        self.go_unseen(why, rival, stamp, life);
    }

    /// Nobody looked: what is not seen then is no evidence.
    pub(crate) fn go_unwatched(&mut self, stamp: Stamp, life: &Life) {
        self.misses = self.misses.saturating_add(1);
        self.go_unseen(MissCause::Unwatched, None, stamp, life);
    }

    fn go_unseen(&mut self, why: MissCause, rival: Option<Rival>, stamp: Stamp, life: &Life) {
        let cause = match self.state(stamp, life) {
            TrackState::Coasted => TrackCause::Coasted(why),
            _ => TrackCause::Lost(why),
        };
        self.step = TrackStep { cause, pairing: None, rival, ..self.step };
    }

    /// Whether it is now believed for the first time.
    fn confirm(&mut self, life: &Life) -> bool {
        let before = self.is_confirmed;
        self.is_confirmed |= self.hits >= life.confirm_hits && self.existence >= life.confirm;
        self.is_confirmed && !before
    }

    /// Why the track should be forgotten, if it should.
    pub(crate) fn end(&self, stamp: Stamp, life: &Life) -> Option<EndCause> {
        // One that is not believed yet waits for the next look, however slow the sensor, but not for ever.
        let longest = life.lost_s.max(life.coast_s);
        let is_missed =
            !self.is_confirmed && self.is_unseen_for(life.tentative_s, self.last_watched);
        let was_watched = self.last_watched == stamp;
        if self.is_broken || !self.motion.is_finite() {
            Some(EndCause::Broken)
        } else if is_missed || self.is_unseen_for(longest, stamp) {
            Some(EndCause::Unseen)
        } else {
            let is_doubted = was_watched && self.misses > 0 && self.existence < life.end;
            is_doubted.then_some(EndCause::Doubtful)
        }
    }

    fn is_unseen_for(&self, seconds: f64, stamp: Stamp) -> bool {
        // A millisecond of grace: stamps of a 10 Hz sensor are not exact.
        (stamp - self.last_seen) > Span::from_secs_f64(seconds + 1e-3)
    }

    /// What kind of object it most probably is.
    pub(crate) fn group(&self) -> Group {
        Group::of(self.belief.class())
    }

    /// Whether it was seen in this frame.
    pub(crate) fn is_seen(&self) -> bool {
        self.misses == 0
    }

    pub(crate) fn is_confirmed(&self) -> bool {
        self.is_confirmed
    }

    /// Whether its velocity can be relied on.
    pub(crate) fn is_settled(&self) -> bool {
        self.hits >= 3 && self.misses == 0
    }

    /// Which of two tracks of one object is to stay: larger is better.
    pub(crate) fn rank(&self) -> (bool, bool, u32, std::cmp::Reverse<TrackId>) {
        (self.is_seen(), self.is_confirmed, self.hits, std::cmp::Reverse(self.id))
    }

    fn state(&self, stamp: Stamp, life: &Life) -> TrackState {
        match (self.is_confirmed, self.is_seen()) {
            (false, _) => TrackState::Tentative,
            // Seen by one sensor, denied by another.
            (true, true) if self.existence < life.publish => TrackState::Tentative,
            (true, true) => TrackState::Confirmed,
            // Lost: kept to be found again, but no longer believed.
            (true, false)
                if self.existence < life.coast || self.is_unseen_for(life.coast_s, stamp) =>
            {
                TrackState::Tentative
            }
            (true, false) => TrackState::Coasted,
        }
    }

    /// As others see it.
    pub(crate) fn published(&self, stamp: Stamp, life: &Life) -> Track {
        Track {
            id: self.id,
            state: self.state(stamp, life),
            class: self.belief.class(),
            classes: self.belief.probabilities(),
            existence: Score::clamped(self.existence),
            bbox: self.motion.bbox(),
            velocity: self.motion.velocity(),
            yaw_rate: self.motion.yaw_rate(),
            covariance: self.motion.covariance(),
            deviations: self.motion.deviations(),
            age: self.age,
            hits: self.hits,
            misses: self.misses,
            step: self.step,
        }
    }

    /// The note of its end.
    pub(crate) fn ended(&self, cause: EndCause) -> EndedTrack {
        EndedTrack {
            id: self.id,
            class: self.belief.class(),
            was_confirmed: self.is_confirmed,
            existence: Score::clamped(self.existence),
            cause,
        }
    }
}

/// The detection that starts a track costs nothing.
fn at_birth(found: &Found) -> Pairing {
    Pairing {
        detection: found.index,
        score: found.score,
        probability: found.probability,
        cost: 0.0,
        gate_share: 0.0,
        round: 1,
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
