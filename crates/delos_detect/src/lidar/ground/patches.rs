//! Patches of ground: cells in concentric zones, and the points in each.

use super::cells::{NO_CELL, RINGS, SECTORS, direction};
use delos_core::LidarPoint;
use std::ops::Range;

/// Rings of which the patches have the same size.
pub(super) struct Zone {
    pub(super) rings: Range<usize>,
    /// Rings and sectors of one patch.
    pub(super) depth: usize,
    pub(super) width: usize,
}

/// Where a patch lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its middle, metres forward and left of the sensor.
    pub(super) middle: [f32; 2],
    /// Its distances from the sensor, metres.
    pub(super) ranges: [f32; 2],
    /// Half of what it measures across the line of sight, metres.
    pub(super) half_width: f32,
}

/// The patches of all zones, ring by ring outward.
pub(super) struct Patches {
    /// Patch of each number of a cell ([`NO_CELL`] too), or [`NO_CELL`].
    of: Vec<u16>,
    pub(super) places: Vec<Place>,
}

/// A scan: its points, their cells, their heights over the first guess of the ground; `[N]` each.
#[derive(Clone, Copy)]
pub(super) struct Scan<'a> {
    pub(super) points: &'a [LidarPoint],
    pub(super) cells: &'a [u16],
    pub(super) overs: &'a [f32],
}

/// Points, patch by patch. Columns, so that a plane's sums run along memory.
#[derive(Default)]
pub(super) struct Sorted {
    /// `[N]` patch of each point of the scan, or [`NO_CELL`].
    patch_of: Vec<u16>,
    /// Where the points of each patch start; one more than patches.
    starts: Vec<u32>,
    /// `[n]` each: place from the patch's middle, height in the sensor's frame,
    /// height over the first guess of the ground, metres.
    xs: Vec<f32>,
    ys: Vec<f32>,
    zs: Vec<f32>,
    overs: Vec<f32>,
}

impl Patches {
    /// Patches of these zones. Each zone's rings are a multiple of its depth, the sectors of all
    /// a multiple of its width.
    pub(super) fn new(zones: &[Zone]) -> Self {
        let (mut of, mut places) = (vec![NO_CELL; usize::from(NO_CELL) + 1], Vec::new());
        for zone in zones {
            for ring in zone.rings.clone().step_by(zone.depth) {
                for sector in (0..SECTORS).step_by(zone.width) {
                    for s in sector..sector + zone.width {
                        let first = s * RINGS + ring;
                        of[first..first + zone.depth].fill(places.len() as u16);
                    }
                    places.push(Place::new(zone, ring, sector));
                }
            }
        }
        Self { of, places }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    /// The patch of a cell.
    pub(super) fn of(&self, cell: u16) -> Option<usize> {
        let patch = self.of[usize::from(cell)];
        (patch != NO_CELL).then_some(usize::from(patch))
    }
}

impl Sorted {
    /// Takes the points of a scan that are `wanted` (patch, point, height over the first guess)
    /// into their patches in place of those from before, by a counting sort.
    pub(super) fn fill(
        &mut self,
        patches: &Patches,
        scan: &Scan,
        wanted: impl Fn(usize, &LidarPoint, f32) -> bool,
    ) {
        self.patch_of.clear();
        self.starts.clear();
        self.starts.resize(patches.count() + 1, 0);
        for ((p, cell), over) in scan.points.iter().zip(scan.cells).zip(scan.overs) {
            let patch = patches.of[usize::from(*cell)];
            let taken = patch != NO_CELL && wanted(usize::from(patch), p, *over);
            self.patch_of.push(if taken { patch } else { NO_CELL });
            if taken {
                self.starts[usize::from(patch)] += 1;
            }
        }
        let mut end = 0;
        for start in &mut self.starts {
            end += *start;
            *start = end;
        }
        for column in [&mut self.xs, &mut self.ys, &mut self.zs, &mut self.overs] {
            column.resize(end as usize, 0.0);
        }
        self.put(patches, scan);
    }

    /// Each start is the end of its patch at first, and moves down as the points come in.
    fn put(&mut self, patches: &Patches, scan: &Scan) {
        for ((patch, p), over) in self.patch_of.iter().zip(scan.points).zip(scan.overs) {
            if *patch == NO_CELL {
                continue;
            }
            let patch = usize::from(*patch);
            let [x, y] = patches.places[patch].middle;
            self.starts[patch] -= 1;
            let slot = self.starts[patch] as usize;
            self.xs[slot] = p.x - x;
            self.ys[slot] = p.y - y;
            self.zs[slot] = p.z;
            self.overs[slot] = *over;
        }
    }

    /// The points of a patch: places from its middle, heights in the sensor's frame.
    pub(super) fn points(&self, patch: usize) -> impl Iterator<Item = [f32; 3]> + Clone {
        let range = self.range(patch);
        let (xs, ys) = (&self.xs[range.clone()], &self.ys[range.clone()]);
        xs.iter().zip(ys).zip(&self.zs[range]).map(|((x, y), z)| [*x, *y, *z])
    }

    /// Heights of the points of a patch.
    pub(super) fn heights(&self, patch: usize) -> &[f32] {
        &self.zs[self.range(patch)]
    }

    /// Their heights over the first guess.
    pub(super) fn overs(&self, patch: usize) -> &[f32] {
        &self.overs[self.range(patch)]
    }

    fn range(&self, patch: usize) -> Range<usize> {
        self.starts[patch] as usize..self.starts[patch + 1] as usize
    }
}

impl Place {
    fn new(zone: &Zone, ring: usize, sector: usize) -> Self {
        let inner = ring as f32;
        let outer = inner + zone.depth as f32;
        let middle = 0.5 * (inner + outer);
        let [x, y] = direction(sector as f32 + 0.5 * zone.width as f32);
        let half_angle = std::f32::consts::PI * zone.width as f32 / SECTORS as f32;
        Self {
            middle: [x * middle, y * middle],
            ranges: [inner, outer],
            half_width: middle * half_angle,
        }
    }
}
