//! Rays against triangles, without a tree: all rays leave the origin.
//!
//! Seen from the origin a triangle is a cone of three planes, `a x b`, `b x c` and `c x a`;
//! a ray hits it if it lies on the inner side of all three. The vector of an edge that
//! two triangles share is computed from the same two corners, so that it has exactly
//! the same bits but for the sign: neighbours leave no crack.

use super::NO_OBJECT;
use super::beams::{self, Beam};
use super::columns::Columns;
use super::rays::{Hit, Layer, Rays};
use crate::math::Vec3;
use crate::scene::{Pose, Solid};
use crate::shape::{Material, Triangle};
use std::f32::consts::{FRAC_PI_2, PI, TAU};

/// Keeps the nearest hits of rays on the outer sides of a solid; of things with panes
/// also those on the inner sides.
pub(super) fn cast(solid: &Solid, ego: &Pose, beams: &[Beam], columns: &Columns, rays: &mut Rays) {
    let places = places(solid, ego);
    if out_of_reach(&places, rays.max_range_m()) {
        return;
    }
    let corners: Vec<Corner> = places.into_iter().map(Corner::new).collect();
    let object = solid.object.unwrap_or(NO_OBJECT);
    let has_panes = solid.mesh.palette.iter().any(|s| s.material == Material::Glass);
    for triangle in &solid.mesh.triangles {
        let palette = &solid.mesh.palette;
        let surface = palette.get(usize::from(triangle.surface));
        let material = surface.map_or(Material::Concrete, |surface| surface.material);
        let layer = |towards: bool| match (towards || triangle.two_sided, material) {
            (true, Material::Glass) => Some(Layer::Glass),
            (true, _) => Some(Layer::Opaque),
            (false, Material::Glass) => None,
            (false, _) => has_panes.then_some(Layer::Inside),
        };
        let Some((facet, layer)) = Facet::new(&corners, triangle, layer) else { continue };
        facet.cast(&Hit { range_m: 0.0, cos: 0.0, object, material }, layer, beams, columns, rays);
    }
}

/// A corner as the sensor sees it.
struct Corner {
    /// Ego frame, metres.
    at: Vec3,
    /// Tangent of its elevation.
    tan: f32,
    /// Radians.
    azimuth: f32,
}

impl Corner {
    fn new(at: Vec3) -> Self {
        let planar = (at.x * at.x + at.y * at.y).sqrt().max(1e-6);
        Self { at, tan: at.z / planar, azimuth: azimuth(at.x, at.y) }
    }
}

/// Azimuth of a direction to a millionth of a radian, which is enough to look up columns:
/// the polynomial of Abramowitz and Stegun, Handbook of Mathematical Functions, 4.4.49.
fn azimuth(x: f32, y: f32) -> f32 {
    const TERMS: [f32; 8] = [
        0.002_866_225_7,
        -0.016_165_737,
        0.042_909_615,
        -0.075_289_64,
        0.106_562_64,
        -0.142_089,
        0.199_935_51,
        -0.333_331_47,
    ];
    let (long, short) = (x.abs().max(y.abs()), x.abs().min(y.abs()));
    let tan = if long > 0.0 { short / long } else { 0.0 };
    let square = tan * tan;
    let sum = TERMS.iter().fold(0.0, |sum, term| (sum + term) * square);
    let octant = tan + tan * sum;
    let quadrant = if y.abs() > x.abs() { FRAC_PI_2 - octant } else { octant };
    let half = if x < 0.0 { PI - quadrant } else { quadrant };
    half.copysign(y)
}

/// Where the vertices are, ego frame.
fn places(solid: &Solid, ego: &Pose) -> Vec<Vec3> {
    let turn = ego.turn.transpose() * solid.pose.turn;
    let origin = ego.to_local(&solid.pose.origin);
    solid.mesh.vertices.iter().map(|vertex| turn * vertex + origin).collect()
}

/// Whether the upright box around some places lies beyond the range.
fn out_of_reach(places: &[Vec3], range_m: f32) -> bool {
    let none = (Vec3::repeat(f32::INFINITY), Vec3::repeat(f32::NEG_INFINITY));
    let (low, high) = places.iter().fold(none, |(l, h), p| (l.inf(p), h.sup(p)));
    let nearest = Vec3::zeros().sup(&low).inf(&high);
    places.is_empty() || nearest.norm_squared() > range_m * range_m
}

/// A triangle as the sensor sees it.
struct Facet {
    /// Normals of the planes through the origin and the edges, inwards.
    edges: [Vec3; 3],
    /// Normal of the triangle, away from the origin, and its product with a corner.
    normal: Vec3,
    depth: f32,
    /// The least and the greatest azimuth, radians.
    azimuths: [f32; 2],
    /// The least and the greatest tangent of elevation.
    tans: [f32; 2],
}

impl Facet {
    /// With the layer for the side that is turned to the origin; `None` if it is seen
    /// edge-on, counts in no layer or names corners that do not exist.
    fn new(
        corners: &[Corner],
        triangle: &Triangle,
        layer: impl Fn(bool) -> Option<Layer>,
    ) -> Option<(Self, Layer)> {
        let [a, b, c] = triangle.corners.map(|corner| corners.get(corner as usize));
        let [a, b, c] = [a?, b?, c?];
        let normal = (b.at - a.at).cross(&(c.at - a.at));
        let depth = normal.dot(&a.at);
        if depth.abs() <= 1e-9 {
            return None;
        }
        let layer = layer(depth < 0.0)?;
        let sign = if depth < 0.0 { -1.0 } else { 1.0 };
        let edges = [a.at.cross(&b.at), b.at.cross(&c.at), c.at.cross(&a.at)].map(|e| e * sign);
        let azimuths = azimuths([a.azimuth, b.azimuth, c.azimuth]);
        let tans = tans([a, b, c], &edges, azimuths[1] - azimuths[0] >= TAU);
        let facet = Self { edges, normal: normal * sign, depth: depth * sign, azimuths, tans };
        Some((facet, layer))
    }

    fn cast(&self, hit: &Hit, layer: Layer, beams: &[Beam], columns: &Columns, rays: &mut Rays) {
        let area = self.normal.norm();
        for laser in beams::between(beams, self.tans[0], self.tans[1]) {
            let beam = &beams[laser];
            let turn = columns.aside(beam.shift);
            let edges = self.edges.map(|edge| beam.cut(&edge, turn));
            let normal = beam.cut(&self.normal, turn);
            let row = rays.row_mut(layer, laser);
            for run in columns.between(self.azimuths[0], self.azimuths[1], beam.shift) {
                let directions = &columns.directions()[run.clone()];
                for (nearest, [x, y]) in row[run].iter_mut().zip(directions) {
                    let along = |cut: &beams::Cut| cut[0] * x + cut[1] * y + cut[2];
                    let slant = along(&normal);
                    let inside = edges.iter().all(|edge| along(edge) >= 0.0);
                    if inside && slant * nearest.range_m > self.depth {
                        let range_m = self.depth / slant;
                        *nearest = Hit { range_m, cos: (slant / area).min(1.0), ..*hit };
                    }
                }
            }
        }
    }
}

/// The least and the greatest of three azimuths, the seam taken care of; all around if
/// the triangle has the vertical axis in it.
fn azimuths([a, b, c]: [f32; 3]) -> [f32; 2] {
    let (ab, bc, ca) = (wrapped(b - a), wrapped(c - b), wrapped(a - c));
    let around = (ab + bc + ca).abs() > 1.0;
    let through = ab.abs().max(bc.abs()).max(ca.abs()) > PI - 1e-3;
    if around || through {
        return [-PI, PI];
    }
    let (b, c) = (a + ab, a + ab + bc);
    [a.min(b).min(c), a.max(b).max(c)]
}

/// An angle in -π..=π.
fn wrapped(angle: f32) -> f32 {
    if angle > PI {
        angle - TAU
    } else if angle < -PI {
        angle + TAU
    } else {
        angle
    }
}

/// The least and the greatest tangent of elevation of a triangle. Edges are arcs of great
/// circles: an arc with plane normal `n` is highest (lowest) where it passes the
/// direction of `-n` (`n`) seen from above, with the tangent `|n_xy| / |n_z|`.
fn tans(corners: [&Corner; 3], edges: &[Vec3; 3], around: bool) -> [f32; 2] {
    let tans = corners.map(|corner| corner.tan);
    let mut low = tans[0].min(tans[1]).min(tans[2]);
    let mut high = tans[0].max(tans[1]).max(tans[2]);
    for (i, n) in edges.iter().enumerate() {
        let (from, to) = (corners[i].at, corners[(i + 1) % 3].at);
        let (before, after) = (from.x * n.y - from.y * n.x, n.x * to.y - n.y * to.x);
        let steepest = (n.x * n.x + n.y * n.y).sqrt() / n.z.abs().max(1e-12);
        // The sign of `n` does not matter to where the top is only if both agree.
        let against = from.x * to.y - from.y * to.x;
        if before * against * n.z < 0.0 && after * against * n.z < 0.0 {
            high = high.max(steepest);
        } else if before * against * n.z > 0.0 && after * against * n.z > 0.0 {
            low = low.min(-steepest);
        }
    }
    if around {
        let (up, down) = (high > 0.0, low < 0.0);
        return [if down { f32::NEG_INFINITY } else { low }, if up { f32::INFINITY } else { high }];
    }
    [low, high]
}

#[cfg(test)]
mod tests;
