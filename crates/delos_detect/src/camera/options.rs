//! How a camera's network is to run.

use crate::gpu::Residence;
use crate::models::Thresholds;
use delos_infer::{SessionOptions, StreamOptions};

/// How a camera's network is to run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraOptions {
    /// Width and height of the network's input; `None` for the card's.
    pub size: Option<[u32; 2]>,
    /// Limits; `None` for the card's.
    pub thresholds: Option<Thresholds>,
    /// Device and threads.
    pub session: SessionOptions,
    /// On a GPU: whether images are prepared and boxes are decided there too.
    pub resident: Residence,
    /// On a GPU, where the chain is resident: how the network runs on its stream.
    pub stream: StreamOptions,
    /// Most images of one call, at least 1.
    pub images: usize,
    /// How several images of one call run.
    pub together: Together,
}

impl Default for CameraOptions {
    fn default() -> Self {
        Self {
            size: None,
            thresholds: None,
            session: SessionOptions::default(),
            resident: Residence::default(),
            stream: StreamOptions::default(),
            images: 1,
            together: Together::default(),
        }
    }
}

/// How several images of one call run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// As one batch, in one run of the network, where the network takes one; else as with streams.
    #[default]
    Batch,
    /// Each by itself: on a GPU on streams of their own, which run side by side, on the processor one after the
    /// other.
    Streams,
}
