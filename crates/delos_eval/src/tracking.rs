//! Tracking scores equal to the field's reference tools.
//!
//! HOTA, CLEAR, Identity and counts as `TrackEval` gives them for KITTI's 2-D boxes and for
//! `MOTChallenge`, and the CLEAR flavour of `py-motmetrics`. Scores of single sequences are
//! combined from their sums. Pure functions of rows; nothing depends on the names of the
//! identities or, apart from exact ties, on the order of the rows.
//!
//! Sources: HOTA: Luiten et al., IJCV 2021. CLEAR: Bernardin and Stiefelhagen 2008.
//! Identity: Ristani et al. 2016. Definitions to the last digit, and the quirks named at
//! each item: `TrackEval` 1.3.0 and `py-motmetrics` 1.4.0.
//!
//! ```
//! use delos_core::{BenchmarkRow, ObjectClass};
//! use delos_eval::tracking::{Evaluator, KittiSequence};
//!
//! let row = |frame, id| BenchmarkRow {
//!     line: 1,
//!     frame,
//!     id,
//!     class: ObjectClass::Car,
//!     truncation: 0.0,
//!     occlusion: 0,
//!     alpha: 0.0,
//!     image_box: [100.0, 50.0, 180.0, 110.0],
//!     size_hwl: [1.5, 1.6, 3.9],
//!     bottom: [0.0, 1.7, 12.0],
//!     rotation_y: 0.0,
//!     score: None,
//! };
//! let truth = [row(0, 7), row(1, 7)];
//! let results = [row(0, 1), row(1, 2)];
//! let sequence = KittiSequence::new(&truth, &results, 2)?;
//! let scores = Evaluator::default().kitti(&sequence, ObjectClass::Car)?;
//! assert_eq!(scores.clear.id_switches, 1);
//! assert_eq!(scores.clear.mota, 0.5);
//! assert_eq!(scores.hota.ass_a[0], 0.5);
//! # Ok::<(), delos_eval::EvalError>(())
//! ```

mod clear;
mod count;
mod evaluator;
mod events;
mod frame;
mod hota;
mod identity;
mod kitti;
mod matcher;
mod mot;
mod motmetrics;
mod report;
mod scene;
mod sequence;

pub use clear::Clear;
pub use count::Count;
pub use evaluator::Evaluator;
pub use events::{Events, FalseTrack, Missed, Switch};
pub use hota::{ALPHAS, Hota, alphas};
pub use identity::Identity;
pub use mot::MotRules;
pub use motmetrics::Motmetrics;
pub use report::{COMBINED, Report, Scores};
pub use sequence::{KittiSequence, MotSequence};

#[cfg(test)]
mod tests;
