//! Opening whatever a user points at.

use crate::kitti::{layout, open as kitti};
use crate::{IngestError, Recording, ReplayOptions, user};

/// Opens a recording: recognises the layout, reads calibration, labels, poses and
/// detection files, and lists the frames. Sensor data is not read yet.
///
/// Known are KITTI raw (a drive, the folder of a day, or the one around a day), KITTI tracking and KITTI object
/// (the folder around `training`, or `training` or `testing` itself), and a user's own
/// data (see [`user`]).
///
/// # Errors
/// [`IngestError::Layout`] when nothing known is found, [`IngestError::Missing`] when a
/// required input is not there, [`IngestError::Sequence`] when a sequence is named that
/// does not exist, [`IngestError::Empty`] when no frame has all required inputs, and
/// [`IngestError::Format`] with file and line for what cannot be parsed.
pub fn open(options: &ReplayOptions) -> Result<Recording, IngestError> {
    let path = &options.data;
    if let Err(source) = std::fs::metadata(path) {
        return Err(IngestError::io(path, source));
    }
    if let Some(recording) = kitti::try_open(options)? {
        return Ok(recording);
    }
    if user::recognises(path) {
        return user::open(options);
    }
    let known = format!("{}; {}", layout::KNOWN_LAYOUTS, user::KNOWN_LAYOUTS);
    Err(IngestError::Layout { path: path.clone(), known })
}
