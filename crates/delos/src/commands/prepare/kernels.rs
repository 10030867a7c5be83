//! The kernels of this program: compiled for the GPUs that are asked for, and kept.

use crate::say;
use delos_components::runs_network;
use delos_infer::Device;
use delos_infer::gpu::{self, Cuda, KernelOrigin, Kernels};
use delos_runtime::{Clock, MonotonicClock, Plan};
use std::collections::BTreeSet;

/// Loads the kernels into every GPU that a network asks for; how many times they were compiled. A GPU
/// on which that fails is told of: networks run there without them.
pub(super) fn prepare(plan: &Plan, clock: &MonotonicClock) -> usize {
    gpus(plan).into_iter().filter(|number| is_built(*number, clock)).count()
}

fn is_built(number: u32, clock: &MonotonicClock) -> bool {
    say::line(format!("cuda:{number}: loading the kernels ..."));
    let begin = clock.now_ns();
    let opened = Cuda::open(number, &Kernels::of_user());
    let took = (clock.now_ns() - begin) as f64 * 1e-9;
    match opened {
        Ok(cuda) => {
            say::line(format!("cuda:{number}: {}, took {took:.2} s", cuda.origin()));
            matches!(cuda.origin(), KernelOrigin::Compiled { .. })
        }
        Err(error) => {
            say::line(format!("cuda:{number}: no kernels: {error}"));
            false
        }
    }
}

/// The GPUs that networks ask for; with `auto` the first one, where it works.
fn gpus(plan: &Plan) -> BTreeSet<u32> {
    let networks = plan.nodes.iter().filter(|node| runs_network(&node.config));
    let devices = networks.filter_map(|node| node.config.get("device")?.as_str()?.parse().ok());
    devices
        .filter_map(|device: Device| match device {
            Device::Auto => gpu::check(0).is_ok().then_some(0),
            device => device.gpu(),
        })
        .collect()
}
