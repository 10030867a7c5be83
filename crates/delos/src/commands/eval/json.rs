//! Scores as JSON: the trees of the reference tools, with a few words on where they come from.

use super::input::InputArgs;
use crate::output;
use anyhow::{Context, Result};
use delos_ingest::benchmark::Skipped;
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct ScoresFile<'a, R> {
    delos: &'static str,
    metric: &'a str,
    labels: &'a Path,
    results: &'a Path,
    skipped: Vec<SkippedRows<'a>>,
    #[serde(flatten)]
    scores: &'a R,
}

#[derive(Serialize)]
struct SkippedRows<'a> {
    reason: &'static str,
    count: usize,
    first: &'a str,
}

/// Writes the scores where a file was asked for, whole or not at all.
pub(super) fn write(
    input: &InputArgs,
    metric: &str,
    skipped: &Skipped<String>,
    scores: &impl Serialize,
) -> Result<()> {
    let Some(path) = &input.json else { return Ok(()) };
    let skipped = skipped.iter().map(|(reason, count, first)| SkippedRows {
        reason: reason.text(),
        count,
        first,
    });
    let file = ScoresFile {
        delos: env!("CARGO_PKG_VERSION"),
        metric,
        labels: &input.labels,
        results: &input.results,
        skipped: skipped.collect(),
        scores,
    };
    let mut text = serde_json::to_string_pretty(&file).context("cannot write JSON")?;
    text.push('\n');
    output::write_whole(path, &text)
}
