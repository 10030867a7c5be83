//! A data set in the layout of the tracking benchmark, written.

use super::bytes::{radar_bytes, scan_bytes};
use super::drive::{FrameParts, FrameTexts, SimulatedDrive};
use super::picture::png_bytes;
use crate::{IngestError, PartFolder};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The file that tells a simulated data set from the benchmark whose layout it has.
pub const SIMULATED_MARKER: &str = "simulated.txt";

const MARKER_TEXT: &str = "Simulated by delos, in the layout of the KITTI tracking benchmark; \
    nothing in it comes from KITTI.\n";

/// Writes a data set: a folder with `training` and `poses_orbslam3`, which
/// [`open`](crate::open) reads as the tracking benchmark.
///
/// It grows in `OUT.part` and takes its place when it is whole. A writer that is dropped,
/// for example because a write failed, removes what it has written.
#[derive(Debug)]
pub struct DatasetWriter {
    folder: PartFolder,
    /// Whether each sequence is finished.
    sequences: Mutex<BTreeMap<String, bool>>,
}

impl DatasetWriter {
    /// Makes `OUT.part`.
    ///
    /// # Errors
    /// [`IngestError::Output`] when `out` exists, somebody writes to `OUT.part` or it is not
    /// one of these; [`IngestError::Write`] when it cannot be made.
    pub fn create(out: &Path) -> Result<Self, IngestError> {
        let folder = PartFolder::create(out)?;
        write(&folder.path().join(SIMULATED_MARKER), MARKER_TEXT.as_bytes())?;
        Ok(Self { folder, sequences: Mutex::default() })
    }

    /// Begins a sequence.
    ///
    /// # Errors
    /// [`IngestError::SequenceTwice`] when there is one of its name;
    /// [`IngestError::Write`] when its folders cannot be made.
    pub fn sequence(
        &self,
        drive: impl Into<Arc<SimulatedDrive>>,
    ) -> Result<SequenceWriter<'_>, IngestError> {
        let drive = drive.into();
        let name = drive.name().to_string();
        match self.sequences().entry(name.clone()) {
            Entry::Occupied(_) => return Err(IngestError::SequenceTwice { name }),
            Entry::Vacant(place) => *place.insert(false),
        };
        let writer = SequenceWriter { dataset: self, drive, frames: Mutex::default() };
        for part in ["image_02", "velodyne", "radar"] {
            make(&writer.split().join(part).join(&name))?;
        }
        for part in ["label_02", "calib", "timestamps"] {
            make(&writer.split().join(part))?;
        }
        make(&writer.pose_folder())?;
        Ok(writer)
    }

    /// Moves the data set to its place and returns that.
    ///
    /// # Errors
    /// [`IngestError::Drive`] when a sequence is not finished; [`IngestError::Output`] and
    /// [`IngestError::Write`] when the place has been taken or cannot be written to.
    pub fn publish(self) -> Result<PathBuf, IngestError> {
        let unfinished =
            self.sequences().iter().find(|(_, done)| !**done).map(|(name, _)| name.clone());
        if let Some(name) = unfinished {
            return Err(IngestError::Drive { name, what: "it is not finished".to_owned() });
        }
        self.folder.publish()
    }

    fn sequences(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, bool>> {
        self.sequences.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes the frames of one sequence, in any order and from several threads.
#[derive(Debug)]
pub struct SequenceWriter<'a> {
    dataset: &'a DatasetWriter,
    drive: Arc<SimulatedDrive>,
    frames: Mutex<BTreeMap<usize, FrameTexts>>,
}

impl SequenceWriter<'_> {
    /// Writes the sensor files of a frame and remembers its texts.
    ///
    /// # Errors
    /// As [`SimulatedDrive::frame`]; [`IngestError::Drive`] when the frame has been written;
    /// [`IngestError::Write`] with the file that cannot be written.
    pub fn write_frame(&self, index: usize, parts: &FrameParts) -> Result<(), IngestError> {
        let texts = self.drive.texts_of(index, parts)?;
        if let Some(image) = &parts.image {
            let path = self.sensor_file("image_02", index, "png");
            let bytes = png_bytes(image).map_err(|source| IngestError::write(&path, source))?;
            write(&path, &bytes)?;
        }
        if let Some(cloud) = &parts.cloud {
            write(&self.sensor_file("velodyne", index, "bin"), &scan_bytes(cloud))?;
        }
        if let Some(radar) = &parts.radar {
            write(&self.sensor_file("radar", index, "bin"), &radar_bytes(radar))?;
        }
        let known = self.frames.lock().unwrap_or_else(PoisonError::into_inner).insert(index, texts);
        known.map_or(Ok(()), |_| Err(self.drive.refuse(index, "it has been written already")))
    }

    /// Writes calibration, labels, poses and timestamps.
    ///
    /// # Errors
    /// [`IngestError::Drive`] when a frame has not been written; [`IngestError::Write`] with
    /// the file that cannot be written.
    pub fn finish(self) -> Result<(), IngestError> {
        let frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(missing) = (0..self.drive.frame_count()).find(|i| !frames.contains_key(i)) {
            return Err(self.drive.refuse(missing, "it has not been written"));
        }
        let (name, texts) = (self.drive.name(), self.drive.texts());
        let labels: String = frames.values().map(|frame| frame.labels.as_str()).collect();
        let poses: String = frames.values().map(|frame| frame.pose.clone() + "\n").collect();
        write(&self.sequence_file("calib"), texts.calibration.as_bytes())?;
        write(&self.sequence_file("timestamps"), texts.timestamps.as_bytes())?;
        write(&self.sequence_file("label_02"), labels.as_bytes())?;
        write(&self.pose_folder().join("CameraTrajectory.txt"), poses.as_bytes())?;
        write(&self.pose_folder().join(format!("{name}.yaml")), texts.settings.as_bytes())?;
        self.dataset.sequences().insert(name.to_string(), true);
        Ok(())
    }

    fn split(&self) -> PathBuf {
        self.dataset.folder.path().join("training")
    }

    fn sensor_file(&self, part: &str, index: usize, extension: &str) -> PathBuf {
        self.split().join(part).join(&**self.drive.name()).join(format!("{index:06}.{extension}"))
    }

    fn sequence_file(&self, part: &str) -> PathBuf {
        self.split().join(part).join(format!("{}.txt", self.drive.name()))
    }

    fn pose_folder(&self) -> PathBuf {
        self.dataset.folder.path().join("poses_orbslam3").join(&**self.drive.name())
    }
}

fn make(folder: &Path) -> Result<(), IngestError> {
    fs::create_dir_all(folder).map_err(|source| IngestError::write(folder, source))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), IngestError> {
    fs::write(path, bytes).map_err(|source| IngestError::write(path, source))
}
