//! What happens to tracks, frame by frame, and why.

use super::TrackId;
use crate::{DigestHasher, ObjectClass, Score};
use serde::{Deserialize, Serialize};

/// What happened to a track in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackStep {
    /// What happened.
    pub cause: TrackCause,
    /// Probability of existence when the frame came, before its detections were looked at.
    pub expected: f64,
    /// The detection that was assigned.
    pub pairing: Option<Pairing>,
    /// The cheapest detection that passed the gate and was not assigned.
    pub rival: Option<Rival>,
}

/// Why a track is as it is in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackCause {
    /// Begun at a detection that nobody took and no track explained; not believed yet.
    Born,
    /// Begun at a detection so sure that it is believed at once.
    BornConfirmed,
    /// A detection was assigned; not believed yet.
    Gathering,
    /// A detection was assigned, and with it the track is believed for the first time.
    Confirmed,
    /// A detection was assigned to a believed track.
    Seen,
    /// A detection was assigned, but existence has fallen too low to be believed.
    Doubted,
    /// No detection; believed still and predicted.
    Coasted(MissCause),
    /// No detection; not believed (any more), kept to be found again.
    Lost(MissCause),
}

/// Why a track got no detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissCause {
    /// No detection passed the gate.
    NothingInGate,
    /// The cheapest one in the gate was dearer than leaving the track without.
    TooDear,
    /// The cheapest one in the gate went to another track.
    Taken(TrackId),
    /// Nobody looked: the frame came without any message of detections. Such a frame tells
    /// nothing against the track.
    Unwatched,
}

/// A detection and what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pairing {
    /// Position in the frame's message of detections.
    pub detection: u32,
    /// Its score as the detector gave it.
    pub score: f64,
    /// The score as a probability.
    pub probability: f64,
    /// Cost of the pair; that of leaving the track without is the tracker's setting.
    pub cost: f64,
    /// Squared Mahalanobis distance of the centres as a share of the gate: 1 lies on it.
    pub gate_share: f64,
    /// Round of assignment, 1 or 2.
    pub round: u8,
}

/// A detection that a track did not get.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rival {
    /// The detection and its cost.
    pub pairing: Pairing,
    /// The track that got it, if any.
    pub taken_by: Option<TrackId>,
}

/// A track that is over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndedTrack {
    /// Which.
    pub id: TrackId,
    /// What it was.
    pub class: ObjectClass,
    /// Whether it was ever believed.
    pub was_confirmed: bool,
    /// Probability of existence at its end.
    pub existence: Score,
    /// Why.
    pub cause: EndCause,
}

/// Why a track ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// Not seen for longer than allowed.
    Unseen,
    /// Existence fell below the limit.
    Doubtful,
    /// It came to lie on a better track.
    DuplicateOf(TrackId),
    /// No frame came for too long.
    Gap,
    /// The pose of the vehicle appeared or disappeared.
    OtherFrame,
    /// Its numbers no longer made sense.
    Broken,
}

impl TrackStep {
    /// The position of a detection in its message is left out: the order of detections has no
    /// influence on anything else.
    pub(super) fn digest(&self, hasher: &mut DigestHasher) {
        let (cause, other) = self.cause.code();
        hasher.u8(cause).u32(other).f64(self.expected);
        hasher.bool(self.pairing.is_some()).bool(self.rival.is_some());
        let rival = self.rival.map(|rival| rival.pairing);
        for pairing in [self.pairing, rival].into_iter().flatten() {
            hasher.u8(pairing.round).f64(pairing.probability);
            hasher.f64(pairing.score).f64(pairing.cost).f64(pairing.gate_share);
        }
    }
}

impl TrackCause {
    /// A number for each cause, and the other track.
    const fn code(self) -> (u8, u32) {
        match self {
            Self::Born => (0, 0),
            Self::BornConfirmed => (1, 0),
            Self::Gathering => (2, 0),
            Self::Confirmed => (3, 0),
            Self::Seen => (4, 0),
            Self::Doubted => (5, 0),
            Self::Coasted(miss) => (10 + miss.code().0, miss.code().1),
            Self::Lost(miss) => (20 + miss.code().0, miss.code().1),
        }
    }
}

impl MissCause {
    const fn code(self) -> (u8, u32) {
        match self {
            Self::NothingInGate => (0, 0),
            Self::TooDear => (1, 0),
            Self::Taken(by) => (2, by.0),
            Self::Unwatched => (3, 0),
        }
    }
}

impl EndedTrack {
    pub(super) fn digest(&self, hasher: &mut DigestHasher) {
        let (cause, other) = match self.cause {
            EndCause::Unseen => (0, 0),
            EndCause::Doubtful => (1, 0),
            EndCause::DuplicateOf(better) => (2, better.0),
            EndCause::Gap => (3, 0),
            EndCause::OtherFrame => (4, 0),
            EndCause::Broken => (5, 0),
        };
        hasher.u32(self.id.0).u8(self.class.index()).bool(self.was_confirmed);
        hasher.f64(self.existence.get()).u8(cause).u32(other);
    }
}
