//! Hand-computed cases, laws, and a slow second implementation.

use super::curve::Curve;
use super::matching::Counts;
use super::overlap::Metric;
use super::scene::{Compared, Question, frames};
use super::*;
use delos_core::{BenchmarkRow, ObjectClass};
use proptest::prelude::*;

mod slow;

/// A car that everybody sees, 60 pixels high and 12 m ahead, moved to the right in the image and
/// in space.
fn car(frame: u32, right: f64) -> BenchmarkRow {
    BenchmarkRow {
        line: 1,
        frame,
        id: -1,
        class: ObjectClass::Car,
        truncation: 0.0,
        occlusion: 0,
        alpha: 0.3,
        image_box: [100.0 + right, 100.0, 200.0 + right, 160.0],
        size_hwl: [1.5, 1.6, 4.0],
        bottom: [right / 10.0, 1.7, 12.0],
        rotation_y: 0.1,
        score: Some(0.5),
    }
}

fn region(size: f64, bottom: [f64; 3]) -> BenchmarkRow {
    let size_hwl = [size; 3];
    BenchmarkRow { class: ObjectClass::DontCare, size_hwl, bottom, ..car(0, 500.0) }
}

/// The counts of all detections at the moderate difficulty.
fn counts(truth: &[BenchmarkRow], results: &[BenchmarkRow], metric: Metric) -> Counts {
    let question = Question { class: ObjectClass::Car, metric, min_overlap: 0.7 };
    let rows = frames(truth, results);
    let limits = Difficulty::Moderate.limits();
    let scenes: Vec<_> =
        rows.iter().map(|rows| Compared::new(rows, &question).scene(&limits)).collect();
    Curve::of(&scenes).total()
}

fn report(truth: &[BenchmarkRow], results: &[BenchmarkRow]) -> ObjectReport {
    object_ap(&[ObjectSequence { truth, results, frames: 100 }], &ObjectRules::default())
}

fn cars(report: &ObjectReport) -> &ClassScores {
    &report.classes[&ObjectClass::Car]
}

#[test]
fn perfect_results_reach_one_from_41_objects_on() {
    for n in [1_u32, 2, 3, 4, 5, 20, 39, 40, 41, 42, 60, 81, 200] {
        let truth: Vec<_> = (0..n).map(|frame| car(frame, 0.0)).collect();
        let report = report(&truth, &truth);
        let sampled = f64::from(n.min(41));
        let wanted = (100.0 * (sampled - 1.0) / 40.0, 100.0 * (sampled / 4.0).ceil() / 11.0);
        let scores = cars(&report);
        for levels in [&scores.image, &scores.orientation, &scores.ground, &scores.volume] {
            let easy = &levels.as_ref().expect("results are complete").easy;
            assert!((easy.ap_r40 - wanted.0).abs() < 1e-9, "{n}: {} {}", easy.ap_r40, wanted.0);
            assert!((easy.ap_r11 - wanted.1).abs() < 1e-9, "{n}: {} {}", easy.ap_r11, wanted.1);
            let last = easy.curve.last().expect("a point");
            assert_eq!((easy.counted, last.recall, last.precision), (n as usize, 1.0, 1.0));
        }
    }
}

#[test]
fn what_counts_and_what_does_not() {
    use Metric::{Ground, Image, Volume};
    let here = car(0, 0.0);
    let low = BenchmarkRow { image_box: [100.0, 100.0, 200.0, 124.0], ..here };
    let like = |class| BenchmarkRow { class, ..here };
    let apart = car(0, 500.0);
    // Right, wrong, missed.
    let table = [
        ("found", here, here, Image, (1, 0, 0)),
        ("nothing there", apart, here, Image, (0, 1, 1)),
        ("a van", like(ObjectClass::Van), here, Image, (0, 0, 0)),
        ("a truck", like(ObjectClass::Truck), here, Image, (0, 1, 0)),
        ("told a truck", here, like(ObjectClass::Truck), Image, (0, 0, 1)),
        ("hidden", BenchmarkRow { occlusion: 2, ..here }, here, Image, (0, 0, 0)),
        ("partly hidden", BenchmarkRow { occlusion: 1, ..here }, here, Image, (1, 0, 0)),
        ("not told", BenchmarkRow { occlusion: -1, ..here }, here, Image, (1, 0, 0)),
        ("cut", BenchmarkRow { truncation: 0.31, ..here }, here, Image, (0, 0, 0)),
        ("cut, as a level", BenchmarkRow { truncation: 1.0, ..here }, here, Image, (0, 0, 0)),
        ("a low object", low, low, Image, (0, 0, 0)),
        ("a low detection", here, low, Ground, (0, 0, 0)),
        ("a low truck", here, BenchmarkRow { class: ObjectClass::Truck, ..low }, Volume, (0, 0, 0)),
        ("in a region", region(-1000.0, [-10.0, -1.0, -1.0]), apart, Image, (0, 0, 0)),
        ("in a region, above", region(-1000.0, [-10.0, -1.0, -1.0]), apart, Ground, (0, 0, 0)),
        ("in a region, space", region(-1000.0, [-10.0, -1.0, -1.0]), apart, Volume, (0, 1, 0)),
        ("object file", region(-1.0, [-1000.0; 3]), apart, Image, (0, 0, 0)),
        ("object file, above", region(-1.0, [-1000.0; 3]), apart, Ground, (0, 1, 0)),
    ];
    for (what, label, found, metric, wanted) in table {
        let counts = counts(&[label], &[found], metric);
        assert_eq!((counts.right, counts.wrong, counts.missed), wanted, "{what}");
    }
}

#[test]
fn the_least_overlap_must_be_exceeded() {
    // Shares 7/10 and a little more of the longer one, which holds the other.
    let label = BenchmarkRow { image_box: [0.0, 0.0, 10.0, 100.0], ..car(0, 0.0) };
    for (right, wanted) in [(7.0, 0), (7.001, 1)] {
        let found = BenchmarkRow { image_box: [0.0, 0.0, right, 100.0], ..label };
        assert_eq!(counts(&[label], &[found], Metric::Image).right, wanted, "{right}");
    }
}

#[test]
fn the_greatest_overlap_is_taken_and_the_other_is_wrong() {
    let (near, surer) = (car(0, 1.0), BenchmarkRow { score: Some(0.9), ..car(0, 8.0) });
    let turned = BenchmarkRow { alpha: 0.3 + std::f64::consts::PI, ..surer };
    let counts = counts(&[car(0, 0.0)], &[turned, near], Metric::Image);
    assert_eq!((counts.right, counts.wrong, counts.missed), (1, 1, 0));
    assert!((counts.similarity - 1.0).abs() < 1e-12, "{counts:?}");
}

#[test]
fn a_quarter_turn_halves_the_similarity() {
    let truth: Vec<_> = (0..50).map(|frame| car(frame, 0.0)).collect();
    let mut results = truth.clone();
    for row in &mut results {
        row.alpha += std::f64::consts::FRAC_PI_2;
    }
    let aos = |report: &ObjectReport| cars(report).orientation.as_ref().map(|l| l.hard.ap_r40);
    let half = aos(&report(&truth, &results)).expect("an orientation");
    assert!((half - 50.0).abs() < 1e-9, "{half}");
    results[7].alpha = -10.0;
    assert_eq!(aos(&report(&truth, &results)), None, "one without is enough");
}

#[test]
fn what_no_result_has_is_not_judged() {
    let truth = [car(0, 0.0)];
    let flat = BenchmarkRow { bottom: [-1000.0; 3], size_hwl: [-1.0; 3], ..car(0, 0.0) };
    let report_2d = report(&truth, &[flat]);
    let scores = cars(&report_2d);
    assert!(scores.image.is_some() && scores.ground.is_none() && scores.volume.is_none());
    let nothing = report(&truth, &[]);
    let volume = cars(&nothing).volume.as_ref().expect("no results at all miss everything");
    assert_eq!((volume.easy.ap_r40, volume.easy.counted), (0.0, 1));
    assert_eq!(nothing.frames, 100);
}

#[test]
fn the_keys_are_those_of_the_reference() {
    let truth = [car(0, 0.0)];
    let tree = serde_json::to_value(report(&truth, &truth)).expect("a tree");
    let easy = &tree["classes"]["car"]["3d"]["easy"];
    assert_eq!(easy["precision_41"].as_array().map(Vec::len), Some(41));
    assert_eq!((&easy["AP_R40"], &easy["AP_R11"]), (&0.0.into(), &(100.0 / 11.0).into()));
    assert_eq!(tree["min_overlap"]["pedestrian"], 0.5);
    assert!(easy.get("curve").is_none());
}

prop_compose! {
    /// Boxes on a coarse grid and few scores, so that ties of all kinds occur.
    fn row()(
        frame in 0..3_u32,
        right in 0..12_u8,
        height in prop_oneof![Just(20.0), Just(30.0), Just(60.0)],
        score in 0..6_u8,
        kind in 0..10_usize,
        occlusion in 0..3_i64,
        alpha in -3.0..3.0_f64,
    ) -> BenchmarkRow {
        let kinds = [ObjectClass::Van, ObjectClass::DontCare, ObjectClass::Pedestrian];
        let x1 = 20.0 * f64::from(right);
        BenchmarkRow {
            class: kinds.get(kind).copied().unwrap_or(ObjectClass::Car),
            occlusion,
            alpha,
            image_box: [x1, 0.0, x1 + 100.0, height],
            score: Some(f64::from(score) / 8.0),
            ..car(frame, 0.0)
        }
    }
}

fn rows() -> impl Strategy<Value = Vec<BenchmarkRow>> {
    prop::collection::vec(row(), 0..30)
}

proptest! {
    #[test]
    fn agrees_with_the_slow_one(truth in rows(), results in rows(), least in 0.2..0.8_f64) {
        let rules = ObjectRules { min_overlap: [(ObjectClass::Car, least)].into() };
        let sequence = ObjectSequence { truth: &truth, results: &results, frames: 3 };
        let report = object_ap(&[sequence], &rules);
        let scores = cars(&report);
        let (image, aos) = (scores.image.as_ref().expect("2d"), scores.orientation.as_ref());
        let aos = aos.expect("aos");
        let found = [(&image.easy, &aos.easy), (&image.moderate, &aos.moderate),
            (&image.hard, &aos.hard)];
        for (difficulty, (image, aos)) in Difficulty::ALL.into_iter().zip(found) {
            let slow = slow::Slow { truth: &truth, results: &results, difficulty, least };
            let (precision, similarity) = slow.samples();
            for (ours, wanted) in [(image, precision), (aos, similarity)] {
                for (ours, wanted) in ours.precision_41.iter().zip(wanted) {
                    prop_assert!((ours - wanted).abs() < 1e-12, "{} {}", ours, wanted);
                }
            }
            for point in &image.curve {
                let (right, wrong, missed, _) = slow.counts(point.score);
                let share = |whole: usize| right as f64 / whole.max(1) as f64;
                prop_assert!((point.recall - share(right + missed)).abs() < 1e-12);
                prop_assert!((point.precision - share(right + wrong)).abs() < 1e-12);
            }
        }
    }

    /// Objects far apart and detections of different scores: then no order matters.
    #[test]
    fn rows_may_come_in_any_order(
        shifts in prop::collection::vec((0..40_u32, 0..3_usize, -9.0..9.0_f64), 1..60),
        order in any::<u64>(),
    ) {
        let truth: Vec<_> =
            (0..120).map(|i| car(i % 40, 200.0 * f64::from(i / 40))).collect();
        let found = shifts.iter().enumerate().map(|(at, (frame, lane, shift))| BenchmarkRow {
            score: Some(1.0 / (at + 1) as f64),
            ..car(*frame, 200.0 * *lane as f64 + shift)
        });
        let results: Vec<_> = found.collect();
        let (shuffled_truth, shuffled) = (shuffled(&truth, order), shuffled(&results, !order));
        prop_assert_eq!(report(&truth, &results), report(&shuffled_truth, &shuffled));
    }
}

/// The rows in an order that depends on `seed`.
fn shuffled(rows: &[BenchmarkRow], seed: u64) -> Vec<BenchmarkRow> {
    let key = |at: usize| (at as u64 + 1).wrapping_mul(seed | 1).rotate_left(23) ^ seed;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| key(*at));
    order.into_iter().map(|at| rows[at]).collect()
}
