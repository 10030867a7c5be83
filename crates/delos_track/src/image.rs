//! The tracker in the image: boxes of one camera, one frame after the other.

mod axis;
mod box_filter;
mod camera;
mod config;
mod flow;
mod found;
mod life;
mod pairing;
mod rectangle;

pub use camera::CameraView;
pub use config::{CameraCompensation, ImageMotion, ImageNoise, ImageTrackerConfig, Overlap};

use crate::TrackError;
use crate::class_belief::compatible;
use camera::CameraMotion;
use delos_core::{Detections2d, ImageTrackEnd, ImageTracks, Stamp, TrackId};
use flow::Flow;
use found::{Found, Intake};
use life::{Frame, LiveTrack};
use pairing::Pairing;

/// Follows objects of all classes through the images of one camera.
///
/// Memory is kept from frame to frame: once it has seen as many tracks and detections as it
/// will, a step needs no new one.
///
/// ```
/// use delos_core::{Box2, Detection2d, Detections2d, ObjectClass, Score, Stamp, TrackState};
/// use delos_track::{ImageTracker, ImageTrackerConfig};
///
/// let mut tracker = ImageTracker::new(ImageTrackerConfig::default())?;
/// for frame in 0..5i64 {
///     let left = 100.0 + 8.0 * frame as f32;
///     let bbox = Box2::new(left, 50.0, left + 60.0, 90.0);
///     let car = Detection2d { bbox, class: ObjectClass::Car, score: Score::new(0.9)? };
///     let stamp = Stamp::from_nanos(frame * 100_000_000);
///     let tracks = tracker.step(stamp, None, &Detections2d(vec![car]))?;
///     if frame == 4 {
///         assert_eq!(tracks.tracks[0].state, TrackState::Confirmed);
///         assert!((tracks.tracks[0].velocity[0] - 80.0).abs() < 5.0);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImageTracker {
    config: ImageTrackerConfig,
    /// By identity ascending.
    tracks: Vec<LiveTrack>,
    next_id: u32,
    last: Option<(Stamp, Option<CameraView>)>,
    intake: Intake,
    pairing: Pairing,
    /// Detections that may begin a track.
    births: Vec<u32>,
    /// For sorting.
    memory: Vec<f64>,
    output: ImageTracks,
}

impl ImageTracker {
    /// A tracker before the first frame of a sequence.
    ///
    /// # Errors
    /// [`TrackError::Config`] for a setting outside its range.
    pub fn new(config: ImageTrackerConfig) -> Result<Self, TrackError> {
        config.validate()?;
        Ok(Self {
            config,
            tracks: Vec::new(),
            next_id: 1,
            last: None,
            intake: Intake::default(),
            pairing: Pairing::default(),
            births: Vec::new(),
            memory: Vec::new(),
            output: ImageTracks::default(),
        })
    }

    /// Forgets everything; the next frame is the first of a sequence and ids start at 1.
    pub fn reset(&mut self) {
        self.tracks.clear();
        self.next_id = 1;
        self.last = None;
        self.output.tracks.clear();
        self.output.ended.clear();
    }

    /// The settings.
    pub const fn config(&self) -> &ImageTrackerConfig {
        &self.config
    }

    /// Takes the detections of an image and returns all tracks at that time, tentative ones
    /// included.
    ///
    /// With the camera and the vehicle's pose in this frame and the one before, the camera's
    /// own motion is taken out ([`ImageTracks::has_camera_motion`]). A pose that is not finite
    /// counts as none. Detections that cannot be used (not finite, empty, regions that nobody
    /// judges) are ignored; their order has no influence.
    ///
    /// # Errors
    /// [`TrackError::StampNotLater`] when the stamp is not later than that of the frame before;
    /// the tracker is left as it was.
    pub fn step(
        &mut self,
        stamp: Stamp,
        view: Option<CameraView>,
        detections: &Detections2d,
    ) -> Result<&ImageTracks, TrackError> {
        self.advance(stamp, view)?;
        self.intake.take(detections, &self.config);
        self.pairing.run(&self.tracks, &self.intake, &self.config);
        self.update(stamp);
        self.end_tracks(stamp);
        self.give_birth(stamp);
        let published = self.tracks.iter().map(|track| track.published(stamp, &self.config));
        self.output.tracks.clear();
        self.output.tracks.extend(published);
        Ok(&self.output)
    }

    /// Predicts all tracks to the time of the frame, or ends them when they cannot be.
    fn advance(&mut self, stamp: Stamp, view: Option<CameraView>) -> Result<(), TrackError> {
        let previous = self.last;
        if let Some((before, _)) = previous.filter(|(before, _)| stamp <= *before) {
            return Err(TrackError::StampNotLater {
                previous_ns: before.as_nanos(),
                stamp_ns: stamp.as_nanos(),
            });
        }
        self.last = Some((stamp, view));
        self.output.has_camera_motion = false;
        self.output.ended.clear();
        let Some((before, view_before)) = previous else { return Ok(()) };
        let seconds = (stamp - before).as_secs_f64();
        if seconds > self.config.max_gap_s {
            let ended = self.tracks.drain(..).map(|track| (track.id(), ImageTrackEnd::Gap));
            self.output.ended.extend(ended);
        }
        let compensation = self.config.camera_motion;
        let motion = view_before
            .zip(view)
            .and_then(|(before, now)| CameraMotion::between(&before, &now, compensation));
        self.output.has_camera_motion = motion.is_some();
        let size = view.and_then(|view| view.camera.size);
        let frame = Frame { seconds, motion, size };
        let survival = self.config.survival_per_s.powf(seconds);
        for track in &mut self.tracks {
            track.predict(&frame, survival, &self.config);
        }
        Ok(())
    }

    fn update(&mut self, stamp: Stamp) {
        let found = self.intake.all();
        for (track, pair) in self.tracks.iter_mut().zip(self.pairing.matches()) {
            match pair.and_then(|pair| found.get(pair.found).map(|found| (found, pair.cause))) {
                Some((found, cause)) => track.hit(found, cause, stamp, &self.config),
                None => track.miss(&self.config),
            }
        }
    }

    fn end_tracks(&mut self, stamp: Stamp) {
        let (config, ended) = (&self.config, &mut self.output.ended);
        self.tracks.retain(|track| {
            let end = track.end(stamp, config);
            ended.extend(end.map(|end| (track.id(), end)));
            end.is_none()
        });
    }

    /// Tracks for the probable detections that nobody took and no track explains, the most
    /// probable first.
    fn give_birth(&mut self, stamp: Stamp) {
        self.list_births();
        let flow = self.flow();
        self.output.refused_births = 0;
        for number in &self.births {
            let found = &self.intake.all()[*number as usize];
            if is_explained(&self.tracks, found, self.config.duplicate_iou) {
                continue;
            }
            if self.tracks.len() >= self.config.max_tracks {
                self.output.refused_births += 1;
                continue;
            }
            let id = TrackId(self.next_id);
            self.next_id = self.next_id.saturating_add(1);
            self.tracks.push(LiveTrack::new(id, found, flow.as_ref(), stamp, &self.config));
        }
    }

    fn list_births(&mut self) {
        let found = self.intake.all();
        self.births.clear();
        self.births.extend((0..).zip(found).filter_map(|(number, found)| {
            let free = !self.pairing.is_taken(number as usize);
            (free && found.probability >= self.config.birth_score).then_some(number)
        }));
        // Of equally probable ones the first by place.
        let probability = |number: u32| found[number as usize].probability;
        self.births
            .sort_unstable_by(|a, b| probability(*b).total_cmp(&probability(*a)).then(a.cmp(b)));
    }

    /// The flow of what stands, for new tracks, unless all of it has been taken out.
    fn flow(&mut self) -> Option<Flow> {
        let is_still =
            self.output.has_camera_motion && self.config.camera_motion == CameraCompensation::Full;
        if self.births.is_empty() || is_still {
            return None;
        }
        let (_, view) = self.last?;
        let settled = self.tracks.iter().filter(|track| track.is_settled()).map(LiveTrack::filter);
        Flow::of(&settled, view?.camera.principal_point().into(), &mut self.memory)
    }
}

/// Whether a track seen in this frame covers the detection.
fn is_explained(tracks: &[LiveTrack], found: &Found, duplicate_iou: f64) -> bool {
    tracks.iter().any(|track| {
        track.misses() == 0
            && track.seen().touches(&found.rect)
            && compatible(track.class(), found.class)
            && track.seen().iou(&found.rect) > duplicate_iou
    })
}

#[cfg(test)]
mod tests;
