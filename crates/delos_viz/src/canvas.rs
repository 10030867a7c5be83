//! The stream that all layers of the picture draw on.

use crate::{VizError, paths};
use delos_core::Header;
use rerun::{AsComponents, EntityPath, RecordingStream, TimeCell};
use std::collections::BTreeSet;

/// Stamps from 1973 on are taken for nanoseconds since 1970, smaller ones for a
/// duration since the start of the drive.
const FIRST_CALENDAR_NANOS: i64 = 100_000_000_000_000_000;

/// A recording stream that knows what is on show, so that a layer which is absent from
/// a frame disappears instead of keeping its last state.
pub(crate) struct Canvas {
    stream: RecordingStream,
    on_show: BTreeSet<&'static str>,
    calendar: Option<bool>,
}

impl Canvas {
    pub(crate) fn new(stream: RecordingStream) -> Self {
        Self { stream, on_show: BTreeSet::new(), calendar: None }
    }

    pub(crate) const fn stream(&self) -> &RecordingStream {
        &self.stream
    }

    /// Everything drawn from now on belongs to this frame.
    pub(crate) fn at(&mut self, header: &Header) {
        let nanos = header.stamp.as_nanos();
        // One timeline has one kind of time: the first frame decides.
        let calendar = *self.calendar.get_or_insert(nanos >= FIRST_CALENDAR_NANOS);
        let time = if calendar {
            TimeCell::from_timestamp_nanos_since_epoch(nanos)
        } else {
            TimeCell::from_duration_nanos(nanos)
        };
        let tick = i64::try_from(header.tick).unwrap_or(i64::MAX);
        self.stream.set_time_sequence(paths::TICK, tick);
        self.stream.set_time_sequence(paths::FILE_FRAME, i64::from(header.frame));
        self.stream.set_time(paths::SENSOR_TIME, time);
    }

    /// Shows `picture` at `path`; without one, what was there is taken away.
    pub(crate) fn draw<A: AsComponents>(
        &mut self,
        path: &'static str,
        picture: Option<&A>,
        emptied: impl FnOnce() -> A,
    ) -> Result<(), VizError> {
        if let Some(picture) = picture {
            self.on_show.insert(path);
            self.log(path, picture)
        } else if self.on_show.remove(path) {
            self.log(path, &emptied())
        } else {
            Ok(())
        }
    }

    /// Shows `picture` from this frame on.
    pub(crate) fn log(
        &self,
        path: impl Into<EntityPath>,
        picture: &impl AsComponents,
    ) -> Result<(), VizError> {
        let path = path.into();
        self.stream.log(path.clone(), picture).map_err(log_error(path))
    }

    /// Shows `picture` in every frame.
    pub(crate) fn fix(
        &self,
        path: impl Into<EntityPath>,
        picture: &impl AsComponents,
    ) -> Result<(), VizError> {
        let path = path.into();
        self.stream.log_static(path.clone(), picture).map_err(log_error(path))
    }
}

/// Says where logging failed.
pub(crate) fn log_error(path: EntityPath) -> impl FnOnce(rerun::RecordingStreamError) -> VizError {
    move |source| VizError::Log { entity: path.to_string(), source: Box::new(source) }
}
