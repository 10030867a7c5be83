//! Assignment that keeps its memory.

use super::{CostMatrix, CostPair, SparseAssigner, refill};

/// Gives each row one of its columns or none, and each column at most one row, from pairs in
/// any order. "None" has a price for each row and each column: what it costs that a track
/// stays without a detection, and that a detection stays without a track. Keeps its memory:
/// once it has grown nothing is allocated.
///
/// ```
/// use delos_filter::Assigner;
///
/// let mut assigner = Assigner::default();
/// // Two rows and two columns; a row without a column costs 5, a column without a row nothing.
/// assigner.begin(2, 2, 5.0);
/// for (row, column, cost) in [(0, 0, 1.0), (0, 1, 2.0), (1, 0, 1.5)] {
///     assigner.allow(row, column, cost);
/// }
/// assert_eq!(assigner.optimal(), [Some(1), Some(0)]);
/// // The second row can well do without.
/// assigner.set_row_none_cost(1, 0.2);
/// assert_eq!(assigner.optimal(), [Some(0), None]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Assigner {
    pairs: Vec<CostPair>,
    row_none: Vec<f64>,
    column_none: Vec<f64>,
    /// The pairs as the search wants them, and the prices of "none".
    ordered: Vec<CostPair>,
    prices: Vec<f64>,
    search: SparseAssigner,
    taken: Vec<bool>,
    found: Vec<Option<usize>>,
}

impl Assigner {
    /// Forgets all pairs. A row without a column costs `none_cost`, a column without a row
    /// nothing, until it is said otherwise.
    ///
    /// A price of "none" that is not finite counts as larger than all other costs together:
    /// as many pairs as possible are made.
    pub fn begin(&mut self, rows: usize, columns: usize, none_cost: f64) {
        self.pairs.clear();
        refill(&mut self.row_none, rows, none_cost);
        refill(&mut self.column_none, columns, 0.0);
    }

    /// As [`Assigner::begin`], and takes over the pairs of a matrix.
    pub fn begin_with(&mut self, costs: &CostMatrix, none_cost: f64) {
        self.begin(costs.rows(), costs.columns(), none_cost);
        let pairs = costs.pairs();
        self.pairs.extend(pairs.map(|(row, column, cost)| CostPair {
            row: row as u32,
            column: column as u32,
            cost,
        }));
    }

    /// Allows a pair. One whose cost is not finite, or whose indices lie outside, is ignored;
    /// of one that is given twice the lower cost counts.
    pub fn allow(&mut self, row: usize, column: usize, cost: f64) {
        if row < self.row_none.len() && column < self.column_none.len() && cost.is_finite() {
            self.pairs.push(CostPair { row: row as u32, column: column as u32, cost });
        }
    }

    /// What it costs that this row gets no column.
    pub fn set_row_none_cost(&mut self, row: usize, cost: f64) {
        if let Some(price) = self.row_none.get_mut(row) {
            *price = cost;
        }
    }

    /// What it costs that this column gets no row.
    pub fn set_column_none_cost(&mut self, column: usize, cost: f64) {
        if let Some(price) = self.column_none.get_mut(column) {
            *price = cost;
        }
    }

    /// For each row its column, so that the sum of the costs of all pairs and of all rows and
    /// columns without one is smallest.
    ///
    /// By shortest augmenting paths ([`SparseAssigner`]); the price of a column's "none" is
    /// what each of its pairs saves. Of equally good solutions the same one is always found,
    /// whatever the order of the pairs: rows come in order, the smaller column index wins a
    /// tie, and a pair wins over "none".
    pub fn optimal(&mut self) -> &[Option<usize>] {
        let most = self.more_than_all();
        let price = |cost: f64| if cost.is_finite() { cost } else { most };
        self.prices.clear();
        self.prices.extend(self.row_none.iter().map(|cost| price(*cost)));
        self.ordered.clear();
        self.ordered.extend(self.pairs.iter().map(|pair| {
            let saved = price(self.column_none[pair.column as usize]);
            CostPair { cost: pair.cost - saved, ..*pair }
        }));
        if !self.ordered.is_sorted_by_key(|pair| pair.row) {
            self.ordered.sort_unstable_by_key(|pair| (pair.row, pair.column));
        }
        self.search.assign_priced(self.column_none.len(), &self.ordered, &self.prices)
    }

    /// For each row its column by taking the cheapest pair again and again, of equal ones
    /// that with the smaller row, then column. Pairs that cost more than the "none" of their
    /// row and column together are not taken.
    pub fn greedy(&mut self) -> &[Option<usize>] {
        self.ordered.clear();
        let is_worth = |pair: &&CostPair| {
            let none = self.row_none[pair.row as usize] + self.column_none[pair.column as usize];
            !none.is_finite() || pair.cost <= none
        };
        self.ordered.extend(self.pairs.iter().filter(is_worth));
        self.ordered.sort_unstable_by(|a, b| {
            a.cost.total_cmp(&b.cost).then((a.row, a.column).cmp(&(b.row, b.column)))
        });
        refill(&mut self.found, self.row_none.len(), None);
        refill(&mut self.taken, self.column_none.len(), false);
        for pair in &self.ordered {
            let (row, column) = (pair.row as usize, pair.column as usize);
            if self.found[row].is_none() && !self.taken[column] {
                self.found[row] = Some(column);
                self.taken[column] = true;
            }
        }
        &self.found
    }

    /// More than any rearrangement of the allowed pairs can save.
    fn more_than_all(&self) -> f64 {
        let nones = self.row_none.iter().chain(&self.column_none);
        if nones.clone().all(|cost| cost.is_finite()) {
            return 0.0;
        }
        let nones = nones.filter(|cost| cost.is_finite()).map(|cost| cost.abs());
        let pairs = self.pairs.iter().map(|pair| pair.cost.abs());
        1.0 + 2.0 * pairs.chain(nones).sum::<f64>()
    }
}

#[cfg(test)]
mod tests;
