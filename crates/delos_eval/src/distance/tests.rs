use super::*;

fn row(frame: u32, class: ObjectClass, x: f64, z: f64) -> BenchmarkRow {
    BenchmarkRow {
        line: 1,
        frame,
        id: 1,
        class,
        truncation: 0.0,
        occlusion: 0,
        alpha: -10.0,
        image_box: [-1.0; 4],
        size_hwl: [1.5, 1.6, 4.0],
        bottom: [x, 1.7, z],
        rotation_y: 0.0,
        score: None,
    }
}

const CAR: ObjectClass = ObjectClass::Car;

fn counts(truth: &[BenchmarkRow], results: &[BenchmarkRow]) -> Vec<(usize, usize)> {
    let rules = DistanceRules { edges_m: vec![0.0, 10.0, 20.0], ..DistanceRules::default() };
    let bins = recall_by_distance(&[(truth, results)], CAR, &rules);
    bins.iter().map(|bin| (bin.counted, bin.found)).collect()
}

/// Results, and the counts of two bins.
type Case<'a> = (&'a [BenchmarkRow], [(usize, usize); 2]);

#[test]
fn objects_are_found_by_their_own_class_frame_and_place() {
    let truth = [row(0, CAR, 0.0, 8.0), row(0, CAR, 6.0, 8.0), row(1, CAR, 0.0, 9.0)];
    let table: [Case<'_>; 5] = [
        (&[], [(2, 0), (1, 0)]),
        (&[row(0, CAR, 0.5, 8.0)], [(2, 1), (1, 0)]),
        (&[row(0, CAR, 6.0, 9.9)], [(2, 0), (1, 1)]),
        (&[row(1, CAR, 0.0, 11.1), row(0, ObjectClass::Van, 0.0, 8.0)], [(2, 0), (1, 0)]),
        // One result for two objects finds one of them.
        (&[row(1, CAR, 0.0, 9.0), row(1, CAR, 0.0, 9.0)], [(2, 1), (1, 0)]),
    ];
    for (results, wanted) in table {
        assert_eq!(counts(&truth, results), wanted, "{results:?}");
    }
}

#[test]
fn one_result_finds_one_object() {
    let truth = [row(0, CAR, 0.0, 8.0), row(0, CAR, 1.0, 8.0)];
    assert_eq!(counts(&truth, &[row(0, CAR, 0.5, 8.0)])[0], (2, 1));
}

#[test]
fn what_nobody_sees_or_has_no_place_does_not_count() {
    let hidden = BenchmarkRow { occlusion: 3, ..row(0, CAR, 0.0, 8.0) };
    let flat = BenchmarkRow { size_hwl: [-1.0; 3], ..row(0, CAR, 0.0, 8.0) };
    assert_eq!(counts(&[hidden, flat], &[row(0, CAR, 0.0, 8.0)]), [(0, 0), (0, 0)]);
    assert_eq!(DistanceBin { from_m: 0.0, to_m: 1.0, counted: 0, found: 0 }.recall(), None);
}
