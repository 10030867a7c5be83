//! The life of a track in the image: from the first sight to the end.

use super::box_filter::BoxFilter;
use super::camera::CameraMotion;
use super::config::ImageTrackerConfig;
use super::flow::Flow;
use super::found::Found;
use super::rectangle::Rect;
use crate::class_belief::ClassBelief;
use delos_core::{
    Box2, ImageSize, ImageTrack, ImageTrackCause, ImageTrackEnd, ObjectClass, Score, Span, Stamp,
    TrackId, TrackState,
};

/// Scores are never taken for more certain than this.
const MAX_CERTAINTY: f64 = 0.98;

/// A frame as a track sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Since the frame before.
    pub(crate) seconds: f64,
    pub(crate) motion: Option<CameraMotion>,
    /// Of the image, where it is known.
    pub(crate) size: Option<ImageSize>,
}

/// A track with its memory.
#[derive(Clone, Debug)]
pub(crate) struct LiveTrack {
    id: TrackId,
    filter: BoxFilter,
    /// The last detection, in the present image.
    seen: Rect,
    expected: Rect,
    belief: ClassBelief,
    existence: f64,
    confirmed: bool,
    age: u32,
    hits: u32,
    misses: u32,
    last_seen: Stamp,
    cause: ImageTrackCause,
    left: bool,
}

impl LiveTrack {
    /// Begins at a detection, with the flow of what stands where that is known.
    pub(crate) fn new(
        id: TrackId,
        found: &Found,
        flow: Option<&Flow>,
        stamp: Stamp,
        config: &ImageTrackerConfig,
    ) -> Self {
        let rates = flow.map_or([0.0; 4], |flow| flow.at(&found.rect));
        let filter = BoxFilter::new(&found.rect, rates, &config.noise, &config.motion);
        let mut track = Self {
            id,
            filter,
            seen: found.rect,
            expected: found.rect,
            belief: ClassBelief::new(found.class, found.probability),
            existence: found.probability.min(MAX_CERTAINTY),
            confirmed: false,
            age: 1,
            hits: 1,
            misses: 0,
            last_seen: stamp,
            cause: ImageTrackCause::Born,
            left: false,
        };
        track.confirm(config);
        track
    }

    /// To the time of the frame. `survival` is the probability that it still exists.
    pub(crate) fn predict(&mut self, frame: &Frame, survival: f64, config: &ImageTrackerConfig) {
        if let Some(motion) = &frame.motion {
            self.follow_camera(motion);
        }
        self.filter.predict(frame.seconds, frame.motion.is_some(), &config.motion);
        self.expected = self.filter.rect();
        self.left |= frame.size.is_some_and(|size| is_outside(&self.expected, size));
        self.existence *= survival;
        self.age = self.age.saturating_add(1);
    }

    fn follow_camera(&mut self, motion: &CameraMotion) {
        let height_m = self.belief.class().typical_size().map(|(_, _, height)| height);
        self.left |= !self.filter.warp(motion, height_m);
        match motion.warp(&self.seen, height_m) {
            Some(warped) => self.seen = warped.rect(&self.seen),
            None => self.left = true,
        }
    }

    /// A detection was assigned. Existence by Bayes' rule with the likelihood ratio of the
    /// detection, its odds times a gain (Musicki, Evans, Stankovic 1994).
    pub(crate) fn hit(
        &mut self,
        found: &Found,
        cause: ImageTrackCause,
        stamp: Stamp,
        config: &ImageTrackerConfig,
    ) {
        self.filter.correct(&found.rect, &config.noise);
        self.belief.see(found.class, found.probability);
        let certainty = found.probability.clamp(1.0 - MAX_CERTAINTY, MAX_CERTAINTY);
        let ratio = config.evidence_gain * certainty / (1.0 - certainty);
        self.existence = bayes(self.existence, ratio).min(0.999);
        (self.seen, self.last_seen) = (found.rect, stamp);
        self.hits = self.hits.saturating_add(1);
        self.misses = 0;
        self.cause = cause;
        self.left = false;
        self.confirm(config);
    }

    /// No detection was assigned.
    pub(crate) fn miss(&mut self, config: &ImageTrackerConfig) {
        self.existence = bayes(self.existence, 1.0 - config.detection_probability);
        self.misses = self.misses.saturating_add(1);
        self.cause = ImageTrackCause::Unseen;
    }

    fn confirm(&mut self, config: &ImageTrackerConfig) {
        let enough = self.hits >= config.confirm_hits && self.existence >= config.confirm_existence;
        if enough && !self.confirmed {
            self.confirmed = true;
            self.cause = ImageTrackCause::Confirmed;
        }
    }

    /// Why the track is to be forgotten, if it is.
    pub(crate) fn end(&self, stamp: Stamp, config: &ImageTrackerConfig) -> Option<ImageTrackEnd> {
        if self.misses == 0 {
            return None;
        }
        let (limit, late) = if self.confirmed {
            (config.max_lost_s.max(config.max_coast_s), ImageTrackEnd::UnseenTooLong)
        } else {
            (config.max_tentative_coast_s, ImageTrackEnd::NeverConfirmed)
        };
        if self.left {
            Some(ImageTrackEnd::LeftImage)
        } else if self.is_unseen_for(limit, stamp) {
            Some(late)
        } else {
            (self.existence < config.end_existence).then_some(ImageTrackEnd::Improbable)
        }
    }

    fn is_unseen_for(&self, seconds: f64, stamp: Stamp) -> bool {
        // A millisecond of grace: stamps of a 10 Hz sensor are not exact.
        (stamp - self.last_seen) > Span::from_secs_f64(seconds + 1e-3)
    }

    /// Whether its velocity can be relied on.
    pub(crate) const fn is_settled(&self) -> bool {
        self.hits >= 3 && self.misses == 0
    }

    /// Where it is and how it moves.
    pub(crate) const fn filter(&self) -> &BoxFilter {
        &self.filter
    }

    pub(crate) const fn id(&self) -> TrackId {
        self.id
    }

    pub(crate) fn class(&self) -> ObjectClass {
        self.belief.class()
    }

    pub(crate) const fn is_confirmed(&self) -> bool {
        self.confirmed
    }

    pub(crate) const fn misses(&self) -> u32 {
        self.misses
    }

    /// Where it should be in this frame.
    pub(crate) const fn expected(&self) -> &Rect {
        &self.expected
    }

    /// The last detection.
    pub(crate) const fn seen(&self) -> &Rect {
        &self.seen
    }

    fn state(&self, stamp: Stamp, config: &ImageTrackerConfig) -> TrackState {
        let doubtful = self.existence < config.confirm_existence;
        match (self.confirmed, self.misses) {
            (false, _) => TrackState::Tentative,
            (true, 0) => TrackState::Confirmed,
            // Lost: kept to be found again, but no longer believed.
            (true, _) if doubtful || self.is_unseen_for(config.max_coast_s, stamp) => {
                TrackState::Tentative
            }
            (true, _) => TrackState::Coasted,
        }
    }

    /// As others see it.
    pub(crate) fn published(&self, stamp: Stamp, config: &ImageTrackerConfig) -> ImageTrack {
        let [x1, y1, x2, y2] = self.filter.rect().0.map(|v| v as f32);
        ImageTrack {
            id: self.id,
            state: self.state(stamp, config),
            class: self.belief.class(),
            existence: Score::clamped(self.existence),
            bbox: Box2 { x1, y1, x2, y2 },
            deviations: self.filter.deviations().map(|v| v as f32),
            velocity: self.filter.velocity().map(|v| v as f32),
            cause: self.cause,
            age: self.age,
            hits: self.hits,
            misses: self.misses,
        }
    }
}

fn is_outside(rect: &Rect, size: ImageSize) -> bool {
    !rect.touches(&Rect([0.0, 0.0, f64::from(size.width), f64::from(size.height)]))
}

/// Probability after evidence that is `ratio` times likelier when it is true.
fn bayes(prior: f64, ratio: f64) -> f64 {
    let weighted = prior * ratio;
    weighted / (weighted + 1.0 - prior)
}
