//! Objects in a LiDAR scan through a network: what goes in and what its numbers mean.
//!
//! Two steps, each pure and exact: [`Raster`] lays the points of a scan over the ground as the
//! network's input, the network runs, [`CentreDecoder`] makes boxes of its planes. Both keep
//! their buffers and depend on a [`Window`], a rectangle of the ground. [`LidarNetwork`] holds the
//! three together. Features and planes are
//! specified in `models/training/lidar/README.md` of the repository.
//!
//! ```
//! use delos_core::{LidarPoint, PointCloud};
//! use delos_detect::lidar::network::{Raster, Window};
//!
//! let point = LidarPoint { x: 10.0, y: 0.1, z: -1.0, intensity: 0.2 };
//! let mut raster = Raster::new(Window::FRONT);
//! let features = raster.fill(&PointCloud::new(vec![point]), -1.73);
//! let (column, row) = (31, 124); // 10.0 / 0.32, (0.1 + 39.68) / 0.32
//! assert_eq!(features[row * 216 + column], 1.0, "plane 0 tells where points are");
//! ```

mod cell;
mod decode;
mod detector;
#[cfg(test)]
mod golden;
mod options;
pub mod pillars;
mod raster;
mod raster_chain;
mod window;

pub use decode::CentreDecoder;
pub use detector::LidarNetwork;
pub use options::LidarOptions;
pub use raster::Raster;
pub use window::Window;

/// Planes of the raster.
pub const FEATURES: usize = 22;

/// Planes of the answer after those of heat: quality and ten numbers of a box.
pub const BOX_PLANES: usize = 11;
