//! `delos compare`.

use super::Outcome;
use crate::say;
use anyhow::{Context, Result, anyhow};
use clap::Args;
use delos_runtime::DigestFile;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(crate) struct CompareArgs {
    /// Output folder of one run, or its digest.json
    run_a: PathBuf,
    /// Output folder of the other run, or its digest.json
    run_b: PathBuf,
}

/// Exit code when the runs differ.
const DIFFERENT: u8 = 1;
/// Exit code when the runs cannot be compared.
const TROUBLE: u8 = 2;

pub(crate) fn compare(args: &CompareArgs) -> Outcome {
    let (a, b) = match read(&args.run_a).and_then(|a| Ok((a, read(&args.run_b)?))) {
        Ok(runs) => runs,
        Err(error) => {
            say::error(&error);
            return Outcome::Code(TROUBLE);
        }
    };
    if let Some(difference) = delos_runtime::compare(&a, &b) {
        say::line(difference.to_string());
        say::error(&anyhow!("the runs differ"));
        return Outcome::Code(DIFFERENT);
    }
    let frames = a.0.first().map_or(0, |(_, entries)| entries.len());
    say::line(format!("equal: {} components, {frames} frames", a.0.len()));
    Outcome::Done
}

fn read(run: &Path) -> Result<DigestFile> {
    let path = if run.is_dir() { run.join("digest.json") } else { run.to_owned() };
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a digest file", path.display()))
}
