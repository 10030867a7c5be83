//! Milliseconds per stage.

use super::files;
use anyhow::Result;
use delos_core::{Ego, PointCloud};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Height of KITTI's LiDAR over ground, metres.
pub(super) const EGO_HEIGHT_M: f64 = 1.73;
/// Times that each scan is looked at; the first does not count.
const ROUNDS: usize = 20;

/// What is timed.
pub(super) const STAGES: [&str; 4] = ["ground", "clusters", "boxes", "total"];

/// Prints p50 and p95 of each stage over all scans of a folder.
pub(super) fn time(folder: &Path) -> Result<()> {
    let paths = files::scans(folder)?;
    let clouds = paths.iter().map(|path| files::scan(path)).collect::<Result<Vec<_>>>()?;
    let points = clouds.iter().map(|cloud| cloud.points().len()).sum::<usize>() / clouds.len();
    let mut times = Times::default();
    for round in 0..=ROUNDS {
        for cloud in &clouds {
            let once = times.detector.look(cloud);
            if round > 0 {
                times.add(once);
            }
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} scans, {points} points on average, {ROUNDS} rounds", clouds.len())?;
    for (stage, name) in STAGES.iter().enumerate() {
        let (p50, p95) = (times.at(stage, 0.5), times.at(stage, 0.95));
        writeln!(out, "{name:9} p50 {p50:6.2} ms   p95 {p95:6.2} ms")?;
    }
    Ok(())
}

/// A detector under the clock.
pub(super) struct Timed {
    detector: LidarDetector,
    out: LidarOutput,
}

impl Default for Timed {
    fn default() -> Self {
        let detector = LidarDetector::new(LidarConfig::default());
        Self { detector, out: LidarOutput::default() }
    }
}

impl Timed {
    /// Looks at one scan and says how long each of [`STAGES`] took, milliseconds.
    pub(super) fn look(&mut self, cloud: &PointCloud<Ego>) -> [f64; 4] {
        let Self { detector, out } = self;
        let cloud = black_box(cloud);
        let ground = ms(|| detector.split_ground(cloud, EGO_HEIGHT_M, &mut out.segments));
        let clusters = ms(|| detector.cluster());
        let boxes = ms(|| detector.describe(out));
        [ground, clusters, boxes, ground + clusters + boxes]
    }
}

#[expect(clippy::disallowed_methods, reason = "this tool measures time")]
fn ms(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    let took: Duration = start.elapsed();
    1e3 * took.as_secs_f64()
}

/// Times of many looks.
#[derive(Default)]
struct Times {
    detector: Timed,
    all: [Vec<f64>; 4],
}

impl Times {
    fn add(&mut self, once: [f64; 4]) {
        for (all, ms) in self.all.iter_mut().zip(once) {
            all.push(ms);
        }
    }

    fn at(&mut self, stage: usize, share: f64) -> f64 {
        let all = &mut self.all[stage];
        all.sort_unstable_by(f64::total_cmp);
        all[((all.len() - 1) as f64 * share) as usize]
    }
}
