//! Detections of scans that follow one another, tracked with the settings of a launch file.

use crate::labels::found_row;
use anyhow::{Context, Result};
use delos_core::{BenchmarkRow, CameraModel, Detections3d, Ego, Stamp, Tracks, Transform, World};
use delos_track::{Tracker, TrackerConfig};
use std::fs;
use std::path::Path;
use toml::{Table, Value};

/// What a launch file says of its tracker.
pub(crate) struct Settings(TrackerConfig);

impl Settings {
    pub(crate) fn read(launch: &Path) -> Result<Self> {
        let name = launch.display();
        let text = fs::read_to_string(launch).with_context(|| format!("cannot read {name}"))?;
        let whole: Table = text.parse().with_context(|| name.to_string())?;
        let tracker = whole.get("node").and_then(|nodes| nodes.get("tracker"));
        let tracker = tracker.and_then(Value::as_table);
        let mut tracker = tracker.with_context(|| format!("{name} has no [node.tracker]"))?.clone();
        for key in ["kind", "reads"] {
            tracker.remove(key);
        }
        let config: TrackerConfig = tracker.try_into()?;
        config.validate()?;
        Ok(Self(config))
    }

    pub(crate) fn tracker(&self) -> Result<Tracker> {
        Ok(Tracker::new(self.0.clone())?)
    }
}

/// The rows of a frame's tracks.
#[derive(Clone, Default)]
pub(crate) struct TrackRows {
    /// Every track, scored by its probability to exist.
    pub(crate) all: Vec<BenchmarkRow>,
    /// Confirmed ones that the image sees: what the chain publishes.
    pub(crate) published: Vec<BenchmarkRow>,
}

/// Moves the tracks on by a frame.
pub(crate) fn step(
    tracker: &mut Tracker,
    (number, stamp): (u32, Stamp),
    world_from_ego: Option<Transform<World, Ego>>,
    found: &Detections3d,
    camera: &CameraModel,
) -> Result<TrackRows> {
    let tracks = tracker.step(stamp, world_from_ego, found)?;
    Ok(rows(number, tracks, camera))
}

fn rows(frame: u32, tracks: &Tracks, camera: &CameraModel) -> TrackRows {
    let mut rows = TrackRows::default();
    for track in &tracks.tracks {
        let bbox = tracks.box_in_ego(track);
        let id = i64::from(track.id.0);
        let row = found_row(frame, track.class, &bbox, track.existence.get(), camera);
        let row = BenchmarkRow { id, ..row };
        if track.state.is_confirmed() && row.image_box[2] > row.image_box[0] {
            rows.published.push(row);
        }
        rows.all.push(row);
    }
    rows
}
