use super::*;
use proptest::prelude::*;

fn pair(row: u32, column: u32, cost: f64) -> CostPair {
    CostPair { row, column, cost }
}

/// All assignments with their sums, from `row` on.
fn all(rows: usize, pairs: &[CostPair], none_cost: f64) -> Vec<(f64, Vec<Option<usize>>)> {
    let mut found = vec![(0.0, Vec::new())];
    for row in 0..rows {
        found = found
            .into_iter()
            .flat_map(|(sum, columns): (f64, Vec<Option<usize>>)| {
                let own = pairs.iter().filter(|pair| pair.row as usize == row);
                let choices = own.map(|pair| (Some(pair.column as usize), pair.cost));
                let free = choices
                    .chain([(None, none_cost)])
                    .filter(|(column, _)| column.is_none() || !columns.contains(column));
                let longer = free.map(|(column, cost)| {
                    (sum + cost, columns.iter().copied().chain([column]).collect())
                });
                longer.collect::<Vec<_>>()
            })
            .collect();
    }
    found
}

#[test]
fn pairs_are_shifted_and_given_up_where_that_pays() {
    let mut assigner = SparseAssigner::default();
    let pairs = [pair(0, 0, 1.0), pair(1, 0, 2.0), pair(1, 1, 6.0), pair(2, 0, 0.5)];
    assert_eq!(assigner.assign(3, 2, &pairs, 5.0), [None, None, Some(0)]);
    assert_eq!(assigner.assign(3, 2, &pairs, 9.0), [None, Some(1), Some(0)]);
    assert!(assigner.is_unique(&pairs, 0.4));
    assert!(!assigner.is_unique(&pairs, 0.6), "rows 0 and 2 differ by 0.5");
    assert!(assigner.assign(0, 2, &[], 1.0).is_empty());
    assert!(assigner.is_unique(&[], 1.0));
}

prop_compose! {
    fn problems()(rows in 0..=5usize, columns in 0..=5usize)(
        rows in Just(rows), columns in Just(columns),
        // Small integers bring many ties; half of the pairs are forbidden.
        cells in prop::collection::vec(
            (prop_oneof![(0..5i32).prop_map(f64::from), -3.0..9.0f64], any::<bool>()),
            rows * columns,
        ),
        none_cost in prop_oneof![(0..5i32).prop_map(f64::from), 0.0..12.0f64],
    ) -> (usize, usize, Vec<CostPair>, f64) {
        let allowed = cells.iter().enumerate().filter(|(_, (_, is_allowed))| *is_allowed);
        let pairs = allowed.map(|(i, (cost, _))| {
            pair((i / columns) as u32, (i % columns) as u32, *cost)
        });
        (rows, columns, pairs.collect(), none_cost)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn sparse_assignments_equal_brute_force((rows, columns, pairs, none_cost) in problems()) {
        let mut assigner = SparseAssigner::default();
        let found = assigner.assign(rows, columns, &pairs, none_cost).to_vec();
        let mut sums = all(rows, &pairs, none_cost);
        let place = sums.iter().position(|(_, columns)| *columns == found);
        let (sum, _) = sums.swap_remove(place.expect("an assignment of allowed pairs"));
        let next = sums.iter().map(|(sum, _)| *sum).fold(f64::INFINITY, f64::min);
        prop_assert!(sum <= next + 1e-9);
        // The margin tells ties from what costs more; between, both answers are right.
        prop_assert!(!(assigner.is_unique(&pairs, 1e-6) && next < sum + 1e-7));
        let tight = 1e-9;
        prop_assert!(assigner.is_unique(&pairs, tight) || next < sum + 1e-7);
    }
}
