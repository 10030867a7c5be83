//! `cargo xtask test`: everything that is checked before a change is taken.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::checkout::{Checkout, folder_in};
use crate::shell::step;
use crate::{kernels, launch_files, layers, setup, shell};

/// The folders that tests on real data need.
const FOLDERS: [&str; 3] = ["DELOS_DATA", "DELOS_MODELS", "DELOS_ORACLE"];

/// How strict to be.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Fail when the folders in `DELOS_DATA`, `DELOS_MODELS` and `DELOS_ORACLE` are missing
    #[arg(long)]
    require_data: bool,
}

/// Sets up and runs every check; the first that fails ends it.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    if options.require_data {
        check_folders(&FOLDERS.map(folder_in))?;
    }
    let tests = Tests::new(checkout, options.require_data)?;
    step("setup", || setup::run(checkout, &setup::Options::default()))?;
    step("format", || cargo(checkout, "fmt --all --check"))?;
    step("layers", || layers::run(checkout))?;
    step("clippy", || cargo(checkout, "clippy --workspace --all-targets -- -D warnings"))?;
    step("bare program", || bare(checkout))?;
    step("kernels", || kernels::run(checkout, &kernels::Options::default()))?;
    step("build", || cargo(checkout, "build --package delos --package custom_component"))?;
    step("launch files", || launch_files::check(checkout))?;
    step("tests", || tests.run(test_command(checkout)))?;
    step("doctests", || tests.run(words(checkout, "test --doc --workspace")))?;
    step("documents", || documents(checkout))?;
    eprintln!("\nAll checks passed.");
    tests.say_what_did_not_run()
}

fn check_folders(folders: &[Result<PathBuf>]) -> Result<()> {
    let problems: Vec<String> =
        folders.iter().filter_map(|found| found.as_ref().err()).map(ToString::to_string).collect();
    if !problems.is_empty() {
        bail!("real data is required: {}", problems.join("; "));
    }
    Ok(())
}

fn words(checkout: &Checkout, line: &str) -> Command {
    let mut command = checkout.cargo();
    command.args(line.split(' '));
    command
}

fn cargo(checkout: &Checkout, line: &str) -> Result<()> {
    shell::run(&mut words(checkout, line))
}

/// `cargo nextest` runs the tests in parallel across programs; `cargo test` is always there.
fn test_command(checkout: &Checkout) -> Command {
    if shell::succeeds(&mut words(checkout, "nextest --version")) {
        words(checkout, "nextest run --workspace --no-fail-fast")
    } else {
        words(checkout, "test --workspace --lib --bins --tests --examples --no-fail-fast")
    }
}

/// The program without OpenCV and Rerun; what it does differently is tested in the usual build too.
fn bare(checkout: &Checkout) -> Result<()> {
    let lint = "clippy --package delos --package delos_components --package delos_ingest --package delos_viz \
                --no-default-features --all-targets -- -D warnings";
    cargo(checkout, lint)
}

fn documents(checkout: &Checkout) -> Result<()> {
    let mut command = words(checkout, "doc --workspace --no-deps");
    shell::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// What tests are told, and the list of those that found no data.
struct Tests {
    ort_library: PathBuf,
    nvrtc: PathBuf,
    skip_log: PathBuf,
    require_data: bool,
}

impl Tests {
    fn new(checkout: &Checkout, require_data: bool) -> Result<Self> {
        let skip_log = checkout.program("xtask")?.with_file_name("tests_not_run.txt");
        let folder = skip_log.parent().context("the target folder has no parent")?;
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        fs::write(&skip_log, "").with_context(|| format!("empty {}", skip_log.display()))?;
        let given = env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty());
        let ort_library = given.map_or_else(|| checkout.ort_library(), PathBuf::from);
        Ok(Self { ort_library, nvrtc: checkout.nvrtc(), skip_log, require_data })
    }

    fn run(&self, mut command: Command) -> Result<()> {
        command
            .env("ORT_DYLIB_PATH", &self.ort_library)
            .env("DELOS_REQUIRE_ORT", "1")
            .env("DELOS_NVRTC", &self.nvrtc)
            .env("DELOS_REQUIRE_NVRTC", "1")
            .env("DELOS_SKIP_LOG", &self.skip_log);
        if self.require_data {
            command.env("DELOS_REQUIRE_DATA", "1");
        }
        shell::run(&mut command)
    }

    fn say_what_did_not_run(&self) -> Result<()> {
        let log = read(&self.skip_log)?;
        let skipped = names_in(&log);
        if skipped.is_empty() {
            eprintln!("0 real-data tests were left out.");
            return Ok(());
        }
        for line in &skipped {
            eprintln!("{line}");
        }
        let count = skipped.len();
        eprintln!("{count} real-data tests did NOT RUN: set {}.", FOLDERS.join(", "));
        Ok(())
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

/// One line for each test, however often it reported itself.
fn names_in(log: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = log.lines().filter(|line| line.starts_with("NOT RUN: ")).collect();
    lines.sort_unstable();
    lines.dedup_by_key(|line| line.split(": ").nth(1));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn a_test_counts_once() {
        let log = "NOT RUN: b: DELOS_DATA is not set\nNOT RUN: a: x\nNOT RUN: b: DELOS_MODELS is not set\n";
        assert_eq!(names_in(log), ["NOT RUN: a: x", "NOT RUN: b: DELOS_DATA is not set"]);
        assert!(names_in("").is_empty());
    }

    #[test]
    fn every_missing_folder_is_named() {
        let found =
            [Ok(PathBuf::new()), Err(anyhow!("A is not set")), Err(anyhow!("B is not set"))];
        let error = check_folders(&found).unwrap_err().to_string();
        assert_eq!(error, "real data is required: A is not set; B is not set");
        assert!(check_folders(&[Ok(PathBuf::new())]).is_ok());
    }
}
