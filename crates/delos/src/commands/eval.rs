//! `delos eval`: accuracy against ground truth.

use super::Outcome;
use super::eval_run::{EvalRunArgs, eval_run};
use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum EvalCommand {
    /// Score a run against the ground truth beside its results: a table, JSON and a page
    Run(EvalRunArgs),
}

pub(crate) fn eval(command: &EvalCommand) -> Result<Outcome> {
    match command {
        EvalCommand::Run(args) => eval_run(args),
    }
}
