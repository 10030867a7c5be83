//! `delos run`.

use super::Outcome;
use super::launch::LaunchArgs;
use crate::output::Output;
use crate::report::{Circumstances, Results, RowCount, Status};
use crate::{progress, say, signals};
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use delos_components::{Environment, Wishes};
use delos_runtime::{BuildContext, Cancel, LaunchFile, MonotonicClock, Plan, Registry, RunReport};
use delos_viz::Live;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    launch: LaunchArgs,
    /// Folder for results; must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace the output folder of an earlier run
    #[arg(long)]
    force: bool,
    /// Stop after this many frames
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    frames: Option<u64>,
    /// Worker threads (default: one for each core); results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    workers: Option<u64>,
    /// How frames are released
    #[arg(long, value_enum)]
    pace: Option<PaceArg>,
    /// Show the run in the Rerun viewer while it goes on
    #[arg(long)]
    view: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum PaceArg {
    /// As fast as possible, every frame, repeatable
    Lockstep,
    /// At the sensor's pace; frames that find the chain busy are dropped and counted
    Realtime,
}

pub(crate) fn run(args: &RunArgs, registry: &Registry) -> Result<Outcome> {
    let mut launch = load(args)?;
    let plan = args.launch.plan(&mut launch, registry)?;
    let live = args.view.then(viewer).transpose()?;
    let output = Output::prepare(&args.out, args.force)?;
    let environment = Arc::new(Environment::new(Wishes {
        out: Some(output.folder().to_owned()),
        live,
        ..args.launch.wishes(&plan)
    }));
    let started_unix_s = unix_seconds();
    let report = drive(args, &launch, &plan, &environment);
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            output.discard();
            return Err(error);
        }
    };
    let circumstances = Circumstances {
        launch_file: &args.launch.launch,
        overrides: &args.launch.sets,
        require_gpu: environment.wishes.require_gpu,
        started_unix_s,
    };
    let mut facts = environment.facts();
    if let Some(scores) = &mut facts.scores {
        scores.add_lost(&report, facts.truth.as_ref());
    }
    let results = Results::new(&plan, &report, facts, &circumstances);
    conclude(args, output, &results, report)
}

fn load(args: &RunArgs) -> Result<LaunchFile> {
    let mut launch = args.launch.load()?;
    let number = |n: u64| toml::Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
    if let Some(frames) = args.frames {
        launch.set_value("run", "frames", number(frames), "--frames")?;
    }
    if let Some(workers) = args.workers {
        launch.set_value("run", "workers", number(workers), "--workers")?;
    }
    if let Some(pace) = args.pace {
        let name = match pace {
            PaceArg::Lockstep => "lockstep",
            PaceArg::Realtime => "realtime",
        };
        launch.set_value("run", "pace", name.into(), "--pace")?;
    }
    Ok(launch)
}

/// The viewer that is there, or one to start where there is a screen.
fn viewer() -> Result<Live> {
    let listens = std::net::TcpStream::connect(("127.0.0.1", VIEWER_PORT)).is_ok();
    let has = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let no_screen = cfg!(target_os = "linux") && !has("DISPLAY") && !has("WAYLAND_DISPLAY");
    if listens {
        return Ok(Live::Connect { port: VIEWER_PORT });
    }
    if no_screen {
        bail!(
            "--view: there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set) and no viewer \
             listens on port {VIEWER_PORT}; run without --view and look at recording.rrd later"
        );
    }
    let viewer = delos_viz::find_viewer().context("--view needs the Rerun viewer")?;
    Ok(Live::Spawn { viewer: viewer.path })
}

/// Rerun's own port.
const VIEWER_PORT: u16 = 9876;

fn drive(
    args: &RunArgs,
    launch: &LaunchFile,
    plan: &Plan,
    environment: &Arc<Environment>,
) -> Result<RunReport> {
    let context = BuildContext::new(launch.folder()).with(Arc::clone(environment));
    let cancel = Cancel::default();
    signals::watch(&cancel);
    let bar = if args.quiet { indicatif::ProgressBar::hidden() } else { progress::frames() };
    let on_frame = |done: u64| {
        if done == 1 {
            let all = environment.facts().data.and_then(|data| data.frames);
            let total = match (plan.run.frames, all) {
                (0, all) => all,
                (limit, all) => Some(all.map_or(limit, |all| all.min(limit))),
            };
            if let Some(total) = total {
                progress::set_total(&bar, total);
            }
        }
        bar.set_position(done);
    };
    let clock = MonotonicClock::start();
    let report = delos_runtime::run(plan, &context, &clock, &cancel, &on_frame);
    bar.finish_and_clear();
    Ok(report?)
}

/// Writes the reports, moves complete results to their place and tells the user.
fn conclude(
    args: &RunArgs,
    output: Output,
    results: &Results,
    report: RunReport,
) -> Result<Outcome> {
    for (node, notice) in &report.notices {
        if !args.quiet {
            say::aside(format!("note: {node}: {notice}"));
        }
    }
    let written = results.write(output.folder());
    if let Some(error) = report.error {
        if let Err(error) = written {
            say::aside(format!("note: the record of the run is not complete: {error:#}"));
        }
        let part = output.abandon();
        say::aside(format!(
            "{} complete frames before the failure are in {}",
            report.frames.len(),
            part.display()
        ));
        return Err(error.into());
    }
    written?;
    let out = output.publish()?;
    if !args.quiet {
        say::line(results.summary(RowCount::of(&out)));
        say::line(format!("\nresults in {}", out.display()));
    }
    if results.status == Status::Interrupted {
        let frames = report.frames.len();
        say::error(&anyhow!(
            "interrupted after {frames} frames; what was found until then is in {}",
            out.display()
        ));
        return Ok(Outcome::Code(signals::INTERRUPTED));
    }
    Ok(Outcome::Done)
}

/// When the run began, for the record only.
#[expect(clippy::disallowed_methods, reason = "the date of the run, not part of any result")]
fn unix_seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
