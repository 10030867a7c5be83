//! How well the ground is found.

use super::files::{self, FALSE, OBJECT, Truth};
use anyhow::{Result, ensure};
use delos_core::{Ego, PointCloud, Segment};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use std::io::Write;
use std::path::Path;

/// Height of the LiDAR over ground in the simulator, metres.
const EGO_HEIGHT_M: f64 = 1.73;
/// Returns so near to the real ground are ground; errors of range and tufts of grass lie within.
const GROUND_M: f32 = 0.07;
/// Returns so far above are none.
const ABOVE_M: f32 = 0.25;
/// What lies lower on a road user is hard to tell from the ground.
const LOW_M: [f32; 2] = [0.1, 0.3];
/// Distances that count, metres, and where they are parted.
const RANGE_M: [f32; 4] = [2.5, 20.0, 40.0, 70.0];

/// Counts of a set of scans.
#[derive(Clone, Default)]
struct Counts {
    ground: Share,
    labelled: Share,
    objects: Share,
    low: Share,
    mirrored: Share,
    errors: [Vec<f32>; 3],
}

/// So many of so many.
#[derive(Clone, Copy, Default)]
struct Share(usize, usize);

impl Share {
    fn add(&mut self, yes: bool) {
        self.0 += usize::from(yes);
        self.1 += 1;
    }

    fn percent(self) -> f64 {
        100.0 * self.0 as f64 / self.1.max(1) as f64
    }
}

/// Prints a row for each kind of scan in the folder.
pub(super) fn score(folder: &Path) -> Result<()> {
    let mut detector = LidarDetector::new(LidarConfig::default());
    let mut found = LidarOutput::default();
    let mut kinds: Vec<(String, Counts)> = Vec::new();
    for path in files::scans(folder)? {
        let (cloud, truth) = (files::scan(&path)?, files::truth(&path)?);
        ensure!(cloud.points().len() == truth.len(), "{}: truth of another", path.display());
        detector.split_ground(&cloud, EGO_HEIGHT_M, &mut found.segments);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let kind = name.split('_').take(2).collect::<Vec<_>>().join(" ");
        if kinds.last().is_none_or(|(last, _)| *last != kind) {
            kinds.push((kind, Counts::default()));
        }
        let Some((_, counts)) = kinds.last_mut() else { continue };
        counts.add(&cloud, &truth, &found.segments.labels, &detector);
    }
    print(&mut kinds)
}

impl Counts {
    fn add(
        &mut self,
        cloud: &PointCloud<Ego>,
        truth: &[Truth],
        labels: &[Segment],
        detector: &LidarDetector,
    ) {
        let over = detector.heights_over_ground();
        for (index, (point, truth)) in cloud.points().iter().zip(truth).enumerate() {
            let range = point.x.hypot(point.y);
            if !(RANGE_M[0]..RANGE_M[3]).contains(&range) {
                continue;
            }
            let is_ground = labels[index] == Segment::Ground;
            if truth.what == FALSE {
                self.mirrored.add(!is_ground && over[index] < 0.0);
                continue;
            }
            let bin = usize::from(range >= RANGE_M[1]) + usize::from(range >= RANGE_M[2]);
            if truth.what == OBJECT || truth.height_m.abs() < GROUND_M {
                self.errors[bin].push(over[index] - truth.height_m);
            }
            self.count(*truth, is_ground);
        }
    }

    fn count(&mut self, truth: Truth, is_ground: bool) {
        if truth.what == OBJECT {
            self.objects.add(!is_ground);
            if (LOW_M[0]..LOW_M[1]).contains(&truth.height_m) {
                self.low.add(!is_ground);
            }
        }
        let (real, above) = (truth.height_m.abs() < GROUND_M, truth.height_m > ABOVE_M);
        if real && truth.what != OBJECT {
            self.ground.add(is_ground);
        }
        if is_ground && (real || above || truth.what == OBJECT) {
            self.labelled.add(real && truth.what != OBJECT);
        }
    }
}

fn print(kinds: &mut [(String, Counts)]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| scans | precision | recall | objects kept | 0.1-0.3 m kept | mirrored rejected | \
         height error 2-20 m (median, 95 %) | 20-40 m | 40-70 m |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    )?;
    for (kind, counts) in kinds {
        let c = &counts;
        let shares = [c.labelled, c.ground, c.objects, c.low, c.mirrored].map(Share::percent);
        let shares = shares.map(|share| format!("{share:.2}")).join(" | ");
        let errors = counts.errors.each_mut().map(|errors| error(errors)).join(" | ");
        writeln!(out, "| {kind} | {shares} | {errors} |")?;
    }
    Ok(())
}

/// Median and 95th percentile of the absolute error, centimetres.
fn error(errors: &mut [f32]) -> String {
    for e in errors.iter_mut() {
        *e = e.abs();
    }
    errors.sort_unstable_by(f32::total_cmp);
    let at = |share: f64| {
        let index = (errors.len() as f64 * share) as usize;
        errors.get(index).map_or(f32::NAN, |e| 100.0 * e)
    };
    format!("{:.1}, {:.1} cm", at(0.5), at(0.95))
}
