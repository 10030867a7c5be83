//! What is found, beside what stands there.

use crate::simulated::Scenes;
use anyhow::Result;
use delos_core::{Box3, Ego};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use std::io::{self, BufWriter, Write};

/// Height of the simulated sensor over ground, metres.
pub(super) const EGO_HEIGHT_M: f64 = 1.73;

/// Writes `scan SEED`, then `truth` and `found` rows: class, score (1 for truth), x, y, z,
/// length, width, height, yaw, points.
pub(super) fn write(scenes: &Scenes) -> Result<()> {
    let config = LidarConfig { min_score: 0.02, ..LidarConfig::default() };
    let mut detector = LidarDetector::new(config);
    let mut out = LidarOutput::default();
    let mut to = BufWriter::new(io::stdout().lock());
    scenes.each(|seed, cloud, objects| {
        writeln!(to, "scan {seed}")?;
        for object in objects {
            let row = numbers(&object.bbox);
            writeln!(to, "truth {} 1 {row} {}", object.class, object.points)?;
        }
        detector.detect(cloud, EGO_HEIGHT_M, &mut out);
        for d in &out.detections.0 {
            let (row, score) = (numbers(&d.bbox), d.score.get());
            writeln!(to, "found {} {score:.6} {row} {}", d.class, d.points)?;
        }
        Ok(())
    })?;
    Ok(to.flush()?)
}

fn numbers(b: &Box3<Ego>) -> String {
    let (at, size, yaw) = (&b.center, &b.size, b.yaw.radians());
    let [l, w, h] = [size.length(), size.width(), size.height()];
    format!("{:.3} {:.3} {:.3} {l:.3} {w:.3} {h:.3} {yaw:.4}", at.x(), at.y(), at.z())
}
