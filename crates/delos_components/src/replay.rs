//! Brings the frames of a data set into the graph.

use crate::environment::{DataFact, Environment};
use crate::sensors::SensorPorts;
use crate::topics;
use crate::truth_log::TruthLog;
use delos_core::setting::check;
use delos_core::{Detections2d, Detections3d, SettingError};
use delos_ingest::{
    FrameStream, LidarFolder, MOST_AHEAD, Need, Recording, ReplayOptions, SensorFrame, Sequences,
};
use delos_runtime::{BuildContext, Component, ComponentResult, Io, Out, PortList, Role};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `"all"`, or a list of names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, try_from = "toml::Value")]
pub enum SequenceChoice {
    /// The word `all`, or one name.
    Word(String),
    /// Names of sequences, in the order to run them.
    List(Vec<String>),
}

impl TryFrom<toml::Value> for SequenceChoice {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        let text = |value: &toml::Value| value.as_str().map(str::to_owned);
        let list =
            |value: &toml::Value| value.as_array()?.iter().map(text).collect::<Option<Vec<_>>>();
        let word = text(&value).map(Self::Word);
        word.or_else(|| list(&value).map(Self::List)).ok_or_else(|| {
            format!("expected \"all\", a name or a list of names in quotes, not {value}")
        })
    }
}

/// Parameters of the replay.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplayConfig {
    /// Folder of the data set; `--data` replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// `"all"` or a list of names; one name may stand alone.
    pub sequences: SequenceChoice,
    /// Camera images: `required`, `optional` or `off`.
    pub images: Need,
    /// LiDAR scans: `required`, `optional` or `off`.
    pub scans: Need,
    /// Radar scans: `required`, `optional` or `off`.
    pub radar: Need,
    /// Which LiDAR folder: `auto` (the one with more frames), `velodyne`, `velodyne_reduced`.
    pub lidar: LidarFolder,
    /// Whether points get the time of their measurement where the data set tells it (PCD files;
    /// KITTI's real scans, by azimuth): what `sweeps` needs to put scans right.
    pub point_times: bool,
    /// Folder with 3-D detection files, to stand in for a detector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detections: Option<PathBuf>,
    /// Whether a frame needs 3-D detections from a file.
    pub detections_need: Need,
    /// Folder with 2-D detection files, to stand in for a detector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detections_2d: Option<PathBuf>,
    /// Whether a frame needs 2-D detections from a file.
    pub detections_2d_need: Need,
    /// Camera intrinsics (TOML) for a user's own images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intrinsics: Option<PathBuf>,
    /// Frame rate of a user's own images or scans, Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<f64>,
    /// Frames read ahead, 1024 at most; 0: each is read when it is asked for.
    pub prefetch: usize,
    /// How often the recording is read; 0: without end. Every pass is a sequence of its own.
    pub passes: usize,
}

impl Default for ReplayConfig {
    fn default() -> Self {
        Self {
            data: None,
            sequences: SequenceChoice::Word("all".to_owned()),
            images: Need::Optional,
            scans: Need::Optional,
            radar: Need::Optional,
            lidar: LidarFolder::Auto,
            point_times: false,
            detections: None,
            detections_need: Need::Optional,
            detections_2d: None,
            detections_2d_need: Need::Optional,
            intrinsics: None,
            fps: None,
            prefetch: 4,
            passes: 1,
        }
    }
}

/// Outputs of the replay.
#[derive(Clone)]
pub struct ReplayPorts {
    sensors: SensorPorts,
    detections: Out<Detections3d>,
    detections_2d: Out<Detections2d>,
}

/// Brings the frames of a data set into the graph.
pub struct ReplayComponent {
    ports: ReplayPorts,
    stream: FrameStream,
    truth: TruthLog,
    notices: Vec<String>,
}

impl Component for ReplayComponent {
    const KIND: &'static str = "replay";
    const ABOUT: &'static str = "Replays a recorded drive: KITTI raw, tracking or object, \
                                 a folder of images or scans, or a video.";
    const ROLE: Role = Role::Source;
    type Config = ReplayConfig;
    type Ports = ReplayPorts;

    fn ports(_: &ReplayConfig, list: &mut PortList) -> ReplayPorts {
        ReplayPorts {
            sensors: SensorPorts::declare(list),
            detections: list.output("detections", topics::FILE_DETECTIONS_3D),
            detections_2d: list.output("detections_2d", topics::FILE_DETECTIONS_2D),
        }
    }

    fn build(
        config: ReplayConfig,
        ports: ReplayPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        check_prefetch(config.prefetch)?;
        let environment = context.get::<Environment>();
        let from_command_line = environment.as_ref().and_then(|e| e.wishes.data.clone());
        let from_file = config.data.as_ref().map(|path| context.resolve("data", path));
        let data = from_command_line
            .or(from_file)
            .ok_or("no data: name a folder with --data DIR, or as `data` in the launch file")?;
        let passes = config.passes;
        let recording = delos_ingest::open(&options(config, data.clone(), context)?)?;
        if let Some(environment) = &environment {
            environment.note_data(fact(data, &recording));
        }
        let mut notices = recording.notices.clone();
        if recording.frames_are_independent {
            notices.push(
                "every frame is a scene of its own: there are detections, but no tracks to confirm"
                    .to_owned(),
            );
        }
        let stream = recording.repeated(passes)?.stream()?;
        Ok(Self { ports, stream, truth: TruthLog::new(environment), notices })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let Some(frame) = self.stream.next_frame() else {
            for notice in self.notices.drain(..) {
                io.notice(notice);
            }
            io.end();
            return Ok(());
        };
        for notice in self.notices.drain(..) {
            io.notice(notice);
        }
        let frame = frame?;
        self.truth.add(&frame)?;
        self.send(frame, io);
        Ok(())
    }

    fn finish(&mut self) -> ComponentResult {
        Ok(self.truth.finish()?)
    }
}

impl ReplayComponent {
    fn send(&self, mut frame: SensorFrame, io: &mut Io<'_>) {
        let (detections, detections_2d) = (frame.detections.take(), frame.detections_2d.take());
        self.ports.sensors.send(frame, io);
        if let Some(detections) = detections {
            io.put(self.ports.detections, detections);
        }
        if let Some(detections) = detections_2d {
            io.put(self.ports.detections_2d, detections);
        }
    }
}

fn options(
    config: ReplayConfig,
    data: PathBuf,
    context: &BuildContext,
) -> ComponentResult<ReplayOptions> {
    let sequences = match config.sequences {
        SequenceChoice::Word(word) if word == "all" => Sequences::All,
        SequenceChoice::Word(word) => Sequences::List(vec![word]),
        SequenceChoice::List(names) if names.is_empty() => {
            return Err("`sequences` is an empty list; write \"all\" for all of them".into());
        }
        SequenceChoice::List(names) => Sequences::List(names),
    };
    Ok(ReplayOptions {
        data,
        lidar: config.lidar,
        sequences,
        camera: config.images,
        lidar_need: config.scans,
        radar: config.radar,
        detections: config.detections.map(|path| folder_of("detections", path, context)),
        detections_need: config.detections_need,
        detections_2d: config.detections_2d.map(|path| folder_of("detections_2d", path, context)),
        detections_2d_need: config.detections_2d_need,
        point_times: config.point_times,
        prefetch: config.prefetch,
        intrinsics: config.intrinsics.map(|path| context.resolve("intrinsics", &path)),
        fps: config.fps,
        ..ReplayOptions::default()
    })
}

/// Refuses more frames ahead than are ever read.
///
/// # Errors
/// [`SettingError`] with the range.
pub(crate) fn check_prefetch(prefetch: usize) -> Result<(), SettingError> {
    check("prefetch", prefetch as f64, "0 to 1024", prefetch <= MOST_AHEAD)
}

/// A folder beside the launch file (or the working folder, from the command line) where it
/// exists, else as written: then it is looked for in the data set.
fn folder_of(key: &str, path: PathBuf, context: &BuildContext) -> PathBuf {
    let resolved = context.resolve(key, &path);
    if resolved.is_dir() { resolved } else { path }
}

fn fact(path: PathBuf, recording: &Recording) -> DataFact {
    DataFact {
        path: path.canonicalize().unwrap_or(path),
        layout: recording.layout.name().to_owned(),
        sequences: recording.sequences.iter().map(|s| s.name.to_string()).collect(),
        frames: recording.frame_count(),
        ground_truth: recording.ground_truth.clone(),
        frames_are_independent: recording.frames_are_independent,
        seed: None,
    }
}
