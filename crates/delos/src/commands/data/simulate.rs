//! `delos data simulate`: a simulated drive as a data set.

use crate::commands::Outcome;
use crate::{progress, say, signals, table};
use anyhow::{Context, Result, anyhow};
use clap::builder::{PossibleValuesParser, RangedI64ValueParser};
use clap::{Args, ValueEnum};
use delos_components::{frame_parts, simulated_drive};
use delos_ingest::kitti::write::{DatasetWriter, FrameParts, SequenceWriter};
use delos_runtime::Cancel;
use delos_sim::SimError;
use delos_sim::drive::{DriveConfig, MOST_FRAMES};
use delos_sim::lidar::Lidar;
use delos_sim::simulation::{SimulatedFrame, Simulation, SimulationConfig};
use delos_sim::statistics::DriveStatistics;
use indicatif::ProgressBar;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread;

#[derive(Args)]
pub(crate) struct SimulateArgs {
    /// Folder to make; must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Frames of each drive, 1 to 3000; it lasts 300 s at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = whole(1..=MOST_FRAMES as i64), allow_negative_numbers = true)]
    frames: i64,
    /// What the drive grows from: the same seed gives the same files
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = whole(0..=i64::MAX), allow_negative_numbers = true)]
    seed: i64,
    /// Write this many drives, of seeds SEED, SEED+1, ...
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole(1..=10_000), allow_negative_numbers = true)]
    drives: i64,
    /// Frames per second, 1 to 100
    #[arg(long, value_name = "HZ", default_value_t = 10.0, allow_negative_numbers = true)]
    rate: f64,
    /// Road users besides the vehicle itself, parked ones included (default: as many as suit
    /// the road)
    #[arg(long, value_name = "N", value_parser = whole(0..=1_000_000), allow_negative_numbers = true)]
    actors: Option<i64>,
    /// The LiDAR: Velodyne HDL-64E or HDL-32E
    #[arg(long, value_name = "NAME", default_value = "hdl64", value_parser = PossibleValuesParser::new(Lidar::names()))]
    lidar: String,
    /// Sensors to write, separated by commas; labels and poses are always written
    #[arg(
        long,
        value_name = "NAMES",
        value_enum,
        value_delimiter = ',',
        default_value = "camera,lidar,radar"
    )]
    sensors: Vec<Sensor>,
    /// Threads (default: one for each core); the files do not depend on it
    #[arg(long, value_name = "N", value_parser = whole(1..=1024), allow_negative_numbers = true)]
    workers: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sensor {
    /// Images, PNG
    Camera,
    /// Scans, four numbers a point
    Lidar,
    /// Radar echoes, seven numbers each
    Radar,
}

fn whole(range: RangeInclusive<i64>) -> RangedI64ValueParser<i64> {
    clap::value_parser!(i64).range(range)
}

/// Writes the drives; nothing is left behind when one fails.
pub(crate) fn simulate(args: &SimulateArgs) -> Result<Outcome> {
    let cancel = Cancel::default();
    let first = args.simulation(0)?;
    let writer = DatasetWriter::create(&args.out).context("--out")?;
    signals::watch(&cancel);
    let bar = progress::frames();
    progress::set_total(&bar, args.drives.cast_unsigned() * first.frames() as u64);
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    let mut first = Some(first);
    for number in 0..args.drives {
        let simulation = first.take().map_or_else(|| args.simulation(number), Ok)?;
        rows.push(args.write(&writer, &simulation, &cancel, &bar)?);
        if cancel.is_cancelled() {
            drop(writer);
            bar.finish_and_clear();
            say::error(&anyhow!("interrupted; nothing was left in {}", args.out.display()));
            return Ok(Outcome::Code(signals::INTERRUPTED));
        }
    }
    bar.finish_and_clear();
    let out = writer.publish()?;
    say::line(table::numbers(&rows));
    say::line(LEGEND);
    let out = out.display();
    say::line(format!("\nwritten to {out}; run a launch file over it with --data {out}"));
    Ok(Outcome::Done)
}

const HEADS: [&str; 7] =
    ["drive", "frames", "road users", "labels", "hidden", "points/scan", "clutter"];
const LEGEND: &str = "
road users: different ones in the camera's view; labels: their boxes in all frames
hidden: share of a vehicle in the image that something else covers, mean over those vehicles of
        which camera or LiDAR see anything
points/scan: returns of the LiDAR, mean; clutter: houses, fences, signs, plants beside the road";

impl SimulateArgs {
    /// The drive of this number, from 0.
    fn simulation(&self, number: i64) -> Result<Simulation> {
        let count = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
        let drive = DriveConfig {
            seed: self.seed.cast_unsigned() + number.cast_unsigned(),
            frames: count(self.frames),
            rate_hz: self.rate,
            actors: self.actors.map(count),
        };
        let config = SimulationConfig { drive, lidar: self.lidar.clone(), turn_s: 0.0 };
        Simulation::new(&config).map_err(|error| in_options(&error))
    }

    /// One drive, by all workers; returns its row of the table.
    fn write(
        &self,
        writer: &DatasetWriter,
        simulation: &Simulation,
        cancel: &Cancel,
        bar: &ProgressBar,
    ) -> Result<Vec<String>> {
        let drive = Arc::new(simulated_drive(simulation)?);
        let name = Arc::clone(drive.name());
        let sequence = writer.sequence(drive)?;
        let work = Work {
            args: self,
            simulation,
            sequence: &sequence,
            next: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            statistics: Mutex::new(DriveStatistics::of(simulation.drive())),
            cancel,
            bar,
        };
        work.run()?;
        let statistics = work.statistics.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !cancel.is_cancelled() {
            sequence.finish()?;
        }
        Ok(vec![
            name.to_string(),
            simulation.frames().to_string(),
            statistics.road_users().to_string(),
            statistics.labels().to_string(),
            format!("{:.0} %", 100.0 * statistics.mean_hidden()),
            self.points_of(&statistics),
            statistics.clutter().to_string(),
        ])
    }

    /// Returns of a scan, where scans are written.
    fn points_of(&self, statistics: &DriveStatistics) -> String {
        let has_scans = self.sensors.contains(&Sensor::Lidar);
        if has_scans { format!("{:.0}", statistics.mean_points()) } else { "-".to_owned() }
    }

    fn workers(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        self.workers.map_or_else(cores, |n| usize::try_from(n).unwrap_or(1))
    }

    fn parts(&self, frame: SimulatedFrame) -> FrameParts {
        let mut parts = frame_parts(frame);
        let has = |sensor| self.sensors.contains(&sensor);
        parts.image = parts.image.filter(|_| has(Sensor::Camera));
        parts.cloud = parts.cloud.filter(|_| has(Sensor::Lidar));
        parts.radar = parts.radar.filter(|_| has(Sensor::Radar));
        parts
    }
}

/// The frames of one drive, to be taken by whoever is free.
struct Work<'a> {
    args: &'a SimulateArgs,
    simulation: &'a Simulation,
    sequence: &'a SequenceWriter<'a>,
    next: AtomicUsize,
    failed: AtomicBool,
    statistics: Mutex<DriveStatistics>,
    cancel: &'a Cancel,
    bar: &'a ProgressBar,
}

impl Work<'_> {
    fn run(&self) -> Result<()> {
        thread::scope(|scope| {
            let workers: Vec<_> =
                (0..self.args.workers()).map(|_| scope.spawn(|| self.take_all())).collect();
            workers.into_iter().try_for_each(|worker| {
                worker.join().unwrap_or_else(|_| Err(anyhow!("a worker broke off")))
            })
        })
    }

    fn take_all(&self) -> Result<()> {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let stop = self.cancel.is_cancelled() || self.failed.load(Ordering::Relaxed);
            if stop || index >= self.simulation.frames() {
                return Ok(());
            }
            if let Err(error) = self.take(index) {
                self.failed.store(true, Ordering::Relaxed);
                return Err(error);
            }
            self.bar.inc(1);
        }
    }

    fn take(&self, index: usize) -> Result<()> {
        let frame = self.simulation.frame(index)?;
        let (labels, points) = (frame.labels.clone(), frame.cloud.points().len());
        self.sequence.write_frame(index, &self.args.parts(frame))?;
        self.statistics.lock().unwrap_or_else(PoisonError::into_inner).add(&labels, points);
        Ok(())
    }
}

/// The simulator's complaint in the words of the command line.
fn in_options(error: &SimError) -> anyhow::Error {
    let (word, option) = match error {
        SimError::Frames { .. } => ("`frames`", "--frames"),
        SimError::Rate { .. } => ("`rate_hz`", "--rate"),
        SimError::Actors { .. } => ("`actors`", "--actors"),
        _ => return anyhow!("{error}"),
    };
    anyhow!("{}", error.to_string().replacen(word, option, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_name_the_option() {
        let table = [
            (SimError::Frames { frames: 400, most: 300 }, "--frames is 400: "),
            (SimError::Rate { rate_hz: -1.0, least: 1.0, most: 100.0 }, "--rate is -1: "),
            (SimError::Actors { actors: 900, room: 40 }, "--actors is 900: "),
            (SimError::Frame { frame: 9, frames: 9 }, "frame 9 does not exist"),
        ];
        for (error, wanted) in table {
            let message = in_options(&error).to_string();
            assert!(message.starts_with(wanted) && !message.contains('`'), "{message}");
        }
    }
}
