//! Height of the ground around the sensor.
//!
//! Three steps, each measured to be better than without it (`docs/lidar.md`):
//! [`walk`] follows the lowest returns outward, [`refine`] lays planes through the points near that
//! line, [`grow`] adds planes of banks and ditches that meet the ground so far. A point is judged by
//! the plane of its patch or, where there is none, by the line.

mod cells;
mod grow;
mod level;
mod patches;
mod plane;
mod refine;
mod walk;

use super::config::GroundConfig;
use cells::{Cells, NO_CELL, RINGS, SECTORS, middle, sector_ring};
use delos_core::LidarPoint;
use grow::Grown;
use level::GroundLevel;
use patches::Scan;
use plane::Plane;
use refine::{BAND_M, Refined};
use std::ops::Range;
use walk::Walk;

/// A lowest return this far off the ground so far opens its patch for [`grow`], metres.
const OPEN_M: f32 = 0.15;
/// The ground so far is known where the lowest return is this near to it, metres.
const KNOWN_M: f32 = 0.15;

/// Height of the ground around the sensor. Holds buffers, no memory of earlier scans; nothing is
/// allocated for a scan that is no longer than one before.
pub(super) struct GroundMap {
    cells: Cells,
    level: GroundLevel,
    /// How far the ground of the last scan lay over where it was said to be, metres.
    offset: f32,
    walk: Walk,
    refined: Refined,
    grown: Grown,
    /// `[N]` height of each point over the walked line, then over the ground; infinite where no
    /// ground is looked for.
    overs: Vec<f32>,
    /// `[cells]` plane of each cell.
    planes: Vec<Option<Plane>>,
    /// Whether the ground so far is known, by cell.
    known: Vec<bool>,
    /// Whether the ground so far leaves returns unexplained, by patch of [`Grown`].
    open: Vec<bool>,
}

impl Default for GroundMap {
    fn default() -> Self {
        let (cells, grown) = (RINGS * SECTORS, Grown::default());
        Self {
            cells: Cells::default(),
            level: GroundLevel::default(),
            offset: 0.0,
            walk: Walk::default(),
            refined: Refined::default(),
            overs: Vec::new(),
            planes: vec![None; cells],
            known: vec![false; cells],
            open: vec![false; grown.patches.count()],
            grown,
        }
    }
}

impl GroundMap {
    /// Estimates the heights from the points; `stated` is the ground's height below the sensor.
    /// Where the ground is clearly at another height, the line starts there. The time is linear
    /// in the points.
    pub(super) fn estimate(&mut self, points: &[LidarPoint], stated: f32, config: &GroundConfig) {
        let around = |start| start - config.max_drop_m as f32..start + config.max_rise_m as f32;
        let mut heights = around(stated);
        self.cells.fill(points, &heights);
        self.offset = self.level.offset(&self.cells.lowest, stated);
        let start = stated + self.offset;
        if self.offset != 0.0 {
            heights = around(start);
            self.cells.find_lowest(points, &heights);
        }
        self.walk.walk(&self.cells.lowest, start, config);
        self.planes.fill(None);
        self.measure(points);
        self.refine(points);
        self.grow(points, &heights);
        self.measure(points);
    }

    /// How far the ground of the last scan lay over where it was said to be, metres; 0 where it
    /// was about there.
    pub(super) const fn offset(&self) -> f32 {
        self.offset
    }

    /// Height of each point over the ground, metres, in scan order; infinite where none is looked
    /// for.
    pub(super) fn overs(&self) -> &[f32] {
        &self.overs
    }

    /// Distance of each point from the vertical axis, metres, in scan order.
    pub(super) fn ranges(&self) -> &[f32] {
        &self.cells.ranges
    }

    /// Writes the height of each point over the ground so far.
    fn measure(&mut self, points: &[LidarPoint]) {
        let Self { cells, walk, planes, overs, .. } = self;
        overs.clear();
        overs.extend(points.iter().zip(&cells.of).zip(&cells.ranges).map(|((p, cell), range)| {
            if *cell == NO_CELL {
                return f32::INFINITY;
            }
            let cell = usize::from(*cell);
            let plane = planes[cell].map(|plane| plane.at(p.x, p.y));
            p.z - plane.unwrap_or_else(|| walk.height(sector_ring(cell)[0], *range))
        }));
    }

    /// Lays planes through what is near to the line.
    fn refine(&mut self, points: &[LidarPoint]) {
        let Self { cells, refined, overs, planes, .. } = self;
        let scan = Scan { points, cells: &cells.of, overs };
        refined.points.fill(&refined.patches, &scan, |_, _, over| over.abs() < BAND_M);
        refined.fit();
        for (cell, plane) in (0..).zip(planes) {
            *plane = refined.patches.of(cell).and_then(|patch| refined.planes[patch]);
        }
    }

    /// Lays planes through what the ground so far does not explain.
    fn grow(&mut self, points: &[LidarPoint], heights: &Range<f32>) {
        self.judge();
        let Self { cells, walk, grown, overs, planes, known, open, .. } = self;
        let scan = Scan { points, cells: &cells.of, overs };
        grown
            .points
            .fill(&grown.patches, &scan, |patch, p, _| open[patch] && heights.contains(&p.z));
        grown.fit(|cell, at| {
            let cell = usize::from(cell);
            known.get(cell).copied().unwrap_or_default().then(|| height(walk, planes, cell, at))
        });
        for (cell, plane) in (0..).zip(planes) {
            let new = grown.patches.of(cell).and_then(|patch| grown.planes[patch]);
            *plane = new.or(*plane);
        }
    }

    /// Compares the lowest return of each cell with the ground so far.
    fn judge(&mut self) {
        self.open.fill(false);
        for (cell, lowest) in self.cells.lowest.iter().enumerate() {
            let off = lowest
                .robust()
                .map(|(z, _)| (z - height(&self.walk, &self.planes, cell, middle(cell).0)).abs());
            self.known[cell] = off.is_some_and(|off| off < KNOWN_M);
            if let Some(patch) = self.grown.patches.of(cell as u16) {
                self.open[patch] |= off.is_some_and(|off| off > OPEN_M);
            }
        }
    }
}

/// Height of the ground so far at a place in a cell.
fn height(walk: &Walk, planes: &[Option<Plane>], cell: usize, [x, y]: [f32; 2]) -> f32 {
    let plane = planes[cell].map(|plane| plane.at(x, y));
    plane.unwrap_or_else(|| walk.height(sector_ring(cell)[0], x.hypot(y)))
}

#[cfg(test)]
mod tests;
