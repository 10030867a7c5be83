//! The tracker: one frame after the other.

use crate::associate::associate;
use crate::class_belief::{Group, compatible};
use crate::found::{Found, prepare};
use crate::life::{LiveTrack, motion_model};
use crate::motion::Guess;
use crate::scene::SceneMotion;
use crate::{TrackError, TrackerConfig};
use delos_core::{Detections3d, Ego, ObjectClass, Stamp, TrackId, Tracks, Transform, World};
use delos_filter::chi_square_quantile;
use delos_geom::iou_bev;

/// Follows objects of all classes through a sequence.
#[derive(Clone, Debug)]
pub struct Tracker {
    config: TrackerConfig,
    /// Largest squared Mahalanobis distance of a pair.
    gate: f64,
    /// By identity ascending.
    tracks: Vec<LiveTrack>,
    next_id: u32,
    last: Option<Frame>,
}

/// What is remembered of the frame before.
#[derive(Clone, Copy, Debug)]
struct Frame {
    stamp: Stamp,
    over_ground: bool,
}

impl Tracker {
    /// A tracker before the first frame of a sequence.
    ///
    /// # Errors
    /// [`TrackError::Config`] for a setting outside its range.
    pub fn new(config: TrackerConfig) -> Result<Self, TrackError> {
        config.validate()?;
        let gate = chi_square_quantile(config.gate_probability, 2)?;
        Ok(Self { config, gate, tracks: Vec::new(), next_id: 1, last: None })
    }

    /// Forgets everything; the next frame is the first of a sequence and ids start at 1.
    pub fn reset(&mut self) {
        self.tracks.clear();
        self.next_id = 1;
        self.last = None;
    }

    /// The settings.
    pub const fn config(&self) -> &TrackerConfig {
        &self.config
    }

    /// Takes the detections of a frame, in the vehicle's frame, and returns all tracks
    /// at that time, tentative ones included.
    ///
    /// With `world_from_ego` the tracks live in the world and velocities are over
    /// ground. Without it they live in the vehicle's own frame, where what stands comes
    /// nearer as the vehicle drives; the returned pose is then the identity. When a pose
    /// appears or disappears within a sequence, all tracks end and others begin.
    ///
    /// Detections that cannot be used (centres not finite or 10 km away, regions that
    /// nobody judges, weaker ones of an overlapping pair) are ignored. The order of the
    /// detections has no influence.
    ///
    /// # Errors
    /// [`TrackError::StampNotLater`] when the stamp is not later than that of the frame
    /// before, [`TrackError::Pose`] when the pose is not finite, [`TrackError::Filter`]
    /// when no filter can be started. The first two leave the tracker as it was.
    pub fn step(
        &mut self,
        stamp: Stamp,
        world_from_ego: Option<Transform<World, Ego>>,
        detections: &Detections3d,
    ) -> Result<Tracks, TrackError> {
        check_pose(stamp, world_from_ego.as_ref())?;
        let frame = Frame { stamp, over_ground: world_from_ego.is_some() };
        self.advance(frame)?;
        let pose = world_from_ego.unwrap_or_else(Transform::identity);
        let found = prepare(detections, &pose, &self.config);
        let pairs = associate(&self.tracks, &found, self.gate, &self.config);
        self.update(&found, &pairs, frame);
        self.tracks.retain(|track| !track.is_over(stamp, &self.config));
        self.remove_duplicates();
        self.give_birth(&found, &pairs, frame)?;
        Ok(Tracks {
            world_from_ego: pose,
            has_ego_motion: frame.over_ground,
            tracks: self.tracks.iter().map(|t| t.published(stamp, &self.config)).collect(),
        })
    }

    /// Predicts all tracks to the time of the frame, or ends them when they cannot be.
    fn advance(&mut self, now: Frame) -> Result<(), TrackError> {
        if let Some(before) = self.last {
            if now.stamp <= before.stamp {
                return Err(TrackError::StampNotLater {
                    previous_ns: before.stamp.as_nanos(),
                    stamp_ns: now.stamp.as_nanos(),
                });
            }
            let seconds = (now.stamp - before.stamp).as_secs_f64();
            if seconds > self.config.max_gap_s || now.over_ground != before.over_ground {
                tracing::debug!(seconds, tracks = self.tracks.len(), "all tracks end");
                self.tracks.clear();
            }
            for track in &mut self.tracks {
                track.predict(seconds, now.over_ground, &self.config);
            }
        }
        self.last = Some(now);
        Ok(())
    }

    fn update(&mut self, found: &[Found], pairs: &[Option<usize>], now: Frame) {
        for (track, pair) in self.tracks.iter_mut().zip(pairs) {
            match pair.and_then(|index| found.get(index)) {
                Some(found) => track.hit(found, now.stamp, now.over_ground, &self.config),
                None => track.miss(&self.config),
            }
        }
    }

    /// Of tracks that came to lie on each other, the better one stays.
    fn remove_duplicates(&mut self) {
        let boxes: Vec<_> = self.tracks.iter().map(|t| t.motion.bbox()).collect();
        let mut ended = vec![false; boxes.len()];
        for (i, a) in self.tracks.iter().enumerate() {
            for (j, b) in self.tracks.iter().enumerate().skip(i + 1) {
                let same = !ended[i] && !ended[j] && compatible(a.belief.class(), b.belief.class());
                if same && iou_bev(&boxes[i], &boxes[j]) > self.duplicate_iou(a.belief.class()) {
                    ended[if a.rank() < b.rank() { i } else { j }] = true;
                }
            }
        }
        let mut ended = ended.into_iter();
        self.tracks.retain(|_| !ended.next().unwrap_or(false));
    }

    /// Starts tracks at probable detections that nobody took, the most probable first.
    fn give_birth(
        &mut self,
        found: &[Found],
        pairs: &[Option<usize>],
        now: Frame,
    ) -> Result<(), TrackError> {
        let scene = if now.over_ground { None } else { self.scene() };
        let mut taken = vec![false; found.len()];
        for index in pairs.iter().flatten() {
            taken[*index] = true;
        }
        for (found, _) in found.iter().zip(taken).filter(|(_, taken)| !taken) {
            let full = self.tracks.len() >= self.config.max_tracks;
            if full || found.probability < self.config.birth_score {
                break;
            }
            if !self.is_explained(found) {
                self.start(found, scene, now)?;
            }
        }
        Ok(())
    }

    fn start(
        &mut self,
        found: &Found,
        scene: Option<SceneMotion>,
        now: Frame,
    ) -> Result<(), TrackError> {
        let model = motion_model(Group::of(found.class), now.over_ground, &self.config);
        let place = found.bbox.center.point().coords.xy();
        let guess = scene.map_or_else(
            || Guess::standing(*model),
            |scene| Guess {
                velocity: scene.velocity_at(&place),
                yaw_rate: scene.turn_rate,
                deviations: self.config.in_scene(model),
            },
        );
        let id = TrackId(self.next_id);
        self.tracks.push(LiveTrack::new(id, found, &guess, now.stamp, &self.config)?);
        self.next_id = self.next_id.saturating_add(1);
        Ok(())
    }

    /// Whether a track that was seen in this frame already stands for a detection.
    fn is_explained(&self, found: &Found) -> bool {
        self.tracks.iter().filter(|t| t.is_seen()).any(|t| {
            compatible(t.belief.class(), found.class)
                && iou_bev(&t.motion.bbox(), &found.bbox) > self.duplicate_iou(found.class)
        })
    }

    /// Overlap above which two things of a kind are one. Boxes of people who walk side by
    /// side do overlap, vehicles do not.
    fn duplicate_iou(&self, class: ObjectClass) -> f64 {
        match Group::of(class) {
            Group::Vulnerable => self.config.duplicate_iou.max(self.config.nms_iou),
            _ => self.config.duplicate_iou,
        }
    }

    /// Common motion of the tracks whose velocity is known.
    fn scene(&self) -> Option<SceneMotion> {
        let settled = self.tracks.iter().filter(|t| t.is_settled());
        let motions: Vec<_> = settled.map(|t| (t.motion.place(), t.motion.velocity())).collect();
        SceneMotion::of(&motions)
    }
}

fn check_pose(
    stamp: Stamp,
    world_from_ego: Option<&Transform<World, Ego>>,
) -> Result<(), TrackError> {
    let finite = world_from_ego.is_none_or(|pose| {
        let (place, turn) = (pose.isometry().translation.vector, pose.isometry().rotation.coords);
        place.iter().chain(turn.iter()).all(|v| v.is_finite())
    });
    if finite { Ok(()) } else { Err(TrackError::Pose { stamp_ns: stamp.as_nanos() }) }
}
