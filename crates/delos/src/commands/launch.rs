//! Options that several commands share, and the launch file they make.

mod device;
mod shipped;

use crate::say;
use crate::slow::SlowSteps;
use anyhow::{Context, Result};
use clap::Args;
use delos_components::Wishes;
use delos_runtime::{LaunchFile, Plan, Registry};
use device::DeviceArgs;
use std::path::PathBuf;
use std::sync::Arc;

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
    #[command(flatten)]
    device: DeviceArgs,
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

    /// The checked graph, with networks where the options want them.
    pub(crate) fn plan(&self, launch: &mut LaunchFile, registry: &Registry) -> Result<Plan> {
        self.device.apply(launch, registry)?;
        let plan = Plan::new(launch, registry).context("launch file refused")?;
        if let Some(note) = self.device.without_network(&plan)? {
            say::aside(note);
        }
        Ok(plan)
    }

    /// What these options ask of components.
    pub(crate) fn wishes(&self, plan: &Plan) -> Wishes {
        Wishes {
            name: plan.name.clone(),
            data: self.data.clone(),
            ort: self.ort.clone(),
            require_gpu: self.device.require_gpu(),
            witness: Some(Arc::new(SlowSteps)),
            ..Wishes::default()
        }
    }
}
