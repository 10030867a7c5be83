//! The components of delos: one small adapter for each, and the registry of their kinds.
//!
//! An adapter turns messages into calls of an algorithm crate and back. It holds no
//! algorithm of its own.
//!
//! ```
//! let registry = delos_components::registry();
//! let kinds: Vec<&str> = registry.kinds().map(|kind| kind.name).collect();
//! assert!(kinds.contains(&"replay") && kinds.contains(&"tracker"));
//! ```

mod camera;
mod environment;
mod fusion;
mod image_tracker;
mod json_path;
mod lidar;
mod network;
mod nominal;
mod odometry;
mod recorder;
mod registry;
mod rehearsal;
mod replay;
mod result_files;
mod result_rows;
mod scores;
mod sensors;
mod simulate;
mod smoother;
mod sweeps;
mod topics;
mod track_log;
mod tracker;
mod truth_log;
mod witness;

pub use camera::{CameraComponent, CameraConfig};
pub use environment::{
    DataFact, Environment, Facts, ModelFact, PoseFact, PoseOrigin, TruthFact, Wishes, WorkFact,
};
pub use fusion::FusionComponent;
pub use image_tracker::ImageTrackerComponent;
pub use json_path::{serialize_optional_path, serialize_path};
pub use lidar::{LidarComponent, LidarDetectorConfig};
pub use network::runs_network;
pub use odometry::{OdometryComponent, OdometryComponentConfig, PoseSource};
pub use recorder::{RecorderComponent, RecorderConfig, Written};
pub use registry::registry;
pub use replay::{ReplayComponent, ReplayConfig, SequenceChoice};
pub use scores::{NotJudged, Scored, ScoresComponent, ScoresConfig, ScoresReport};
pub use sensors::SensorPorts;
pub use simulate::{
    SimulateComponent, SimulateConfig, SimulatedDriveError, frame_parts, simulated_drive,
};
pub use smoother::{BetterTracks, SmootherComponent};
pub use sweeps::{SweepsComponent, SweepsConfig};
pub use tracker::TrackerComponent;
pub use witness::{NetworkStep, Witness};
