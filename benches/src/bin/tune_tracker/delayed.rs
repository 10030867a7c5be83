//! The delayed mode on stored detections: `--lag 2.0`, `--lag offline`, or `--lag 2.0,offline`.
//!
//! The online tracks are made once, so that a trial costs the delayed part alone.

use crate::input::{self, Drive};
use crate::score::{self, Rows};
use crate::{line, search, settings};
use anyhow::{Context, Result, bail};
use delos_core::{ObjectClass, Tracks};
use delos_eval::tracking::{Hota, Scores};
use delos_track::{DelayedConfig, DelayedTracks, Tracker, TrackerConfig};
use std::io::Write;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Node of the delayed mode in a launch file.
const NODE: &str = "smoother";

/// Whether the command line asks for the delayed mode.
pub(crate) fn is_wanted() -> bool {
    std::env::args().any(|argument| argument == "--lag")
}

/// What the command line asks for.
struct Wishes {
    data: PathBuf,
    launch: PathBuf,
    lags: Vec<Value>,
    changes: Vec<String>,
    delayed_changes: Vec<String>,
    space: Option<PathBuf>,
    trials: usize,
    seed: u64,
    goal: ObjectClass,
    each: bool,
    /// Tells how far settings that were fitted on all sequences but one hold on that one.
    leave_out: bool,
}

fn wishes() -> Result<Wishes> {
    let data = std::env::var_os("DELOS_DATA").map(PathBuf::from).unwrap_or_default();
    let mut wishes = Wishes {
        data: data.join("kitti_tracking"),
        launch: "launch/kitti_tracking_detections.toml".into(),
        lags: Vec::new(),
        changes: Vec::new(),
        delayed_changes: Vec::new(),
        space: None,
        trials: 300,
        seed: 1,
        goal: ObjectClass::Car,
        each: false,
        leave_out: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--lag" => wishes.lags = value()?.split(',').map(lag).collect(),
            "--data" => wishes.data = value()?.into(),
            "--launch" => wishes.launch = value()?.into(),
            "--set" => wishes.changes.push(value()?),
            "--set-delayed" => wishes.delayed_changes.push(value()?),
            "--space" => wishes.space = Some(value()?.into()),
            "--trials" => wishes.trials = value()?.parse()?,
            "--seed" => wishes.seed = value()?.parse()?,
            "--goal" => wishes.goal = class(&value()?)?,
            "--each" => wishes.each = true,
            "--leave-out" => wishes.leave_out = true,
            other => bail!("unknown argument `{other}`"),
        }
    }
    Ok(wishes)
}

fn class(name: &str) -> Result<ObjectClass> {
    let found = ObjectClass::all().find(|class| class.name() == name);
    found.with_context(|| format!("unknown class `{name}`"))
}

fn lag(text: &str) -> Value {
    text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Float)
}

/// Does what the command line asks for.
pub(crate) fn run() -> Result<()> {
    let wishes = wishes()?;
    let mut tracker = settings::read(&wishes.launch)?;
    for change in &wishes.changes {
        settings::set(&mut tracker, change)?;
    }
    let tracker = settings::config(&tracker)?;
    let mut delayed = read(&wishes.launch)?;
    for change in &wishes.delayed_changes {
        settings::set(&mut delayed, change)?;
    }
    let drives = input::read(&wishes.data, "detections/pointrcnn".as_ref())?;
    let online = drives.iter().map(|d| online(&tracker, d)).collect::<Result<Vec<_>>>()?;
    let bench = Bench { drives: &drives, online: &online, lags: &wishes.lags };
    let mut out = std::io::stdout().lock();
    if let Some(space) = &wishes.space {
        let trials = bench.search(&wishes, &delayed, &search::read_space(space)?)?;
        if wishes.leave_out {
            leave_out(&mut out, &trials, &drives)?;
        }
        if let Some(best) = best(&trials, None) {
            delayed = best.settings.clone();
        }
        writeln!(out, "{}", toml::to_string(&delayed)?)?;
    }
    for lag in &wishes.lags {
        bench.tell(&mut out, &delayed, lag, wishes.each)?;
    }
    Ok(())
}

/// What a launch file says of its delayed mode; nothing where it has none.
fn read(launch: &Path) -> Result<Table> {
    let whole: Table = std::fs::read_to_string(launch)?.parse()?;
    let node = whole.get("node").and_then(|nodes| nodes.get(NODE)).and_then(Value::as_table);
    let mut delayed = node.cloned().unwrap_or_default();
    for key in ["kind", "reads"] {
        delayed.remove(key);
    }
    Ok(delayed)
}

fn online(config: &TrackerConfig, drive: &Drive) -> Result<Vec<Tracks>> {
    let mut tracker = Tracker::new(config.clone())?;
    let mut step = |frame: &input::Frame| -> Result<Tracks> {
        Ok(tracker.step(frame.stamp, frame.world_from_ego, &frame.detections)?.clone())
    };
    drive.frames.iter().map(&mut step).collect()
}

/// One set of settings, and what it is worth on each sequence, for each lag.
struct Trial {
    settings: Table,
    scores: Vec<Vec<Scores>>,
}

/// The best of some trials, by the mean over the lags, one sequence left out.
fn best(trials: &[Trial], without: Option<usize>) -> Option<&Trial> {
    let worth = |trial: &Trial| trial.worth(|drive| Some(drive) != without);
    trials.iter().max_by(|a, b| worth(a).total_cmp(&worth(b)))
}

impl Trial {
    /// Mean worth over the lags on some of the sequences.
    fn worth(&self, takes_part: impl Fn(usize) -> bool) -> f64 {
        let worth = |scores: &Vec<Scores>| {
            let parts = scores.iter().enumerate().filter(|(drive, _)| takes_part(*drive));
            let all = Scores::combined(parts.map(|(_, scores)| scores));
            let hota = Hota::mean(&all.hota.hota) * 100.0;
            hota + 0.1 * all.clear.mota * 100.0 - 0.01 * all.clear.id_switches as f64
        };
        self.scores.iter().map(worth).sum::<f64>() / self.scores.len().max(1) as f64
    }

    /// Mean HOTA over the lags of one sequence or of all but one.
    fn hota(&self, takes_part: impl Fn(usize) -> bool) -> f64 {
        let hota = |scores: &Vec<Scores>| {
            let parts = scores.iter().enumerate().filter(|(drive, _)| takes_part(*drive));
            let all = Scores::combined(parts.map(|(_, scores)| scores));
            Hota::mean(&all.hota.hota) * 100.0
        };
        self.scores.iter().map(hota).sum::<f64>() / self.scores.len().max(1) as f64
    }
}

/// Sequences with their online tracks.
struct Bench<'a> {
    drives: &'a [Drive],
    online: &'a [Vec<Tracks>],
    lags: &'a [Value],
}

impl Bench<'_> {
    fn search(&self, wishes: &Wishes, start: &Table, space: &[search::Knob]) -> Result<Vec<Trial>> {
        let mut numbers = search::Numbers(wishes.seed);
        let mut trials = vec![self.trial(start, wishes.goal)?];
        let mut at = 0;
        for number in 0..wishes.trials {
            let next = search::changed(&trials[at].settings, space, &mut numbers)?;
            let Ok(trial) = self.trial(&next, wishes.goal) else { continue };
            trials.push(trial);
            let new = trials.len() - 1;
            if trials[new].worth(|_| true) > trials[at].worth(|_| true) {
                at = new;
                eprintln!("{number}: {:.4}", trials[at].worth(|_| true));
            }
        }
        Ok(trials)
    }

    fn trial(&self, settings: &Table, class: ObjectClass) -> Result<Trial> {
        let of_lag = |lag| self.scores(&self.rows(settings, lag)?, class);
        let scores = self.lags.iter().map(of_lag).collect::<Result<_>>()?;
        Ok(Trial { settings: settings.clone(), scores })
    }

    fn rows(&self, settings: &Table, lag: &Value) -> Result<Vec<Rows>> {
        let mut settings = settings.clone();
        settings.insert("lag_s".to_owned(), lag.clone());
        let config: DelayedConfig = settings.try_into()?;
        let pairs = self.drives.iter().zip(self.online);
        pairs.map(|(drive, online)| rows(&config, drive, online)).collect()
    }

    fn scores(&self, rows: &[Rows], class: ObjectClass) -> Result<Vec<Scores>> {
        let drives: Vec<_> = self.drives.iter().collect();
        score::image_scores(&drives, &rows.iter().collect::<Vec<_>>(), class)
    }

    fn tell(&self, out: &mut impl Write, settings: &Table, lag: &Value, each: bool) -> Result<()> {
        let rows = self.rows(settings, lag)?;
        for class in [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist] {
            let parts = self.scores(&rows, class)?;
            for (drive, scores) in self.drives.iter().zip(&parts).filter(|_| each) {
                line(out, &drive.name, scores)?;
            }
            line(out, &format!("{lag} {class}"), &Scores::combined(parts.iter()))?;
        }
        Ok(())
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

/// For each sequence: the settings that are best on the others, and their worth on it beside
/// that of the settings that are best on all.
fn leave_out(out: &mut impl Write, trials: &[Trial], drives: &[Drive]) -> Result<()> {
    let Some(overall) = best(trials, None) else { return Ok(()) };
    let mut chosen: Vec<Vec<Scores>> = overall.scores.iter().map(|_| Vec::new()).collect();
    for (index, drive) in drives.iter().enumerate() {
        let Some(fitted) = best(trials, Some(index)) else { continue };
        let (theirs, ours) = (fitted.hota(|d| d == index), overall.hota(|d| d == index));
        writeln!(out, "{} left out: HOTA {theirs:.2}, fitted on all {ours:.2}", drive.name)?;
        for (chosen, scores) in chosen.iter_mut().zip(&fitted.scores) {
            chosen.extend(scores.get(index).cloned());
        }
    }
    let all = Trial { settings: Table::new(), scores: chosen };
    let (first, fitted) = (&trials[0], overall);
    writeln!(
        out,
        "all sequences: HOTA {:.2} left out, {:.2} fitted on all, {:.2} at the start",
        all.hota(|_| true),
        fitted.hota(|_| true),
        first.hota(|_| true)
    )?;
    Ok(())
}
