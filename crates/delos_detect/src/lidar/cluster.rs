//! Grouping of what stands on the ground, seen from above.
//!
//! Points fall into cells of a flat grid; occupied cells whose centroids are nearer
//! than a gap that grows with range belong together (union-find). One walk over the
//! neighbours serves all gaps. The work is linear in the points, and the cells' order
//! comes from the grid, not from the scan.

use super::config::{ClusterConfig, SMALLEST_CELL_M, WIDEST_GAP_M};
use super::levels::{LEVELS, Level, shares};

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
    /// The occupied cell, or [`NO_CELL`]; before the cells are numbered, its place in the grid.
    pub(super) cell: u32,
}

/// A point in no occupied cell.
pub(super) const NO_CELL: u32 = u32::MAX;

/// Beams that graze a surface hit it so sparsely that gaps along the line of sight may be
/// larger by this factor.
const RADIAL: f32 = 1.8;

/// No road user is longer or wider, with something at its side, metres.
const LARGEST_M: [f32; 2] = [18.0, 4.0];

/// An occupied cell.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Centroid of its points, metres.
    x: f32,
    y: f32,
    column: i32,
    row: i32,
}

/// A cell and the direction in which the sensor sees it.
struct Sight {
    at: [f32; 2],
    direction: [f32; 2],
}

impl Sight {
    fn to(cell: &Cell) -> Self {
        let range = cell.x.hypot(cell.y).max(1e-6);
        Self { at: [cell.x, cell.y], direction: [cell.x / range, cell.y / range] }
    }

    /// Squared distance to another cell, in which the way along the line of sight counts less.
    fn separation_squared(&self, other: &Cell) -> f32 {
        let (dx, dy) = (other.x - self.at[0], other.y - self.at[1]);
        let radial = dx * self.direction[0] + dy * self.direction[1];
        dx * dx + dy * dy - radial * radial * (1.0 - 1.0 / (RADIAL * RADIAL))
    }
}

/// The grid, its occupied cells row by row, and the points in them.
#[derive(Default)]
pub(super) struct Grid {
    side: i32,
    step: f64,
    /// Of each place in the grid the number of its cell, or [`NO_CELL`].
    slots: Vec<u32>,
    cells: Vec<Cell>,
    /// Number of the first cell in each row, and the end.
    rows: Vec<u32>,
    /// The points by cell, in the scan's order within each.
    points: Vec<Raised>,
    /// Where each cell's points begin, and the end.
    starts: Vec<u32>,
    parents: Vec<u32>,
    /// Where the search goes on in each of the rows ahead.
    fronts: Vec<u32>,
    /// Cells that only a wider gap joins, by gap.
    wider: [Vec<(u32, u32)>; LEVELS],
}

impl Grid {
    /// Gathers the points in cells. Points where all are too high to join cells are left out.
    pub(super) fn fill(&mut self, points: &mut [Raised], reach_m: f64, config: &ClusterConfig) {
        self.reset(reach_m, config.cell_m);
        for p in points.iter_mut() {
            let slot = self.slot(p.x, p.y);
            p.cell = slot as u32;
            if f64::from(p.height) <= config.bridge_height_m {
                self.slots[slot] = 1;
            }
        }
        self.number_occupied();
        for p in points.iter_mut() {
            p.cell = self.slots[p.cell as usize];
        }
        self.sort_points(points);
        self.centre_cells(config.bridge_height_m);
    }

    fn reset(&mut self, reach_m: f64, cell_m: f64) {
        self.step = cell_m.max(SMALLEST_CELL_M);
        self.side = 2 * (reach_m / self.step).ceil() as i32 + 3;
        self.slots.clear();
        self.slots.resize((self.side * self.side) as usize, 0);
        self.cells.clear();
        self.rows.clear();
    }

    fn slot(&self, x: f32, y: f32) -> usize {
        let (half, last) = (f64::from(self.side / 2), f64::from(self.side - 1));
        let place = |v: f32| (f64::from(v) / self.step + half).clamp(0.0, last) as i32;
        (place(y) * self.side + place(x)) as usize
    }

    /// The occupied cell at a place, or [`NO_CELL`].
    pub(super) fn cell_at(&self, x: f64, y: f64) -> u32 {
        self.slots.get(self.slot(x as f32, y as f32)).copied().unwrap_or(NO_CELL)
    }

    /// The points in a cell.
    pub(super) fn points_in(&self, cell: u32) -> &[Raised] {
        let cell = cell as usize;
        &self.points[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// Whether no rectangle of the largest size holds the middles of these cells: their deviation
    /// along no axis exceeds half its side (Popoviciu 1935).
    pub(super) fn is_too_large(&self, cells: &[u32]) -> bool {
        let count = cells.len().max(1) as f32;
        let sum = |f: &dyn Fn(&Cell) -> f32| {
            cells.iter().map(|cell| f(&self.cells[*cell as usize])).sum::<f32>() / count
        };
        let (x, y) = (sum(&|c| c.x), sum(&|c| c.y));
        let (xx, yy) = (sum(&|c| (c.x - x).powi(2)), sum(&|c| (c.y - y).powi(2)));
        let xy = sum(&|c| (c.x - x) * (c.y - y));
        let (mean, spread) = (f32::midpoint(xx, yy), ((xx - yy) / 2.0).hypot(xy));
        let [along, across] = LARGEST_M.map(|side| (side / 2.0) * (side / 2.0));
        mean + spread > along || mean - spread > across
    }

    /// Turns marks into numbers of occupied cells.
    fn number_occupied(&mut self) {
        let side = self.side.unsigned_abs() as usize;
        for (row, slots) in (0_i32..).zip(self.slots.chunks_exact_mut(side)) {
            self.rows.push(self.cells.len() as u32);
            for (column, slot) in (0_i32..).zip(slots) {
                if *slot == 0 {
                    *slot = NO_CELL;
                    continue;
                }
                *slot = self.cells.len() as u32;
                self.cells.push(Cell { x: 0.0, y: 0.0, column, row });
            }
        }
        self.rows.push(self.cells.len() as u32);
    }

    /// Counting sort by cell.
    fn sort_points(&mut self, points: &[Raised]) {
        self.starts.clear();
        self.starts.resize(self.cells.len() + 2, 0);
        let inside = || points.iter().filter(|p| p.cell != NO_CELL);
        for p in inside() {
            self.starts[p.cell as usize + 2] += 1;
        }
        for cell in 2..self.starts.len() {
            self.starts[cell] += self.starts[cell - 1];
        }
        let empty = Raised { index: 0, x: 0.0, y: 0.0, z: 0.0, height: 0.0, cell: NO_CELL };
        self.points.clear();
        self.points.resize(self.starts.last().map_or(0, |n| *n as usize), empty);
        for p in inside() {
            let next = &mut self.starts[p.cell as usize + 1];
            self.points[*next as usize] = *p;
            *next += 1;
        }
    }

    /// Centroids of the points that join cells.
    fn centre_cells(&mut self, bridge_height_m: f64) {
        for (number, cell) in self.cells.iter_mut().enumerate() {
            let points =
                &self.points[self.starts[number] as usize..self.starts[number + 1] as usize];
            let (mut x, mut y, mut count) = (0.0, 0.0, 0.0);
            for p in points.iter().filter(|p| f64::from(p.height) <= bridge_height_m) {
                x += f64::from(p.x);
                y += f64::from(p.y);
                count += 1.0;
            }
            (cell.x, cell.y) = ((x / count) as f32, (y / count) as f32);
        }
    }

    /// Numbers the connected components of each level, by lowest cell.
    pub(super) fn connect(&mut self, config: &ClusterConfig, levels: &mut [Level; LEVELS]) {
        self.parents.clear();
        self.parents.extend(0..self.cells.len() as u32);
        self.wider.iter_mut().for_each(Vec::clear);
        self.join_neighbours(config);
        for (level, pairs) in levels.iter_mut().zip(&self.wider).rev() {
            for (a, b) in pairs {
                unite(&mut self.parents, *a, *b);
            }
            level.count = number_components(&mut self.parents, &mut level.group_of);
        }
    }

    /// Joins cells within the narrowest gap and lists those within the others.
    fn join_neighbours(&mut self, config: &ClusterConfig) {
        let shares = shares(config);
        let widest = (config.max_gap_m * shares[0]).min(WIDEST_GAP_M) * f64::from(RADIAL);
        let reach = (widest / self.step).ceil() as i32 + 1;
        for row in 0..self.side {
            self.fronts.clear();
            let ahead = row..=(row + reach).min(self.side - 1);
            self.fronts.extend(ahead.map(|row| self.rows[row as usize]));
            for a in self.rows[row as usize]..self.rows[row as usize + 1] {
                let gap = gap_at(&self.cells[a as usize], config);
                let limits = shares.map(|share| (gap * share).min(WIDEST_GAP_M).powi(2) as f32);
                self.join_ahead(a, reach, &limits);
            }
        }
    }

    /// Compares a cell with the later ones in reach.
    fn join_ahead(&mut self, a: u32, reach: i32, limits: &[f32; LEVELS]) {
        let here = self.cells[a as usize];
        let sight = Sight::to(&here);
        for (ahead, front) in self.fronts.iter_mut().enumerate() {
            let end = self.rows[here.row as usize + ahead + 1];
            while *front < end && self.cells[*front as usize].column < here.column - reach {
                *front += 1;
            }
            let first = if ahead == 0 { a + 1 } else { *front };
            for b in first..end {
                let there = &self.cells[b as usize];
                if there.column > here.column + reach {
                    break;
                }
                let separation = sight.separation_squared(there);
                if separation > limits[0] {
                    continue;
                }
                match limits.iter().rposition(|limit| separation <= *limit) {
                    Some(level) if level + 1 == LEVELS => unite(&mut self.parents, a, b),
                    Some(level) => self.wider[level].push((a, b)),
                    None => (),
                }
            }
        }
    }
}

fn gap_at(cell: &Cell, config: &ClusterConfig) -> f64 {
    let range = f64::from(cell.x.hypot(cell.y));
    (config.gap_m + config.gap_per_m * range).min(config.max_gap_m)
}

/// Writes the number of each cell's component and tells how many there are.
fn number_components(parents: &mut [u32], component_of: &mut Vec<u32>) -> u32 {
    component_of.clear();
    let mut count = 0;
    for cell in 0..parents.len() as u32 {
        let root = find(parents, cell);
        if root == cell {
            component_of.push(count);
            count += 1;
        } else {
            component_of.push(component_of[root as usize]);
        }
    }
    count
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
