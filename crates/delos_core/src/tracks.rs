//! Tracks: objects followed over time.

use crate::{Body, Box3, DigestHasher, Ego, ObjectClass, Score, Transform, World};
use nalgebra::{Matrix2, Vector2};
use std::fmt;

/// Identity of a track within one sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Probability that there is an object.
    pub existence: Score,
    /// Where it is, in the world.
    pub bbox: Box3<World>,
    /// Velocity over ground in the world's axes, m/s.
    pub velocity: Vector2<f64>,
    /// Turn rate, rad/s, counter-clockwise.
    pub yaw_rate: f64,
    /// Covariance of `(x, y)` in the world, m².
    pub position_covariance: Matrix2<f64>,
    /// Frames since birth, the first included.
    pub age: u32,
    /// Frames in which a detection was assigned.
    pub hits: u32,
    /// Frames since the last assigned detection; 0 in a frame with one.
    pub misses: u32,
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
        for t in &self.tracks {
            hasher
                .u32(t.id.0)
                .u8(t.state as u8)
                .u8(t.class.index())
                .f64(t.existence.get())
                .box3(&t.bbox)
                .f64(t.velocity.x)
                .f64(t.velocity.y)
                .f64(t.yaw_rate);
            for v in &t.position_covariance {
                hasher.f64(*v);
            }
            hasher.u32(t.age).u32(t.hits).u32(t.misses);
        }
    }
}
