//! CPU time of each stage.

use crate::found::{EGO_HEIGHT_M, read_scan};
use anyhow::Result;
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

const STAGES: [&str; 4] = ["ground", "clusters", "boxes", "all"];

/// Each stage is called so often between two looks at the clock.
const CALLS: u32 = 25;

/// Prints the medians and 95 % quantiles over all scans, milliseconds of this thread's CPU time.
pub(super) fn measure(scans: &[PathBuf], times: usize) -> Result<()> {
    let mut detector = LidarDetector::new(LidarConfig::default());
    let mut out = LidarOutput::default();
    let mut spent: [Vec<f64>; 4] = Default::default();
    for path in scans {
        let cloud = read_scan(path)?;
        for _ in 0..times {
            let ground = spent_ms(|| {
                detector.split_ground(&cloud, EGO_HEIGHT_M, &mut out.segments);
            })?;
            let clusters = spent_ms(|| detector.cluster())?;
            let boxes = spent_ms(|| detector.describe(&mut out))?;
            let steps = [ground, clusters, boxes, ground + clusters + boxes];
            spent.iter_mut().zip(steps).for_each(|(all, one)| all.push(one));
        }
    }
    let mut to = io::stdout().lock();
    for (name, all) in STAGES.iter().zip(&mut spent) {
        all.sort_by(f64::total_cmp);
        let at = |share: f64| all.get((share * all.len() as f64) as usize).copied();
        let (Some(half), Some(most)) = (at(0.5), at(0.95)) else { continue };
        writeln!(to, "{name:10} p50 {half:6.2} ms   p95 {most:6.2} ms")?;
    }
    Ok(())
}

/// CPU time of one of many calls, milliseconds: the kernel counts in steps of some.
fn spent_ms(mut work: impl FnMut()) -> Result<f64> {
    let begin = cpu_ms()?;
    (0..CALLS).for_each(|_| work());
    Ok((cpu_ms()? - begin) / f64::from(CALLS))
}

/// CPU time that the kernel says this thread has had, milliseconds.
fn cpu_ms() -> Result<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let spent: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(spent / 1e6)
}
