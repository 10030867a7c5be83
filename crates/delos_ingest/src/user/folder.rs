//! Folders of images and scans as a source of frames.

use super::entries::{Entry, entries};
use super::intrinsics::{calibration_for, check_size};
use super::listing::Content;
use super::{DEFAULT_EGO_HEIGHT_M, KNOWN_LAYOUTS, parse_pcd, parse_pcd_timed, sequence_name};
use crate::kitti::velodyne::parse_bin;
use crate::{
    FrameReader, FrameSource, IngestError, Layout, Need, ParseError, Recording, ReplayOptions,
    SensorFrame, SequenceInfo, Sequences, decode_image,
};
use delos_core::{Calibration, Ego, Header, PointCloud};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens a folder whose content has been listed, at `fps` frames per second.
pub(super) fn open(
    options: &ReplayOptions,
    content: Content,
    fps: f64,
) -> Result<Recording, IngestError> {
    let mut notices = Vec::new();
    let content = wanted(options, content)?;
    let calibration = calibration_of(options, &content, &mut notices)?;
    if options.fps.is_none() {
        notices.push(format!("no times: {fps} frames per second are assumed"));
    }
    let sequence = sequence_name(&options.data);
    check_sequence(options, &sequence)?;
    let mut entries = entries(content, fps, &mut notices)?;
    entries.truncate(options.max_frames.map_or(usize::MAX, |n| n as usize));
    let frames = entries.iter().map(|e| (e.number, e.stamp));
    let info = SequenceInfo { name: Arc::clone(&sequence), frames: frames.collect() };
    let (calibration, point_times) = (Arc::new(calibration), options.point_times);
    let reader = Folder { sequence, calibration, entries, point_times };
    Ok(Recording {
        layout: Layout::UserFolder,
        sequences: vec![info],
        notices,
        ground_truth: None,
        frames_are_independent: false,
        source: FrameSource::Random(Arc::new(reader)),
        prefetch: options.prefetch,
    })
}

/// Leaves out what is not to be read; an error when something required is not there.
fn wanted(options: &ReplayOptions, mut content: Content) -> Result<Content, IngestError> {
    if content.is_empty() {
        let (path, known) = (options.data.clone(), KNOWN_LAYOUTS.to_owned());
        return Err(IngestError::Layout { path, known });
    }
    let inputs = [
        ("camera images", options.camera, &mut content.images, "images"),
        ("LiDAR scans", options.lidar_need, &mut content.scans, "scans"),
    ];
    for (what, need, files, folder) in inputs {
        if need == Need::Off {
            files.clear();
        } else if need == Need::Required && files.is_empty() {
            let looked_for = vec![options.data.clone(), options.data.join(folder)];
            return Err(IngestError::Missing { what: what.to_owned(), looked_for });
        }
    }
    if content.is_empty() {
        let (path, why) = (options.data.clone(), nothing_left(options));
        return Err(IngestError::Empty { path, why });
    }
    Ok(content)
}

/// Why a folder that holds files gives no frames: what is there is switched off.
fn nothing_left(options: &ReplayOptions) -> String {
    let why = |what, need| match need {
        Need::Off => format!("{what} are switched off"),
        _ => format!("there are no {what}"),
    };
    format!("{}, {}", why("camera images", options.camera), why("LiDAR scans", options.lidar_need))
}

fn calibration_of(
    options: &ReplayOptions,
    content: &Content,
    notices: &mut Vec<String>,
) -> Result<Calibration, IngestError> {
    let given = options.intrinsics.as_deref();
    let calibration = if content.images.is_empty() && given.is_none() {
        Calibration { camera: None, ego_height_m: DEFAULT_EGO_HEIGHT_M }
    } else {
        calibration_for(given, &options.data, notices)?
    };
    if !content.scans.is_empty() {
        notices.push(format!(
            "the scans are taken to be in the vehicle's frame (x forward, y left, z up), {} m above ground",
            calibration.ego_height_m
        ));
    }
    Ok(calibration)
}

/// Own data is one sequence; a list of sequences has to name it.
pub(super) fn check_sequence(options: &ReplayOptions, sequence: &str) -> Result<(), IngestError> {
    options.sequences.check_distinct()?;
    match &options.sequences {
        Sequences::List(names) => {
            names.iter().find(|name| **name != *sequence).map_or(Ok(()), |name| {
                Err(IngestError::Sequence {
                    name: name.clone(),
                    path: options.data.clone(),
                    available: vec![sequence.to_owned()],
                })
            })
        }
        Sequences::All => Ok(()),
    }
}

/// A folder as a source of frames.
struct Folder {
    sequence: Arc<str>,
    calibration: Arc<Calibration>,
    entries: Vec<Entry>,
    point_times: bool,
}

impl FrameReader for Folder {
    fn frame_count(&self) -> usize {
        self.entries.len()
    }

    fn files(&self, index: usize) -> Vec<PathBuf> {
        let entry = self.entries.get(index);
        entry.into_iter().flat_map(|e| e.image.iter().chain(&e.scan)).cloned().collect()
    }

    fn decode(&self, index: usize, contents: Vec<Vec<u8>>) -> Result<SensorFrame, IngestError> {
        let entry = self.entries.get(index).ok_or(IngestError::Worker { index })?;
        let (mut contents, mut notices) = (contents.into_iter(), Vec::new());
        let mut next = || contents.next().unwrap_or_default();
        let image = entry.image.as_ref().map(|path| decode_image(&next(), path)).transpose()?;
        if let (Some(image), Some(path)) = (&image, &entry.image) {
            check_size(&self.calibration, image.size(), path)?;
        }
        let scan = entry.scan.as_ref();
        let cloud = scan
            .map(|path| decode_scan(&next(), path, self.point_times, &mut notices))
            .transpose()?;
        let header = Header {
            sequence: Arc::clone(&self.sequence),
            frame: entry.number,
            stamp: entry.stamp,
            tick: index as u64,
            scene: 0,
        };
        Ok(SensorFrame {
            header: Arc::new(header),
            calibration: Arc::clone(&self.calibration),
            image,
            cloud,
            radar: None,
            pose: None,
            truth: None,
            detections: None,
            detections_2d: None,
            notices,
        })
    }
}

fn decode_scan(
    bytes: &[u8],
    path: &Path,
    point_times: bool,
    notices: &mut Vec<String>,
) -> Result<PointCloud<Ego>, IngestError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if name.ends_with(".pcd.bin") {
        let what = "a scan of nuScenes (five numbers a point), not one of KITTI's four";
        return Err(IngestError::format(path, what));
    }
    let is_pcd = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pcd"));
    let parse: fn(&[u8]) -> Result<PointCloud<Ego>, ParseError> = match (is_pcd, point_times) {
        (true, true) => parse_pcd_timed,
        (true, false) => parse_pcd,
        (false, _) => parse_bin,
    };
    let cloud = parse(bytes).map_err(|error| error.in_file(path))?;
    if cloud.dropped() > 0 {
        notices.push(format!(
            "{}: {} points are not finite and were dropped",
            path.display(),
            cloud.dropped()
        ));
    }
    if cloud.points().is_empty() {
        notices.push(format!("{}: the scan is empty", path.display()));
    }
    Ok(cloud)
}
