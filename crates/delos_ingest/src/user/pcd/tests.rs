use super::*;
use crate::user::lzf::tests::compress;
use proptest::prelude::*;
use std::fmt::Write;

const XYZI: &str = "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\n\
                    COUNT 1 1 1 1\nWIDTH {n}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {n}\nDATA {data}\n";

fn header(points: usize, data: &str) -> String {
    XYZI.replace("{n}", &points.to_string()).replace("{data}", data)
}

fn point(x: f32, y: f32, z: f32, intensity: f32) -> LidarPoint {
    LidarPoint { x, y, z, intensity }
}

fn message(bytes: &[u8]) -> String {
    parse_pcd(bytes).expect_err("refused").to_string()
}

/// The same points in the three encodings.
fn encodings(points: &[LidarPoint]) -> [Vec<u8>; 3] {
    let n = points.len();
    let mut ascii = header(n, "ascii");
    for p in points {
        writeln!(ascii, "{} {} {} {}", p.x, p.y, p.z, p.intensity).expect("a string grows");
    }
    let fields = |p: &LidarPoint| [p.x, p.y, p.z, p.intensity];
    let rows: Vec<u8> = points.iter().flat_map(fields).flat_map(f32::to_le_bytes).collect();
    let planes: Vec<u8> =
        (0..4).flat_map(|f| points.iter().flat_map(move |p| fields(p)[f].to_le_bytes())).collect();
    let packed = compress(&planes);
    let lengths = [packed.len() as u32, planes.len() as u32].map(u32::to_le_bytes).concat();
    [
        ascii.into_bytes(),
        [header(n, "binary").as_bytes(), &rows].concat(),
        [header(n, "binary_compressed").as_bytes(), &lengths, &packed].concat(),
    ]
}

#[test]
fn other_types_counts_and_orders_are_converted() {
    // 8-byte x in third place, 2-byte signed z, reflectance of one unsigned byte, padding of three.
    let text = "FIELDS ring z x _ y reflectivity\r\nSIZE 2 2 8 1 4 1\nTYPE U I F U F U\nCOUNT 1 1 1 3 1 1\n\
                WIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA binary\n";
    let mut bytes = text.as_bytes().to_vec();
    bytes.extend(7_u16.to_le_bytes());
    bytes.extend((-3_i16).to_le_bytes());
    bytes.extend(12.5_f64.to_le_bytes());
    bytes.extend([9, 9, 9]);
    bytes.extend((-4.25_f32).to_le_bytes());
    bytes.push(51);
    let cloud = parse_pcd(&bytes).expect("sound");
    assert_eq!(cloud.points(), [point(12.5, -4.25, -3.0, 0.2)]);
}

#[test]
fn reflectance_comes_to_the_unit_range() {
    let bright = format!("{}1 2 3 255\n4 5 6 51\n", header(2, "ascii"));
    let cloud = parse_pcd(bright.as_bytes()).expect("sound");
    assert_eq!(cloud.points(), [point(1.0, 2.0, 3.0, 1.0), point(4.0, 5.0, 6.0, 0.2)]);
    let dark = format!("{}1 2 3 1\n4 5 6 0.25\n", header(2, "ascii"));
    let cloud = parse_pcd(dark.as_bytes()).expect("sound");
    assert_eq!(cloud.points()[1], point(4.0, 5.0, 6.0, 0.25));
}

#[test]
fn an_empty_scan_is_legal() {
    for bytes in encodings(&[]) {
        assert_eq!(parse_pcd(&bytes).expect("sound").points(), []);
    }
}

#[test]
fn errors_name_the_line_and_both_numbers() {
    let good = header(2, "ascii");
    let table: [(String, &str); 14] = [
        (String::new(), "line 1: the header ends without a line `DATA"),
        (good.replace("TYPE F", "TYPE Q"), "line 5: TYPE: `Q` is not I, U or F"),
        (good.replace("SIZE 4", "SIZE 3"), "line 4: SIZE: 3 is not possible"),
        (good.replace("COUNT 1 1", "COUNT 0 1"), "line 6: COUNT: 0 is not possible"),
        (
            good.replace("COUNT 1 1 1 1", "COUNT 1 1 1"),
            "FIELDS has 4 entries, SIZE 4, TYPE 4, COUNT 3",
        ),
        (good.replace("y z", "y height"), "field `z` is missing; there are: x y height intensity"),
        (good.replace("HEIGHT 1", "HEIGHT 3"), "POINTS is 2, but WIDTH times HEIGHT is 6"),
        (good.replace("POINTS 2", "POINTS many"), "line 10: POINTS: `many` is not a number"),
        (good.replace("ascii", "zip"), "line 11: DATA: `zip` is not"),
        (good.replace("VERSION", "PLY"), "line 2: `PLY` is no line of a PCD header"),
        (format!("{good}1 2 3 4\n1 2 3\n"), "line 13: 3 values, 4 are needed"),
        (format!("{good}1 2 3 4\n1 2 c 4\n"), "line 13: `c` is not a number"),
        (format!("{good}1 2 3 4\n"), "promises 2 points, there are 1"),
        (format!("{}1234", header(2, "binary")), "2 points of 16 bytes, but 4 bytes follow it"),
    ];
    for (text, wanted) in table {
        let error = message(text.as_bytes());
        assert!(error.contains(wanted), "{error}\nwanted {wanted}");
    }
}

/// Three points of which the second is no return, with a time in each.
fn timed(field: &str, kind: char, size: usize, times: [&str; 3]) -> String {
    let [a, b, c] = times;
    format!(
        "FIELDS x y z {field}\nSIZE 4 4 4 {size}\nTYPE F F F {kind}\nCOUNT 1 1 1 1\nWIDTH 3\n\
         HEIGHT 1\nPOINTS 3\nDATA ascii\n1 2 3 {a}\nnan nan nan {b}\n4 5 6 {c}\n"
    )
}

#[test]
fn times_are_seconds_or_nanoseconds_of_the_turn_or_of_a_clock() {
    let table = [
        ("time", 'F', 4, ["0.01", "0.02", "0.03"], [0.01, 0.03]),
        ("time", 'F', 4, ["-0.03", "-0.02", "-0.01"], [-0.03, -0.01]),
        ("t", 'U', 4, ["10000000", "20000000", "30000000"], [0.01, 0.03]),
        ("offset_ns", 'I', 4, ["-20000000", "0", "30000000"], [-0.02, 0.03]),
        ("timestamp", 'F', 8, ["1700000000.5", "1700000000.6", "1700000000.75"], [0.0, 0.25]),
        ("timestamp", 'F', 8, ["1700000000.5", "0", "1700000000.75"], [0.0, 0.25]),
        ("timestamp", 'F', 8, ["1700000000.5", "nan", "1700000000.75"], [0.0, 0.25]),
        ("time", 'F', 8, ["0.01", "1700000000.6", "0.03"], [0.01, 0.03]),
        // A clock that started with the sensor.
        ("t", 'U', 8, ["90000000000", "0", "90100000000"], [0.0, 0.1]),
    ];
    for (field, kind, size, times, wanted) in table {
        let text = timed(field, kind, size, times);
        let cloud = parse_pcd_timed(text.as_bytes()).expect("sound");
        let found = cloud.times().expect("a field of times");
        assert!(found.is_rolling() && cloud.points().len() == 2, "{field}");
        assert_eq!(cloud.dropped(), 1, "{field}");
        for (found, wanted) in found.seconds().iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-6, "{field}: {found} is not {wanted}");
        }
        assert_eq!(parse_pcd(text.as_bytes()).expect("sound").times(), None, "not asked for");
    }
}

#[test]
fn a_file_without_times_has_none_and_a_time_that_is_none_is_refused() {
    let without = timed("ring", 'U', 2, ["1", "2", "3"]);
    assert_eq!(parse_pcd_timed(without.as_bytes()).expect("sound").times(), None);
    let table = [
        ("time", 'F', 4, ["0.0", "0.1", "nan"], "2 points have 2 times"),
        ("time", 'F', 4, ["0.0", "0.1", "inf"], "2 points have 2 times"),
        // Microseconds and milliseconds.
        ("t", 'F', 4, ["0.0", "0.1", "100000.0"], "are 100000.000 s apart, which is no turn"),
        ("time", 'F', 8, ["1700000000500", "0", "1700000000600"], "are 100.000 s apart"),
    ];
    for (field, kind, size, times, wanted) in table {
        let wrong = timed(field, kind, size, times);
        let error = parse_pcd_timed(wrong.as_bytes()).expect_err("refused").to_string();
        assert!(error.contains(wanted), "{error}");
        assert!(parse_pcd(wrong.as_bytes()).is_ok(), "the points are sound");
    }
}

#[test]
fn reflectance_of_what_is_dropped_sets_no_scale() {
    let text = format!("{}1 2 3 1\nnan nan nan 200\n", header(2, "ascii"));
    let cloud = parse_pcd(text.as_bytes()).expect("sound");
    assert_eq!((cloud.points(), cloud.dropped()), (&[point(1.0, 2.0, 3.0, 1.0)][..], 1));
}

#[test]
fn promises_that_the_file_cannot_keep_cost_nothing() {
    for data in ["ascii", "binary", "binary_compressed"] {
        for points in [15_000_000, 4_000_000_000, usize::MAX / 4, usize::MAX] {
            let bytes = [header(points, data).as_bytes(), &[0xff; 64]].concat();
            assert!(parse_pcd(&bytes).is_err());
        }
    }
    // Both lengths agree with the header, the data cannot.
    let claim = [[16, 0, 0, 0], 320_000_000_u32.to_le_bytes()].concat();
    let bytes = [header(20_000_000, "binary_compressed").as_bytes(), &claim, &[0; 16]].concat();
    assert!(message(&bytes).contains("cannot hold 320000000"), "{}", message(&bytes));
}

proptest! {
    #[test]
    fn the_three_encodings_agree(values in prop::collection::vec(prop::array::uniform4(-100.0..100.0f32), 0..200)) {
        let points: Vec<LidarPoint> =
            values.iter().map(|v| point(v[0], v[1], v[2], (v[3] / 200.0).abs())).collect();
        for bytes in encodings(&points) {
            let cloud = parse_pcd(&bytes).expect("sound");
            prop_assert_eq!(cloud.points(), &points[..]);
        }
    }

    #[test]
    fn a_damaged_file_never_panics(at in 0..2000usize, value in any::<u8>(), cut in 0..2000usize) {
        let points = [point(1.0, 2.0, 3.0, 0.5); 40];
        for mut bytes in encodings(&points) {
            let length = bytes.len();
            bytes[at % length] = value;
            let _ = parse_pcd(&bytes[..length - cut % length]);
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_pcd(&bytes);
        let _ = parse_pcd(&[header(3, "binary_compressed").as_bytes(), &bytes].concat());
    }
}
