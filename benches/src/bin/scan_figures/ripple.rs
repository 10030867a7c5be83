//! How rough the road is.

use delos_core::{Ego, PointCloud};
use nalgebra::{Matrix3, Vector3};
use std::collections::BTreeMap;

/// Side of the cells in which the road is taken as a plane, metres, and the least number of
/// points in one.
const CELL_M: f32 = 1.0;
const LEAST: usize = 12;
/// Half the width of road that is looked at, and the largest height in a cell, metres.
const HALF_M: f32 = 2.0;
const FLAT_M: f32 = 0.15;
/// Distances along the road, metres.
pub(super) const BANDS: [[f32; 2]; 3] = [[3.0, 8.0], [8.0, 14.0], [14.0, 20.0]];

/// Root mean square distances of points from the planes of their cells, metres, by distance.
#[derive(Default)]
pub(super) struct Ripple([Vec<f64>; 3]);

impl Ripple {
    pub(super) fn add(&mut self, cloud: &PointCloud<Ego>) {
        let mut cells: BTreeMap<[i32; 2], Vec<Vector3<f64>>> = BTreeMap::new();
        for p in cloud.points() {
            if p.y.abs() < HALF_M && (-2.1..-1.3).contains(&p.z) {
                let cell = [p.x, p.y].map(|v| (v / CELL_M).floor() as i32);
                cells.entry(cell).or_default().push(Vector3::new(p.x, p.y, p.z).cast());
            }
        }
        for (cell, points) in &cells {
            let x = (cell[0] as f32 + 0.5) * CELL_M;
            let band = BANDS.iter().position(|[a, b]| (*a..*b).contains(&x.abs()));
            if let (Some(band), Some(rms)) = (band, rms(points)) {
                self.0[band].push(rms);
            }
        }
    }

    /// The median in each band, millimetres.
    pub(super) fn medians_mm(&self) -> [Option<f64>; 3] {
        self.0.each_ref().map(|all| {
            let mut all = all.clone();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).map(|m| m * 1e3)
        })
    }
}

/// Distance from the plane of least squares; `None`: too few points, or not flat.
fn rms(points: &[Vector3<f64>]) -> Option<f64> {
    let heights = || points.iter().map(|p| p.z);
    let span = heights().fold(f64::MIN, f64::max) - heights().fold(f64::MAX, f64::min);
    if points.len() < LEAST || span > f64::from(FLAT_M) {
        return None;
    }
    let mean = points.iter().sum::<Vector3<f64>>() / points.len() as f64;
    let spread: Matrix3<f64> = points.iter().map(|p| (p - mean) * (p - mean).transpose()).sum();
    let least = spread.symmetric_eigenvalues().min().max(0.0);
    Some((least / points.len() as f64).sqrt())
}
