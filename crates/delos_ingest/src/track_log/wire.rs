//! The lines as they stand in a file.

use super::{LoggedFrame, LoggedTrack};
use delos_core::{
    EndCause, EndedTrack, ObjectClass, Pairing, Rival, Score, Stamp, TrackCause, TrackId, TrackStep,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) track_log: u32,
    pub(super) sequence: String,
}

/// The last line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tail {
    pub(super) frames: usize,
}

/// Every other line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) frame: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) scene: u32,
    pub(super) stamp: i64,
    pub(super) tracks: Vec<Row>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ended: Vec<End>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(scene: &u32) -> bool {
    *scene == 0
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) id: TrackId,
    class: ObjectClass,
    hits: u32,
    existence: Number,
    at: [Number; 2],
    cause: TrackCause,
    expected: Number,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pairing: Option<Pair>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rival: Option<Other>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    id: TrackId,
    class: ObjectClass,
    was_confirmed: bool,
    existence: Number,
    cause: EndCause,
}

/// Detection, score, probability, cost, share of the gate, round.
#[derive(Serialize, Deserialize)]
struct Pair(u32, Number, Number, Number, Number, u8);

/// The same, and the track that got it.
#[derive(Serialize, Deserialize)]
struct Other(u32, Number, Number, Number, Number, u8, Option<TrackId>);

/// A number of five decimals; `null` is not a number.
#[derive(Clone, Copy)]
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = (self.0 * 1e5).round() / 1e5;
        // Zero has no sign; what is too large to be multiplied has no decimals.
        serializer.serialize_f64(if rounded.is_finite() { rounded + 0.0 } else { self.0 })
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::deserialize(deserializer)?.unwrap_or(f64::NAN)))
    }
}

impl From<Pairing> for Pair {
    fn from(p: Pairing) -> Self {
        let [score, probability] = [p.score, p.probability].map(Number);
        Self(p.detection, score, probability, Number(p.cost), Number(p.gate_share), p.round)
    }
}

impl From<Pair> for Pairing {
    fn from(Pair(detection, score, probability, cost, share, round): Pair) -> Self {
        Self {
            detection,
            score: score.0,
            probability: probability.0,
            cost: cost.0,
            gate_share: if share.0.is_nan() { f64::INFINITY } else { share.0 },
            round,
        }
    }
}

impl From<Rival> for Other {
    fn from(rival: Rival) -> Self {
        let Pair(detection, score, probability, cost, share, round) = rival.pairing.into();
        Self(detection, score, probability, cost, share, round, rival.taken_by)
    }
}

impl From<Other> for Rival {
    fn from(Other(detection, score, probability, cost, share, round, taken_by): Other) -> Self {
        Self { pairing: Pair(detection, score, probability, cost, share, round).into(), taken_by }
    }
}

impl From<LoggedTrack> for Row {
    fn from(track: LoggedTrack) -> Self {
        Self {
            id: track.id,
            class: track.class,
            hits: track.hits,
            existence: Number(track.existence),
            at: track.place.map(Number),
            cause: track.step.cause,
            expected: Number(track.step.expected),
            pairing: track.step.pairing.map(Into::into),
            rival: track.step.rival.map(Into::into),
        }
    }
}

impl From<Row> for LoggedTrack {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            class: row.class,
            hits: row.hits,
            existence: row.existence.0,
            place: row.at.map(|number| number.0),
            step: TrackStep {
                cause: row.cause,
                expected: row.expected.0,
                pairing: row.pairing.map(Into::into),
                rival: row.rival.map(Into::into),
            },
        }
    }
}

impl From<&EndedTrack> for End {
    fn from(ended: &EndedTrack) -> Self {
        let EndedTrack { id, class, was_confirmed, existence, cause } = *ended;
        Self { id, class, was_confirmed, existence: Number(existence.get()), cause }
    }
}

impl From<End> for EndedTrack {
    fn from(end: End) -> Self {
        let End { id, class, was_confirmed, existence, cause } = end;
        Self { id, class, was_confirmed, existence: Score::clamped(existence.0), cause }
    }
}

impl From<Line> for LoggedFrame {
    fn from(line: Line) -> Self {
        Self {
            frame: line.frame,
            scene: line.scene,
            stamp: Stamp::from_nanos(line.stamp),
            tracks: line.tracks.into_iter().map(Into::into).collect(),
            ended: line.ended.into_iter().map(Into::into).collect(),
        }
    }
}
