//! HOTA of the chain from LiDAR to tracks on sequence 0000, beside that of published detections.

use crate::Arguments;
use crate::follow::{self, Settings};
use crate::judge::Found;
use crate::labels::read_rows;
use crate::scenes::{FRAMES, Scene, Source};
use anyhow::{Context, Result};
use delos_core::{BenchmarkRow, Detections3d, ObjectClass};
use delos_eval::tracking::{Evaluator, Hota, KittiSequence, Scores};
use delos_geom::UprightBox;
use delos_ingest::benchmark::RowFormat;
use delos_ingest::kitti::detections;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Writes the table.
pub(crate) fn write(
    out: &mut impl Write,
    arguments: &Arguments,
    scenes: &[Scene],
    found: &[Found],
) -> Result<()> {
    let at = scenes.iter().position(|scene| scene.source == Source::Tracking);
    let (scene, found) = at.map(|at| (&scenes[at], &found[at])).context("no sequence 0000")?;
    let labels = arguments.data.join("kitti_tracking/training/label_02/0000.txt");
    let truth = read_rows(&labels, RowFormat::KittiTracking)?;
    let ours: Vec<BenchmarkRow> =
        found.tracked.iter().flatten().flat_map(|rows| rows.published.iter().copied()).collect();
    let kept = without_ignored(&ours, scene);
    let published = published(arguments, scene)?;
    writeln!(out, "\n| tracks of 0000, car | HOTA | DetA | AssA | MOTA | IDSW |")?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|")?;
    let rows = [
        ("LiDAR to tracks", &ours),
        ("the same without tracks on cars of the ignore list", &kept),
        ("PointRCNN detections to tracks", &published),
    ];
    for (name, rows) in rows {
        let s = scores(&truth, rows)?;
        let percent = |share: f64| share * 100.0;
        writeln!(
            out,
            "| {name} | {:.1} | {:.1} | {:.1} | {:.1} | {} |",
            percent(Hota::mean(&s.hota.hota)),
            percent(Hota::mean(&s.hota.det_a)),
            percent(Hota::mean(&s.hota.ass_a)),
            percent(s.clear.mota),
            s.clear.id_switches
        )?;
    }
    Ok(())
}

fn scores(truth: &[BenchmarkRow], results: &[BenchmarkRow]) -> Result<Scores> {
    let sequence = KittiSequence::new(truth, results, FRAMES)?;
    Ok(Evaluator::default().kitti(&sequence, ObjectClass::Car)?)
}

/// The rows that do not stand on a car of the ignore list, or stand on a labelled one too.
fn without_ignored(rows: &[BenchmarkRow], scene: &Scene) -> Vec<BenchmarkRow> {
    let touches = |row: &BenchmarkRow, others: &[BenchmarkRow]| {
        let bbox = UprightBox::from(row);
        others.iter().any(|other| bbox.iou_bev(&UprightBox::from(other)) > 0.0)
    };
    let is_ignored = |row: &BenchmarkRow| {
        let mut here = scene.frames.iter().filter(|frame| frame.number == row.frame);
        here.any(|frame| {
            let labels = frame.labels.as_ref();
            labels.is_some_and(|l| touches(row, &l.ignore) && !touches(row, &l.truth))
        })
    };
    rows.iter().filter(|row| !is_ignored(row)).copied().collect()
}

/// Tracks of published detections, with the settings that were made for them.
fn published(arguments: &Arguments, scene: &Scene) -> Result<Vec<BenchmarkRow>> {
    let mut tracker = Settings::read(&arguments.published)?.tracker()?;
    let folder = arguments.data.join("kitti_tracking/detections/pointrcnn");
    let mut rows = Vec::new();
    let mut all = Vec::new();
    for class in ["Car", "Cyclist", "Pedestrian"] {
        all.extend(read(&folder.join(class).join("0000.txt"))?);
    }
    for frame in &scene.frames {
        let here = all.iter().filter(|found| found.frame == frame.number);
        let here = Detections3d(here.filter_map(|found| found.to_3d(&frame.camera)).collect());
        let moment = (frame.number, frame.stamp);
        let step = follow::step(&mut tracker, moment, frame.world_from_ego, &here, &frame.camera)?;
        rows.extend(step.published);
    }
    Ok(rows)
}

fn read(path: &Path) -> Result<Vec<detections::FileDetection>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(detections::parse(&text, None).map_err(|error| error.in_file(path))?)
}
