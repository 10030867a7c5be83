use super::*;
use crate::{EvalError, Side};
use delos_core::{BenchmarkRow, MotRow, ObjectClass};

mod properties;

fn row(frame: u32, id: i64, class: ObjectClass, image_box: [f64; 4]) -> BenchmarkRow {
    BenchmarkRow {
        line: frame * 100 + u32::try_from(id.max(0)).expect("small") + 1,
        frame,
        id,
        class,
        truncation: 0.0,
        occlusion: 0,
        alpha: 0.0,
        image_box,
        size_hwl: [1.5, 1.6, 3.9],
        bottom: [3.0, 1.7, 4.0],
        rotation_y: 0.0,
        score: None,
    }
}

fn car(frame: u32, id: i64, x: f64) -> BenchmarkRow {
    row(frame, id, ObjectClass::Car, [x, 0.0, x + 100.0, 100.0])
}

fn scores(truth: &[BenchmarkRow], results: &[BenchmarkRow]) -> Scores {
    let sequence = KittiSequence::new(truth, results, 100).expect("frames below 100");
    Evaluator::default().kitti(&sequence, ObjectClass::Car).expect("identities once a frame")
}

fn events(truth: &[BenchmarkRow], results: &[BenchmarkRow]) -> Events {
    let sequence = KittiSequence::new(truth, results, 100).expect("frames below 100");
    Evaluator::default().kitti_events(&sequence, ObjectClass::Car).expect("once a frame")
}

/// What one object and one result come to: objects and results that count, and pairs.
fn counted(object: BenchmarkRow, result: BenchmarkRow) -> (u64, u64, u64) {
    // Another pair keeps the sequence from being one-sided.
    let other = car(9, 99, 0.0);
    let found = scores(&[object, other], &[result, other]);
    (found.count.objects - 1, found.count.results - 1, found.clear.true_positives - 1)
}

#[test]
fn no_sequence_takes_the_name_of_all() {
    let part = |name: &str| {
        let one = [car(0, 1, 0.0)];
        (name.to_owned(), ObjectClass::Car, scores(&one, &one))
    };
    let report = Report::new([part("0000"), part("combined_seq")]).expect("other names");
    assert_eq!(report.sequences[COMBINED]["car"].clear.true_positives, 2);
    let error = Report::new([part("0000"), part(COMBINED)]).expect_err("its name");
    assert_eq!(error, EvalError::ReservedName { name: COMBINED });
}

#[test]
fn nothing_is_zero_and_not_minus_zero() {
    let none = Scores::combined(std::iter::empty());
    let hota = &none.hota;
    for curve in [&hota.ass_a, &hota.ass_re, &hota.ass_pr, &hota.hota, &hota.det_a] {
        assert!(curve.iter().all(|score| score.to_bits() == 0), "{curve:?}");
    }
    let clear = &none.clear;
    for share in [clear.mota, clear.motp, clear.smota, clear.overlap_sum, none.identity.f1] {
        assert_eq!(share.to_bits(), 0);
    }
}

#[test]
fn what_counts_follows_kittis_rules() {
    let (van, tall) = (ObjectClass::Van, car(0, 1, 0.0));
    let low = |height| BenchmarkRow { image_box: [0.0, 0.0, 100.0, height], ..car(0, 1, 0.0) };
    let region = |right| row(0, -1, ObjectClass::DontCare, [300.0, 0.0, right, 100.0]);
    let table = [
        ("found", car(0, 1, 0.0), tall, (1, 1, 1)),
        ("mostly hidden", BenchmarkRow { occlusion: 2, ..tall }, tall, (1, 1, 1)),
        ("unknown", BenchmarkRow { occlusion: 3, ..tall }, tall, (0, 0, 0)),
        ("cut", BenchmarkRow { truncation: 1.0, ..tall }, tall, (0, 0, 0)),
        ("cut a little", BenchmarkRow { truncation: 0.9, ..tall }, tall, (1, 1, 1)),
        ("a van", BenchmarkRow { class: van, ..tall }, tall, (0, 0, 0)),
        ("a van beside", BenchmarkRow { class: van, ..car(0, 1, 60.0) }, tall, (0, 1, 0)),
        ("a truck", BenchmarkRow { class: ObjectClass::Truck, ..tall }, tall, (0, 1, 0)),
        ("no identity", BenchmarkRow { id: -1, ..tall }, tall, (0, 1, 0)),
        ("result without one", tall, BenchmarkRow { id: -1, ..tall }, (1, 0, 0)),
        ("result of another class", tall, BenchmarkRow { class: van, ..tall }, (1, 0, 0)),
        ("false and low", car(0, 1, 300.0), low(25.0), (1, 0, 0)),
        ("false and not low", car(0, 1, 300.0), low(25.1), (1, 1, 0)),
        ("right and low", low(25.0), low(25.0), (1, 1, 1)),
        ("half in a region", region(350.0), car(0, 1, 300.0), (0, 1, 0)),
        ("more in a region", region(351.0), car(0, 1, 300.0), (0, 0, 0)),
    ];
    for (what, object, result, wanted) in table {
        assert_eq!(counted(object, result), wanted, "{what}");
    }
}

#[test]
fn only_cars_and_pedestrians_have_neighbours() {
    let shape = [0.0, 0.0, 100.0, 100.0];
    let neighbours = [
        (ObjectClass::Car, ObjectClass::Van, 0),
        (ObjectClass::Pedestrian, ObjectClass::PersonSitting, 0),
        (ObjectClass::Cyclist, ObjectClass::Pedestrian, 1),
        (ObjectClass::Cyclist, ObjectClass::Motorcycle, 1),
    ];
    for (class, neighbour, wanted) in neighbours {
        let truth = [row(0, 1, neighbour, shape)];
        let results = [row(0, 1, class, shape)];
        let sequence = KittiSequence::new(&truth, &results, 1).expect("one frame");
        let found = Evaluator::default().kitti(&sequence, class).expect("scores");
        assert_eq!(found.count.results, wanted, "{class:?} on {neighbour:?}");
    }
}

#[test]
fn events_tell_what_when_and_where() {
    let truth = [car(0, 7, 0.0), car(1, 7, 0.0), car(3, 7, 0.0), car(3, 8, 500.0)];
    let far = BenchmarkRow { bottom: [-1000.0; 3], ..car(3, 5, 900.0) };
    let results = [car(0, 1, 0.0), car(3, 2, 10.0), car(2, 1, 0.0), far];
    let found = events(&truth, &results);
    let missed = |frame, id, x| {
        let image_box = [x, 0.0, x + 100.0, 100.0];
        Missed { frame, id, image_box, distance_m: Some(5.0) }
    };
    assert_eq!(found.missed, [missed(1, 7, 0.0), missed(3, 8, 500.0)]);
    let place = |event: &FalseTrack| (event.frame, event.id, event.distance_m);
    let wrong: Vec<_> = found.false_tracks.iter().map(place).collect();
    assert_eq!(wrong, [(2, 1, Some(5.0)), (3, 5, None)]);
    assert_eq!(found.switches, [Switch { frame: 3, id: 7, from: 1, to: 2 }]);
}

#[test]
fn a_kept_pair_is_worth_more_than_a_better_overlap() {
    let truth = [car(0, 1, 0.0), car(1, 1, 0.0)];
    let results = [car(0, 5, 0.0), car(1, 5, 30.0), car(1, 6, 0.0)];
    let clear = scores(&truth, &results).clear;
    assert_eq!((clear.true_positives, clear.id_switches, clear.false_positives), (2, 0, 1));
    // A frame without results in between does not break the pair, a frame with others does.
    let truth = [car(0, 1, 0.0), car(1, 1, 0.0), car(2, 1, 0.0)];
    let results = [car(0, 5, 0.0), car(2, 5, 30.0), car(2, 6, 0.0)];
    assert_eq!(scores(&truth, &results).clear.id_switches, 0);
    let with_other = [results[0], car(1, 9, 700.0), results[1], results[2]];
    assert_eq!(scores(&truth, &with_other).clear.id_switches, 1);
}

#[test]
fn one_sided_sequences_are_scored_as_the_reference_does() {
    let cars = [car(0, 1, 0.0), car(1, 1, 0.0)];
    for (truth, results, missed, wrong, lost) in [(2, 0, 2, 0, 1), (0, 2, 0, 2, 0), (0, 0, 0, 0, 0)]
    {
        let found = scores(&cars[..truth], &cars[..results]);
        let Scores { clear, hota, identity, .. } = &found;
        assert_eq!((clear.false_negatives, clear.false_positives), (missed, wrong));
        assert_eq!((clear.mostly_lost, clear.mostly_lost_share, clear.frames), (lost, 1.0, 0));
        assert_eq!((clear.mota, hota.hota_0, hota.loc_a_0, identity.f1), (0.0, 0.0, 1.0, 0.0));
        assert_eq!((hota.false_negatives[18], identity.false_positives), (missed, wrong));
        let both = Scores::combined([found.clone(), scores(&cars, &cars)].iter());
        assert_eq!(both.clear.frames, 100, "frames of one-sided sequences are not counted");
        assert_eq!(both.count.frames, None);
    }
}

#[test]
fn what_cannot_be_scored_is_named_with_its_line() {
    let late = [car(100, 1, 0.0)];
    let error = KittiSequence::new(&[], &late, 100).expect_err("too late").to_string();
    assert_eq!(error, "results, line 10002: frame 100 is outside of the sequence (0 to 99)");
    let twice = [car(0, 4, 0.0), car(1, 4, 0.0), BenchmarkRow { line: 77, ..car(1, 4, 300.0) }];
    let sequence = KittiSequence::new(&twice, &[], 2).expect("frames");
    let error = Evaluator::default().kitti(&sequence, ObjectClass::Car).expect_err("twice");
    assert_eq!(error, EvalError::IdTwice { side: Side::Truth, line: 77, frame: 1, id: 4 });
    assert!(Evaluator::default().kitti(&sequence, ObjectClass::Cyclist).is_ok());
}

fn mot_row(frame: u32, id: i64, x: f64, class: f64) -> MotRow {
    let rectangle = [x, 0.0, 50.0, 100.0];
    MotRow { line: frame, frame, id, rectangle, confidence: 1.0, rest: [class, 1.0, -1.0] }
}

#[test]
fn classes_of_motchallenge_count_by_year() {
    let pedestrian = mot_row(1, 1, 0.0, 1.0);
    let results = [mot_row(1, 1, 0.0, -1.0), mot_row(1, 2, 300.0, -1.0)];
    let table = [(1.0, [2, 2, 2]), (7.0, [2, 1, 1]), (6.0, [2, 2, 1]), (3.0, [2, 2, 2])];
    for (class, wanted) in table {
        let truth = [pedestrian, mot_row(1, 2, 300.0, class)];
        let sequence = MotSequence::new(&truth, &results, 1).expect("one frame");
        let years = [MotRules::Mot15, MotRules::Mot16, MotRules::Mot20];
        let found = years.map(|rules| Evaluator::default().mot(&sequence, rules).expect("scores"));
        assert_eq!(found.map(|scores| scores.count.results), wanted, "class {class}");
    }
    let zero = [MotRow { confidence: 0.0, ..pedestrian }, mot_row(1, 2, 300.0, 1.0)];
    let sequence = MotSequence::new(&zero, &results, 1).expect("one frame");
    let found = Evaluator::default().mot(&sequence, MotRules::Mot16).expect("scores");
    assert_eq!((found.count.objects, found.count.results), (1, 2));
    let events = Evaluator::default().mot_events(&sequence, MotRules::Mot16).expect("events");
    let image_box = [0.0, 0.0, 50.0, 100.0];
    assert_eq!(events.false_tracks, [FalseTrack { frame: 1, id: 1, image_box, distance_m: None }]);
}

#[test]
fn classes_and_frames_that_motchallenge_does_not_have_are_refused() {
    let rows = [mot_row(1, 1, 0.0, 1.0), mot_row(2, 1, 0.0, 14.0)];
    let sequence = MotSequence::new(&rows, &rows[..1], 2).expect("frames");
    let refused = |rules| Evaluator::default().mot(&sequence, rules).map_err(|e| e.to_string());
    assert!(refused(MotRules::Mot15).is_ok());
    let wanted = "truth, line 2: class 14; classes are 1 to 13";
    assert_eq!(refused(MotRules::Mot20), Err(wanted.to_owned()));
    assert!(MotSequence::new(&rows, &[], 1).is_err());
    assert!(MotSequence::new(&[mot_row(0, 1, 0.0, 1.0)], &[], 1).is_err());
}

#[test]
fn motmetrics_keeps_pairs_over_gaps_and_counts_takeovers() {
    let at = |frame, id, x| mot_row(frame, id, x, -1.0);
    // Object 1 is lost for a frame and then found by its partner although another fits better;
    // then the partner goes over to object 2, and a new identity finds object 1.
    let truth = [at(1, 1, 0.0), at(2, 1, 0.0), at(3, 1, 0.0), at(4, 1, 0.0), at(4, 2, 200.0)];
    let results = [at(1, 5, 0.0), at(3, 5, 10.0), at(3, 6, 0.0), at(4, 5, 200.0), at(4, 7, 0.0)];
    let sequence = MotSequence::new(&truth, &results, 4).expect("frames");
    let found = Evaluator::default().motmetrics(&sequence).expect("metrics");
    assert_eq!((found.num_misses, found.num_false_positives), (1, 1));
    assert_eq!((found.num_switches, found.num_fragmentations), (1, 1));
    assert_eq!((found.num_transfer, found.num_ascend, found.num_migrate), (1, 1, 1));
    assert_eq!((found.mota, found.recall), (Some(1.0 - 3.0 / 5.0), Some(0.8)));
    let empty = MotSequence::new(&[], &[], 0).expect("nothing");
    let found = Evaluator::default().motmetrics(&empty).expect("metrics");
    assert_eq!((found.mota, found.motp, found.idf1), (None, None, None));
}
