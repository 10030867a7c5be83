use super::*;
use proptest::prelude::*;

fn matrix(rows: &[&[f64]]) -> CostMatrix {
    let mut costs = CostMatrix::new(rows.len(), rows.first().map_or(0, |r| r.len()));
    for (i, row) in rows.iter().enumerate() {
        for (j, cost) in row.iter().enumerate() {
            costs.set(i, j, *cost);
        }
    }
    costs
}

fn total(costs: &CostMatrix, found: &[Option<usize>], none_cost: f64) -> f64 {
    let of = |(row, column): (usize, &Option<usize>)| {
        column.map_or(none_cost, |column| costs.get(row, column))
    };
    found.iter().enumerate().map(of).sum()
}

/// The best sum over all ways to pair rows from `row` on with the columns left.
fn brute_force(costs: &CostMatrix, none_cost: f64, row: usize, taken: &mut Vec<bool>) -> f64 {
    if row == costs.rows() {
        return 0.0;
    }
    let mut best = none_cost + brute_force(costs, none_cost, row + 1, taken);
    for column in 0..costs.columns() {
        if !taken[column] && costs.get(row, column).is_finite() {
            taken[column] = true;
            let rest = brute_force(costs, none_cost, row + 1, taken);
            best = best.min(costs.get(row, column) + rest);
            taken[column] = false;
        }
    }
    best
}

#[test]
fn greed_can_be_expensive() {
    let costs = matrix(&[&[1.0, 2.0], &[1.5, 9.0]]);
    assert_eq!(assign_greedy(&costs, 100.0), [Some(0), Some(1)]);
    assert_eq!(assign_optimal(&costs, 100.0), [Some(1), Some(0)]);
}

#[test]
fn gates_and_none_are_kept() {
    let inf = f64::INFINITY;
    let costs = matrix(&[&[1.0, inf], &[0.5, inf], &[f64::NAN, 7.0]]);
    assert_eq!(assign_optimal(&costs, 5.0), [None, Some(0), None]);
    assert_eq!(assign_greedy(&costs, 5.0), [None, Some(0), None]);
    // As many pairs as possible.
    assert_eq!(assign_optimal(&costs, f64::INFINITY), [None, Some(0), Some(1)]);
    assert_eq!(assign_optimal(&CostMatrix::new(2, 0), 1.0), [None, None]);
    assert!(assign_optimal(&CostMatrix::new(0, 3), 1.0).is_empty());
}

#[test]
fn ties_are_broken_the_same_way_always() {
    let costs = matrix(&[&[1.0, 1.0, 1.0], &[1.0, 1.0, 1.0]]);
    assert_eq!(assign_optimal(&costs, 9.0), [Some(0), Some(1)]);
    assert_eq!(assign_greedy(&costs, 9.0), [Some(0), Some(1)]);
}

#[test]
fn a_shifted_identity_of_300_is_found() {
    let mut costs = CostMatrix::new(300, 300);
    for row in 0..300usize {
        for column in 0..300usize {
            costs.set(row, column, (column as f64 - ((row + 7) % 300) as f64).abs());
        }
    }
    let found = assign_optimal(&costs, 1e6);
    assert!(found.iter().enumerate().all(|(row, column)| *column == Some((row + 7) % 300)));
}

prop_compose! {
    fn problems()(rows in 0..=6usize, columns in 0..=6usize)(
        rows in Just(rows), columns in Just(columns),
        // Small integers bring many ties; one in four pairs is forbidden.
        cells in prop::collection::vec((prop_oneof![(0..6i32).prop_map(f64::from), -3.0..9.0f64], 0..4u8), rows * columns),
        none_cost in 0.0..12.0f64,
    ) -> (CostMatrix, f64) {
        let mut costs = CostMatrix::new(rows, columns);
        for (i, (cost, gate)) in cells.into_iter().enumerate() {
            if gate > 0 {
                costs.set(i / columns, i % columns, cost);
            }
        }
        (costs, none_cost)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn optimal_equals_brute_force((costs, none_cost) in problems()) {
        let found = assign_optimal(&costs, none_cost);
        let mut columns: Vec<_> = found.iter().flatten().collect();
        columns.sort();
        prop_assert!(columns.windows(2).all(|w| w[0] != w[1]));
        let best = brute_force(&costs, none_cost, 0, &mut vec![false; costs.columns()]);
        prop_assert!((total(&costs, &found, none_cost) - best).abs() < 1e-9);
        prop_assert!(total(&costs, &assign_greedy(&costs, none_cost), none_cost) >= best - 1e-9);
    }
}
