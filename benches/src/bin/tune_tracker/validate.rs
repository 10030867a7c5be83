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

/// Leaves out one sequence after the other. The search begins with the tracker's defaults, so
/// that nothing that was learnt from the sequence left out can be in it.
pub(crate) fn run(
    out: &mut impl Write,
    drives: &[Drive],
    kind: Kind,
    search: &Search,
) -> Result<()> {
    let mut start = Table::new();
    settings::set(&mut start, "scores=logit")?;
    let mut left_out: Vec<Scores> = Vec::new();
    for unseen in drives {
        let seen: Vec<&Drive> = drives.iter().filter(|d| d.name != unseen.name).collect();
        let (found, _) = search.run(&seen, kind, start.clone())?;
        let on_seen = figures(&seen, &found, kind)?;
        let rows = score::track(&settings::config(&found)?, unseen)?;
        let scores = score::image_scores(&[unseen], &[&rows], kind.class())?;
        let on_unseen = Figures::combined(&scores);
        writeln!(out, "{} seen   {on_seen}\n     unseen {on_unseen}", unseen.name)?;
        out.flush()?;
        left_out.extend(scores);
    }
    writeln!(out, "all  unseen {}", Figures::combined(&left_out))?;
    let all: Vec<&Drive> = drives.iter().collect();
    let (_, worth) = search.run(&all, kind, start)?;
    writeln!(out, "all  seen   worth {worth:.2}")?;
    Ok(())
}
