//! Accuracy of detections and tracks against ground truth.
//!
//! Pure functions and sums: no files, no threads, no clocks. Everything is counted in whole
//! numbers or added in a fixed order, so the same input gives the same report.
//!
//! - [`CentreScores`]: tracks of vehicles judged by the distance of their centres.
//! - [`detection`]: the KITTI object benchmark's average precision, and recall at a stated
//!   precision; [`ImageScores`] applies the benchmark's matching to what a camera finds.
//! - [`recall_by_distance`]: how much is found, near and far.
//! - [`streaming`]: any of these by the answers that are there in time.
//! - [`tracking`]: HOTA, CLEAR and identity scores equal to the field's reference tools.

pub mod ab3dmot;
mod centre;
pub mod detection;
mod distance;
mod error;
mod image;
mod points;
mod rectangle;
pub mod streaming;
pub mod tracking;

pub use centre::{
    Case, CaseGroup, CentreReport, CentreRules, CentreScores, Found, FrameInput, FrameVerdict,
    Judgement, TrackVerdict, TrackedBox, VehicleVerdict, WrongCase, judge, tracked_boxes,
};
pub use distance::{DistanceBin, DistanceRules, recall_by_distance};
pub use error::{EvalError, Side};
pub use image::{ImageReport, ImageRules, ImageScores};
pub use points::{POINT_FOOT_M, POINT_MARGIN_M, points_in};
