//! Labelled scans as bytes and text.

use delos_core::ObjectClass;
use delos_ingest::kitti::write::scan_bytes;
use delos_sim::scenes::{LabelledBox, LabelledScan};
use std::fmt::Write;

/// How a stream begins: eight bytes and a little-endian `u32`, the version.
pub(super) const MAGIC: [u8; 8] = *b"DELOSCAN";
pub(super) const VERSION: u32 = 1;

/// Heads of the columns of a label file.
pub(super) const COLUMNS: &str = "# class x y z length width height yaw points";

/// What a folder of scans says of itself.
pub(super) const README: &str = "\
Simulated LiDAR scans of random street scenes, with exact labels.

scans/NNNNNN.bin   little-endian f32 x, y, z, reflectance of each point (KITTI's velodyne
                   layout); metres, x forward, y left, z up, origin at the sensor 1.73 m
                   above the ground; reflectance 0 to 0.99
labels/NNNNNN.txt  one line for each road user of the scene, also of those without a point:
                   class x y z length width height yaw points
                   the middle of the box and its extents in metres, the heading of its length
                   about z from x in radians, the number of points on it
";

/// The first bytes of a stream.
pub(super) fn stream_head() -> Vec<u8> {
    [&MAGIC[..], &VERSION.to_le_bytes()].concat()
}

/// One scan of a stream, little-endian: its seed (`u64`), the numbers of points and boxes
/// (`u32` each), the points (four `f32` each), the boxes (`u32` class, `f32` x, y, z,
/// length, width, height, yaw, `u32` points each).
pub(super) fn stream_record(seed: u64, labelled: &LabelledScan) -> Vec<u8> {
    let points = scan_bytes(&labelled.scan.cloud);
    let mut bytes = Vec::with_capacity(16 + points.len() + 36 * labelled.objects.len());
    bytes.extend(seed.to_le_bytes());
    for count in [labelled.scan.cloud.points().len(), labelled.objects.len()] {
        bytes.extend((count as u32).to_le_bytes());
    }
    bytes.extend(points);
    for label in &labelled.objects {
        bytes.extend(class_number(label.class).to_le_bytes());
        for value in numbers(label) {
            bytes.extend((value as f32).to_le_bytes());
        }
        bytes.extend(label.points.to_le_bytes());
    }
    bytes
}

/// The text of a label file.
pub(super) fn label_text(objects: &[LabelledBox]) -> String {
    let mut text = format!("{COLUMNS}\n");
    for label in objects {
        let [x, y, z, length, width, height, yaw] = numbers(label);
        let row = format_args!(
            "{} {x:.3} {y:.3} {z:.3} {length:.3} {width:.3} {height:.3} {yaw:.4} {}",
            label.class, label.points
        );
        // Writing to a string does not fail.
        let _ = writeln!(text, "{row}");
    }
    text
}

fn numbers(label: &LabelledBox) -> [f64; 7] {
    let (center, size) = (&label.bbox.center, &label.bbox.size);
    let [length, width, height] = [size.length(), size.width(), size.height()];
    [center.x(), center.y(), center.z(), length, width, height, label.bbox.yaw.radians()]
}

/// The number of a class in a stream. Never changes within a version.
const fn class_number(class: ObjectClass) -> u32 {
    match class {
        ObjectClass::Car => 0,
        ObjectClass::Van => 1,
        ObjectClass::Truck => 2,
        ObjectClass::Bus => 3,
        ObjectClass::Pedestrian => 4,
        ObjectClass::Cyclist => 5,
        ObjectClass::Motorcycle => 6,
        _ => 7,
    }
}
