//! What is found, beside what stands there.

use crate::simulated::Scenes;
use anyhow::{Context, Result};
use delos_core::{Box3, Ego, PointCloud};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use delos_ingest::kitti::velodyne;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Height of the simulated sensor over ground, metres.
pub(super) const EGO_HEIGHT_M: f64 = 1.73;

/// Weaker detections are not written.
const LEAST_SCORE: f64 = 0.02;

/// Writes `scan SEED`, then `truth` and `found` rows: class, score (1 for truth), x, y, z,
/// length, width, height, yaw, points.
pub(super) fn write(scenes: &Scenes) -> Result<()> {
    let mut rows = Rows::default();
    let mut to = BufWriter::new(io::stdout().lock());
    scenes.each(|seed, cloud, objects| {
        writeln!(to, "scan {seed}")?;
        for object in objects {
            let row = numbers(&object.bbox);
            writeln!(to, "truth {} 1 {row} {}", object.class, object.points)?;
        }
        rows.write(cloud, &mut to)
    })?;
    Ok(to.flush()?)
}

/// The same for scans of files, of which nothing is known.
pub(super) fn write_files(scans: &[PathBuf]) -> Result<()> {
    let mut rows = Rows::default();
    let mut to = BufWriter::new(io::stdout().lock());
    for path in scans {
        writeln!(to, "scan {}", path.display())?;
        rows.write(&read_scan(path)?, &mut to)?;
    }
    Ok(to.flush()?)
}

/// A scan of little-endian f32 x, y, z, reflectance.
pub(super) fn read_scan(path: &Path) -> Result<PointCloud<Ego>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(velodyne::parse_bin(&bytes)?)
}

/// Writes what a detector finds.
struct Rows {
    detector: LidarDetector,
    out: LidarOutput,
}

impl Default for Rows {
    fn default() -> Self {
        let config = LidarConfig { min_score: LEAST_SCORE, ..LidarConfig::default() };
        Self { detector: LidarDetector::new(config), out: LidarOutput::default() }
    }
}

impl Rows {
    fn write(&mut self, cloud: &PointCloud<Ego>, to: &mut impl Write) -> Result<()> {
        self.detector.detect(cloud, EGO_HEIGHT_M, &mut self.out);
        for d in &self.out.detections.0 {
            let (row, score) = (numbers(&d.bbox), d.score.get());
            writeln!(to, "found {} {score:.6} {row} {}", d.class, d.points)?;
        }
        Ok(())
    }
}

fn numbers(b: &Box3<Ego>) -> String {
    let (at, size, yaw) = (&b.center, &b.size, b.yaw.radians());
    let [l, w, h] = [size.length(), size.width(), size.height()];
    format!("{:.3} {:.3} {:.3} {l:.3} {w:.3} {h:.3} {yaw:.4}", at.x(), at.y(), at.z())
}
