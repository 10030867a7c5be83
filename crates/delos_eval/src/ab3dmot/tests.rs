use super::*;

pub(super) const CAR: ObjectClass = ObjectClass::Car;
const RULES: Rules = Rules { mode: Mode::Solid, min_overlap: 0.5 };

/// An object 20 m ahead, `x` metres to the right, in view and not small.
pub(super) fn row(frame: u32, id: i64, x: f64) -> BenchmarkRow {
    let left = 600.0 + 30.0 * x;
    BenchmarkRow {
        line: 1,
        frame,
        id,
        class: CAR,
        truncation: 0.0,
        occlusion: 0,
        alpha: 0.0,
        image_box: [left, 150.0, left + 100.0, 200.0],
        size_hwl: [1.5, 1.8, 4.0],
        bottom: [x, 1.6, 20.0],
        rotation_y: 0.4,
        score: Some(0.5),
    }
}

fn region(frame: u32, image_box: [f64; 4]) -> BenchmarkRow {
    let nowhere =
        BenchmarkRow { size_hwl: [-1000.0; 3], bottom: [-1000.0; 3], ..row(frame, -1, 0.0) };
    BenchmarkRow { class: ObjectClass::DontCare, image_box, rotation_y: -10.0, ..nowhere }
}

pub(super) fn scored(
    truth: &[BenchmarkRow],
    results: &[BenchmarkRow],
    class: ObjectClass,
) -> ClassReport {
    let frames = truth.iter().map(|row| row.frame + 1).max().unwrap_or(1);
    let sequence = Sequence { truth, results, frames };
    evaluate(&[sequence], &[class], RULES).classes.remove(class.name()).expect("asked for")
}

/// `[tp, itp, fp, fn, ifn, n_itr]`
pub(super) fn counts(scores: &Scores) -> [u64; 6] {
    [scores.tp, scores.itp, scores.fp, scores.fn_, scores.ifn, scores.n_itr]
}

#[test]
fn rules_for_single_boxes() {
    use ObjectClass::{Cyclist, Misc, Pedestrian, PersonSitting, Truck, Van};
    let base = row(0, 1, 0.0);
    let of = |class| BenchmarkRow { class, ..base };
    let high = |height: f64| BenchmarkRow { image_box: [0.0, 10.0, 90.0, 10.0 + height], ..base };
    let hidden = |occlusion| BenchmarkRow { occlusion, ..base };
    let cut = |truncation| BenchmarkRow { truncation, ..base };
    let covers = |width: f64| region(0, [600.0, 0.0, 600.0 + width, 500.0]);
    let nameless = BenchmarkRow { id: -1, ..base };
    let upside_down = BenchmarkRow { image_box: [0.0, 40.0, 90.0, 15.0], ..base };
    // (class, truth, results, [tp, itp, fp, fn, ifn, n_itr])
    let table = [
        ("match", CAR, vec![base], vec![base], [1, 0, 0, 0, 0, 0]),
        ("miss", CAR, vec![base], vec![], [0, 0, 0, 1, 0, 0]),
        ("false", CAR, vec![], vec![base], [0, 0, 1, 0, 0, 0]),
        ("too far off", CAR, vec![base], vec![row(0, 1, 3.0)], [0, 0, 1, 1, 0, 0]),
        ("two on one", CAR, vec![base], vec![row(0, 2, 0.2), base], [1, 0, 1, 0, 0, 0]),
        ("van matched", CAR, vec![of(Van)], vec![base], [1, 1, 0, 0, 0, 0]),
        ("van missed", CAR, vec![of(Van)], vec![], [0, 0, 0, 0, 1, 0]),
        ("false van", CAR, vec![], vec![of(Van)], [0, 0, 0, 0, 0, 1]),
        ("van on car", CAR, vec![base], vec![of(Van)], [1, 0, 0, 0, 0, 0]),
        ("truck", CAR, vec![of(Truck)], vec![of(Truck)], [0; 6]),
        ("sitting", Pedestrian, vec![of(PersonSitting)], vec![of(Pedestrian)], [1, 1, 0, 0, 0, 0]),
        ("false sitting", Pedestrian, vec![], vec![of(PersonSitting)], [0, 0, 0, 0, 0, 1]),
        ("lone class", Cyclist, vec![of(Cyclist), of(Misc)], vec![], [0, 0, 0, 1, 0, 0]),
        ("other class", Cyclist, vec![of(Cyclist)], vec![base], [0, 0, 0, 1, 0, 0]),
        ("mostly hidden", CAR, vec![hidden(2)], vec![], [0, 0, 0, 1, 0, 0]),
        ("hidden, unknown", CAR, vec![hidden(3)], vec![], [0, 0, 0, 0, 1, 0]),
        ("hidden, matched", CAR, vec![hidden(3)], vec![base], [1, 1, 0, 0, 0, 0]),
        ("cut off", CAR, vec![cut(1.0)], vec![], [0, 0, 0, 0, 1, 0]),
        ("a fraction is level 0", CAR, vec![cut(0.9)], vec![], [0, 0, 0, 1, 0, 0]),
        ("25 pixels", CAR, vec![], vec![high(25.0)], [0, 0, 0, 0, 0, 1]),
        ("25 upside down", CAR, vec![], vec![upside_down], [0, 0, 0, 0, 0, 1]),
        ("more", CAR, vec![], vec![high(25.5)], [0, 0, 1, 0, 0, 0]),
        ("low but matched", CAR, vec![base], vec![high(5.0)], [1, 0, 0, 0, 0, 0]),
        ("low truth counts", CAR, vec![high(5.0)], vec![], [0, 0, 0, 1, 0, 0]),
        ("half in a region", CAR, vec![covers(50.0)], vec![base], [0, 0, 1, 0, 0, 0]),
        ("more in a region", CAR, vec![covers(51.0)], vec![base], [0, 0, 0, 0, 0, 1]),
        ("matched in a region", CAR, vec![covers(90.0), base], vec![base], [1, 0, 0, 0, 0, 0]),
        ("nameless truth", CAR, vec![nameless], vec![], [0; 6]),
        ("nameless result", CAR, vec![], vec![nameless], [0; 6]),
        ("region as result", CAR, vec![base], vec![covers(90.0)], [0, 0, 0, 1, 0, 0]),
    ];
    for (name, class, truth, results, wanted) in table {
        assert_eq!(counts(&scored(&truth, &results, class).no_threshold), wanted, "{name}");
    }
}

#[test]
fn regions_hold_in_their_frame_only() {
    let truth = [row(0, 1, 0.0), region(1, [0.0, 0.0, 1000.0, 500.0])];
    let found = scored(&truth, &[row(0, 5, 8.0), row(1, 5, 8.0)], CAR);
    assert_eq!(counts(&found.no_threshold), [0, 0, 1, 1, 0, 1]);
}

#[test]
fn one_empty_frame_follows_the_last() {
    let results = [row(1, 1, 0.0), row(2, 1, 0.0), row(3, 1, 0.0), row(90, 1, 0.0)];
    let found = scored(&[row(0, 1, 0.0), row(1, 1, 0.0)], &results, CAR).no_threshold;
    // Two frames and an empty one: the box in it is false, those beyond do not exist.
    assert_eq!((found.tp, found.fp, found.n_tr), (1, 1, 2));
    assert!((found.far - 1.0 / 3.0).abs() < 1e-12);
    assert!((found.modp - 1.0).abs() < 1e-12);
}

#[test]
fn the_mean_score_includes_boxes_past_the_end() {
    let good = |frame, id| BenchmarkRow { score: Some(1.0), ..row(frame, id, 0.0) };
    let late = BenchmarkRow { score: Some(-3.0), ..row(99, 1, 0.0) };
    let truth: Vec<_> = (0..2).map(|frame| row(frame, 1, 0.0)).collect();
    let found = scored(&truth, &[good(0, 1), good(1, 1), late], CAR);
    assert!((found.best_threshold + 1.0 / 3.0).abs() < 1e-12);
    let unscored = BenchmarkRow { score: None, ..row(0, 1, 0.0) };
    let found = scored(&truth, &[unscored, BenchmarkRow { frame: 1, ..unscored }], CAR);
    assert!((found.best_threshold + 1.0).abs() < 1e-12);
}

#[test]
fn a_mean_of_means_may_fall_below_its_own_threshold() {
    // Seven times 0.17 has the mean 0.16999999999999998, seven times that a smaller one.
    let truth: Vec<_> = (0..7).map(|frame| row(frame, 1, 0.0)).collect();
    let weak: Vec<_> = truth.iter().map(|r| BenchmarkRow { score: Some(0.17), ..*r }).collect();
    let found = scored(&truth, &weak, CAR);
    assert_eq!((found.no_threshold.tp, found.sweep.len()), (7, 6));
    assert!(found.sweep.iter().all(|point| point.scores.n_tr == 0));
    assert!((found.best_threshold + 10_000.0).abs() < f64::EPSILON);
    assert_eq!(found.best.tp, 7);
    assert!(found.samota.abs() < f64::EPSILON);
}

#[test]
fn a_box_that_was_matched_is_never_excused_again() {
    let with = |r: BenchmarkRow, score| BenchmarkRow { score: Some(score), ..r };
    let low = BenchmarkRow { image_box: [0.0, 0.0, 50.0, 20.0], ..row(0, 1, 0.4) };
    // The low box finds the car only while the better, less certain one is dropped.
    let mut truth = vec![row(0, 1, 0.0)];
    let mut results = vec![with(low, 3.0), with(row(0, 2, 0.0), 1.0)];
    truth.extend((0..9).map(|frame| row(frame, 2, 20.0)));
    results.extend((0..9).map(|frame| with(row(frame, 3, 20.0), 2.0)));
    let found = scored(&truth, &results, CAR);
    assert_eq!(counts(&found.no_threshold), [10, 0, 0, 0, 0, 1]);
    let first = found.sweep.first().expect("points").scores.clone();
    assert_eq!((first.n_tr, counts(&first)), (10, [10, 0, 0, 0, 0, 0]));
    let last = found.sweep.last().expect("points").scores.clone();
    assert_eq!((last.n_tr, counts(&last)), (11, [10, 0, 1, 0, 0, 0]));
}

#[test]
fn overlap_decides_at_the_limit_and_by_its_mode() {
    // Half as long, inside: overlap one half in space; the same rectangle in the image.
    let truth = [row(0, 1, 0.0)];
    let half = BenchmarkRow { size_hwl: [1.5, 1.8, 2.0], ..row(0, 1, 0.0) };
    let table = [
        (Mode::Solid, 0.5, 1),
        (Mode::Solid, 0.51, 0),
        (Mode::Image, 1.0, 1),
        (Mode::Solid, f64::NAN, 0),
    ];
    for (mode, min_overlap, wanted) in table {
        let sequence = Sequence { truth: &truth, results: &[half], frames: 1 };
        let found = evaluate(&[sequence], &[CAR], Rules { mode, min_overlap });
        assert_eq!(found.classes["car"].no_threshold.tp, wanted, "{mode:?} {min_overlap}");
    }
}

#[test]
fn nothing_to_score() {
    for (truth, results) in [(vec![], vec![]), (vec![], vec![row(0, 1, 0.0)])] {
        let found = scored(&truth, &results, CAR);
        assert_eq!(found.sweep, []);
        assert!(found.no_threshold.mota == f64::NEG_INFINITY && found.samota.abs() < 1e-12);
        assert!(found.no_threshold.recall.abs() < 1e-12 && found.no_threshold.mt.abs() < 1e-12);
        for average in [found.samota, found.amota, found.amotp] {
            assert_eq!(average.to_bits(), 0, "not -0.0");
        }
    }
    let none = evaluate(&[], &[CAR], RULES);
    assert!(none.classes["car"].no_threshold.far.abs() < 1e-12);
    assert_eq!(evaluate(&[], &[], RULES).classes.len(), 0);
}

#[test]
fn numbers_that_are_none_do_no_harm() {
    let odd = BenchmarkRow {
        truncation: f64::NAN,
        image_box: [f64::NAN; 4],
        size_hwl: [f64::NAN, -1.0, f64::INFINITY],
        score: Some(f64::NAN),
        ..row(0, 1, 0.0)
    };
    let last = BenchmarkRow { frame: u32::MAX, ..odd };
    for mode in [Mode::Solid, Mode::Image] {
        let rows = [odd, last, odd];
        let sequence = Sequence { truth: &rows, results: &rows, frames: u32::MAX };
        let found = evaluate(&[sequence], &[CAR], Rules { mode, min_overlap: 0.5 });
        assert_eq!(found.classes["car"].no_threshold.tp, 0);
        assert_eq!(found.classes["car"].no_threshold.fn_, 3);
    }
}
