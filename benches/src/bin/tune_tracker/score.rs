//! Tracks of a sequence as rows, and what they are worth.

use crate::input::Drive;
use anyhow::Result;
use delos_core::{BenchmarkRow, Box2, Box3, CameraModel, Ego, ObjectClass};
use delos_eval::ab3dmot::{self, Mode, Rules};
use delos_eval::tracking::{Evaluator, KittiSequence, Scores};
use delos_ingest::kitti::boxes::CameraBox;
use delos_track::{Tracker, TrackerConfig};

/// Rows of the two result files of a sequence.
#[derive(Default)]
pub(crate) struct Rows {
    /// Published tracks that the image sees.
    pub(crate) published: Vec<BenchmarkRow>,
    /// Every track.
    pub(crate) all: Vec<BenchmarkRow>,
}

/// Follows the detections of a sequence.
pub(crate) fn track(config: &TrackerConfig, drive: &Drive) -> Result<Rows> {
    let mut tracker = Tracker::new(config.clone())?;
    let mut rows = Rows::default();
    for frame in &drive.frames {
        let tracks = tracker.step(frame.stamp, frame.world_from_ego, &frame.detections)?;
        for track in &tracks.tracks {
            let bbox = tracks.box_in_ego(track);
            let in_image = drive.camera.project_object_clipped(&bbox, track.class);
            let id = i64::from(track.id.0);
            let row = row(
                frame.number,
                id,
                track.class,
                in_image,
                &bbox,
                track.existence.get(),
                &drive.camera,
            );
            if track.state.is_confirmed() && in_image.is_some() {
                rows.published.push(row);
            }
            rows.all.push(row);
        }
    }
    Ok(rows)
}

fn row(
    frame: u32,
    id: i64,
    class: ObjectClass,
    in_image: Option<Box2>,
    bbox: &Box3<Ego>,
    score: f64,
    camera: &CameraModel,
) -> BenchmarkRow {
    let place = CameraBox::from_ego(bbox, camera);
    let size = place.size;
    let at = place.bottom_center;
    BenchmarkRow {
        line: 0,
        frame,
        id,
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

/// Scores of a class over some sequences.
pub(crate) fn image_scores(
    drives: &[&Drive],
    rows: &[&Rows],
    class: ObjectClass,
) -> Result<Vec<Scores>> {
    let mut evaluator = Evaluator::default();
    let mut parts = Vec::new();
    for (drive, rows) in drives.iter().zip(rows) {
        let sequence = KittiSequence::new(&drive.truth, &rows.published, drive.length)?;
        parts.push(evaluator.kitti(&sequence, class)?);
    }
    Ok(parts)
}

/// sAMOTA in percent of a class over some sequences.
pub(crate) fn samota(drives: &[&Drive], rows: &[&Rows], class: ObjectClass, overlap: f64) -> f64 {
    let sequences: Vec<_> = drives
        .iter()
        .zip(rows)
        .map(|(drive, rows)| ab3dmot::Sequence {
            truth: &drive.truth,
            results: &rows.all,
            frames: drive.length,
        })
        .collect();
    let rules = Rules { mode: Mode::Solid, min_overlap: overlap };
    let report = ab3dmot::evaluate(&sequences, &[class], rules);
    report.classes.get(class.name()).map_or(0.0, |found| found.samota * 100.0)
}
