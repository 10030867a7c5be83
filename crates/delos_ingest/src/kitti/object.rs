//! The object benchmark: `image_2/000000.png`, `velodyne/000000.bin` (or
//! `velodyne_reduced`), `calib/000000.txt`, `label_2/000000.txt`. Each frame is a scene of
//! its own with its own calibration; the whole split is one sequence.

use super::files::{Numbered, numbered};
use super::frames::FrameSets;
use super::layout::{own_name, root};
use super::notices::Notices;
use super::open::{Absent, Opened, choose, existing, lacks};
use super::reader::{FramePlan, Part};
use super::sequence::SequencePlan;
use super::standins::StandIns;
use super::tracking::{most_scans, scan_folders};
use super::turn::Turn;
use crate::{IngestError, Layout, Need, ReplayOptions, SequenceInfo};
use delos_core::{Detections2d, Detections3d, Header, Span, Stamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn open(split: &Path, options: &ReplayOptions) -> Result<Opened, IngestError> {
    options.refuse_radar("KITTI object")?;
    let name = own_name(split);
    let mut opened = Opened {
        layout: Layout::KittiObject,
        folder: split.to_owned(),
        sequences: Vec::new(),
        absent: Vec::new(),
        notices: Notices::default(),
        ground_truth: existing(&split.join("label_2")),
        frames_are_independent: true,
    };
    choose(vec![name.clone()], options)?;
    match Split::find(split, options, &name, &mut opened.notices)? {
        Ok(found) => opened.sequences.push(found.plan(&name, options, &mut opened.notices)?),
        Err(absent) => opened.absent.push((name, absent)),
    }
    Ok(opened)
}

struct Split {
    folder: PathBuf,
    images: Numbered,
    scans: Numbered,
    calibrations: Numbered,
    labels: Numbered,
    detections: Option<(Need, Numbered)>,
    detections_2d: Option<(Need, Numbered)>,
    point_times: bool,
}

impl Split {
    fn find(
        split: &Path,
        options: &ReplayOptions,
        name: &str,
        notices: &mut Notices,
    ) -> Result<Result<Self, Absent>, IngestError> {
        let image_folder = split.join("image_2");
        let images = match options.camera {
            Need::Off => Numbered::new(),
            _ => numbered(&image_folder, &["png", "jpg", "jpeg"], name, notices)?,
        };
        if lacks(options.camera, images.is_empty()) {
            return Ok(Err(Absent { what: "camera images", looked_for: vec![image_folder] }));
        }
        let folders: Vec<_> =
            scan_folders(options.lidar).iter().map(|part| split.join(part)).collect();
        let scans = most_scans(&folders, options, name, notices)?;
        if lacks(options.lidar_need, scans.is_empty()) {
            return Ok(Err(Absent { what: "LiDAR scans", looked_for: folders }));
        }
        let mut texts = |folder: &Path| numbered(folder, &["txt"], name, notices);
        let (calibrations, labels) = (texts(&split.join("calib"))?, texts(&split.join("label_2"))?);
        let [detections, detections_2d] = StandIns::of(options, &root(split))?
            .map(|found| found.map(|found| Ok((found.need, texts(&found.folder)?))).transpose());
        Ok(Ok(Self {
            images,
            scans,
            point_times: options.point_times,
            folder: split.to_owned(),
            calibrations,
            labels,
            detections: detections?,
            detections_2d: detections_2d?,
        }))
    }

    fn plan(
        &self,
        name: &str,
        options: &ReplayOptions,
        notices: &mut Notices,
    ) -> Result<SequencePlan, IngestError> {
        let numbers = self.numbers(name, options, notices)?;
        notices.add(
            name,
            "each frame is a scene of its own: no ego poses, stamps 100 ms apart by file number",
        );
        let frames: Vec<(u32, Stamp)> = numbers
            .iter()
            .map(|n| (*n, Stamp::default() + Span::from_millis(100) * i64::from(*n)))
            .collect();
        let name: Arc<str> = name.into();
        let plans = frames.iter().filter_map(|(frame, stamp)| self.frame(&name, *frame, *stamp));
        let plans = plans.collect();
        Ok(SequencePlan { info: SequenceInfo { name, frames }, plans })
    }

    /// Frames with all required inputs; each needs a calibration.
    fn numbers(
        &self,
        name: &str,
        options: &ReplayOptions,
        notices: &mut Notices,
    ) -> Result<Vec<u32>, IngestError> {
        let radars = Numbered::new();
        let sets = FrameSets {
            images: &self.images,
            scans: &self.scans,
            radars: &radars,
            camera: options.camera,
            lidar: options.lidar_need,
            radar: Need::Off,
            last_without_sensors: None,
        };
        sets.compare(name, notices);
        let (mut numbers, mut without) = (sets.numbers(&self.folder)?, 0);
        for stand_ins in [&self.detections, &self.detections_2d].into_iter().flatten() {
            numbers.retain(|n| stand_ins.0 != Need::Required || stand_ins.1.contains_key(n));
        }
        numbers.retain(|n| {
            let has = self.calibrations.contains_key(n);
            without += u32::from(!has);
            has
        });
        if without > 0 {
            notices.add(name, format!("{without} frames are left out, they have no calibration"));
        }
        Ok(numbers)
    }

    fn frame(&self, name: &Arc<str>, frame: u32, stamp: Stamp) -> Option<FramePlan> {
        let header = Header { sequence: Arc::clone(name), frame, stamp, tick: 0, scene: frame };
        let detections: Option<Part<Detections3d>> = part(self.detections.as_ref(), frame);
        let detections_2d: Option<Part<Detections2d>> = part(self.detections_2d.as_ref(), frame);
        Some(FramePlan {
            header: Arc::new(header),
            calibration: Part::File(self.calibrations.get(&frame)?.clone()),
            image: self.images.get(&frame).cloned(),
            scan: self.scans.get(&frame).cloned(),
            turn: self.point_times.then(Turn::default),
            radar: None,
            pose: None,
            truth: self.labels.get(&frame).cloned().map(Part::File),
            detections,
            detections_2d,
        })
    }
}

/// The frame's own file; without one nothing was found in the frame.
fn part<T: Default>(stand_ins: Option<&(Need, Numbered)>, frame: u32) -> Option<Part<T>> {
    let (_, files) = stand_ins?;
    Some(
        files
            .get(&frame)
            .map_or_else(|| Part::Known(T::default()), |path| Part::File(path.clone())),
    )
}
