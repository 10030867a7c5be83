//! Recordings and live views in [Rerun](https://rerun.io), and pictures without a screen.
//!
//! A [`Recorder`] takes one [`FrameView`] per frame and writes what the pipeline saw and
//! concluded into an `.rrd` file, into a viewer, or both. [`shot`] renders one frame of
//! such a file to a PNG.
//!
//! ```
//! use delos_core::{Header, Stamp};
//! use delos_viz::{FrameView, Recorder, RecorderOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let options = RecorderOptions::to_file("drive 0052", folder.path().join("recording.rrd"));
//! let mut recorder = Recorder::open(options)?;
//! let header = Header { sequence: "0052".into(), frame: 7, stamp: Stamp::default(), tick: 0, scene: 0 };
//! let mut frame = FrameView::new(&header);
//! frame.latencies_ms = &[("lidar", 31.5)];
//! recorder.log(&frame)?;
//! recorder.finish()?;
//! # Ok(())
//! # }
//! ```

mod blueprint;
mod boxes;
mod canvas;
mod cloud;
mod cut;
mod deadline;
mod ego;
mod error;
mod frames;
mod image;
mod latency;
mod options;
mod palette;
mod paths;
mod radar;
mod recorder;
mod shot;
mod sink;
mod tracks;
mod viewer;
mod wire;

pub use deadline::DeadlineView;
pub use error::VizError;
pub use frames::recorded_frames;
pub use options::{Live, RecorderOptions, VizConfig};
pub use recorder::{FrameView, Notice, Recorder};
pub use shot::{Shot, ShotOptions, shot};
pub use viewer::{Viewer, find_viewer};
