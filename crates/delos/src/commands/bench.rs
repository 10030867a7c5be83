//! `delos bench`.

mod ceilings;
mod compare;
mod file;
mod floors;
mod gpu;
mod markdown;
mod scenario;
mod stream;
mod table;

use super::Outcome;
use super::launch::LaunchArgs;
use crate::output::{can_be_written, write_whole};
use crate::{say, signals};
use anyhow::{Context, Result};
use clap::{ArgMatches, Args, FromArgMatches, Subcommand};
use delos_runtime::{Cancel, Registry};
use file::BenchFile;
use scenario::LoadArgs;
use std::path::PathBuf;
use stream::Bench;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    kept: Option<Kept>,
    #[command(flatten)]
    measure: Wanted,
}

/// What is to be measured, unless something is compared.
struct Wanted(Option<MeasureArgs>);

/// By hand, since clap's own `Option` of flattened arguments overlooks arguments flattened into
/// those.
impl FromArgMatches for Wanted {
    fn from_arg_matches(matches: &ArgMatches) -> clap::error::Result<Self> {
        let wanted = matches.contains_id("launch");
        wanted.then(|| MeasureArgs::from_arg_matches(matches)).transpose().map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> clap::error::Result<()> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Wanted {
    fn augment_args(command: clap::Command) -> clap::Command {
        MeasureArgs::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        MeasureArgs::augment_args_for_update(command)
    }
}

/// What can be done with measurements that were kept.
#[derive(Subcommand)]
enum Kept {
    /// Compare two measurements; exit 1 where the second one is slower beyond noise
    Compare(compare::CompareArgs),
    /// Print measurements as one Markdown table, a row each
    Table(markdown::TableArgs),
}

#[derive(Args)]
struct MeasureArgs {
    #[command(flatten)]
    launch: LaunchArgs,
    #[command(flatten)]
    load: LoadArgs,
    /// Worker threads (default: one for each core)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    workers: Option<u64>,
    /// Measure so many times, each from the start of every component, and give the spread; only the first
    /// starts cold
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u64).range(1..=100))]
    repetitions: u64,
    /// Keep recorders and other observers in the graph; they write nothing
    #[arg(long)]
    with_observers: bool,
    /// Where to write every figure, and all that is needed to measure again
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where to write a trace for Chrome's tracing page or Perfetto (of the last repetition)
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

pub(crate) fn bench(args: &BenchArgs, registry: &Registry) -> Result<Outcome> {
    match (&args.kept, &args.measure.0) {
        (Some(Kept::Compare(args)), _) => Ok(compare::compare(args)),
        (Some(Kept::Table(args)), _) => markdown::table(args),
        (None, Some(args)) => measure(args, registry),
        (None, None) => {
            anyhow::bail!("command line: a launch file, `compare` or `table` is missing")
        }
    }
}

fn measure(args: &MeasureArgs, registry: &Registry) -> Result<Outcome> {
    for path in [&args.json, &args.trace].into_iter().flatten() {
        can_be_written(path)?;
    }
    let bench = Bench::new(args, registry)?;
    if cfg!(debug_assertions) {
        say::aside(
            "note: a debug build is measured; `cargo build --release` makes one for figures",
        );
    }
    let interrupt = Cancel::default();
    signals::watch(&interrupt);
    let (mut runs, mut traced) = (Vec::new(), Ok(()));
    for repetition in 1..=args.repetitions {
        if args.repetitions > 1 {
            say::aside(format!("repetition {repetition} of {}", args.repetitions));
        }
        let run = bench.repetition(&interrupt)?;
        if interrupt.is_cancelled() {
            say::error(&anyhow::anyhow!("interrupted: nothing was written"));
            return Ok(Outcome::Code(signals::INTERRUPTED));
        }
        if let Some(path) = args.trace.as_ref().filter(|_| repetition == args.repetitions) {
            traced = crate::trace::write(path, bench.plan(), &run.report);
        }
        runs.push(run);
    }
    let mut file = BenchFile::new(&bench, &args.launch, runs);
    match bench.limits() {
        Ok((networks, ceilings)) => file = file.with_floors(&networks, ceilings),
        Err(error) => say::aside(format!("note: no floors: {error:#}")),
    }
    say::line(table::summary(&file));
    if let Some(path) = &args.json {
        let mut json = serde_json::to_string_pretty(&file).context("cannot write JSON")?;
        json.push('\n');
        write_whole(path, &json)?;
        say::line(format!("\nfigures in {}", path.display()));
    }
    // What was measured is kept, whatever became of the trace.
    traced.map(|()| Outcome::Done)
}
