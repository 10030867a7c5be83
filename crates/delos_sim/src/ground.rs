//! The ground: a height and a cover at every place, on a grid of tiles.

use crate::shape::Material;

/// Side of a cell, metres.
pub const CELL_M: f32 = 0.25;
/// Cells to the metre.
const PER_M: f32 = 1.0 / CELL_M;
/// Cells along the side of a tile.
const TILE: usize = 64;

/// Heights at the corners of the cells and what covers them. Tiles exist only where a
/// world was built; beyond them the ground is level with [`Ground::beyond`].
#[derive(Clone, Debug)]
pub struct Ground {
    /// World coordinates of corner (0, 0), metres.
    origin: [f32; 2],
    /// Tiles along x and y.
    tiles: [usize; 2],
    /// Number of each tile's first sample, or `u32::MAX`.
    index: Vec<u32>,
    heights: Vec<f32>,
    covers: Vec<Material>,
    beyond: f32,
}

impl Ground {
    /// An empty ground over the rectangle between two corners (metres, world).
    pub fn new(low: [f32; 2], high: [f32; 2], beyond: f32) -> Self {
        let side = CELL_M * TILE as f32;
        let count = |axis: usize| ((high[axis] - low[axis]) / side).ceil().max(1.0) as usize;
        let tiles = [count(0), count(1)];
        let index = vec![u32::MAX; tiles[0] * tiles[1]];
        Self { origin: low, tiles, index, heights: Vec::new(), covers: Vec::new(), beyond }
    }

    /// Fills every tile that `wanted` asks for (by its centre) with the heights and covers
    /// of the corners of its cells. Functions of world x and y, metres.
    pub fn fill(
        &mut self,
        wanted: impl Fn(f32, f32) -> bool,
        mut sample: impl FnMut(f32, f32) -> (f32, Material),
    ) {
        let half = CELL_M * TILE as f32 / 2.0;
        let asked = |tile: &usize| {
            let low = self.corner(*tile);
            wanted(low[0] + half, low[1] + half)
        };
        let tiles: Vec<usize> = (0..self.index.len()).filter(asked).collect();
        self.heights.reserve(tiles.len() * TILE * TILE);
        self.covers.reserve(tiles.len() * TILE * TILE);
        for tile in tiles {
            let low = self.corner(tile);
            self.index[tile] = self.heights.len() as u32;
            for cell in 0..TILE * TILE {
                let x = low[0] + CELL_M * (cell % TILE) as f32;
                let y = low[1] + CELL_M * (cell / TILE) as f32;
                let (height, cover) = sample(x, y);
                self.heights.push(height);
                self.covers.push(cover);
            }
        }
    }

    /// Height of the ground at a place of the world, bilinear between samples, metres.
    pub fn height(&self, x: f32, y: f32) -> f32 {
        let (u, v) = ((x - self.origin[0]) * PER_M, (y - self.origin[1]) * PER_M);
        let (i, j) = (below(u), below(v));
        let (s, t) = (u - i as f32, v - j as f32);
        let [a, b, c, d] = self.corners(i, j);
        let (low, high) = (a + (b - a) * s, c + (d - c) * s);
        low + (high - low) * t
    }

    /// What covers the ground at the nearest sample; grass beyond the world.
    pub fn cover(&self, x: f32, y: f32) -> Material {
        let i = below((x - self.origin[0]) * PER_M + 0.5);
        let j = below((y - self.origin[1]) * PER_M + 0.5);
        self.sample(i, j).map_or(Material::Grass, |k| self.covers[k])
    }

    /// Slopes along x and y (rise per metre), from a span of half a metre.
    pub fn slope(&self, x: f32, y: f32) -> [f32; 2] {
        let d = CELL_M;
        [
            (self.height(x + d, y) - self.height(x - d, y)) / (2.0 * d),
            (self.height(x, y + d) - self.height(x, y - d)) / (2.0 * d),
        ]
    }

    /// Height beyond the world, metres.
    pub const fn beyond(&self) -> f32 {
        self.beyond
    }

    /// Heights at the corners of a cell: low row, then high row.
    fn corners(&self, i: i32, j: i32) -> [f32; 4] {
        let side = i32::from(TILE as u16);
        if i.rem_euclid(side) < side - 1 && j.rem_euclid(side) < side - 1 {
            // All four lie in one tile.
            let Some(k) = self.sample(i, j) else { return [self.beyond; 4] };
            let h = &self.heights[k..k + TILE + 2];
            return [h[0], h[1], h[TILE], h[TILE + 1]];
        }
        [(i, j), (i + 1, j), (i, j + 1), (i + 1, j + 1)]
            .map(|(i, j)| self.sample(i, j).map_or(self.beyond, |k| self.heights[k]))
    }

    fn sample(&self, i: i32, j: i32) -> Option<usize> {
        let (i, j) = (usize::try_from(i).ok()?, usize::try_from(j).ok()?);
        let (tx, ty) = (i / TILE, j / TILE);
        if tx >= self.tiles[0] || ty >= self.tiles[1] {
            return None;
        }
        let first = self.index[ty * self.tiles[0] + tx];
        (first != u32::MAX).then(|| first as usize + (j % TILE) * TILE + i % TILE)
    }

    /// World coordinates of the first corner of a tile, metres.
    fn corner(&self, tile: usize) -> [f32; 2] {
        let side = CELL_M * TILE as f32;
        let (tx, ty) = (tile % self.tiles[0], tile / self.tiles[0]);
        [self.origin[0] + side * tx as f32, self.origin[1] + side * ty as f32]
    }
}

/// The greatest whole number not above a value, within what numbers of cells can be. A cast
/// is far faster than `floor` where that is a call of a function.
fn below(value: f32) -> i32 {
    let cut = value.clamp(-1e9, 1e9) as i32;
    cut - i32::from(cut as f32 > value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_read_back_exactly_and_beyond_is_level() {
        let mut ground = Ground::new([-20.0, -20.0], [20.0, 20.0], 5.0);
        ground.fill(|_, _| true, |x, y| (0.1 * x - 0.05 * y, Material::Asphalt));
        for (x, y) in [(0.0, 0.0), (1.13, -7.77), (-19.9, 12.34), (-4.03, -4.03), (-4.1, 3.0)] {
            assert!((ground.height(x, y) - (0.1 * x - 0.05 * y)).abs() < 1e-4);
        }
        let [along_x, along_y] = ground.slope(3.0, 4.0);
        assert!((along_x - 0.1).abs() < 1e-4 && (along_y + 0.05).abs() < 1e-4);
        assert!((ground.height(500.0, 0.0) - 5.0).abs() < 1e-6);
        assert_eq!(ground.cover(0.0, 0.0), Material::Asphalt);
        assert_eq!(ground.cover(-500.0, 0.0), Material::Grass);
        for far in [-1e30, 1e30, f32::INFINITY] {
            assert_eq!(ground.cover(far, 0.0), Material::Grass);
        }
    }

    #[test]
    fn below_is_floor() {
        for value in [-2.0, -1.5, -0.01, 0.0, 0.99, 1.0, 4_194_303.5] {
            assert_eq!(below(value), f32::floor(value) as i32, "{value}");
        }
    }
}
