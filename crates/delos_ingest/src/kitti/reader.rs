//! Frames of all KITTI layouts out of the content of their files.

use super::calib::{self, VELODYNE_HEIGHT_M};
use super::files::parse_text;
use super::turn::Turn;
use super::{detections, labels, radar, velodyne};
use crate::IngestError;
use crate::image::decode_image;
use crate::stream::{FrameReader, SensorFrame};
use delos_core::{
    Calibration, CameraModel, Detections2d, Detections3d, Ego, EgoPose, GroundTruth, Header, Image,
    ImageSize, PointCloud, RadarScan,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something that was read when the recording was opened, or a file of its own per frame.
#[derive(Clone, Debug)]
pub(super) enum Part<T> {
    /// Read already.
    Known(T),
    /// Still to be read.
    File(PathBuf),
}

impl<T> Part<T> {
    fn file(&self) -> Option<&PathBuf> {
        match self {
            Self::Known(_) => None,
            Self::File(path) => Some(path),
        }
    }
}

/// What a frame is made of.
#[derive(Clone, Debug)]
pub(super) struct FramePlan {
    pub(super) header: Arc<Header>,
    pub(super) calibration: Part<Arc<Calibration>>,
    pub(super) image: Option<PathBuf>,
    pub(super) scan: Option<PathBuf>,
    /// Where points are to have times.
    pub(super) turn: Option<Turn>,
    pub(super) radar: Option<PathBuf>,
    pub(super) pose: Option<EgoPose>,
    pub(super) truth: Option<Part<GroundTruth>>,
    pub(super) detections: Option<Part<Detections3d>>,
    pub(super) detections_2d: Option<Part<Detections2d>>,
}

/// The frames of a recording.
pub(super) struct KittiReader {
    pub(super) plans: Vec<FramePlan>,
}

impl FrameReader for KittiReader {
    fn frame_count(&self) -> usize {
        self.plans.len()
    }

    fn files(&self, index: usize) -> Vec<PathBuf> {
        self.plans.get(index).map_or_else(Vec::new, FramePlan::files)
    }

    fn decode(&self, index: usize, contents: Vec<Vec<u8>>) -> Result<SensorFrame, IngestError> {
        self.plans.get(index).ok_or(IngestError::Worker { index })?.decode(contents)
    }
}

impl FramePlan {
    fn files(&self) -> Vec<PathBuf> {
        let parts = [
            self.calibration.file(),
            self.image.as_ref(),
            self.scan.as_ref(),
            self.radar.as_ref(),
            self.truth.as_ref().and_then(Part::file),
            self.detections.as_ref().and_then(Part::file),
            self.detections_2d.as_ref().and_then(Part::file),
        ];
        parts.into_iter().flatten().cloned().collect()
    }

    /// Takes the contents in the order of [`FramePlan::files`].
    fn decode(&self, contents: Vec<Vec<u8>>) -> Result<SensorFrame, IngestError> {
        let mut contents = contents.into_iter();
        let mut next = || contents.next().unwrap_or_default();
        let (calibration, size_is_assumed) = self.calibration(&mut next)?;
        let image = self.image.as_ref().map(|path| decode_image(&next(), path)).transpose()?;
        let calibration = with_size_of(calibration, image.as_ref());
        let scan = self.scan.as_ref();
        let cloud = scan.map(|path| parse_scan(&next(), path, self.turn)).transpose()?;
        let radar = self.radar.as_ref().map(|path| parse_radar(&next(), path)).transpose()?;
        let camera = calibration.camera.as_ref();
        let mut notices = sensor_notices(cloud.as_ref(), radar.as_ref());
        if let (true, None) = (size_is_assumed, &image) {
            notices.push(assumed_size(camera.and_then(|camera| camera.size)));
        }
        Ok(SensorFrame {
            truth: resolve(self.truth.as_ref(), &mut next, camera, truth)?,
            detections: resolve(self.detections.as_ref(), &mut next, camera, detections_3d)?,
            detections_2d: resolve(self.detections_2d.as_ref(), &mut next, camera, detections_2d)?,
            header: Arc::clone(&self.header),
            pose: self.pose,
            calibration,
            image,
            cloud,
            radar,
            notices,
        })
    }

    /// The calibration, and whether it assumes the size of the images only now.
    fn calibration(
        &self,
        next: impl FnOnce() -> Vec<u8>,
    ) -> Result<(Arc<Calibration>, bool), IngestError> {
        let path = match &self.calibration {
            Part::Known(calibration) => return Ok((Arc::clone(calibration), false)),
            Part::File(path) => path,
        };
        let sensors =
            parse_text(path, next(), |text| calib::benchmark(&calib::parse(text)?, None))?;
        let mut camera = sensors.camera;
        let known = size_by_focal_length(&camera);
        camera.size = known.or_else(|| size_by_principal_point(&camera));
        let calibration = Calibration { camera: Some(camera), ego_height_m: VELODYNE_HEIGHT_M };
        Ok((Arc::new(calibration), known.is_none()))
    }
}

/// What was known before, or what `parse` makes of the frame's own file.
fn resolve<T: Clone>(
    part: Option<&Part<T>>,
    next: impl FnOnce() -> Vec<u8>,
    camera: Option<&CameraModel>,
    parse: impl FnOnce(&Path, Vec<u8>, &CameraModel) -> Result<T, IngestError>,
) -> Result<Option<T>, IngestError> {
    match (part, camera) {
        (Some(Part::Known(known)), _) => Ok(Some(known.clone())),
        (Some(Part::File(path)), Some(camera)) => parse(path, next(), camera).map(Some),
        _ => Ok(None),
    }
}

fn truth(path: &Path, bytes: Vec<u8>, camera: &CameraModel) -> Result<GroundTruth, IngestError> {
    let rows = parse_text(path, bytes, labels::parse_object)?;
    Ok(GroundTruth(rows.iter().map(|row| row.to_labelled(camera)).collect()))
}

fn detections_3d(
    path: &Path,
    bytes: Vec<u8>,
    camera: &CameraModel,
) -> Result<Detections3d, IngestError> {
    let rows = parse_text(path, bytes, labels::parse_object)?;
    let found = rows.iter().map(detections::FileDetection::from);
    Ok(Detections3d(found.filter_map(|detection| detection.to_3d(camera)).collect()))
}

fn detections_2d(
    path: &Path,
    bytes: Vec<u8>,
    _: &CameraModel,
) -> Result<Detections2d, IngestError> {
    let rows = parse_text(path, bytes, labels::parse_object)?;
    Ok(detections::in_image(rows.iter().map(detections::FileDetection::from)))
}

fn parse_scan(
    bytes: &[u8],
    path: &Path,
    turn: Option<Turn>,
) -> Result<PointCloud<Ego>, IngestError> {
    let cloud = velodyne::parse_bin(bytes).map_err(|error| error.in_file(path))?;
    let Some(turn) = turn else { return Ok(cloud) };
    let times = turn.times(cloud.points());
    cloud.timed(times).map_err(|error| IngestError::format(path, error.to_string()))
}

fn parse_radar(bytes: &[u8], path: &Path) -> Result<RadarScan<Ego>, IngestError> {
    radar::parse_bin(bytes).map_err(|error| error.in_file(path))
}

/// What deserves to be said of the scans of a frame.
pub(super) fn sensor_notices(
    cloud: Option<&PointCloud<Ego>>,
    radar: Option<&RadarScan<Ego>>,
) -> Vec<String> {
    let mut notices = Vec::new();
    if let Some(dropped) = cloud.map(PointCloud::dropped).filter(|dropped| *dropped > 0) {
        notices.push(format!("{dropped} points are not finite and were dropped"));
    }
    if cloud.is_some_and(|cloud| cloud.points().is_empty()) {
        notices.push("the scan is empty".to_owned());
    }
    if let Some(dropped) = radar.map(RadarScan::dropped).filter(|dropped| *dropped > 0) {
        notices.push(format!("{dropped} radar echoes are not finite and were dropped"));
    }
    notices
}

/// The size of the image that is there is the size of the camera's images.
fn with_size_of(calibration: Arc<Calibration>, image: Option<&Image>) -> Arc<Calibration> {
    let (Some(image), Some(mut camera)) = (image, calibration.camera) else { return calibration };
    if camera.size == Some(image.size()) {
        return calibration;
    }
    camera.size = Some(image.size());
    Arc::new(Calibration { camera: Some(camera), ..*calibration })
}

/// KITTI's rectified images have one size for each focal length.
pub(super) fn size_by_focal_length(camera: &CameraModel) -> Option<ImageSize> {
    const SIZES: [(f64, u32, u32); 3] =
        [(721.5377, 1242, 375), (707.0493, 1224, 370), (718.856, 1241, 376)];
    let (fx, _) = camera.focal();
    let (_, width, height) = SIZES.into_iter().find(|(focal, ..)| (focal - fx).abs() < 1e-3)?;
    Some(ImageSize { width, height })
}

/// The size of images whose middle is the principal point, which is nearly so in every
/// camera; without any size nothing would be seen.
pub(super) fn size_by_principal_point(camera: &CameraModel) -> Option<ImageSize> {
    let (cx, cy) = camera.principal_point();
    let pixels = |middle: f64| {
        let length = (2.0 * middle).round();
        (1.0..=100_000.0).contains(&length).then_some(length as u32)
    };
    Some(ImageSize { width: pixels(cx)?, height: pixels(cy)? })
}

/// What is said where the size of the images is only assumed.
pub(super) fn assumed_size(size: Option<ImageSize>) -> String {
    let unknown = "size of the images not known";
    size.map_or_else(
        || format!("{unknown}: no object is taken to be in the image"),
        |size| {
            let (width, height) = (size.width, size.height);
            format!("{unknown}: {width}x{height} assumed, twice the principal point")
        },
    )
}
