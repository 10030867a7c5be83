//! How long the tracker takes, one thread.

#[path = "../../../../crates/delos_track/tests/crowd/street.rs"]
mod street;

use crate::input::Drive;
use crate::settings;
use anyhow::Result;
use delos_core::{Span, Stamp, Transform};
use delos_track::{Tracker, TrackerConfig};
use std::io::Write;
use std::time::Instant;
use toml::Table;

/// Runs through all sequences; the fastest counts, since others share the machine.
const RUNS: usize = 15;

/// Frames per second on the detections that the sequences hold, all of them and cars alone.
pub(crate) fn run(
    out: &mut impl Write,
    drives: &[Drive],
    cars: &[Drive],
    settings: &Table,
) -> Result<()> {
    for (name, drives) in [("all classes", drives), ("cars", cars)] {
        let frames: usize = drives.iter().map(|drive| drive.frames.len()).sum();
        let boxes: usize =
            drives.iter().flat_map(|d| &d.frames).map(|frame| frame.detections.0.len()).sum();
        let times = (0..RUNS).map(|_| seconds(drives, settings)).collect::<Result<Vec<_>>>()?;
        let best = times.iter().copied().fold(f64::INFINITY, f64::min);
        writeln!(
            out,
            "{name}: {frames} frames, {boxes} detections: {:.0} frames/s, {:.1} µs a frame",
            frames as f64 / best,
            best * 1e6 / frames as f64
        )?;
    }
    for objects in [100, 500] {
        let times = (0..RUNS).map(|_| crowded(objects)).collect::<Result<Vec<_>>>()?;
        let best = times.iter().copied().fold(f64::INFINITY, f64::min);
        writeln!(
            out,
            "{objects} cars made up, settings of the code: {:.3} ms a frame",
            best * 1e3
        )?;
    }
    Ok(())
}

/// Seconds of a frame with so many cars.
fn crowded(objects: usize) -> Result<f64> {
    let frames = street::street(objects, 100);
    let mut tracker = Tracker::new(TrackerConfig::default())?;
    #[expect(clippy::disallowed_methods, reason = "the tracker's speed is measured")]
    let start = Instant::now();
    for (number, found) in frames.iter().enumerate() {
        let stamp = Stamp::from_nanos(0) + Span::from_secs_f64(0.1 * number as f64);
        tracker.step(stamp, Some(Transform::identity()), found)?;
    }
    Ok(start.elapsed().as_secs_f64() / frames.len() as f64)
}

fn seconds(drives: &[Drive], settings: &Table) -> Result<f64> {
    let mut tracker = Tracker::new(settings::config(settings)?)?;
    #[expect(clippy::disallowed_methods, reason = "the tracker's speed is measured")]
    let start = Instant::now();
    for drive in drives {
        tracker.reset();
        for frame in &drive.frames {
            tracker.step(frame.stamp, frame.world_from_ego, &frame.detections)?;
        }
    }
    Ok(start.elapsed().as_secs_f64())
}
