//! The comparisons.

mod camera;
mod copies;
mod lidar;
mod resident;
mod scans;

pub use copies::copies;
pub use resident::{Networks, model_of, options_on, resident};
pub(crate) use scans::simulated_scan;
pub use scans::{PillarNetworks, lidar_options_on, resident_scans};

use crate::Outcome;
use anyhow::Result;
use delos_infer::gpu::Accelerator;

/// Runs every comparison for each seed.
///
/// # Errors
/// When the device fails; what a kernel answers is in the outcomes.
pub fn run<A: Accelerator + std::fmt::Debug>(
    on: &A,
    seeds: std::ops::Range<u64>,
) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for seed in seeds {
        camera::letterbox(on, seed, &mut outcomes)?;
        camera::yolox(on, seed, &mut outcomes)?;
        lidar::pillars(on, seed, &mut outcomes)?;
        lidar::anchors(on, seed, &mut outcomes)?;
        lidar::heatmap(on, seed, &mut outcomes)?;
    }
    Ok(outcomes)
}

/// A buffer with these values.
pub(crate) fn uploaded<A: Accelerator, T: bytemuck::Pod>(
    on: &A,
    values: &[T],
) -> Result<A::Buffer<T>> {
    let mut buffer = on.buffer(values.len())?;
    on.upload(values, &mut buffer)?;
    Ok(buffer)
}

/// The values of a buffer.
fn downloaded<A: Accelerator, T: bytemuck::Pod>(on: &A, buffer: &A::Buffer<T>) -> Result<Vec<T>> {
    use delos_infer::gpu::DeviceBuffer;
    let mut values = vec![T::zeroed(); buffer.len()];
    on.download(buffer, &mut values)?;
    Ok(values)
}
