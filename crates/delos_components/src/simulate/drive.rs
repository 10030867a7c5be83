//! From the simulator's terms to those of a data set.

use delos_core::CoreError;
use delos_ingest::IngestError;
use delos_ingest::kitti::write::{DriveFacts, FrameParts, SimulatedDrive};
use delos_sim::SimError;
use delos_sim::labels::ground_truth;
use delos_sim::simulation::{SimulatedFrame, Simulation};
use thiserror::Error;

/// Why a simulation cannot be seen as a data set.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SimulatedDriveError {
    /// The simulation refuses.
    #[error(transparent)]
    Simulation(#[from] SimError),
    /// The camera has no focal length.
    #[error(transparent)]
    Camera(#[from] CoreError),
    /// The data set's layout has no words for it.
    #[error(transparent)]
    Layout(#[from] IngestError),
}

/// The drive as a sequence in the layout of the tracking benchmark. Its name is the seed.
///
/// # Errors
/// [`SimulatedDriveError`] when the layout cannot hold it.
pub fn simulated_drive(simulation: &Simulation) -> Result<SimulatedDrive, SimulatedDriveError> {
    let facts = DriveFacts {
        name: format!("{:04}", simulation.seed()),
        camera: simulation.camera()?,
        start: simulation.world_from_ego(0)?,
        stamps: (0..simulation.frames()).map(|frame| simulation.stamp(frame)).collect(),
    };
    Ok(SimulatedDrive::new(&facts)?)
}

/// What a data set holds of a frame.
pub fn frame_parts(frame: SimulatedFrame) -> FrameParts {
    FrameParts {
        world_from_ego: frame.world_from_ego,
        truth: ground_truth(&frame.labels),
        image: Some(frame.image),
        cloud: Some(frame.cloud),
        radar: Some(frame.radar),
    }
}
