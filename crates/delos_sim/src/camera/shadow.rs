//! What the sun does not reach: maps of the scene as seen from the sun.

use super::faces::corners;
use super::leaves::{Ellipsoid, crossing};
use super::raster::fill;
use super::view::View;
use crate::math::Vec3;
use crate::scene::{Scene, Solid};
use crate::shape::Volume;

/// Cells along the side of a map.
const CELLS: usize = 768;
/// Side of each map and how far ahead of the camera its middle lies, metres.
const MAPS: [(f32, f32); 2] = [(38.0, 16.0), (170.0, 75.0)];

/// Shadows of leaves are blurred by the sun's width: finer tufts than this do not show,
/// metres.
const LEAF_M: f32 = 0.15;

/// Maps from fine and near to coarse and far.
#[derive(Clone, Debug)]
pub(super) struct Shadows {
    maps: Vec<Map>,
}

impl Shadows {
    /// Of everything in the scene, for a sun in this direction.
    pub(super) fn new(scene: &Scene, view: &View, sun: &Vec3, leaves: &[Ellipsoid]) -> Self {
        let mut maps: Vec<Map> = MAPS.iter().map(|m| Map::new(view, sun, *m)).collect();
        for map in &mut maps {
            scene.solids.iter().for_each(|solid| map.add_solid(solid));
            let volumes = scene.volumes.iter().zip(leaves);
            volumes.for_each(|(volume, shape)| map.add_volume(volume, *shape));
        }
        Self { maps }
    }

    /// Share of the sun that reaches a place on a surface with this normal, 0 to 1.
    pub(super) fn sun_at(&self, place: &Vec3, normal: &Vec3) -> f32 {
        self.maps.iter().find_map(|map| map.sun_at(place, normal)).unwrap_or(1.0)
    }
}

/// For each cell of a plane across the sunlight the highest thing towards the sun.
#[derive(Clone, Debug)]
struct Map {
    middle: Vec3,
    axes: [Vec3; 2],
    sun: Vec3,
    cell: f32,
    heights: Vec<f32>,
}

impl Map {
    fn new(view: &View, sun: &Vec3, (side, ahead): (f32, f32)) -> Self {
        let across = sun.cross(&Vec3::z()).try_normalize(1e-6).unwrap_or_else(Vec3::x);
        let axes = [across, sun.cross(&across)];
        let cell = side / CELLS as f32;
        let level = Vec3::new(view.forward.x, view.forward.y, 0.0);
        let wanted = view.origin + level * ahead;
        // The middle moves in whole cells, so that edges of shadows do not crawl.
        let snap = |axis: &Vec3| (wanted.dot(axis) / cell).round() * cell;
        let middle = axes[0] * snap(&axes[0]) + axes[1] * snap(&axes[1]);
        Self { middle, axes, sun: *sun, cell, heights: vec![f32::MIN; CELLS * CELLS] }
    }

    /// Column, row (in cells) and height towards the sun of a place.
    fn place(&self, p: &Vec3) -> [f32; 3] {
        let d = p - self.middle;
        let half = CELLS as f32 / 2.0;
        let [u, v] = [0, 1].map(|i| d.dot(&self.axes[i]) / self.cell + half);
        [u, v, p.dot(&self.sun)]
    }

    fn add_solid(&mut self, solid: &Solid) {
        let placed: Vec<Vec3> = solid
            .mesh
            .vertices
            .iter()
            .map(|v| Vec3::from(self.place(&solid.pose.to_world(v))))
            .collect();
        let end = CELLS as f32;
        let inside = |axis: usize| {
            placed.iter().any(|p| p[axis] >= 0.0) && placed.iter().any(|p| p[axis] <= end)
        };
        if !inside(0) || !inside(1) {
            return;
        }
        let heights = &mut self.heights;
        for triangle in solid.mesh.triangles.iter().filter_map(|t| corners(&placed, t)) {
            fill(triangle.map(Into::into), CELLS, CELLS, |i, height| {
                heights[i] = heights[i].max(height);
            });
        }
    }

    fn add_volume(&mut self, volume: &Volume, shape: Ellipsoid) {
        let [u, v, height] = self.place(&volume.center);
        let reach = volume.radii.max();
        let cells = reach / self.cell;
        let range = |at: f32| {
            ((at - cells).max(0.0) as usize)..((at + cells + 1.0).max(0.0) as usize).min(CELLS)
        };
        let place = |x: usize, y: usize| {
            let at = |n: usize| (n as f32 - CELLS as f32 / 2.0) * self.cell;
            self.middle + self.axes[0] * at(x) + self.axes[1] * at(y) + self.sun * (height + reach)
        };
        let (origin, ray) = (place(0, 0), -self.sun);
        let (from, along) = (shape.place_in_ball(&origin), shape.to_ball(&ray));
        let steps = self.axes.map(|axis| shape.to_ball(&(axis * self.cell)));
        let mut hits = Vec::new();
        for y in range(v) {
            for x in range(u) {
                let start = from + steps[0] * x as f32 + steps[1] * y as f32;
                let Some([enter, leave]) = crossing(&start, &along) else { continue };
                if height + reach - enter <= self.heights[y * CELLS + x] {
                    continue;
                }
                let entrance = place(x, y) + ray * enter;
                if let Some(depth) = shape.depth(&entrance, leave - enter, LEAF_M) {
                    hits.push((y * CELLS + x, height + reach - enter - depth));
                }
            }
        }
        for (cell, height) in hits {
            self.heights[cell] = self.heights[cell].max(height);
        }
    }

    /// `None` outside the map.
    fn sun_at(&self, place: &Vec3, normal: &Vec3) -> Option<f32> {
        let [u, v, height] = self.place(&(place + normal * (0.02 + 1.2 * self.cell)));
        let inside = |x: f32| x >= 1.0 && x < CELLS as f32 - 2.0;
        if !(inside(u) && inside(v)) {
            return None;
        }
        let (i, j) = (u as usize, v as usize);
        let (s, t) = (u - i as f32, v - j as f32);
        let bias = 0.02 + self.cell;
        let lit = |x: usize, y: usize| {
            if self.heights[y * CELLS + x] > height + bias { 0.0 } else { 1.0 }
        };
        let low = lit(i, j) * (1.0 - s) + lit(i + 1, j) * s;
        let high = lit(i, j + 1) * (1.0 - s) + lit(i + 1, j + 1) * s;
        Some(low * (1.0 - t) + high * t)
    }
}
