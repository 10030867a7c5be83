use super::*;
use proptest::prelude::*;

/// Rows, columns, pairs, prices of "none" of rows and of columns.
#[derive(Clone, Debug)]
struct Problem {
    pairs: Vec<(usize, usize, f64)>,
    row_none: Vec<f64>,
    column_none: Vec<f64>,
}

impl Problem {
    fn load(&self, assigner: &mut Assigner) {
        assigner.begin(self.row_none.len(), self.column_none.len(), 0.0);
        for (row, column, cost) in &self.pairs {
            assigner.allow(*row, *column, *cost);
        }
        self.row_none.iter().enumerate().for_each(|(i, c)| assigner.set_row_none_cost(i, *c));
        let columns = self.column_none.iter().enumerate();
        columns.for_each(|(i, c)| assigner.set_column_none_cost(i, *c));
    }

    /// Sum of an assignment; fails for a pair that is not allowed or a column taken twice.
    fn total(&self, found: &[Option<usize>]) -> f64 {
        assert_eq!(found.len(), self.row_none.len());
        let mut free = vec![true; self.column_none.len()];
        let mut total = 0.0;
        for (row, column) in found.iter().enumerate() {
            total += column.map_or(self.row_none[row], |column| {
                assert!(std::mem::replace(&mut free[column], false), "column {column} twice");
                let own = self.pairs.iter().filter(|pair| (pair.0, pair.1) == (row, column));
                own.map(|pair| pair.2).reduce(f64::min).expect("an allowed pair")
            });
        }
        let open = self.column_none.iter().zip(&free).filter(|(_, free)| **free);
        total + open.map(|(cost, _)| cost).sum::<f64>()
    }

    /// The best sum over all assignments.
    fn best(&self) -> f64 {
        self.best_from(0, &mut vec![None; self.row_none.len()])
    }

    fn best_from(&self, row: usize, found: &mut Vec<Option<usize>>) -> f64 {
        if row == found.len() {
            return self.total(found);
        }
        let mut best = self.best_from(row + 1, found);
        for pair in self.pairs.iter().filter(|pair| pair.0 == row) {
            if !found[..row].contains(&Some(pair.1)) {
                found[row] = Some(pair.1);
                best = best.min(self.best_from(row + 1, found));
            }
        }
        found[row] = None;
        best
    }
}

#[test]
fn a_price_on_each_side_decides_who_stays_alone() {
    let problem = Problem {
        pairs: vec![(0, 0, 3.0), (1, 0, 2.0), (1, 1, 6.0)],
        row_none: vec![1.0, 4.0],
        column_none: vec![1.0, 2.5],
    };
    let mut assigner = Assigner::default();
    problem.load(&mut assigner);
    // Row 0 alone and row 1 with column 0: 1 + 2 + 2.5; both with a column would be 9.
    assert_eq!(assigner.optimal(), [None, Some(0)]);
    assert_eq!(assigner.greedy(), [None, Some(0)]);
    // A detection that must belong to someone.
    assigner.set_column_none_cost(1, f64::INFINITY);
    assigner.set_row_none_cost(0, 2.5);
    assert_eq!(assigner.optimal(), [Some(0), Some(1)]);
    // Taking the cheapest first leaves row 0 alone.
    assert_eq!(assigner.greedy(), [None, Some(0)]);
}

#[test]
fn pairs_that_make_no_sense_are_ignored() {
    let mut assigner = Assigner::default();
    assigner.begin(1, 1, 9.0);
    assigner.set_row_none_cost(7, 0.0);
    assigner.set_column_none_cost(7, 0.0);
    for (row, column, cost) in [(0, 0, f64::NAN), (1, 0, 1.0), (0, 1, 1.0), (0, 0, -f64::INFINITY)]
    {
        assigner.allow(row, column, cost);
    }
    assert_eq!(assigner.optimal(), [None]);
    assert_eq!(assigner.greedy(), [None]);
    assigner.allow(0, 0, 8.0);
    assert_eq!(assigner.optimal(), [Some(0)]);
    // Costs whose sums are no numbers end the search as well.
    assigner.begin(2, 1, f64::MAX);
    assigner.allow(0, 0, f64::MAX);
    assigner.allow(1, 0, -f64::MAX);
    assigner.set_column_none_cost(0, f64::MAX);
    assert_eq!(assigner.optimal().len(), 2);
}

prop_compose! {
    // Small integers bring many ties.
    fn price()(price in prop_oneof![(0..5i32).prop_map(f64::from), -1.0..9.0f64]) -> f64 { price }
}

prop_compose! {
    fn problems()(rows in 0..=6usize, columns in 0..=6usize)(
        cells in prop::collection::vec((price(), 0..3u8), rows * columns),
        row_none in prop::collection::vec(price(), rows),
        column_none in prop::collection::vec(price(), columns),
    ) -> Problem {
        let columns = column_none.len();
        let allowed = cells.iter().enumerate().filter(|(_, (_, gate))| *gate > 0);
        let pairs = allowed.map(|(i, (cost, _))| (i / columns, i % columns, *cost)).collect();
        Problem { pairs, row_none, column_none }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn priced_assignments_equal_brute_force(problem in problems(), turn in 0..36usize) {
        let mut assigner = Assigner::default();
        problem.load(&mut assigner);
        let found = assigner.optimal().to_vec();
        let best = problem.best();
        prop_assert!((problem.total(&found) - best).abs() < 1e-9);
        prop_assert!(problem.total(assigner.greedy()) >= best - 1e-9);
        prop_assert_eq!(assigner.optimal(), &found, "memory is not remembered");
        let mut turned = problem.clone();
        turned.pairs.rotate_left(turn % problem.pairs.len().max(1));
        turned.pairs.extend(problem.pairs.iter().map(|pair| (pair.0, pair.1, pair.2 + 1.0)));
        turned.load(&mut assigner);
        prop_assert_eq!(assigner.optimal(), &found, "nor is the order");
    }

    #[test]
    fn greedy_takes_the_cheapest_first(problem in problems()) {
        let mut assigner = Assigner::default();
        problem.load(&mut assigner);
        let found = assigner.greedy().to_vec();
        problem.total(&found);
        // Every pair left out is too dear, or one of its two has a pair as cheap.
        for (row, column, cost) in &problem.pairs {
            let holder = found.iter().position(|held| *held == Some(*column));
            let ends = [found[*row].map(|held| (*row, held)), holder.map(|held| (held, *column))];
            let cost_of = |end: &(usize, usize)| {
                problem.pairs.iter().find(|pair| (pair.0, pair.1) == *end).expect("allowed").2
            };
            let is_taken = ends.iter().flatten().any(|end| cost_of(end) <= *cost);
            let none = problem.row_none[*row] + problem.column_none[*column];
            prop_assert!(is_taken || *cost > none);
        }
    }
}
