//! How much of each road user is seen.

use super::Sighting;
use super::raster::Polygon;
use super::view::{NEAREST_M, View};
use crate::math::Vec3;
use crate::shape::Mesh;
use delos_core::Box2;

/// Gathers what the picture shows of each object.
#[derive(Clone, Debug)]
pub(super) struct Sightings {
    covered: Vec<u32>,
    visible: Vec<u32>,
    bounds: Vec<Option<Box2>>,
    /// Objects that reach behind the camera, where projected corners are no bounds.
    cut: Vec<bool>,
    /// Bounds of the pixels that each object covers, hidden or not.
    pixels: Vec<Option<Box2>>,
    width: usize,
    /// For each pixel the object that covered it last, plus one.
    stamps: Vec<u32>,
}

impl Sightings {
    /// Nothing seen yet.
    pub(super) fn new(objects: usize, pixels: usize, width: usize) -> Self {
        Self {
            covered: vec![0; objects],
            visible: vec![0; objects],
            bounds: vec![None; objects],
            cut: vec![false; objects],
            pixels: vec![None; objects],
            width,
            stamps: vec![0; pixels],
        }
    }

    /// Widens an object's bounds by a mesh in the camera's axes, cut at the near plane.
    pub(super) fn extend_bounds(&mut self, object: u32, view: &View, mesh: &Mesh, camera: &[Vec3]) {
        let Some(bounds) = self.bounds.get_mut(object as usize) else { return };
        let mut add = |p: &Vec3| {
            let [u, v, _] = view.project(p);
            let b = bounds.unwrap_or(Box2::new(u, v, u, v));
            *bounds = Some(Box2::new(b.x1.min(u), b.y1.min(v), b.x2.max(u), b.y2.max(v)));
        };
        camera.iter().filter(|p| p.z >= NEAREST_M).for_each(&mut add);
        if camera.iter().all(|p| p.z >= NEAREST_M) {
            return;
        }
        self.cut[object as usize] = true;
        for corners in mesh.triangles.iter().filter_map(|t| super::faces::corners(camera, t)) {
            let kept = Polygon::new(corners).cut((Vec3::z(), -NEAREST_M));
            kept.corners().iter().for_each(&mut add);
        }
    }

    /// An object covers a pixel, hidden or not. Calls for one object must follow each
    /// other.
    pub(super) fn cover(&mut self, object: u32, pixel: usize) {
        let Some(count) = self.covered.get_mut(object as usize) else { return };
        if self.stamps[pixel] != object + 1 {
            self.stamps[pixel] = object + 1;
            *count += 1;
            let (x, y) = ((pixel % self.width) as f32, (pixel / self.width) as f32);
            let b = self.pixels[object as usize].unwrap_or(Box2::new(x, y, x, y));
            let (low, high) = ((b.x1.min(x), b.y1.min(y)), (b.x2.max(x), b.y2.max(y)));
            self.pixels[object as usize] = Some(Box2::new(low.0, low.1, high.0, high.1));
        }
    }

    /// An object is what a pixel shows.
    pub(super) fn show(&mut self, object: u32) {
        if let Some(count) = self.visible.get_mut(object as usize) {
            *count += 1;
        }
    }

    /// The result, in the order of the objects.
    pub(super) fn finish(&self, view: &View) -> Vec<Sighting> {
        (0..self.covered.len())
            .map(|i| {
                let all = self.bounds[i];
                let inside = all.and_then(|b| b.clipped(view.width as u32, view.height as u32));
                Sighting {
                    visible_px: self.visible[i],
                    covered_px: self.covered[i],
                    bbox: if self.cut[i] { self.pixels[i] } else { inside },
                    truncation: outside(all, inside),
                }
            })
            .collect()
    }
}

/// Share of the bounds' area that lies outside the image.
fn outside(bounds: Option<Box2>, inside: Option<Box2>) -> f32 {
    match (bounds, inside) {
        (Some(all), Some(part)) if all.area() > 0.0 => {
            (1.0 - part.area() / all.area()).clamp(0.0, 1.0)
        }
        _ => 1.0,
    }
}
