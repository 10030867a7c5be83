//! What each pixel sees: whose surface, and how far away.

use super::raster::{Polygon, fill};
use super::view::View;
use crate::math::Vec3;

/// Whose surface a pixel sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Nothing: sky.
    Sky,
    /// A cell of the drawn ground.
    Ground(u32),
    /// A triangle of a solid.
    Face(u32),
    /// A leafy volume.
    Leaves(u32),
}

/// The visibility buffer: row-major, one entry a pixel.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Inverse depth along the optical axis, 1/m; 0 where nothing is.
    pub(super) nearness: Vec<f32>,
    pub(super) owner: Vec<Owner>,
}

impl Target {
    /// Nothing but sky.
    pub(super) fn new(view: &View) -> Self {
        let (width, height) = (view.width, view.height);
        let pixels = width * height;
        Self { width, height, nearness: vec![0.0; pixels], owner: vec![Owner::Sky; pixels] }
    }

    /// Calls `put(self, pixel, nearness)` for every pixel of a triangle given in the
    /// camera's axes, whether hidden or not.
    pub(super) fn cover(
        &mut self,
        view: &View,
        corners: [Vec3; 3],
        mut put: impl FnMut(&mut Self, usize, f32),
    ) {
        if corners.iter().all(|p| view.holds(p)) {
            let triangle = corners.map(|p| view.project(&p));
            fill(triangle, self.width, self.height, |i, near| put(self, i, near));
            return;
        }
        let polygon = drawable(view, corners);
        let [first, rest @ ..] = polygon.corners() else { return };
        let a = view.project(first);
        for pair in rest.windows(2) {
            let triangle = [a, view.project(&pair[0]), view.project(&pair[1])];
            fill(triangle, self.width, self.height, |i, near| put(self, i, near));
        }
    }

    /// Gives a pixel to an owner that is nearer than what it saw.
    pub(super) fn claim(&mut self, pixel: usize, near: f32, owner: Owner) {
        if near > self.nearness[pixel] {
            self.nearness[pixel] = near;
            self.owner[pixel] = owner;
        }
    }
}

/// The part of a triangle that can be projected.
fn drawable(view: &View, corners: [Vec3; 3]) -> Polygon {
    view.limits().iter().fold(Polygon::new(corners), |polygon, plane| polygon.cut(*plane))
}
