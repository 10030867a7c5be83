//! The tracks of a log, each from its first frame to its last.

use super::range::FrameRange;
use anyhow::{Result, bail};
use delos_core::{EndedTrack, ObjectClass, Stamp, TrackCause};
use delos_ingest::track_log::{LoggedFrame, LoggedTrack, TrackLog};
use std::collections::BTreeMap;

/// Everything that is known of one track; it has at least one row.
pub(super) struct Life<'a> {
    pub(super) id: u32,
    pub(super) scene: u32,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) fate: Fate,
}

/// A track in a frame.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) frame: u32,
    pub(super) stamp: Stamp,
    pub(super) track: &'a LoggedTrack,
}

/// What became of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    /// It ended.
    Ended { frame: u32, stamp: Stamp, how: EndedTrack },
    /// It is there in the last frame of its scene.
    Alive,
    /// It is not there in later frames, and nothing says why.
    Unknown,
}

/// The tracks of a log, by scene and identity ascending.
pub(super) fn lives<'a>(log: &'a TrackLog) -> Vec<Life<'a>> {
    let mut last_frames = BTreeMap::new();
    let mut rows: BTreeMap<(u32, u32), Vec<Row<'a>>> = BTreeMap::new();
    let mut ends = BTreeMap::new();
    for LoggedFrame { frame, scene, stamp, tracks, ended } in &log.frames {
        last_frames.insert(*scene, *frame);
        for track in tracks {
            let row = Row { frame: *frame, stamp: *stamp, track };
            rows.entry((*scene, track.id.0)).or_default().push(row);
        }
        for how in ended {
            let fate = Fate::Ended { frame: *frame, stamp: *stamp, how: *how };
            ends.insert((*scene, how.id.0), fate);
        }
    }
    let life = |((scene, id), rows): ((u32, u32), Vec<Row<'a>>)| {
        let is_alive = rows.last().map(|row| &row.frame) == last_frames.get(&scene);
        let otherwise = if is_alive { Fate::Alive } else { Fate::Unknown };
        let fate = ends.get(&(scene, id)).copied().unwrap_or(otherwise);
        Life { id, scene, rows, fate }
    };
    rows.into_iter().map(life).collect()
}

/// The one track of a number.
pub(super) fn find<'a, 'b>(
    lives: &'a [Life<'b>],
    id: u32,
    frames: Option<FrameRange>,
    sequence: &str,
) -> Result<&'a Life<'b>> {
    let named: Vec<&Life<'_>> = lives.iter().filter(|life| life.id == id).collect();
    let is_meant = |life: &&Life<'_>| frames.is_none_or(|frames| life.meets(frames));
    let meant: Vec<&Life<'_>> = named.iter().copied().filter(is_meant).collect();
    match (named.as_slice(), meant.as_slice()) {
        (_, [only]) => Ok(only),
        ([], _) => bail!(
            "sequence {sequence} has no track {id}; the nearest are {}; without --track all {} are listed",
            nearest(lives, id),
            lives.len()
        ),
        ([first, ..], []) => bail!(
            "track {id} lives from frame {} to {}: none of it lies in the frames {}",
            first.first(),
            first.last(),
            frames.map_or_else(String::new, |frames| frames.to_string())
        ),
        (_, [first, ..]) => bail!(
            "{} scenes of sequence {sequence} have a track {id}: name a frame, for example --frames {}",
            meant.len(),
            first.first()
        ),
    }
}

/// Up to four identities near one that is not there.
fn nearest(lives: &[Life<'_>], id: u32) -> String {
    let mut known: Vec<u32> = lives.iter().map(|life| life.id).collect();
    known.sort_by_key(|known| (known.abs_diff(id), *known));
    known.dedup();
    known.truncate(4);
    known.sort_unstable();
    let names: Vec<String> = known.iter().map(u32::to_string).collect();
    names.join(", ")
}

impl Life<'_> {
    /// Its first frame.
    pub(super) fn first(&self) -> u32 {
        self.rows.first().map_or(0, |row| row.frame)
    }

    /// Its last frame, the one of its end apart.
    pub(super) fn last(&self) -> u32 {
        self.rows.last().map_or(0, |row| row.frame)
    }

    /// Whether it lives in some of these frames.
    pub(super) fn meets(&self, frames: FrameRange) -> bool {
        frames.meets(self.first(), self.last())
    }

    /// What it was in the end.
    pub(super) fn class(&self) -> ObjectClass {
        self.rows.last().map_or(ObjectClass::Unknown, |row| row.track.class)
    }

    /// Detections that it got.
    pub(super) fn hits(&self) -> u32 {
        self.rows.last().map_or(0, |row| row.track.hits)
    }

    /// The frame in which it was believed for the first time.
    pub(super) fn believed_from(&self) -> Option<u32> {
        let first = |row: &&Row<'_>| {
            matches!(row.track.step.cause, TrackCause::BornConfirmed | TrackCause::Confirmed)
        };
        self.rows.iter().find(first).map(|row| row.frame)
    }

    /// The last row in which a detection was assigned.
    pub(super) fn last_seen(&self) -> Option<&Row<'_>> {
        self.rows.iter().rev().find(|row| row.track.step.pairing.is_some())
    }
}
