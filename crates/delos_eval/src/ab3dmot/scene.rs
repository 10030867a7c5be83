//! One sequence and class, brought into the form that each pass reads: overlaps are
//! computed once, identities are dense.

use super::overlap::Shape;
use super::{Rules, Sequence};
use crate::rectangle::Rectangle;
use delos_core::{BenchmarkRow, ObjectClass};
use std::ops::Range;

/// Boxes of the image that are not higher are too small to be wrong, pixels.
const MIN_HEIGHT: f64 = 25.0;
/// Objects that are more hidden are ignored.
const MAX_OCCLUSION: i64 = 2;
/// Share of a box in a region from which on it is excused.
const MIN_COVERED: f64 = 0.5;
/// The score of a row that has none.
const NO_SCORE: f64 = -1.0;

/// A sequence as one class sees it.
#[derive(Debug)]
pub(super) struct Scene {
    /// How many frames count, empty ones included.
    pub(super) slots: u64,
    /// Frames with a box.
    pub(super) frames: Vec<Frame>,
    pub(super) truths: Vec<Truth>,
    pub(super) found: Vec<Found>,
    /// What may be matched, by frame, then by labelled box.
    pub(super) pairs: Vec<Pair>,
    pub(super) tracks: Vec<Track>,
    /// The labelled boxes of each object, in time.
    pub(super) trajectories: Vec<Vec<usize>>,
}

/// Where the boxes of a frame and their pairs lie.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) truths: Range<usize>,
    pub(super) found: Range<usize>,
    pub(super) pairs: Range<usize>,
}

/// A labelled box.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) is_ignored: bool,
    /// Its pair in the current pass.
    pub(super) pair: Option<usize>,
}

/// A box of the tracker.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) track: usize,
    /// Small, in a region or of a neighbouring class.
    pub(super) is_excusable: bool,
    /// Matched in this pass or an earlier one: no longer excused.
    pub(super) was_matched: bool,
}

/// A labelled box and a found one that overlap enough.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) truth: usize,
    pub(super) found: usize,
    pub(super) track: usize,
    /// One minus the overlap.
    pub(super) cost: f64,
}

/// A track of the tracker.
#[derive(Debug)]
pub(super) struct Track {
    /// Mean of its boxes' scores, or the mean of that mean.
    pub(super) score: f64,
    boxes: u32,
    pub(super) is_kept: bool,
}

impl Track {
    pub(super) fn new(scores: &[f64]) -> Self {
        let score = scores.iter().sum::<f64>() / scores.len() as f64;
        Self { score, boxes: scores.len() as u32, is_kept: true }
    }

    /// The mean of the score taken once for each box, which rounding may change.
    pub(super) fn average_again(&mut self) {
        let sum: f64 = (0..self.boxes).map(|_| self.score).sum();
        self.score = sum / f64::from(self.boxes);
    }
}

impl Scene {
    pub(super) fn new(sequence: &Sequence<'_>, class: ObjectClass, rules: Rules) -> Self {
        let is_of_class = |row: &BenchmarkRow| row.id >= 0 && is_loaded(row.class, class);
        let mut truth = by_frame(sequence.truth, is_of_class);
        truth.retain(|row| row.frame <= sequence.frames);
        let results = by_frame(sequence.results, is_of_class);
        let regions = by_frame(sequence.truth, |row| row.class == ObjectClass::DontCare);
        let (found, tracks) = tracks(&results, &regions, class);
        let mut scene = Self {
            slots: u64::from(sequence.frames) + 1,
            frames: frames(&truth, &results, sequence.frames),
            truths: truth.iter().map(|row| Truth::new(row, class)).collect(),
            found,
            pairs: Vec::new(),
            tracks,
            trajectories: grouped(&truth),
        };
        scene.pair_up(&truth, &results, rules);
        scene
    }

    /// Finds the pairs of each frame.
    fn pair_up(&mut self, truth: &[&BenchmarkRow], results: &[&BenchmarkRow], rules: Rules) {
        let shapes: Vec<_> = results.iter().map(|row| Shape::of(row, rules.mode)).collect();
        for frame in &mut self.frames {
            let first = self.pairs.len();
            for i in frame.truths.clone() {
                let shape = Shape::of(truth[i], rules.mode);
                for j in frame.found.clone() {
                    // As the reference writes it: rounding decides at the limit.
                    let cost = 1.0 - shape.iou(&shapes[j]);
                    if cost <= 1.0 - rules.min_overlap {
                        let track = self.found[j].track;
                        self.pairs.push(Pair { truth: i, found: j, track, cost });
                    }
                }
            }
            frame.pairs = first..self.pairs.len();
        }
    }
}

impl Truth {
    fn new(row: &BenchmarkRow, class: ObjectClass) -> Self {
        let is_ignored = row.occlusion > MAX_OCCLUSION
            // A level, not a fraction: digits after the point are cut off.
            || row.truncation >= 1.0
            || row.class != class;
        Self { is_ignored, pair: None }
    }
}

/// The class itself and its neighbour.
fn is_loaded(row: ObjectClass, class: ObjectClass) -> bool {
    let neighbour = match class {
        ObjectClass::Car => Some(ObjectClass::Van),
        ObjectClass::Pedestrian => Some(ObjectClass::PersonSitting),
        _ => None,
    };
    row == class || Some(row) == neighbour
}

/// Rows in the order of their frames, those of one frame in the order of the file.
fn by_frame(rows: &[BenchmarkRow], keep: impl Fn(&BenchmarkRow) -> bool) -> Vec<&BenchmarkRow> {
    let mut kept: Vec<_> = rows.iter().filter(|row| keep(row)).collect();
    kept.sort_by_key(|row| row.frame);
    kept
}

/// The frames that have a box, up to and with the empty one after the last.
fn frames(truth: &[&BenchmarkRow], results: &[&BenchmarkRow], last: u32) -> Vec<Frame> {
    let mut numbers: Vec<u32> = truth.iter().chain(results).map(|row| row.frame).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let numbers = numbers.into_iter().take_while(|number| *number <= last);
    let range = |rows, number| Frame { truths: in_frame(truth, number), found: rows, pairs: 0..0 };
    numbers.map(|number| range(in_frame(results, number), number)).collect()
}

fn in_frame(rows: &[&BenchmarkRow], frame: u32) -> Range<usize> {
    let first = rows.partition_point(|row| row.frame < frame);
    first..first + rows[first..].partition_point(|row| row.frame == frame)
}

/// The tracker's boxes and their tracks.
fn tracks(
    results: &[&BenchmarkRow],
    regions: &[&BenchmarkRow],
    class: ObjectClass,
) -> (Vec<Found>, Vec<Track>) {
    let mut found: Vec<_> = results
        .iter()
        .map(|row| Found {
            track: 0,
            is_excusable: is_excusable(row, &regions[in_frame(regions, row.frame)], class),
            was_matched: false,
        })
        .collect();
    let mut tracks = Vec::new();
    for boxes in grouped(results) {
        let scores: Vec<_> = boxes.iter().map(|i| results[*i].score.unwrap_or(NO_SCORE)).collect();
        for i in boxes {
            found[i].track = tracks.len();
        }
        tracks.push(Track::new(&scores));
    }
    (found, tracks)
}

fn is_excusable(row: &BenchmarkRow, regions: &[&BenchmarkRow], class: ObjectClass) -> bool {
    let in_image = Rectangle::from_corners(row.image_box);
    let is_covered = |region: &&BenchmarkRow| {
        in_image.share_in(&Rectangle::from_corners(region.image_box)) > MIN_COVERED
    };
    row.class != class || in_image.height().abs() <= MIN_HEIGHT || regions.iter().any(is_covered)
}

/// The indices of the rows of each identity, in the order given.
fn grouped(rows: &[&BenchmarkRow]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|i| rows[*i].id);
    order.chunk_by(|a, b| rows[*a].id == rows[*b].id).map(<[usize]>::to_vec).collect()
}
