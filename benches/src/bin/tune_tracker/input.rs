//! Sequences of KITTI's tracking benchmark, held in memory.

use anyhow::{Context, Result};
use delos_core::{BenchmarkRow, CameraModel, Detections3d, Ego, Stamp, Transform, World};
use delos_ingest::benchmark::{RowFormat, RowRules, parse};
use delos_ingest::{Need, ReplayOptions, SensorFrame};
use std::fs;
use std::path::Path;

/// One sequence.
#[derive(Clone)]
pub(crate) struct Drive {
    pub(crate) name: String,
    pub(crate) camera: CameraModel,
    pub(crate) frames: Vec<Frame>,
    pub(crate) truth: Vec<BenchmarkRow>,
    /// Number of frames by the labels.
    pub(crate) length: u32,
}

/// What the tracker sees of a moment.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) number: u32,
    pub(crate) stamp: Stamp,
    pub(crate) world_from_ego: Option<Transform<World, Ego>>,
    pub(crate) detections: Detections3d,
}

/// Reads all sequences that have labels and detections.
pub(crate) fn read(data: &Path, detections: &Path) -> Result<Vec<Drive>> {
    let options = ReplayOptions {
        data: data.to_owned(),
        camera: Need::Off,
        lidar_need: Need::Off,
        radar: Need::Off,
        detections: Some(detections.to_owned()),
        detections_need: Need::Required,
        ..ReplayOptions::default()
    };
    let mut drives: Vec<Drive> = Vec::new();
    for frame in delos_ingest::open(&options)?.stream()? {
        take(&mut drives, frame?, data)?;
    }
    Ok(drives)
}

fn take(drives: &mut Vec<Drive>, frame: SensorFrame, data: &Path) -> Result<()> {
    let name = frame.header.sequence.to_string();
    if drives.last().is_none_or(|drive| drive.name != name) {
        let camera = frame.calibration.camera.context("a sequence without a camera")?;
        drives.push(begin(name, camera, data)?);
    }
    let Some(drive) = drives.last_mut() else { return Ok(()) };
    drive.frames.push(Frame {
        number: frame.header.frame,
        stamp: frame.header.stamp,
        world_from_ego: frame.pose.map(|pose| pose.world_from_ego),
        detections: frame.detections.unwrap_or_default(),
    });
    Ok(())
}

fn begin(name: String, camera: CameraModel, data: &Path) -> Result<Drive> {
    let path = data.join("training/label_02").join(format!("{name}.txt"));
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let truth = parse(&bytes, RowFormat::KittiTracking, &RowRules::default())?.rows;
    let length = truth.iter().map(|row| row.frame + 1).max().unwrap_or(0);
    Ok(Drive { name, camera, frames: Vec::new(), truth, length })
}
