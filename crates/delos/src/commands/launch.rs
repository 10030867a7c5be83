//! Options that several commands share, and the launch file they make.

mod shipped;

use anyhow::{Context, Result};
use clap::Args;
use delos_runtime::{LaunchFile, Plan, Registry};
use std::path::PathBuf;

/// A launch file and changes to it.
#[derive(Args)]
pub(crate) struct LaunchArgs {
    #[arg(help = shipped::help())]
    pub(crate) launch: PathBuf,
    /// Data: a folder of a known data set, of images or of scans, or a video
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Change a parameter: node.key=value, where value is TOML or a bare word
    #[arg(long = "set", value_name = "NODE.KEY=VALUE")]
    pub(crate) sets: Vec<String>,
    /// ONNX Runtime's library, a file or its folder
    #[arg(long, value_name = "PATH")]
    pub(crate) ort: Option<PathBuf>,
}

impl LaunchArgs {
    /// Reads the file and applies `--set`.
    pub(crate) fn load(&self) -> Result<LaunchFile> {
        let mut launch = shipped::load(&self.launch)?;
        for set in &self.sets {
            launch.set(set)?;
        }
        Ok(launch)
    }
}

/// The checked graph.
pub(crate) fn plan(launch: &LaunchFile, registry: &Registry) -> Result<Plan> {
    Plan::new(launch, registry).context("launch file refused")
}
