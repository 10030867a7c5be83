//! A first line of the ground: walks outward from the sensor, sector by sector.
//!
//! As in Himmelsbach, v. Hundelshausen, Wünsche, "Fast Segmentation of 3D Point Clouds for
//! Ground Vehicles", IV 2010: the lowest return of a cell continues the ground where its height
//! lies within a tolerance of the line so far. The accepted heights are then smoothed by medians
//! over neighbouring sectors, which removes what single sectors got wrong.

use super::cells::{RING_STEP_M, RINGS, SECTORS};
use crate::lidar::config::GroundConfig;

/// The two lowest returns of a cell this far apart: the lower one is a false return.
const LONELY_GAP_M: f32 = 0.25;
/// Steeper steps of the line do not steepen it further, rise per metre.
const STEEPEST: f32 = 0.12;
/// Share of the newest step in the slope of the line.
const NEWEST: f32 = 0.3;

/// The two lowest returns of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lowest {
    z: f32,
    range: f32,
    second_z: f32,
    second_range: f32,
}

impl Lowest {
    /// Of a cell without returns.
    pub(super) const NONE: Self =
        Self { z: f32::INFINITY, range: 0.0, second_z: f32::INFINITY, second_range: 0.0 };

    /// Adds a return.
    pub(super) fn add(&mut self, z: f32, range: f32) {
        if z < self.z {
            (self.second_z, self.second_range) = (self.z, self.range);
            (self.z, self.range) = (z, range);
        } else if z < self.second_z {
            (self.second_z, self.second_range) = (z, range);
        }
    }

    /// Height and range of the lowest return that is not alone below the others.
    pub(super) fn robust(&self) -> Option<(f32, f32)> {
        let lonely = self.second_z.is_finite() && self.second_z - self.z > LONELY_GAP_M;
        let (z, range) =
            if lonely { (self.second_z, self.second_range) } else { (self.z, self.range) };
        z.is_finite().then_some((z, range))
    }
}

/// Heights of the ground at the middles of the cells.
pub(super) struct Walk {
    /// Height of the return that continued the line, or not a number.
    accepted: Vec<f32>,
    heights: Vec<f32>,
}

impl Default for Walk {
    fn default() -> Self {
        let cells = RINGS * SECTORS;
        Self { accepted: vec![f32::NAN; cells], heights: vec![0.0; cells] }
    }
}

impl Walk {
    /// Walks all sectors; `start` is the ground's height below the sensor.
    pub(super) fn walk(&mut self, lowest: &[Lowest], start: f32, config: &GroundConfig) {
        let rows = lowest.chunks_exact(RINGS);
        let rows = rows.zip(self.accepted.chunks_exact_mut(RINGS));
        for ((lowest, accepted), heights) in rows.zip(self.heights.chunks_exact_mut(RINGS)) {
            walk_sector(lowest, start, config, accepted, heights);
        }
        self.smooth();
    }

    /// Height of the ground in a sector, between the middles of its cells.
    pub(super) fn height(&self, sector: usize, range: f32) -> f32 {
        let ring = (range / RING_STEP_M - 0.5).clamp(0.0, (RINGS - 1) as f32);
        let inner = ring as usize;
        let outer = (inner + 1).min(RINGS - 1);
        let share = ring - inner as f32;
        let row = &self.heights[sector * RINGS..(sector + 1) * RINGS];
        row[inner] * (1.0 - share) + row[outer] * share
    }

    /// Medians of accepted heights over five sectors and three rings.
    fn smooth(&mut self) {
        for sector in 0..SECTORS {
            for ring in 0..RINGS {
                let mut near = [0.0_f32; 15];
                let mut count = 0;
                for ds in 0..5 {
                    let s = (sector + SECTORS + ds - 2) % SECTORS;
                    for r in ring.saturating_sub(1)..=(ring + 1).min(RINGS - 1) {
                        let z = self.accepted[s * RINGS + r];
                        if !z.is_nan() {
                            near[count] = z;
                            count += 1;
                        }
                    }
                }
                if count >= 2 {
                    near[..count].sort_unstable_by(f32::total_cmp);
                    self.heights[sector * RINGS + ring] = near[count / 2];
                } else if ring > 0 {
                    self.heights[sector * RINGS + ring] = self.heights[sector * RINGS + ring - 1];
                }
            }
        }
    }
}

/// Follows the ground of one sector outward.
fn walk_sector(
    lowest: &[Lowest],
    start: f32,
    config: &GroundConfig,
    accepted: &mut [f32],
    heights: &mut [f32],
) {
    let (tolerance_m, per_m) = (config.tolerance_m as f32, config.tolerance_per_m as f32);
    let farthest = config.max_gap_m as f32;
    let (mut range, mut height, mut slope) = (0.0_f32, start, 0.0_f32);
    for ((cell, accepted), out) in lowest.iter().zip(accepted).zip(heights) {
        *accepted = f32::NAN;
        *out = height;
        let Some((z, at)) = cell.robust() else { continue };
        let step = (at - range).max(0.1);
        let reach = step.min(farthest);
        let expected = height + slope * reach;
        if (z - expected).abs() > tolerance_m + per_m * reach {
            continue;
        }
        let seen = ((z - height) / step.max(RING_STEP_M)).clamp(-STEEPEST, STEEPEST);
        slope += NEWEST * (seen - slope);
        (range, height) = (at, z);
        *accepted = z;
        *out = z;
    }
}
