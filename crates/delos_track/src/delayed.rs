//! Better tracks, a little later: smoothed, filled and judged with what came after.

mod body;
mod config;
mod evidence;
mod motion;
mod shape;
mod story;

pub use config::{DelayedConfig, Gaps, Hindsight, Lag, Retrospect, Smoothing};

use crate::TrackError;
use crate::class_belief::compatible;
use crate::found::overlap;
use delos_core::{Span, Stamp, Track, TrackId, TrackState, Tracks};
use std::collections::{BTreeMap, VecDeque};
use story::{Moment, Past, Story};

/// Stamps of a 10 Hz sensor are not exact.
const GRACE: Span = Span::from_millis(1);

/// Turns the online tracks of a sequence into better ones that lie a fixed lag behind.
///
/// The tracks of frame `t` are made of the online ones of the frames up to `t + lag` and of no
/// later one. A lag of zero gives the online tracks as they are. At most the frames of one lag
/// are held.
#[derive(Clone, Debug)]
pub struct DelayedTracks {
    config: DelayedConfig,
    /// Frames that are not final, the oldest first.
    window: VecDeque<DelayedFrame>,
    /// What is known of tracks from frames that left the window.
    past: BTreeMap<TrackId, Past>,
}

/// The tracks of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct DelayedFrame {
    /// Number of the frame.
    pub frame: u32,
    /// Its time.
    pub stamp: Stamp,
    /// Its tracks, by identity ascending.
    pub tracks: Tracks,
}

impl DelayedTracks {
    /// Before the first frame of a sequence.
    ///
    /// # Errors
    /// [`TrackError::Config`] for a setting outside its range.
    pub fn new(config: DelayedConfig) -> Result<Self, TrackError> {
        config.validate()?;
        Ok(Self { config, window: VecDeque::new(), past: BTreeMap::new() })
    }

    /// Takes the online tracks of a frame, all of them and not only the confirmed ones, and
    /// returns the frames that become final with it, the oldest first.
    ///
    /// # Errors
    /// [`TrackError::StampNotLater`] when the stamp is not later than that of the frame before;
    /// nothing changes then.
    pub fn push(
        &mut self,
        frame: u32,
        stamp: Stamp,
        tracks: &Tracks,
    ) -> Result<Vec<DelayedFrame>, TrackError> {
        if let Some(last) = self.window.back().filter(|last| stamp <= last.stamp) {
            let previous_ns = last.stamp.as_nanos();
            return Err(TrackError::StampNotLater { previous_ns, stamp_ns: stamp.as_nanos() });
        }
        let taken = DelayedFrame { frame, stamp, tracks: tracks.clone() };
        if self.config.lag_s == Lag::Seconds(0.0) {
            return Ok(vec![taken]);
        }
        // Those for which this frame comes too late, and then those that waited for it.
        let mut out = self.give(self.due(stamp, false));
        self.window.push_back(taken);
        out.append(&mut self.give(self.due(stamp, true)));
        Ok(out)
    }

    /// Ends the sequence: the frames that are left, made of what there is.
    pub fn finish(&mut self) -> Vec<DelayedFrame> {
        let out = self.give(self.window.len());
        self.past.clear();
        out
    }

    /// How many frames need nothing later than `stamp`, or nothing as late.
    fn due(&self, stamp: Stamp, with_stamp: bool) -> usize {
        let Some(lag) = self.config.lag_s.span() else { return 0 };
        let is_due = |held: &&DelayedFrame| {
            let late = stamp - held.stamp;
            if with_stamp { late + GRACE >= lag } else { late > lag + GRACE }
        };
        self.window.iter().take_while(is_due).count()
    }

    /// The first `count` frames, improved; they leave the window.
    fn give(&mut self, count: usize) -> Vec<DelayedFrame> {
        if count == 0 {
            return Vec::new();
        }
        let improved = self.improved(count);
        let mut out = Vec::with_capacity(count);
        for tracks in improved {
            let Some(held) = self.window.pop_front() else { break };
            self.remember(&held);
            out.push(DelayedFrame { tracks: Tracks { tracks, ..held.tracks }, ..held });
        }
        out
    }

    /// Tracks of the first `count` frames.
    fn improved(&self, count: usize) -> Vec<Vec<Track>> {
        let mut frames = vec![Vec::new(); count];
        let known = |held: &DelayedFrame| (held.stamp, held.tracks.has_ego_motion);
        let given: Vec<_> = self.window.iter().take(count).map(known).collect();
        for (id, moments) in self.stories(count) {
            let Some(last) = moments.last() else { continue };
            let config = self.config.of(last.track.class, last.has_ego_motion);
            let story = Story { moments: &moments, past: self.past.get(&id), config };
            for (index, track) in story.told(&given) {
                if let Some(tracks) = frames.get_mut(index) {
                    tracks.push(track);
                }
            }
        }
        for tracks in &mut frames {
            self.drop_shadows(tracks);
        }
        frames
    }

    /// What the window holds of each track that may be in its first `count` frames.
    fn stories(&self, count: usize) -> BTreeMap<TrackId, Vec<Moment<'_>>> {
        let mut stories: BTreeMap<TrackId, Vec<Moment<'_>>> = BTreeMap::new();
        let ahead = Span::from_secs_f64(self.config.longest_before_s());
        let last = self.window.get(count.saturating_sub(1)).map(|held| held.stamp);
        for (index, held) in self.window.iter().enumerate() {
            let may_begin = last.is_some_and(|last| held.stamp - last <= ahead + GRACE);
            for track in &held.tracks.tracks {
                let has_ego_motion = held.tracks.has_ego_motion;
                let moment = Moment { index, stamp: held.stamp, has_ego_motion, track };
                let story = if may_begin {
                    Some(stories.entry(track.id).or_default())
                } else {
                    stories.get_mut(&track.id)
                };
                // A name that comes twice in a frame stands for the first.
                let is_new = |story: &&mut Vec<Moment<'_>>| {
                    story.last().is_none_or(|last| last.index < index)
                };
                if let Some(story) = story.filter(is_new) {
                    story.push(moment);
                }
            }
        }
        stories
    }

    fn remember(&mut self, held: &DelayedFrame) {
        let before = std::mem::take(&mut self.past);
        for track in &held.tracks.tracks {
            let config = self.config.of(track.class, held.tracks.has_ego_motion);
            let past = Past::after(before.get(&track.id), held.stamp, track, &config);
            self.past.entry(track.id).or_insert(past);
        }
    }

    /// A filled box that lies on a seen one is that object under another name.
    fn drop_shadows(&self, tracks: &mut [Track]) {
        for index in 0..tracks.len() {
            let filled = &tracks[index];
            let limit = self.config.of(filled.class, true).gaps.overlap;
            let is_shadow = filled.state == TrackState::Coasted
                && tracks.iter().any(|seen| {
                    seen.state == TrackState::Confirmed
                        && compatible(seen.class, filled.class)
                        && overlap(&seen.bbox, &filled.bbox) > limit
                });
            if is_shadow {
                tracks[index].state = TrackState::Tentative;
            }
        }
    }
}
