//! What is seen in and around a box: ground, its own cluster, other things.

use super::config::FARTHEST_M;
use delos_geom::prior::Footprint;

/// Side of the cells in which ground is remembered, metres.
const CELL_M: f32 = 0.4;
/// Cells along each axis; the sensor stands in the middle.
const CELLS: usize = (2.0 * FARTHEST_M as f32 / CELL_M) as usize + 2;
/// Places looked at inside a box, along and across.
const INSIDE: [usize; 2] = [8, 4];
/// Places within a box keep so far from its edges, metres: the ground begins there.
const INSET_M: f64 = 0.3;
/// Places around a box lie so far outside, metres.
const AROUND_M: f64 = 0.4;
/// Places along each side of the ring around a box.
const SIDE: usize = 6;

/// Where ground has been seen.
#[derive(Default)]
pub(super) struct SeenGround {
    cells: Vec<bool>,
}

/// What stands at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Nothing,
    Own,
    Other,
}

/// Shares of the places in and around a box, 0..=1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Surroundings {
    /// Inside, where ground is seen.
    pub(super) ground_inside: f32,
    /// Inside, where the cluster itself stands.
    pub(super) own_inside: f32,
    /// Inside, where something else stands.
    pub(super) other_inside: f32,
    /// Around, where the cluster itself stands.
    pub(super) own_around: f32,
    /// Beside the box, where something else stands.
    pub(super) other_beside: f32,
    /// Ahead of it and behind, where something else stands.
    pub(super) other_ends: f32,
    /// Around, where ground is seen.
    pub(super) ground_around: f32,
}

impl SeenGround {
    /// Forgets the scan before.
    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.cells.resize(CELLS * CELLS, false);
    }

    /// Remembers a return of the ground.
    pub(super) fn mark(&mut self, x: f32, y: f32) {
        if let Some(cell) = cell_of(x, y).and_then(|cell| self.cells.get_mut(cell)) {
            *cell = true;
        }
    }

    fn is_at(&self, x: f64, y: f64) -> bool {
        cell_of(x as f32, y as f32).is_some_and(|cell| self.cells.get(cell) == Some(&true))
    }

    /// Looks around; `standing` tells what stands at `(x, y)`.
    pub(super) fn around(
        &self,
        footprint: &Footprint,
        standing: impl Fn(f64, f64) -> Standing,
    ) -> Surroundings {
        let (sin, cos) = footprint.yaw.sin_cos();
        let [x, y] = footprint.center;
        let mut counts = Counts::default();
        let mut look = |u: f64, v: f64| {
            let (x, y) = (x + u * cos - v * sin, y + u * sin + v * cos);
            (standing(x, y), self.is_at(x, y))
        };
        let half = [footprint.length / 2.0, footprint.width / 2.0];
        counts.inside(half, &mut look);
        counts.around(half, &mut look);
        counts.shares()
    }
}

fn cell_of(x: f32, y: f32) -> Option<usize> {
    let half = (CELLS / 2) as f32;
    let (column, row) = (x / CELL_M + half, y / CELL_M + half);
    let end = CELLS as f32;
    let fits = column >= 0.0 && column < end && row >= 0.0 && row < end;
    fits.then(|| row as usize * CELLS + column as usize)
}

#[derive(Default)]
struct Counts {
    ground_inside: u16,
    own_inside: u16,
    other_inside: u16,
    own_around: u16,
    other_beside: u16,
    other_ends: u16,
    ground_around: u16,
}

impl Counts {
    /// A lattice inside, from the middle to `half` less the inset.
    fn inside(&mut self, half: [f64; 2], look: &mut impl FnMut(f64, f64) -> (Standing, bool)) {
        let place = |index: usize, count: usize, half: f64| {
            let share = (index as f64 + 0.5) / count as f64;
            (2.0 * share - 1.0) * (half - INSET_M).max(half / 2.0)
        };
        for i in 0..INSIDE[0] {
            for k in 0..INSIDE[1] {
                let seen = look(place(i, INSIDE[0], half[0]), place(k, INSIDE[1], half[1]));
                match seen {
                    (Standing::Own, _) => self.own_inside += 1,
                    (Standing::Other, _) => self.other_inside += 1,
                    (Standing::Nothing, true) => self.ground_inside += 1,
                    (Standing::Nothing, false) => (),
                }
            }
        }
    }

    /// A ring outside.
    fn around(&mut self, half: [f64; 2], look: &mut impl FnMut(f64, f64) -> (Standing, bool)) {
        for i in 0..SIDE {
            let share = 2.0 * (i as f64 + 0.5) / SIDE as f64 - 1.0;
            for sign in [-1.0, 1.0] {
                let beside = look(share * half[0], sign * (half[1] + AROUND_M));
                let end = look(sign * (half[0] + AROUND_M), share * half[1]);
                self.other_beside += u16::from(beside.0 == Standing::Other);
                self.other_ends += u16::from(end.0 == Standing::Other);
                for (standing, ground) in [beside, end] {
                    self.own_around += u16::from(standing == Standing::Own);
                    self.ground_around += u16::from(standing == Standing::Nothing && ground);
                }
            }
        }
    }

    fn shares(&self) -> Surroundings {
        let share = |count: u16, of: usize| f32::from(count) / of as f32;
        let inside = INSIDE[0] * INSIDE[1];
        Surroundings {
            ground_inside: share(self.ground_inside, inside),
            own_inside: share(self.own_inside, inside),
            other_inside: share(self.other_inside, inside),
            own_around: share(self.own_around, 4 * SIDE),
            other_beside: share(self.other_beside, 2 * SIDE),
            other_ends: share(self.other_ends, 2 * SIDE),
            ground_around: share(self.ground_around, 4 * SIDE),
        }
    }
}

#[cfg(test)]
mod tests;
