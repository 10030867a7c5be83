//! `delos eval`: accuracy against ground truth.

mod ab3dmot;
mod detection;
mod input;
mod json;
mod kitti;
mod mot;
mod run;
mod tracking;

use super::Outcome;
use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum EvalCommand {
    /// Score a run against the ground truth beside its results: a table, JSON and a page
    Run(run::RunArgs),
    /// Score tracks: HOTA, CLEAR and Identity as TrackEval, or sAMOTA as AB3DMOT
    Tracking(tracking::TrackingArgs),
    /// Score detections: average precision as the KITTI object benchmark
    Detection(detection::DetectionArgs),
}

pub(crate) fn eval(command: &EvalCommand) -> Result<Outcome> {
    match command {
        EvalCommand::Run(args) => run::run(args)?,
        EvalCommand::Tracking(args) => tracking::tracking(args)?,
        EvalCommand::Detection(args) => detection::detection(args)?,
    }
    Ok(Outcome::Done)
}
