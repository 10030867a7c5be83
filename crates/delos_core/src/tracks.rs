//! Tracks: objects followed over time.

mod story;

pub use story::{EndCause, EndedTrack, MissCause, Pairing, Rival, TrackCause, TrackStep};

use crate::{
    Body, Box3, ClassProbabilities, DigestHasher, Ego, ObjectClass, Score, Transform, World,
};
use nalgebra::{Matrix2, Matrix6, Vector2};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Identity of a track within one sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackId(pub u32);

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Where a track is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackState {
    /// Seen, not yet believed.
    Tentative,
    /// Believed, and seen in this frame.
    Confirmed,
    /// Believed, but only predicted in this frame.
    Coasted,
}

impl TrackState {
    /// Whether the track is published to users: seen or predicted, but believed.
    pub const fn is_confirmed(self) -> bool {
        matches!(self, Self::Confirmed | Self::Coasted)
    }
}

/// One object followed over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Identity.
    pub id: TrackId,
    /// Where it is in its life.
    pub state: TrackState,
    /// What it most probably is.
    pub class: ObjectClass,
    /// How probable each class is.
    pub classes: ClassProbabilities,
    /// Probability that there is an object.
    pub existence: Score,
    /// Where it is, in the world.
    pub bbox: Box3<World>,
    /// Velocity over ground in the world's axes, m/s.
    pub velocity: Vector2<f64>,
    /// Turn rate, rad/s, counter-clockwise.
    pub yaw_rate: f64,
    /// Covariance of `(x, y, yaw, vx, vy, yaw rate)` in the world: metres, radians, m/s, rad/s.
    pub covariance: Matrix6<f64>,
    /// Standard deviations of `(z, length, width, height)`, metres.
    pub deviations: [f64; 4],
    /// Frames since birth, the first included.
    pub age: u32,
    /// Frames in which a detection was assigned.
    pub hits: u32,
    /// Frames since the last assigned detection; 0 in a frame with one.
    pub misses: u32,
    /// What happened in this frame, and why.
    pub step: TrackStep,
}

impl Track {
    /// Something that stands and has just been seen for the first time, for those who make
    /// tracks by other means than a filter. Deviations are a metre, a radian and their rates.
    pub fn standing(id: TrackId, state: TrackState, class: ObjectClass, bbox: Box3<World>) -> Self {
        let mut weights = [0.0; ObjectClass::COUNT];
        if let Some(weight) = weights.get_mut(usize::from(class.index())) {
            *weight = 1.0;
        }
        Self {
            id,
            state,
            class,
            classes: ClassProbabilities::from_weights(&weights),
            existence: Score::ONE,
            bbox,
            velocity: Vector2::zeros(),
            yaw_rate: 0.0,
            covariance: Matrix6::identity(),
            deviations: [1.0; 4],
            age: 1,
            hits: 1,
            misses: 0,
            step: TrackStep { cause: TrackCause::Born, expected: 0.0, pairing: None, rival: None },
        }
    }

    /// Covariance of `(x, y)` in the world, m².
    pub fn position_covariance(&self) -> Matrix2<f64> {
        self.covariance.fixed_view::<2, 2>(0, 0).into_owned()
    }
}

/// All tracks of one frame, by identity ascending, tentative ones included.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracks {
    /// Pose of the vehicle in the frame the tracks live in.
    pub world_from_ego: Transform<World, Ego>,
    /// Whether that pose was known; without one the world is the vehicle's own frame.
    pub has_ego_motion: bool,
    /// The tracks.
    pub tracks: Vec<Track>,
    /// Tracks that ended in this frame, in the order of their end.
    pub ended: Vec<EndedTrack>,
}

impl Default for Tracks {
    fn default() -> Self {
        Self {
            world_from_ego: Transform::identity(),
            has_ego_motion: false,
            tracks: Vec::new(),
            ended: Vec::new(),
        }
    }
}

impl Tracks {
    /// A track's box in the vehicle's frame.
    pub fn box_in_ego(&self, track: &Track) -> Box3<Ego> {
        track.bbox.transformed(&self.world_from_ego.inverse())
    }
}

impl Body for Tracks {
    const NAME: &'static str = "tracks";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.transform(&self.world_from_ego).bool(self.has_ego_motion);
        hasher.u64(self.tracks.len() as u64);
        for track in &self.tracks {
            track.digest(hasher);
        }
        hasher.u64(self.ended.len() as u64);
        for ended in &self.ended {
            ended.digest(hasher);
        }
    }
}

impl Track {
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u32(self.id.0).u8(self.state as u8).u8(self.class.index());
        for probability in self.classes.all() {
            hasher.f32(*probability);
        }
        hasher
            .f64(self.existence.get())
            .box3(&self.bbox)
            .f64(self.velocity.x)
            .f64(self.velocity.y)
            .f64(self.yaw_rate);
        for value in self.covariance.iter().chain(&self.deviations) {
            hasher.f64(*value);
        }
        hasher.u32(self.age).u32(self.hits).u32(self.misses);
        self.step.digest(hasher);
    }
}
