//! Polar cells around the sensor, and the points in them.

use super::walk::Lowest;
use delos_core::LidarPoint;
use std::ops::Range;

/// Cells outward; the last ends at [`RING_STEP_M`]` * RINGS`.
pub(super) const RINGS: usize = 100;
/// Depth of one cell, metres.
pub(super) const RING_STEP_M: f32 = 1.0;
/// Cells around.
pub(super) const SECTORS: usize = 180;
/// No cell; no patch.
pub(super) const NO_CELL: u16 = u16::MAX;

/// The cell of each point of a scan, and what lies lowest in each cell.
pub(super) struct Cells {
    /// `[N]` sector * [`RINGS`] + ring, or [`NO_CELL`].
    pub(super) of: Vec<u16>,
    /// `[N]` distances from the vertical axis, metres.
    pub(super) ranges: Vec<f32>,
    /// `[SECTORS * RINGS]`.
    pub(super) lowest: Vec<Lowest>,
}

impl Default for Cells {
    fn default() -> Self {
        let (of, ranges) = (Vec::new(), Vec::new());
        Self { of, ranges, lowest: vec![Lowest::NONE; RINGS * SECTORS] }
    }
}

impl Cells {
    /// Sorts points into cells; those outside `heights` are not looked at for the lowest.
    pub(super) fn fill(&mut self, points: &[LidarPoint], heights: &Range<f32>) {
        self.of.clear();
        self.ranges.clear();
        self.ranges.extend(points.iter().map(|p| (p.x * p.x + p.y * p.y).sqrt()));
        self.of.extend(points.iter().zip(&self.ranges).map(|(p, range)| cell_of(p.x, p.y, *range)));
        self.find_lowest(points, heights);
    }

    /// Finds the lowest returns of the points that were sorted last. Neighbours in a scan mostly
    /// lie in one cell, which is kept at hand while they do.
    pub(super) fn find_lowest(&mut self, points: &[LidarPoint], heights: &Range<f32>) {
        self.lowest.fill(Lowest::NONE);
        let (mut at, mut here) = (NO_CELL, Lowest::NONE);
        for ((p, cell), range) in points.iter().zip(&self.of).zip(&self.ranges) {
            if *cell == NO_CELL || p.z <= heights.start || p.z >= heights.end {
                continue;
            }
            if *cell != at {
                if at != NO_CELL {
                    self.lowest[usize::from(at)] = here;
                }
                (at, here) = (*cell, self.lowest[usize::from(*cell)]);
            }
            here.add(p.z, *range);
        }
        if at != NO_CELL {
            self.lowest[usize::from(at)] = here;
        }
    }
}

/// The cell of a place at this distance from the sensor's axis. Without a branch, so that the
/// compiler handles several points at once.
pub(super) fn cell_of(x: f32, y: f32, range: f32) -> u16 {
    // What is no number becomes the first ring outside.
    let ring = (range * (1.0 / RING_STEP_M)).min(RINGS as f32);
    let cell = sector_of(x, y) * RINGS as u32 + ring as u32;
    if ring < RINGS as f32 { cell as u16 } else { NO_CELL }
}

/// Sector and ring of a cell.
pub(super) const fn sector_ring(cell: usize) -> [usize; 2] {
    [cell / RINGS, cell % RINGS]
}

/// The middle of a cell, metres forward and left of the sensor, and its distance.
pub(super) fn middle(cell: usize) -> ([f32; 2], f32) {
    let [sector, ring] = sector_ring(cell);
    let range = (ring as f32 + 0.5) * RING_STEP_M;
    (direction(sector as f32 + 0.5).map(|part| part * range), range)
}

/// Sector by the diamond angle, which grows with the azimuth and needs no arc tangent.
fn sector_of(x: f32, y: f32) -> u32 {
    let share = y / (x.abs() + y.abs()).max(f32::MIN_POSITIVE);
    let ahead = if share < 0.0 { share + 4.0 } else { share };
    let turn = if x >= 0.0 { ahead } else { 2.0 - share };
    (turn * (SECTORS as f32 / 4.0)).min((SECTORS - 1) as f32) as u32
}

/// The unit vector at a number of sectors from the x axis.
pub(super) fn direction(sectors: f32) -> [f32; 2] {
    let turn = sectors * 4.0 / SECTORS as f32;
    let behind = (1.0..3.0).contains(&turn);
    let y = match turn {
        t if behind => 2.0 - t,
        t if t < 1.0 => t,
        t => t - 4.0,
    };
    // On the diamond |x| + |y| = 1.
    let x = if behind { y.abs() - 1.0 } else { 1.0 - y.abs() };
    let length = x.hypot(y);
    [x / length, y / length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_each_cell_lies_in_it() {
        for cell in 0..RINGS * SECTORS {
            let ([x, y], range) = middle(cell);
            assert_eq!(usize::from(cell_of(x, y, range)), cell);
            assert!((x.hypot(y) - range).abs() < 1e-3);
        }
    }

    #[test]
    fn far_and_senseless_places_have_no_cell() {
        for (x, y) in [(100.5, 0.0), (f32::MAX, f32::MAX), (-1e30, 1e30), (f32::NAN, 1.0)] {
            assert_eq!(cell_of(x, y, (x * x + y * y).sqrt()), NO_CELL);
        }
        assert_eq!(cell_of(0.0, 0.0, 0.0), 0);
    }
}
