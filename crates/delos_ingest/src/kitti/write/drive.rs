//! A simulated drive as a source of frames.

use super::texts::{calibration_text, label_rows, pose_line, settings_text, timestamps_text};
use crate::kitti::calib::{self, VELODYNE_HEIGHT_M};
use crate::kitti::reader::sensor_notices;
use crate::kitti::{labels, poses, timestamps};
use crate::stream::SensorFrame;
use crate::{IngestError, ParseError};
use delos_core::{
    Calibration, CameraModel, Ego, EgoPose, GroundTruth, Header, Image, ImageSize, PointCloud,
    RadarScan, Stamp, Transform, World,
};
use nalgebra::Isometry3;
use std::sync::Arc;

/// What is known of a simulated drive before its first frame.
#[derive(Clone, Debug, PartialEq)]
pub struct DriveFacts {
    /// Name of the sequence: letters, digits, `_` and `-`. The benchmark's have four digits.
    pub name: String,
    /// The camera, with the size of its images; the LiDAR's frame is the vehicle's.
    pub camera: CameraModel,
    /// Where the vehicle is in frame 0, in whatever world the simulator has.
    pub start: Transform<World, Ego>,
    /// Time of each frame, ascending.
    pub stamps: Vec<Stamp>,
}

/// What a simulator gives of one frame.
#[derive(Clone, Debug)]
pub struct FrameParts {
    /// Where the vehicle is, in the world of [`DriveFacts::start`].
    pub world_from_ego: Transform<World, Ego>,
    /// Everything that is labelled.
    pub truth: GroundTruth,
    /// The camera's image, of the size the camera has.
    pub image: Option<Image>,
    /// The LiDAR's scan.
    pub cloud: Option<PointCloud<Ego>>,
    /// The radar's echoes.
    pub radar: Option<RadarScan<Ego>>,
}

/// A simulated drive, seen through the files it would be written to.
///
/// Frames go through the texts of [`calibration_text`], [`pose_line`], [`label_rows`] and
/// [`timestamps_text`] and back through the parsers of the reader, so that they are those
/// that the reader makes of the files of [`DatasetWriter`](super::DatasetWriter).
#[derive(Clone, Debug)]
pub struct SimulatedDrive {
    name: Arc<str>,
    texts: SequenceTexts,
    calibration: Arc<Calibration>,
    /// The camera as the file has it, with its size.
    camera: CameraModel,
    size: ImageSize,
    start_from_world: Transform<Ego, World>,
    /// Pose of the first frame as the file has it.
    first: Isometry3<f64>,
    stamps: Vec<Stamp>,
}

/// What is written once for a sequence.
#[derive(Clone, Debug)]
pub(super) struct SequenceTexts {
    pub(super) calibration: String,
    pub(super) settings: String,
    pub(super) timestamps: String,
    first_pose: String,
}

/// What is written of a frame into the sequence's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FrameTexts {
    pub(super) pose: String,
    pub(super) labels: String,
}

impl SimulatedDrive {
    /// Checks that the layout has words for the drive.
    ///
    /// # Errors
    /// [`IngestError::Drive`] for a name that is no folder's, a camera without a size, no
    /// frames, stamps that do not ascend or lie outside the years 1970 to 2200, and numbers
    /// that are not finite.
    pub fn new(facts: &DriveFacts) -> Result<Self, IngestError> {
        let refuse = |what: String| IngestError::Drive { name: facts.name.clone(), what };
        check_name(&facts.name).map_err(refuse)?;
        let size = facts.camera.size.ok_or_else(|| refuse("the camera has no size".to_owned()))?;
        let calibration = calibration_text(&facts.camera);
        let mut camera = read_camera(&calibration).map_err(|e| refuse(e.to_string()))?;
        camera.size = Some(size);
        let timestamps = check_stamps(&facts.stamps).map_err(refuse)?;
        let first_pose = pose_line(&Transform::identity(), &camera);
        let texts = SequenceTexts {
            settings: settings_text(&camera, size),
            calibration,
            timestamps,
            first_pose,
        };
        let first = read_pose(&texts.first_pose).map_err(|e| refuse(e.to_string()))?;
        let stamps = timestamps::parse(&texts.timestamps).map_err(|e| refuse(e.to_string()))?;
        Ok(Self {
            name: facts.name.as_str().into(),
            calibration: Arc::new(Calibration {
                camera: Some(camera),
                ego_height_m: VELODYNE_HEIGHT_M,
            }),
            start_from_world: facts.start.inverse(),
            texts,
            camera,
            size,
            first,
            stamps: stamps.into_iter().flatten().collect(),
        })
    }

    /// Name of the sequence.
    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Time of each frame.
    pub fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }

    /// Number of frames.
    pub fn frame_count(&self) -> usize {
        self.stamps.len()
    }

    /// Frame `index` as the reader would make it of its files; `index` is number and tick.
    ///
    /// # Errors
    /// [`IngestError::Drive`] when the drive has no such frame, its image has another size
    /// than the camera's, the first frame is not at the start, or a number is not finite.
    pub fn frame(&self, index: usize, parts: FrameParts) -> Result<SensorFrame, IngestError> {
        let texts = self.texts_of(index, &parts)?;
        let fail = |error: ParseError| self.refuse(index, &error.to_string());
        let pose = read_pose(&texts.pose).map_err(fail)?;
        let rows = labels::parse_tracking(&texts.labels).map_err(fail)?;
        let truth = rows.iter().map(|row| row.to_labelled(&self.camera)).collect();
        let world_from_ego = poses::world_from_ego(&self.first, &pose, &self.camera);
        let (cloud, radar) = (parts.cloud.map(as_read_cloud), parts.radar.map(as_read_radar));
        Ok(SensorFrame {
            header: Arc::new(self.header(index)),
            calibration: Arc::clone(&self.calibration),
            pose: Some(EgoPose { world_from_ego }),
            truth: Some(GroundTruth(truth)),
            notices: sensor_notices(cloud.as_ref(), radar.as_ref()),
            image: parts.image,
            cloud,
            radar,
            detections: None,
            detections_2d: None,
        })
    }

    pub(super) const fn texts(&self) -> &SequenceTexts {
        &self.texts
    }

    /// What is written of a frame.
    pub(super) fn texts_of(
        &self,
        index: usize,
        parts: &FrameParts,
    ) -> Result<FrameTexts, IngestError> {
        if index >= self.stamps.len() {
            let frames = self.stamps.len();
            return Err(self.refuse(index, &format!("the drive has {frames} frames")));
        }
        if let Some(image) = parts.image.as_ref().filter(|image| image.size() != self.size) {
            let (found, wanted) = (image.size(), self.size);
            return Err(self.refuse(
                index,
                &format!(
                    "the image has {}x{} pixels, the camera {}x{}",
                    found.width, found.height, wanted.width, wanted.height
                ),
            ));
        }
        let start_from_ego = self.start_from_world.isometry() * parts.world_from_ego.isometry();
        let pose = pose_line(&Transform::new(start_from_ego), &self.camera);
        if index == 0 && pose != self.texts.first_pose {
            return Err(self.refuse(index, "it is not where the drive starts"));
        }
        let labels = label_rows(number(index), &parts.truth, &self.camera);
        Ok(FrameTexts { pose, labels })
    }

    pub(super) fn refuse(&self, index: usize, what: &str) -> IngestError {
        IngestError::Drive { name: self.name.to_string(), what: format!("frame {index}: {what}") }
    }

    fn header(&self, index: usize) -> Header {
        Header {
            sequence: Arc::clone(&self.name),
            frame: number(index),
            stamp: self.stamps.get(index).copied().unwrap_or_default(),
            tick: index as u64,
            scene: 0,
        }
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if !name.is_empty() && name.bytes().all(is_plain) {
        return Ok(());
    }
    Err("a sequence's name has letters, digits, `_` and `-` only, and at least one".to_owned())
}

/// The text of stamps that a reader uses as they are.
fn check_stamps(stamps: &[Stamp]) -> Result<String, String> {
    if stamps.is_empty() {
        return Err("the drive has no frames".to_owned());
    }
    if let Some(at) = stamps.windows(2).position(|pair| pair[1] <= pair[0]) {
        return Err(format!("the stamps do not ascend after frame {at}"));
    }
    timestamps_text(stamps).ok_or_else(|| "a stamp lies outside the years 1970 to 2200".to_owned())
}

fn read_camera(text: &str) -> Result<CameraModel, ParseError> {
    Ok(calib::benchmark(&calib::parse(text)?, None)?.camera)
}

fn read_pose(line: &str) -> Result<Isometry3<f64>, ParseError> {
    let poses = poses::parse(line)?;
    poses.first().copied().ok_or_else(|| ParseError::whole("no pose"))
}

/// A file holds no points that were dropped.
fn as_read_cloud(cloud: PointCloud<Ego>) -> PointCloud<Ego> {
    if cloud.dropped() == 0 { cloud } else { PointCloud::new(cloud.points().to_vec()) }
}

/// A file holds no echoes that were dropped.
fn as_read_radar(scan: RadarScan<Ego>) -> RadarScan<Ego> {
    if scan.dropped() == 0 { scan } else { RadarScan::new(scan.echoes().to_vec()) }
}

/// Frame numbers have 32 bits; no drive is that long.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
