//! The GPUs of a chain: which it asks for, and what programs it finds there.

use delos_components::runs_network;
use delos_infer::gpu;
use delos_infer::{Device, Runtime};
use delos_runtime::Plan;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

/// The GPUs that networks ask for; with `auto` the first one, where it works.
pub(crate) fn asked_for(plan: &Plan) -> BTreeSet<u32> {
    let networks = plan.nodes.iter().filter(|node| runs_network(&node.config));
    let devices = networks.filter_map(|node| node.config.get("device")?.as_str()?.parse().ok());
    devices
        .filter_map(|device: Device| match device {
            Device::Auto => gpu::check(0).is_ok().then_some(0),
            device => device.gpu(),
        })
        .collect()
}

/// Versions of NVIDIA's libraries by which networks run on a GPU; `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Libraries {
    pub(crate) cudnn: Option<String>,
    pub(crate) tensorrt: Option<String>,
}

impl Libraries {
    /// Those that `runtime` finds.
    pub(crate) fn of(runtime: &Runtime) -> Self {
        let beside = runtime.path().parent().unwrap_or_else(|| Path::new(""));
        Self { cudnn: gpu::cudnn_version(), tensorrt: gpu::tensorrt_version(beside) }
    }
}

impl fmt::Display for Libraries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |found: &Option<String>| found.clone().unwrap_or_else(|| "none".to_owned());
        write!(f, "cuDNN {}, TensorRT {}", version(&self.cudnn), version(&self.tensorrt))
    }
}
