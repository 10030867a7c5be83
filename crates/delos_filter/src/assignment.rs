//! Who belongs to whom: assignment with gates.

mod assigner;
mod complete;
mod sparse;

pub use assigner::Assigner;
pub use complete::CompleteAssigner;
pub use sparse::{CostPair, SparseAssigner};

/// Costs of pairing rows with columns; every pair is forbidden until it is set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostMatrix {
    rows: usize,
    columns: usize,
    costs: Vec<f64>,
}

impl CostMatrix {
    /// All pairs forbidden.
    pub fn new(rows: usize, columns: usize) -> Self {
        let mut costs = Self::default();
        costs.reset(rows, columns);
        costs
    }

    /// Forbids all pairs of a new size; memory is kept.
    pub fn reset(&mut self, rows: usize, columns: usize) {
        self.rows = rows;
        self.columns = columns;
        self.costs.clear();
        self.costs.resize(rows * columns, f64::INFINITY);
    }

    /// Allows a pair. A cost that is not finite forbids it; indices outside are ignored.
    pub fn set(&mut self, row: usize, column: usize, cost: f64) {
        if row < self.rows && column < self.columns {
            self.costs[row * self.columns + column] =
                if cost.is_finite() { cost } else { f64::INFINITY };
        }
    }

    /// Cost of a pair, infinite when it is forbidden.
    pub fn get(&self, row: usize, column: usize) -> f64 {
        if row < self.rows && column < self.columns {
            self.costs[row * self.columns + column]
        } else {
            f64::INFINITY
        }
    }

    /// Number of rows.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// The allowed pairs, row by row.
    fn pairs(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let lines = self.costs.chunks_exact(self.columns.max(1)).enumerate();
        let cells = lines.flat_map(|(row, line)| {
            line.iter().enumerate().map(move |(column, cost)| (row, column, *cost))
        });
        cells.filter(|(_, _, cost)| cost.is_finite())
    }
}

/// For each row its column, or `None` of them for `none_cost`, so that the sum of all
/// costs is smallest: [`Assigner::optimal`] with new memory.
pub fn assign_optimal(costs: &CostMatrix, none_cost: f64) -> Vec<Option<usize>> {
    let mut assigner = Assigner::default();
    assigner.begin_with(costs, none_cost);
    assigner.optimal().to_vec()
}

/// For each row its column by taking the cheapest pair again and again; pairs that cost
/// more than `none_cost` are not taken: [`Assigner::greedy`] with new memory.
pub fn assign_greedy(costs: &CostMatrix, none_cost: f64) -> Vec<Option<usize>> {
    let mut assigner = Assigner::default();
    assigner.begin_with(costs, none_cost);
    assigner.greedy().to_vec()
}

/// Makes all values the same; memory is kept.
fn refill<T: Copy>(values: &mut Vec<T>, length: usize, value: T) {
    values.clear();
    values.resize(length, value);
}

#[cfg(test)]
mod tests;
