//! Multi-class tracking of boxes: who is who over time, and how they move.
//!
//! A [`Tracker`] takes the detections of one frame after the other and returns the
//! [`Tracks`](delos_core::Tracks) of that frame. It is causal (frame `t` depends on
//! nothing later), reads no clock and gives the same tracks whatever the order of the
//! detections within a frame.
//!
//! ```
//! use delos_core::{Box3, Detection3d, Detections3d, ObjectClass, Position, Score, Size, Source};
//! use delos_core::{Stamp, TrackState, Transform, Yaw};
//! use delos_track::{Tracker, TrackerConfig};
//!
//! let mut tracker = Tracker::new(TrackerConfig::default())?;
//! for frame in 0..5i64 {
//!     let car = Detection3d {
//!         bbox: Box3::new(
//!             Position::new(10.0 + 0.5 * frame as f64, 2.0, 0.0),
//!             Size::new(4.0, 1.7, 1.5)?,
//!             Yaw::new(0.0)?,
//!         ),
//!         class: ObjectClass::Car,
//!         score: Score::new(0.8)?,
//!         points: 0,
//!         cluster: None,
//!         source: Source::File,
//!         image_box: None,
//!     };
//!     let stamp = Stamp::from_nanos(frame * 100_000_000);
//!     let world_from_ego = Some(Transform::identity());
//!     let tracks = tracker.step(stamp, world_from_ego, &Detections3d(vec![car]))?;
//!     if frame == 4 {
//!         assert_eq!(tracks.tracks[0].state, TrackState::Confirmed);
//!         assert!((tracks.tracks[0].velocity.x - 5.0).abs() < 0.5);
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod associate;
mod class_belief;
mod config;
mod cost;
mod error;
mod found;
mod gates;
mod image;
mod life;
mod median;
mod motion;
mod scene;
mod tracker;

pub use config::{
    Assignment, BoxNoise, ClassConfig, Confidence, Cost, CostKind, Gate, Late, Life, MotionKind,
    MotionNoise, ScoreKind, TrackerConfig,
};
pub use error::TrackError;
pub use image::{
    CameraCompensation, CameraView, ImageMotion, ImageNoise, ImageTracker, ImageTrackerConfig,
    Overlap,
};
pub use tracker::{StepFacts, Tracker};
