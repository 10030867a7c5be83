//! Cross-validation: how well settings do on a sequence that the search did not see.

use crate::figures::Figures;
use crate::input::Drive;
use crate::score;
use crate::search::{Search, figures};
use crate::settings;
use crate::space::Kind;
use anyhow::Result;
use delos_eval::tracking::Scores;
use std::io::Write;
use toml::Table;

/// Leaves out one group of sequences after the other: every `folds`th one. The search begins
/// with the tracker's defaults, so that nothing learnt from those left out can be in it.
pub(crate) fn run(
    out: &mut impl Write,
    drives: &[Drive],
    kind: Kind,
    folds: usize,
    search: &Search,
) -> Result<()> {
    let mut start = Table::new();
    settings::set(&mut start, "scores=logit")?;
    let folds = folds.clamp(2, drives.len().max(2));
    let mut left_out: Vec<Scores> = Vec::new();
    for fold in 0..folds {
        let numbered = || drives.iter().enumerate();
        let seen: Vec<&Drive> =
            numbered().filter(|(i, _)| i % folds != fold).map(|(_, d)| d).collect();
        let unseen: Vec<&Drive> =
            numbered().filter(|(i, _)| i % folds == fold).map(|(_, d)| d).collect();
        let (found, _) = search.run(&seen, kind, start.clone())?;
        let config = settings::config(&found)?;
        let rows = unseen.iter().map(|d| score::track(&config, d)).collect::<Result<Vec<_>>>()?;
        let rows: Vec<_> = rows.iter().collect();
        let scores = score::image_scores(&unseen, &rows, kind.class())?;
        let names: Vec<&str> = unseen.iter().map(|drive| drive.name.as_str()).collect();
        writeln!(out, "{}", names.join(" "))?;
        writeln!(out, "  seen   {}", figures(&seen, &found, kind)?)?;
        writeln!(out, "  unseen {}", Figures::combined(&scores))?;
        out.flush()?;
        left_out.extend(scores);
    }
    writeln!(out, "all unseen {}", Figures::combined(&left_out))?;
    Ok(())
}
