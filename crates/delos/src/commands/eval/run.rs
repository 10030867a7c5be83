//! `delos eval run`: a run against the ground truth that lies beside its results.

mod detection;
mod facts;
mod folder;
mod incidents;
mod judge;
mod latency;
mod pages;
mod publication;
mod report;
mod streaming;
mod table;
mod tracking;

use crate::output::write_whole;
use crate::say;
use anyhow::{Context, Result, bail};
use clap::Args;
use folder::RunFolder;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct RunArgs {
    /// Output folder of a run
    run: PathBuf,
    /// Where to write the figures [default: RUN/eval.json]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where to write the page [default: RUN/eval.html]
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Latencies to add to the run's own, milliseconds
    #[arg(long, value_name = "MS", value_delimiter = ',', default_value = "50,100,200,400")]
    added_latency: Vec<f64>,
}

pub(super) fn run(args: &RunArgs) -> Result<()> {
    let added = added_latencies(&args.added_latency)?;
    let folder = RunFolder::read(&args.run)?;
    let report = judge::judge(&folder, &added)?;
    let mut json = serde_json::to_string_pretty(&report).context("cannot write JSON")?;
    json.push('\n');
    let page = pages::page(&folder, &report);
    let or = |given: &Option<PathBuf>, name| given.clone().unwrap_or_else(|| args.run.join(name));
    let (json_path, html_path) = (or(&args.json, "eval.json"), or(&args.html, "eval.html"));
    write_whole(&json_path, &json)?;
    write_whole(&html_path, &page)?;
    say::line(table::summary(&report));
    say::line(format!("\nfigures in {}, page in {}", json_path.display(), html_path.display()));
    Ok(())
}

/// Latencies in milliseconds, ascending, each once.
fn added_latencies(given: &[f64]) -> Result<Vec<f64>> {
    if let Some(wrong) = given.iter().find(|ms| !(0.0..=LONGEST_MS).contains(*ms)) {
        bail!("--added-latency {wrong}: expected milliseconds from 0 to {LONGEST_MS}");
    }
    let mut added = given.to_vec();
    added.sort_by(f64::total_cmp);
    added.dedup();
    added.retain(|ms| *ms > 0.0);
    Ok(added)
}

/// A minute: more says nothing about a vehicle.
const LONGEST_MS: f64 = 60_000.0;
