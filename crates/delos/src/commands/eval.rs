//! `delos eval`: accuracy against ground truth.

mod run;

use super::Outcome;
use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum EvalCommand {
    /// Score a run against the ground truth beside its results: a table, JSON and a page
    Run(run::RunArgs),
}

pub(crate) fn eval(command: &EvalCommand) -> Result<Outcome> {
    match command {
        EvalCommand::Run(args) => run::run(args)?,
    }
    Ok(Outcome::Done)
}
