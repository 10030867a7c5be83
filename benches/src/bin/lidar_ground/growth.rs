//! How the time grows with the number of points.
//!
//! Scans are thinned by leaving out points and thickened by adding copies a few millimetres off,
//! so that every size holds the same street.

use super::files;
use super::plot;
use super::stages::{STAGES, Timed};
use anyhow::{Context, Result, ensure};
use delos_core::{Ego, LidarPoint, PointCloud};
use delos_sim::random::Random;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Numbers of points, each a little less than half as much again as the one before.
pub(super) const SIZES: [usize; 9] =
    [30_000, 45_000, 65_000, 90_000, 130_000, 180_000, 250_000, 350_000, 500_000];
/// Scans looked at, and looks at each; the fastest look counts: other work only slows.
const SCANS: usize = 4;
const ROUNDS: usize = 9;
/// Copies of a point lie so far from it, metres.
const NOISE_M: f32 = 0.01;

/// Milliseconds of each stage at a number of points.
pub(super) struct Row {
    pub(super) points: usize,
    pub(super) ms: [f64; STAGES.len()],
}

/// Times all sizes of the first scans in a folder; writes `growth.csv` and `growth.svg`.
pub(super) fn growth(folder: &Path, out: &Path) -> Result<()> {
    let paths = files::scans(folder)?;
    let scans = paths.iter().step_by(paths.len().div_ceil(SCANS)).map(|path| files::scan(path));
    let scans = scans.collect::<Result<Vec<_>>>()?;
    ensure!(scans.iter().all(|scan| !scan.points().is_empty()), "a scan without points");
    let rows: Vec<Row> = SIZES.iter().map(|size| time(&scans, *size)).collect();
    fs::create_dir_all(out)?;
    fs::write(out.join("growth.csv"), table(&rows)?).context("growth.csv")?;
    fs::write(out.join("growth.svg"), plot::svg(&rows)?).context("growth.svg")
}

fn time(scans: &[PointCloud<Ego>], size: usize) -> Row {
    let mut timed = Timed::default();
    let mut ms = [0.0; STAGES.len()];
    for scan in scans {
        let cloud = resized(scan.points(), size);
        let looks: Vec<_> = (0..ROUNDS).map(|_| timed.look(&cloud)).collect();
        for (stage, sum) in ms.iter_mut().enumerate() {
            let fastest = looks.iter().map(|look| look[stage]).fold(f64::INFINITY, f64::min);
            *sum += fastest / scans.len() as f64;
        }
    }
    Row { points: size, ms }
}

/// The same street with `size` points, in the same order.
fn resized(points: &[LidarPoint], size: usize) -> PointCloud<Ego> {
    let mut random = Random::new(7, 0);
    let mut row = |k: usize| {
        let p = points[(k as u64 * points.len() as u64 / size as u64) as usize];
        let is_copy = k > 0 && (k - 1) * points.len() / size == k * points.len() / size;
        let mut off = || if is_copy { random.range(-NOISE_M, NOISE_M) } else { 0.0 };
        LidarPoint { x: p.x + off(), y: p.y + off(), z: p.z + off(), ..p }
    };
    PointCloud::new((0..size).map(&mut row).collect())
}

fn table(rows: &[Row]) -> Result<String> {
    let mut text = format!("points,{}\n", STAGES.map(|stage| format!("{stage}_ms")).join(","));
    for row in rows {
        let ms = row.ms.map(|ms| format!("{ms:.3}")).join(",");
        writeln!(text, "{},{ms}", row.points)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_are_thinned_and_thickened_evenly_and_in_order() {
        let point = |i: u16| LidarPoint { x: f32::from(i), y: 0.0, z: 0.0, intensity: 0.5 };
        let points: Vec<LidarPoint> = (0..1000).map(point).collect();
        for size in [1, 300, 1000, 2500, 4000] {
            let cloud = resized(&points, size);
            assert_eq!(cloud.points().len(), size);
            let places: Vec<f32> = cloud.points().iter().map(|p| p.x.round()).collect();
            assert!(places.is_sorted());
            let originals = cloud.points().iter().filter(|p| p.x.fract() == 0.0).count();
            assert!(originals >= size.min(1000), "{originals} of {size}");
        }
    }

    #[test]
    fn table_and_plot_hold_every_row() {
        let rows: Vec<Row> = SIZES.map(|points| Row { points, ms: [1.0, 2.0, 3.0, 6.0] }).into();
        let table = table(&rows).expect("text");
        assert!(table.starts_with("points,ground_ms,clusters_ms,boxes_ms,total_ms\n30000,1.000"));
        assert_eq!(table.lines().count(), SIZES.len() + 1);
        let svg = plot::svg(&rows).expect("text");
        assert_eq!(svg.matches("<polyline").count(), STAGES.len());
        assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN"));
    }
}
