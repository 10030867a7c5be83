//! What looks at the scans.

use crate::labels::found_row;
use crate::scenes::Frame;
use anyhow::Result;
use delos_core::{BenchmarkRow, CameraModel, Detections3d};
use delos_detect::lidar::network::LidarNetwork;
use delos_detect::lidar::{JoinedDetector, LidarConfig, LidarDetector, LidarOutput};
use delos_detect::models::{ModelStore, Thresholds};
use delos_infer::{OrtLibrary, SessionOptions};

/// Height of KITTI's LiDAR over ground, metres.
const HEIGHT_M: f64 = 1.73;
/// Least score of the network's boxes for a whole curve; the chain takes its card's own.
const CURVE_SCORE: f32 = 0.05;

/// The path without a network, or a network twice: with every box, and as the chain takes it.
pub(crate) enum Detector {
    Clusters(Box<LidarDetector>),
    Network { curve: Box<JoinedDetector>, chain: Box<JoinedDetector> },
}

impl Detector {
    pub(crate) fn open(model: &str) -> Result<Self> {
        if model == "none" {
            return Ok(Self::Clusters(Box::new(LidarDetector::new(LidarConfig::default()))));
        }
        let curve = Box::new(joined(model, Some(CURVE_SCORE))?);
        Ok(Self::Network { curve, chain: Box::new(joined(model, None)?) })
    }

    /// What is found in a scan with any score, and what the chain passes on.
    pub(crate) fn detect(&mut self, frame: &Frame) -> Result<[Detections3d; 2]> {
        let mut out = LidarOutput::default();
        match self {
            Self::Clusters(detector) => {
                detector.detect(&frame.cloud, HEIGHT_M, &mut out);
                Ok([out.detections.clone(), out.detections])
            }
            Self::Network { curve, chain } => {
                curve.detect(&frame.cloud, Some(HEIGHT_M), &mut out, None)?;
                let all = std::mem::take(&mut out.detections);
                chain.detect(&frame.cloud, Some(HEIGHT_M), &mut out, None)?;
                Ok([all, out.detections])
            }
        }
    }
}

fn joined(model: &str, score: Option<f32>) -> Result<JoinedDetector> {
    let model = ModelStore::default().resolve(model)?;
    let usual = model.card.thresholds;
    let thresholds = Thresholds { score: score.unwrap_or(usual.score), ..usual };
    let runtime = OrtLibrary::find(None)?.load()?;
    let options = SessionOptions::default();
    let network = LidarNetwork::new(runtime, model, Some("wide"), Some(thresholds), &options)?;
    Ok(JoinedDetector::new(network, LidarDetector::new(LidarConfig::default()), true))
}

/// Detections as rows.
pub(crate) fn rows(frame: u32, found: &Detections3d, camera: &CameraModel) -> Vec<BenchmarkRow> {
    let row =
        |d: &delos_core::Detection3d| found_row(frame, d.class, &d.bbox, d.score.get(), camera);
    found.0.iter().map(row).collect()
}
