use super::*;

fn value(is: f64, low: f64, high: f64) -> Value {
    Value { is, low, high }
}

#[test]
fn a_time_is_slower_only_beyond_noise_and_limit() {
    let before = value(100.0, 99.0, 101.0);
    let table = [
        (value(104.0, 103.0, 105.0), "within the limit"),
        (value(106.0, 105.0, 107.0), "slower"),
        (value(106.0, 101.0, 111.0), "noise"),
        (value(106.0, 101.1, 111.0), "slower"),
        (value(200.0, 100.0, 300.0), "noise"),
        (value(94.0, 93.0, 95.0), "faster"),
        (value(96.0, 95.0, 97.0), "within the limit"),
        (before, "noise"),
    ];
    for (after, word) in table {
        let row = time("p50".into(), before, after, 0.05, true);
        assert_eq!((row.word, row.fails), (word, word == "slower"), "{after:?}");
        assert!(!time("segment".into(), before, after, 0.05, false).fails, "segments do not judge");
    }
}

#[test]
fn fewer_frames_a_second_fail() {
    let before = value(50.0, 49.5, 50.5);
    let table = [
        (value(48.0, 47.9, 48.1), "within the limit"),
        (value(47.0, 46.9, 47.1), "fewer"),
        (value(47.0, 40.0, 50.0), "noise"),
        (value(60.0, 59.0, 61.0), "more"),
    ];
    for (after, word) in table {
        let row = rate(before, after, 0.05);
        assert_eq!((row.word, row.fails), (word, word == "fewer"), "{after:?}");
    }
}

#[test]
fn frames_that_are_lost_fail() {
    let table = [
        ((0, 100), (0, 100), "noise"),
        ((0, 100), (6, 100), "noise"),
        ((0, 100), (12, 100), "more"),
        ((0, 10), (1, 10), "noise"),
        ((0, 10_000), (300, 10_000), "within the limit"),
        ((50, 100), (1, 100), "fewer"),
        ((0, 0), (0, 0), "noise"),
    ];
    for (before, after, word) in table {
        let row = share("left out".into(), before, after, 0.05);
        assert_eq!((row.word, row.fails), (word, word == "more"), "{before:?} {after:?}");
    }
}

#[test]
fn intervals_of_shares_are_wilsons() {
    // Brown, Cai and DasGupta (Statistical Science 16, 2001): 0 of 10 reaches to 27.8 %.
    let found = wilson((0, 10));
    assert!(found.low.abs() < 1e-9 && (found.high - 27.75).abs() < 0.01, "{found:?}");
    let half = wilson((5, 10));
    assert!((half.low - 23.66).abs() < 0.01 && (half.high - 76.34).abs() < 0.01, "{half:?}");
}
