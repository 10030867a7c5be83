//! How long the LiDAR's whole chain takes on a device, part by part, by the device's clock.

use super::Timing;
use super::chain::Listener;
use crate::cases::{lidar_options_on, simulated_scan};
use anyhow::Result;
use delos_core::Detections3d;
use delos_detect::lidar::network::LidarNetwork;
use delos_detect::models::ResolvedModel;
use delos_infer::gpu::Cuda;
use delos_infer::{Runtime, StreamOptions};
use delos_sim::lidar::Sector;

/// So many scans take turns, since one alone would stay in the device's cache.
const SCANS: u64 = 4;

/// Times every part of the chain, and all of it from the first to the last, with whole turns of a simulated
/// HDL-64E.
///
/// # Errors
/// When the device or ONNX Runtime fails.
pub fn time_scans(
    on: &Cuda,
    runtime: &Runtime,
    model: &ResolvedModel,
    stream: StreamOptions,
    repetitions: usize,
) -> Result<Vec<Timing>> {
    let scan = |seed| simulated_scan("hdl64", Sector::Full, seed);
    let scans = (1000..1000 + SCANS).map(scan).collect::<Result<Vec<_>>>()?;
    let options = lidar_options_on(on, stream);
    let mut network = LidarNetwork::open_on(runtime, model.clone(), &options, on)?;
    let mut listener = Listener::default();
    let mut found = Detections3d::default();
    // A graph is recorded in the first run.
    let warm_up = repetitions.div_ceil(5).max(1);
    for (turn, scan) in scans.iter().cycle().take(warm_up + repetitions).enumerate() {
        listener.is_on = turn >= warm_up;
        network.detect_in_parts(scan, None, &mut found, &mut listener)?;
    }
    Ok(listener.timings(&model.card.name).collect())
}
