//! Grouping of what stands on the ground, seen from above.
//!
//! Points fall into cells of a flat grid; occupied cells whose centroids are nearer
//! than a gap that grows with range belong together (union-find). The work is linear
//! in the points, and the cells' order comes from the grid, not from the scan.

use super::config::{ClusterConfig, SMALLEST_CELL_M, WIDEST_GAP_M};

/// A point over ground.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raised {
    /// Index in the scan.
    pub(super) index: u32,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) z: f32,
    /// Metres over ground.
    pub(super) height: f32,
    /// The occupied cell, or [`NO_CELL`].
    pub(super) cell: u32,
}

/// A point in no occupied cell.
pub(super) const NO_CELL: u32 = u32::MAX;

/// Beams that graze a surface hit it so sparsely that gaps along the line of sight may be
/// larger by this factor.
const RADIAL: f64 = 1.8;

/// An occupied cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) points: u32,
    column: i32,
    row: i32,
}

/// A cell and the direction in which the sensor sees it.
struct Sight {
    at: [f64; 2],
    direction: [f64; 2],
}

impl Sight {
    fn to(cell: &Cell) -> Self {
        let range = cell.x.hypot(cell.y).max(1e-6);
        Self { at: [cell.x, cell.y], direction: [cell.x / range, cell.y / range] }
    }

    /// Squared distance to another cell, in which the way along the line of sight counts less.
    fn separation_squared(&self, other: &Cell) -> f64 {
        let (dx, dy) = (other.x - self.at[0], other.y - self.at[1]);
        let radial = dx * self.direction[0] + dy * self.direction[1];
        dx * dx + dy * dy - radial * radial * (1.0 - 1.0 / (RADIAL * RADIAL))
    }
}

/// The grid and its occupied cells, row by row.
#[derive(Default)]
pub(super) struct Grid {
    side: i32,
    step: f64,
    slots: Vec<u32>,
    pub(super) cells: Vec<Cell>,
    parents: Vec<u32>,
}

impl Grid {
    /// Gathers the points in cells and tells each point its cell.
    pub(super) fn fill(&mut self, points: &mut [Raised], reach_m: f64, config: &ClusterConfig) {
        self.reset(reach_m, config.cell_m);
        for p in points.iter() {
            if f64::from(p.height) <= config.bridge_height_m {
                let slot = self.slot(p.x, p.y);
                self.slots[slot] += 1;
            }
        }
        self.number_occupied();
        for p in points.iter_mut() {
            p.cell = self.slots[self.slot(p.x, p.y)];
            if p.cell != NO_CELL && f64::from(p.height) <= config.bridge_height_m {
                let cell = &mut self.cells[p.cell as usize];
                cell.x += f64::from(p.x);
                cell.y += f64::from(p.y);
                cell.points += 1;
            }
        }
        for cell in &mut self.cells {
            cell.x /= f64::from(cell.points);
            cell.y /= f64::from(cell.points);
        }
    }

    fn reset(&mut self, reach_m: f64, cell_m: f64) {
        self.step = cell_m.max(SMALLEST_CELL_M);
        self.side = 2 * (reach_m / self.step).ceil() as i32 + 3;
        self.slots.clear();
        self.slots.resize((self.side * self.side) as usize, 0);
        self.cells.clear();
    }

    fn slot(&self, x: f32, y: f32) -> usize {
        let half = self.side / 2;
        let place =
            |v: f32| ((f64::from(v) / self.step).floor() as i32 + half).clamp(0, self.side - 1);
        (place(y) * self.side + place(x)) as usize
    }

    /// Turns counts into numbers of occupied cells.
    fn number_occupied(&mut self) {
        let side = self.side.unsigned_abs() as usize;
        for (row, slots) in (0_i32..).zip(self.slots.chunks_exact_mut(side)) {
            for (column, slot) in (0_i32..).zip(slots) {
                if *slot == 0 {
                    *slot = NO_CELL;
                    continue;
                }
                *slot = self.cells.len() as u32;
                self.cells.push(Cell { x: 0.0, y: 0.0, points: 0, column, row });
            }
        }
    }

    /// Numbers the connected components: `component_of[cell]`, by lowest cell; their count.
    pub(super) fn connect(
        &mut self,
        share: f64,
        config: &ClusterConfig,
        component_of: &mut Vec<u32>,
    ) -> u32 {
        self.parents.clear();
        self.parents.extend(0..self.cells.len() as u32);
        for a in 0..self.cells.len() {
            let gap = (gap_at(&self.cells[a], config) * share).min(WIDEST_GAP_M);
            self.join_neighbours(a, gap);
        }
        component_of.clear();
        let mut count = 0;
        for cell in 0..self.cells.len() as u32 {
            let root = find(&mut self.parents, cell);
            if root == cell {
                component_of.push(count);
                count += 1;
            } else {
                component_of.push(component_of[root as usize]);
            }
        }
        count
    }

    /// Joins a cell with the later cells within the gap.
    fn join_neighbours(&mut self, a: usize, gap: f64) {
        let here = self.cells[a];
        let sight = Sight::to(&here);
        let reach = (gap * RADIAL / self.step).ceil() as i32 + 1;
        for dr in 0..=reach {
            let row = here.row + dr;
            if row >= self.side {
                break;
            }
            let first = if dr == 0 { here.column + 1 } else { (here.column - reach).max(0) };
            for column in first..=(here.column + reach).min(self.side - 1) {
                let other = self.slots[(row * self.side + column) as usize];
                if other == NO_CELL {
                    continue;
                }
                let there = &self.cells[other as usize];
                if sight.separation_squared(there) <= gap * gap {
                    unite(&mut self.parents, a as u32, other);
                }
            }
        }
    }
}

fn gap_at(cell: &Cell, config: &ClusterConfig) -> f64 {
    (config.gap_m + config.gap_per_m * cell.x.hypot(cell.y)).min(config.max_gap_m)
}

fn find(parents: &mut [u32], mut cell: u32) -> u32 {
    while parents[cell as usize] != cell {
        let grand = parents[parents[cell as usize] as usize];
        parents[cell as usize] = grand;
        cell = grand;
    }
    cell
}

/// The lower root becomes the root of both, so that numbers follow the grid's order.
fn unite(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(parents, a), find(parents, b));
    if a < b {
        parents[b as usize] = a;
    } else {
        parents[a as usize] = b;
    }
}
