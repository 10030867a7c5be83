//! White lines: quads a finger's breadth above the road.

use super::field::Field;
use super::lanes::STOP;
use super::plan::{ARM, BOX, Bay, Kind, Parking, RUN_OUT, Road};
use crate::ground::Ground;
use crate::math::{Vec3, sin_cos};
use crate::road::Crossing;
use crate::scene::{Pose, Solid};
use crate::shape::{Material, Mesh, Surface};
use std::sync::Arc;

/// Height of a line above the road, metres.
const ABOVE: f32 = 0.016;
/// Quads in one mesh.
const CHUNK: usize = 16;

/// All lines of a world.
pub(super) fn lines(field: &Field, ground: &Ground, crossings: &[Crossing]) -> Vec<Solid> {
    let mut quads = vec![];
    for road in &field.plan.roads {
        road_lines(field, road, &mut quads);
    }
    for junction in &field.plan.junctions {
        for arm in junction.arms.iter().flatten() {
            let road = &field.plan.roads[*arm];
            let half = road.lane;
            quads.push(patch(road, [STOP - 0.2, STOP + 0.2], [0.15, half - 0.15]));
        }
    }
    for crossing in crossings {
        zebra(crossing, &mut quads);
    }
    solids(ground, &quads)
}

/// Corners, counter-clockwise from above.
type Quad = [[f32; 2]; 4];

/// A quad between two stations and two distances to the left.
fn patch(road: &Road, along: [f32; 2], left: [f32; 2]) -> Quad {
    let at = |s: f32, l: f32| road.line.at(s, l);
    [at(along[0], left[0]), at(along[1], left[0]), at(along[1], left[1]), at(along[0], left[1])]
}

fn road_lines(field: &Field, road: &Road, quads: &mut Vec<Quad>) {
    let arm = road.arm_side.is_some();
    let (from, to) = if arm { (STOP + 1.0, ARM) } else { (-RUN_OUT, field.plan.length + RUN_OUT) };
    let free = |a: f32, b: f32| {
        arm || field.plan.junctions.iter().all(|j| b < j.station - STOP || a > j.station + STOP)
    };
    let mut station = from;
    while station + 3.0 < to {
        if free(station, station + 3.0) {
            quads.push(patch(road, [station, station + 3.0], [-0.06, 0.06]));
        }
        station += 6.0;
    }
    for side in [0, 1] {
        edge_line(road, side, (from, to), &free, quads);
        for bay in &road.bays[side] {
            bay_lines(field, road, side, *bay, quads);
        }
    }
}

/// A line along the edge where there is no kerb.
fn edge_line(
    road: &Road,
    side: usize,
    (from, to): (f32, f32),
    free: &impl Fn(f32, f32) -> bool,
    quads: &mut Vec<Quad>,
) {
    let sign = if side == 0 { 1.0 } else { -1.0 };
    let mut station = from;
    while station + 4.0 < to {
        let country = road.section(side, station + 2.0).kind == Kind::Country;
        if country && free(station - BOX / 2.0, station + 4.0) {
            let middle = sign * (road.lane - 0.18);
            quads.push(patch(road, [station, station + 4.0], [middle - 0.06, middle + 0.06]));
        }
        station += 4.0;
    }
}

/// Lines between the places of a bay.
fn bay_lines(field: &Field, road: &Road, side: usize, bay: Bay, quads: &mut Vec<Quad>) {
    let (depth, pitch) = (bay.parking.depth(), bay.parking.pitch());
    let skew = if bay.parking == Parking::Oblique { 0.84 * (depth - 0.5) } else { 0.0 };
    // A bay is entered in the direction of travel: up the road on the right.
    let ahead = if side == 1 { skew } else { -skew };
    let count = ((bay.to - bay.from) / pitch).round() as u16;
    let base = if bay.parking == Parking::Oblique { -ahead / 2.0 } else { 0.0 };
    for i in 0..=count {
        let station = bay.from + pitch * f32::from(i) + base;
        let (near, far) = (road.lane + 0.1, road.lane + depth - 0.4);
        let sign = if side == 0 { 1.0 } else { -1.0 };
        let corner = |s: f32, out: f32| road.line.at(s, sign * out);
        let (a, b) = (corner(station - 0.05, near), corner(station + 0.05, near));
        let (c, d) = (corner(station + ahead + 0.05, far), corner(station + ahead - 0.05, far));
        if [c, d].iter().all(|p| field.outside(*p) < -0.15) {
            quads.push(if side == 0 { [a, b, c, d] } else { [d, c, b, a] });
        }
    }
}

/// Stripes along the direction of travel, half a metre wide and half a metre apart.
fn zebra(crossing: &Crossing, quads: &mut Vec<Quad>) {
    let path = &crossing.path;
    let heading = path.at(0.0).heading;
    let (sin, cos) = sin_cos(heading);
    let count = ((path.length() - 1.2) / 1.0).floor().max(0.0) as u16;
    let first = (path.length() - f32::from(count)) / 2.0 + 0.25;
    for i in 0..count {
        let at = |along: f32, left: f32| {
            let [x, y] = path.at(along).place;
            [x - left * sin, y + left * cos]
        };
        let s = first + f32::from(i);
        quads.push([at(s, -1.5), at(s + 0.5, -1.5), at(s + 0.5, 1.5), at(s, 1.5)]);
    }
}

fn solids(ground: &Ground, quads: &[Quad]) -> Vec<Solid> {
    let lift = |[x, y]: [f32; 2]| Vec3::new(x, y, ground.height(x, y) + ABOVE);
    let each = quads.chunks(CHUNK).map(|chunk| {
        let origin = lift(chunk[0][0]);
        let mut mesh = Mesh::default();
        let white = mesh.surface(Surface::new(Material::RoadPaint, [225, 225, 220]));
        for quad in chunk {
            mesh.polygon(&quad.map(|c| lift(c) - origin), white);
        }
        Solid { mesh: Arc::new(mesh), pose: Pose::new(origin, 0.0, 0.0, 0.0), object: None }
    });
    each.collect()
}
