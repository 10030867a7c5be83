//! Writing the layout of the tracking benchmark, and simulated drives.
//!
//! A simulator gives [`FrameParts`]. They become a [`SensorFrame`](crate::SensorFrame) at
//! once ([`SimulatedDrive::frame`], [`SimulatedDrive::recording`]) or files
//! ([`DatasetWriter`]). Both ways go through the same texts and the same parsers, so that
//! streaming a drive and reading its files give the same messages, bit for bit.

mod bytes;
mod dataset;
mod drive;
mod picture;
mod simulated;
mod texts;

pub use bytes::{radar_bytes, scan_bytes};
pub use dataset::{DatasetWriter, SIMULATED_MARKER, SequenceWriter};
pub use drive::{DriveFacts, FrameParts, SimulatedDrive};
pub use picture::png_bytes;
pub use texts::{calibration_text, label_rows, pose_line, settings_text, timestamps_text};

#[cfg(test)]
mod tests;
