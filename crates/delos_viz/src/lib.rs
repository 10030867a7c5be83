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

mod error;
mod options;
mod shot;
mod view;
mod viewer;

// All that knows Rerun.
#[cfg(feature = "rerun")]
mod blueprint;
#[cfg(feature = "rerun")]
mod boxes;
#[cfg(feature = "rerun")]
mod canvas;
#[cfg(feature = "rerun")]
mod cloud;
#[cfg(feature = "rerun")]
mod curves;
#[cfg(feature = "rerun")]
mod cut;
#[cfg(feature = "rerun")]
mod deadline;
#[cfg(feature = "rerun")]
mod ego;
#[cfg(feature = "rerun")]
mod frames;
#[cfg(feature = "rerun")]
mod image;
#[cfg(feature = "rerun")]
mod latency;
#[cfg(feature = "rerun")]
mod live;
#[cfg(feature = "rerun")]
mod palette;
#[cfg(feature = "rerun")]
mod paths;
#[cfg(feature = "rerun")]
mod radar;
#[cfg(feature = "rerun")]
mod recorder;
#[cfg(feature = "rerun")]
mod sink;
#[cfg(feature = "rerun")]
mod tracks;
#[cfg(feature = "rerun")]
mod wire;
#[cfg(not(feature = "rerun"))]
mod without;

pub use error::VizError;
pub use options::{Live, RecorderOptions, VizConfig};
pub use shot::{Shot, ShotOptions, shot};
pub use view::{DeadlineView, FrameView, Notice};
pub use viewer::{Viewer, find_viewer};

#[cfg(feature = "rerun")]
use cut::cut;
#[cfg(feature = "rerun")]
pub use frames::recorded_frames;
#[cfg(feature = "rerun")]
pub use recorder::Recorder;
#[cfg(not(feature = "rerun"))]
use without::cut;
#[cfg(not(feature = "rerun"))]
pub use without::{Recorder, recorded_frames};

/// Whether this build makes recordings and live views (feature `rerun`). Without it a
/// [`Recorder`] cannot be opened.
pub const HAS_RECORDINGS: bool = cfg!(feature = "rerun");
