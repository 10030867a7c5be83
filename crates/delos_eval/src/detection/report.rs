//! What the benchmark says.

use super::curve::{Curve, CurvePoint, over_11, over_40};
use delos_core::ObjectClass;
use serde::Serialize;
use std::collections::BTreeMap;

/// All classes. Serialised, it has the keys of the stored reference files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectReport {
    /// Frames of all sequences.
    pub frames: u64,
    /// The overlap that a detection must exceed, by class.
    pub min_overlap: BTreeMap<ObjectClass, f64>,
    /// Scores by class.
    pub classes: BTreeMap<ObjectClass, ClassScores>,
}

/// One class, by the kind of box.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassScores {
    /// Rectangles in the image; `None` where all results of the class have none.
    #[serde(rename = "2d", skip_serializing_if = "Option::is_none")]
    pub image: Option<Levels>,
    /// The same with the mean orientation similarity in place of the precision; `None` where
    /// any result of any class has no orientation (alpha -10).
    #[serde(rename = "aos", skip_serializing_if = "Option::is_none")]
    pub orientation: Option<Levels>,
    /// Boxes seen from above; `None` where all results of the class have no place.
    #[serde(rename = "bev", skip_serializing_if = "Option::is_none")]
    pub ground: Option<Levels>,
    /// Boxes in space; `None` where all results of the class have no place.
    #[serde(rename = "3d", skip_serializing_if = "Option::is_none")]
    pub volume: Option<Levels>,
}

/// The three difficulties.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Levels {
    /// See [`Difficulty::Easy`](super::Difficulty::Easy).
    pub easy: LevelScores,
    /// See [`Difficulty::Moderate`](super::Difficulty::Moderate).
    pub moderate: LevelScores,
    /// See [`Difficulty::Hard`](super::Difficulty::Hard).
    pub hard: LevelScores,
}

/// One kind of box at one difficulty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LevelScores {
    /// Mean of the precisions at recalls 1/40, 2/40, ..., 1, percent.
    #[serde(rename = "AP_R40")]
    pub ap_r40: f64,
    /// Mean of the precisions at recalls 0, 0.1, ..., 1, percent.
    #[serde(rename = "AP_R11")]
    pub ap_r11: f64,
    /// The best precision at the cuts nearest to recalls 0, 1/40, ..., 1 or at a later one,
    /// 0..=1; 0 from the first recall on that is not reached.
    pub precision_41: Vec<f64>,
    /// Objects that count.
    pub counted: usize,
    /// The whole curve, by falling score; not in the serialised form, where the 41 points are.
    #[serde(skip)]
    pub curve: Vec<CurvePoint>,
}

impl Levels {
    pub(super) fn of(curves: &[Curve; 3], score: fn(&Curve) -> LevelScores) -> Self {
        let [easy, moderate, hard] = curves;
        Self { easy: score(easy), moderate: score(moderate), hard: score(hard) }
    }
}

impl LevelScores {
    pub(super) fn precision(curve: &Curve) -> Self {
        Self::new(curve, &curve.precisions(), curve.precision_points())
    }

    pub(super) fn orientation(curve: &Curve) -> Self {
        Self::new(curve, &curve.similarities(), curve.similarity_points())
    }

    fn new(curve: &Curve, precisions: &[f64; 41], points: Vec<CurvePoint>) -> Self {
        Self {
            ap_r40: over_40(precisions) * 100.0,
            ap_r11: over_11(precisions) * 100.0,
            precision_41: precisions.to_vec(),
            counted: curve.counted,
            curve: points,
        }
    }
}
