//! Points in the network's frame, and their numbers.

use super::frame::NetworkFrame;
use super::slots::Slots;
use crate::models::{PillarCard, PointFeature};
use delos_core::{Ego, LidarPoint, PointCloud, PointTimes};

/// Numbers a point can have.
pub(super) const NUMBERS: usize = 12;

/// The points of a scan, and the grid they fall into.
pub(super) struct Points<'a> {
    pub(super) scan: &'a [LidarPoint],
    /// Seconds after the scan's stamp, of joined scans.
    times: Option<&'a [f32]>,
    frame: NetworkFrame,
    least: [f32; 3],
    side: [f32; 3],
    /// Cells along x, y, z.
    cells: [f32; 3],
    columns: u32,
    intensity_max: f32,
}

impl<'a> Points<'a> {
    pub(super) fn new(card: &PillarCard, frame: NetworkFrame, cloud: &'a PointCloud<Ego>) -> Self {
        let [columns, rows] = card.grid();
        Self {
            scan: cloud.points(),
            times: aligned_times(cloud),
            frame,
            least: [0, 1, 2].map(|axis| card.range_m[axis] as f32),
            side: card.pillar_m.map(|side| side as f32),
            cells: [columns as f32, rows as f32, 1.0],
            columns,
            intensity_max: card.intensity_max,
        }
    }

    /// Place in the network's frame and row-major number of the cell, if the point lies in one.
    /// Truncation of what is not negative is rounding down.
    pub(super) fn cell(&self, point: &LidarPoint) -> Option<([f32; 3], u32)> {
        let at = self.frame.point(point);
        let [u, v, w] = [0, 1, 2].map(|axis| (at[axis] - self.least[axis]) / self.side[axis]);
        let inside = (0.0..self.cells[0]).contains(&u)
            && (0.0..self.cells[1]).contains(&v)
            && (0.0..self.cells[2]).contains(&w);
        inside.then(|| (at, v as u32 * self.columns + u as u32))
    }

    /// All numbers of a point, in the order of [`number_of`].
    pub(super) fn numbers(&self, index: usize, slots: &Slots, pillar: usize) -> [f32; NUMBERS] {
        let point = &self.scan[index];
        let [x, y, z] = self.frame.point(point);
        let cell = slots.cells[pillar];
        let column = [cell % self.columns, cell / self.columns, 0];
        let middle = [0, 1, 2].map(|axis| {
            column[axis] as f32 * self.side[axis] + (self.side[axis] / 2.0 + self.least[axis])
        });
        let mean = slots.mean(pillar);
        let intensity = point.intensity * self.intensity_max;
        let age = self.times.and_then(|times| times.get(index)).map_or(0.0, |time| age_of(*time));
        let range = (x * x + y * y + z * z).sqrt();
        [
            x,
            y,
            z,
            intensity,
            age,
            x - mean[0],
            y - mean[1],
            z - mean[2],
            x - middle[0],
            y - middle[1],
            z - middle[2],
            range,
        ]
    }
}

/// The times of joined scans; of a single one, skewed by the vehicle's motion or put right, none: networks are
/// trained on scans whose points all have the age 0.
pub(super) fn aligned_times(cloud: &PointCloud<Ego>) -> Option<&[f32]> {
    cloud.times().filter(|times| times.is_joined()).map(PointTimes::seconds)
}

/// Age of a point, seconds, as networks read it: positive into the past (`time_lag` of
/// `OpenPCDet`'s `nuscenes_utils.py`, `ts - sweep_ts` of mmdet3d's `LoadPointsFromMultiSweeps`).
pub(super) fn age_of(time: f32) -> f32 {
    if time < 0.0 { -time } else { 0.0 }
}

/// Where each feature stands among the numbers of a point.
pub(super) fn columns_of(features: &[PointFeature]) -> Vec<u8> {
    features.iter().map(|feature| number_of(*feature)).collect()
}

const fn number_of(feature: PointFeature) -> u8 {
    match feature {
        PointFeature::X => 0,
        PointFeature::Y => 1,
        PointFeature::Z => 2,
        PointFeature::Intensity => 3,
        PointFeature::Time => 4,
        PointFeature::MeanX => 5,
        PointFeature::MeanY => 6,
        PointFeature::MeanZ => 7,
        PointFeature::CentreX => 8,
        PointFeature::CentreY => 9,
        PointFeature::CentreZ => 10,
        PointFeature::Range => 11,
    }
}
