//! The tracker on stored detections: its scores, the search for its settings, and what each of
//! its parts is worth.
//!
//! `cargo run --release -p delos_benches --bin tune_tracker -- COMMAND`, with
//! - `score`: scores of the launch file's settings (`--each` by sequence, `--spatial` with
//!   sAMOTA, `--set KEY=VALUE` to change settings);
//! - `search KIND`: the best settings for `vehicle`, `pedestrian` or `cyclist` that chance finds,
//!   as the tables of a launch file;
//! - `validate KIND`: the same search without one group of sequences after the other, each
//!   scored on those it did not see;
//! - `ablate`: scores with each part replaced or off;
//! - `robust`: scores with worse input;
//! - `speed`: how long a step takes, one thread;
//! - `delayed`: scores of the delayed mode, and the search for its settings (`--search KIND`).
//!
//! The input is KITTI's tracking benchmark in the folder `--data` (or `kitti_tracking` in the
//! folder that `DELOS_DATA` names), with the detections of `detections/pointrcnn`.

mod ablate;
mod delayed;
mod figures;
mod input;
mod robust;
mod score;
mod search;
mod settings;
mod space;
mod speed;
mod validate;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use figures::Figures;
use input::Drive;
use search::Search;
use space::Kind;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// The tracker on stored detections.
#[derive(Parser)]
struct Arguments {
    /// Folder of KITTI's tracking benchmark.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// Launch file whose settings are taken.
    #[arg(long, global = true, default_value = "launch/kitti_tracking_detections.toml")]
    launch: PathBuf,
    /// Folder of the detections, from the data set's root.
    #[arg(long, global = true, default_value = "detections/pointrcnn")]
    detections: PathBuf,
    /// Changes a setting, as `vehicle.cost.none=0.6`.
    #[arg(long = "set", global = true)]
    changes: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Scores of the settings.
    Score {
        /// Each sequence too.
        #[arg(long)]
        each: bool,
        /// sAMOTA of every track too.
        #[arg(long)]
        spatial: bool,
    },
    /// Searches for better settings.
    Search {
        /// Whose settings.
        kind: Kind,
        #[command(flatten)]
        search: Search,
    },
    /// Searches without some sequences, and scores on those.
    Validate {
        /// Whose settings.
        kind: Kind,
        /// Number of groups of sequences; as many as there are sequences leaves out one at a time.
        #[arg(long, default_value_t = 14)]
        folds: usize,
        #[command(flatten)]
        search: Search,
    },
    /// What each part is worth.
    Ablate,
    /// What worse input costs.
    Robust,
    /// How long a step takes.
    Speed,
    /// Scores of the delayed mode, and the search for its settings.
    Delayed(delayed::Delayed),
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let drives = read(&arguments)?;
    let mut settings = settings::read(&arguments.launch)?;
    for change in &arguments.changes {
        settings::set(&mut settings, change)?;
    }
    let mut out = std::io::stdout().lock();
    match &arguments.command {
        Command::Score { each, spatial } => scores(&mut out, &drives, &settings, *each, *spatial),
        Command::Search { kind, search } => {
            let only = kind.only(drives);
            let all: Vec<&Drive> = only.iter().collect();
            let (found, worth) = search.run(&all, *kind, settings)?;
            writeln!(out, "# worth {worth:.3}\n{}", toml::to_string(&found)?)?;
            Ok(())
        }
        Command::Validate { kind, folds, search } => {
            validate::run(&mut out, &kind.only(drives), *kind, *folds, search)
        }
        Command::Ablate => ablate::run(&mut out, &drives, &settings),
        Command::Robust => robust::run(&mut out, &drives, &settings),
        Command::Speed => {
            let cars = Kind::Vehicle.only(drives.clone());
            speed::run(&mut out, &drives, &cars, &settings)
        }
        Command::Delayed(wishes) => {
            delayed::run(&mut out, drives, (&arguments.launch, &settings), wishes)
        }
    }
}

fn read(arguments: &Arguments) -> Result<Vec<Drive>> {
    let stored = || std::env::var_os("DELOS_DATA").map(|d| PathBuf::from(d).join("kitti_tracking"));
    let data = arguments.data.clone().or_else(stored);
    let data = data.context("--data DIR names the folder of KITTI's tracking benchmark")?;
    input::read(&data, &arguments.detections)
}

fn scores(
    out: &mut impl Write,
    drives: &[Drive],
    settings: &toml::Table,
    each: bool,
    spatial: bool,
) -> Result<()> {
    let config = settings::config(settings)?;
    #[expect(clippy::disallowed_methods, reason = "the tracker's speed is shown")]
    let start = Instant::now();
    let rows = drives.iter().map(|d| score::track(&config, d)).collect::<Result<Vec<_>>>()?;
    let seconds = start.elapsed().as_secs_f64();
    let frames: usize = drives.iter().map(|d| d.frames.len()).sum();
    writeln!(
        out,
        "{} sequences, {frames} frames, {:.0} frames/s with making of rows",
        drives.len(),
        frames as f64 / seconds
    )?;
    let (all, rows): (Vec<_>, Vec<_>) = (drives.iter().collect(), rows.iter().collect());
    for kind in [Kind::Vehicle, Kind::Pedestrian, Kind::Cyclist] {
        let parts = score::image_scores(&all, &rows, kind.class())?;
        for (drive, scores) in drives.iter().zip(&parts).filter(|_| each) {
            writeln!(out, "{:10} {}", drive.name, Figures::of(scores))?;
        }
        writeln!(out, "{:10} {}", kind.class().name(), Figures::combined(&parts))?;
        if spatial {
            let found = [0.25, 0.5, 0.7].map(|iou| score::samota(&all, &rows, kind.class(), iou));
            writeln!(out, "{:10} sAMOTA at IoU 0.25, 0.5, 0.7: {found:.2?}", "")?;
        }
    }
    Ok(())
}
