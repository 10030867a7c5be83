//! Rows of labels and results, and the boxes they stand for.

use anyhow::{Context, Result};
use delos_core::{
    BenchmarkRow, Box2, Box3, CameraModel, Ego, LabelledObject, ObjectClass, PointCloud, Position,
    Size,
};
use delos_eval::points_in;
use delos_ingest::benchmark::{RowFormat, RowRules, parse};
use delos_ingest::kitti::boxes::CameraBox;
use delos_ingest::kitti::calib;
use std::fs;
use std::path::Path;

/// The rows of a file.
pub(crate) fn read_rows(path: &Path, format: RowFormat) -> Result<Vec<BenchmarkRow>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let rows = parse(&bytes, format, &RowRules::default());
    Ok(rows.with_context(|| path.display().to_string())?.rows)
}

/// The camera of a calibration file of the benchmarks.
pub(crate) fn read_camera(path: &Path) -> Result<CameraModel> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let read = calib::parse(&text).and_then(|file| calib::benchmark(&file, None));
    Ok(read.map_err(|error| error.in_file(path))?.camera)
}

/// The rows of one frame.
pub(crate) fn of_frame(rows: &[BenchmarkRow], frame: u32) -> Vec<BenchmarkRow> {
    rows.iter().filter(|row| row.frame == frame).copied().collect()
}

/// Points of the scan in the box of a labelled row; none where it has no box.
pub(crate) fn points(row: &BenchmarkRow, camera: &CameraModel, cloud: &PointCloud<Ego>) -> u32 {
    let [height, width, length] = row.size_hwl;
    let Ok(size) = Size::new(length, width, height) else { return 0 };
    let [x, y, z] = row.bottom;
    let bottom_center = Position::new(x, y, z);
    let place = CameraBox { bottom_center, size, rotation_y: row.rotation_y };
    points_in(&place.to_ego(camera), cloud)
}

/// The row of a labelled object that has no row of its own, as in tracklets.
pub(crate) fn label_row(
    frame: u32,
    object: &LabelledObject,
    camera: &CameraModel,
) -> Option<BenchmarkRow> {
    let bbox = object.bbox?;
    let in_image = object.image_box.or_else(|| camera.project_box_clipped(&bbox));
    Some(BenchmarkRow { score: None, ..row(frame, object.class, &bbox, in_image, 0.0, camera) })
}

/// The row of something found.
pub(crate) fn found_row(
    frame: u32,
    class: ObjectClass,
    bbox: &Box3<Ego>,
    score: f64,
    camera: &CameraModel,
) -> BenchmarkRow {
    row(frame, class, bbox, camera.project_object_clipped(bbox, class), score, camera)
}

fn row(
    frame: u32,
    class: ObjectClass,
    bbox: &Box3<Ego>,
    in_image: Option<Box2>,
    score: f64,
    camera: &CameraModel,
) -> BenchmarkRow {
    let place = CameraBox::from_ego(bbox, camera);
    let (size, at) = (place.size, place.bottom_center);
    BenchmarkRow {
        line: 0,
        frame,
        id: -1,
        class,
        truncation: -1.0,
        occlusion: -1,
        alpha: place.alpha(),
        image_box: in_image.map_or([-1.0; 4], |b| [b.x1, b.y1, b.x2, b.y2].map(f64::from)),
        size_hwl: [size.height(), size.width(), size.length()],
        bottom: [at.x(), at.y(), at.z()],
        rotation_y: place.rotation_y,
        score: Some(score),
    }
}
