//! What a GPU can do at best, measured.

use crate::gpu::{Accelerator, Cuda, GpuError, InPlace, Memory};
use crate::session::{Binding, BoundTensor, StreamOptions, TensorShape};
use crate::{Device, InferError, Model, Runtime, Session, SessionOptions};
use serde::{Deserialize, Serialize};

/// `a` f16 [m, k], `b` f16 [k, n] to `c` f16 [m, n];
/// `crates/delos/src/commands/bench/data/make_networks.py` writes it.
const PRODUCT: &[u8] = include_bytes!("ceilings/product_f16.onnx");

/// The best of so many tries counts, each of so many repetitions.
const TRIES: usize = 5;
const REPEATED: usize = 10;

/// What a GPU can do at best.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GpuCeilings {
    /// Bytes read and written in a second by copies within the device's memory.
    pub copied_bytes_per_s: f64,
    /// Bytes that come from pinned memory of the processor in a second.
    pub uploaded_bytes_per_s: f64,
    /// Multiplications and additions in a second of ONNX Runtime's product of matrices of `f16`.
    pub operations_per_s: f64,
}

/// How much is done to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuTrial {
    /// Bytes that are copied: more than the device's caches hold.
    pub bytes: usize,
    /// Rows and columns of the matrices.
    pub side: usize,
}

impl Default for GpuTrial {
    /// 256 MiB, matrices of 4096 x 4096.
    fn default() -> Self {
        Self { bytes: 256 << 20, side: 4096 }
    }
}

impl GpuCeilings {
    /// Measures a GPU by a clock of the processor, nanoseconds, which is read when the device has
    /// done what it was asked for.
    ///
    /// # Errors
    /// [`InferError::Gpu`] where there is not enough memory, and whatever keeps a network from
    /// running on the device.
    pub fn measure(
        runtime: &Runtime,
        on: &Cuda,
        trial: GpuTrial,
        now_ns: &dyn Fn() -> i64,
    ) -> Result<Self, InferError> {
        let bytes = trial.bytes as f64;
        let pinned = on.pinned::<u8>(trial.bytes)?;
        let mut from = on.buffer::<u8>(trial.bytes)?;
        let mut to = on.buffer::<u8>(trial.bytes)?;
        let uploaded = best(on, now_ns, &mut || Ok(on.upload_pinned(&pinned, &mut from)?))?;
        let copied = best(on, now_ns, &mut || Ok(on.copy(&from, &mut to)?))?;
        drop((from, to));
        let mut product = product(runtime, on, trial.side)?;
        let multiplied = best(on, now_ns, &mut || product.run())?;
        let operations = 2.0 * (trial.side as f64).powi(3);
        Ok(Self {
            copied_bytes_per_s: 2.0 * bytes / copied,
            uploaded_bytes_per_s: bytes / uploaded,
            operations_per_s: operations / multiplied,
        })
    }
}

/// The product of two matrices, bound to the device's memory.
fn product(runtime: &Runtime, on: &Cuda, side: usize) -> Result<Binding<Cuda>, InferError> {
    let device = match on.memory() {
        Memory::Cuda(number) => Device::Cuda(number),
        Memory::Host => Device::Cpu,
    };
    let options = SessionOptions { device, ..SessionOptions::default() };
    let model = Model::Bytes(PRODUCT);
    let session = Session::open_on(runtime, model, &options, on, StreamOptions::default())?;
    let square = [side, side];
    let tensor = |name| TensorShape { name, shape: &square };
    let mut product = Binding::new(session, on, &[tensor("a"), tensor("b")], &[tensor("c")])?;
    let mut seed = 1;
    for place in 0..2 {
        if let Some(BoundTensor::F16(matrix)) = product.input(place) {
            on.upload(&numbers(&mut seed, side * side), matrix)?;
        }
    }
    Ok(product)
}

/// Bits of so many half floats of either sign, from 1/2 to 2 in size. A device takes less power for zeros than for
/// numbers, and multiplies them faster.
fn numbers(seed: &mut u64, count: usize) -> Vec<u16> {
    let mut next = || {
        // Xorshift (Marsaglia 2003).
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        let bits = (*seed >> 32) as u16;
        // The sign, one of the exponents -1 and 0, ten bits of fraction.
        bits & 0x87ff | 0x3800
    };
    (0..count).map(|_| next()).collect()
}

/// Seconds that the work takes once, in the fastest try after one that does not count.
fn best(
    on: &Cuda,
    now_ns: &dyn Fn() -> i64,
    work: &mut dyn FnMut() -> Result<(), InferError>,
) -> Result<f64, InferError> {
    let mut fastest = i64::MAX;
    for number in 0..=TRIES {
        let wait = || on.wait().map_err(|error: GpuError| InferError::from(error));
        wait()?;
        let start = now_ns();
        for _ in 0..REPEATED {
            work()?;
        }
        wait()?;
        if number > 0 {
            fastest = fastest.min(now_ns() - start);
        }
    }
    Ok(fastest.max(1) as f64 * 1e-9 / REPEATED as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use half::f16;

    #[test]
    fn matrices_hold_numbers_that_differ() {
        let mut seed = 1;
        let numbers: Vec<f32> = numbers(&mut seed, 10_000)
            .into_iter()
            .map(|bits| f16::from_bits(bits).to_f32())
            .collect();
        assert!(numbers.iter().all(|number| (0.5..2.0).contains(&number.abs())));
        let mean = numbers.iter().sum::<f32>() / 10_000.0;
        assert!(mean.abs() < 0.05, "{mean}");
        let mut sorted = numbers;
        sorted.sort_by(f32::total_cmp);
        sorted.dedup();
        // Of 2 signs, 2 exponents and 1024 fractions.
        assert!(sorted.len() > 3_500, "{}", sorted.len());
    }
}
