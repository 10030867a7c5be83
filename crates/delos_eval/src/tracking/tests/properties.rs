//! What holds for all rows.

use super::{events, row, scores};
use crate::tracking::{Clear, Evaluator, Events, Hota, KittiSequence, Scores};
use delos_core::{BenchmarkRow, ObjectClass};
use proptest::prelude::*;

prop_compose! {
    /// Rows with each identity at most once a frame; boxes are so random that no two sums are
    /// equal.
    fn cars(most_ids: i64)(
        cells in prop::collection::btree_map(
            (0..8u32, 0..most_ids),
            (0.0..300.0f64, 0.0..100.0f64, 30.0..90.0f64),
            1..40,
        ),
    ) -> Vec<BenchmarkRow> {
        let shape = |(x, y, side): (f64, f64, f64)| [x, y, x + side, y + side];
        let rows = cells.into_iter();
        rows.map(|((frame, id), place)| row(frame, id, ObjectClass::Car, shape(place))).collect()
    }
}

fn renamed(rows: &[BenchmarkRow], name: impl Fn(i64) -> i64) -> Vec<BenchmarkRow> {
    rows.iter().map(|row| BenchmarkRow { id: name(row.id), ..*row }).collect()
}

/// Equal counts, and equal scores but for the order in which sums are formed.
fn assert_same(a: &Scores, b: &Scores) {
    assert_eq!((a.count, a.identity), (b.count, b.identity));
    assert_eq!(a.hota.true_positives, b.hota.true_positives);
    let counts = |clear: &Clear| {
        let Clear { true_positives, id_switches, mostly_tracked, fragmentations, .. } = *clear;
        (true_positives, id_switches, mostly_tracked, fragmentations)
    };
    assert_eq!(counts(&a.clear), counts(&b.clear));
    let curves = |hota: &Hota| [hota.hota, hota.ass_a, hota.ass_re, hota.ass_pr, hota.loc_a];
    let pairs = curves(&a.hota).into_iter().flatten().zip(curves(&b.hota).into_iter().flatten());
    for (a, b) in pairs.chain([(a.clear.mota, b.clear.mota), (a.clear.motp, b.clear.motp)]) {
        assert!((a - b).abs() < 1e-9, "{a} and {b}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn perfect_results_score_one(truth in cars(6)) {
        let results = renamed(&truth, |id| 50 - id * 3);
        let Scores { hota, clear, identity, .. } = scores(&truth, &results);
        for curve in [hota.hota, hota.det_a, hota.ass_a, hota.loc_a, hota.owta] {
            prop_assert!(curve.iter().all(|value| (value - 1.0).abs() < 1e-9), "{:?}", curve);
        }
        prop_assert_eq!((clear.mota, clear.id_switches, identity.f1), (1.0, 0, 1.0));
        prop_assert!((clear.motp - 1.0).abs() < 1e-9);
        let events = events(&truth, &results);
        prop_assert_eq!(events, Events::default());
    }

    #[test]
    fn names_and_order_decide_nothing(
        truth in cars(6),
        results in cars(8),
        keys in prop::collection::vec(any::<u64>(), 80),
    ) {
        let shuffled = |rows: &[BenchmarkRow], keys: &[u64]| {
            let mut keyed: Vec<_> = keys.iter().zip(rows).collect();
            keyed.sort_by_key(|(key, _)| **key);
            keyed.into_iter().map(|(_, row)| *row).collect::<Vec<_>>()
        };
        let wanted = scores(&truth, &results);
        let others = (renamed(&truth, |id| (id * 5) % 7 + 3), renamed(&results, |id| 1000 - id));
        assert_same(&wanted, &scores(&others.0, &others.1));
        let others = (shuffled(&truth, &keys), shuffled(&results, &keys[40..]));
        assert_same(&wanted, &scores(&others.0, &others.1));
    }

    #[test]
    fn scores_are_shares_and_events_are_complete(truth in cars(6), results in cars(8)) {
        let Scores { hota, clear, identity, .. } = scores(&truth, &results);
        for curve in [hota.hota, hota.det_a, hota.ass_a, hota.loc_a, hota.det_pr, hota.ass_re] {
            prop_assert!(curve.iter().all(|value| (0.0..=1.0 + 1e-12).contains(value)));
        }
        prop_assert!(hota.true_positives.is_sorted_by(|a, b| a >= b));
        prop_assert!((0.0..=1.0).contains(&identity.f1) && clear.mota <= 1.0);
        let events = events(&truth, &results);
        prop_assert_eq!(events.missed.len() as u64, clear.false_negatives);
        prop_assert_eq!(events.false_tracks.len() as u64, clear.false_positives);
        prop_assert_eq!(events.switches.len() as u64, clear.id_switches);
    }

    #[test]
    fn memory_is_not_remembered(a in cars(6), b in cars(8), c in cars(4)) {
        let mut evaluator = Evaluator::default();
        let first = KittiSequence::new(&a, &b, 8).expect("frames");
        let second = KittiSequence::new(&c, &a, 8).expect("frames");
        let fresh = evaluator.kitti(&second, ObjectClass::Car).expect("scores");
        evaluator.kitti(&first, ObjectClass::Car).expect("scores");
        prop_assert_eq!(evaluator.kitti(&second, ObjectClass::Car).expect("scores"), fresh);
    }

    #[test]
    fn parts_combine_to_the_whole(a in cars(6), b in cars(6), c in cars(6), d in cars(6)) {
        let (first, second) = (scores(&a, &b), scores(&c, &d));
        let both = Scores::combined([first.clone(), second.clone()].iter());
        // The second sequence played after the first, with names of its own.
        let later = |rows: &[BenchmarkRow]| -> Vec<_> {
            rows.iter().map(|row| BenchmarkRow { frame: row.frame + 50, id: row.id + 50, ..*row }).collect()
        };
        let one = scores(&[a, later(&c)].concat(), &[b, later(&d)].concat());
        assert_eq!(both.identity, one.identity);
        assert_eq!(both.hota.true_positives, one.hota.true_positives);
        for (x, y) in both.hota.ass_a.iter().zip(one.hota.ass_a) {
            prop_assert!((x - y).abs() < 1e-9);
        }
        for (x, y) in both.hota.loc_a.iter().zip(one.hota.loc_a) {
            prop_assert!((x - y).abs() < 1e-9);
        }
        prop_assert!((both.clear.mota - one.clear.mota).abs() < 1e-9);
    }
}
