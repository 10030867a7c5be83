//! What can go wrong.

/// Why the tracker refuses its settings or a frame. A refused frame changes nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrackError {
    /// A setting is outside its range.
    #[error("tracker setting `{key}` is {value}, wanted {wanted}")]
    Config {
        /// Name of the setting.
        key: String,
        /// Its value.
        value: f64,
        /// What would be right.
        wanted: &'static str,
    },
    /// The frame is not later than the one before.
    #[error(
        "frame at {stamp_ns} ns is not later than the one before at {previous_ns} ns; \
         call `reset` between sequences"
    )]
    StampNotLater {
        /// Stamp of the frame before, nanoseconds.
        previous_ns: i64,
        /// Stamp of this frame, nanoseconds.
        stamp_ns: i64,
    },
    /// The pose of the vehicle holds a number that is not finite.
    #[error("pose of the vehicle at {stamp_ns} ns is not finite; leave it out where it is unknown")]
    Pose {
        /// Stamp of the frame, nanoseconds.
        stamp_ns: i64,
    },
    /// A filter cannot be built from the settings.
    #[error(transparent)]
    Filter(#[from] delos_filter::FilterError),
}
