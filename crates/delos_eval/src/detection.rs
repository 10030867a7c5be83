//! How good detections are: the KITTI object benchmark's average precision, and recall at a
//! stated precision.
//!
//! - [`object_ap`] equals the benchmark's own program (`evaluate_object.cpp`; Geiger, Lenz,
//!   Urtasun, CVPR 2012; 40 recalls since Simonelli et al., ICCV 2019): boxes in the image with
//!   and without their orientation, from above, and in space; three difficulties.
//! - [`RecallScores`] judges detections in space by rules of its own: objects that a sensor can
//!   see, one precision-recall curve, and how much is found where a stated share is right.
//!
//! ```
//! use delos_core::{BenchmarkRow, ObjectClass};
//! use delos_eval::detection::{ObjectRules, ObjectSequence, object_ap};
//!
//! // Fifty frames with one car each, all found where they are.
//! let car = |frame| BenchmarkRow {
//!     line: frame + 1,
//!     frame,
//!     id: 0,
//!     class: ObjectClass::Car,
//!     truncation: 0.0,
//!     occlusion: 0,
//!     alpha: -1.6,
//!     image_box: [100.0, 150.0, 220.0, 260.0],
//!     size_hwl: [1.5, 1.6, 4.0],
//!     bottom: [-3.0, 1.7, 12.0],
//!     rotation_y: -1.57,
//!     score: Some(0.9),
//! };
//! let truth: Vec<_> = (0..50).map(car).collect();
//! let sequence = ObjectSequence { truth: &truth, results: &truth, frames: 50 };
//! let report = object_ap(&[sequence], &ObjectRules::default());
//! let cars = &report.classes[&ObjectClass::Car];
//! assert_eq!(cars.volume.as_ref().map(|levels| levels.easy.ap_r40), Some(100.0));
//! ```

mod curve;
mod matching;
mod object;
mod overlap;
mod recall;
mod report;
mod rules;
mod scene;
#[cfg(test)]
mod tests;

pub use curve::CurvePoint;
pub use object::{ObjectSequence, object_ap};
pub use recall::{
    BandRecall, CutReport, MatchRule, RecallAt, RecallFrame, RecallReport, RecallRules,
    RecallScores,
};
pub use report::{ClassScores, LevelScores, Levels, ObjectReport};
pub use rules::{Difficulty, Limits, ObjectRules};

pub(crate) use curve::{Curve, SAMPLES, over_11, over_40};
pub(crate) use matching::{Candidate, Scene, Truth};
pub(crate) use rules::neighbour;
