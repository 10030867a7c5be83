//! Objects followed in the camera's image.

use crate::{Body, Box2, DigestHasher, ObjectClass, Score, TrackId, TrackState};

/// Why a track in the image is in this frame what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageTrackCause {
    /// A strong detection that no track took, and none explains, began it.
    Born,
    /// A strong detection fits where it was expected.
    Expected,
    /// A weak detection fits where it was expected.
    Weak,
    /// A strong detection fits where it was last seen, though not where it was expected.
    LastSeen,
    /// Matched, and believed from this frame on.
    Confirmed,
    /// No detection fits.
    Unseen,
}

/// Why a track in the image has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageTrackEnd {
    /// It was not seen again before it was believed.
    NeverConfirmed,
    /// Its existence had become improbable.
    Improbable,
    /// It was not seen for too long.
    UnseenTooLong,
    /// It was expected outside the image.
    LeftImage,
    /// No frame came for too long.
    Gap,
}

/// One object followed in the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageTrack {
    /// Identity.
    pub id: TrackId,
    /// Where it is in its life.
    pub state: TrackState,
    /// What it most probably is.
    pub class: ObjectClass,
    /// Probability that there is an object.
    pub existence: Score,
    /// Rectangle in the image, pixels; may reach beyond its edges.
    pub bbox: Box2,
    /// Standard deviations of centre x, centre y, width and height, pixels.
    pub deviations: [f32; 4],
    /// Velocity of the centre `(x, y)`, pixels per second, without what the camera's own
    /// motion adds where that is known.
    pub velocity: [f32; 2],
    /// Why it is here in this frame.
    pub cause: ImageTrackCause,
    /// Frames since birth, the first included.
    pub age: u32,
    /// Frames in which a detection was assigned.
    pub hits: u32,
    /// Frames since the last assigned detection; 0 in a frame with one.
    pub misses: u32,
}

/// All tracks of one image, by identity ascending, tentative ones included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageTracks {
    /// Whether the camera's own motion since the frame before was known and taken out.
    pub has_camera_motion: bool,
    /// The tracks.
    pub tracks: Vec<ImageTrack>,
    /// Tracks that ended in this frame, and why, by identity ascending.
    pub ended: Vec<(TrackId, ImageTrackEnd)>,
    /// Detections that would have begun a track, had there not been too many already.
    pub refused_births: u32,
}

impl Body for ImageTracks {
    const NAME: &'static str = "tracks in the image";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.bool(self.has_camera_motion).u64(self.tracks.len() as u64);
        for t in &self.tracks {
            hasher
                .u32(t.id.0)
                .u8(t.state as u8)
                .u8(t.class.index())
                .f64(t.existence.get())
                .box2(&t.bbox);
            for v in t.deviations.iter().chain(&t.velocity) {
                hasher.f32(*v);
            }
            hasher.u8(t.cause as u8).u32(t.age).u32(t.hits).u32(t.misses);
        }
        hasher.u64(self.ended.len() as u64);
        for (id, end) in &self.ended {
            hasher.u32(id.0).u8(*end as u8);
        }
        hasher.u32(self.refused_births);
    }
}
