//! The same for programs.

use super::life::{Fate, Life, Row};
use super::range::FrameRange;
use super::rules::{AllRules, Rules};
use anyhow::Result;
use delos_core::{EndCause, ObjectClass, TrackStep};
use delos_ingest::track_log::TrackLog;
use serde::Serialize;

#[derive(Serialize)]
struct List<'a> {
    sequence: &'a str,
    frames: usize,
    tracks: Vec<Summary>,
}

#[derive(Serialize)]
struct Story<'a> {
    sequence: &'a str,
    #[serde(flatten)]
    summary: Summary,
    /// Of what it was in the end.
    rules: Rules,
    frames: Vec<Moment>,
}

#[derive(Serialize)]
struct Summary {
    track: u32,
    scene: u32,
    class: ObjectClass,
    first_frame: u32,
    last_frame: u32,
    hits: u32,
    believed_from: Option<u32>,
    is_alive: bool,
    end: Option<End>,
}

#[derive(Serialize)]
struct End {
    frame: u32,
    cause: EndCause,
    existence: f64,
}

#[derive(Serialize)]
struct Moment {
    frame: u32,
    stamp_ns: i64,
    class: ObjectClass,
    hits: u32,
    existence: f64,
    ahead_m: f64,
    left_m: f64,
    #[serde(flatten)]
    step: TrackStep,
}

/// Every track without its frames.
pub(super) fn list(log: &TrackLog, lives: &[&Life<'_>]) -> Result<String> {
    let tracks = lives.iter().map(|life| summary(life)).collect();
    let list = List { sequence: &log.sequence, frames: log.frames.len(), tracks };
    Ok(serde_json::to_string_pretty(&list)?)
}

/// A track with its frames.
pub(super) fn track(
    log: &TrackLog,
    life: &Life<'_>,
    frames: Option<FrameRange>,
    rules: &AllRules<'_>,
) -> Result<String> {
    let wanted = life.rows.iter().filter(|row| frames.is_none_or(|f| f.contains(row.frame)));
    let story = Story {
        sequence: &log.sequence,
        summary: summary(life),
        rules: rules.for_class(life.class()),
        frames: wanted.map(frame).collect(),
    };
    Ok(serde_json::to_string_pretty(&story)?)
}

fn summary(life: &Life<'_>) -> Summary {
    let end = match life.fate {
        Fate::Ended { frame, how, .. } => {
            Some(End { frame, cause: how.cause, existence: how.existence.get() })
        }
        Fate::Alive | Fate::Unknown => None,
    };
    Summary {
        track: life.id,
        scene: life.scene,
        class: life.class(),
        first_frame: life.first(),
        last_frame: life.last(),
        hits: life.hits(),
        believed_from: life.believed_from(),
        is_alive: life.fate == Fate::Alive,
        end,
    }
}

fn frame(row: &Row<'_>) -> Moment {
    let [ahead_m, left_m] = row.track.place;
    Moment {
        frame: row.frame,
        stamp_ns: row.stamp.as_nanos(),
        class: row.track.class,
        hits: row.track.hits,
        existence: row.track.existence,
        ahead_m,
        left_m,
        step: row.track.step,
    }
}
