//! Rows of labels and results: what is let through can be scored.

#![no_main]

use delos_core::{BenchmarkRow, ObjectClass};
use delos_fuzz::split;
use delos_ingest::benchmark::{OnMistake, RowFormat, RowRules, parse, parse_mot};
use libfuzzer_sys::fuzz_target;

const FRAMES: u32 = 100;

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = split(data) else { return };
    let rules = RowRules { frames: Some(FRAMES), needs_identity: true, ..RowRules::default() };
    match choice {
        b't' => read(bytes, RowFormat::KittiTracking, &rules),
        b'o' => read(bytes, RowFormat::KittiObject, &RowRules { needs_identity: false, ..rules }),
        b'a' => read(bytes, RowFormat::Ab3dmot, &RowRules { needs_identity: false, ..rules }),
        b'm' => read_mot(bytes, &rules),
        _ => {}
    }
});

/// Lenient reading skips exactly what strict reading would stop at.
fn read(bytes: &[u8], format: RowFormat, rules: &RowRules) {
    let strict = parse(bytes, format, rules);
    let lenient = RowRules { on_mistake: OnMistake::Skip, ..*rules };
    let Ok(found) = parse(bytes, format, &lenient) else { unreachable!("lenient") };
    assert_eq!(strict.is_ok(), found.skipped.total() == 0);
    if let Ok(strict) = strict {
        assert_eq!(strict.rows, found.rows);
    }
    found.rows.iter().for_each(check);
}

fn check(row: &BenchmarkRow) {
    let [x1, y1, x2, y2] = row.image_box;
    assert!(row.frame < FRAMES && x1 <= x2 && y1 <= y2, "{row:?}");
    let numbers = [row.truncation, row.alpha, row.rotation_y, row.score.unwrap_or(0.0)];
    let numbers = numbers.into_iter().chain(row.image_box).chain(row.size_hwl).chain(row.bottom);
    assert!(numbers.into_iter().all(f64::is_finite), "{row:?}");
    let is_given = row.size_hwl != [-1.0; 3] && row.size_hwl != [-1000.0; 3];
    if is_given && row.class != ObjectClass::DontCare {
        assert!(row.size_hwl.iter().all(|extent| *extent >= 0.0), "{row:?}");
    }
}

fn read_mot(bytes: &[u8], rules: &RowRules) {
    let lenient = RowRules { on_mistake: OnMistake::Skip, ..*rules };
    let Ok(found) = parse_mot(bytes, &lenient) else { unreachable!("lenient") };
    for row in &found.rows {
        assert!((1..=FRAMES).contains(&row.frame) && row.id >= 0, "{row:?}");
        let [.., width, height] = row.rectangle;
        assert!(width >= 0.0 && height >= 0.0 && row.confidence.is_finite(), "{row:?}");
    }
}
