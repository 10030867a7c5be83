//! What can go wrong.

/// Why the odometry refuses its settings or a scan. A refused scan changes nothing.
///
/// A scan that merely does not fit is no error: the prediction is kept and
/// [`Outcome`](crate::Outcome) says so.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OdometryError {
    /// A setting out of its range.
    #[error(transparent)]
    Setting(#[from] delos_core::SettingError),
    /// The scan is not later than the one before.
    #[error(
        "scan at {stamp_ns} ns is not later than the one before at {previous_ns} ns; \
         call `reset` between sequences"
    )]
    StampNotLater {
        /// Stamp of the scan before, nanoseconds.
        previous_ns: i64,
        /// Stamp of this scan, nanoseconds.
        stamp_ns: i64,
    },
    /// The times of the points are not one for each point.
    #[error("{times} times for {points} points")]
    Times {
        /// How many times there are.
        times: usize,
        /// How many points there are.
        points: usize,
    },
}
