//! Recall at a stated precision.

use crate::commands::eval::input::{self, InputArgs};
use anyhow::{Context, Result, bail};
use clap::Args;
use delos_core::{BenchmarkRow, CameraModel, ObjectClass, Position, Size};
use delos_eval::detection::{MatchRule, RecallFrame, RecallReport, RecallRules, RecallScores};
use delos_eval::points_in;
use delos_ingest::benchmark::{
    Comparison, Pair, PairRows, RowFormat, RowRules, Skipped, read_rows,
};
use delos_ingest::kitti::boxes::CameraBox;
use delos_ingest::kitti::{calib, velodyne};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Args)]
#[command(next_help_heading = "Recall at a stated precision")]
pub(super) struct RecallArgs {
    /// When a box has found an object, seen from above: `iou:0.5` (overlap) or `centre:1.0`
    /// (distance of the centres, metres); default: iou:0.5
    #[arg(long = "match", value_name = "RULE")]
    match_rule: Option<MatchRule>,
    /// Objects farther away do not count, metres
    #[arg(long, value_name = "M", value_parser = distance)]
    max_range: Option<f64>,
    /// Objects with fewer LiDAR points in their box do not count; needs --scans
    #[arg(long, value_name = "N", requires = "scans")]
    min_points: Option<u32>,
    /// Folder of the scans: SEQUENCE/FRAME.bin, or FRAME.bin for labels of single frames
    #[arg(long, value_name = "DIR", requires = "min_points")]
    scans: Option<PathBuf>,
    /// Folder of the calibrations, SEQUENCE.txt (default: calib beside the labels or the scans)
    #[arg(long, value_name = "DIR", requires = "scans")]
    calib: Option<PathBuf>,
    /// Objects that the labels leave out, as rows of labels: a file for one sequence, or a
    /// folder of files SEQUENCE.txt
    #[arg(long, value_name = "PATH")]
    ignore: Option<PathBuf>,
}

fn distance(text: &str) -> Result<f64, String> {
    let found = text.parse().ok().filter(|m: &f64| m.is_finite() && *m > 0.0);
    found.ok_or_else(|| "metres above 0 are needed, for example 40".to_owned())
}

/// What a sequence needs besides its rows.
struct Extra {
    points: Vec<u32>,
    ignore: Vec<BenchmarkRow>,
    skipped: Skipped<String>,
}

impl RecallArgs {
    fn is_wanted(&self) -> bool {
        let Self { match_rule, max_range, min_points, ignore, .. } = self;
        match_rule.is_some() || max_range.is_some() || min_points.is_some() || ignore.is_some()
    }

    /// Refuses what cannot be meant, before anything is read.
    pub(super) fn check(&self, found: &Comparison) -> Result<()> {
        match &self.ignore {
            Some(path) if path.is_file() && found.pairs.len() > 1 => bail!(
                "--ignore {}: one file for {} sequences; name one with --sequences, or give a \
                 folder of files SEQUENCE.txt",
                path.display(),
                found.pairs.len()
            ),
            Some(path) if !path.exists() => bail!("--ignore {}: not found", path.display()),
            _ => Ok(()),
        }
    }

    /// A report for each class, if one was asked for.
    pub(super) fn judge(
        &self,
        input: &InputArgs,
        found: &Comparison,
        rows: &[PairRows<BenchmarkRow>],
        classes: &[ObjectClass],
        skipped: &mut Skipped<String>,
    ) -> Result<Option<BTreeMap<ObjectClass, RecallReport>>> {
        if !self.is_wanted() {
            return Ok(None);
        }
        let both: Vec<_> = found.pairs.iter().zip(rows).collect();
        let extra = |(): &mut (), (pair, rows): &(&Pair, &PairRows<BenchmarkRow>)| {
            self.extra(input, pair, rows)
        };
        let extra = input.on_threads(&both, || (), extra)?;
        let judge = |(): &mut (), class: &ObjectClass| {
            let mut scores = RecallScores::new(self.rules(*class));
            for (rows, extra) in rows.iter().zip(&extra) {
                add_frames(&mut scores, rows, extra);
            }
            Ok((*class, scores.report()))
        };
        let reports = input.on_threads(classes, || (), judge)?;
        for one in extra {
            skipped.append(one.skipped);
        }
        Ok(Some(reports.into_iter().collect()))
    }

    fn rules(&self, class: ObjectClass) -> RecallRules {
        let default = RecallRules::default();
        RecallRules {
            class,
            match_rule: self.match_rule.unwrap_or(default.match_rule),
            min_points: self.min_points.unwrap_or(default.min_points),
            max_range_m: self.max_range,
            ..default
        }
    }

    fn extra(
        &self,
        input: &InputArgs,
        pair: &Pair,
        rows: &PairRows<BenchmarkRow>,
    ) -> Result<Extra> {
        let points = match &self.scans {
            None => Vec::new(),
            Some(scans) => self.points(scans, pair, &rows.truth)?,
        };
        let (ignore, skipped) = self.ignored(input, pair, rows.frames)?;
        Ok(Extra { points, ignore, skipped })
    }

    fn ignored(
        &self,
        input: &InputArgs,
        pair: &Pair,
        frames: u32,
    ) -> Result<(Vec<BenchmarkRow>, Skipped<String>)> {
        let in_folder = |path: &PathBuf| path.join(format!("{}.txt", pair.name));
        let file = self.ignore.as_ref().map(|p| if p.is_dir() { in_folder(p) } else { p.clone() });
        let Some(file) = file.filter(|file| file.is_file()) else {
            return Ok((Vec::new(), Skipped::default()));
        };
        let frames = Some(frames);
        let rules = RowRules { frames, on_mistake: input.on_mistake(), ..RowRules::default() };
        read_rows(&file, RowFormat::KittiTracking, &rules).map_err(input::advise)
    }

    /// How many points of the scans lie in the box of each labelled row.
    fn points(&self, scans: &Path, pair: &Pair, truth: &[BenchmarkRow]) -> Result<Vec<u32>> {
        let camera = read_camera(&self.calibration(scans, pair)?)?;
        let mut points = vec![0; truth.len()];
        let mut order: Vec<usize> = (0..truth.len()).collect();
        let frame = |index: &usize| truth.get(*index).map(|row| row.frame);
        order.sort_by_key(frame);
        for rows in order.chunk_by(|a, b| frame(a) == frame(b)) {
            let boxes = rows.iter().filter_map(|index| {
                let row = truth.get(*index)?;
                Some((*index, row.frame, camera_box(row)?.to_ego(&camera)))
            });
            let boxes: Vec<_> = boxes.collect();
            let Some((_, frame, _)) = boxes.first() else { continue };
            let cloud = read_scan(&scan_path(scans, pair, *frame))?;
            for (index, _, bbox) in &boxes {
                if let Some(count) = points.get_mut(*index) {
                    *count = points_in(bbox, &cloud);
                }
            }
        }
        Ok(points)
    }

    fn calibration(&self, scans: &Path, pair: &Pair) -> Result<PathBuf> {
        let labels = pair.labels.parent().and_then(Path::parent);
        let beside = |folder: Option<&Path>| folder.map(|folder| folder.join("calib"));
        let folders = match &self.calib {
            Some(folder) => vec![folder.clone()],
            None => [beside(labels), beside(scans.parent())].into_iter().flatten().collect(),
        };
        let files: Vec<PathBuf> =
            folders.iter().map(|folder| folder.join(format!("{}.txt", pair.name))).collect();
        let looked_for: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        files.into_iter().find(|file| file.is_file()).with_context(|| {
            let places = looked_for.join(", ");
            format!("no calibration of {}; looked for {places}; see --calib", pair.name)
        })
    }
}

fn scan_path(scans: &Path, pair: &Pair, frame: u32) -> PathBuf {
    let folder = scans.join(&pair.name);
    if folder.is_dir() {
        return folder.join(format!("{frame:06}.bin"));
    }
    scans.join(format!("{}.bin", pair.name))
}

fn read_camera(path: &Path) -> Result<CameraModel> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let read = calib::parse(&text).and_then(|file| calib::benchmark(&file, None));
    Ok(read.map_err(|error| error.in_file(path))?.camera)
}

fn read_scan(path: &Path) -> Result<delos_core::PointCloud<delos_core::Ego>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read scan {}", path.display()))?;
    Ok(velodyne::parse_bin(&bytes).map_err(|error| error.in_file(path))?)
}

/// The place of a labelled object; `None` where it has none.
fn camera_box(row: &BenchmarkRow) -> Option<CameraBox> {
    let [height, width, length] = row.size_hwl;
    let [x, y, z] = row.bottom;
    Some(CameraBox {
        bottom_center: Position::new(x, y, z),
        size: Size::new(length, width, height).ok()?,
        rotation_y: row.rotation_y,
    })
}

/// Adds a sequence frame by frame.
fn add_frames(scores: &mut RecallScores, rows: &PairRows<BenchmarkRow>, extra: &Extra) {
    let points = |index: usize| extra.points.get(index).copied().unwrap_or(0);
    let mut truth: Vec<_> =
        rows.truth.iter().enumerate().map(|(index, row)| (*row, points(index))).collect();
    truth.sort_by_key(|(row, _)| row.frame);
    let (truth, points): (Vec<_>, Vec<_>) = truth.into_iter().unzip();
    let [results, ignore] = [&rows.results, &extra.ignore].map(|rows| {
        let mut rows = rows.clone();
        rows.sort_by_key(|row| row.frame);
        rows
    });
    for frame in 0..rows.frames {
        let inside = |rows: &[BenchmarkRow]| {
            let before = |limit: u32| rows.partition_point(|row| row.frame < limit);
            before(frame)..before(frame + 1)
        };
        let of_truth = inside(&truth);
        scores.add(&RecallFrame {
            truth: truth.get(of_truth.clone()).unwrap_or_default(),
            points: points.get(of_truth).unwrap_or_default(),
            results: results.get(inside(&results)).unwrap_or_default(),
            ignore: ignore.get(inside(&ignore)).unwrap_or_default(),
        });
    }
}
