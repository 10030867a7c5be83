//! A simulated drive from a seed: roads, traffic, camera, LiDAR and radar with exact ground truth.
//!
//! Nothing here reads a file or a clock or owns a thread, and the same seed gives the same
//! bytes. A [`simulation::Simulation`] makes any frame when asked, from any thread.
//!
//! ```
//! use delos_sim::drive::DriveConfig;
//! use delos_sim::simulation::{Simulation, SimulationConfig};
//!
//! let drive = DriveConfig { seed: 7, frames: 3, rate_hz: 10.0, actors: None };
//! let simulation = Simulation::new(&SimulationConfig { drive, ..SimulationConfig::default() })?;
//! let frame = simulation.frame(2)?;
//! assert_eq!((frame.image.width(), frame.image.height()), (1242, 375));
//! assert!(frame.cloud.points().len() > 80_000);
//! assert!(frame.labels.iter().any(|label| label.object.class.is_vehicle()));
//! # Ok::<(), delos_sim::SimError>(())
//! ```

pub mod camera;
pub mod drive;
mod error;
pub mod ground;
pub mod labels;
pub mod lidar;
pub mod math;
pub mod radar;
pub mod random;
pub mod road;
pub mod scene;
pub mod scenes;
pub mod shape;
pub mod shapes;
pub mod simulation;
pub mod statistics;
pub mod traffic;
pub mod world;

pub use error::SimError;
