//! The tracking benchmark: `calib/0000.txt`, `image_02/0000/000000.png`,
//! `velodyne/0000/000000.bin` (or `velodyne_reduced`), `label_02/0000.txt`,
//! `oxts/0000.txt`, and beside the split `poses_orbslam3/0000/CameraTrajectory.txt`. Of
//! delos alone are `radar/0000/000000.bin` and `timestamps/0000.txt` (one line a frame).

use super::calib::{self, SensorCalibration};
use super::files::{Numbered, entries, name, numbered, parse_file, stem, subfolders};
use super::layout::root;
use super::motion::{FoundMotion, Motion, NO_POSES};
use super::notices::Notices;
use super::open::{Absent, Opened, choose, existing, lacks};
use super::sequence::SequenceInputs;
use super::standins::StandIns;
use super::times::Times;
use super::{labels, oxts, poses, yaml};
use crate::{IngestError, Layout, LidarFolder, Need, ReplayOptions};
use delos_core::{CameraModel, GroundTruth, ImageSize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub(super) fn open(split: &Path, options: &ReplayOptions) -> Result<Opened, IngestError> {
    let stand_ins = StandIns::of(options, &root(split))?;
    let reader = Split { folder: split, options, stand_ins };
    let mut opened = Opened {
        layout: Layout::KittiTracking,
        folder: split.to_owned(),
        sequences: Vec::new(),
        absent: Vec::new(),
        notices: Notices::default(),
        ground_truth: existing(&split.join("label_02")),
        frames_are_independent: false,
    };
    for name in choose(reader.sequence_names()?, options)? {
        match reader.inputs(&name, &mut opened.notices)? {
            Ok(inputs) => opened.sequences.push(inputs.plan(options, &mut opened.notices)?),
            Err(absent) => opened.absent.push((name, absent)),
        }
    }
    Ok(opened)
}

struct Split<'a> {
    folder: &'a Path,
    options: &'a ReplayOptions,
    /// In space and in the image.
    stand_ins: [Option<StandIns>; 2],
}

impl Split<'_> {
    /// Every name that any of the folders knows.
    fn sequence_names(&self) -> Result<Vec<String>, IngestError> {
        let mut names = BTreeSet::new();
        for folder in ["image_02", "velodyne", "velodyne_reduced"] {
            names.extend(subfolders(&self.folder.join(folder))?.iter().map(|path| name(path)));
        }
        for folder in ["calib", "label_02"] {
            let files = entries(&self.folder.join(folder))?;
            let texts = files.iter().filter(|path| path.extension().is_some_and(|e| e == "txt"));
            names.extend(texts.map(|path| stem(path)));
        }
        Ok(names.into_iter().collect())
    }

    /// What there is of a sequence, or which required input it lacks.
    fn inputs(
        &self,
        name: &str,
        notices: &mut Notices,
    ) -> Result<Result<SequenceInputs, Absent>, IngestError> {
        let images = self.images(name, notices)?;
        if lacks(self.options.camera, images.is_empty()) {
            let looked_for = vec![self.folder.join("image_02").join(name)];
            return Ok(Err(Absent { what: "camera images", looked_for }));
        }
        let scans = self.scans(name, notices)?;
        if lacks(self.options.lidar_need, scans.is_empty()) {
            return Ok(Err(Absent { what: "LiDAR scans", looked_for: self.scan_folders(name) }));
        }
        let radars = self.radars(name, notices)?;
        if lacks(self.options.radar, radars.is_empty()) {
            let looked_for = vec![self.folder.join("radar").join(name)];
            return Ok(Err(Absent { what: "radar scans", looked_for }));
        }
        let calib = self.folder.join("calib").join(format!("{name}.txt"));
        if !calib.is_file() {
            return Ok(Err(Absent { what: "calibration", looked_for: vec![calib] }));
        }
        if let Some(absent) = StandIns::first_absent(&self.stand_ins, name)? {
            return Ok(Err(absent));
        }
        self.rest(name, [images, scans, radars], &calib).map(Ok)
    }

    fn rest(
        &self,
        name: &str,
        [images, scans, radars]: [Numbered; 3],
        calib: &Path,
    ) -> Result<SequenceInputs, IngestError> {
        let sensors = parse_file(calib, |text| calib::benchmark(&calib::parse(text)?, None))?;
        let motion = self.motion(name, &sensors)?;
        let [in_space, in_image] = self
            .stand_ins
            .each_ref()
            .map(|found| found.as_ref().map_or(Ok(None), |stand_ins| stand_ins.read(name)));
        Ok(SequenceInputs {
            name: name.to_owned(),
            folder: self.folder.to_owned(),
            images,
            scans,
            radars,
            size: self.size_beside_poses(name)?,
            times: Times::of([self.folder.join("timestamps").join(format!("{name}.txt"))]),
            turns: self.options.point_times.then(BTreeMap::new),
            pose_count: motion.as_ref().ok().map(Motion::count),
            motion,
            truth: self.truth(name, &sensors.camera)?,
            detections: in_space?,
            detections_2d: in_image?,
            sensors,
        })
    }

    fn images(&self, name: &str, notices: &mut Notices) -> Result<Numbered, IngestError> {
        if self.options.camera == Need::Off {
            return Ok(Numbered::new());
        }
        let folder = self.folder.join("image_02").join(name);
        numbered(&folder, &["png", "jpg", "jpeg"], name, notices)
    }

    fn scan_folders(&self, name: &str) -> Vec<PathBuf> {
        scan_folders(self.options.lidar)
            .iter()
            .map(|part| self.folder.join(part).join(name))
            .collect()
    }

    fn scans(&self, name: &str, notices: &mut Notices) -> Result<Numbered, IngestError> {
        most_scans(&self.scan_folders(name), self.options, name, notices)
    }

    fn radars(&self, name: &str, notices: &mut Notices) -> Result<Numbered, IngestError> {
        match self.options.radar {
            Need::Off => Ok(Numbered::new()),
            _ => numbered(&self.folder.join("radar").join(name), &["bin"], name, notices),
        }
    }

    fn truth(
        &self,
        name: &str,
        camera: &CameraModel,
    ) -> Result<Option<BTreeMap<u32, GroundTruth>>, IngestError> {
        let path = self.folder.join("label_02").join(format!("{name}.txt"));
        if !path.is_file() {
            return Ok(None);
        }
        let mut frames: BTreeMap<u32, GroundTruth> = BTreeMap::new();
        for row in parse_file(&path, labels::parse_tracking)? {
            frames.entry(row.frame).or_default().0.push(row.to_labelled(camera));
        }
        Ok(Some(frames))
    }

    /// Records of `oxts` where they can be placed, else the pose file.
    fn motion(&self, name: &str, sensors: &SensorCalibration) -> Result<FoundMotion, IngestError> {
        let oxts = self.folder.join("oxts").join(format!("{name}.txt"));
        let has_oxts = oxts.is_file();
        if let (Some(ego_from_imu), true) = (sensors.ego_from_imu, has_oxts) {
            let records = (0..).zip(parse_file(&oxts, oxts::parse)?).collect();
            return Ok(Ok(Motion::Oxts { records, ego_from_imu }));
        }
        let path = self.pose_folder(name).join("CameraTrajectory.txt");
        if path.is_file() {
            let poses = parse_file(&path, poses::parse)?;
            return Ok(Ok(Motion::Camera { poses, camera: sensors.camera }));
        }
        let unplaced = "oxts are there, but the calibration has no Tr_imu_to_velo";
        Ok(Err(if has_oxts { unplaced } else { NO_POSES }))
    }

    fn pose_folder(&self, name: &str) -> PathBuf {
        root(self.folder).join("poses_orbslam3").join(name)
    }

    fn size_beside_poses(&self, name: &str) -> Result<Option<ImageSize>, IngestError> {
        let path = self.pose_folder(name).join(format!("{name}.yaml"));
        if path.is_file() { parse_file(&path, yaml::image_size) } else { Ok(None) }
    }
}

/// The LiDAR folders of the benchmarks that the options allow, full scans first.
pub(super) const fn scan_folders(lidar: LidarFolder) -> &'static [&'static str] {
    match lidar {
        LidarFolder::Auto => &["velodyne", "velodyne_reduced"],
        LidarFolder::Velodyne => &["velodyne"],
        LidarFolder::VelodyneReduced => &["velodyne_reduced"],
    }
}

/// The scans of the folder that has most of them, the first of equals.
pub(super) fn most_scans(
    folders: &[PathBuf],
    options: &ReplayOptions,
    sequence: &str,
    notices: &mut Notices,
) -> Result<Numbered, IngestError> {
    if options.lidar_need == Need::Off {
        return Ok(Numbered::new());
    }
    let mut best = Numbered::new();
    let mut counts = Vec::new();
    for folder in folders {
        let scans = numbered(folder, &["bin"], sequence, notices)?;
        counts.push(scans.len());
        if scans.len() > best.len() {
            best = scans;
        }
    }
    if counts.iter().filter(|count| **count > 0).count() > 1 {
        let chosen = if best.len() == counts[0] { "velodyne" } else { "velodyne_reduced" };
        let counts: Vec<_> = counts.iter().map(ToString::to_string).collect();
        let counts = counts.join(" and ");
        notices.add(
            sequence,
            format!("velodyne and velodyne_reduced have {counts} scans: {chosen} is read"),
        );
    }
    Ok(best)
}
