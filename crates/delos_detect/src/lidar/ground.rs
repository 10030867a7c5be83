//! Height of the ground, on a polar grid, by walks outward from the sensor.
//!
//! Each sector is walked from the sensor outward, as in Himmelsbach, v. Hundelshausen,
//! Wünsche, "Fast Segmentation of 3D Point Clouds for Ground Vehicles", IV 2010: the
//! lowest return of a cell continues the ground where its height lies within a
//! tolerance of the line so far. The accepted heights are then smoothed by medians
//! over neighbouring sectors, which removes what single sectors got wrong.

use super::config::GroundConfig;
use delos_core::LidarPoint;

/// Cells outward; the last ends at [`RING_STEP_M`]` * RINGS`.
const RINGS: usize = 100;
/// Depth of one cell, metres.
const RING_STEP_M: f32 = 1.0;
/// Cells around.
const SECTORS: usize = 180;
/// The two lowest returns of a cell this far apart: the lower one is a false return.
const LONELY_GAP_M: f32 = 0.25;

/// The two lowest returns of a cell.
#[derive(Clone, Copy)]
struct Lowest {
    z: f32,
    range: f32,
    second_z: f32,
    second_range: f32,
}

const EMPTY: Lowest =
    Lowest { z: f32::INFINITY, range: 0.0, second_z: f32::INFINITY, second_range: 0.0 };

impl Lowest {
    fn add(&mut self, z: f32, range: f32) {
        if z < self.z {
            (self.second_z, self.second_range) = (self.z, self.range);
            (self.z, self.range) = (z, range);
        } else if z < self.second_z {
            (self.second_z, self.second_range) = (z, range);
        }
    }

    /// Height and range of the lowest return that is not alone below the others.
    fn robust(&self) -> Option<(f32, f32)> {
        let lonely = self.second_z.is_finite() && self.second_z - self.z > LONELY_GAP_M;
        let (z, range) =
            if lonely { (self.second_z, self.second_range) } else { (self.z, self.range) };
        z.is_finite().then_some((z, range))
    }
}

/// Height of the ground around the sensor.
pub(super) struct GroundMap {
    lowest: Vec<Lowest>,
    accepted: Vec<f32>,
    heights: Vec<f32>,
}

impl Default for GroundMap {
    fn default() -> Self {
        let cells = RINGS * SECTORS;
        Self {
            lowest: vec![EMPTY; cells],
            accepted: vec![f32::NAN; cells],
            heights: vec![0.0; cells],
        }
    }
}

impl GroundMap {
    /// Estimates the heights from the points; `start` is the ground's height below the sensor.
    pub(super) fn estimate(&mut self, points: &[LidarPoint], start: f32, config: &GroundConfig) {
        self.lowest.fill(EMPTY);
        let floor = start - config.max_drop_m as f32;
        let ceiling = start + config.max_rise_m as f32;
        for p in points.iter().filter(|p| p.z > floor && p.z < ceiling) {
            let range = p.planar_range();
            if let Some(cell) = cell_of(p.x, p.y, range) {
                self.lowest[cell].add(p.z, range);
            }
        }
        for sector in 0..SECTORS {
            self.walk(sector, start, config);
        }
        self.smooth();
    }

    /// Height of the ground at a place.
    pub(super) fn height(&self, x: f32, y: f32, range: f32) -> f32 {
        let sector = sector_of(x, y);
        let ring = (range / RING_STEP_M - 0.5).clamp(0.0, (RINGS - 1) as f32);
        let inner = ring as usize;
        let outer = (inner + 1).min(RINGS - 1);
        let share = ring - inner as f32;
        let row = &self.heights[sector * RINGS..(sector + 1) * RINGS];
        row[inner] * (1.0 - share) + row[outer] * share
    }

    fn walk(&mut self, sector: usize, start: f32, config: &GroundConfig) {
        let row = sector * RINGS..(sector + 1) * RINGS;
        let (mut range, mut height, mut slope) = (0.0_f32, start, 0.0_f32);
        let lowest = &self.lowest[row.clone()];
        for ((cell, accepted), out) in
            lowest.iter().zip(&mut self.accepted[row.clone()]).zip(&mut self.heights[row])
        {
            *accepted = f32::NAN;
            *out = height;
            let Some((z, at)) = cell.robust() else { continue };
            let step = (at - range).max(0.1);
            let reach = step.min(config.max_gap_m as f32);
            let expected = height + slope * reach;
            let tolerance = (config.tolerance_m + config.tolerance_per_m * f64::from(reach)) as f32;
            if (z - expected).abs() > tolerance {
                continue;
            }
            let seen = ((z - height) / step.max(RING_STEP_M)).clamp(-0.12, 0.12);
            slope = 0.7 * slope + 0.3 * seen;
            (range, height) = (at, z);
            *accepted = z;
            *out = z;
        }
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

fn cell_of(x: f32, y: f32, range: f32) -> Option<usize> {
    let ring = (range / RING_STEP_M) as usize;
    (ring < RINGS).then(|| sector_of(x, y) * RINGS + ring)
}

/// Sector by the diamond angle, which grows with the azimuth and needs no arc tangent.
fn sector_of(x: f32, y: f32) -> usize {
    let sum = x.abs() + y.abs();
    if sum <= 0.0 {
        return 0;
    }
    let quarter = if x >= 0.0 { y / sum } else { 2.0 - y / sum };
    let turn = if quarter < 0.0 { quarter + 4.0 } else { quarter };
    ((turn * (SECTORS as f32 / 4.0)) as usize).min(SECTORS - 1)
}
