//! Accuracy of detections and tracks against ground truth.
//!
//! Pure functions and sums: no files, no threads, no clocks. Everything is counted in whole
//! numbers or added in a fixed order, so the same input gives the same report.
//!
//! - [`CentreScores`]: tracks of vehicles judged by the distance of their centres.
//! - [`ap2d`]: average precision of boxes in the image; [`image_truth`] decides which of the
//!   labelled objects count.
//! - [`tracking`]: HOTA, CLEAR and identity scores equal to the field's reference tools.
//!
//! ```
//! use delos_core::Box2;
//! use delos_eval::{ApDetection, ApFrame, ApTruth, ap2d};
//!
//! let car = Box2::new(100.0, 50.0, 180.0, 110.0);
//! let frame = ApFrame {
//!     truths: vec![ApTruth { bbox: car, is_ignored: false }],
//!     detections: vec![ApDetection { bbox: car, score: 0.9, is_ignored: false }],
//!     regions: vec![],
//! };
//! assert_eq!(ap2d(&[frame], 0.5).ap_r40, Some(1.0));
//! ```

pub mod ab3dmot;
mod average_precision;
mod centre;
pub mod detection;
mod error;
mod image;
mod points;
pub mod tracking;

pub use average_precision::{ApCurve, ApDetection, ApFrame, ApPoint, ApTruth, ap2d};
pub use centre::{
    Case, CaseGroup, CentreReport, CentreRules, CentreScores, Found, FrameInput, FrameVerdict,
    Judgement, TrackVerdict, TrackedBox, VehicleVerdict, WrongCase, judge, tracked_boxes,
};
pub use error::{EvalError, Side};
pub use image::{ImageReport, ImageRules, ImageScores, image_truth};
pub use points::{POINT_FOOT_M, POINT_MARGIN_M, points_in};
