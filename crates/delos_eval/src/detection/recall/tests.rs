//! Hand-computed cases, laws, and a slow second implementation.

use super::*;
use delos_core::ObjectClass;
use proptest::prelude::*;
use std::f64::consts::PI;

/// A car seen from above, 4 m long along the camera's x axis and 2 m wide.
fn car(x: f64, z: f64, score: f64) -> BenchmarkRow {
    BenchmarkRow {
        line: 1,
        frame: 0,
        id: -1,
        class: ObjectClass::Car,
        truncation: 0.0,
        occlusion: 0,
        alpha: 0.0,
        image_box: [100.0, 100.0, 150.0, 130.0],
        size_hwl: [1.5, 2.0, 4.0],
        bottom: [x, 1.7, z],
        rotation_y: 0.0,
        score: Some(score),
    }
}

fn report(truth: &[BenchmarkRow], results: &[BenchmarkRow], rules: &RecallRules) -> RecallReport {
    let mut scores = RecallScores::new(rules.clone());
    scores.add(&RecallFrame { truth, results, ..RecallFrame::default() });
    scores.report()
}

fn close(found: Option<f64>, wanted: f64) -> bool {
    found.is_some_and(|found| (found - wanted).abs() < 1e-12)
}

#[test]
fn two_of_three_found_with_one_mistake_between() {
    let truth = [car(0.0, 10.0, 0.0), car(0.0, 25.0, 0.0), car(10.0, 25.0, 0.0)];
    // By score: right (1/1), wrong (1/2), right (2/3).
    let results = [car(0.0, 10.0, 0.9), car(-10.0, 15.0, 0.8), car(0.5, 25.0, 0.7)];
    let rules = RecallRules { precisions: vec![0.6, 0.7, 1.0], ..RecallRules::default() };
    let report = report(&truth, &results, &rules);
    assert_eq!((report.counted, report.right, report.wrong, report.neither), (3, 2, 1, 0));
    // Recalls 1/40 to 13/40 lie below 1/3, 14/40 to 26/40 below 2/3, the rest is not reached.
    assert!(close(report.ap_r40, (13.0 + 13.0 * 2.0 / 3.0) / 40.0), "{report:?}");
    // 0, 0.1, 0.2, 0.3 lie below 1/3; 0.4, 0.5, 0.6 below 2/3.
    assert!(close(report.ap_r11, (4.0 + 3.0 * 2.0 / 3.0) / 11.0), "{report:?}");
    let third = Some(1.0 / 3.0);
    let at: Vec<_> = report.recall_at.iter().map(|at| (at.recall, at.score)).collect();
    assert_eq!(at, [(Some(2.0 / 3.0), Some(0.7)), (third, Some(0.9)), (third, Some(0.9))]);
    let bands: Vec<_> = report
        .bands
        .iter()
        .map(|band| (band.counted, band.right, band.wrong, band.recall, band.recall_at[1].recall))
        .collect();
    let half = Some(0.5);
    assert_eq!(bands[0], (1, 1, 1, Some(1.0), Some(1.0)), "0 to 20 m");
    assert_eq!(bands[1], (2, 1, 0, half, Some(0.0)), "20 to 30 m: not sure enough");
    assert_eq!(bands[2], (0, 0, 0, None, None), "30 to 40 m");
}

#[test]
fn a_cut_counts_its_band_and_says_how_far_off_it_is() {
    let truth = [car(0.0, 10.0, 0.0), car(0.0, 15.0, 0.0), car(0.0, 25.0, 0.0)];
    let turned = |x, z, score, rotation_y| BenchmarkRow { rotation_y, ..car(x, z, score) };
    let results = [
        turned(0.3, 10.0, 0.9, 3.1),
        turned(0.1, 15.0, 0.8, -0.1),
        car(-10.0, 12.0, 0.7),
        car(0.0, 25.0, 0.6),
        car(-10.0, 25.0, 0.6),
    ];
    let mut scores = RecallScores::new(RecallRules::default());
    scores.add(&RecallFrame { truth: &truth, results: &results, ..RecallFrame::default() });
    let near = scores.cut(0.7, 0.0, 20.0);
    assert_eq!((near.counted, near.right, near.wrong), (2, 2, 1));
    assert_eq!((near.recall, near.precision), (Some(1.0), Some(2.0 / 3.0)));
    assert!(close(near.centre_error_m, 0.2), "{near:?}");
    assert!(close(near.axis_error_rad, f64::midpoint(0.1, PI - 3.1)), "{near:?}");
    assert_eq!(near.reversed, Some(0.5));
    let far = scores.cut(0.7, 20.0, 40.0);
    assert_eq!((far.counted, far.right, far.wrong, far.recall), (1, 0, 0, Some(0.0)));
    assert_eq!((far.precision, far.centre_error_m, far.reversed), (None, None, None));
    let all = scores.cut(0.0, 0.0, f64::INFINITY);
    assert_eq!((all.counted, all.right, all.wrong), (3, 3, 2));
}

#[test]
fn what_is_neither_right_nor_wrong() {
    let (truth, found) = (car(0.0, 12.0, 0.0), car(0.2, 12.0, 0.9));
    let van = BenchmarkRow { class: ObjectClass::Van, ..truth };
    let truck = BenchmarkRow { class: ObjectClass::Truck, ..truth };
    let region = BenchmarkRow { class: ObjectClass::DontCare, size_hwl: [-1.0; 3], ..truth };
    let low = BenchmarkRow { image_box: [100.0, 100.0, 150.0, 114.0], ..found };
    let beside = BenchmarkRow { image_box: [126.0, 100.0, 176.0, 130.0], ..found };
    let unseen = BenchmarkRow { image_box: [-1.0; 4], ..found };
    let at = |x, z| BenchmarkRow { bottom: [x, 1.7, z], ..unseen };
    let far = |row| BenchmarkRow { bottom: [0.0, 1.7, 45.0], ..row };
    // Right, wrong, neither.
    let table = [
        ("a car", vec![truth], found, (1, 0, 0)),
        ("found, if low", vec![truth], low, (1, 0, 0)),
        ("nothing", vec![], found, (0, 1, 0)),
        ("a van", vec![van], found, (0, 0, 1)),
        ("a truck", vec![truck], found, (0, 1, 0)),
        ("a truck that is told", vec![truth], truck, (0, 0, 0)),
        ("in a region", vec![region], found, (0, 0, 1)),
        ("mostly beside it", vec![region], beside, (0, 1, 0)),
        ("a car in a region", vec![region, truth], found, (1, 0, 0)),
        ("low", vec![], low, (0, 0, 1)),
        ("out of the image", vec![], at(10.0, 11.0), (0, 0, 1)),
        ("behind", vec![], at(0.0, -11.0), (0, 0, 1)),
        ("no rectangle, but ahead", vec![], unseen, (0, 1, 0)),
        ("far", vec![], far(found), (0, 0, 1)),
        ("a far car", vec![far(truth)], far(found), (0, 0, 1)),
        ("no place", vec![], BenchmarkRow { size_hwl: [-1.0; 3], ..found }, (0, 0, 0)),
    ];
    let rules = RecallRules { max_range_m: Some(40.0), ..RecallRules::default() };
    for (what, truth, found, wanted) in table {
        let report = report(&truth, &[found], &rules);
        assert_eq!((report.right, report.wrong, report.neither), wanted, "{what}");
    }
}

#[test]
fn cars_without_enough_points_do_not_count() {
    let truth = [car(0.0, 10.0, 0.0), car(0.0, 20.0, 0.0), car(0.0, 30.0, 0.0)];
    let rules = RecallRules { min_points: 10, ..RecallRules::default() };
    let mut scores = RecallScores::new(rules);
    let frame = RecallFrame { truth: &truth, results: &truth, ..RecallFrame::default() };
    // The third row has no number.
    scores.add(&RecallFrame { points: &[10, 9], ..frame });
    let report = scores.report();
    assert_eq!((report.counted, report.right, report.wrong, report.neither), (1, 1, 0, 2));
}

#[test]
fn what_touches_an_ignored_row_is_not_held_against_anybody() {
    let truth = [car(0.0, 10.0, 0.0)];
    let results = [car(0.0, 10.0, 0.5), car(0.0, 21.9, 0.9), car(0.0, 22.1, 0.9)];
    let mut scores = RecallScores::new(RecallRules::default());
    let ignore = [car(0.0, 10.0, 0.0), car(0.0, 20.0, 0.0)];
    scores.add(&RecallFrame { truth: &truth, points: &[], results: &results, ignore: &ignore });
    let report = scores.report();
    assert_eq!((report.right, report.wrong, report.neither), (1, 1, 1));
}

#[test]
fn the_surest_detection_takes_the_best_object() {
    let truth = [car(0.0, 10.0, 0.0), car(0.8, 10.0, 0.0)];
    let rules = RecallRules { match_rule: MatchRule::Centre(1.0), ..RecallRules::default() };
    // The surer one is nearer to the second object, and the other one is left with the first.
    let found = report(&truth, &[car(0.3, 10.0, 0.1), car(0.5, 10.0, 0.9)], &rules);
    assert_eq!((found.right, found.wrong), (2, 0));
    // Here it takes the object that the other one needs.
    let found = report(&truth, &[car(1.7, 10.0, 0.1), car(0.7, 10.0, 0.9)], &rules);
    assert_eq!((found.right, found.wrong), (1, 1));
    let twice = report(&truth[..1], &[car(0.0, 10.0, 0.5), car(0.1, 10.0, 0.9)], &rules);
    assert_eq!((twice.right, twice.wrong), (1, 1), "a second one is wrong");
}

#[test]
fn the_limit_itself_is_enough() {
    let truth = [car(0.0, 16.0, 0.0)];
    // Moved by a third of their width, two rectangles share half of what they cover; whole
    // numbers, so that nothing is rounded.
    let wide = BenchmarkRow { size_hwl: [1.5, 3.0, 4.0], ..truth[0] };
    for (rule, shift, wanted) in [
        (MatchRule::Iou(0.5), 1.0, 1),
        (MatchRule::Iou(0.5), 1.01, 0),
        (MatchRule::Centre(1.0), 1.0, 1),
        (MatchRule::Centre(1.0), 1.01, 0),
    ] {
        let rules = RecallRules { match_rule: rule, ..RecallRules::default() };
        let found = BenchmarkRow { bottom: [0.0, 1.7, 16.0 + shift], score: Some(1.0), ..wide };
        assert_eq!(report(&[wide], &[found], &rules).right, wanted, "{rule} {shift}");
    }
}

#[test]
fn matches_are_written_in_words() {
    for (text, wanted) in [
        ("iou:0.5", MatchRule::Iou(0.5)),
        ("centre:1", MatchRule::Centre(1.0)),
        ("center: 1.5", MatchRule::Centre(1.5)),
    ] {
        let rule: MatchRule = text.parse().expect(text);
        assert_eq!((rule, rule.to_string().parse()), (wanted, Ok(rule)));
    }
    for wrong in ["iou", "iou:", "iou:0", "iou:1.1", "iou:nan", "centre:-1", "centre:inf", "3d:1"] {
        let error = wrong.parse::<MatchRule>().expect_err(wrong);
        assert!(error.to_string().starts_with(&format!("match = {wrong} is out of range")));
    }
}

#[test]
fn rules_are_checked() {
    let good = RecallRules::default();
    assert_eq!(good.check(), Ok(()));
    for (name, bad) in [
        ("match", RecallRules { match_rule: MatchRule::Iou(2.0), ..good.clone() }),
        ("max_range_m", RecallRules { max_range_m: Some(0.0), ..good.clone() }),
        ("min_height_px", RecallRules { min_height_px: f64::NAN, ..good.clone() }),
        ("region_share", RecallRules { region_share: 1.5, ..good.clone() }),
        ("half_view_rad", RecallRules { half_view_rad: -1.0, ..good.clone() }),
        ("precisions", RecallRules { precisions: vec![0.7, 70.0], ..good.clone() }),
        ("band_edges_m", RecallRules { band_edges_m: vec![10.0, 0.0], ..good.clone() }),
    ] {
        assert_eq!(bad.check().expect_err(name).name, name);
    }
}

#[test]
fn nothing_gives_no_shares() {
    let report = RecallScores::new(RecallRules::default()).report();
    assert_eq!((report.recall, report.precision, report.ap_r40), (None, None, None));
    assert_eq!(report.recall_at[0].recall, None);
}

/// The same by the definition, one cut of the scores at a time: right and wrong.
fn slow_counts(
    frames: &[(Vec<BenchmarkRow>, Vec<BenchmarkRow>)],
    reach: f64,
    cut: f64,
) -> (u64, u64) {
    let (mut right, mut wrong) = (0, 0);
    for (truth, results) in frames {
        let mut objects: Vec<&BenchmarkRow> = truth.iter().collect();
        let mut left: Vec<&BenchmarkRow> =
            results.iter().filter(|row| row.score >= Some(cut)).collect();
        let distance = |a: &BenchmarkRow, b: &BenchmarkRow| {
            (a.bottom[0] - b.bottom[0]).hypot(a.bottom[2] - b.bottom[2])
        };
        while let Some(at) =
            (0..left.len()).max_by(|a, b| left[*a].score.partial_cmp(&left[*b].score).unwrap())
        {
            let detection = left.remove(at);
            let near = (0..objects.len()).min_by(|a, b| {
                let to = |at: &usize| distance(objects[*at], detection);
                to(a).total_cmp(&to(b))
            });
            if let Some(at) = near.filter(|at| distance(objects[*at], detection) <= reach) {
                objects.remove(at);
                right += 1;
            } else {
                wrong += 1;
            }
        }
    }
    (right, wrong)
}

type Places = Vec<(f64, f64)>;

/// Frames with few objects close together; all scores differ.
fn frames() -> impl Strategy<Value = Vec<(Vec<BenchmarkRow>, Vec<BenchmarkRow>)>> {
    let places = || prop::collection::vec((-2.0..2.0_f64, 14.0..18.0_f64), 0..6);
    prop::collection::vec((places(), places()), 1..4).prop_map(|frames| {
        let mut next = 0_u32;
        let mut rows = |places: Places| -> Vec<BenchmarkRow> {
            let row = |(x, z): &(f64, f64)| {
                next = next.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                car(*x, *z, f64::from(next))
            };
            places.iter().map(row).collect()
        };
        frames.into_iter().map(|(truth, found)| (rows(truth), rows(found))).collect()
    })
}

fn scores_of(frames: &[(Vec<BenchmarkRow>, Vec<BenchmarkRow>)], rule: MatchRule) -> RecallReport {
    let rules = RecallRules { match_rule: rule, ..RecallRules::default() };
    let mut scores = RecallScores::new(rules);
    for (truth, results) in frames {
        scores.add(&RecallFrame { truth, results, ..RecallFrame::default() });
    }
    scores.report()
}

proptest! {
    #[test]
    fn agrees_with_the_slow_one(frames in frames(), reach in 0.3..2.0_f64) {
        let report = scores_of(&frames, MatchRule::Centre(reach));
        let counted: usize = frames.iter().map(|(truth, _)| truth.len()).sum();
        prop_assert_eq!(report.counted, counted as u64);
        let cuts: Vec<f64> =
            frames.iter().flat_map(|(_, results)| results).filter_map(|row| row.score).collect();
        prop_assert_eq!(report.curve.len(), cuts.len());
        let slow: Vec<(u64, u64)> =
            cuts.iter().map(|cut| slow_counts(&frames, reach, *cut)).collect();
        let precision = |(right, wrong): &(u64, u64)| *right as f64 / (right + wrong) as f64;
        for (cut, counts) in cuts.iter().zip(&slow) {
            let point = report.curve.iter().find(|point| point.score.total_cmp(cut).is_eq());
            let point = point.expect("each score has a point");
            prop_assert!((point.precision - precision(counts)).abs() < 1e-12);
            prop_assert!((point.recall * counted as f64 - counts.0 as f64).abs() < 1e-9);
        }
        if counted > 0 {
            let at = |part: u64, parts: u64| {
                let reached = slow.iter().filter(|c| c.0 * parts >= part * counted as u64);
                reached.map(precision).fold(0.0, f64::max)
            };
            let r40 = (1..=40).map(|part| at(part, 40)).sum::<f64>() / 40.0;
            let r11 = (0..=10).map(|part| at(part, 10)).sum::<f64>() / 11.0;
            prop_assert!(close(report.ap_r40, r40) && close(report.ap_r11, r11));
            let precise = slow.iter().filter(|counts| precision(counts) >= 0.7);
            let most = precise.map(|counts| counts.0).max().unwrap_or(0);
            prop_assert!(close(report.recall_at[0].recall, most as f64 / counted as f64));
        }
    }

    /// Whole places and few scores, so that ties occur.
    #[test]
    fn rows_may_come_in_any_order(
        truth in prop::collection::vec((-3..3_i32, 10..16_i32), 0..8),
        found in prop::collection::vec((-6..6_i32, 20..32_i32, 0..3_u8), 0..12),
        by in 0..12_usize,
    ) {
        let mut truth: Vec<_> =
            truth.iter().map(|(x, z)| car(f64::from(*x), f64::from(*z), 0.0)).collect();
        let row = |(x, z, score): &(i32, i32, u8)| {
            car(f64::from(*x) / 2.0, f64::from(*z) / 2.0, f64::from(*score))
        };
        let mut found: Vec<_> = found.iter().map(row).collect();
        for rule in [MatchRule::Centre(1.0), MatchRule::Iou(0.3)] {
            let before = scores_of(&[(truth.clone(), found.clone())], rule);
            truth.reverse();
            let shift = by.min(found.len());
            found.rotate_left(shift);
            prop_assert_eq!(before, scores_of(&[(truth.clone(), found.clone())], rule));
        }
    }

    #[test]
    fn perfect_results_find_everything(frames in frames()) {
        let perfect: Vec<_> =
            frames.iter().map(|(truth, _)| (truth.clone(), truth.clone())).collect();
        for rule in [MatchRule::Centre(0.001), MatchRule::Iou(1.0 - 1e-9)] {
            let report = scores_of(&perfect, rule);
            let wanted = (report.counted > 0).then_some(1.0);
            prop_assert_eq!((report.ap_r40, report.ap_r11), (wanted, wanted));
            prop_assert_eq!((report.recall, report.precision), (wanted, wanted));
        }
    }
}
