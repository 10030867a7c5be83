//! Where the vehicle is, from LiDAR scans alone.
//!
//! [`Odometry`] fits each scan to a map of the scans before it (KISS-ICP: Vizzo et al., "KISS-ICP: In
//! Defense of Point-to-Point ICP", IEEE Robotics and Automation Letters 8(2), 2023). It reads no
//! file and no clock, owns no thread, and gives the same poses for the same scans.
//!
//! ```
//! use delos_core::{Ego, LidarPoint, PointCloud, Stamp};
//! use delos_odometry::{Odometry, OdometryConfig};
//!
//! // A courtyard of 20 m, seen from two places one metre apart.
//! let seen_from = |at: f32| {
//!     let wall = (-100..100).flat_map(|i| {
//!         let along = i as f32 * 0.1;
//!         let up = |n: i32| n as f32 * 0.5 - 1.0;
//!         (0..6).flat_map(move |n| {
//!             [(along, 10.0, up(n)), (along, -10.0, up(n)), (10.0, along, up(n)), (-10.0, along, up(n))]
//!         })
//!     });
//!     let points = wall.map(|(x, y, z)| LidarPoint { x: x - at, y, z, intensity: 0.5 });
//!     PointCloud::<Ego>::new(points.collect())
//! };
//! let mut odometry = Odometry::new(OdometryConfig::default())?;
//! odometry.step(Stamp::from_nanos(0), &seen_from(0.0))?;
//! let moved = odometry.step(Stamp::from_nanos(100_000_000), &seen_from(1.0))?;
//! assert!((moved.world_from_ego.isometry().translation.x - 1.0).abs() < 0.05);
//! assert!(moved.outcome.is_measured());
//! # Ok::<(), delos_odometry::OdometryError>(())
//! ```

mod config;
mod error;
mod estimate;
mod grid;
mod map;
mod odometry;
mod registration;
#[cfg(test)]
mod street;
mod threshold;

pub use config::OdometryConfig;
pub use delos_geom::Twist;
pub use error::OdometryError;
pub use estimate::{EgoMotionEstimate, Fit, Outcome, Unusable};
pub use odometry::Odometry;
