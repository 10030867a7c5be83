//! Sensor ingest: readers of public driving data sets and of a user's own recordings.
//!
//! [`open`] recognises the layout of a folder, reads what belongs to whole sequences
//! (calibration, labels, poses, detection files) and lists the frames. [`FrameStream`]
//! then reads and decodes the sensor files in the background and hands the frames out in
//! order; memory is bounded by the frames that are read ahead. Parsers are functions of
//! bytes or text without I/O.
//!
//! ```
//! use delos_ingest::{Need, ReplayOptions, open};
//!
//! // A folder of one's own with two scans of one point each.
//! let folder = tempfile::tempdir()?;
//! let point: Vec<u8> = [10.0_f32, 2.0, -1.5, 0.3].iter().flat_map(|v| v.to_le_bytes()).collect();
//! std::fs::write(folder.path().join("0000.bin"), &point)?;
//! std::fs::write(folder.path().join("0001.bin"), &point)?;
//!
//! let options = ReplayOptions {
//!     data: folder.path().to_owned(),
//!     lidar_need: Need::Required,
//!     ..Default::default()
//! };
//! let recording = open(&options)?;
//! assert_eq!(recording.frame_count(), Some(2));
//! for frame in recording.stream()? {
//!     let frame = frame?;
//!     let cloud = frame.cloud.expect("scans are required");
//!     assert_eq!(cloud.points()[0].x, 10.0);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
pub mod benchmark;
pub mod dataset_cards;
mod download;
mod error;
mod gaps;
mod image;
pub mod kitti;
mod names;
mod open;
mod opencv_info;
mod options;
mod part_folder;
mod recording;
#[cfg(feature = "opencv")]
#[doc(hidden)]
pub mod reference;
mod stream;
pub mod track_log;
pub mod user;

pub use archive::{Unpacked, extract};
pub use download::{Download, Outcome, Progress, download, sha256_file};
pub use error::{IngestError, ParseError};
pub use image::{MAX_PIXELS, decode_image};
pub use open::open;
pub use opencv_info::opencv_version;
pub use options::{LidarFolder, Need, ReplayOptions, Sequences};
pub use part_folder::{ClaimError, PartFolder, UNFINISHED_MARKER, claim_part};
pub use recording::{Layout, Recording, SequenceInfo};
pub use stream::{FrameReader, FrameSource, FrameStream, MOST_AHEAD, NextFrame, SensorFrame};
