//! The labelled scans.

use crate::labels::{label_row, of_frame, points, read_camera, read_rows};
use anyhow::{Context, Result};
use delos_core::{BenchmarkRow, CameraModel, Ego, PointCloud, Stamp, Transform, World};
use delos_ingest::benchmark::RowFormat;
use delos_ingest::kitti::velodyne;
use delos_ingest::{LidarFolder, Need, ReplayOptions, SensorFrame, Sequences};
use delos_odometry::{Odometry, OdometryConfig};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Labelled frames of drive 0052: frame of the drive, frame of the object benchmark.
const KEYFRAMES: [(u32, &str); 4] = [(7, "001497"), (14, "004587"), (21, "001206"), (31, "001966")];
/// Frames of the tracking sequence.
pub(crate) const FRAMES: u32 = 154;

/// Where a scan comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Tracking sequence 0000, scans cropped to the image.
    Tracking,
    /// Samples of the object benchmark, each a scene of its own.
    Objects,
    /// Raw drive 0052, of which four frames are samples of the object benchmark.
    Drive52,
    /// Raw drive 0001, five scans, tracklets for labels.
    Drive1,
}

/// Scans that follow one another.
pub(crate) struct Scene {
    pub(crate) source: Source,
    pub(crate) frames: Vec<Frame>,
}

/// One scan.
pub(crate) struct Frame {
    pub(crate) number: u32,
    pub(crate) stamp: Stamp,
    pub(crate) cloud: PointCloud<Ego>,
    pub(crate) world_from_ego: Option<Transform<World, Ego>>,
    pub(crate) camera: CameraModel,
    pub(crate) labels: Option<Labels>,
}

/// What is labelled in a scan.
pub(crate) struct Labels {
    /// The camera in whose frame they are written.
    pub(crate) camera: CameraModel,
    pub(crate) truth: Vec<BenchmarkRow>,
    /// Points in the box of each row.
    pub(crate) points: Vec<u32>,
    pub(crate) ignore: Vec<BenchmarkRow>,
}

impl Labels {
    fn new(frame: &SensorFrame, camera: &CameraModel, truth: Vec<BenchmarkRow>) -> Option<Self> {
        let cloud = frame.cloud.as_ref()?;
        Some(Self::of(cloud, camera, truth, vec![]))
    }

    fn of(
        cloud: &PointCloud<Ego>,
        camera: &CameraModel,
        truth: Vec<BenchmarkRow>,
        ignore: Vec<BenchmarkRow>,
    ) -> Self {
        let points = truth.iter().map(|row| points(row, camera, cloud)).collect();
        Self { camera: *camera, truth, points, ignore }
    }
}

/// Every labelled scan of the folder.
pub(crate) fn read(data: &Path, ignore: Option<&Path>) -> Result<Vec<Scene>> {
    let mut scenes = vec![tracking(data, ignore)?, drive_52(data)?, drive_1(data)?];
    scenes.extend(objects(&data.join("kitti_object/training"))?);
    Ok(scenes)
}

fn tracking(data: &Path, ignore: Option<&Path>) -> Result<Scene> {
    let root = data.join("kitti_tracking");
    let truth = read_rows(&root.join("training/label_02/0000.txt"), RowFormat::KittiTracking)?;
    let ignore = match ignore {
        Some(path) => read_rows(path, RowFormat::KittiTracking)?,
        None => vec![],
    };
    let sequences = Sequences::List(vec!["0000".to_owned()]);
    let lidar = LidarFolder::VelodyneReduced;
    let options = ReplayOptions { data: root, sequences, lidar, ..options() };
    let labels = |frame: &SensorFrame, camera: &CameraModel| {
        let number = frame.header.frame;
        let cloud = frame.cloud.as_ref()?;
        Some(Labels::of(cloud, camera, of_frame(&truth, number), of_frame(&ignore, number)))
    };
    scene(Source::Tracking, &options, labels)
}

fn drive_52(data: &Path) -> Result<Scene> {
    let object = data.join("kitti_object/training");
    let file = |folder: &str, id: &str| object.join(folder).join(format!("{id}.txt"));
    let mut known = BTreeMap::new();
    for (frame, id) in KEYFRAMES {
        let rows = read_rows(&file("label_2", id), RowFormat::KittiObject)?;
        known.insert(frame, (rows, read_camera(&file("calib", id))?));
    }
    let options = ReplayOptions { data: drive(data, "0052"), ..options() };
    let labels = |frame: &SensorFrame, _: &CameraModel| {
        let (rows, of_labels) = known.get(&frame.header.frame)?;
        Labels::new(frame, of_labels, rows.clone())
    };
    scene(Source::Drive52, &options, labels)
}

fn drive_1(data: &Path) -> Result<Scene> {
    let options = ReplayOptions { data: drive(data, "0001"), ..options() };
    let labels = |frame: &SensorFrame, camera: &CameraModel| {
        let objects = &frame.truth.as_ref()?.0;
        let row = |object| label_row(frame.header.frame, object, camera);
        Labels::new(frame, camera, objects.iter().filter_map(row).collect())
    };
    scene(Source::Drive1, &options, labels)
}

fn drive(data: &Path, number: &str) -> std::path::PathBuf {
    data.join("kitti_raw/2011_09_26").join(format!("2011_09_26_drive_{number}_sync"))
}

fn options() -> ReplayOptions {
    ReplayOptions { camera: Need::Off, lidar_need: Need::Required, ..ReplayOptions::default() }
}

/// Reads scans that follow one another; poses are those of the data set, else out of the scans.
fn scene(
    source: Source,
    options: &ReplayOptions,
    labels: impl Fn(&SensorFrame, &CameraModel) -> Option<Labels>,
) -> Result<Scene> {
    let mut odometry = Odometry::new(OdometryConfig::default())?;
    let mut frames = Vec::new();
    for frame in delos_ingest::open(options)?.stream()? {
        let frame = frame?;
        let camera = frame.calibration.camera.context("a drive without a camera")?;
        let labels = labels(&frame, &camera);
        let SensorFrame { header, cloud, pose, .. } = frame;
        let cloud = cloud.context("a frame without a scan")?;
        let world_from_ego = match pose {
            Some(pose) => pose.world_from_ego,
            None => odometry.step(header.stamp, &cloud)?.world_from_ego,
        };
        frames.push(Frame {
            number: header.frame,
            stamp: header.stamp,
            cloud,
            world_from_ego: Some(world_from_ego),
            camera,
            labels,
        });
    }
    Ok(Scene { source, frames })
}

/// The samples of the object benchmark that have a scan, whole or cropped.
fn objects(root: &Path) -> Result<Vec<Scene>> {
    let mut scans = BTreeMap::new();
    for folder in ["velodyne_reduced", "velodyne"] {
        let folder = root.join(folder);
        let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            scans.insert(name, path);
        }
    }
    let sample = |(name, path): (String, std::path::PathBuf)| {
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        let cloud = velodyne::parse_bin(&bytes).map_err(|error| error.in_file(&path))?;
        let camera = read_camera(&root.join("calib").join(format!("{name}.txt")))?;
        let truth = root.join("label_2").join(format!("{name}.txt"));
        let truth = read_rows(&truth, RowFormat::KittiObject)?;
        let labels = Some(Labels::of(&cloud, &camera, truth, vec![]));
        let number = name.parse().unwrap_or(0);
        let stamp = Stamp::from_nanos(0);
        let frame = Frame { number, stamp, cloud, world_from_ego: None, camera, labels };
        Ok(Scene { source: Source::Objects, frames: vec![frame] })
    };
    scans.into_iter().map(sample).collect()
}
