//! `delos explain`: the story of a track.

mod folder;
mod json;
mod life;
mod list;
mod range;
mod rows;
mod rules;
mod story;
mod words;

use super::Outcome;
use crate::say;
use anyhow::{Result, bail};
use clap::Args;
use delos_ingest::track_log::TrackLog;
use folder::Logs;
use life::{Life, lives};
use range::FrameRange;
use rules::AllRules;
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = WORDS)]
pub(crate) struct ExplainArgs {
    /// Output folder of a run
    run: PathBuf,
    /// Sequence, where the run has several
    #[arg(long, value_name = "NAME")]
    sequence: Option<String>,
    /// Track to tell about: its number in `tracks/` and in the recording. Without it, all are listed
    #[arg(long, value_name = "N")]
    track: Option<u32>,
    /// Every frame on a row of its own, of these: A..B (both included), A.., ..B or A
    #[arg(long, value_name = "A..B")]
    frames: Option<FrameRange>,
    /// Everything as JSON, for programs
    #[arg(long)]
    json: bool,
}

const WORDS: &str = "\
A track is born at a detection that no track took, and is believed (confirmed) once its probability \
of existence and the number of its detections are high enough. From frame to frame it is predicted, \
and gets at most one of the detections in its gate: those near enough to the prediction, given how \
sure that is. A pair costs little when both lie well on each other; a detection is too dear when it \
costs more than leaving the track without. A believed track that gets none coasts: it is published \
where it is predicted, until it is lost (believed no more, but kept to be found again) or ends.

Examples:
  delos explain out/demo                              (the tracks, by number)
  delos explain out/demo --track 3                    (its story)
  delos explain out/demo --track 3 --frames 40..60    (frame by frame, with every cost)
  delos explain out/kitti --sequence 0001 --track 42 --json

It reads `track_log/` and `run.json` of the run; docs/explain.md says more.";

/// How many tracks of a log were believed once.
pub(crate) fn believed(log: &TrackLog) -> usize {
    lives(log).iter().filter(|life| life.believed_from().is_some()).count()
}

pub(crate) fn explain(args: &ExplainArgs) -> Result<Outcome> {
    let logs = Logs::of(&args.run)?;
    let log = logs.read(args.sequence.as_deref())?;
    let lives = lives(&log);
    if lives.is_empty() {
        bail!("nothing was tracked in sequence {} ({} frames)", log.sequence, log.frames.len());
    }
    let Some(id) = args.track else {
        return list_all(args, &log, &lives);
    };
    let life = life::find(&lives, id, args.frames, &log.sequence)?;
    let rules = AllRules::of(logs.facts());
    say::line(match (args.json, args.frames) {
        (true, frames) => json::track(&log, life, frames, &rules)?,
        (false, Some(frames)) => rows::table(life, frames)?,
        (false, None) => story::tell(&log.sequence, life, &rules),
    });
    Ok(Outcome::Done)
}

fn list_all(args: &ExplainArgs, log: &TrackLog, lives: &[Life<'_>]) -> Result<Outcome> {
    let is_wanted = |life: &&Life<'_>| args.frames.is_none_or(|frames| life.meets(frames));
    let wanted: Vec<&Life<'_>> = lives.iter().filter(is_wanted).collect();
    if let (true, Some(frames)) = (wanted.is_empty(), args.frames) {
        bail!("no track of sequence {} lives in the frames {frames}", log.sequence);
    }
    let text = if args.json { json::list(log, &wanted)? } else { list::table(log, &wanted) };
    say::line(text);
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests;
