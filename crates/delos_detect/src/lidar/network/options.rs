//! How a LiDAR's network is to run.

use crate::gpu::Residence;
use crate::models::Thresholds;
use delos_infer::{SessionOptions, StreamOptions};

/// How a LiDAR's network is to run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LidarOptions<'a> {
    /// Name of one of the card's windows, `None` for its usual one; a network of pillars has none and looks at
    /// its range.
    pub window: Option<&'a str>,
    /// Limits; `None` for the card's.
    pub thresholds: Option<Thresholds>,
    /// Device and threads.
    pub session: SessionOptions,
    /// On a GPU: whether scans become pillars and boxes are decided there too; networks of other kinds cannot have it.
    pub resident: Residence,
    /// On a GPU, where the chain is resident: how the networks run on its stream.
    pub stream: StreamOptions,
}
