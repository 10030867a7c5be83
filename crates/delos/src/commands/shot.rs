//! `delos shot`.

use super::Outcome;
use crate::say;
use anyhow::{Context, Result, bail};
use clap::Args;
use delos_viz::ShotOptions;
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(crate) struct ShotArgs {
    /// Output folder of a run
    run: PathBuf,
    /// Frame number in the data set (its file number); the last frame where absent
    #[arg(long, value_name = "N")]
    frame: Option<u32>,
    /// Sequence of the frame, where the run has several
    #[arg(long, value_name = "NAME")]
    sequence: Option<String>,
    /// Picture to write
    #[arg(long, value_name = "FILE")]
    png: PathBuf,
    /// Size of the window, points; the picture has two pixels for each
    #[arg(long, value_name = "WxH", default_value = "1280x800")]
    size: String,
}

pub(crate) fn shot(args: &ShotArgs) -> Result<Outcome> {
    let recording = args.run.join("recording.rrd");
    if !recording.is_file() {
        bail!("{} has no recording.rrd; is it the output folder of a run?", args.run.display());
    }
    let mut options = ShotOptions::new(delos_viz::find_viewer()?, &args.png);
    options.size = size(&args.size)?;
    options.frame = args.frame.map(|frame| tick(&args.run, args, frame)).transpose()?;
    let shot = delos_viz::shot(&recording, &options)?;
    say::line(format!("{} (frame {} of the run)", shot.png.display(), shot.frame));
    Ok(Outcome::Done)
}

fn size(text: &str) -> Result<(u32, u32)> {
    let parsed = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    parsed.with_context(|| format!("--size {text}: expected WIDTHxHEIGHT, for example 1280x800"))
}

#[derive(Deserialize)]
struct Frames {
    frames: Vec<FrameEntry>,
}

#[derive(Deserialize)]
struct FrameEntry {
    sequence: String,
    frame: u32,
    tick: u64,
}

/// Position in the run of a frame of the data set. Dropped frames have no place.
fn tick(run: &Path, args: &ShotArgs, frame: u32) -> Result<u64> {
    let path = run.join("latency.json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let list: Frames = serde_json::from_str(&text)
        .with_context(|| format!("{} is not a latency file", path.display()))?;
    let wanted = |f: &&FrameEntry| {
        f.frame == frame && args.sequence.as_ref().is_none_or(|name| *name == f.sequence)
    };
    let found: Vec<&FrameEntry> = list.frames.iter().filter(wanted).collect();
    match found.as_slice() {
        [found] => Ok(found.tick),
        [] => {
            let first = list.frames.first().map_or(0, |f| f.frame);
            let last = list.frames.last().map_or(0, |f| f.frame);
            bail!("the run has no frame {frame}; it has {} ({first} to {last})", list.frames.len())
        }
        many => {
            let names: Vec<&str> = many.iter().map(|f| f.sequence.as_str()).collect();
            bail!(
                "several sequences have a frame {frame}: name one with --sequence ({})",
                names.join(", ")
            )
        }
    }
}
