//! Raw drives: `DRIVE_sync/image_02/data`, `velodyne_points/data`, `oxts/data`,
//! `tracklet_labels.xml`, timestamps beside each `data`, and the calibration of the day
//! in the folder around the drive.

use super::calib::{self, CalibFile, SensorCalibration};
use super::files::{Numbered, numbered, parse_file};
use super::layout::{own_name, root};
use super::motion::{FoundMotion, Motion, NO_POSES};
use super::notices::Notices;
use super::open::{Absent, Opened, choose, existing, lacks};
use super::sequence::SequenceInputs;
use super::standins::StandIns;
use super::times::Times;
use super::{oxts, timestamps, tracklets};
use crate::{IngestError, Layout, LidarFolder, Need, ReplayOptions};
use delos_core::Stamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(super) fn open(drives: &[PathBuf], options: &ReplayOptions) -> Result<Opened, IngestError> {
    options.refuse_radar("KITTI raw")?;
    let by_name: BTreeMap<String, &PathBuf> =
        drives.iter().map(|drive| (own_name(drive), drive)).collect();
    let truth = |drive: &&PathBuf| existing(&drive.join("tracklet_labels.xml"));
    let mut opened = Opened {
        layout: Layout::KittiRaw,
        folder: options.data.clone(),
        sequences: Vec::new(),
        absent: Vec::new(),
        notices: Notices::default(),
        // Of several drives the folder around those that have some.
        ground_truth: match drives {
            [drive] => truth(&drive),
            _ => drives.iter().find_map(|drive| truth(&drive)).map(|_| options.data.clone()),
        },
        frames_are_independent: false,
    };
    for name in choose(by_name.keys().cloned().collect(), options)? {
        let Some(folder) = by_name.get(&name) else { continue };
        match (Drive { folder, name: &name, options }).inputs(&mut opened.notices)? {
            Ok(inputs) => opened.sequences.push(inputs.plan(options, &mut opened.notices)?),
            Err(absent) => opened.absent.push((name, absent)),
        }
    }
    Ok(opened)
}

struct Drive<'a> {
    folder: &'a Path,
    name: &'a str,
    options: &'a ReplayOptions,
}

impl Drive<'_> {
    /// What there is of the drive, or which required input it lacks.
    fn inputs(&self, notices: &mut Notices) -> Result<Result<SequenceInputs, Absent>, IngestError> {
        let image_folder = self.folder.join("image_02/data");
        let images =
            self.files(self.options.camera, &image_folder, &["png", "jpg", "jpeg"], notices)?;
        if lacks(self.options.camera, images.is_empty()) {
            return Ok(Err(Absent { what: "camera images", looked_for: vec![image_folder] }));
        }
        let scan_folder = self.scan_folder();
        let scans = self.files(self.options.lidar_need, &scan_folder, &["bin"], notices)?;
        if lacks(self.options.lidar_need, scans.is_empty()) {
            return Ok(Err(Absent { what: "LiDAR scans", looked_for: vec![scan_folder] }));
        }
        let stand_ins = StandIns::of(self.options, &root(self.folder))?;
        if let Some(absent) = StandIns::first_absent(&stand_ins, self.name)? {
            return Ok(Err(absent));
        }
        self.rest(images, scans, stand_ins, notices).map(Ok)
    }

    fn rest(
        &self,
        images: Numbered,
        scans: Numbered,
        stand_ins: [Option<StandIns>; 2],
        notices: &mut Notices,
    ) -> Result<SequenceInputs, IngestError> {
        let sensors = self.sensors()?;
        let motion = self.motion(&sensors, notices)?;
        let times = self.times(scans.is_empty());
        let [in_space, in_image] =
            stand_ins.map(|found| found.map_or(Ok(None), |stand_ins| stand_ins.read(self.name)));
        Ok(SequenceInputs {
            name: self.name.to_owned(),
            folder: self.folder.to_owned(),
            images,
            scans,
            radars: Numbered::new(),
            size: None,
            turns: self.turns()?,
            times,
            pose_count: None,
            motion,
            truth: self.truth()?,
            detections: in_space?,
            detections_2d: in_image?,
            sensors,
        })
    }

    fn files(
        &self,
        need: Need,
        folder: &Path,
        extensions: &[&str],
        notices: &mut Notices,
    ) -> Result<Numbered, IngestError> {
        match need {
            Need::Off => Ok(Numbered::new()),
            _ => numbered(folder, extensions, self.name, notices),
        }
    }

    fn scan_folder(&self) -> PathBuf {
        self.folder.join(match self.options.lidar {
            LidarFolder::Auto | LidarFolder::Velodyne => "velodyne_points/data",
            LidarFolder::VelodyneReduced => "velodyne_reduced/data",
        })
    }

    /// The calibration of the day, beside the drive or in it.
    fn sensors(&self) -> Result<SensorCalibration, IngestError> {
        let cam_to_cam = self.calib_file("calib_cam_to_cam.txt")?;
        let velo_to_cam = self.calib_file("calib_velo_to_cam.txt")?;
        let imu_to_velo = self.calib_file("calib_imu_to_velo.txt");
        let imu_to_velo = match imu_to_velo {
            Err(IngestError::Missing { .. }) => None,
            other => Some(other?),
        };
        let imu = imu_to_velo.as_ref();
        calib::raw(&cam_to_cam.1, &velo_to_cam.1, imu.map(|file| &file.1)).map_err(
            |(file, error)| {
                let imu = imu.map_or(&velo_to_cam.0, |file| &file.0);
                error.in_file([&cam_to_cam.0, &velo_to_cam.0, imu][file.min(2)])
            },
        )
    }

    fn calib_file(&self, name: &str) -> Result<(PathBuf, CalibFile), IngestError> {
        let looked_for = vec![root(self.folder).join(name), self.folder.join(name)];
        match looked_for.iter().find(|path| path.is_file()) {
            Some(path) => Ok((path.clone(), parse_file(path, calib::parse)?)),
            None => Err(IngestError::Missing { what: format!("calibration {name}"), looked_for }),
        }
    }

    /// The LiDAR's times where there are scans, else the camera's; each stands in for the
    /// other, frame by frame.
    fn times(&self, without_scans: bool) -> Times {
        let mut sensors = ["velodyne_points", "image_02"];
        if without_scans {
            sensors.reverse();
        }
        Times::of(sensors.map(|sensor| self.folder.join(sensor).join("timestamps.txt")))
    }

    /// Start and end of the turns that the files tell, where points are to have times.
    fn turns(&self) -> Result<Option<BTreeMap<u32, [Stamp; 2]>>, IngestError> {
        if !self.options.point_times {
            return Ok(None);
        }
        let folder = self.folder.join("velodyne_points");
        let read = |name: &str| {
            let path = folder.join(name);
            if path.is_file() { parse_file(&path, timestamps::parse) } else { Ok(vec![]) }
        };
        let (starts, ends) = (read("timestamps_start.txt")?, read("timestamps_end.txt")?);
        let turns = (0..).zip(starts.iter().zip(&ends));
        Ok(Some(
            turns.filter_map(|(frame, (start, end))| Some((frame, [(*start)?, (*end)?]))).collect(),
        ))
    }

    fn truth(&self) -> Result<Option<BTreeMap<u32, delos_core::GroundTruth>>, IngestError> {
        let path = self.folder.join("tracklet_labels.xml");
        path.is_file().then(|| parse_file(&path, tracklets::parse)).transpose()
    }

    /// One record a file.
    fn motion(
        &self,
        sensors: &SensorCalibration,
        notices: &mut Notices,
    ) -> Result<FoundMotion, IngestError> {
        let files = numbered(&self.folder.join("oxts/data"), &["txt"], self.name, notices)?;
        if files.is_empty() {
            return Ok(Err(NO_POSES));
        }
        let Some(ego_from_imu) = sensors.ego_from_imu else {
            return Ok(Err("oxts are there, but calib_imu_to_velo.txt is not"));
        };
        let mut records = BTreeMap::new();
        for (frame, path) in files {
            let record = parse_file(&path, oxts::parse)?.into_iter().next();
            let record = record.ok_or_else(|| IngestError::format(&path, "no record"))?;
            records.insert(frame, record);
        }
        Ok(Ok(Motion::Oxts { records, ego_from_imu }))
    }
}
