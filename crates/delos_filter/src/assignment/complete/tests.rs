use super::*;
use proptest::prelude::*;

/// Width, costs and what scipy 1.17 answers (-1: no column): many equal sums.
const SCIPY: [(usize, &[u8], &[i8]); 14] = [
    (
        4,
        &[2, 2, 1, 2, 2, 0, 0, 0, 0, 2, 2, 0, 1, 2, 0, 2, 0, 1, 2, 0, 1, 0, 2, 0],
        &[-1, 1, 0, 2, 3, -1],
    ),
    (3, &[1, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 1, 0, 2, 0, 2, 1], &[2, -1, -1, -1, 1, 0]),
    (3, &[2, 2, 2, 1, 1, 1, 0, 1, 1, 0, 2, 0, 0, 0, 2, 2, 2, 0], &[-1, -1, 0, 2, 1, -1]),
    (3, &[1, 0, 1, 2, 1, 0, 1, 0, 2, 2, 0, 1, 2, 2, 2], &[0, 2, 1, -1, -1]),
    (1, &[2, 1, 0, 0], &[-1, -1, 0, -1]),
    (5, &[1, 1, 2, 2, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 2, 1, 1, 1], &[0, 2, 3, 4]),
    (3, &[1, 1, 1, 1, 1, 1, 2, 2, 0, 1, 1, 1, 0, 0, 1, 2, 0, 1], &[-1, -1, 2, -1, 0, 1]),
    (
        6,
        &[
            0, 0, 2, 0, 0, 1, 2, 0, 1, 1, 0, 2, 2, 1, 2, 1, 2, 2, 1, 0, 0, 1, 0, 2, 2, 0, 1, 0, 0,
            1, 2, 2, 1, 1, 1, 0,
        ],
        &[0, 1, 3, 2, 4, 5],
    ),
    (6, &[1, 0, 0, 2, 0, 2, 2, 1, 1, 2, 1, 1, 0, 1, 2, 0, 0, 2], &[1, 2, 0]),
    (5, &[0, 2, 0, 1, 2, 0, 1, 2, 1, 0, 1, 1, 2, 2, 1], &[0, 4, 1]),
    (
        4,
        &[1, 2, 2, 2, 2, 0, 1, 2, 0, 0, 1, 2, 2, 2, 1, 0, 2, 1, 2, 2, 2, 0, 2, 1],
        &[-1, 2, 0, 3, -1, 1],
    ),
    (5, &[2, 1, 0, 2, 0, 0, 0, 0, 2, 1, 0, 0, 1, 1, 0], &[2, 0, 1]),
    (
        6,
        &[
            1, 2, 1, 0, 0, 0, 2, 0, 1, 0, 2, 0, 1, 2, 1, 2, 2, 2, 2, 1, 1, 2, 1, 2, 2, 1, 1, 2, 2,
            0, 0, 0, 1, 0, 1, 1,
        ],
        &[4, 1, 0, 2, 5, 3],
    ),
    (
        5,
        &[0, 2, 2, 2, 2, 0, 2, 0, 1, 2, 2, 0, 0, 1, 1, 2, 0, 0, 0, 1, 0, 0, 2, 2, 2, 1, 0, 2, 1, 2],
        &[0, 2, 4, 3, 1, -1],
    ),
];

#[test]
fn equal_sums_are_decided_as_scipy_decides_them() {
    let mut assigner = CompleteAssigner::default();
    for (columns, costs, wanted) in SCIPY {
        let costs: Vec<f64> = costs.iter().copied().map(f64::from).collect();
        let wanted: Vec<_> = wanted.iter().map(|column| usize::try_from(*column).ok()).collect();
        assert_eq!(assigner.assign(&costs, columns), wanted, "{columns}: {costs:?}");
    }
}

#[test]
fn empty_and_impossible_matrices_have_no_pairs() {
    let mut assigner = CompleteAssigner::default();
    assert!(assigner.assign(&[], 0).is_empty());
    assert!(assigner.assign(&[], 3).is_empty());
    assert_eq!(assigner.assign(&[1.0, f64::INFINITY, f64::NAN, f64::INFINITY], 2), [Some(0), None]);
}

/// The smallest sum over all complete assignments.
fn brute_force(costs: &[f64], columns: usize) -> f64 {
    fn best(costs: &[f64], columns: usize, row: usize, taken: u32, idle: usize) -> f64 {
        let Some(line) = costs.get(row * columns..(row + 1) * columns) else { return 0.0 };
        let free = (0..columns).filter(|column| taken & (1 << column) == 0);
        let used = free.map(|column| {
            line[column] + best(costs, columns, row + 1, taken | (1 << column), idle)
        });
        let least = used.fold(f64::INFINITY, f64::min);
        if idle == 0 {
            return least;
        }
        least.min(best(costs, columns, row + 1, taken, idle - 1))
    }
    let rows = costs.len() / columns;
    best(costs, columns, 0, 0, rows.saturating_sub(columns))
}

prop_compose! {
    fn problems()(rows in 1..=6usize, columns in 1..=6usize)(
        costs in prop::collection::vec(
            prop_oneof![(0..5i32).prop_map(f64::from), -3.0..9.0f64],
            rows * columns,
        ),
        columns in Just(columns),
    ) -> (Vec<f64>, usize) {
        (costs, columns)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn complete_assignments_equal_brute_force((costs, columns) in problems()) {
        let mut assigner = CompleteAssigner::default();
        let found = assigner.assign(&costs, columns).to_vec();
        let mut used: Vec<_> = found.iter().flatten().collect();
        prop_assert_eq!(used.len(), columns.min(costs.len() / columns));
        used.sort();
        prop_assert!(used.windows(2).all(|pair| pair[0] != pair[1]));
        let pairs = found.iter().enumerate().filter_map(|(row, column)| Some((row, (*column)?)));
        let total: f64 = pairs.map(|(row, column)| costs[row * columns + column]).sum();
        prop_assert!((total - brute_force(&costs, columns)).abs() < 1e-9);
        prop_assert_eq!(assigner.assign(&costs, columns), found, "memory is not remembered");
    }
}
