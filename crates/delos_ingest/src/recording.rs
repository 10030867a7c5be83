//! An opened data set: what is in it, before the first frame is read.

use crate::stream::Repeated;
use crate::{FrameSource, FrameStream, IngestError};
use delos_core::Stamp;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// How a data set lies on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// One drive of KITTI raw (`…_sync`).
    KittiRaw,
    /// KITTI tracking benchmark.
    KittiTracking,
    /// KITTI object benchmark.
    KittiObject,
    /// A user's own folder of images and scans.
    UserFolder,
    /// A user's own video file.
    Video,
    /// A simulated drive: no files.
    Simulated,
}

impl Layout {
    /// Name in `run.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KittiRaw => "kitti_raw",
            Self::KittiTracking => "kitti_tracking",
            Self::KittiObject => "kitti_object",
            Self::UserFolder => "user_folder",
            Self::Video => "video",
            Self::Simulated => "simulated",
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One sequence (drive) of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SequenceInfo {
    /// Its name: the drive's folder, or the benchmark's number.
    pub name: Arc<str>,
    /// File number and time of each frame, in order. Empty when only reading will tell
    /// (video).
    pub frames: Vec<(u32, Stamp)>,
}

/// An opened data set.
pub struct Recording {
    /// How it lies on the disk.
    pub layout: Layout,
    /// Its sequences, in the order they are read.
    pub sequences: Vec<SequenceInfo>,
    /// What deserves to be said once: inputs that are missing, gaps, counts that differ.
    pub notices: Vec<String>,
    /// Where the ground truth lies (a folder of label files, or a tracklet file).
    pub ground_truth: Option<PathBuf>,
    /// Whether each frame is a scene of its own (KITTI object), so that nothing may be
    /// tracked from one to the next.
    pub frames_are_independent: bool,
    /// Where the frames come from.
    pub source: FrameSource,
    /// How many frames are read ahead; 0: each is read when it is asked for.
    pub prefetch: usize,
}

impl Recording {
    /// Number of frames over all sequences; `None` when only reading will tell.
    pub fn frame_count(&self) -> Option<u64> {
        self.source.frame_count()
    }

    /// The same recording, `passes` times over (0: without end). Every further pass is a
    /// sequence of its own, so that nothing follows from its end to its beginning.
    ///
    /// # Errors
    /// [`IngestError::NoRepeat`] for a video, which can only be read once.
    pub fn repeated(mut self, passes: usize) -> Result<Self, IngestError> {
        if passes != 1 {
            let FrameSource::Random(reader) = self.source else {
                return Err(IngestError::NoRepeat);
            };
            self.source = FrameSource::Random(Arc::new(Repeated::new(reader, passes)));
        }
        Ok(self)
    }

    /// Starts reading ahead.
    ///
    /// # Errors
    /// [`IngestError::Io`] when no thread can be started.
    pub fn stream(self) -> Result<FrameStream, IngestError> {
        FrameStream::new(self.source, self.prefetch)
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("layout", &self.layout)
            .field("sequences", &self.sequences.len())
            .field("frames", &self.frame_count())
            .field("notices", &self.notices)
            .field("ground_truth", &self.ground_truth)
            .finish_non_exhaustive()
    }
}
