//! The command line.

use crate::commands::{self, Outcome, Usage};
use crate::say;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use delos_runtime::Registry;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Replay driving data through a perception pipeline: boxes, tracks, a Rerun recording
/// and latency, of the same frames, repeatable to the bit.
#[derive(Parser)]
#[command(name = "delos", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  delos run demo --out out/demo                 (a simulated drive: needs no data)
  delos run launch/kitti_raw.toml --data 2011_09_26_drive_0052_sync --out out/0052
  delos run launch/kitti_camera.toml --data drive.mp4 --out out/mine --set camera.model=yolox_nano
  delos run demo --out out/gpu --device cuda:0 --require-gpu   (fails, with the reason, where it cannot)
  delos prepare demo --device tensorrt:0         (so that the first run does not wait for minutes)
  delos shot out/0052 --frame 14 --png frame14.png
  delos explain out/demo --track 3               (why it is there; without --track, a list)
  delos compare out/a out/b
  delos bench kitti_raw --data DRIVE --json a.json   (delos bench compare a.json b.json)
  delos eval run out/demo                       (a table, figures and a page)
  delos eval tracking --labels label_02 --results my_tracker --json scores.json

Environment:
  DELOS_MODELS     folder with network files, looked at before the user's cache
  ORT_DYLIB_PATH   ONNX Runtime's library (or --ort; else beside the program, .delos/onnxruntime/)
  XDG_CACHE_HOME   folder for what is kept between runs: engines, kernels, networks (else ~/.cache)
  DELOS_VIEWER     the Rerun viewer (else .delos/viewer/rerun, then rerun in PATH)
  DELOS_LOG        log filter, for example info or delos_track=debug (else warn,ort=error)

Exit codes: 0 done, 1 failed, 2 command line wrong (compare, bench compare: files cannot be compared), 130 interrupted.";

/// Exit code of a command line that cannot be meant.
const WRONG_COMMAND_LINE: u8 = 2;

/// What is logged unless `DELOS_LOG` says otherwise. What ONNX Runtime warns of (nodes left to the
/// processor, copies) stands in every summary.
const LOGGED: &str = "warn,ort=error";

#[derive(Subcommand)]
enum Command {
    /// Run a launch file over data; writes tracks, detections, a recording and latency
    Run(commands::run::RunArgs),
    /// Measure latency: percentiles, where the time goes, deadlines; compare two measurements
    Bench(commands::bench::BenchArgs),
    /// Build and keep what a first run would wait for: networks opened and run once, engines, kernels
    Prepare(commands::prepare::PrepareArgs),
    /// Check a launch file completely without running it
    Check(commands::check::CheckArgs),
    /// Draw the graph of a launch file as text (Mermaid or DOT)
    Graph(commands::graph::GraphArgs),
    /// Name the first frame and component in which two runs differ
    Compare(commands::compare::CompareArgs),
    /// Tell the story of a track: when it was born, seen, coasted and ended, and why
    Explain(commands::explain::ExplainArgs),
    /// Score runs, tracks or detections, of this program or any other, by the field's definitions
    #[command(subcommand)]
    Eval(commands::eval::EvalCommand),
    /// Render a picture of one frame of a run, without a screen
    Shot(commands::shot::ShotArgs),
    /// List, fetch, verify and add networks
    #[command(subcommand)]
    Models(commands::models::ModelsCommand),
    /// List, verify and fetch data sets
    #[command(subcommand)]
    Data(commands::data::DataCommand),
    /// List the kinds of components with their ports and parameters
    Components(commands::components::ComponentsArgs),
    /// Say what was found on this machine: ONNX Runtime, GPU, viewer, data
    Doctor(commands::doctor::DoctorArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// The command line's definition, for completions and documentation.
pub fn build_cli() -> clap::Command {
    Cli::command()
}

/// Parses the command line and does what it says, with the components of `registry`.
pub fn run_cli(registry: &Registry) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let filter = EnvFilter::try_from_env("DELOS_LOG").unwrap_or_else(|_| EnvFilter::new(LOGGED));
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours);
    log.with_writer(std::io::stderr).init();
    match dispatch(cli.command, registry) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Code(code)) => ExitCode::from(code),
        Err(error) => {
            say::error(&error);
            if error.is::<Usage>() { ExitCode::from(WRONG_COMMAND_LINE) } else { ExitCode::FAILURE }
        }
    }
}

fn dispatch(command: Command, registry: &Registry) -> anyhow::Result<Outcome> {
    match command {
        Command::Run(args) => commands::run::run(&args, registry),
        Command::Bench(args) => commands::bench::bench(&args, registry),
        Command::Prepare(args) => commands::prepare::prepare(&args, registry),
        Command::Check(args) => commands::check::check(&args, registry),
        Command::Graph(args) => commands::graph::graph(&args, registry),
        Command::Compare(args) => Ok(commands::compare::compare(&args)),
        Command::Explain(args) => commands::explain::explain(&args),
        Command::Eval(command) => commands::eval::eval(&command),
        Command::Shot(args) => commands::shot::shot(&args),
        Command::Models(command) => commands::models::models(&command),
        Command::Data(command) => commands::data::data(&command),
        Command::Components(args) => commands::components::components(&args, registry),
        Command::Doctor(args) => commands::doctor::doctor(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut build_cli(), "delos", &mut script);
            say::line(String::from_utf8_lossy(&script).trim_end());
            Ok(Outcome::Done)
        }
    }
}

/// Help goes to standard output; a mistake shows its hints first and ends with one line.
fn usage(error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        let _ = error.print();
        let asked = error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
        return if asked { ExitCode::SUCCESS } else { ExitCode::from(WRONG_COMMAND_LINE) };
    }
    let text = error.render().to_string();
    let (message, hints) = text.split_once("\n\n").unwrap_or((&text, ""));
    say::aside(hints.trim_end());
    let message = message.strip_prefix("error: ").unwrap_or(message);
    say::error(&anyhow::anyhow!("command line: {message}"));
    ExitCode::from(WRONG_COMMAND_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_holds_together() {
        build_cli().debug_assert();
    }
}
