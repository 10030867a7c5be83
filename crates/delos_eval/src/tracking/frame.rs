//! One frame while it is prepared: which results are held against the tracker.

use super::matcher::{Matcher, NONE};
use super::scene::Scene;
use crate::rectangle::{EPSILON, Rectangle};

/// Overlap from which two rectangles are taken for the same object.
pub(super) const SAME: f64 = 0.5;

/// More than the rounding of any width.
const SLACK_PX: f64 = 1.0;

/// A labelled object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Labelled {
    pub(super) row: u32,
    pub(super) id: i64,
    pub(super) rectangle: Rectangle,
    /// Whether it has to be found.
    pub(super) counts: bool,
    /// Whether the result that is matched with it is taken out.
    pub(super) excuses: bool,
}

/// A box of the tracker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) row: u32,
    pub(super) id: i64,
    pub(super) rectangle: Rectangle,
    is_matched: bool,
    is_removed: bool,
}

#[derive(Clone, Copy, Debug)]
struct Overlap {
    row: u32,
    column: u32,
    iou: f64,
}

/// Objects and results of one frame. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct FrameBuffer {
    pub(super) truth: Vec<Labelled>,
    pub(super) results: Vec<Found>,
    overlaps: Vec<Overlap>,
    /// Left edges of the results in ascending order, with their columns.
    lefts: Vec<(f64, u32)>,
    row_of: Vec<u32>,
    column_of: Vec<u32>,
}

impl FrameBuffer {
    /// Begins a frame.
    pub(super) fn begin(&mut self) {
        self.truth.clear();
        self.results.clear();
    }

    /// Adds a box of the tracker.
    pub(super) fn add_result(&mut self, row: u32, id: i64, rectangle: Rectangle) {
        self.results.push(Found { row, id, rectangle, is_matched: false, is_removed: false });
    }

    /// Computes the overlap of each object with each result. Results too far to one side are
    /// skipped, which is most of a crowd.
    pub(super) fn overlap(&mut self) {
        self.overlaps.clear();
        self.lefts.clear();
        let lefts = self.results.iter().map(|found| found.rectangle.left()).zip(0u32..);
        self.lefts.extend(lefts.filter(|(left, _)| left.is_finite()));
        self.lefts.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let widths = self.results.iter().map(|found| found.rectangle.width());
        let widest = widths.fold(0.0, f64::max) + SLACK_PX;
        for (row, object) in (0..).zip(&self.truth) {
            let begin = object.rectangle.left() - widest;
            let first = self.lefts.partition_point(|(left, _)| *left < begin);
            let end = object.rectangle.right();
            let near = self.lefts[first..].iter().take_while(|(left, _)| *left < end);
            let old = self.overlaps.len();
            self.overlaps.extend(near.filter_map(|(_, column)| {
                let iou = object.rectangle.iou(&self.results[*column as usize].rectangle);
                (iou > 0.0).then_some(Overlap { row, column: *column, iou })
            }));
            self.overlaps[old..].sort_unstable_by_key(|pair| pair.column);
        }
    }

    /// Matches objects with results that overlap by half, and takes out the results whose
    /// object excuses them.
    pub(super) fn excuse(&mut self, matcher: &mut Matcher) {
        matcher.begin();
        let is_close = |pair: &&Overlap| pair.iou >= SAME - EPSILON;
        for pair in self.overlaps.iter().filter(is_close) {
            matcher.add_worth(pair.row, pair.column, pair.iou);
        }
        let chosen = matcher.most_valuable(self.truth.len(), self.results.len());
        let mut close = self.overlaps.iter().filter(is_close).enumerate();
        for chosen in chosen.iter().copied() {
            let Some((_, pair)) = close.find(|(index, _)| *index == chosen as usize) else {
                return;
            };
            let found = &mut self.results[pair.column as usize];
            found.is_matched = true;
            found.is_removed = self.truth[pair.row as usize].excuses;
        }
    }

    /// Takes out the results that were matched with nothing and that `is_excused`.
    pub(super) fn remove_unmatched(&mut self, is_excused: impl Fn(&Rectangle) -> bool) {
        for found in self.results.iter_mut().filter(|found| !found.is_matched) {
            found.is_removed = is_excused(&found.rectangle);
        }
    }

    /// Hands what is left to the scene.
    pub(super) fn hand_over(&mut self, number: u32, scene: &mut Scene) {
        let kept = self.truth.iter().map(|object| object.counts);
        number_kept(&mut self.row_of, kept);
        for object in self.truth.iter().filter(|object| object.counts) {
            scene.add_truth(object.row, object.id);
        }
        let kept = self.results.iter().map(|found| !found.is_removed);
        number_kept(&mut self.column_of, kept);
        for found in self.results.iter().filter(|found| !found.is_removed) {
            scene.add_result(found.row, found.id);
        }
        for pair in &self.overlaps {
            let row = self.row_of[pair.row as usize];
            let column = self.column_of[pair.column as usize];
            if row != NONE && column != NONE {
                scene.add_pair(row, column, pair.iou);
            }
        }
        scene.end_frame(number);
    }
}

/// For each of a list its position among those that are kept.
fn number_kept(numbers: &mut Vec<u32>, kept: impl Iterator<Item = bool>) {
    numbers.clear();
    let mut next = 0;
    numbers.extend(kept.map(|is_kept| {
        let number = if is_kept { next } else { NONE };
        next += u32::from(is_kept);
        number
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_overlaps_are_those_of_all_pairs(
            truth in prop::collection::vec(prop::array::uniform4(-60..60i8), 0..12),
            results in prop::collection::vec(prop::array::uniform4(-60..60i8), 0..12),
        ) {
            let mut frame = FrameBuffer::default();
            for (row, corners) in (0..).zip(&truth) {
                let rectangle = Rectangle::from_corners(corners.map(f64::from));
                frame.truth.push(Labelled { row, id: 0, rectangle, counts: true, excuses: false });
            }
            frame.add_result(0, 0, Rectangle::from_corners([f64::NAN; 4]));
            for (row, corners) in (1..).zip(&results) {
                frame.add_result(row, 0, Rectangle::from_corners(corners.map(f64::from)));
            }
            frame.overlap();
            let mut found = frame.overlaps.iter();
            for object in &frame.truth {
                for result in &frame.results {
                    let iou = object.rectangle.iou(&result.rectangle);
                    if iou > 0.0 {
                        let pair = found.next().expect("one for each pair that overlaps");
                        prop_assert_eq!((pair.row, pair.column), (object.row, result.row));
                        prop_assert_eq!(pair.iou.to_bits(), iou.to_bits());
                    }
                }
            }
            prop_assert!(found.next().is_none());
        }
    }
}
