//! The best one-to-one pairs of a frame.

use crate::rectangle::EPSILON;
use delos_filter::{CompleteAssigner, CostPair, SparseAssigner};

/// What stands for a row or a column without a pair.
pub(super) const NONE: u32 = u32::MAX;

/// Sums that differ by less than this share of the largest cost are taken for a tie.
const TIE: f64 = 1e-12;

/// Chooses pairs of rows and columns, each at most once. Keeps its memory.
///
/// The reference tools write all pairs of a frame into a matrix, those that cannot be made
/// with a neutral cost, and ask scipy's `linear_sum_assignment`. Here most frames are solved
/// without a matrix, to the same result: where no two candidates share a row or a column all
/// are taken; else the candidates are assigned as the sparse problem that they are. Only
/// where another choice is as good the matrix is filled and searched in scipy's order, so
/// that ties are decided as there.
#[derive(Clone, Debug, Default)]
pub(super) struct Matcher {
    candidates: Vec<CostPair>,
    row_taken: Vec<bool>,
    column_taken: Vec<bool>,
    sparse: SparseAssigner,
    costs: Vec<f64>,
    complete: CompleteAssigner,
    chosen: Vec<u32>,
}

impl Matcher {
    /// Forgets the candidates.
    pub(super) fn begin(&mut self) {
        self.candidates.clear();
    }

    /// Adds a pair that is worth something, rows in ascending order.
    pub(super) fn add_worth(&mut self, row: u32, column: u32, worth: f64) {
        self.add_cost(row, column, -worth);
    }

    /// Adds a pair that costs something, rows in ascending order.
    pub(super) fn add_cost(&mut self, row: u32, column: u32, cost: f64) {
        self.candidates.push(CostPair { row, column, cost });
    }

    /// The pairs of largest worth together, without those that are worth nothing, by the
    /// order in which they were added. Rows and columns lie below `rows` and `columns`.
    pub(super) fn most_valuable(&mut self, rows: usize, columns: usize) -> &[u32] {
        self.choose(rows, columns, 0.0);
        let is_worth = |index: &u32| self.candidates[*index as usize].cost < -EPSILON;
        self.chosen.retain(is_worth);
        &self.chosen
    }

    /// As [`Matcher::most_valuable`], where any of several best choices will do.
    pub(super) fn any_most_valuable(&mut self, rows: usize, columns: usize) -> &[u32] {
        let found = self.sparse.assign(rows, columns, &self.candidates, 0.0);
        keep(&mut self.chosen, &self.candidates, found);
        &self.chosen
    }

    /// As many pairs as possible, and of those the cheapest: the rule of `py-motmetrics`,
    /// which writes a large number for what cannot be paired (`lap.add_expensive_edges`).
    pub(super) fn most_then_cheapest(&mut self, rows: usize, columns: usize) -> &[u32] {
        let largest = self.candidates.iter().map(|pair| pair.cost).fold(0.0, f64::max) + 1.0;
        let expensive = 2.0 * rows.min(columns) as f64 * largest + 1.0;
        self.choose(rows, columns, expensive);
        &self.chosen
    }

    /// The cheapest choice, where every row or column without a pair costs `other`.
    fn choose(&mut self, rows: usize, columns: usize, other: f64) {
        if self.are_apart(rows, columns) {
            self.chosen.clear();
            self.chosen.extend(0..self.candidates.len() as u32);
            return;
        }
        let found = self.sparse.assign(rows, columns, &self.candidates, other);
        keep(&mut self.chosen, &self.candidates, found);
        let costs = self.candidates.iter().map(|pair| pair.cost.abs());
        let margin = TIE * costs.fold(other.max(1.0), f64::max);
        if !self.sparse.is_unique(&self.candidates, margin) {
            self.fill(rows, columns, other);
            let found = self.complete.assign(&self.costs, columns);
            keep(&mut self.chosen, &self.candidates, found);
        }
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

    fn fill(&mut self, rows: usize, columns: usize, other: f64) {
        self.costs.clear();
        self.costs.resize(rows * columns, other);
        for pair in &self.candidates {
            self.costs[pair.row as usize * columns + pair.column as usize] = pair.cost;
        }
    }
}

/// Keeps the positions of the candidates that are pairs of the assignment.
fn keep(chosen: &mut Vec<u32>, candidates: &[CostPair], column_of: &[Option<usize>]) {
    let is_pair = |pair: &CostPair| column_of[pair.row as usize] == Some(pair.column as usize);
    let kept = candidates.iter().zip(0u32..).filter(|(pair, _)| is_pair(pair));
    chosen.clear();
    chosen.extend(kept.map(|(_, index)| index));
}

#[cfg(test)]
mod tests;
