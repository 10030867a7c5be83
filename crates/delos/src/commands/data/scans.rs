//! `delos data scans`: labelled LiDAR scans of random scenes, to train a detector on.

mod layout;

use crate::commands::Outcome;
use crate::{ahead, progress, say, signals};
use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};
use delos_ingest::PartFolder;
use delos_ingest::kitti::write::scan_bytes;
use delos_runtime::Cancel;
use delos_sim::lidar::{Lidar, Sector};
use delos_sim::scenes::{LabelledScan, SceneMaker};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread;

/// So many seeds in a row share a store of shapes: making one takes as long as a scene.
const SEEDS_PER_STORE: u64 = 1000;
/// Half the angle of the front sector, degrees: somewhat more than a camera of KITTI sees.
const FRONT_DEG: f32 = 45.0;

#[derive(Args)]
pub(crate) struct ScansArgs {
    /// Folder to make; must not exist
    #[arg(long, value_name = "DIR", required_unless_present = "stream")]
    out: Option<PathBuf>,
    /// Write binary records to standard output instead, in order, until the reader has enough
    #[arg(long, conflicts_with = "out")]
    stream: bool,
    /// Number of scans (default: 1000; of a stream: without end)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    count: Option<u64>,
    /// Seed of the first scene; the next one's is one greater. The same seed gives the same scan
    #[arg(long, value_name = "N", default_value_t = 1000)]
    seed: u64,
    /// The LiDAR: hdl64 or hdl32
    #[arg(long, value_name = "NAME", default_value = "hdl64")]
    lidar: String,
    /// Part of the turn
    #[arg(long, value_enum, default_value = "full")]
    sector: Part,
    /// Threads (default: one for each core); the scans do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    workers: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// All of it
    Full,
    /// Within 45 degrees of straight ahead
    Front,
}

/// Writes or streams the scans; nothing is left behind when writing fails.
pub(crate) fn scans(args: &ScansArgs) -> Result<Outcome> {
    let lidar = Lidar::named(&args.lidar)?;
    match &args.out {
        Some(out) => args.write(out, &lidar),
        None => args.stream(&lidar),
    }
}

/// A scan as it is written to a folder.
struct Files {
    scan: Vec<u8>,
    labels: String,
}

impl ScansArgs {
    fn write(&self, out: &Path, lidar: &Lidar) -> Result<Outcome> {
        let count = self.count.unwrap_or(1000);
        let folder = PartFolder::create(out)?;
        let cancel = Cancel::default();
        signals::watch(&cancel);
        for name in ["scans", "labels"] {
            let path = folder.path().join(name);
            fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        }
        write(&folder.path().join("README.txt"), layout::README.as_bytes())?;
        let bar = progress::frames();
        progress::set_total(&bar, count);
        let (mut index, mut points) = (0_u64, 0_u64);
        self.make(count, lidar, files, |files| {
            points += (files.scan.len() / 16) as u64;
            let at = |name: &str, end: &str| folder.path().join(format!("{name}/{index:06}.{end}"));
            write(&at("scans", "bin"), &files.scan)?;
            write(&at("labels", "txt"), files.labels.as_bytes())?;
            index += 1;
            bar.inc(1);
            Ok(if cancel.is_cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })?;
        bar.finish_and_clear();
        if cancel.is_cancelled() {
            drop(folder);
            say::error(&anyhow!("interrupted; nothing was left in {}", out.display()));
            return Ok(Outcome::Code(signals::INTERRUPTED));
        }
        let out = folder.publish()?;
        let out = out.display();
        say::line(format!("{count} scans, {} points each on average, in {out}", points / count));
        Ok(Outcome::Done)
    }

    fn stream(&self, lidar: &Lidar) -> Result<Outcome> {
        let mut out = io::stdout().lock();
        let mut send = |bytes: &[u8]| match out.write_all(bytes).and_then(|()| out.flush()) {
            Ok(()) => Ok(ControlFlow::Continue(())),
            // The reader has enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            Err(error) => Err(anyhow!(error).context("cannot write to standard output")),
        };
        if send(&layout::stream_head())?.is_continue() {
            let endless = u64::MAX;
            self.make(self.count.unwrap_or(endless), lidar, layout::stream_record, |bytes| {
                send(&bytes)
            })?;
        }
        Ok(Outcome::Done)
    }

    /// Simulates `count` scans, lets the workers `encode` them with their seeds and hands
    /// them on in order.
    fn make<T: Send>(
        &self,
        count: u64,
        lidar: &Lidar,
        encode: impl Fn(u64, &LabelledScan) -> T + Sync,
        take: impl FnMut(T) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let sector = match self.sector {
            Part::Full => Sector::Full,
            Part::Front => Sector::Front { half_angle_rad: FRONT_DEG.to_radians() },
        };
        let make = |store: &mut Store, number: u64| {
            let seed = self.seed.wrapping_add(number);
            encode(seed, &store.maker(seed).labelled_scan(seed, lidar, sector))
        };
        ahead::in_order(count, self.workers(), Store::default, make, take)
    }

    fn workers(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        self.workers.map_or_else(cores, |n| usize::try_from(n).unwrap_or(1))
    }
}

/// The shapes for the seeds at hand. Which shapes a scene is made of depends on its seed
/// alone.
#[derive(Default)]
struct Store {
    last: Option<(u64, SceneMaker)>,
}

impl Store {
    fn maker(&mut self, seed: u64) -> &SceneMaker {
        let number = seed / SEEDS_PER_STORE;
        let known = self.last.take().filter(|(last, _)| *last == number);
        let entry = known.unwrap_or_else(|| (number, SceneMaker::new(number)));
        &self.last.insert(entry).1
    }
}

fn files(_seed: u64, labelled: &LabelledScan) -> Files {
    Files { scan: scan_bytes(&labelled.scan.cloud), labels: layout::label_text(&labelled.objects) }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
