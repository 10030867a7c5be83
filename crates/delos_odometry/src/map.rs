//! The points around the vehicle, in a hash map of cubes.

use crate::grid::{BuildCellHasher, Cell, cell_of, key_of};
use nalgebra::{Point3, Vector3};
use std::collections::HashMap;

/// A sparse voxel map (KISS-ICP, section III-B): few points in each cube, in the order in which
/// they came; cubes far from the vehicle are forgotten.
///
/// Points are kept relative to their cube's corner, so that `f32` is exact to a micrometre however
/// far the vehicle has come. The hash map is asked, never walked through.
#[derive(Clone, Debug)]
pub(crate) struct VoxelMap {
    edge_m: f64,
    per_voxel: usize,
    max_voxels: usize,
    /// Points of one voxel keep this distance, square metres.
    spacing_m2: f32,
    index: HashMap<u64, u32, BuildCellHasher>,
    voxels: Vec<Voxel>,
    /// `per_voxel` places for each voxel, relative to its corner.
    places: Vec<Vector3<f32>>,
}

/// A cube and how many points it has.
#[derive(Clone, Copy, Debug)]
struct Voxel {
    cell: Cell,
    points: u32,
}

impl VoxelMap {
    pub(crate) fn new(edge_m: f64, per_voxel: u32, max_voxels: u32) -> Self {
        Self {
            edge_m,
            per_voxel: per_voxel as usize,
            max_voxels: max_voxels as usize,
            spacing_m2: (edge_m * edge_m / f64::from(per_voxel)) as f32,
            index: HashMap::default(),
            voxels: Vec::new(),
            places: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.voxels.is_empty()
    }

    /// Edge of a cube, metres.
    pub(crate) const fn edge_m(&self) -> f32 {
        self.edge_m as f32
    }

    /// Cubes that hold points.
    pub(crate) fn voxels(&self) -> usize {
        self.voxels.len()
    }

    pub(crate) fn clear(&mut self) {
        self.index.clear();
        self.voxels.clear();
        self.places.clear();
    }

    /// All points, voxel by voxel.
    pub(crate) fn points(&self) -> impl Iterator<Item = Point3<f64>> {
        let with_places = self.voxels.iter().zip(self.places.chunks(self.per_voxel));
        with_places.flat_map(|(voxel, places)| {
            let corner = self.corner(voxel.cell);
            places.iter().take(voxel.points as usize).map(move |p| corner + p.cast::<f64>())
        })
    }

    /// Adds a point, unless its cube is full or has one nearby.
    pub(crate) fn add(&mut self, point: &Point3<f64>) {
        let cell = cell_of(point, self.edge_m.recip());
        let Some(number) = self.voxel_at(cell) else { return };
        let place = (point - self.corner(cell)).cast::<f32>();
        let Some(voxel) = self.voxels.get_mut(number) else { return };
        let start = number * self.per_voxel;
        let Some(places) = self.places.get_mut(start..start + self.per_voxel) else { return };
        let (taken, free) = places.split_at_mut(voxel.points as usize);
        let crowded = taken.iter().any(|p| (p - place).norm_squared() < self.spacing_m2);
        if let (false, Some(slot)) = (crowded, free.first_mut()) {
            *slot = place;
            voxel.points += 1;
        }
    }

    /// Number of the voxel of a cell, a new one where there is room.
    fn voxel_at(&mut self, cell: Cell) -> Option<usize> {
        let key = key_of(cell);
        if let Some(number) = self.index.get(&key) {
            return Some(*number as usize);
        }
        let number = self.voxels.len();
        if number >= self.max_voxels {
            return None;
        }
        self.index.insert(key, number as u32);
        self.voxels.push(Voxel { cell, points: 0 });
        self.places.resize(self.places.len() + self.per_voxel, Vector3::zeros());
        Some(number)
    }

    /// Forgets the cubes whose centre is farther than `range_m` from `from`.
    pub(crate) fn forget_beyond(&mut self, from: &Point3<f64>, range_m: f64) {
        let half = Vector3::repeat(0.5 * self.edge_m);
        for number in (0..self.voxels.len()).rev() {
            let centre = self.corner(self.voxels[number].cell) + half;
            if (centre - from).norm_squared() > range_m * range_m {
                self.forget(number);
            }
        }
    }

    /// Moves the last voxel into the place of this one.
    fn forget(&mut self, number: usize) {
        let gone = self.voxels.swap_remove(number);
        self.index.remove(&key_of(gone.cell));
        let last = self.voxels.len() * self.per_voxel;
        if let Some(moved) = self.voxels.get(number) {
            self.index.insert(key_of(moved.cell), number as u32);
            self.places.copy_within(last.., number * self.per_voxel);
        }
        self.places.truncate(last);
    }

    /// From the nearest point of the map within `within_m` to `point`; a point farther away
    /// than the cubes around its own is not found.
    pub(crate) fn nearest(&self, point: &Point3<f64>, within_m: f64) -> Option<Vector3<f32>> {
        let cell = cell_of(point, self.edge_m.recip());
        let place = (point - self.corner(cell)).cast::<f32>();
        let edge = self.edge_m as f32;
        let mut best = Best { difference: None, m2: (within_m * within_m) as f32 };
        for step in NEIGHBOURS {
            let offset = Vector3::from(step.map(f32::from)) * edge;
            let seen_from_there = place - offset;
            if beside(&seen_from_there, edge) < best.m2 {
                best.look(self.places_at(cell, step), &seen_from_there);
            }
        }
        best.difference
    }

    fn places_at(&self, cell: Cell, step: [i8; 3]) -> &[Vector3<f32>] {
        let cell = [0, 1, 2].map(|axis| cell[axis].wrapping_add(i32::from(step[axis])));
        let found = self.index.get(&key_of(cell)).and_then(|number| {
            let (number, voxel) = (*number as usize, self.voxels.get(*number as usize)?);
            let start = number * self.per_voxel;
            self.places.get(start..start + voxel.points as usize)
        });
        found.unwrap_or_default()
    }

    fn corner(&self, cell: Cell) -> Point3<f64> {
        Point3::from(cell.map(|number| f64::from(number) * self.edge_m))
    }
}

/// The nearest point so far; of equally near ones the first.
struct Best {
    difference: Option<Vector3<f32>>,
    m2: f32,
}

impl Best {
    fn look(&mut self, places: &[Vector3<f32>], point: &Vector3<f32>) {
        for place in places {
            let difference = point - place;
            let m2 = difference.norm_squared();
            if m2 < self.m2 {
                *self = Self { difference: Some(difference), m2 };
            }
        }
    }
}

/// Squared distance of a point from the cube that begins at the origin.
fn beside(point: &Vector3<f32>, edge: f32) -> f32 {
    point.map(|value| value - value.clamp(0.0, edge)).norm_squared()
}

/// A cube and those around it, the ones with more in common first.
const NEIGHBOURS: [[i8; 3]; 27] = neighbours();

const fn neighbours() -> [[i8; 3]; 27] {
    let mut found = [[0; 3]; 27];
    let mut count = 0;
    let mut distance = 0;
    while distance <= 3 {
        let mut n = 0;
        while n < 27 {
            let step = [n / 9 - 1, n / 3 % 3 - 1, n % 3 - 1];
            if step[0] * step[0] + step[1] * step[1] + step[2] * step[2] == distance {
                found[count] = step;
                count += 1;
            }
            n += 1;
        }
        distance += 1;
    }
    found
}

#[cfg(test)]
mod tests;
