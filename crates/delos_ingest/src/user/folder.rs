//! Folders of images and scans as a source of frames.

use super::intrinsics::{calibration_for, check_size};
use super::listing::{Content, stem};
use super::{DEFAULT_EGO_HEIGHT_M, KNOWN_LAYOUTS, parse_pcd, sequence_name, stamp_at};
use crate::kitti::velodyne::parse_bin;
use crate::{
    FrameReader, FrameSource, IngestError, Layout, Need, ParseError, Recording, ReplayOptions,
    SensorFrame, SequenceInfo, Sequences, decode_image,
};
use delos_core::{Calibration, Ego, Header, PointCloud, Stamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    number: u32,
    image: Option<PathBuf>,
    scan: Option<PathBuf>,
}

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
    let mut entries = entries(content, &mut notices);
    if entries.is_empty() {
        let why = notices.join("; ");
        return Err(IngestError::Empty { path: options.data.clone(), why });
    }
    entries.truncate(options.max_frames.map_or(usize::MAX, |n| n as usize));
    let frames = entries.iter().map(|e| (e.number, stamp_at(u64::from(e.number), fps)));
    let info = SequenceInfo { name: Arc::clone(&sequence), frames: frames.collect() };
    let stamps = info.frames.iter().map(|(_, stamp)| *stamp).collect();
    let reader = Folder { sequence, calibration: Arc::new(calibration), entries, stamps };
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
    Ok(content)
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

/// Puts images and scans together and numbers them.
fn entries(content: Content, notices: &mut Vec<String>) -> Vec<Entry> {
    let (images, scans) = (content.images, content.scans);
    let names: Vec<String> =
        if images.is_empty() { &scans } else { &images }.iter().map(|p| stem(p)).collect();
    let files: Vec<(String, Option<PathBuf>, Option<PathBuf>)> = if scans.is_empty() {
        names.into_iter().zip(images).map(|(name, image)| (name, Some(image), None)).collect()
    } else if images.is_empty() {
        names.into_iter().zip(scans).map(|(name, scan)| (name, None, Some(scan))).collect()
    } else {
        pairs(names, images, scans, notices)
    };
    let numbers = numbers(&files.iter().map(|f| &*f.0).collect::<Vec<_>>());
    let entry = |((_, image, scan), number)| Entry { number, image, scan };
    files.into_iter().zip(numbers).map(entry).collect()
}

/// Images and scans of the same name; by position when no name is in both.
fn pairs(
    names: Vec<String>,
    images: Vec<PathBuf>,
    scans: Vec<PathBuf>,
    notices: &mut Vec<String>,
) -> Vec<(String, Option<PathBuf>, Option<PathBuf>)> {
    let (image_count, scan_count) = (images.len(), scans.len());
    let by_name: BTreeMap<String, &PathBuf> = scans.iter().map(|p| (stem(p), p)).collect();
    let mut pairs: Vec<_> = (names.iter().zip(&images))
        .filter_map(|(name, image)| {
            let scan = by_name.get(name)?;
            Some((name.clone(), Some(image.clone()), Some((*scan).clone())))
        })
        .collect();
    let rule = if pairs.is_empty() {
        let together = images.into_iter().zip(scans);
        pairs = names.into_iter().zip(together).map(|(n, (i, s))| (n, Some(i), Some(s))).collect();
        notices
            .push("no image has the name of a scan: they are put together by position".to_owned());
        "position"
    } else {
        "name"
    };
    if pairs.len() < image_count.max(scan_count) {
        notices.push(format!(
            "{image_count} images and {scan_count} scans: the {} that agree by {rule} are read",
            pairs.len()
        ));
    }
    pairs
}

/// The numbers that the names are, when all are different numbers in ascending order;
/// else the positions from 0.
fn numbers(names: &[&str]) -> Vec<u32> {
    let named: Option<Vec<u32>> = names
        .iter()
        .map(|n| if n.bytes().all(|b| b.is_ascii_digit()) { n.parse().ok() } else { None })
        .collect();
    named
        .filter(|numbers| numbers.windows(2).all(|pair| pair[0] < pair[1]))
        .unwrap_or_else(|| (0..names.len() as u32).collect())
}

/// A folder as a source of frames.
struct Folder {
    sequence: Arc<str>,
    calibration: Arc<Calibration>,
    entries: Vec<Entry>,
    stamps: Vec<Stamp>,
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
        let (Some(entry), Some(&stamp)) = (self.entries.get(index), self.stamps.get(index)) else {
            return Err(IngestError::Worker { index });
        };
        let (mut contents, mut notices) = (contents.into_iter(), Vec::new());
        let mut next = || contents.next().unwrap_or_default();
        let image = entry.image.as_ref().map(|path| decode_image(&next(), path)).transpose()?;
        if let (Some(image), Some(path)) = (&image, &entry.image) {
            check_size(&self.calibration, image.size(), path)?;
        }
        let scan = entry.scan.as_ref();
        let cloud = scan.map(|path| decode_scan(&next(), path, &mut notices)).transpose()?;
        let header = Header {
            sequence: Arc::clone(&self.sequence),
            frame: entry.number,
            stamp,
            tick: index as u64,
            scene: 0,
        };
        Ok(SensorFrame {
            header: Arc::new(header),
            calibration: Arc::clone(&self.calibration),
            image,
            cloud,
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
    notices: &mut Vec<String>,
) -> Result<PointCloud<Ego>, IngestError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if name.ends_with(".pcd.bin") {
        let what = "a scan of nuScenes (five numbers a point), not one of KITTI's four";
        return Err(IngestError::format(path, what));
    }
    let is_pcd = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pcd"));
    let parse: fn(&[u8]) -> Result<PointCloud<Ego>, ParseError> =
        if is_pcd { parse_pcd } else { parse_bin };
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
