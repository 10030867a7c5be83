//! The delayed mode: its scores at some lags, and the search for its settings.
//!
//! The online tracks are made once, so that a trial costs the delayed part alone.

mod knobs;

use crate::figures::Figures;
use crate::input::{Drive, Frame};
use crate::score::{self, Rows};
use crate::search::{Chance, changed};
use crate::settings;
use crate::space::Kind;
use anyhow::{Context, Result};
use clap::Args;
use delos_core::Tracks;
use delos_eval::tracking::Scores;
use delos_track::{DelayedConfig, DelayedTracks, Tracker, TrackerConfig};
use std::io::Write;
use std::path::Path;
use toml::{Table, Value};

/// Kind of the component in launch files.
const COMPONENT: &str = "smoother";

/// What is wanted of the delayed mode.
#[derive(Args)]
pub(crate) struct Delayed {
    /// Lags, as seconds or `offline`.
    #[arg(long, value_delimiter = ',', default_values = ["2.0", "offline"])]
    lag: Vec<String>,
    /// Changes a setting of the delayed mode, as `vehicle.gaps.longest_s=0.6`.
    #[arg(long = "smoother", value_name = "KEY=VALUE")]
    smoother: Vec<String>,
    /// Searches for better settings for this kind.
    #[arg(long)]
    search: Option<Kind>,
    /// Number of settings that are tried.
    #[arg(long, default_value_t = 200)]
    trials: usize,
    /// Seed of the chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How much a point of MOTA counts beside a point of HOTA.
    #[arg(long, default_value_t = 0.1)]
    mota_weight: f64,
    /// Each sequence too.
    #[arg(long)]
    each: bool,
}

/// Scores the delayed mode of a launch file, or searches for better settings first.
pub(crate) fn run(
    out: &mut impl Write,
    drives: Vec<Drive>,
    (launch, tracker): (&Path, &Table),
    wishes: &Delayed,
) -> Result<()> {
    let drives = match wishes.search {
        Some(kind) => kind.only(drives),
        None => drives,
    };
    let mut delayed = read(launch)?;
    for change in &wishes.smoother {
        settings::set(&mut delayed, change)?;
    }
    let tracker = settings::config(tracker)?;
    let online = drives.iter().map(|d| online(&tracker, d)).collect::<Result<Vec<_>>>()?;
    let bench = Bench {
        drives: &drives,
        online: &online,
        lags: wishes.lag.iter().map(|text| lag(text)).collect(),
    };
    if let Some(kind) = wishes.search {
        let trials = bench.search(kind, &delayed, wishes)?;
        leave_out(out, &trials, &drives, wishes.mota_weight)?;
        let best = best(&trials, None, wishes.mota_weight).context("no trial")?;
        delayed = best.settings.clone();
        writeln!(out, "{}", toml::to_string(&delayed)?)?;
    }
    for lag in &bench.lags {
        let kinds = [Kind::Vehicle, Kind::Pedestrian, Kind::Cyclist];
        for kind in kinds.into_iter().filter(|kind| wishes.search.is_none_or(|only| only == *kind))
        {
            let parts = bench.scores(&delayed, lag, kind)?;
            for (drive, scores) in drives.iter().zip(&parts).filter(|_| wishes.each) {
                writeln!(out, "{:10} {}", drive.name, Figures::of(scores))?;
            }
            writeln!(out, "{lag:9} {:10} {}", kind.class().name(), Figures::combined(&parts))?;
        }
    }
    Ok(())
}

fn lag(text: &str) -> Value {
    text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Float)
}

/// What a launch file says of its delayed mode; nothing where it has none.
fn read(launch: &Path) -> Result<Table> {
    let whole: Table = std::fs::read_to_string(launch)?.parse()?;
    let mut nodes = whole.get("node").and_then(Value::as_table).into_iter().flatten();
    let is_wanted = |node: &&Value| node.get("kind").and_then(Value::as_str) == Some(COMPONENT);
    let node = nodes.find_map(|(_, node)| Some(node).filter(is_wanted));
    let mut delayed = node.and_then(Value::as_table).cloned().unwrap_or_default();
    for key in ["kind", "reads"] {
        delayed.remove(key);
    }
    Ok(delayed)
}

fn online(config: &TrackerConfig, drive: &Drive) -> Result<Vec<Tracks>> {
    let mut tracker = Tracker::new(config.clone())?;
    let mut step = |frame: &Frame| -> Result<Tracks> {
        Ok(tracker.step(frame.stamp, frame.world_from_ego, &frame.detections)?.clone())
    };
    drive.frames.iter().map(&mut step).collect()
}

/// Sequences with their online tracks.
struct Bench<'a> {
    drives: &'a [Drive],
    online: &'a [Vec<Tracks>],
    lags: Vec<Value>,
}

/// One set of settings, with its scores on each sequence, for each lag.
struct Trial {
    settings: Table,
    scores: Vec<Vec<Scores>>,
}

impl Bench<'_> {
    /// All settings that were tried, each near the best so far.
    fn search(&self, kind: Kind, start: &Table, wishes: &Delayed) -> Result<Vec<Trial>> {
        let mut chance = Chance(wishes.seed);
        let mut trials = vec![self.trial(start, kind)?];
        let (mut at, mut worth) = (0, trials[0].worth(wishes.mota_weight, |_| true));
        for _ in 0..wishes.trials {
            let next = changed(&trials[at].settings, &knobs::KNOBS, kind, &mut chance)?;
            let trial = self.trial(&next, kind)?;
            let found = trial.worth(wishes.mota_weight, |_| true);
            if found > worth {
                (at, worth) = (trials.len(), found);
            }
            trials.push(trial);
        }
        Ok(trials)
    }

    fn trial(&self, settings: &Table, kind: Kind) -> Result<Trial> {
        let scores = self.lags.iter().map(|lag| self.scores(settings, lag, kind));
        Ok(Trial { settings: settings.clone(), scores: scores.collect::<Result<_>>()? })
    }

    fn scores(&self, settings: &Table, lag: &Value, kind: Kind) -> Result<Vec<Scores>> {
        let mut settings = settings.clone();
        settings.insert("lag_s".to_owned(), lag.clone());
        let config: DelayedConfig = settings.try_into()?;
        let pairs = self.drives.iter().zip(self.online);
        let rows = pairs.map(|(drive, online)| rows(&config, drive, online));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let drives: Vec<_> = self.drives.iter().collect();
        score::image_scores(&drives, &rows.iter().collect::<Vec<_>>(), kind.class())
    }
}

fn rows(config: &DelayedConfig, drive: &Drive, online: &[Tracks]) -> Result<Rows> {
    let mut delayed = DelayedTracks::new(config.clone())?;
    let mut rows = Rows::default();
    for (frame, tracks) in drive.frames.iter().zip(online) {
        for ready in delayed.push(frame.number, frame.stamp, tracks)? {
            rows.take(ready.frame, &ready.tracks, &drive.camera);
        }
    }
    for ready in delayed.finish() {
        rows.take(ready.frame, &ready.tracks, &drive.camera);
    }
    Ok(rows)
}

impl Trial {
    /// Figures at each lag over some of the sequences.
    fn figures(&self, takes_part: impl Fn(usize) -> bool) -> Vec<Figures> {
        let of_lag = |scores: &Vec<Scores>| {
            let parts = scores.iter().enumerate().filter(|(drive, _)| takes_part(*drive));
            Figures::of(&Scores::combined(parts.map(|(_, scores)| scores)))
        };
        self.scores.iter().map(of_lag).collect()
    }

    /// Mean worth over the lags on some of the sequences.
    fn worth(&self, mota_weight: f64, takes_part: impl Fn(usize) -> bool) -> f64 {
        let figures = self.figures(takes_part);
        let sum: f64 = figures.iter().map(|figures| figures.worth(mota_weight)).sum();
        sum / figures.len().max(1) as f64
    }
}

/// The best of some trials, one sequence left out.
fn best(trials: &[Trial], without: Option<usize>, mota_weight: f64) -> Option<&Trial> {
    let worth = |trial: &&Trial| trial.worth(mota_weight, |drive| Some(drive) != without);
    trials.iter().max_by(|a, b| worth(a).total_cmp(&worth(b)))
}

/// For each sequence: the settings, of all that were tried, that are best on the others, and
/// their HOTA on it beside that of the start and of those that are best on all.
fn leave_out(
    out: &mut impl Write,
    trials: &[Trial],
    drives: &[Drive],
    mota_weight: f64,
) -> Result<()> {
    let (Some(start), Some(all)) = (trials.first(), best(trials, None, mota_weight)) else {
        return Ok(());
    };
    let mut unseen = Trial { settings: Table::new(), scores: vec![Vec::new(); all.scores.len()] };
    for (index, drive) in drives.iter().enumerate() {
        let fitted = best(trials, Some(index), mota_weight).unwrap_or(start);
        let found = [start, fitted, all].map(|trial| hota(trial, |drive| drive == index));
        writeln!(out, "{} start {} unseen {} seen {}", drive.name, found[0], found[1], found[2])?;
        for (scores, fitted) in unseen.scores.iter_mut().zip(&fitted.scores) {
            scores.extend(fitted.get(index).cloned());
        }
    }
    let found = [start, &unseen, all].map(|trial| hota(trial, |_| true));
    writeln!(out, "all  start {} unseen {} seen {}", found[0], found[1], found[2])?;
    Ok(())
}

/// HOTA at each lag.
fn hota(trial: &Trial, takes_part: impl Fn(usize) -> bool) -> String {
    let figures = trial.figures(takes_part);
    figures.iter().map(|figures| format!("{:6.2}", figures.hota)).collect::<Vec<_>>().join(" ")
}
