//! `delos eval`.

mod ab3dmot;
mod detection;
mod input;
mod json;
mod kitti;
mod mot;
mod tracking;

use super::Outcome;
use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum EvalCommand {
    /// Score tracks: HOTA, CLEAR and Identity as `TrackEval`, or sAMOTA as AB3DMOT
    Tracking(tracking::TrackingArgs),
    /// Score detections: average precision as the KITTI object benchmark
    Detection(detection::DetectionArgs),
}

pub(crate) fn eval(command: &EvalCommand) -> Result<Outcome> {
    match command {
        EvalCommand::Tracking(args) => tracking::tracking(args)?,
        EvalCommand::Detection(args) => detection::detection(args)?,
    }
    Ok(Outcome::Done)
}
