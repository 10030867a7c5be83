//! `cargo xtask demo`: a recorded drive through the whole pipeline, from a fresh clone.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::checkout::{Checkout, folder_in};
use crate::{setup, shell};

const DRIVE: &str = "kitti_raw/2011_09_26/2011_09_26_drive_0052_sync";
const NETWORK: &str = "yolox_nano_dynamic_nhw.onnx";

/// What is passed on to `delos run`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Arguments of `delos run`: `-- --frames 10 --workers 1`
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// Sets up, builds, runs, and says how to open the recording. Code 2: there is nothing to run on.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<ExitCode> {
    let input = match Input::find() {
        Ok(input) => input,
        Err(error) => {
            eprintln!("{HELP}\nerror: {error:#}");
            return Ok(ExitCode::from(2));
        }
    };
    setup::run(checkout, &setup::Options::default())?;
    shell::run(checkout.cargo().args(["build", "--release", "--package", "delos"]))?;
    let program = checkout.program("release")?;
    let out = checkout.path("out/demo");
    let mut command = Command::new(program);
    command.args(arguments(checkout, &input, &out, &options.args));
    if env::var_os("ORT_DYLIB_PATH").is_none() {
        command.env("ORT_DYLIB_PATH", checkout.ort_library());
    }
    eprintln!("{}", shell::line_of(&command));
    shell::run(&mut command)?;
    if !has_option(&options.args, "--out") {
        say_how_to_open(checkout, &out.join("recording.rrd"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What to do when there is no data: shown before the error.
const HELP: &str = "\
The demo replays a drive of the KITTI raw data set through the network YOLOX-nano. Tell it where they are:

  DELOS_DATA=DIR    a folder that holds kitti_raw/2011_09_26/2011_09_26_drive_0052_sync
                    and the day's calibration, kitti_raw/2011_09_26/calib_*.txt
  DELOS_MODELS=DIR  a folder that holds yolox_nano_dynamic_nhw.onnx

Without them, fetch both from their publishers (licences: `delos data list kitti_raw`, `delos models list`):

  cargo xtask setup
  cargo build --release -p delos
  target/release/delos data fetch kitti_raw 2011_09_26_calib
  target/release/delos data fetch kitti_raw 2011_09_26_drive_0052_sync
  target/release/delos models fetch yolox_nano_416
  target/release/delos run launch/kitti_raw.toml --data data/2011_09_26/2011_09_26_drive_0052_sync \\
      --set camera.model=yolox_nano_416 --set 'camera.size=[416, 416]' --out out/demo
";

/// The recording and the network.
struct Input {
    drive: PathBuf,
    network: PathBuf,
}

impl Input {
    fn find() -> Result<Self> {
        Self::find_in(folder_in("DELOS_DATA"), folder_in("DELOS_MODELS"))
    }

    fn find_in(data: Result<PathBuf>, models: Result<PathBuf>) -> Result<Self> {
        let (data, models) = match (data, models) {
            (Ok(data), Ok(models)) => (data, models),
            (Err(data), Err(models)) => anyhow::bail!("{data}, and {models}"),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let (drive, network) = (data.join(DRIVE), models.join(NETWORK));
        anyhow::ensure!(drive.is_dir(), "{} is not there", drive.display());
        anyhow::ensure!(network.is_file(), "{} is not there", network.display());
        Ok(Self { drive, network })
    }
}

/// The command line of `delos`. What the user gives comes last and replaces what is ours.
fn arguments(checkout: &Checkout, input: &Input, out: &Path, more: &[OsString]) -> Vec<OsString> {
    let mut model = OsString::from("camera.model=");
    model.push(&input.network);
    let mut args: Vec<OsString> =
        vec!["run".into(), checkout.path("launch/kitti_raw.toml").into(), "--set".into(), model];
    if !has_option(more, "--data") {
        args.extend(["--data".into(), input.drive.clone().into()]);
    }
    if !has_option(more, "--out") {
        args.extend(["--out".into(), out.into(), "--force".into()]);
    }
    let force = |arg: &&OsString| !(args.contains(&"--force".into()) && *arg == "--force");
    let more: Vec<OsString> = more.iter().filter(force).cloned().collect();
    args.extend(more);
    args
}

/// Whether `args` hold `--name VALUE` or `--name=VALUE`.
fn has_option(args: &[OsString], name: &str) -> bool {
    let is_it = |arg: &OsStr| {
        arg.to_string_lossy()
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    args.iter().any(|arg| is_it(arg))
}

fn say_how_to_open(checkout: &Checkout, recording: &Path) {
    if !recording.is_file() {
        return;
    }
    let (recording, viewer) = (recording.display(), checkout.viewer());
    if viewer.is_file() {
        eprintln!("\nOpen the recording: {} {recording}", viewer.display());
    } else {
        eprintln!(
            "\nOpen the recording: `cargo xtask setup --viewer` once (163 MB), then\n  {} {recording}",
            viewer.display()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    fn strings(args: &[&str]) -> Vec<OsString> {
        args.iter().map(OsString::from).collect()
    }

    fn line(more: &[&str]) -> String {
        let input = Input { drive: "/data/drive".into(), network: "/models/nano.onnx".into() };
        let checkout = Checkout::find().unwrap();
        let args = arguments(&checkout, &input, Path::new("/out/demo"), &strings(more));
        let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
        args[2..].join(" ")
    }

    #[test]
    fn the_users_arguments_replace_ours() {
        let cases = [
            (
                &[][..],
                "--set camera.model=/models/nano.onnx --data /data/drive --out /out/demo --force",
            ),
            (
                &["--out", "x", "--workers", "1"],
                "--set camera.model=/models/nano.onnx --data /data/drive --out x --workers 1",
            ),
            (
                &["--data=y", "--force"],
                "--set camera.model=/models/nano.onnx --out /out/demo --force --data=y",
            ),
            (
                &["--out=x", "--force"],
                "--set camera.model=/models/nano.onnx --data /data/drive --out=x --force",
            ),
        ];
        for (more, wanted) in cases {
            assert_eq!(line(more), wanted);
        }
    }

    #[test]
    fn options_are_found_in_both_spellings() {
        let cases = [("--out", true), ("--out=a", true), ("--outer", false), ("out", false)];
        for (arg, wanted) in cases {
            assert_eq!(has_option(&strings(&[arg]), "--out"), wanted, "{arg}");
        }
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let both = Input::find_in(Err(anyhow!("no data")), Err(anyhow!("no models")));
        assert_eq!(both.err().unwrap().to_string(), "no data, and no models");
        let empty = tempfile::tempdir().unwrap();
        let found = Input::find_in(Ok(empty.path().into()), Ok(empty.path().into()));
        assert!(found.err().unwrap().to_string().ends_with("drive_0052_sync is not there"));
    }
}
