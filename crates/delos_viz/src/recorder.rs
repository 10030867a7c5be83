//! One call per frame.

use crate::blueprint::{Content, Layout};
use crate::canvas::{Canvas, log_error};
use crate::deadline::DeadlineLayer;
use crate::ego::{Vehicle, known_pose};
use crate::image::CameraPlace;
use crate::latency::LatencyLayer;
use crate::sink::FileWriter;
use crate::tracks::TrackLayer;
use crate::{
    DeadlineView, FrameView, Live, Notice, RecorderOptions, VizConfig, VizError, boxes, cloud,
    image, live, paths, radar, tracks,
};
use delos_core::Header;
use rerun::log::ChunkBatcherConfig;
use rerun::sink::{LogSink, MultiSink};
use rerun::{ApplicationId, RecordingStream, RecordingStreamBuilder, TextLog, TextLogLevel};
use std::sync::Arc;
use std::time::Duration;

/// A viewer that takes longer than this to receive the last frames does not get them.
const LIVE_PATIENCE: Duration = Duration::from_secs(20);

/// Writes frames into a recording, a viewer, or both.
pub struct Recorder {
    canvas: Canvas,
    config: VizConfig,
    writer: Option<FileWriter>,
    live: bool,
    closed: bool,
    layout: Layout,
    /// Sequence and scene of the last frame.
    place: Option<(Arc<str>, u32)>,
    camera: CameraPlace,
    vehicle: Vehicle,
    tracks: TrackLayer,
    latency: LatencyLayer,
    deadlines: DeadlineLayer,
}

impl Recorder {
    /// Creates the file and reaches the viewer.
    ///
    /// # Errors
    /// [`VizError::Setting`] and [`VizError::NoTarget`] for options that cannot work,
    /// [`VizError::Create`] or [`VizError::Write`] when the file cannot be written,
    /// [`VizError::Unreachable`] or [`VizError::Live`] when there is no viewer to show.
    pub fn open(options: RecorderOptions) -> Result<Self, VizError> {
        options.config.check()?;
        let writer = options.file.as_deref().map(FileWriter::create).transpose()?;
        let mut sinks: Vec<Box<dyn LogSink>> = Vec::new();
        if let Some(writer) = &writer {
            sinks.push(Box::new(writer.clone()));
        }
        if let Some(live) = &options.live {
            sinks.push(Box::new(live::sink(live)?));
        }
        if sinks.is_empty() {
            return Err(VizError::NoTarget);
        }
        let stream = stream(&options)?;
        stream.set_sink(Box::new(MultiSink::new(sinks)));
        Self::on(stream, options.config, writer, options.live.as_ref())
    }

    fn on(
        stream: RecordingStream,
        config: VizConfig,
        writer: Option<FileWriter>,
        live: Option<&Live>,
    ) -> Result<Self, VizError> {
        // Wall time and call counts would be timelines of their own: nobody needs them.
        stream.set_log_time_enabled(false);
        stream.set_log_tick_enabled(false);
        let live = live.is_some();
        let canvas = Canvas::new(stream);
        canvas.fix(paths::WORLD, &rerun::ViewCoordinates::FLU())?;
        boxes::prepare(&canvas)?;
        cloud::prepare(&canvas)?;
        radar::prepare(&canvas)?;
        Ok(Self {
            canvas,
            config,
            writer,
            live,
            closed: false,
            layout: Layout { follow: live, ..Layout::default() },
            place: None,
            camera: CameraPlace::default(),
            vehicle: Vehicle::default(),
            tracks: TrackLayer::default(),
            latency: LatencyLayer::default(),
            deadlines: DeadlineLayer::default(),
        })
    }

    /// Adds one frame. Frames come in the order of the run (`header.tick`).
    ///
    /// # Errors
    /// [`VizError::Write`] when the file could not be written, possibly some frames ago:
    /// writing happens on another thread. [`VizError::Jpeg`] and [`VizError::Log`] when
    /// the frame has something that cannot be recorded.
    pub fn log(&mut self, frame: &FrameView<'_>) -> Result<(), VizError> {
        self.check()?;
        self.canvas.at(frame.header);
        self.enter(frame.header)?;
        self.lay_out(frame)?;
        self.log_space(frame)?;
        self.log_camera(frame)?;
        self.latency.draw(&self.canvas, frame.latencies_ms, frame.end_to_end_ms)?;
        self.deadlines.draw(&self.canvas, frame.deadlines)?;
        for complaint in frame.deadlines.iter().filter_map(DeadlineView::complaint) {
            self.notice(Notice::Warning, &complaint)?;
        }
        Ok(())
    }

    /// Adds a line to the notices of the last logged frame.
    ///
    /// # Errors
    /// [`VizError::Log`] when it cannot be recorded.
    pub fn notice(&mut self, level: Notice, text: &str) -> Result<(), VizError> {
        let level = match level {
            Notice::Info => TextLogLevel::INFO,
            Notice::Warning => TextLogLevel::WARN,
        };
        self.canvas.log(paths::NOTICES, &TextLog::new(text).with_level(level))
    }

    /// Writes what is still under way and closes the file, so that it opens.
    ///
    /// # Errors
    /// [`VizError::Write`] when the file is incomplete.
    pub fn finish(mut self) -> Result<(), VizError> {
        self.close()
    }

    fn check(&self) -> Result<(), VizError> {
        self.writer.as_ref().map_or(Ok(()), FileWriter::check)
    }

    fn close(&mut self) -> Result<(), VizError> {
        if std::mem::replace(&mut self.closed, true) {
            return Ok(());
        }
        let patience = if self.live { LIVE_PATIENCE } else { Duration::MAX };
        if let Err(error) = self.canvas.stream().flush_with_timeout(patience)
            && self.live
        {
            // The file, if there is one, is checked by itself below.
            tracing::warn!(%error, "the viewer did not receive everything");
        }
        self.writer.as_ref().map_or(Ok(()), FileWriter::finish)
    }

    /// A new sequence or scene is a new place: nothing has been anywhere yet.
    fn enter(&mut self, header: &Header) -> Result<(), VizError> {
        let sequence = &header.sequence;
        let last = self.place.replace((Arc::clone(sequence), header.scene));
        if last == self.place {
            return Ok(());
        }
        self.camera.restart();
        self.vehicle.restart();
        self.tracks.restart();
        if last.is_some_and(|(last, _)| last == *sequence) {
            return Ok(());
        }
        self.notice(Notice::Info, &format!("sequence {sequence} begins"))
    }

    /// Adds views when something is seen for the first time.
    fn lay_out(&mut self, frame: &FrameView<'_>) -> Result<(), VizError> {
        let camera =
            frame.image.is_some() || frame.detections_2d.is_some() || frame.image_tracks.is_some();
        let deadlines = !frame.deadlines.is_empty();
        let (space, radar) = (frame.has_space(), frame.radar.is_some());
        let content = Content { camera, space, radar, deadlines };
        let layout = self.layout.with(content);
        if layout != self.layout {
            self.layout = layout;
            layout.send(self.canvas.stream())?;
        }
        Ok(())
    }

    fn log_space(&mut self, frame: &FrameView<'_>) -> Result<(), VizError> {
        let canvas = &mut self.canvas;
        let pose = known_pose(frame.pose, frame.tracks);
        self.vehicle.draw(canvas, pose, frame.calibration, self.config.ego_trail_frames)?;
        cloud::draw(canvas, frame.cloud, frame.segments, &self.config)?;
        radar::draw(canvas, frame.radar, self.config.arrow_seconds)?;
        boxes::draw_detections(canvas, paths::LIDAR_BOXES, frame.lidar)?;
        boxes::draw_one_sided(canvas, frame.one_sided)?;
        boxes::draw_detections(canvas, paths::DETECTIONS, frame.detections_3d)?;
        boxes::draw_truth(canvas, frame.truth, frame.calibration, frame.image)?;
        self.tracks.draw(canvas, frame.tracks, &self.config)
    }

    fn log_camera(&mut self, frame: &FrameView<'_>) -> Result<(), VizError> {
        let canvas = &mut self.canvas;
        self.camera.draw(canvas, frame.calibration, frame.image)?;
        image::draw(canvas, frame.image, &self.config)?;
        image::draw_detections(canvas, frame.detections_2d, frame.image_tracks)?;
        tracks::draw_image_tracks(canvas, frame.image_tracks)?;
        tracks::draw_in_image(canvas, frame.tracks, frame.calibration, frame.image)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(error = crate::error::whole_cause(&error), "recording is incomplete");
        }
    }
}

/// A stream that keeps everything until it gets a sink.
fn stream(options: &RecorderOptions) -> Result<RecordingStream, VizError> {
    let batches = if options.live.is_some() {
        ChunkBatcherConfig { flush_tick: Duration::from_millis(30), ..ChunkBatcherConfig::DEFAULT }
    } else {
        ChunkBatcherConfig::DEFAULT
    };
    let application =
        ApplicationId::try_new(&options.application_id).map_err(|_empty| VizError::Setting {
            setting: "application_id",
            value: "an empty text".to_owned(),
            wanted: "a name",
        })?;
    RecordingStreamBuilder::new(application)
        .recording_name(options.name.as_str())
        .enabled(true)
        .batcher_config(batches)
        .buffered()
        .map_err(log_error("recording".into()))
}

#[cfg(test)]
pub(crate) mod made_up;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod tests;
