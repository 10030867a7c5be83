//! Detection in camera images and LiDAR scans.
//!
//! [`camera`] turns an image into boxes through a network that a model card describes
//! ([`models`]), [`lidar`] finds objects in a scan without a network, [`lidar::network`] with one.
//!
//! ```
//! use delos_core::Image;
//! use delos_detect::camera::Letterbox;
//! use delos_detect::models::ModelStore;
//!
//! let store = ModelStore::default();
//! let card = store.card("yolox_nano")?;
//! let mut letterbox = Letterbox::new(&card.input, [416, 416]);
//! let image = Image::from_rgb(1242, 375, vec![90; 1242 * 375 * 3])?;
//! let tensor = letterbox.apply(&image);
//! assert_eq!(tensor.len(), 3 * 416 * 416);
//! assert_eq!((tensor[0], tensor[416 * 416 - 1]), (90.0, 114.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod camera;
mod error;
mod gpu;
pub mod lidar;
pub mod models;

pub use error::DetectError;
pub use gpu::Residence;
