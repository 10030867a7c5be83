//! Tracking in three dimensions over all recall levels: sAMOTA, AMOTA and AMOTP.
//!
//! Weng et al., "3D Multi-Object Tracking: A Baseline and New Evaluation Metrics", IROS
//! 2020, as its reference implementation computes it (`scripts/KITTI/evaluate.py` of
//! xinshuoweng/AB3DMOT, commit 6a7fff5, which grew out of KITTI's devkit). All numbers of
//! that tool are met, quirks included:
//!
//! - **Not causal.** A box counts with the mean score of its whole track, and a threshold
//!   keeps or drops whole tracks. What happens in the first frame so depends on scores of
//!   the last one: no running tracker can choose its output this way. The sweep compares
//!   rankings of tracks; it does not say what a tracker shows at an instant.
//! - **Means of means.** The mean is written back into the boxes, so that each pass
//!   averages the means of the pass before. Rounding may put the new mean below the
//!   threshold that was taken from the old one, and the track is gone.
//! - **Once matched, never put aside.** A box that was matched in one pass is not excused
//!   in a later one (small, in a region, of a neighbouring class): unmatched there, it is
//!   false.
//! - **One frame too many** in every sequence. It is empty and enters `FAR` and `MODP`,
//!   and an empty frame has a `MODP` of 1.
//! - `tp`, `recall`, `precision` and `MOTP` include matches with ignored objects; `fn` does
//!   not. Any truncation and an occlusion above 2 make an object ignored.
//! - The sweep has at most 40 points, and its sums are divided by 40 however many there
//!   are: few objects lower all averages. The first point, of recall 0, is dropped.
//! - `best` belongs to the first threshold with the largest positive MOTA; without any it
//!   is -10000 and everything is kept.
//!
//! It differs from the reference only where that tool gives up or has no answer:
//! rows with a negative identity are left out of truth and results (there only -1), and
//! regions in results too; two rows of one identity in a frame are two boxes; a class
//! without any result is scored and not passed over. Sitting people are one class however
//! the file spells them; the reference does not know KITTI's spelling `Person`.
//!
//! ```
//! use delos_core::{BenchmarkRow, ObjectClass};
//! use delos_eval::ab3dmot::{Mode, Rules, Sequence, evaluate};
//!
//! let car = |frame: u32| BenchmarkRow {
//!     line: frame + 1,
//!     frame,
//!     id: 7,
//!     class: ObjectClass::Car,
//!     truncation: 0.0,
//!     occlusion: 0,
//!     alpha: 0.0,
//!     image_box: [100.0, 100.0, 200.0, 160.0],
//!     size_hwl: [1.5, 1.8, 4.2],
//!     bottom: [2.0, 1.6, 15.0],
//!     rotation_y: 0.3,
//!     score: Some(0.9),
//! };
//! let rows: Vec<_> = (0..100).map(car).collect();
//! let sequence = Sequence { truth: &rows, results: &rows, frames: 100 };
//! let rules = Rules { mode: Mode::Solid, min_overlap: 0.5 };
//! let report = evaluate(&[sequence], &[ObjectClass::Car], rules);
//! assert_eq!(report.classes["car"].no_threshold.mota, 1.0);
//! ```

mod lives;
mod matching;
mod overlap;
mod pass;
mod report;
mod scene;
mod sweep;

pub use report::{ClassReport, Report, Scores, SweepPoint};

use delos_core::{BenchmarkRow, ObjectClass};
use serde::Serialize;

/// What has to overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Mode {
    /// The volumes.
    #[serde(rename = "3D")]
    Solid,
    /// The rectangles in the image.
    #[serde(rename = "2D")]
    Image,
}

/// How boxes are matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// What has to overlap.
    pub mode: Mode,
    /// Smallest intersection over union of a match, 0..=1; the reference takes 0.25, 0.5
    /// and 0.7. A value that is no number matches nothing.
    pub min_overlap: f64,
}

/// One recording.
#[derive(Clone, Copy, Debug)]
pub struct Sequence<'a> {
    /// Labels, in any order; rows past the end are left out.
    pub truth: &'a [BenchmarkRow],
    /// A tracker's output. The order within a frame only decides between equally good
    /// matches. Rows past the end count in the mean score of their track and nowhere else;
    /// a row without a score has -1.
    pub results: &'a [BenchmarkRow],
    /// How many frames were recorded.
    pub frames: u32,
}

/// Scores of each class over all sequences together.
///
/// Vans are neither right nor wrong for cars, sitting people for pedestrians; they can be
/// matched. Other classes have no neighbours.
pub fn evaluate(sequences: &[Sequence<'_>], classes: &[ObjectClass], rules: Rules) -> Report {
    let of_class = |class: &ObjectClass| (class.name(), sweep::run(sequences, *class, rules));
    Report {
        mode: rules.mode,
        iou_threshold: rules.min_overlap,
        classes: classes.iter().map(of_class).collect(),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
