//! The tracker: one frame after the other.

use crate::associate::Associator;
use crate::class_belief::{Group, compatible};
use crate::found::{Found, overlap, prepare};
use crate::gates::Gates;
use crate::life::LiveTrack;
use crate::motion::Guess;
use crate::scene::SceneMotion;
use crate::{Late, TrackError, TrackerConfig};
use delos_core::{
    Box3, Detections3d, Ego, EndCause, ObjectClass, Stamp, TrackId, Tracks, Transform, World,
};
use nalgebra::Vector2;

/// Follows objects of all classes through a sequence.
#[derive(Clone, Debug)]
pub struct Tracker {
    config: TrackerConfig,
    gates: Gates,
    /// By identity ascending.
    tracks: Vec<LiveTrack>,
    next_id: u32,
    last: Option<Frame>,
    found: Vec<Found>,
    associator: Associator,
    boxes: Vec<Box3<World>>,
    over: Vec<Option<EndCause>>,
    settled: Vec<(Vector2<f64>, Vector2<f64>)>,
    numbers: Vec<f64>,
    facts: StepFacts,
    out: Tracks,
}

/// What is remembered of the frame before.
#[derive(Clone, Copy, Debug)]
struct Frame {
    stamp: Stamp,
    over_ground: bool,
}

/// What was not done in a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepFacts {
    /// Detections that could not be used: centres not finite or 10 km away, regions that
    /// nobody judges.
    pub unusable: usize,
    /// Births that did not happen since there were `max_tracks` tracks.
    pub refused_births: usize,
    /// Whether the frame was left out since it came too late.
    pub is_skipped: bool,
}

impl Tracker {
    /// A tracker before the first frame of a sequence.
    ///
    /// # Errors
    /// [`TrackError::Config`] for a setting outside its range.
    pub fn new(config: TrackerConfig) -> Result<Self, TrackError> {
        config.validate()?;
        Ok(Self {
            gates: Gates::new(&config)?,
            config,
            tracks: Vec::new(),
            next_id: 1,
            last: None,
            found: Vec::new(),
            associator: Associator::default(),
            boxes: Vec::new(),
            over: Vec::new(),
            settled: Vec::new(),
            numbers: Vec::new(),
            facts: StepFacts::default(),
            out: Tracks::default(),
        })
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

    /// What was not done in the last frame.
    pub const fn facts(&self) -> StepFacts {
        self.facts
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
    /// detections has no influence. Memory is kept from frame to frame.
    ///
    /// # Errors
    /// [`TrackError::StampNotLater`] when the stamp is not later than that of the frame
    /// before and [`Late::Refuse`] is the rule, [`TrackError::Pose`] when the pose is not finite, [`TrackError::Filter`]
    /// when no filter can be started. The first two leave the tracker as it was.
    pub fn step(
        &mut self,
        stamp: Stamp,
        world_from_ego: Option<Transform<World, Ego>>,
        detections: &Detections3d,
    ) -> Result<&Tracks, TrackError> {
        let Some(frame) = self.begin(stamp, world_from_ego)? else { return Ok(&self.out) };
        let pose = world_from_ego.unwrap_or_else(Transform::identity);
        self.facts.unusable = prepare(detections, &pose, &self.config, &mut self.found);
        self.associator.run(&self.tracks, &self.found, &self.gates, &self.config);
        self.update(frame);
        self.find_ends(stamp);
        self.remove_ended();
        self.find_duplicates();
        self.remove_ended();
        self.give_birth(frame)?;
        self.publish(pose, frame);
        Ok(&self.out)
    }

    /// Goes on to a frame in which nobody looked for objects: tracks move on as they are
    /// expected to, and that they are not seen tells nothing against them. They end where they
    /// have been unseen for too long.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn coast(
        &mut self,
        stamp: Stamp,
        world_from_ego: Option<Transform<World, Ego>>,
    ) -> Result<&Tracks, TrackError> {
        let Some(frame) = self.begin(stamp, world_from_ego)? else { return Ok(&self.out) };
        for track in &mut self.tracks {
            track.go_unwatched(stamp, &self.config.of(track.group()).life);
        }
        self.find_ends(stamp);
        self.remove_ended();
        self.publish(world_from_ego.unwrap_or_else(Transform::identity), frame);
        Ok(&self.out)
    }

    /// Brings all tracks to the time of a frame; `None` where the frame is to be left out.
    fn begin(
        &mut self,
        stamp: Stamp,
        world_from_ego: Option<Transform<World, Ego>>,
    ) -> Result<Option<Frame>, TrackError> {
        if self.is_late(stamp)? {
            self.facts = StepFacts { is_skipped: true, ..StepFacts::default() };
            self.out.ended.clear();
            return Ok(None);
        }
        check_pose(stamp, world_from_ego.as_ref())?;
        self.facts = StepFacts::default();
        let frame = Frame { stamp, over_ground: world_from_ego.is_some() };
        self.advance(frame);
        Ok(Some(frame))
    }

    /// Whether a frame is to be left out: it is not later than the one before.
    fn is_late(&self, stamp: Stamp) -> Result<bool, TrackError> {
        match (self.last, self.config.late) {
            (Some(before), Late::Refuse) if stamp <= before.stamp => {
                Err(TrackError::StampNotLater {
                    previous_ns: before.stamp.as_nanos(),
                    stamp_ns: stamp.as_nanos(),
                })
            }
            (Some(before), Late::Skip) => Ok(stamp <= before.stamp),
            _ => Ok(false),
        }
    }

    /// Predicts all tracks to the time of the frame, or ends them when they cannot be.
    fn advance(&mut self, now: Frame) {
        self.out.ended.clear();
        if let Some(before) = self.last {
            let seconds = (now.stamp - before.stamp).as_secs_f64();
            if seconds > self.config.max_gap_s {
                self.end_all(EndCause::Gap);
            } else if now.over_ground != before.over_ground {
                self.end_all(EndCause::OtherFrame);
            }
            for track in &mut self.tracks {
                let group = track.group();
                let motion = self.config.motion(group, now.over_ground);
                track.predict(seconds, motion, self.config.of(group));
            }
        }
        self.last = Some(now);
    }

    fn end_all(&mut self, cause: EndCause) {
        self.out.ended.extend(self.tracks.iter().map(|track| track.ended(cause)));
        self.tracks.clear();
    }

    fn update(&mut self, now: Frame) {
        for index in 0..self.tracks.len() {
            let rival = self.associator.rival(index, &self.tracks);
            let track = &mut self.tracks[index];
            let config = self.config.of(track.group());
            let pair = self.associator.of_track(index);
            match pair.and_then(|(found, pairing)| Some((self.found.get(found)?, pairing))) {
                Some((found, pairing)) => {
                    track.hit(found, (pairing, rival), (now.stamp, now.over_ground), config);
                }
                None => track.miss(rival, now.stamp, &config.life),
            }
        }
    }

    fn find_ends(&mut self, stamp: Stamp) {
        let config = &self.config;
        self.over.clear();
        self.over.extend(self.tracks.iter().map(|t| t.end(stamp, &config.of(t.group()).life)));
    }

    /// Of tracks that came to lie on each other, the better one stays.
    fn find_duplicates(&mut self) {
        self.over.clear();
        self.over.resize(self.tracks.len(), None);
        self.boxes.clear();
        self.boxes.extend(self.tracks.iter().map(|t| t.motion.bbox()));
        for (i, a) in self.tracks.iter().enumerate() {
            let limit = self.duplicate_iou(a.belief.class());
            for (j, b) in self.tracks.iter().enumerate().skip(i + 1) {
                let both = self.over[i].is_none() && self.over[j].is_none();
                let same = both && compatible(a.belief.class(), b.belief.class());
                if same && overlap(&self.boxes[i], &self.boxes[j]) > limit {
                    let (worse, better) = if a.rank() < b.rank() { (i, b.id) } else { (j, a.id) };
                    self.over[worse] = Some(EndCause::DuplicateOf(better));
                }
            }
        }
    }

    fn remove_ended(&mut self) {
        let mut over = self.over.iter();
        let ended = &mut self.out.ended;
        self.tracks.retain(|track| {
            let cause = over.next().copied().flatten();
            ended.extend(cause.map(|cause| track.ended(cause)));
            cause.is_none()
        });
    }

    /// Starts tracks at probable detections that nobody took, the most probable first.
    fn give_birth(&mut self, now: Frame) -> Result<(), TrackError> {
        let scene = if now.over_ground { None } else { self.scene() };
        for index in 0..self.found.len() {
            let found = self.found[index];
            if !found.is_strong || self.associator.is_taken(index) || self.is_explained(&found) {
                continue;
            }
            if self.tracks.len() < self.config.max_tracks {
                self.start(&found, scene, now)?;
            } else {
                self.facts.refused_births += 1;
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
        let group = Group::of(found.class);
        let model = self.config.motion(group, now.over_ground);
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
        self.tracks.push(LiveTrack::new(id, found, &guess, now.stamp, self.config.of(group))?);
        self.next_id = self.next_id.saturating_add(1);
        Ok(())
    }

    /// Whether a track that was seen in this frame already stands for a detection.
    fn is_explained(&self, found: &Found) -> bool {
        let limit = self.duplicate_iou(found.class);
        self.tracks.iter().filter(|t| t.is_seen()).any(|t| {
            compatible(t.belief.class(), found.class)
                && overlap(&t.motion.bbox(), &found.bbox) > limit
        })
    }

    /// Overlap above which two things of a kind are one. Boxes of people who walk side by
    /// side do overlap, vehicles do not.
    fn duplicate_iou(&self, class: ObjectClass) -> f64 {
        let group = Group::of(class);
        let config = self.config.of(group);
        let limit = config.life.duplicate_iou;
        if group.is_person() { limit.max(config.confidence.nms_iou) } else { limit }
    }

    /// Common motion of the tracks whose velocity is known.
    fn scene(&mut self) -> Option<SceneMotion> {
        let settled = self.tracks.iter().filter(|t| t.is_settled());
        self.settled.clear();
        self.settled.extend(settled.map(|t| (t.motion.place(), t.motion.velocity())));
        SceneMotion::of(&self.settled, &mut self.numbers)
    }

    fn publish(&mut self, pose: Transform<World, Ego>, now: Frame) {
        let config = &self.config;
        self.out.world_from_ego = pose;
        self.out.has_ego_motion = now.over_ground;
        self.out.tracks.clear();
        self.out
            .tracks
            .extend(self.tracks.iter().map(|t| t.published(now.stamp, &config.of(t.group()).life)));
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
