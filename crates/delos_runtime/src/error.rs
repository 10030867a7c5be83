//! What can go wrong before and during a run.

use std::path::PathBuf;

/// The cause a component gives.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A launch file, or a change made to it, that cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// The file cannot be read.
    #[error("cannot read launch file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{}:{line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A key or value that does not belong there.
    #[error("{place}: {message}")]
    Setting {
        /// File and line, or the option of the command line.
        place: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// The graph does not hold together.
    #[error("{place}: {message}")]
    Graph {
        /// File and line.
        place: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// A component could not be made ready.
    #[error("{place}: component `{node}` cannot start")]
    Build {
        /// File and line.
        place: String,
        /// Id of the component.
        node: String,
        /// Why.
        source: Cause,
    },
}

/// A run that could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A component failed.
    #[error("component `{node}` failed at sequence {sequence}, frame {frame}")]
    Component {
        /// Id of the component.
        node: String,
        /// Name of the sequence.
        sequence: String,
        /// Frame number in the data set.
        frame: u32,
        /// Why.
        source: Cause,
    },
    /// The source failed before it could say which frame it was at.
    #[error("source `{node}` failed after {frames} frames")]
    Source {
        /// Id of the source.
        node: String,
        /// Frames delivered before.
        frames: u64,
        /// Why.
        source: Cause,
    },
    /// A component could not finish its work after the last frame.
    #[error("component `{node}` could not finish")]
    Finish {
        /// Id of the component.
        node: String,
        /// Why.
        source: Cause,
    },
    /// A worker thread could not be started.
    #[error("cannot start a worker thread")]
    Thread(#[source] std::io::Error),
}
