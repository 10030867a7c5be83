//! One sequence of a raw drive or of the tracking benchmark: from its inputs to its frames.

use super::calib::{SensorCalibration, VELODYNE_HEIGHT_M};
use super::detections;
use super::files::Numbered;
use super::frames::{FrameSets, notice_gaps};
use super::motion::FoundMotion;
use super::notices::Notices;
use super::reader::{FramePlan, Part, assumed_size, size_by_focal_length, size_by_principal_point};
use super::standins::ByFrame;
use super::times::Times;
use super::turn::Turn;
use crate::image::decode_image;
use crate::{IngestError, Need, ReplayOptions, SequenceInfo};
use delos_core::{
    Calibration, Detections2d, Detections3d, EgoPose, GroundTruth, Header, ImageSize, Stamp,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything found for one sequence. Inputs that are off are empty.
pub(super) struct SequenceInputs {
    pub(super) name: String,
    /// For messages.
    pub(super) folder: PathBuf,
    pub(super) images: Numbered,
    pub(super) scans: Numbered,
    pub(super) radars: Numbered,
    pub(super) sensors: SensorCalibration,
    /// Image size from beside the pose file.
    pub(super) size: Option<ImageSize>,
    /// Where the time of each frame stands.
    pub(super) times: Times,
    /// Where points are to have times: start and end of the turns that are not the usual one.
    pub(super) turns: Option<BTreeMap<u32, [Stamp; 2]>>,
    pub(super) motion: FoundMotion,
    pub(super) truth: Option<BTreeMap<u32, GroundTruth>>,
    pub(super) detections: Option<ByFrame>,
    pub(super) detections_2d: Option<ByFrame>,
    /// Number of poses, which is the number of frames where there are no sensors.
    pub(super) pose_count: Option<usize>,
}

/// What is made of a sequence.
pub(super) struct SequencePlan {
    pub(super) info: SequenceInfo,
    pub(super) plans: Vec<FramePlan>,
}

impl SequenceInputs {
    /// The sequence's frames; their ticks are left at 0.
    pub(super) fn plan(
        mut self,
        options: &ReplayOptions,
        notices: &mut Notices,
    ) -> Result<SequencePlan, IngestError> {
        let numbers = self.numbers(options, notices)?;
        let frames = self.stamped(&numbers, notices)?;
        let calibration = Arc::new(self.calibration(notices)?);
        let poses = self.poses(&numbers, notices);
        let name: Arc<str> = self.name.as_str().into();
        let plans = frames.iter().enumerate().map(|(position, (frame, stamp))| {
            let pose = poses.as_ref().and_then(|poses| poses.get(position).copied());
            let header = Header {
                sequence: Arc::clone(&name),
                frame: *frame,
                stamp: *stamp,
                tick: 0,
                scene: 0,
            };
            self.frame(header, &calibration, pose)
        });
        let plans = plans.collect();
        Ok(SequencePlan { info: SequenceInfo { name, frames }, plans })
    }

    fn numbers(
        &self,
        options: &ReplayOptions,
        notices: &mut Notices,
    ) -> Result<Vec<u32>, IngestError> {
        let sets = FrameSets {
            images: &self.images,
            scans: &self.scans,
            radars: &self.radars,
            camera: options.camera,
            lidar: options.lidar_need,
            radar: options.radar,
            last_without_sensors: self.last_without_sensors(),
        };
        sets.compare(&self.name, notices);
        let absent = |need, files: &Numbered| need == Need::Optional && files.is_empty();
        if absent(options.camera, &self.images) {
            notices.add(&self.name, "no camera images");
        }
        if absent(options.lidar_need, &self.scans) {
            notices.add(&self.name, "no LiDAR scans");
        }
        let numbers = sets.numbers(&self.folder)?;
        notice_gaps(&numbers, &self.name, notices);
        sets.notice_radar(&numbers, &self.name, notices);
        Ok(numbers)
    }

    /// The last frame that any file knows of, where detection files drive the run.
    fn last_without_sensors(&self) -> Option<u32> {
        let found = [&self.detections, &self.detections_2d];
        if found.iter().all(|frames| frames.is_none()) {
            return None;
        }
        let detections = found.into_iter().flatten().filter_map(last);
        let sensors = [&self.images, &self.scans, &self.radars].into_iter().filter_map(last);
        let truth = self.truth.as_ref().and_then(last);
        let poses = self.pose_count.and_then(|count| u32::try_from(count.checked_sub(1)?).ok());
        detections.chain(sensors).chain(truth).chain(poses).max()
    }

    /// File number and time of each frame.
    fn stamped(
        &self,
        numbers: &[u32],
        notices: &mut Notices,
    ) -> Result<Vec<(u32, Stamp)>, IngestError> {
        let found = self.times.stamps(numbers)?;
        for notice in found.notices {
            notices.add(&self.name, notice);
        }
        Ok(numbers.iter().copied().zip(found.stamps).collect())
    }

    /// Size of the images: from an image, else from the calibration or beside the pose
    /// file, else by the focal length, else by the principal point, which is said.
    fn calibration(&self, notices: &mut Notices) -> Result<Calibration, IngestError> {
        let mut camera = self.sensors.camera;
        let of_image = self.images.values().next().map(|path| image_size(path)).transpose()?;
        let known = of_image.or(camera.size).or(self.size);
        camera.size = known.or_else(|| size_by_focal_length(&camera));
        if camera.size.is_none() {
            camera.size = size_by_principal_point(&camera);
            notices.add(&self.name, assumed_size(camera.size));
        }
        Ok(Calibration { camera: Some(camera), ego_height_m: VELODYNE_HEIGHT_M })
    }

    fn poses(&self, numbers: &[u32], notices: &mut Notices) -> Option<Vec<EgoPose>> {
        let found = self.motion.as_ref().map_err(|why| format!("no ego poses ({why})"));
        let poses = found.and_then(|motion| {
            let (count, source) = (numbers.len(), motion.name());
            let poses = motion.poses(numbers).map_err(|missing| {
                format!("{source} lacks {missing} of {count} frames: ego poses are not used")
            })?;
            Ok((poses, format!("ego poses from {source}")))
        });
        let (poses, said) = match poses {
            Ok((poses, said)) => (Some(poses), said),
            Err(why) => (None, why),
        };
        notices.add(&self.name, said);
        poses
    }

    fn frame(
        &mut self,
        header: Header,
        calibration: &Arc<Calibration>,
        pose: Option<EgoPose>,
    ) -> FramePlan {
        let number = header.frame;
        let camera = &self.sensors.camera;
        let detections = self.detections.as_mut().map(|frames| {
            let found = frames.remove(&number).unwrap_or_default();
            Detections3d(found.iter().filter_map(|detection| detection.to_3d(camera)).collect())
        });
        let detections_2d: Option<Detections2d> = self.detections_2d.as_mut().map(|frames| {
            detections::in_image(frames.remove(&number).unwrap_or_default().into_iter())
        });
        let truth = self.truth.as_mut().map(|frames| frames.remove(&number).unwrap_or_default());
        let turn = self.turns.as_ref().map(|turns| {
            let turn = turns.get(&number);
            turn.and_then(|[start, end]| Turn::between(*start, header.stamp, *end))
                .unwrap_or_default()
        });
        FramePlan {
            header: Arc::new(header),
            calibration: Part::Known(Arc::clone(calibration)),
            image: self.images.get(&number).cloned(),
            scan: self.scans.get(&number).cloned(),
            turn,
            radar: self.radars.get(&number).cloned(),
            pose,
            truth: truth.map(Part::Known),
            detections: detections.map(Part::Known),
            detections_2d: detections_2d.map(Part::Known),
        }
    }
}

fn last<T>(frames: &BTreeMap<u32, T>) -> Option<u32> {
    frames.last_key_value().map(|(frame, _)| *frame)
}

fn image_size(path: &std::path::Path) -> Result<ImageSize, IngestError> {
    let io = |source| IngestError::io(path, source);
    if !path.metadata().map_err(io)?.is_file() {
        return Err(IngestError::format(path, "no ordinary file"));
    }
    let bytes = std::fs::read(path).map_err(io)?;
    Ok(decode_image(&bytes, path)?.size())
}
