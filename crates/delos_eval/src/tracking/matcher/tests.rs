use super::*;
use proptest::prelude::*;

fn worth(candidates: &[(u32, u32, f64)]) -> Matcher {
    let mut matcher = Matcher::default();
    for (row, column, worth) in candidates {
        matcher.add_worth(*row, *column, *worth);
    }
    matcher
}

fn costs(candidates: &[(u32, u32, f64)]) -> Matcher {
    let mut matcher = Matcher::default();
    for (row, column, cost) in candidates {
        matcher.add_cost(*row, *column, *cost);
    }
    matcher
}

#[test]
fn worth_and_number_of_pairs_are_different_aims() {
    // One strong pair, or two weak ones around it.
    let pairs = [(0, 0, 0.3), (0, 1, 0.9), (1, 1, 0.4)];
    assert_eq!(worth(&pairs).most_valuable(2, 2), [1]);
    assert_eq!(worth(&pairs).any_most_valuable(2, 2), [1]);
    assert_eq!(costs(&pairs).most_then_cheapest(2, 2), [0, 2]);
}

#[test]
fn pairs_apart_are_all_taken_unless_they_are_worth_nothing() {
    let pairs = [(0, 2, 0.3), (1, 0, 0.0), (4, 1, 0.5)];
    let mut matcher = worth(&pairs);
    assert_eq!(matcher.most_valuable(5, 3), [0, 2]);
    assert_eq!(costs(&pairs).most_then_cheapest(5, 3), [0, 1, 2]);
    matcher.begin();
    assert!(matcher.most_valuable(5, 3).is_empty());
    assert!(matcher.most_valuable(0, 0).is_empty());
}

#[test]
fn ties_are_decided_by_the_matrix_and_nothing_else_needs_it() {
    let mut matcher = worth(&[(0, 0, 0.5), (0, 1, 0.5), (1, 0, 0.5), (1, 1, 0.5)]);
    assert_eq!(matcher.most_valuable(2, 2), [0, 3]);
    assert_eq!(matcher.costs.len(), 4);
    let mut matcher = worth(&[(0, 0, 0.5), (0, 1, 0.6), (1, 0, 0.5), (1, 1, 0.5)]);
    assert_eq!(matcher.most_valuable(2, 2), [1, 2]);
    assert!(matcher.costs.is_empty());
}

/// All ways to pair: the largest worth, and the cheapest of the largest sets.
fn brute_force(candidates: &[(u32, u32, f64)]) -> (f64, (usize, f64)) {
    let (mut worth, mut most) = (0.0f64, (0, 0.0));
    for chosen in 0..1u32 << candidates.len() {
        let pairs: Vec<_> =
            (0..candidates.len()).filter(|i| chosen >> i & 1 == 1).map(|i| candidates[i]).collect();
        let is_allowed = pairs
            .iter()
            .enumerate()
            .all(|(i, a)| pairs[..i].iter().all(|b| a.0 != b.0 && a.1 != b.1));
        let sum: f64 = pairs.iter().map(|pair| pair.2).sum();
        if is_allowed {
            worth = worth.max(sum);
            if pairs.len() > most.0 || pairs.len() == most.0 && sum < most.1 {
                most = (pairs.len(), sum);
            }
        }
    }
    (worth, most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn matching_equals_brute_force(
        cells in prop::collection::btree_map((0..5u32, 0..5u32), 0.01..1.0f64, 0..10),
    ) {
        let candidates: Vec<_> = cells.into_iter().map(|((i, j), score)| (i, j, score)).collect();
        let sum = |chosen: &[u32]| chosen.iter().map(|i| candidates[*i as usize].2).sum::<f64>();
        let (most_worth, most) = brute_force(&candidates);
        let mut matcher = worth(&candidates);
        prop_assert!((sum(matcher.most_valuable(5, 5)) - most_worth).abs() < 1e-9);
        prop_assert!((sum(matcher.any_most_valuable(5, 5)) - most_worth).abs() < 1e-9);
        let mut matcher = costs(&candidates);
        let chosen = matcher.most_then_cheapest(5, 5);
        prop_assert_eq!(chosen.len(), most.0);
        prop_assert!((sum(chosen) - most.1).abs() < 1e-9);
    }
}
