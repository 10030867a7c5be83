//! The rows of a frame as the matching sees them.

use super::matching::{Candidate, Scene, Truth};
use super::overlap::{Metric, Placed};
use super::rules::{Limits, height_px, neighbour};
use delos_core::{BenchmarkRow, ObjectClass};

/// The rows of one frame, in the order of their files.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows<'a> {
    pub(super) truth: Vec<Placed<'a>>,
    pub(super) results: Vec<Placed<'a>>,
}

/// One of the benchmark's questions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) class: ObjectClass,
    pub(super) metric: Metric,
    pub(super) limits: Limits,
    pub(super) min_overlap: f64,
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

impl Question {
    /// What a frame says to this question.
    pub(super) fn scene(&self, rows: &Rows<'_>) -> Scene {
        let found: Vec<(&Placed<'_>, Candidate)> = rows
            .results
            .iter()
            .filter_map(|placed| Some((placed, self.candidate(placed, rows)?)))
            .collect();
        let truths = rows.truth.iter().filter_map(|label| {
            let is_ignored = self.is_ignored(label.row)?;
            Some(Truth { is_ignored, alpha: label.row.alpha, near: self.near(label, &found) })
        });
        Scene { truths: truths.collect(), found: found.iter().map(|(_, one)| *one).collect() }
    }

    /// Whether a labelled object is ignored; `None` where it takes no part.
    fn is_ignored(&self, label: &BenchmarkRow) -> Option<bool> {
        if label.class == self.class {
            return Some(!self.limits.admit(label));
        }
        (Some(label.class) == neighbour(self.class)).then_some(true)
    }

    /// A detection that takes part. Low ones do so whatever their class is: the benchmark asks
    /// for the height first.
    fn candidate(&self, placed: &Placed<'_>, rows: &Rows<'_>) -> Option<Candidate> {
        let row = placed.row;
        let is_ignored = !self.limits.admit_height(height_px(row).abs());
        (is_ignored || row.class == self.class).then(|| Candidate {
            score: row.score.unwrap_or(1.0),
            alpha: row.alpha,
            is_ignored,
            is_excused: self.is_excused(placed, rows),
        })
    }

    /// Whether a detection lies in a region to leave out.
    fn is_excused(&self, found: &Placed<'_>, rows: &Rows<'_>) -> bool {
        let mut regions = rows.truth.iter().filter(|l| l.row.class == ObjectClass::DontCare);
        regions.any(|region| found.share_in(region, self.metric) > self.min_overlap)
    }

    fn near(&self, label: &Placed<'_>, found: &[(&Placed<'_>, Candidate)]) -> Vec<(usize, f64)> {
        let overlaps = found.iter().map(|(placed, _)| label.overlap(placed, self.metric));
        overlaps.enumerate().filter(|(_, overlap)| *overlap > self.min_overlap).collect()
    }
}
