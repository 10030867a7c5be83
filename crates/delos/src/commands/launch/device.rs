//! Where networks run: `--device`, `--require-gpu`.

use crate::commands::Usage;
use anyhow::{Result, bail};
use clap::Args;
use delos_components::runs_network;
use delos_infer::Device;
use delos_runtime::{LaunchFile, Plan, Registry};

/// Where networks run.
#[derive(Args)]
pub(crate) struct DeviceArgs {
    /// Where every network runs: cpu; cuda:N or tensorrt:N, the NVIDIA GPU number N, through CUDA or
    /// TensorRT; or auto: cuda:0 if it works, else cpu, and why is told. A device that is named is used
    /// or is an error. Default: what the launch file says, or cpu. --set NODE.device=... goes first
    #[arg(long, value_name = "DEVICE")]
    device: Option<Device>,
    /// Fail before the first frame, and say what is missing, unless every network runs on a GPU, all of
    /// it. Without --device, networks for which the launch file names no device run on cuda:0
    #[arg(long)]
    require_gpu: bool,
}

impl DeviceArgs {
    pub(crate) const fn require_gpu(&self) -> bool {
        self.require_gpu
    }

    /// Sets the device of every component that has one, unless `--set` named it.
    pub(super) fn apply(&self, launch: &mut LaunchFile, registry: &Registry) -> Result<()> {
        let (device, place) = match (self.device, self.require_gpu) {
            (Some(Device::Cpu), true) => {
                let why = "command line: --require-gpu and --device cpu contradict each other";
                return Err(Usage(why.to_owned()).into());
            }
            (Some(device), _) => (device, "--device"),
            (None, true) => (Device::Cuda(0), "--require-gpu"),
            (None, false) => return Ok(()),
        };
        let takes = |kind: &str| {
            let mut kinds = registry.kinds().filter(|known| known.name == kind);
            kinds.any(|known| known.defaults.contains_key("device"))
        };
        let nodes = launch.nodes.iter().filter(|(id, node)| {
            let own = launch.set_by(id, "device").is_some();
            let said = self.device.is_none() && node.config.contains_key("device");
            takes(&node.kind) && !own && !said
        });
        let ids: Vec<String> = nodes.map(|(id, _)| id.clone()).collect();
        for id in ids {
            launch.set_value(&id, "device", device.to_string().into(), place)?;
        }
        Ok(())
    }

    /// What is to be said where no component runs a network: nothing has been asked for, a note, or
    /// a refusal.
    pub(super) fn without_network(&self, plan: &Plan) -> Result<Option<String>> {
        if plan.nodes.iter().any(|node| runs_network(&node.config)) {
            return Ok(None);
        }
        if self.require_gpu {
            bail!("--require-gpu: no component of this launch file runs a network");
        }
        Ok(self.device.map(|device| {
            format!(
                "note: --device {device} has nothing to set: no component of this launch file runs \
                 a network"
            )
        }))
    }
}
