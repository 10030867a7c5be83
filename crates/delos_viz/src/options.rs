//! What to record, and where it goes.

use crate::VizError;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The part of the settings that belongs into a launch file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VizConfig {
    /// Whether camera images are recorded.
    pub images: bool,
    /// Quality of the JPEG they are compressed to, 1..=100; 0 keeps the raw pixels.
    pub jpeg_quality: u8,
    /// Whether LiDAR points are recorded.
    pub points: bool,
    /// Every n-th point is recorded; 1 records all.
    pub point_stride: usize,
    /// Length of a track's trail, frames.
    pub trail_frames: usize,
    /// Length of the vehicle's own trail, frames.
    pub ego_trail_frames: usize,
    /// A velocity arrow shows the way of this many seconds.
    pub arrow_seconds: f64,
}

impl Default for VizConfig {
    fn default() -> Self {
        Self {
            images: true,
            jpeg_quality: 88,
            points: true,
            point_stride: 1,
            trail_frames: 30,
            ego_trail_frames: 300,
            arrow_seconds: 1.0,
        }
    }
}

impl VizConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`VizError::Setting`] names the first setting out of its range.
    pub fn check(&self) -> Result<(), VizError> {
        let bad =
            |setting, value: String, wanted| Err(VizError::Setting { setting, value, wanted });
        if self.jpeg_quality > 100 {
            return bad("jpeg_quality", self.jpeg_quality.to_string(), "0 to 100");
        }
        if self.point_stride == 0 {
            return bad("point_stride", "0".to_owned(), "1 or more");
        }
        if !(self.arrow_seconds.is_finite() && self.arrow_seconds >= 0.0) {
            return bad("arrow_seconds", self.arrow_seconds.to_string(), "0 or more");
        }
        Ok(())
    }
}

/// A viewer that shows the frames as they come. Only ever on this machine (127.0.0.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Live {
    /// Start this viewer, or use the one that already listens on Rerun's default port.
    Spawn {
        /// The viewer's program; see [`find_viewer`](crate::find_viewer).
        viewer: PathBuf,
    },
    /// Use the viewer that listens on this port.
    Connect {
        /// Port on 127.0.0.1.
        port: u16,
    },
}

/// What a [`Recorder`](crate::Recorder) writes to, and what it records.
#[derive(Clone, Debug, PartialEq)]
pub struct RecorderOptions {
    /// Application name: viewers remember a user's layout by it.
    pub application_id: String,
    /// Name of the recording, for people.
    pub name: String,
    /// File to write, by custom with the ending `.rrd`.
    pub file: Option<PathBuf>,
    /// Viewer to show.
    pub live: Option<Live>,
    /// What to record.
    pub config: VizConfig,
}

impl RecorderOptions {
    /// A recording named `name` that goes to `file` alone, with default settings.
    pub fn to_file(name: impl Into<String>, file: impl Into<PathBuf>) -> Self {
        Self { file: Some(file.into()), ..Self::named(name) }
    }

    /// A recording named `name` that goes nowhere yet, with default settings.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            application_id: "delos".to_owned(),
            name: name.into(),
            file: None,
            live: None,
            config: VizConfig::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_are_named() {
        let cases = [
            (VizConfig { jpeg_quality: 101, ..VizConfig::default() }, "jpeg_quality"),
            (VizConfig { point_stride: 0, ..VizConfig::default() }, "point_stride"),
            (VizConfig { arrow_seconds: f64::NAN, ..VizConfig::default() }, "arrow_seconds"),
        ];
        for (config, wanted) in cases {
            let error = config.check().expect_err(wanted).to_string();
            assert!(error.contains(wanted), "{error}");
        }
        VizConfig::default().check().expect("defaults are in range");
    }
}
