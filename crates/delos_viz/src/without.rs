//! What stands in for recordings where the feature `rerun` is off.

use crate::{FrameView, Notice, RecorderOptions, VizError};
use std::path::Path;

/// Writes frames into a recording, a viewer, or both: there is none in this build.
#[derive(Debug)]
pub enum Recorder {}

impl Recorder {
    /// Says that this build makes no recordings.
    ///
    /// # Errors
    /// [`VizError::Setting`] for options that cannot work, else [`VizError::NotBuilt`].
    #[expect(clippy::needless_pass_by_value, reason = "the interface of a build with recordings")]
    pub fn open(options: RecorderOptions) -> Result<Self, VizError> {
        options.config.check()?;
        Err(VizError::NotBuilt)
    }

    /// Adds one frame.
    ///
    /// # Errors
    /// None: there is no recorder.
    pub fn log(&mut self, _frame: &FrameView<'_>) -> Result<(), VizError> {
        match *self {}
    }

    /// Adds a line to the notices of the last logged frame.
    ///
    /// # Errors
    /// None: there is no recorder.
    pub fn notice(&mut self, _level: Notice, _text: &str) -> Result<(), VizError> {
        match *self {}
    }

    /// Writes what is still under way and closes the file.
    ///
    /// # Errors
    /// None: there is no recorder.
    pub fn finish(self) -> Result<(), VizError> {
        match self {}
    }
}

/// Says that this build reads no recordings.
pub(crate) fn cut(_from: &Path, _to: &Path, _last: Option<u64>) -> Result<u64, VizError> {
    Err(VizError::NotBuilt)
}

/// Positions in the run of the frames in a recording: this build reads none.
///
/// # Errors
/// [`VizError::NotBuilt`].
pub fn recorded_frames(_recording: &Path) -> Result<Vec<u64>, VizError> {
    Err(VizError::NotBuilt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VizConfig;

    #[test]
    fn a_recording_is_refused_with_the_reason() {
        let options = RecorderOptions::to_file("drive", "/nowhere/recording.rrd");
        let error = Recorder::open(options.clone()).expect_err("refused");
        assert!(error.to_string().contains("without the viewer"), "{error}");
        let config = VizConfig { point_stride: 0, ..VizConfig::default() };
        let error = Recorder::open(RecorderOptions { config, ..options }).expect_err("refused");
        assert!(error.to_string().contains("point_stride"), "{error}");
    }
}
