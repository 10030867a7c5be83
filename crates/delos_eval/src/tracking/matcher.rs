//! The best one-to-one pairs of a frame.

use super::overlap::EPSILON;
use delos_filter::CompleteAssigner;

/// A pair that may be made, and what it is worth: more than 0.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    row: u32,
    column: u32,
    score: f64,
}

/// What stands for a row or a column without a pair.
pub(super) const NONE: u32 = u32::MAX;

/// Chooses pairs so that the sum of their scores is largest; all others count nothing.
///
/// Equal to a complete assignment by scipy's `linear_sum_assignment` of which the pairs
/// without a score are dropped. Where no two candidates share a row or a column all of them
/// are taken, which is most frames of most sequences; the others go through the whole
/// matrix, so that ties are decided as the reference tools decide them. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Matcher {
    candidates: Vec<Candidate>,
    row_taken: Vec<bool>,
    column_taken: Vec<bool>,
    costs: Vec<f64>,
    assigner: CompleteAssigner,
    chosen: Vec<u32>,
}

impl Matcher {
    /// Forgets the candidates.
    pub(super) fn begin(&mut self) {
        self.candidates.clear();
    }

    /// Adds a pair, rows in ascending order. A score that is not above 0 makes it none.
    pub(super) fn add(&mut self, row: u32, column: u32, score: f64) {
        self.candidates.push(Candidate { row, column, score });
    }

    /// The chosen candidates by the order in which they were added. Rows and columns of the
    /// candidates lie below `rows` and `columns`.
    pub(super) fn most_valuable(&mut self, rows: usize, columns: usize) -> &[u32] {
        self.chosen.clear();
        if self.are_apart(rows, columns) {
            let all = 0..self.candidates.len() as u32;
            self.chosen.extend(all.filter(|i| self.candidates[*i as usize].score > EPSILON));
        } else {
            self.fill(rows, columns, 0.0, |score| -score);
            self.assign(columns, EPSILON);
        }
        &self.chosen
    }

    /// As many pairs as possible, and of those the smallest sum of scores, which are costs
    /// here and at least 0: the rule of `py-motmetrics`, which writes a large number for what
    /// cannot be paired (`lap.add_expensive_edges`).
    pub(super) fn most_then_cheapest(&mut self, rows: usize, columns: usize) -> &[u32] {
        self.chosen.clear();
        if self.are_apart(rows, columns) {
            self.chosen.extend(0..self.candidates.len() as u32);
        } else {
            let largest = self.candidates.iter().map(|pair| pair.score).fold(0.0, f64::max) + 1.0;
            let expensive = 2.0 * rows.min(columns) as f64 * largest + 1.0;
            self.fill(rows, columns, expensive, |cost| cost);
            self.assign(columns, f64::NEG_INFINITY);
        }
        &self.chosen
    }

    /// Whether no two candidates share a row or a column.
    fn are_apart(&mut self, rows: usize, columns: usize) -> bool {
        for (taken, length) in [(&mut self.row_taken, rows), (&mut self.column_taken, columns)] {
            taken.clear();
            taken.resize(length, false);
        }
        self.candidates.iter().all(|pair| {
            let row = std::mem::replace(&mut self.row_taken[pair.row as usize], true);
            let column = std::mem::replace(&mut self.column_taken[pair.column as usize], true);
            !row && !column
        })
    }

    fn fill(&mut self, rows: usize, columns: usize, other: f64, cost_of: impl Fn(f64) -> f64) {
        self.costs.clear();
        self.costs.resize(rows * columns, other);
        for pair in &self.candidates {
            let cell = pair.row as usize * columns + pair.column as usize;
            self.costs[cell] = cost_of(pair.score);
        }
    }

    /// Solves the filled matrix and keeps the candidates above `least` that it pairs.
    fn assign(&mut self, columns: usize, least: f64) {
        let column_of = self.assigner.assign(&self.costs, columns);
        let is_chosen = |pair: &Candidate| {
            pair.score > least && column_of[pair.row as usize] == Some(pair.column as usize)
        };
        let chosen = self.candidates.iter().enumerate().filter(|(_, pair)| is_chosen(pair));
        self.chosen.extend(chosen.map(|(index, _)| index as u32));
    }
}

#[cfg(test)]
mod tests;
