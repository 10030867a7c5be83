//! `delos shot`.

use super::Outcome;
use crate::output::RUN_FILE;
use crate::say;
use anyhow::{Context, Result, bail};
use clap::Args;
use delos_viz::ShotOptions;
use serde::Deserialize;
use std::collections::BTreeSet;
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
        bail!("{} has no recording.rrd{}", args.run.display(), why_none(&args.run));
    }
    check_png(&args.png)?;
    let mut options = ShotOptions::new(delos_viz::find_viewer()?, &args.png);
    options.size = size(&args.size)?;
    options.frame = args.frame.map(|frame| tick(&args.run, args, frame)).transpose()?;
    let shot = delos_viz::shot(&recording, &options)?;
    let (sequence, frame) = name_of(&args.run, shot.frame)?;
    say::line(format!("{} (sequence {sequence}, frame {frame})", shot.png.display()));
    Ok(Outcome::Done)
}

/// Why there is no recording.
fn why_none(run: &Path) -> &'static str {
    let facts = std::fs::read_to_string(run.join(RUN_FILE)).ok();
    let facts = facts.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let Some(facts) = facts else { return "; is it the output folder of a run?" };
    let nodes = facts["launch"]["node"].as_object();
    let recorders =
        || nodes.into_iter().flat_map(|nodes| nodes.values()).filter(|n| n["kind"] == "recorder");
    if recorders().next().is_none() {
        ": the run has no `recorder`, which makes it"
    } else if recorders().all(|recorder| recorder["recording"] == false) {
        ": the run was made with `recording = false` at the recorder"
    } else {
        ": the run made none (see the notices in run.json), or it was removed"
    }
}

fn check_png(png: &Path) -> Result<()> {
    let is_png = png.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    if !is_png {
        bail!("--png {}: the picture is a PNG, so its name should end in .png", png.display());
    }
    let folder = png.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder
        && !folder.is_dir()
    {
        bail!("--png {}: there is no folder {}", png.display(), folder.display());
    }
    Ok(())
}

/// Smallest side of a picture in which something can be seen, points.
const SMALLEST: u32 = 200;

fn size(text: &str) -> Result<(u32, u32)> {
    let parsed = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let large = parsed.filter(|(w, h)| *w >= SMALLEST && *h >= SMALLEST);
    large.with_context(|| {
        format!("--size {text}: expected WIDTHxHEIGHT of at least {SMALLEST}, for example 1280x800")
    })
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

fn entries(run: &Path) -> Result<Vec<FrameEntry>> {
    let path = run.join("latency.json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let list: Frames = serde_json::from_str(&text)
        .with_context(|| format!("{} is not a latency file", path.display()))?;
    Ok(list.frames)
}

/// Sequence and file number of the frame at a position of the run.
fn name_of(run: &Path, tick: u64) -> Result<(String, u32)> {
    let found = entries(run)?.into_iter().find(|entry| entry.tick == tick);
    Ok(found.map_or_else(|| ("?".to_owned(), 0), |entry| (entry.sequence, entry.frame)))
}

/// Position in the run of a frame of the data set.
fn tick(run: &Path, args: &ShotArgs, frame: u32) -> Result<u64> {
    let mut list = entries(run)?;
    if let Some(name) = &args.sequence {
        let known: BTreeSet<String> = list.iter().map(|entry| entry.sequence.clone()).collect();
        list.retain(|entry| entry.sequence == *name);
        if list.is_empty() {
            let names: Vec<String> = known.into_iter().collect();
            bail!("the run has no sequence {name}; it has {}", names.join(", "));
        }
    }
    let found: Vec<&FrameEntry> = list.iter().filter(|entry| entry.frame == frame).collect();
    match found.as_slice() {
        [found] => Ok(found.tick),
        [] => {
            let first = list.first().map_or(0, |f| f.frame);
            let last = list.last().map_or(0, |f| f.frame);
            bail!("the run has no frame {frame}; it has {} ({first} to {last})", list.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_why_there_is_no_recording() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(why_none(folder.path()).contains("is it the output folder"));
        for (node, wanted) in [
            (r#"{ "kind": "recorder", "recording": false }"#, "recording = false"),
            (r#"{ "kind": "tracker" }"#, "has no `recorder`"),
            (r#"{ "kind": "recorder", "recording": true }"#, "made none"),
        ] {
            let facts = format!(r#"{{ "launch": {{ "node": {{ "a": {node} }} }} }}"#);
            std::fs::write(folder.path().join(RUN_FILE), facts).expect("written");
            assert!(why_none(folder.path()).contains(wanted), "{wanted}");
        }
    }
}
