//! Fusion of camera and LiDAR detections into objects in space.
//!
//! A [`Fuser`] gives each camera box a place: that of the LiDAR object it agrees with,
//! or that of a box fitted to the points behind it. Without a scan it places camera
//! boxes on the ground; without camera boxes the LiDAR's objects pass through.
//!
//! ```
//! use delos_core::{Calibration, Detection3d, Detections3d};
//! use delos_core::{Box3, ObjectClass, Position, Score, Size, Source, Yaw};
//! use delos_fuse::{Fuser, FusionConfig};
//!
//! let size = Size::new(3.9, 1.6, 1.5)?;
//! let lidar = Detections3d(vec![Detection3d {
//!     bbox: Box3::new(Position::new(10.0, 2.0, -1.0), size, Yaw::default()),
//!     class: ObjectClass::Car,
//!     score: Score::new(0.7)?,
//!     points: 120,
//!     cluster: Some(0),
//!     source: Source::Lidar,
//!     image_box: None,
//! }]);
//! let mut fuser = Fuser::new(FusionConfig::default());
//! let mut objects = Detections3d::default();
//! fuser.fuse(&Calibration::default(), None, None, Some(&lidar), None, &mut objects);
//! assert_eq!(objects, lidar);
//! # Ok::<(), delos_core::CoreError>(())
//! ```

mod camera_boxes;
mod config;
mod error;
mod frustum;
mod fuser;
mod hypothesis;
mod joint;
mod lift;
mod view;

pub use config::{FusionConfig, LiftConfig};
pub use error::FuseError;
pub use fuser::Fuser;
