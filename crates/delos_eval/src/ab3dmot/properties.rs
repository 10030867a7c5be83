//! Laws that hold for any scene.

use super::tests::{CAR, counts, row, scored};
use super::*;
use proptest::prelude::*;

/// Objects in a row 6 m apart, each in some frames; and what a tracker makes of them.
fn scenes() -> impl Strategy<Value = (Vec<BenchmarkRow>, Vec<BenchmarkRow>)> {
    let cell = (0..10u8, -2.0..2.0f64, -1.0..1.0f64, 0..3i64);
    prop::collection::vec(cell, 60..120).prop_map(|cells| {
        let (mut truth, mut results) = (Vec::new(), Vec::new());
        for (i, (kind, off, score, swap)) in cells.into_iter().enumerate() {
            let (frame, object) = (i as u32 / 6, i64::from(i as u32 % 6));
            let at = 6.0 * object as f64;
            let labelled = BenchmarkRow {
                occlusion: i64::from(kind == 3) * 3,
                class: if kind == 4 { ObjectClass::Van } else { CAR },
                ..row(frame, object, at)
            };
            if kind > 1 {
                truth.push(labelled);
            }
            if kind != 2 {
                let id = 3 * object + swap.min(i64::from(kind) % 3);
                results.push(BenchmarkRow { score: Some(score), ..row(frame, id, at + off) });
            }
            if kind == 9 {
                results.push(BenchmarkRow { score: Some(-score), ..row(frame, 100 + object, at) });
            }
        }
        (truth, results)
    })
}

/// All numbers of a report, thresholds included.
fn numbers(report: &ClassReport) -> Vec<f64> {
    let ClassReport { samota, amota, amotp, best_threshold, best, no_threshold, sweep } = report;
    let mut all = vec![*samota, *amota, *amotp, *best_threshold];
    all.extend(sweep.iter().flat_map(|point| [point.threshold, point.recall_target]));
    for s in sweep.iter().map(|point| &point.scores).chain([best, no_threshold]) {
        all.extend([s.mota, s.motp, s.motal, s.moda, s.modp, s.recall, s.precision, s.f1, s.far]);
        all.extend([s.mt, s.pt, s.ml, s.smota]);
        let lives = [s.id_switches, s.fragments, s.n_gt, s.n_igt, s.n_tr];
        let tracks = [s.n_gt_trajectories, s.n_tr_trajectories];
        let whole = counts(s).into_iter().chain(lives).chain(tracks);
        all.extend(whole.map(|count| count as f64));
    }
    all
}

proptest! {
    #[test]
    fn what_is_perfect_scores_one((mut truth, _) in scenes()) {
        // One at least is not ignored.
        truth.push(row(0, 77, 90.0));
        let found = scored(&truth, &truth, CAR);
        for scores in [&found.no_threshold, &found.best] {
            let clear = [scores.mota, scores.motp, scores.modp, scores.motal, scores.smota];
            let found = [scores.recall, scores.precision, scores.f1];
            prop_assert!(clear.iter().chain(&found).all(|one| (one - 1.0).abs() < 1e-12));
            prop_assert_eq!((scores.fp, scores.fn_, scores.ifn, scores.id_switches), (0, 0, 0, 0));
            prop_assert!(scores.pt.abs() < 1e-12 && scores.ml.abs() < 1e-12);
        }
        prop_assert!(found.sweep.iter().all(|point| point.scores.mota >= 1.0));
        // Equal means in all passes: each of the levels that exist has a MOTA of 1.
        prop_assert!((found.amota - found.sweep.len() as f64 / 40.0).abs() < 1e-12);
    }

    #[test]
    fn names_of_tracks_and_objects_do_not_matter(
        (truth, results) in scenes(), offset in 0..1000i64, factor in prop::sample::select(vec![1i64, 7, 13]),
    ) {
        // Reversed and spread: another order of the identities.
        let rename = |rows: &[BenchmarkRow]| -> Vec<_> {
            rows.iter().map(|r| BenchmarkRow { id: (500 - r.id) * factor + offset, ..*r }).collect()
        };
        let found = scored(&truth, &results, CAR);
        prop_assert_eq!(&found, &scored(&rename(&truth), &rename(&results), CAR));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        ((mut truth, results), shuffled) in scenes().prop_flat_map(|(truth, results)| {
            (Just((truth, results.clone())), Just(results).prop_shuffle())
        }),
    ) {
        let before = numbers(&scored(&truth, &results, CAR));
        truth.reverse();
        let after = numbers(&scored(&truth, &shuffled, CAR));
        prop_assert_eq!(before.len(), after.len());
        for (a, b) in before.iter().zip(&after) {
            // Sums of overlaps in another order round differently.
            prop_assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
    }

    #[test]
    fn what_is_counted_adds_up((truth, results) in scenes()) {
        let report = scored(&truth, &results, CAR);
        let points = report.sweep.iter().map(|point| &point.scores);
        for s in points.chain([&report.best, &report.no_threshold]) {
            prop_assert_eq!(s.tp - s.itp + s.fn_, s.n_gt);
            prop_assert_eq!(s.itp + s.ifn, s.n_igt);
            prop_assert_eq!(s.n_gt + s.n_igt, truth.len() as u64);
            prop_assert_eq!(s.tp + s.fp + s.n_itr, s.n_tr);
            let switches = (s.id_switches.max(1) as f64).log10();
            prop_assert!((s.moda - s.motal - switches / s.n_gt as f64).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&s.smota) && s.mota <= s.moda && s.motp <= 1.0);
            prop_assert!((s.mt + s.pt + s.ml - 1.0).abs() < 1e-12 || s.n_gt == 0);
        }
        let thresholds: Vec<_> = report.sweep.iter().map(|point| point.threshold).collect();
        prop_assert!(thresholds.is_sorted_by(|a, b| a >= b));
    }
}
