//! The rows of a frame as the matching sees them.

use super::matching::{Candidate, Scene, Truth};
use super::overlap::{Metric, Placed};
use super::rules::{Difficulty, Limits, height_px, neighbour};
use delos_core::{BenchmarkRow, ObjectClass};

/// The rows of one frame, in the order of their files.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows<'a> {
    pub(super) truth: Vec<Placed<'a>>,
    pub(super) results: Vec<Placed<'a>>,
}

/// The frames of a sequence that have rows, ascending.
pub(super) fn frames<'a>(truth: &'a [BenchmarkRow], results: &'a [BenchmarkRow]) -> Vec<Rows<'a>> {
    let mut numbers: Vec<u32> = truth.iter().chain(results).map(|row| row.frame).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut frames = vec![Rows::default(); numbers.len()];
    let at = |row: &BenchmarkRow| numbers.partition_point(|number| *number < row.frame);
    for row in truth {
        frames[at(row)].truth.push(Placed::new(row));
    }
    for row in results {
        frames[at(row)].results.push(Placed::new(row));
    }
    frames
}

/// What is looked for, and how it is compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) class: ObjectClass,
    pub(super) metric: Metric,
    pub(super) min_overlap: f64,
}

/// One frame with the overlaps that answer a question at all difficulties.
#[derive(Clone, Debug)]
pub(super) struct Compared<'a> {
    class: ObjectClass,
    labels: Vec<Compare<'a>>,
    results: Vec<Found<'a>>,
}

/// A label of the class or its neighbour, and the positions and overlaps of the results that
/// overlap it enough.
#[derive(Clone, Debug)]
struct Compare<'a> {
    row: &'a BenchmarkRow,
    near: Vec<(usize, f64)>,
}

#[derive(Clone, Copy, Debug)]
struct Found<'a> {
    placed: &'a Placed<'a>,
    is_excused: bool,
}

impl<'a> Compared<'a> {
    pub(super) fn new(rows: &'a Rows<'a>, question: &Question) -> Self {
        let results: Vec<Found<'a>> = rows
            .results
            .iter()
            .filter(|placed| question.may_take(placed.row))
            .map(|placed| Found { placed, is_excused: question.excuses(placed, &rows.truth) })
            .collect();
        let labels = rows.truth.iter().filter(|label| question.asks_for(label.row.class));
        let labels =
            labels.map(|label| Compare { row: label.row, near: question.near(label, &results) });
        Self { class: question.class, labels: labels.collect(), results }
    }

    /// What takes part at one difficulty.
    pub(super) fn scene(&self, limits: &Limits) -> Scene {
        let mut found = Vec::with_capacity(self.results.len());
        let positions: Vec<Option<usize>> = self
            .results
            .iter()
            .map(|result| {
                found.push(self.candidate(result, limits)?);
                Some(found.len() - 1)
            })
            .collect();
        let truths = self.labels.iter().map(|label| Truth {
            is_ignored: label.row.class != self.class || !limits.admit(label.row),
            alpha: label.row.alpha,
            near: label.near.iter().filter_map(|(at, iou)| Some((positions[*at]?, *iou))).collect(),
        });
        Scene { truths: truths.collect(), found }
    }

    /// A detection that takes part. Low ones do so whatever their class is: the benchmark asks
    /// for the height first.
    fn candidate(&self, result: &Found<'_>, limits: &Limits) -> Option<Candidate> {
        let row = result.placed.row;
        let is_ignored = !limits.admit_height(height_px(row).abs());
        (is_ignored || row.class == self.class).then(|| Candidate {
            score: row.score.unwrap_or(1.0),
            alpha: row.alpha,
            is_ignored,
            is_excused: result.is_excused,
        })
    }
}

impl Question {
    /// Whether objects of a class take part.
    fn asks_for(&self, class: ObjectClass) -> bool {
        class == self.class || Some(class) == neighbour(self.class)
    }

    /// Whether a result takes part at one of the difficulties.
    fn may_take(&self, row: &BenchmarkRow) -> bool {
        let height = height_px(row).abs();
        row.class == self.class
            || Difficulty::ALL.iter().any(|level| !level.limits().admit_height(height))
    }

    /// Whether a detection lies in a region to leave out.
    fn excuses(&self, found: &Placed<'_>, labels: &[Placed<'_>]) -> bool {
        let mut regions = labels.iter().filter(|label| label.row.class == ObjectClass::DontCare);
        found.row.class == self.class
            && regions.any(|region| found.share_in(region, self.metric) > self.min_overlap)
    }

    fn near(&self, label: &Placed<'_>, results: &[Found<'_>]) -> Vec<(usize, f64)> {
        let overlaps = results.iter().map(|result| label.overlap(result.placed, self.metric));
        overlaps.enumerate().filter(|(_, overlap)| *overlap > self.min_overlap).collect()
    }
}
