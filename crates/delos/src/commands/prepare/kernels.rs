//! The kernels of this program: compiled for the GPUs that are asked for, and kept.

use crate::gpus::asked_for;
use crate::say;
use delos_infer::gpu::{Cuda, KernelOrigin, Kernels};
use delos_runtime::{Clock, MonotonicClock, Plan};

/// Loads the kernels into every GPU that a network asks for; how many times they were compiled. A GPU
/// on which that fails is told of: networks run there without them.
pub(super) fn prepare(plan: &Plan, clock: &MonotonicClock) -> usize {
    asked_for(plan).into_iter().filter(|number| is_built(*number, clock)).count()
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
