//! A track from its first frame to the last that is known.

use super::GRACE;
use super::body::{velocity, world_covariance};
use super::config::Hindsight;
use super::evidence::Evidence;
use super::motion::smoothed_motion;
use super::shape::{Shape, smoothed_shapes};

use delos_core::{
    Box3, Position, Score, Size, Span, Stamp, Track, TrackState, TrackStep, World, Yaw,
};
use delos_filter::{Gaussian, MotionModel};

/// A track in a frame of the window.
pub(super) struct Moment<'a> {
    /// Place of the frame in the window.
    pub(super) index: usize,
    pub(super) stamp: Stamp,
    /// Whether the tracks live in the world.
    pub(super) has_ego_motion: bool,
    pub(super) track: &'a Track,
}

/// What is remembered of a track up to a frame.
#[derive(Clone, Debug)]
pub(super) struct Past {
    stamp: Stamp,
    last_seen: Option<Stamp>,
    evidence: Evidence,
    shape: Shape,
}

impl Past {
    /// With one frame more.
    pub(super) fn after(
        before: Option<&Self>,
        stamp: Stamp,
        track: &Track,
        config: &Hindsight,
    ) -> Self {
        let seen = (track.misses == 0).then_some(stamp);
        let evidence = Evidence::of(track, &config.belief);
        let Some(before) = before else {
            return Self { stamp, last_seen: seen, evidence, shape: Shape::first(track) };
        };
        let seconds = (stamp - before.stamp).as_secs_f64();
        Self {
            stamp,
            last_seen: seen.or(before.last_seen),
            evidence: before.evidence.faded(seconds, &config.belief).with(&evidence),
            shape: before.shape.next(track, seconds, &config.smoothing),
        }
    }
}

/// What the window holds of a track, and what was before.
pub(super) struct Story<'a> {
    pub(super) moments: &'a [Moment<'a>],
    pub(super) past: Option<&'a Past>,
    pub(super) config: Hindsight,
}

impl Story<'_> {
    /// The improved track in each of the first frames of the window, of which stamp and whether
    /// there was a pose are given, with the place of the frame. One that is not believed in any
    /// of them stays where it was.
    pub(super) fn told(&self, frames: &[(Stamp, bool)]) -> Vec<(usize, Track)> {
        let pasts = self.pasts();
        let evidence = self.evidence(&pasts);
        let wanted = self.moments.iter().take_while(|moment| moment.index < frames.len()).count();
        let believed = evidence.iter().take(wanted.max(1));
        if !believed.into_iter().any(|evidence| self.is_believed(evidence)) {
            let moments = self.moments.iter().zip(&evidence).take(wanted);
            return moments.map(|(moment, evidence)| self.denied(moment, evidence)).collect();
        }
        let motion = smoothed_motion(self.moments, &self.config.smoothing.law());
        let shapes: Vec<_> = pasts.iter().map(|past| past.shape.clone()).collect();
        let shapes = smoothed_shapes(&shapes);
        let mut out = self.before_birth(frames, &motion, &shapes, &evidence);
        let parts = motion.iter().zip(&shapes).zip(&evidence).take(wanted);
        for (place, ((motion, shape), evidence)) in parts.enumerate() {
            let Some(moment) = self.moments.get(place) else { break };
            let state = self.state(place, &pasts, evidence);
            out.push((moment.index, self.improved(moment.track, motion, shape, evidence, state)));
        }
        out
    }

    fn is_believed(&self, evidence: &Evidence) -> bool {
        evidence.probability(&self.config.belief) >= self.config.belief.publish
    }

    /// Where it was, and nothing to publish.
    fn denied(&self, moment: &Moment<'_>, evidence: &Evidence) -> (usize, Track) {
        let existence = Score::clamped(evidence.probability(&self.config.belief));
        let state = TrackState::Tentative;
        (moment.index, Track { state, existence, ..moment.track.clone() })
    }

    /// What is known up to each moment.
    fn pasts(&self) -> Vec<Past> {
        let mut pasts: Vec<Past> = Vec::with_capacity(self.moments.len());
        for moment in self.moments {
            let before = pasts.last().or(self.past);
            pasts.push(Past::after(before, moment.stamp, moment.track, &self.config));
        }
        pasts
    }

    /// What each moment and all around it say.
    fn evidence(&self, pasts: &[Past]) -> Vec<Evidence> {
        let config = &self.config.belief;
        let mut out: Vec<Evidence> = Vec::with_capacity(pasts.len());
        let mut later: Option<(Stamp, Evidence)> = None;
        for (moment, past) in self.moments.iter().zip(pasts).rev() {
            let own = Evidence::of(moment.track, config);
            let ahead = later.map(|(stamp, evidence)| {
                evidence.faded((stamp - moment.stamp).as_secs_f64(), config)
            });
            out.push(ahead.map_or(past.evidence, |ahead| past.evidence.with(&ahead)));
            later = Some((moment.stamp, ahead.map_or(own, |ahead| own.with(&ahead))));
        }
        out.reverse();
        out
    }

    fn state(&self, place: usize, pasts: &[Past], evidence: &Evidence) -> TrackState {
        let (Some(moment), Some(past)) = (self.moments.get(place), pasts.get(place)) else {
            return TrackState::Tentative;
        };
        if !self.is_believed(evidence) {
            return TrackState::Tentative;
        }
        if moment.track.misses == 0 {
            return TrackState::Confirmed;
        }
        let gaps = &self.config.gaps;
        let mut later = self.moments.iter().skip(place);
        let next = later.find(|later| later.track.misses == 0).map(|later| later.stamp);
        let is_short = match (past.last_seen, next) {
            (Some(last), Some(next)) => within(next - last, gaps.longest_s),
            (Some(last), None) => within(moment.stamp - last, gaps.after_s),
            (None, _) => false,
        };
        if is_short { TrackState::Coasted } else { TrackState::Tentative }
    }

    /// The first state followed back to frames before the first sighting, as long as the tracks
    /// lived in the same axes.
    fn before_birth(
        &self,
        frames: &[(Stamp, bool)],
        motion: &[Gaussian<6>],
        shapes: &[([f64; 4], [f64; 4])],
        evidence: &[Evidence],
    ) -> Vec<(usize, Track)> {
        let longest = self.config.gaps.before_s;
        let all = (self.moments.first(), motion.first(), shapes.first(), evidence.first());
        let (Some(first), Some(motion), Some(shape), Some(evidence)) = all else {
            return Vec::new();
        };
        if self.past.is_some() || !self.is_believed(evidence) || longest <= 0.0 {
            return Vec::new();
        }
        let law = self.config.smoothing.law();
        let before = frames.iter().enumerate().take(first.index);
        let near = before.filter(|(_, (stamp, has_ego_motion))| {
            *has_ego_motion == first.has_ego_motion && within(first.stamp - *stamp, longest)
        });
        near.map(|(index, (stamp, _))| {
            let state = followed_back(motion, &law, (first.stamp - *stamp).as_secs_f64());
            let track = unborn(first.track);
            (index, self.improved(&track, &state, shape, evidence, TrackState::Coasted))
        })
        .collect()
    }

    fn improved(
        &self,
        track: &Track,
        motion: &Gaussian<6>,
        shape: &([f64; 4], [f64; 4]),
        evidence: &Evidence,
        state: TrackState,
    ) -> Track {
        let (class, classes) = evidence.classes().unwrap_or((track.class, track.classes));
        Track {
            state,
            class,
            classes,
            existence: Score::clamped(evidence.probability(&self.config.belief)),
            bbox: bbox(motion, &shape.0).unwrap_or(track.bbox),
            velocity: velocity(motion),
            yaw_rate: motion.mean[5],
            covariance: world_covariance(motion),
            deviations: shape.1,
            ..track.clone()
        }
    }
}

/// A track before its first sighting.
fn unborn(track: &Track) -> Track {
    let step = TrackStep { expected: 0.0, pairing: None, rival: None, ..track.step };
    Track { age: 0, hits: 0, step, ..track.clone() }
}

fn followed_back(state: &Gaussian<6>, law: &impl MotionModel<6>, seconds: f64) -> Gaussian<6> {
    let back = law.jacobian(&state.mean, -seconds);
    let mean = law.predicted(&state.mean, -seconds);
    let noise = law.process_noise(&mean, seconds);
    Gaussian { mean, covariance: back * (state.covariance + noise) * back.transpose() }
}

fn within(span: Span, seconds: f64) -> bool {
    span <= Span::from_secs_f64(seconds) + GRACE
}

fn bbox(motion: &Gaussian<6>, [z, length, width, height]: &[f64; 4]) -> Option<Box3<World>> {
    let center = Position::new(motion.mean[0], motion.mean[1], *z);
    let size = Size::new(*length, *width, *height).ok()?;
    Some(Box3::new(center, size, Yaw::new(motion.mean[2]).ok()?))
}
