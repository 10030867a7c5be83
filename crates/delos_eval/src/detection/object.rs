//! Average precision as the KITTI object benchmark computes it.

use super::curve::Curve;
use super::overlap::Metric;
use super::report::{ClassScores, LevelScores, Levels, ObjectReport};
use super::rules::{Difficulty, ObjectRules};
use super::scene::{Compared, Question, Rows, frames};
use delos_core::{BenchmarkRow, ObjectClass};

/// Labels and results of one sequence, or of one frame where each has its own file.
#[derive(Clone, Copy, Debug)]
pub struct ObjectSequence<'a> {
    /// Labelled rows.
    pub truth: &'a [BenchmarkRow],
    /// Detections; a missing score counts as 1.
    pub results: &'a [BenchmarkRow],
    /// How many frames it has. Only reported: a frame without rows changes nothing.
    pub frames: u32,
}

/// Average precision of all sequences together: in the image, with orientation, from above and
/// in space; easy, moderate and hard.
///
/// Equal to `evaluate_object.cpp` of the benchmark's development kit (facts from the copies
/// `prclibo/kitti_eval` and `asharakeh/kitti_native_evaluation`), its peculiarities included:
/// - The precision is sampled at those scores whose recall is nearest to 0, 1/40, ..., 1; the
///   recalls come from a matching of their own, in which each object takes the surest detection
///   and not the one that overlaps most.
/// - Each object chooses in the order of the label file, and each step of the recall needs an
///   object of its own: with `n < 41` objects even perfect results have an `AP_R40` of
///   `(n - 1) / 40` and an `AP_R11` of `ceil(n / 4) / 11`. From 41 on both are 1.
/// - Overlaps must exceed the least overlap, not reach it.
/// - Detections of any class that are lower in the image than the difficulty asks for are ignored,
///   but can take an object, which is then neither found nor missed. That holds from above and
///   in space too: results without a rectangle in the image find nothing.
/// - Regions to leave out have no place, so that from above and in space all detections in them
///   are wrong.
/// - Orientations are judged for all classes or for none.
///
/// Equal scores stand or fall together. Of detections that overlap an object equally (or are
/// equally sure while the recalls are looked for), the first in the file is taken: only there,
/// and where one detection overlaps two objects enough, does the order of rows matter.
pub fn object_ap(sequences: &[ObjectSequence<'_>], rules: &ObjectRules) -> ObjectReport {
    let rows: Vec<Rows<'_>> =
        sequences.iter().flat_map(|sequence| frames(sequence.truth, sequence.results)).collect();
    let all = || sequences.iter().flat_map(|sequence| sequence.results);
    let is_oriented = !all().any(|row| is_near(row.alpha, -10.0));
    let scores = |(class, min_overlap): (&ObjectClass, &f64)| {
        let given = Given::of(&all().filter(|row| row.class == *class).collect::<Vec<_>>());
        (*class, class_scores(&rows, *class, *min_overlap, &given, is_oriented))
    };
    ObjectReport {
        frames: sequences.iter().map(|sequence| u64::from(sequence.frames)).sum(),
        min_overlap: rules.min_overlap.clone(),
        classes: rules.min_overlap.iter().map(scores).collect(),
    }
}

/// What the results of a class have been given.
struct Given {
    image: bool,
    ground: bool,
    volume: bool,
}

impl Given {
    /// A kind of box is judged when one result has it (`eval_image`, `eval_ground`, `eval_3d`);
    /// where there is no result at all, everything is missed.
    fn of(results: &[&BenchmarkRow]) -> Self {
        let any = |is_given: fn(&BenchmarkRow) -> bool| {
            results.is_empty() || results.iter().any(|row| is_given(row))
        };
        Self {
            image: any(|row| row.image_box[0] >= 0.0),
            ground: any(|row| !is_near(row.bottom[0], -1000.0)),
            volume: any(|row| !is_near(row.bottom[1], -1000.0)),
        }
    }
}

/// Whether a number of a file is this stand-in.
fn is_near(value: f64, stand_in: f64) -> bool {
    (value - stand_in).abs() < f64::EPSILON
}

fn class_scores(
    rows: &[Rows<'_>],
    class: ObjectClass,
    min_overlap: f64,
    given: &Given,
    is_oriented: bool,
) -> ClassScores {
    let curves = |metric: Metric, is_given: bool| {
        is_given.then(|| level_curves(rows, &Question { class, metric, min_overlap }))
    };
    let precision = |curves: &[Curve; 3]| Levels::of(curves, LevelScores::precision);
    let orientation = |curves: &[Curve; 3]| Levels::of(curves, LevelScores::orientation);
    let image = curves(Metric::Image, given.image);
    ClassScores {
        image: image.as_ref().map(precision),
        orientation: image.as_ref().filter(|_| is_oriented).map(orientation),
        ground: curves(Metric::Ground, given.ground).as_ref().map(precision),
        volume: curves(Metric::Volume, given.volume).as_ref().map(precision),
    }
}

/// Easy, moderate and hard.
fn level_curves(rows: &[Rows<'_>], question: &Question) -> [Curve; 3] {
    let frames: Vec<_> = rows.iter().map(|rows| Compared::new(rows, question)).collect();
    Difficulty::ALL.map(|difficulty| {
        let limits = difficulty.limits();
        let scenes: Vec<_> = frames.iter().map(|frame| frame.scene(&limits)).collect();
        Curve::of(&scenes)
    })
}
