//! What this machine can do at best, measured beside the chain: no stage can be faster than
//! its bytes and operations at these rates.

use anyhow::Result;
use delos_infer::gpu::{Cuda, Kernels};
use delos_infer::{GpuCeilings, GpuTrial, Input, Model, Numbers, Runtime, Session, SessionOptions};
use delos_runtime::{Clock, MonotonicClock};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// `a` f32 [m, k], `b` f32 [k, n] to `c` f32 [m, n]; `data/make_networks.py` writes it.
const PRODUCT: &[u8] = include_bytes!("data/product.onnx");

/// Bytes that are copied: more than any cache holds.
const COPIED: usize = 128 << 20;
/// Rows and columns of the matrices: large enough for all arithmetic units, small enough for caches.
const SIDE: usize = 768;
/// The best of so many tries counts.
const TRIES: usize = 7;

/// The machine's ceilings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Ceilings {
    /// Bytes read and written in a second by one thread that copies memory.
    pub(super) bytes_per_s: f64,
    /// Operations in a second of a product of matrices of `f32` by ONNX Runtime on the processor, for
    /// each number of threads that a network uses.
    pub(super) operations_per_s: BTreeMap<usize, f64>,
    /// The same of each GPU that runs a network, by its number.
    #[serde(default)]
    pub(super) gpus: BTreeMap<u32, GpuCeilings>,
}

impl Ceilings {
    /// Measures the machine, which takes half a second: for networks with so many threads on the
    /// processor, and for these GPUs.
    ///
    /// # Errors
    /// When ONNX Runtime does not multiply, or a GPU has no memory left.
    pub(super) fn measure(
        runtime: Option<&Runtime>,
        threads: &BTreeSet<usize>,
        gpus: &BTreeSet<u32>,
    ) -> Result<Self> {
        let mut found = Self {
            bytes_per_s: copying(),
            operations_per_s: BTreeMap::new(),
            gpus: BTreeMap::new(),
        };
        let Some(runtime) = runtime else { return Ok(found) };
        for threads in threads {
            found.operations_per_s.insert(*threads, multiplying(runtime, *threads)?);
        }
        let clock = MonotonicClock::start();
        for number in gpus {
            let on = Cuda::open(*number, &Kernels::of_user())?;
            let trial = GpuTrial::default();
            let ceilings = GpuCeilings::measure(runtime, &on, trial, &|| clock.now_ns())?;
            found.gpus.insert(*number, ceilings);
        }
        Ok(found)
    }
}

/// Bytes read and written in a second.
fn copying() -> f64 {
    let from = vec![1_u8; COPIED];
    let mut to = vec![0_u8; COPIED];
    let seconds = best(|| {
        to.copy_from_slice(std::hint::black_box(&from));
        std::hint::black_box(&to);
    });
    2.0 * COPIED as f64 / seconds
}

/// Multiplications and additions in a second.
fn multiplying(runtime: &Runtime, threads: usize) -> Result<f64> {
    let options = SessionOptions { intra_threads: threads, ..SessionOptions::default() };
    let mut session = Session::open(runtime, Model::Bytes(PRODUCT), &options)?;
    let (numbers, shape) = (vec![0.5_f32; SIDE * SIDE], [SIDE, SIDE]);
    let input = |name| Input { name, shape: &shape, data: Numbers::F32(&numbers) };
    let inputs = [input("a"), input("b")];
    let mut failure = None;
    let seconds = best(|| {
        failure = session.run_with(&inputs, |_| Ok::<_, delos_infer::InferError>(())).err();
    });
    failure.map_or(Ok(2.0 * (SIDE * SIDE * SIDE) as f64 / seconds), |error| Err(error.into()))
}

/// Seconds of the fastest try.
fn best(mut work: impl FnMut()) -> f64 {
    let clock = MonotonicClock::start();
    let mut times = (0..TRIES).map(|_| {
        let start = clock.now_ns();
        work();
        clock.now_ns() - start
    });
    times.by_ref().fold(i64::MAX, i64::min).max(1) as f64 * 1e-9
}
