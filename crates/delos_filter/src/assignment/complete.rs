//! Complete assignment of a dense matrix, ties broken as the reference tools do.

use super::refill;

const NONE: usize = usize::MAX;

/// Gives each row of a dense matrix a column of its own (or each column a row, where
/// columns are fewer), so that the sum of costs is smallest. Keeps its memory.
///
/// Shortest augmenting paths, rows added one by one (Crouse 2016), in the order of scipy's
/// `linear_sum_assignment` (`rectangular_lsap.cpp`, 1.4 and later): the sums are formed in
/// the same order and equal sums are decided in the same way, so that of equally good
/// assignments it finds the one that scipy finds. Evaluation tools rest on scipy, and their
/// counts can depend on such a choice. Time O(n² m) for n rows and m ≥ n columns.
///
/// ```
/// use delos_filter::CompleteAssigner;
///
/// let costs = [4.0, 1.0, 3.0, 2.0, 0.0, 5.0];
/// let mut assigner = CompleteAssigner::default();
/// assert_eq!(assigner.assign(&costs, 3), [Some(1), Some(0)]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CompleteAssigner {
    transposed: Vec<f64>,
    search: Search,
    found: Vec<Option<usize>>,
}

impl CompleteAssigner {
    /// For each row its column. `costs` is row by row, `columns` wide; a last row that is not
    /// whole is left out. A row that can only be had for a cost that is not finite gets none.
    pub fn assign(&mut self, costs: &[f64], columns: usize) -> &[Option<usize>] {
        let rows = costs.len().checked_div(columns).unwrap_or(0);
        self.found.clear();
        if rows <= columns {
            self.search.solve(costs, rows, columns);
            let columns = self.search.column_of.iter();
            self.found.extend(columns.map(|column| (*column != NONE).then_some(*column)));
        } else {
            self.transposed.clear();
            self.transposed
                .extend((0..columns).flat_map(|j| (0..rows).map(move |i| costs[i * columns + j])));
            self.search.solve(&self.transposed, columns, rows);
            let columns = self.search.row_of.iter();
            self.found.extend(columns.map(|column| (*column != NONE).then_some(*column)));
        }
        &self.found
    }
}

/// State of the search over a matrix that is at least as wide as it is high.
#[derive(Clone, Debug, Default)]
struct Search {
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    column_of: Vec<usize>,
    row_of: Vec<usize>,
    distance: Vec<f64>,
    previous: Vec<usize>,
    seen_rows: Vec<usize>,
    seen_columns: Vec<usize>,
    open: Vec<usize>,
}

impl Search {
    fn solve(&mut self, costs: &[f64], rows: usize, columns: usize) {
        refill(&mut self.row_price, rows, 0.0);
        refill(&mut self.column_price, columns, 0.0);
        refill(&mut self.column_of, rows, NONE);
        refill(&mut self.row_of, columns, NONE);
        refill(&mut self.previous, columns, NONE);
        for (row, _) in costs.chunks_exact(columns.max(1)).enumerate() {
            self.insert(costs, columns, row);
        }
    }

    /// Gives `row` a column along the cheapest alternating path.
    fn insert(&mut self, costs: &[f64], columns: usize, row: usize) {
        refill(&mut self.distance, columns, f64::INFINITY);
        self.seen_rows.clear();
        self.seen_columns.clear();
        self.open.clear();
        // From the last to the first, as scipy does: a constant matrix gives the identity.
        self.open.extend((0..columns).rev());
        let (mut current, mut length) = (row, 0.0);
        let end = loop {
            self.seen_rows.push(current);
            let line = &costs[current * columns..(current + 1) * columns];
            let Some(nearest) = self.relax(line, current, length) else { return };
            let column = self.open.swap_remove(nearest);
            length = self.distance[column];
            self.seen_columns.push(column);
            match self.row_of[column] {
                NONE => break column,
                next => current = next,
            }
        };
        self.reprice(row, length);
        self.flip(row, end);
    }

    /// Offers `row`, reached by a path of this length, to all open columns. Returns the
    /// position among them of the nearest; of equal ones the last that is free, else the first.
    fn relax(&mut self, line: &[f64], row: usize, length: f64) -> Option<usize> {
        let (mut nearest, mut shortest) = (None, f64::INFINITY);
        let row_price = self.row_price[row];
        for (position, column) in self.open.iter().copied().enumerate() {
            let through = length + line[column] - row_price - self.column_price[column];
            let distance = &mut self.distance[column];
            if through < *distance {
                *distance = through;
                self.previous[column] = row;
            }
            let is_free = nearest.is_some() && self.row_of[column] == NONE;
            if *distance < shortest || is_free && *distance <= shortest {
                (nearest, shortest) = (Some(position), *distance);
            }
        }
        nearest
    }

    /// Keeps all reduced costs non-negative and those of the pairs zero.
    fn reprice(&mut self, row: usize, length: f64) {
        self.row_price[row] += length;
        for seen in self.seen_rows.iter().copied().filter(|seen| *seen != row) {
            self.row_price[seen] += length - self.distance[self.column_of[seen]];
        }
        for column in self.seen_columns.iter().copied() {
            self.column_price[column] -= length - self.distance[column];
        }
    }

    /// Shifts the pairs along the path that ends in the free column `end`.
    fn flip(&mut self, row: usize, end: usize) {
        let mut column = end;
        loop {
            let holder = self.previous[column];
            self.row_of[column] = holder;
            std::mem::swap(&mut self.column_of[holder], &mut column);
            if holder == row {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
