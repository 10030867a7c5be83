//! What can go wrong.

use std::io;
use std::path::PathBuf;

/// What can go wrong while recording or while taking a picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VizError {
    /// Neither a file nor a viewer was asked for.
    #[error("a recorder needs a file to write or a viewer to show; neither was given")]
    NoTarget,
    /// Recordings are not part of this build.
    #[error("this program was built without the viewer: it makes and reads no recordings")]
    NotBuilt,
    /// A setting is out of its range.
    #[error("{setting} = {value} is out of range; use {wanted}")]
    Setting {
        /// Name of the setting.
        setting: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        wanted: &'static str,
    },
    /// The file cannot be made.
    #[error("cannot create the recording {}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Writing failed, for example because the disk is full. The file is incomplete.
    #[error("cannot write the recording {}, it is incomplete: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The whole cause.
        cause: String,
    },
    /// A picture element could not be turned into Rerun's format.
    #[cfg(feature = "rerun")]
    #[error("cannot log {entity}")]
    Log {
        /// Where in the recording.
        entity: String,
        /// Why.
        source: Box<rerun::RecordingStreamError>,
    },
    /// The image could not be compressed.
    #[cfg(feature = "rerun")]
    #[error("cannot compress the {width}x{height} image as JPEG")]
    Jpeg {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// Why.
        source: jpeg_encoder::EncodingError,
    },
    /// No viewer answers.
    #[error(
        "no viewer listens on 127.0.0.1:{port}; start one with `rerun --bind 127.0.0.1 --port {port}`"
    )]
    Unreachable {
        /// The port on this machine.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The viewer was found, but could not be started.
    #[error("cannot start the viewer {}", viewer.display())]
    Start {
        /// The viewer.
        viewer: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The live view could not be opened.
    #[error("cannot open a live view through {}: {cause}", viewer.display())]
    Live {
        /// The viewer.
        viewer: PathBuf,
        /// Why.
        cause: String,
    },
    /// There is no viewer on this machine.
    #[error(
        "found no Rerun viewer; run `cargo xtask setup --viewer`, or set DELOS_VIEWER to one (looked at {looked_at})"
    )]
    NoViewer {
        /// All places that were looked at.
        looked_at: String,
    },
    /// The viewer is of another version than the recordings.
    #[error("viewer {} is version {found}, recordings need {wanted}; run `cargo xtask setup --viewer`", viewer.display())]
    ViewerVersion {
        /// The viewer.
        viewer: PathBuf,
        /// What it says of itself.
        found: String,
        /// What is needed.
        wanted: &'static str,
    },
    /// The viewer ended with an error.
    #[error("the viewer failed with {status}: {message}")]
    ViewerFailed {
        /// Its exit status.
        status: String,
        /// The end of what it printed.
        message: String,
    },
    /// The viewer did not finish.
    #[error(
        "the viewer took no picture within {seconds} s; a machine without a GPU needs a software Vulkan driver (Debian: mesa-vulkan-drivers)"
    )]
    ViewerTimeout {
        /// The limit.
        seconds: u64,
    },
    /// The viewer ended well, but there is no picture.
    #[error("the viewer wrote no picture to {}", png.display())]
    NoPicture {
        /// Where it should be.
        png: PathBuf,
    },
    /// A recording cannot be read.
    #[error("cannot read the recording {}: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// A recording has no such frame.
    #[error("{} has no frame {wanted}; it has frames {first} to {last}", path.display())]
    NoFrame {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        wanted: u64,
        /// First frame in the file.
        first: i64,
        /// Last frame in the file.
        last: i64,
    },
    /// A recording has no frame at all.
    #[error("{} has no frames", path.display())]
    NoFrames {
        /// The file.
        path: PathBuf,
    },
    /// A temporary file or the picture cannot be written.
    #[error("cannot write {}", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// An error and everything below it, in one line.
#[cfg(feature = "rerun")]
pub(crate) fn whole_cause(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        below = cause.source();
    }
    text
}
