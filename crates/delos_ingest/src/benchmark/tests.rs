use super::*;
use delos_core::ObjectClass;
use proptest::prelude::*;

const RULES: RowRules = RowRules {
    frames: Some(10),
    needs_identity: true,
    needs_score: false,
    needs_place: false,
    on_oddity: OnOddity::Refuse,
    on_mistake: OnMistake::Stop,
};

fn tracking(text: &str, rules: &RowRules) -> Result<Rows<BenchmarkRow>, ParseError> {
    parse(text.as_bytes(), RowFormat::KittiTracking, rules)
}

const GOOD: &str = "3 7 Car 0 1 -1.5 100 80 150 120 1.5 1.6 3.9 1 1.6 15 -1.57 0.9";

/// `GOOD` with one column changed.
fn with(column: usize, value: &str) -> String {
    let mut fields: Vec<&str> = GOOD.split(' ').collect();
    fields[column] = value;
    fields.join(" ")
}

#[test]
fn every_mistake_has_a_message_of_its_own() {
    let table = [
        ("3 7 Car".to_owned(), Reason::Columns, "17 or 18 columns expected (frame id type"),
        (format!("{GOOD} 1"), Reason::Columns, "[score]), 19 found"),
        (with(5, "nan"), Reason::NotFinite, "column 6 (alpha): `nan` is not a finite number"),
        (with(12, "inf"), Reason::NotFinite, "column 13 (l): `inf` is not a finite number"),
        (with(17, "1e999"), Reason::NotFinite, "column 18 (score): `1e999`"),
        (with(6, "1,5"), Reason::Number, "column 7 (x1): `1,5` is not a number"),
        (with(1, "7.5"), Reason::Number, "column 2 (id): `7.5` is not a whole number"),
        (with(2, "Lorry"), Reason::Class, "unknown class `Lorry`; known are Car, Van"),
        (with(0, "10"), Reason::Frame, "frame 10 lies past the end of the sequence, which has 10"),
        (with(0, "-1"), Reason::Frame, "frame -1: frames are counted from 0"),
        (with(0, "99999999999"), Reason::Frame, "frame 99999999999 lies past the end"),
        (with(1, "-1"), Reason::Identity, "id -1: a tracked object needs an identity"),
        (with(8, "99"), Reason::Rectangle, "rectangle 100 80 99 120: x2 is less than x1"),
        (with(9, "79.9"), Reason::Rectangle, "rectangle 100 80 150 79.9: y2 is less than y1"),
        (with(11, "-1.6"), Reason::Size, "size 1.5 -1.6 3.9 (h w l): below zero"),
        (GOOD.to_owned(), Reason::Duplicate, "frame 3, id 7 (Car) stands in line 1 already"),
    ];
    for (line, reason, what) in table {
        let text = format!("{GOOD}\r\n\n{line}\n");
        let error = tracking(&text, &RULES).expect_err(&line);
        assert!(error.what.contains(what), "{line}: {error}");
        assert_eq!(error.line, Some(3), "{line}");
        let lenient = RowRules { on_mistake: OnMistake::Skip, ..RULES };
        let found = tracking(&text, &lenient).expect("lenient");
        assert_eq!(found.rows.len(), 1, "{line}");
        let skipped: Vec<_> = found.skipped.iter().collect();
        let [(found, 1, wrong)] = skipped.as_slice() else { panic!("{line}: {skipped:?}") };
        assert_eq!((*found, wrong.line), (reason, 3), "{line}");
        assert_eq!(Some(&wrong.what), Some(&error.what));
    }
}

#[test]
fn what_the_reference_tools_read_is_read() {
    let table = [
        with(2, "car"),
        with(2, "DontCare"),
        with(1, "8.0"),
        with(2, "Pedestrian"),
        GOOD.trim_end_matches(" 0.9").replace("3 7", "4 7"),
        "3 -1 DontCare -1 -1 -10 1 2 3 4 -1000 -1000 -1000 -10 -1 -1 -1".to_owned(),
        "4 8 Van -1 -1 -10 -1 -1 -1 -1 -1 -1 -1 -1000 -1000 -1000 -10 1e-3".to_owned(),
    ];
    for line in &table[1..] {
        let text = format!("{GOOD}\n{line}");
        let found = tracking(&text, &RULES).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert_eq!(found.rows.len(), 2);
    }
    assert_eq!(tracking(&table[0], &RULES).expect("a car").rows[0].class, ObjectClass::Car);
    assert!(tracking("", &RULES).expect("nothing found").rows.is_empty());
    assert!(tracking("\r\n \n", &RULES).expect("nothing found").rows.is_empty());
}

#[test]
fn a_comparison_may_need_a_score_or_a_place() {
    let no_score = GOOD.trim_end_matches(" 0.9");
    let rules = RowRules { needs_score: true, ..RULES };
    let error = tracking(no_score, &rules).expect_err("no score").to_string();
    assert!(error.starts_with("line 1: 18 columns expected (frame"), "{error}");
    assert!(error.ends_with("ry score), 17 found"), "{error}");
    let no_place = "4 8 Van -1 -1 -10 -1 -1 -1 -1 -1 -1 -1 -1000 -1000 -1000 -10 1e-3";
    let rules = RowRules { needs_place: true, ..RULES };
    let error = tracking(no_place, &rules).expect_err("no place").to_string();
    assert!(error.contains("not given, and this comparison is in space"), "{error}");
    let rules = RowRules { needs_identity: false, ..RULES };
    let text = format!("{}\n{0}", with(1, "-1"));
    assert_eq!(tracking(&text, &rules).expect("detections").rows.len(), 2);
}

#[test]
fn the_other_formats_fill_what_they_know() {
    let rules = RowRules { needs_identity: false, ..RULES };
    let object = |text: &str| parse(text.as_bytes(), RowFormat::KittiObject, &rules);
    let row = object(&GOOD[4..]).expect("a row").rows[0];
    assert_eq!((row.frame, row.id, row.occlusion, row.score), (0, -1, 1, Some(0.9)));
    assert_eq!((row.size_hwl, row.bottom), ([1.5, 1.6, 3.9], [1.0, 1.6, 15.0]));

    let comma = |text: &str| parse(text.as_bytes(), RowFormat::Ab3dmot, &rules);
    let row =
        comma("2,3,10, 20,30,40,-1.5,1.7,0.6,1.8,1,2,30,-0.5,-0.6\r\n").expect("a row").rows[0];
    assert_eq!((row.frame, row.class, row.score), (2, ObjectClass::Cyclist, Some(-1.5)));
    assert_eq!((row.rotation_y, row.alpha, row.bottom), (-0.5, -0.6, [1.0, 2.0, 30.0]));
    let row = comma("7,1,1,2,3,4,-0.5,1.7,0.6,0.8,1,1.6,9,3.5").expect("a row").rows[0];
    assert_eq!((row.alpha, row.rotation_y), (-10.0, 3.5), "no alpha; angles are left as written");
    for (wrong, what) in [
        ("2,4,10,20,30,40,1,1,1,1,1,2,30,0,0", "type 4 is none of 1 pedestrian"),
        ("2,2,10,20,30,40,1,1,1,1,1,2,30", "14 or 15 columns expected (frame type"),
        ("2,2,10,,30,40,1,1,1,1,1,2,30,0,0", "column 4 (y1): `` is not a number"),
    ] {
        let error = comma(wrong).expect_err(what).to_string();
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn rows_of_motchallenge_are_read_as_they_are() {
    let mot = |text: &str| parse_mot(text.as_bytes(), &RULES);
    let text = "1,2,282,201.5,92,184,0.5,-1,-1,-1\n10,4.0, 1, 2, 3, 4, 1,7,0.25,\r\n";
    let first = MotRow {
        line: 1,
        frame: 1,
        id: 2,
        rectangle: [282.0, 201.5, 92.0, 184.0],
        confidence: 0.5,
        rest: [-1.0; 3],
    };
    let rectangle = [1.0, 2.0, 3.0, 4.0];
    let (confidence, rest) = (1.0, [7.0, 0.25, -1.0]);
    let second = MotRow { line: 2, frame: 10, id: 4, rectangle, confidence, rest };
    assert_eq!(mot(text).expect("two rows").rows, [first, second]);
    let between_blanks = text.replace(",\r", "").replace(',', " ");
    assert_eq!(mot(&between_blanks).expect("two rows").rows, [first, second]);
    for (wrong, what) in [
        ("0,2,282,201,92,184,1,-1,-1,-1", "frame 0: frames are counted from 1"),
        ("11,2,282,201,92,184,1,-1,-1,-1", "frame 11 lies past the end"),
        ("1,-1,282,201,92,184,1,-1,-1,-1", "id -1: a tracked object needs"),
        ("1,2,282,201,-92,184,1,-1,-1,-1", "width -92 and height 184: below zero"),
        ("1,2,282,201,92,184", "7 to 10 columns expected (frame id left"),
        ("1,2,282,201,92,184,1,-1,-1,nan", "column 10 (z): `nan`"),
        ("5,2,0,0,1,1,1\n5,2,0,0,1,1,1", "frame 5, id 2 stands in line 1 already"),
    ] {
        let error = mot(wrong).expect_err(what).to_string();
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn copies_are_found_in_files_of_any_order() {
    let line = |frame: u32, id: u32| format!("{frame} {id}{}\n", &GOOD[3..]);
    let text: String =
        [(5, 1), (2, 1), (5, 2), (2, 1), (5, 1), (5, 1)].map(|(f, i)| line(f, i)).concat();
    let error = tracking(&text, &RULES).expect_err("copies").to_string();
    assert_eq!(error, "line 4: frame 2, id 1 (Car) stands in line 2 already");
    let found =
        tracking(&text, &RowRules { on_mistake: OnMistake::Skip, ..RULES }).expect("lenient");
    assert_eq!(found.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(found.skipped.total(), 3);
}

proptest! {
    /// What the standard library makes of the columns.
    #[test]
    fn rows_hold_the_numbers_that_are_written(
        numbers in prop::collection::vec((0..10_u32, 0..500_u32, -50.0..50.0_f64), 0..20),
        digits in 0..9_usize,
    ) {
        let mut text = String::new();
        for (frame, id, x) in &numbers {
            let end = if id % 2 == 0 { "\n" } else { "\r\n" };
            let row = format!("{frame} {id} Car 0 0 {x:.digits$} 1 2 3 4 1 2 3 {x} {x:e} 1.5 -2.");
            text += &row;
            text += end;
        }
        let rules = RowRules { needs_identity: false, ..RULES };
        let found = tracking(&text, &rules).expect("good rows");
        prop_assert_eq!(found.rows.len(), numbers.len());
        for (row, line) in found.rows.iter().zip(text.lines()) {
            let number = |column: usize| {
                line.split_whitespace().nth(column).and_then(|field| field.parse::<f64>().ok())
            };
            let [x1, y1, x2, y2] = row.image_box;
            let [[h, w, l], [x, y, z]] = [row.size_hwl, row.bottom];
            let ours = [row.alpha, x1, y1, x2, y2, h, w, l, x, y, z, row.rotation_y];
            for (column, ours) in (5..).zip(ours) {
                prop_assert_eq!(number(column), Some(ours), "{} of {}", column, line);
            }
            prop_assert_eq!(number(0), Some(f64::from(row.frame)));
            prop_assert_eq!(number(1), Some(row.id as f64));
        }
    }

    #[test]
    fn nothing_upsets_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let rules = RowRules { on_mistake: OnMistake::Skip, ..RULES };
        for format in [RowFormat::KittiTracking, RowFormat::KittiObject, RowFormat::Ab3dmot] {
            let found = parse(&bytes, format, &rules).expect("lenient");
            prop_assert!(found.rows.iter().all(|row| row.frame < 10));
        }
        parse_mot(&bytes, &rules).expect("lenient");
    }

    #[test]
    fn nothing_like_a_row_upsets_the_reader(text in "([-0-9.]{1,4}[ ,\n\r]|Car |nan ){0,120}") {
        let rules = RowRules { on_mistake: OnMistake::Skip, ..RULES };
        let found = tracking(&text, &rules).expect("lenient");
        let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
        prop_assert_eq!(found.rows.len() + found.skipped.total(), lines);
    }
}
