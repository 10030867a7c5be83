//! Which rows count in KITTI's 2-D tracking benchmark.
//!
//! The rules of `TrackEval` (`datasets/kitti_2d_box.py`), which are those of KITTI's own
//! evaluation: results that lie on a neighbouring class or on an object that is hidden or
//! cut by the edge of the image, low results and results in `DontCare` regions are neither
//! right nor wrong.

use super::frame::{FrameBuffer, Labelled};
use super::matcher::Matcher;
use super::scene::Scene;
use super::sequence::{FrameRows, Sequence};
use crate::EvalError;
use crate::rectangle::{EPSILON, Rectangle};
use delos_core::{BenchmarkRow, ObjectClass};

/// Objects that are more hidden do not count: level 3 is "unknown".
const MAX_OCCLUSION: i64 = 2;
/// Objects that are cut by the edge of the image do not count.
const MAX_TRUNCATION: f64 = 0.0;
/// Results that are matched with nothing and not higher do not count, pixels.
const MIN_HEIGHT_PX: f64 = 25.0;
/// Nor do those that lie in a region by more than this.
const MAX_SHARE_IN_REGION: f64 = 0.5;

/// Fills `scene` with what counts of `class`.
pub(super) fn prepare(
    sequence: &Sequence<'_, BenchmarkRow>,
    class: ObjectClass,
    buffer: &mut Buffer,
    matcher: &mut Matcher,
    scene: &mut Scene,
) -> Result<(), EvalError> {
    scene.begin(sequence.length());
    for rows in sequence.frames() {
        buffer.collect(sequence, rows, class);
        let frame = &mut buffer.frame;
        frame.overlap();
        frame.excuse(matcher);
        frame.remove_unmatched(|rectangle| is_excused(rectangle, &buffer.regions));
        frame.hand_over(rows.number, scene);
    }
    scene.end().map_err(|twice| sequence.refuse(twice))
}

/// What is held of one frame. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer {
    frame: FrameBuffer,
    regions: Vec<Rectangle>,
}

impl Buffer {
    fn collect(
        &mut self,
        sequence: &Sequence<'_, BenchmarkRow>,
        rows: FrameRows<'_>,
        class: ObjectClass,
    ) {
        self.frame.begin();
        self.regions.clear();
        for index in rows.truth.iter().copied() {
            let row = &sequence.truth[index as usize];
            let rectangle = Rectangle::from_corners(row.image_box);
            if row.class == ObjectClass::DontCare {
                self.regions.push(rectangle);
            } else if row.id >= 0 && takes_part(row.class, class) {
                let counts = counts(row, class);
                let object =
                    Labelled { row: index, id: row.id, rectangle, counts, excuses: !counts };
                self.frame.truth.push(object);
            }
        }
        for index in rows.results.iter().copied() {
            let row = &sequence.results[index as usize];
            if row.class == class && row.id >= 0 {
                let rectangle = Rectangle::from_corners(row.image_box);
                self.frame.add_result(index, row.id, rectangle);
            }
        }
    }
}

/// Whether objects of a class are of use where `wanted` is judged.
fn takes_part(class: ObjectClass, wanted: ObjectClass) -> bool {
    class == wanted || Some(class) == neighbour(wanted)
}

/// The class that is not held against a tracker of `class`. Cyclists have none (`TrackEval`
/// does not judge them; they are treated like the others here).
const fn neighbour(class: ObjectClass) -> Option<ObjectClass> {
    match class {
        ObjectClass::Car => Some(ObjectClass::Van),
        ObjectClass::Pedestrian => Some(ObjectClass::PersonSitting),
        _ => None,
    }
}

/// Whether an object has to be found. `TrackEval` reads truncation as a whole number.
fn counts(row: &BenchmarkRow, class: ObjectClass) -> bool {
    row.class == class && row.occlusion <= MAX_OCCLUSION && row.truncation.trunc() <= MAX_TRUNCATION
}

/// Whether a result that is matched with nothing is neither right nor wrong.
fn is_excused(rectangle: &Rectangle, regions: &[Rectangle]) -> bool {
    let is_inside = |region| rectangle.share_in(region) > MAX_SHARE_IN_REGION + EPSILON;
    rectangle.height() <= MIN_HEIGHT_PX + EPSILON || regions.iter().any(is_inside)
}
