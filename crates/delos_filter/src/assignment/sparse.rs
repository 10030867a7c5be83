//! Assignment where few pairs are allowed.

mod unique;

use super::refill;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

const NONE: u32 = u32::MAX;

/// A pair that is allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostPair {
    /// Its row.
    pub row: u32,
    /// Its column.
    pub column: u32,
    /// What it costs; finite.
    pub cost: f64,
}

/// Gives each row one of its columns, or none of them, so that the sum of costs is smallest.
/// Keeps its memory.
///
/// Shortest augmenting paths with dual prices (Jonker and Volgenant 1987; rows are added one
/// by one as in Crouse 2016). Each row has an end of its own that means "none", so that gates
/// need no large number. There is no matrix: a search touches only what the pairs reach, and of
/// that only what is nearer than the nearest end seen so far, so that time follows the number of
/// pairs. Of equally good assignments the same one is always found: rows come in order, of
/// equally near columns the one with the smaller index is taken, and "none" last.
///
/// It can also say whether another assignment is as good ([`SparseAssigner::is_unique`]), which
/// matters to a caller who wants ties decided in a certain way. [`Assigner`](crate::Assigner)
/// is the friendlier door: it takes pairs in any order and a price of "none" for each row and
/// column.
///
/// ```
/// use delos_filter::{CostPair, SparseAssigner};
///
/// let pair = |row, column, cost| CostPair { row, column, cost };
/// let pairs = [pair(0, 0, -4.0), pair(0, 1, -3.0), pair(1, 0, -3.0)];
/// let mut assigner = SparseAssigner::default();
/// assert_eq!(assigner.assign(2, 2, &pairs, 0.0), [Some(1), Some(0)]);
/// assert!(assigner.is_unique(&pairs, 1e-9));
/// ```
#[derive(Clone, Debug, Default)]
pub struct SparseAssigner {
    /// What each row costs without a column.
    none_costs: Vec<f64>,
    /// Where the pairs of each row begin, and where the last end.
    starts: Vec<u32>,
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    column_of: Vec<u32>,
    row_of: Vec<u32>,
    /// Taken columns that the search has reached.
    reached: Vec<Reached>,
    /// The ways to columns that were found, the nearest first; longer ones to the same column stay.
    open: BinaryHeap<Open>,
    /// For each column its position in `reached` while it is there.
    place: Vec<u32>,
    found: Vec<Option<usize>>,
    links: Vec<(u32, u32)>,
    exits: Vec<u32>,
}

/// A column that a search has reached.
#[derive(Clone, Copy, Debug)]
struct Reached {
    /// From the number of columns on: the "none" of each row.
    column: u32,
    /// The row from which.
    from: u32,
    distance: f64,
    is_done: bool,
}

impl Reached {
    /// Nearer, or as near with a smaller index.
    fn is_before(&self, other: &Self) -> bool {
        self.distance < other.distance
            || self.distance <= other.distance && self.column < other.column
    }
}

/// A way to a column that waits; of two the nearer is the greater.
#[derive(Clone, Copy, Debug)]
struct Open {
    column: u32,
    distance: f64,
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        other.distance.total_cmp(&self.distance).then(other.column.cmp(&self.column))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Open {}

impl SparseAssigner {
    /// For each row its column; a row without one costs `none_cost`. `pairs` are in ascending
    /// order of rows, and below `rows` and `columns`.
    ///
    /// # Panics
    /// When a pair lies outside or the order is broken.
    pub fn assign(
        &mut self,
        rows: usize,
        columns: usize,
        pairs: &[CostPair],
        none_cost: f64,
    ) -> &[Option<usize>] {
        refill(&mut self.none_costs, rows, none_cost);
        self.solve(columns, pairs)
    }

    /// The same with a price of "none" for each row.
    pub(super) fn assign_priced(
        &mut self,
        columns: usize,
        pairs: &[CostPair],
        none_costs: &[f64],
    ) -> &[Option<usize>] {
        self.none_costs.clear();
        self.none_costs.extend_from_slice(none_costs);
        self.solve(columns, pairs)
    }

    fn solve(&mut self, columns: usize, pairs: &[CostPair]) -> &[Option<usize>] {
        assert!(pairs.is_sorted_by_key(|pair| pair.row), "pairs come in the order of their rows");
        let rows = self.none_costs.len();
        self.begin(rows, columns, pairs);
        for row in 0..rows as u32 {
            self.insert(row, pairs);
        }
        self.found.clear();
        let columns = self.column_of.iter();
        self.found.extend(columns.map(|column| (*column != NONE).then_some(*column as usize)));
        &self.found
    }

    fn begin(&mut self, rows: usize, columns: usize, pairs: &[CostPair]) {
        refill(&mut self.starts, rows + 1, 0);
        for pair in pairs {
            self.starts[pair.row as usize + 1] += 1;
        }
        for row in 0..rows {
            self.starts[row + 1] += self.starts[row];
        }
        refill(&mut self.row_price, rows, 0.0);
        refill(&mut self.column_price, columns, 0.0);
        refill(&mut self.column_of, rows, NONE);
        refill(&mut self.row_of, columns, NONE);
        refill(&mut self.place, columns, NONE);
    }

    /// Gives `row` a column, or one row of its search none, along the cheapest path.
    fn insert(&mut self, row: u32, pairs: &[CostPair]) {
        if let Some(end) = self.search(row, pairs) {
            self.reprice(row, end.distance);
            self.flip(row, &end);
        }
        self.open.clear();
        for reached in self.reached.drain(..) {
            self.place[reached.column as usize] = NONE;
        }
    }

    /// The nearest end: a free column, or the "none" of a row. There is one unless costs are
    /// so large that their sums are no numbers.
    fn search(&mut self, row: u32, pairs: &[CostPair]) -> Option<Reached> {
        let distance = f64::INFINITY;
        let mut end = Reached { column: NONE, from: row, distance, is_done: false };
        let (mut current, mut length) = (row, 0.0);
        loop {
            self.relax(current, length, pairs, &mut end);
            let Some(nearest) = self.nearest(&end) else { break };
            let reached = &mut self.reached[nearest];
            reached.is_done = true;
            length = reached.distance;
            current = self.row_of[reached.column as usize];
        }
        (end.column != NONE).then_some(end)
    }

    /// Offers `row`, reached by a path of this length, to its columns and to its "none".
    fn relax(&mut self, row: u32, length: f64, pairs: &[CostPair], end: &mut Reached) {
        let price = self.row_price[row as usize];
        let range = self.starts[row as usize] as usize..self.starts[row as usize + 1] as usize;
        for pair in &pairs[range] {
            let distance = length + pair.cost - price - self.column_price[pair.column as usize];
            let new = Reached { column: pair.column, from: row, distance, is_done: false };
            if !new.is_before(end) {
                continue;
            }
            if self.row_of[pair.column as usize] == NONE {
                *end = new;
            } else {
                self.offer(new);
            }
        }
        let distance = length + self.none_costs[row as usize] - price;
        let column = self.row_of.len() as u32 + row;
        let none = Reached { column, from: row, distance, is_done: false };
        if none.is_before(end) {
            *end = none;
        }
    }

    /// Notes a way to a taken column if it is the first or a shorter one.
    fn offer(&mut self, new: Reached) {
        match self.place[new.column as usize] {
            NONE => {
                self.place[new.column as usize] = self.reached.len() as u32;
                self.reached.push(new);
            }
            place => {
                let old = &mut self.reached[place as usize];
                if old.is_done || new.distance >= old.distance {
                    return;
                }
                *old = new;
            }
        }
        // Adding 0 leaves but one zero, so that those of either sign are a tie.
        self.open.push(Open { column: new.column, distance: new.distance + 0.0 });
    }

    /// Position of the first open column before the end.
    fn nearest(&mut self, end: &Reached) -> Option<usize> {
        while let Some(open) = self.open.pop() {
            let place = self.place[open.column as usize] as usize;
            let reached = &self.reached[place];
            if !reached.is_done {
                return reached.is_before(end).then_some(place);
            }
        }
        None
    }

    /// Keeps all reduced costs non-negative and those of the pairs zero.
    fn reprice(&mut self, row: u32, length: f64) {
        self.row_price[row as usize] += length;
        for reached in self.reached.iter().filter(|reached| reached.is_done) {
            let gap = length - reached.distance;
            self.row_price[self.row_of[reached.column as usize] as usize] += gap;
            self.column_price[reached.column as usize] -= gap;
        }
    }

    /// Shifts the pairs along the path from `row` to its end.
    fn flip(&mut self, row: u32, end: &Reached) {
        let is_none = end.column as usize >= self.row_of.len();
        let (mut holder, mut column) = (end.from, if is_none { NONE } else { end.column });
        loop {
            if column != NONE {
                self.row_of[column as usize] = holder;
            }
            column = std::mem::replace(&mut self.column_of[holder as usize], column);
            if holder == row {
                return;
            }
            holder = self.reached[self.place[column as usize] as usize].from;
        }
    }
}

#[cfg(test)]
mod tests;
