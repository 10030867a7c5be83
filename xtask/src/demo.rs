//! `cargo xtask demo`: a simulated drive through the whole pipeline, from a fresh clone.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::{setup, shell};

/// What is passed on to `delos run`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Arguments of `delos run`: `-- --frames 10 --set drive.seed=3`
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// Sets up, builds, runs, and says how to open the recording.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<ExitCode> {
    setup::run(checkout, &setup::Options::default())?;
    shell::run(checkout.cargo().args(["build", "--release", "--package", "delos"]))?;
    let program = checkout.program("release")?;
    let out = checkout.path("out/demo");
    let mut command = std::process::Command::new(program);
    command.args(arguments(checkout, &out, &options.args));
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

/// The command line of `delos`. What the user gives comes last and replaces what is ours.
fn arguments(checkout: &Checkout, out: &Path, more: &[OsString]) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec!["run".into(), checkout.path("launch/demo.toml").into()];
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

    fn strings(args: &[&str]) -> Vec<OsString> {
        args.iter().map(OsString::from).collect()
    }

    fn line(more: &[&str]) -> String {
        let checkout = Checkout::find().unwrap();
        let args = arguments(&checkout, Path::new("/out/demo"), &strings(more));
        let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
        assert!(args[0] == "run" && args[1].ends_with("launch/demo.toml"));
        args[2..].join(" ")
    }

    #[test]
    fn the_users_arguments_replace_ours() {
        let cases = [
            (&[][..], "--out /out/demo --force"),
            (&["--frames", "5", "--force"], "--out /out/demo --force --frames 5"),
            (&["--out", "x", "--workers", "1"], "--out x --workers 1"),
            (&["--out=x", "--force"], "--out=x --force"),
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
}
