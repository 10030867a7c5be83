//! Who belongs to whom: assignment with gates.

mod complete;
mod sparse;

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
}

/// For each row its column, or `None` of them for `none_cost`, so that the sum of all
/// costs is smallest.
///
/// Shortest augmenting paths with dual potentials (Jonker and Volgenant 1987; rows are
/// added one by one as in Crouse 2016). Every row has a column of its own that stands
/// for "none", so that each search ends and forbidden pairs need no large number.
/// Time O(n² m), far less when the gates are narrow. Of equally good solutions the same
/// one is always found: rows come in order, and the smaller column index wins a tie. A
/// `none_cost` that is not finite counts as larger than all others together: as many
/// pairs as possible are made.
pub fn assign_optimal(costs: &CostMatrix, none_cost: f64) -> Vec<Option<usize>> {
    let none_cost = if none_cost.is_finite() { none_cost } else { largest_needed(costs) };
    let mut search = Search::new(costs, none_cost);
    for row in 0..costs.rows {
        search.insert(row);
    }
    search.columns_of_rows()
}

/// For each row its column by taking the cheapest pair again and again, of equal ones
/// that with the smaller row, then column; pairs that cost more than `none_cost` are
/// not taken.
pub fn assign_greedy(costs: &CostMatrix, none_cost: f64) -> Vec<Option<usize>> {
    let mut pairs: Vec<(usize, usize)> = (0..costs.rows)
        .flat_map(|row| (0..costs.columns).map(move |column| (row, column)))
        .filter(|(row, column)| costs.get(*row, *column).is_finite())
        .filter(|(row, column)| none_cost.is_nan() || costs.get(*row, *column) <= none_cost)
        .collect();
    pairs.sort_by(|a, b| costs.get(a.0, a.1).total_cmp(&costs.get(b.0, b.1)).then(a.cmp(b)));
    let mut found = vec![None; costs.rows];
    let mut taken = vec![false; costs.columns];
    for (row, column) in pairs {
        if found[row].is_none() && !taken[column] {
            found[row] = Some(column);
            taken[column] = true;
        }
    }
    found
}

/// More than any rearrangement of the allowed pairs can save.
fn largest_needed(costs: &CostMatrix) -> f64 {
    1.0 + 2.0 * costs.costs.iter().filter(|c| c.is_finite()).map(|c| c.abs()).sum::<f64>()
}

const FREE: usize = usize::MAX;

/// State of the search; columns from `costs.columns` on are the "none" of each row.
struct Search<'a> {
    costs: &'a CostMatrix,
    none_cost: f64,
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    row_of: Vec<usize>,
    distance: Vec<f64>,
    previous: Vec<usize>,
    done: Vec<bool>,
}

impl<'a> Search<'a> {
    fn new(costs: &'a CostMatrix, none_cost: f64) -> Self {
        let columns = costs.columns + costs.rows;
        Self {
            costs,
            none_cost,
            row_price: vec![0.0; costs.rows],
            column_price: vec![0.0; columns],
            row_of: vec![FREE; columns],
            distance: vec![f64::INFINITY; columns],
            previous: vec![FREE; columns],
            done: vec![false; columns],
        }
    }

    /// Gives `row` a column along the cheapest alternating path.
    fn insert(&mut self, row: usize) {
        self.distance.fill(f64::INFINITY);
        self.previous.fill(FREE);
        self.done.fill(false);
        let (mut last, mut current, mut length) = (FREE, row, 0.0);
        let end = loop {
            self.relax(current, last, length);
            let Some(next) = self.nearest() else { return };
            length = self.distance[next];
            if self.row_of[next] == FREE {
                break next;
            }
            self.done[next] = true;
            (last, current) = (next, self.row_of[next]);
        };
        self.reprice(row, length);
        self.flip(row, end);
    }

    /// Offers `row`, reached over column `last` with a path of this length, to all columns.
    fn relax(&mut self, row: usize, last: usize, length: f64) {
        let first = row * self.costs.columns;
        let line = &self.costs.costs[first..first + self.costs.columns];
        let none = self.costs.columns + row;
        for (column, cost) in line.iter().copied().enumerate().chain([(none, self.none_cost)]) {
            let through = length + cost - self.row_price[row] - self.column_price[column];
            if !self.done[column] && through < self.distance[column] {
                self.distance[column] = through;
                self.previous[column] = last;
            }
        }
    }

    /// The open column with the shortest path; of equal ones the first.
    fn nearest(&self) -> Option<usize> {
        let mut best = None;
        let mut shortest = f64::INFINITY;
        for (column, distance) in self.distance.iter().enumerate() {
            if !self.done[column] && *distance < shortest {
                (best, shortest) = (Some(column), *distance);
            }
        }
        best
    }

    /// Keeps all reduced costs non-negative and those of the pairs zero.
    fn reprice(&mut self, row: usize, length: f64) {
        self.row_price[row] += length;
        for column in 0..self.done.len() {
            if self.done[column] {
                let gap = length - self.distance[column];
                self.row_price[self.row_of[column]] += gap;
                self.column_price[column] -= gap;
            }
        }
    }

    /// Shifts the pairs along the path that ends in the free column `end`.
    fn flip(&mut self, row: usize, end: usize) {
        let mut column = end;
        while self.previous[column] != FREE {
            let before = self.previous[column];
            self.row_of[column] = self.row_of[before];
            column = before;
        }
        self.row_of[column] = row;
    }

    fn columns_of_rows(&self) -> Vec<Option<usize>> {
        let mut found = vec![None; self.costs.rows];
        for (column, row) in self.row_of.iter().take(self.costs.columns).enumerate() {
            if *row != FREE {
                found[*row] = Some(column);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
