//! The vocabulary of delos: data and invariants that every other crate speaks.
//!
//! Nothing here reads a file, starts a thread or asks for the time. Sensor time
//! ([`Stamp`], [`Span`]) is not wall time, the role of a frame of reference is a
//! type ([`World`], [`Ego`], [`Lidar`], [`Camera`]), and values that have an
//! invariant ([`Score`], [`Yaw`], [`Size`]) are checked once when they are made.
//!
//! ```
//! use delos_core::{Box3, Ego, Position, Size, Transform, World, Yaw};
//! use nalgebra::{Isometry3, Vector3};
//!
//! let world_from_ego: Transform<World, Ego> =
//!     Transform::new(Isometry3::new(Vector3::new(10.0, 0.0, 0.0), Vector3::zeros()));
//! let car_in_ego = Box3::new(
//!     Position::new(5.0, 1.0, 0.0),
//!     Size::new(3.9, 1.6, 1.5).expect("positive"),
//!     Yaw::new(0.0).expect("finite"),
//! );
//! let car_in_world = car_in_ego.transformed(&world_from_ego);
//! assert_eq!(car_in_world.center.x(), 15.0);
//! ```

mod benchmark;
mod boxes;
mod calibration;
mod class;
mod cloud;
mod digest;
mod frame;
mod image;
mod image_tracks;
mod labels;
mod message;
mod objects;
pub mod parts;
mod radar;
pub mod setting;
mod time;
mod tracks;
mod values;

pub use benchmark::{BenchmarkRow, MotRow};
pub use boxes::{Box2, Box3};
pub use calibration::{Calibration, CameraModel, ImageSize};
pub use class::{COCO_NAMES, ClassProbabilities, ObjectClass};
pub use cloud::{LidarPoint, PointCloud, PointTimes, Segment, Segments};
pub use digest::{Body, Digest, DigestHasher};
pub use frame::{Camera, Ego, Frame, Lidar, Position, Transform, World};
pub use image::Image;
pub use image_tracks::{ImageTrack, ImageTrackCause, ImageTrackEnd, ImageTracks};
pub use labels::{GroundTruth, LabelledObject};
pub use message::{Header, Msg};
pub use objects::{
    Detection2d, Detection3d, Detections2d, Detections3d, EgoPose, OneSided, Source,
};
pub use parts::{DevicePart, Parts, Unmeasured};
pub use radar::{RadarEcho, RadarScan};
pub use setting::SettingError;
pub use time::{Span, Stamp};
pub use tracks::{
    EndCause, EndedTrack, MissCause, Pairing, Rival, Track, TrackCause, TrackId, TrackState,
    TrackStep, Tracks,
};
pub use values::{CoreError, Score, Size, Yaw, wrap_angle};
