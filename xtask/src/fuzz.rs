//! `cargo xtask fuzz`: made-up input for every parser, steered by what it reaches in the code.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::checkout::Checkout;
use crate::shell::{self, step};

/// What to feed and for how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seconds for each target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// One target alone; without it, each in turn
    target: Option<String>,
}

/// Runs the targets; a finding ends it with the file that shows it.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    ensure!(
        shell::succeeds(checkout.cargo().args(["fuzz", "--version"])),
        "cargo-fuzz is not installed: run `cargo install cargo-fuzz`"
    );
    let known = targets_in(&checkout.path("fuzz/fuzz_targets"))?;
    for target in chosen(known, options.target.as_deref())? {
        prepare(checkout, &target)?;
        let name = format!("fuzz {target} for {} s", options.seconds);
        step(&name, || shell::run(&mut command(checkout, &target, options.seconds)))?;
    }
    Ok(())
}

/// The targets are the files of the folder.
fn targets_in(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn chosen(known: Vec<String>, wanted: Option<&str>) -> Result<Vec<String>> {
    match wanted {
        None => Ok(known),
        Some(name) if known.iter().any(|target| target == name) => Ok(vec![name.to_owned()]),
        Some(name) => bail!("there is no fuzz target `{name}`; known: {}", known.join(", ")),
    }
}

/// What is found goes into the first folder; the made-up examples in `seeds` stay as they are.
fn prepare(checkout: &Checkout, target: &str) -> Result<()> {
    for folder in folders(target) {
        let folder = checkout.path(&folder);
        fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    }
    Ok(())
}

fn folders(target: &str) -> [String; 2] {
    [format!("fuzz/corpus/{target}"), format!("fuzz/seeds/{target}")]
}

/// Steering needs compiler flags that the stable compiler accepts only when told to; the sanitizer
/// needs a nightly one and is left out: safe Rust panics where it would report.
fn command(checkout: &Checkout, target: &str, seconds: u32) -> Command {
    let mut command = checkout.cargo();
    command.env("RUSTC_BOOTSTRAP", "1").args(["fuzz", "run", "-s", "none", target]);
    command.args(folders(target)).arg("--");
    command.args([&format!("-max_total_time={seconds}"), "-timeout=10", "-print_final_stats=1"]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.rs", "a.rs", "notes.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(targets_in(folder.path()).unwrap(), ["a", "b"]);
    }

    #[test]
    fn an_unknown_target_lists_the_known_ones() {
        let known = vec!["image".to_owned(), "launch".to_owned()];
        assert_eq!(chosen(known.clone(), None).unwrap(), known);
        assert_eq!(chosen(known.clone(), Some("image")).unwrap(), ["image"]);
        let error = chosen(known, Some("x")).unwrap_err().to_string();
        assert_eq!(error, "there is no fuzz target `x`; known: image, launch");
    }

    #[test]
    fn the_command_ends_with_the_time_limit() {
        let line = shell::line_of(&command(&Checkout::find().unwrap(), "image", 20));
        assert!(line.contains(
            "run -s none image fuzz/corpus/image fuzz/seeds/image -- -max_total_time=20"
        ));
    }
}
