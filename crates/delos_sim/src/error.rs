//! What can be wrong with a wish for a simulation.

use thiserror::Error;

/// Why a simulation cannot be made.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum SimError {
    /// A drive without a frame.
    #[error("`frames` is {frames}: a drive has 1 to {most} frames")]
    Frames {
        /// What was asked for.
        frames: u64,
        /// The longest drive.
        most: u64,
    },
    /// A rate that is not a rate.
    #[error("`rate_hz` is {rate_hz}: a rate lies between {least} and {most} frames per second")]
    Rate {
        /// What was asked for.
        rate_hz: f64,
        /// The lowest rate.
        least: f64,
        /// The highest rate.
        most: f64,
    },
    /// More road users than fit.
    #[error(
        "`actors` is {actors}: the road of this drive holds {room} besides the vehicle itself; ask for fewer, or for more frames (a longer road)"
    )]
    Actors {
        /// What was asked for.
        actors: usize,
        /// How many there is room for.
        room: usize,
    },
    /// A LiDAR nobody knows.
    #[error("unknown LiDAR `{name}`; known are {known}")]
    Lidar {
        /// What was asked for.
        name: String,
        /// The known ones.
        known: String,
    },
    /// A LiDAR that turns backwards or too slowly.
    #[error("`turn_s` is {turn_s}: a LiDAR looks around in 0 to {most} seconds")]
    Turn {
        /// What was asked for.
        turn_s: f64,
        /// The longest turn.
        most: f64,
    },
    /// A frame beyond the end.
    #[error("frame {frame} does not exist: the drive has {frames} frames")]
    Frame {
        /// What was asked for.
        frame: usize,
        /// How many there are.
        frames: usize,
    },
}
