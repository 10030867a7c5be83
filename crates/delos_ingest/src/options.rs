//! What to read of a data set.

use crate::IngestError;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Whether an input has to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Frames without it are left out; a data set without it is an error.
    Required,
    /// Read where it exists.
    #[default]
    Optional,
    /// Not read.
    Off,
}

/// Which LiDAR folder of a KITTI data set is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LidarFolder {
    /// The folder with more frames, full scans where both have as many.
    #[default]
    Auto,
    /// Full scans.
    Velodyne,
    /// Scans cropped to what the camera sees.
    VelodyneReduced,
}

/// Which sequences are read, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sequences {
    /// Every sequence that has the required inputs, labelled or not, by name ascending.
    #[default]
    All,
    /// These, in this order, each once.
    List(Vec<String>),
}

impl Sequences {
    /// Refuses a list that names a sequence twice.
    pub(crate) fn check_distinct(&self) -> Result<(), IngestError> {
        let Self::List(names) = self else { return Ok(()) };
        let mut seen = BTreeSet::new();
        match names.iter().find(|name| !seen.insert(*name)) {
            Some(name) => Err(IngestError::SequenceTwice { name: name.clone() }),
            None => Ok(()),
        }
    }
}

/// What to read of a data set, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayOptions {
    /// Any folder of the data set that [`crate::open`] recognises, or a video file.
    pub data: PathBuf,
    /// Which LiDAR folder of a KITTI data set is read.
    pub lidar: LidarFolder,
    /// Which sequences are read.
    pub sequences: Sequences,
    /// Whether camera images have to be there.
    pub camera: Need,
    /// Whether LiDAR scans have to be there.
    pub lidar_need: Need,
    /// Whether radar scans have to be there.
    pub radar: Need,
    /// Folder of 3-D detection files: absolute, relative to the working folder, or
    /// relative to the data set's root.
    pub detections: Option<PathBuf>,
    /// Whether a sequence has to have a 3-D detection file; ignored without a folder.
    pub detections_need: Need,
    /// Folder of 2-D detection files, found like [`ReplayOptions::detections`].
    pub detections_2d: Option<PathBuf>,
    /// Whether a sequence has to have a 2-D detection file; ignored without a folder.
    pub detections_2d_need: Need,
    /// At most so many frames, counted over all sequences.
    pub max_frames: Option<u64>,
    /// Whether the points of scans get the time of their measurement, where the data set tells
    /// it: four bytes a point. [`delos_core::PointTimes`] says what it is good for.
    pub point_times: bool,
    /// How many frames are read ahead; 0: each is read when it is asked for.
    pub prefetch: usize,
    /// A user's own data: TOML file with the camera's intrinsics.
    pub intrinsics: Option<PathBuf>,
    /// A user's own data: frames per second; 10 (or the video's own rate) when not given.
    pub fps: Option<f64>,
}

impl ReplayOptions {
    /// For the layouts that have no place for radar scans.
    pub(crate) fn refuse_radar(&self, layout: &str) -> Result<(), IngestError> {
        if self.radar != Need::Required {
            return Ok(());
        }
        let what = format!("radar scans (there is no place for them in {layout})");
        Err(IngestError::Missing { what, looked_for: vec![self.data.clone()] })
    }
}

impl Default for ReplayOptions {
    fn default() -> Self {
        Self {
            data: PathBuf::new(),
            lidar: LidarFolder::Auto,
            sequences: Sequences::All,
            camera: Need::Optional,
            lidar_need: Need::Optional,
            radar: Need::Optional,
            detections: None,
            detections_need: Need::Optional,
            detections_2d: None,
            detections_2d_need: Need::Optional,
            max_frames: None,
            point_times: false,
            prefetch: 4,
            intrinsics: None,
            fps: None,
        }
    }
}
