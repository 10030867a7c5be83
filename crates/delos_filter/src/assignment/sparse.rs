//! Assignment where few pairs are allowed.

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
/// As [`assign_optimal`](crate::assign_optimal), but without a matrix: each search touches
/// only what the pairs reach, so that time follows their number. It can also say whether
/// another assignment is as good ([`SparseAssigner::is_unique`]), which matters to a caller
/// who wants ties decided in a certain way.
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
    none_cost: f64,
    /// Where the pairs of each row begin, and where the last end.
    starts: Vec<u32>,
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    column_of: Vec<u32>,
    row_of: Vec<u32>,
    reached: Vec<Reached>,
    /// For each column its position in `reached` while it is there.
    place: Vec<u32>,
    found: Vec<Option<usize>>,
    links: Vec<(u32, u32)>,
    exits: Vec<u32>,
}

/// A column that a search has reached.
#[derive(Clone, Copy, Debug)]
struct Reached {
    column: u32,
    /// The row from which.
    from: u32,
    distance: f64,
    is_done: bool,
}

/// Where a search ends.
enum End {
    Column(u32),
    /// This row gets none.
    None(u32),
}

impl SparseAssigner {
    /// For each row its column; a row without one costs `none_cost`. `pairs` are in ascending
    /// order of rows, each at most once, and below `rows` and `columns`.
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
        assert!(pairs.is_sorted_by_key(|pair| pair.row), "pairs come in the order of their rows");
        self.begin(rows, columns, pairs, none_cost);
        for row in 0..rows as u32 {
            self.insert(row, pairs);
        }
        self.found.clear();
        let columns = self.column_of.iter();
        self.found.extend(columns.map(|column| (*column != NONE).then_some(*column as usize)));
        &self.found
    }

    /// Whether every other assignment of the same pairs costs more, by at least `margin`. Where
    /// it does not say so another may still cost up to a few margins more.
    ///
    /// Asked after [`SparseAssigner::assign`] with the same pairs. By complementary slackness
    /// another assignment of the same sum uses only pairs whose reduced cost is 0: it shifts
    /// rows around a cycle of such pairs, or along a path from a column that may be left free
    /// to one that is.
    pub fn is_unique(&mut self, pairs: &[CostPair], margin: f64) -> bool {
        self.find_links(pairs, margin);
        let ends = self.column_of.len() as u32;
        loop {
            // A row that can go nowhere is part of no cycle.
            let before = self.links.len();
            let can_begin = |row: u32| match self.column_of[row as usize] {
                NONE => true,
                column => self.column_price[column as usize] >= -margin,
            };
            let exits = &self.exits;
            let ends_meet = (0..ends).any(|row| exits[row as usize] > 0 && can_begin(row));
            self.links
                .retain(|(_, to)| if *to == ends { ends_meet } else { exits[*to as usize] > 0 });
            if self.links.is_empty() || self.links.len() == before {
                return self.links.is_empty();
            }
            self.count_exits();
        }
    }

    fn begin(&mut self, rows: usize, columns: usize, pairs: &[CostPair], none_cost: f64) {
        self.none_cost = none_cost;
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
        let (mut current, mut length) = (row, 0.0);
        let (mut none_row, mut none_length) = (row, f64::INFINITY);
        let end = loop {
            let without = length + self.none_cost - self.row_price[current as usize];
            if without < none_length {
                (none_row, none_length) = (current, without);
            }
            self.relax(current, length, pairs);
            let Some(nearest) = self.nearest(none_length) else {
                length = none_length;
                break End::None(none_row);
            };
            let reached = &mut self.reached[nearest];
            length = reached.distance;
            match self.row_of[reached.column as usize] {
                NONE => break End::Column(reached.column),
                next => current = next,
            }
            reached.is_done = true;
        };
        self.reprice(row, length);
        self.flip(row, &end);
        for reached in self.reached.drain(..) {
            self.place[reached.column as usize] = NONE;
        }
    }

    /// Offers `row`, reached by a path of this length, to its columns.
    fn relax(&mut self, row: u32, length: f64, pairs: &[CostPair]) {
        let range = self.starts[row as usize] as usize..self.starts[row as usize + 1] as usize;
        for pair in &pairs[range] {
            let column = pair.column as usize;
            let price = self.row_price[row as usize] + self.column_price[column];
            let distance = length + pair.cost - price;
            let new = Reached { column: pair.column, from: row, distance, is_done: false };
            match self.place[column] {
                NONE => {
                    self.place[column] = self.reached.len() as u32;
                    self.reached.push(new);
                }
                place => {
                    let old = &mut self.reached[place as usize];
                    if !old.is_done && distance < old.distance {
                        *old = new;
                    }
                }
            }
        }
    }

    /// The open column with the shortest path, if that is shorter than `limit`.
    fn nearest(&self, limit: f64) -> Option<usize> {
        let (mut nearest, mut shortest) = (None, limit);
        for (place, reached) in self.reached.iter().enumerate() {
            if !reached.is_done && reached.distance < shortest {
                (nearest, shortest) = (Some(place), reached.distance);
            }
        }
        nearest
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
    fn flip(&mut self, row: u32, end: &End) {
        let mut column = match *end {
            End::Column(column) => column,
            End::None(none_row) => std::mem::replace(&mut self.column_of[none_row as usize], NONE),
        };
        // A row that gets none and had none is the new one itself.
        while column != NONE {
            let from = self.reached[self.place[column as usize] as usize].from;
            self.row_of[column as usize] = from;
            let before = std::mem::replace(&mut self.column_of[from as usize], column);
            column = if from == row { NONE } else { before };
        }
    }

    /// Lists which row could push which other out of its column at no cost. The number of
    /// rows stands for a free column, or none.
    fn find_links(&mut self, pairs: &[CostPair], margin: f64) {
        let ends = self.column_of.len() as u32;
        self.links.clear();
        for (row, column) in (0..ends).zip(&self.column_of) {
            let without = self.none_cost - self.row_price[row as usize];
            if *column != NONE && without < margin {
                self.links.push((row, ends));
            }
        }
        for pair in pairs.iter().filter(|pair| self.column_of[pair.row as usize] != pair.column) {
            let column = pair.column as usize;
            let price = self.row_price[pair.row as usize] + self.column_price[column];
            if pair.cost - price < margin {
                let owner = self.row_of[column];
                self.links.push((pair.row, if owner == NONE { ends } else { owner }));
            }
        }
        self.count_exits();
    }

    fn count_exits(&mut self) {
        refill(&mut self.exits, self.column_of.len(), 0);
        for (from, _) in &self.links {
            self.exits[*from as usize] += 1;
        }
    }
}

fn refill<T: Copy>(values: &mut Vec<T>, length: usize, value: T) {
    values.clear();
    values.resize(length, value);
}

#[cfg(test)]
mod tests;
