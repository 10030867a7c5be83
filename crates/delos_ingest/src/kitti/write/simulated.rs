//! A simulated drive as a recording.

use super::drive::{FrameParts, SimulatedDrive};
use crate::{FrameReader, FrameSource, IngestError, Layout, Recording, SensorFrame, SequenceInfo};
use std::path::PathBuf;
use std::sync::Arc;

impl SimulatedDrive {
    /// The drive as a recording: `make` gives the parts of a frame, in any order and from
    /// several threads, as [`Recording::stream`] asks for them, `prefetch` ahead.
    pub fn recording<F>(self, prefetch: usize, make: F) -> Recording
    where
        F: Fn(usize) -> Result<FrameParts, Box<dyn std::error::Error + Send + Sync>>
            + Send
            + Sync
            + 'static,
    {
        let frames = (0..).zip(self.stamps().iter().copied()).collect();
        Recording {
            layout: Layout::Simulated,
            sequences: vec![SequenceInfo { name: Arc::clone(self.name()), frames }],
            notices: Vec::new(),
            ground_truth: None,
            frames_are_independent: false,
            source: FrameSource::Random(Arc::new(Simulated { drive: self, make })),
            prefetch,
        }
    }
}

/// A drive whose frames are made when they are asked for.
struct Simulated<F> {
    drive: SimulatedDrive,
    make: F,
}

impl<F> FrameReader for Simulated<F>
where
    F: Fn(usize) -> Result<FrameParts, Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
{
    fn frame_count(&self) -> usize {
        self.drive.frame_count()
    }

    fn files(&self, _: usize) -> Vec<PathBuf> {
        Vec::new()
    }

    fn decode(&self, index: usize, _: Vec<Vec<u8>>) -> Result<SensorFrame, IngestError> {
        let parts = (self.make)(index)
            .map_err(|source| IngestError::Simulation { frame: index, source })?;
        self.drive.frame(index, parts)
    }
}
