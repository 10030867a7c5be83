//! The text files of KITTI: parsed, and what comes out used as the pipeline does.

#![no_main]

use delos_core::ObjectClass;
use delos_fuzz::{camera, split_text};
use delos_ingest::kitti::{calib, detections, labels, oxts, poses, results::ResultRow, timestamps};
use libfuzzer_sys::fuzz_target;
use nalgebra::Isometry3;

fuzz_target!(|data: &[u8]| {
    let Some((choice, text)) = split_text(data) else { return };
    match choice {
        b'c' => read_calibration(&text),
        b'd' => read_detections(&text),
        b'o' => read_labels(labels::parse_object(&text)),
        b'l' => read_labels(labels::parse_tracking(&text)),
        b'p' => read_poses(&text),
        b't' => drop(timestamps::parse(&text)),
        b'x' => read_oxts(&text),
        _ => {}
    }
});

fn read_calibration(text: &str) {
    let Ok(file) = calib::parse(text) else { return };
    if let Ok(found) = calib::benchmark(&file, None) {
        found.camera.focal();
    }
    if let Ok(found) = calib::raw(&file, &file, Some(&file)) {
        found.camera.focal();
    }
}

fn read_detections(text: &str) {
    for class in [None, Some(ObjectClass::Car)] {
        for row in detections::parse(text, class).unwrap_or_default() {
            row.to_2d();
            if let Some(found) = row.to_3d(&camera()) {
                camera().project_box_clipped(&found.bbox);
            }
        }
    }
}

/// What is written of a row must be readable again.
fn read_labels<E>(rows: Result<Vec<labels::Row>, E>) {
    for row in rows.unwrap_or_default() {
        let object = row.to_labelled(&camera());
        let (frame, score) = (row.frame, row.score.unwrap_or(1.0));
        let result =
            ResultRow::detection(frame, object.class, object.image_box, object.bbox, score);
        let line = result.format(&camera());
        assert_eq!(line.split_ascii_whitespace().count(), 18, "{line}");
    }
}

fn read_poses(text: &str) {
    let poses = poses::parse(text).unwrap_or_default();
    for pose in &poses {
        poses::world_from_ego(&poses[0], pose, &camera());
    }
}

fn read_oxts(text: &str) {
    let records = oxts::parse(text).unwrap_or_default();
    for record in &records {
        oxts::world_from_ego(&records[0], record, &Isometry3::identity());
    }
}
