//! `delos bench table`: kept measurements side by side, in Markdown.

use super::file::{BenchFile, Model, Run};
use super::table::load;
use crate::commands::Outcome;
use crate::placement::obtained;
use crate::say;
use anyhow::Result;
use clap::Args;
use delos_runtime::analysis::{Estimate, Quantiles};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(crate) struct TableArgs {
    /// Files that `--json` wrote; a row is called as its file
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn table(args: &TableArgs) -> Result<Outcome> {
    let read = |path: &PathBuf| Ok((name_of(path), BenchFile::read(path)?));
    let files: Vec<(String, BenchFile)> = args.files.iter().map(read).collect::<Result<_>>()?;
    say::line(markdown(&files).trim_end());
    Ok(Outcome::Done)
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Where it was measured, and a row for each file.
fn markdown(files: &[(String, BenchFile)]) -> String {
    let places: BTreeSet<String> = files.iter().map(|(_, file)| place(file)).collect();
    let mut lines: Vec<String> = places.iter().map(|place| format!("- {}", cell(place))).collect();
    lines.push(String::new());
    let heads = ["measurement", "networks", "how", "frames", "frames/s", "mean"];
    let heads: Vec<&str> = heads.into_iter().chain(Quantiles::NAMES).chain(["max"]).collect();
    lines.push(row(&heads.iter().map(|&head| head.to_owned()).collect::<Vec<_>>()));
    let align = |column: usize| if column < 3 { "---" } else { "---:" }.to_owned();
    lines.push(row(&(0..heads.len()).map(align).collect::<Vec<_>>()));
    lines.extend(files.iter().filter_map(|(name, file)| Some(cells(name, file, file.middle()?))));
    lines.push(String::new());
    lines.push(NOTES.to_owned());
    lines.join("\n")
}

const NOTES: &str = "End to end, milliseconds. `-`: too few frames for this percentile (10 must lie beyond it). \
                     Networks marked LATENCY ONLY have random weights: they cost what the published ones cost, and \
                     find nothing.";

/// The machine, and what was measured there.
fn place(file: &BenchFile) -> String {
    let (host, delos) = (&file.host, &file.delos);
    let versions: BTreeSet<&str> = file.models.iter().map(|m| m.onnxruntime.as_str()).collect();
    let versions = versions.into_iter().collect::<Vec<_>>().join(", ");
    let libraries =
        file.gpu_libraries.as_ref().map_or_else(String::new, |found| format!("; {found}"));
    format!(
        "{}: {} with {} cores, {}; GPU: {}; ONNX Runtime {versions}{libraries}; delos {} ({})",
        host.name, host.cpu, host.cores, host.arch, file.gpu, delos.version, delos.git_revision
    )
}

fn cells(name: &str, file: &BenchFile, run: &Run) -> String {
    let networks: Vec<String> = file.models.iter().map(network).collect();
    let networks = if networks.is_empty() { "none".to_owned() } else { networks.join("; ") };
    let how = load(&file.load, file.workers);
    let mut all = vec![name.to_owned(), networks, how, run.analysis.frames.to_string()];
    all.push(format!("{:.1}", run.throughput_hz));
    all.push(format!("{:.3}", run.analysis.end_to_end.mean_ms));
    let over_all = |index: usize| {
        file.over_all(|run| {
            let all: [Option<Estimate>; _] = run.analysis.end_to_end.quantiles.all();
            all[index]
        })
    };
    let quantiles = (0..Quantiles::NAMES.len()).map(over_all);
    all.extend(quantiles.map(|e| e.map_or_else(|| "-".to_owned(), |e| format!("{:.3}", e.ms))));
    let max = file.repetitions.iter().map(|run| run.analysis.end_to_end.max_ms);
    all.push(format!("{:.3}", max.fold(0.0, f64::max)));
    row(&all)
}

fn network(model: &Model) -> String {
    let remark = if model.latency_only { " **LATENCY ONLY**" } else { "" };
    let Model { node, card, provider, device_asked, device_obtained, sessions, .. } = model;
    let nodes = obtained(device_asked, device_obtained, sessions);
    format!("{node} {card} on {provider}{nodes}{remark}")
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("| {} |", cells.join(" | "))
}

/// Text that does not end its cell or line.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_a_cell() {
        assert_eq!(row(&["a|b".to_owned(), "two\nlines".to_owned()]), "| a\\|b | two lines |");
        assert_eq!(name_of(Path::new("out/camera.cpu.json")), "camera.cpu");
    }
}
