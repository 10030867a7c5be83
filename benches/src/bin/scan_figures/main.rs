//! Figures of LiDAR scans side by side, to see how near simulated ones come to real ones.
//!
//! `cargo run -p delos_benches --bin scan_figures -- [--every N] NAME=DIR[,DIR...]...` prints a
//! table with a column for each name. A folder is any data set that delos reads (its labels are
//! used where it has some) or what `delos data scans` wrote. `--every N` takes every Nth
//! scan of each. The figures of cars need labels; a name that ends in `*` is a set of scans
//! cropped to an image, of which nothing else is shown.

mod cars;
mod figures;
mod input;
mod ripple;

use anyhow::{Context, Result, bail};
use figures::Figures;
use std::io::Write;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut every, mut columns) = (1_usize, Vec::new());
    while let Some(argument) = arguments.next() {
        if argument == "--every" {
            let value = arguments.next().context("--every needs a number")?;
            every = value.parse().ok().filter(|n| *n > 0).context("--every needs a number")?;
            continue;
        }
        let Some((name, folder)) = argument.split_once('=') else {
            bail!("`{argument}` is not NAME=DIR[,DIR...]");
        };
        let mut figures = Figures::new(name.ends_with('*'));
        for folder in folder.split(',') {
            input::read(folder.as_ref(), every, &mut |scan| figures.add(scan))
                .with_context(|| format!("cannot read {folder}"))?;
        }
        columns.push((name.trim_end_matches('*').to_owned(), figures.rows()));
    }
    let Some((_, first)) = columns.first() else {
        bail!("usage: scan_figures [--every N] NAME=DIR[,DIR...]...");
    };
    let mut out = std::io::stdout().lock();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(out, "| | {} |\n|---|{}", names.join(" | "), "--:|".repeat(names.len()))?;
    for (row, (head, _)) in first.iter().enumerate() {
        let cells: Vec<&str> = columns.iter().map(|(_, rows)| rows[row].1.as_str()).collect();
        writeln!(out, "| {head} | {} |", cells.join(" | "))?;
    }
    Ok(())
}
