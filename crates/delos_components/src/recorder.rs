//! Writes what a run has found: a Rerun recording, KITTI result files and the log of tracks.

use crate::environment::Environment;
use crate::result_files::ResultFiles;
use crate::result_rows::{FOLDERS, FrameRows, TRACKS_2D};
use crate::topics;
use crate::track_log::TrackLog;
use delos_core::{
    Body, Calibration, Detections2d, Detections3d, DigestHasher, Ego, EgoPose, GroundTruth, Image,
    ImageTracks, OneSided, PointCloud, RadarScan, Segments, Span, Tracks,
};
use delos_runtime::{
    BuildContext, Component, ComponentResult, DeadlineOutcome, In, Io, Out, PortList, Role,
};
use delos_viz::{
    DeadlineView, FrameView, HAS_RECORDINGS, Notice, Recorder, RecorderOptions, VizConfig,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Parameters of the recorder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecorderConfig {
    /// Whether `recording.rrd` is written.
    pub recording: bool,
    /// Whether the KITTI result files are written.
    pub results: bool,
    /// Whether `track_log/` is written, which `delos explain` reads.
    pub track_log: bool,
    /// What the recording shows.
    pub view: VizConfig,
}

impl Default for RecorderConfig {
    fn default() -> Self {
        Self { recording: true, results: true, track_log: true, view: VizConfig::default() }
    }
}

/// What is told where a recording is wanted of a program that can make none.
const NO_RECORDING: &str =
    "recording.rrd is not written: this program was built without the viewer; the results are";

/// The result rows of one frame, as written to the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Folder of the file and row, in the order of the files.
    pub rows: Vec<(&'static str, String)>,
}

impl Body for Written {
    const NAME: &'static str = "result rows";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.rows.len() as u64);
        for (folder, row) in &self.rows {
            hasher.text(folder).text(row);
        }
    }
}

/// Ports of the recorder; everything is optional.
#[derive(Clone)]
pub struct RecorderPorts {
    calibration: In<Calibration>,
    image: In<Image>,
    cloud: In<PointCloud<Ego>>,
    radar: In<RadarScan<Ego>>,
    pose: In<EgoPose>,
    truth: In<GroundTruth>,
    detections_2d: In<Detections2d>,
    image_tracks: In<ImageTracks>,
    segments: In<Segments>,
    lidar: In<Detections3d>,
    one_sided: In<OneSided>,
    objects: In<Detections3d>,
    tracks: In<Tracks>,
    written: Out<Written>,
}

/// Writes a Rerun recording, KITTI result files and the log of tracks.
pub struct RecorderComponent {
    ports: RecorderPorts,
    recorder: Option<Recorder>,
    files: Option<ResultFiles>,
    log: Option<TrackLog>,
    /// That this program cannot make the recording that was asked for; told once.
    cannot_record: bool,
    /// Notices that stand in the recording already.
    shown: BTreeSet<String>,
}

impl Component for RecorderComponent {
    const KIND: &'static str = "recorder";
    const ABOUT: &'static str =
        "Writes a Rerun recording, result files in KITTI's format and the log of tracks.";
    const ROLE: Role = Role::Observer;
    type Config = RecorderConfig;
    type Ports = RecorderPorts;

    fn ports(_: &RecorderConfig, list: &mut PortList) -> RecorderPorts {
        RecorderPorts {
            calibration: list.optional("calibration", topics::CALIBRATION),
            image: list.optional("image", topics::IMAGE),
            cloud: list.optional("cloud", topics::CLOUD),
            radar: list.optional("radar", topics::RADAR),
            pose: list.optional("pose", topics::POSE),
            truth: list.optional("truth", topics::TRUTH),
            detections_2d: list.optional("detections_2d", topics::CAMERA_DETECTIONS),
            image_tracks: list.optional("image_tracks", topics::IMAGE_TRACKS),
            segments: list.optional("segments", topics::SEGMENTS),
            lidar: list.optional("lidar", topics::LIDAR_OBJECTS),
            one_sided: list.optional("one_sided", topics::LIDAR_ONE_SIDED),
            objects: list.optional("objects", topics::OBJECTS),
            tracks: list.optional("tracks", topics::TRACKS),
            written: list.output("written", topics::WRITTEN),
        }
    }

    fn build(
        config: RecorderConfig,
        ports: RecorderPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        let Some(environment) = context.get::<Environment>() else {
            return Ok(Self::of(ports));
        };
        config.view.check()?;
        let wishes = &environment.wishes;
        let out = wishes.out.as_ref();
        let wanted = out.filter(|_| config.recording);
        let file = wanted.filter(|_| HAS_RECORDINGS).map(|out| out.join("recording.rrd"));
        let recorder = if file.is_some() || wishes.live.is_some() {
            let options = RecorderOptions {
                file,
                live: wishes.live.clone(),
                config: config.view,
                ..RecorderOptions::named(wishes.name.clone())
            };
            Some(Recorder::open(options)?)
        } else {
            None
        };
        let files = out.filter(|_| config.results).map(|out| ResultFiles::new(out, &FOLDERS));
        let log = out.filter(|_| config.track_log).map(|out| TrackLog::new(out));
        let cannot_record = wanted.is_some() && !HAS_RECORDINGS;
        Ok(Self { recorder, files, log, cannot_record, ..Self::of(ports) })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        if std::mem::take(&mut self.cannot_record) {
            io.notice(NO_RECORDING.to_owned());
        }
        let written = self.rows(io);
        if let Some(files) = &mut self.files {
            files.begin(&io.header().sequence)?;
            if io.get(self.ports.image_tracks).is_some() {
                files.add(TRACKS_2D, "");
            }
            for (folder, row) in &written.rows {
                files.add(folder, row);
                files.add(folder, "\n");
            }
        }
        if let (Some(log), Some(tracks)) = (&mut self.log, io.get(self.ports.tracks)) {
            log.add(io.header(), &tracks)?;
        }
        self.record(io)?;
        io.put(self.ports.written, written);
        Ok(())
    }

    fn finish(&mut self) -> ComponentResult {
        let files = self.files.as_mut().map_or(Ok(()), ResultFiles::close);
        let log = self.log.as_mut().map_or(Ok(()), TrackLog::close);
        let recording = self.recorder.take().map_or(Ok(()), Recorder::finish);
        files?;
        log?;
        recording?;
        Ok(())
    }
}

impl RecorderComponent {
    /// Writes nothing.
    const fn of(ports: RecorderPorts) -> Self {
        let shown = BTreeSet::new();
        Self { ports, recorder: None, files: None, log: None, cannot_record: false, shown }
    }

    fn rows(&self, io: &Io<'_>) -> Written {
        let calibration = io.get(self.ports.calibration);
        let rows = FrameRows::new(io.header().frame, calibration.as_deref());
        let mut written = Written::default();
        if let Some(tracks) = io.get(self.ports.tracks) {
            rows.tracks(&tracks, &mut written.rows);
        }
        if let Some(detections) = io.get(self.ports.detections_2d) {
            rows.detections_2d(&detections, &mut written.rows);
        }
        if let Some(tracks) = io.get(self.ports.image_tracks) {
            rows.image_tracks(&tracks, &mut written.rows);
        }
        if let Some(lidar) = io.get(self.ports.lidar) {
            rows.detections_lidar(&lidar, &mut written.rows);
        }
        if let Some(objects) = io.get(self.ports.objects) {
            rows.detections_3d(&objects, &mut written.rows);
        }
        written
    }

    fn record(&mut self, io: &Io<'_>) -> ComponentResult {
        let Some(recorder) = &mut self.recorder else { return Ok(()) };
        let news = io.told().iter().filter(|text| self.shown.insert((*text).clone()));
        let news: Vec<&String> = news.collect();
        let (latencies_ms, end_to_end_ms) = latencies(io);
        let deadlines: Vec<DeadlineView<'_>> = io.deadlines().iter().map(deadline).collect();
        let ports = &self.ports;
        let (calibration, image) = (io.get(ports.calibration), io.get(ports.image));
        let (cloud, segments) = (io.get(ports.cloud), io.get(ports.segments));
        let (detections_2d, lidar) = (io.get(ports.detections_2d), io.get(ports.lidar));
        let (objects, tracks) = (io.get(ports.objects), io.get(ports.tracks));
        let (truth, pose) = (io.get(ports.truth), io.get(ports.pose));
        let (radar, image_tracks) = (io.get(ports.radar), io.get(ports.image_tracks));
        let one_sided = io.get(ports.one_sided);
        recorder.log(&FrameView {
            header: io.header(),
            calibration: calibration.as_deref(),
            image: image.as_deref(),
            cloud: cloud.as_deref(),
            radar: radar.as_deref(),
            segments: segments.as_deref(),
            detections_2d: detections_2d.as_deref(),
            image_tracks: image_tracks.as_deref(),
            lidar: lidar.as_deref(),
            one_sided: one_sided.as_deref(),
            detections_3d: objects.as_deref(),
            tracks: tracks.as_deref(),
            truth: truth.as_deref(),
            pose: pose.as_deref(),
            latencies_ms: &latencies_ms,
            end_to_end_ms,
            deadlines: &deadlines,
        })?;
        for text in news {
            recorder.notice(Notice::Info, text)?;
        }
        Ok(())
    }
}

/// A deadline in milliseconds.
fn deadline<'a>(outcome: &DeadlineOutcome<'a>) -> DeadlineView<'a> {
    DeadlineView {
        component: outcome.component,
        allowed_ms: outcome.allowed.as_millis_f64(),
        took_ms: outcome.took.map(Span::as_millis_f64),
    }
}

/// Milliseconds of each component, and of the chain.
fn latencies<'a>(io: &Io<'a>) -> (Vec<(&'a str, f64)>, Option<f64>) {
    let (chain, parts): (Vec<_>, Vec<_>) = io
        .spans()
        .iter()
        .map(|(id, span)| (*id, span.as_millis_f64()))
        .partition(|(id, _)| *id == "end_to_end");
    (parts, chain.first().map(|(_, ms)| *ms))
}
