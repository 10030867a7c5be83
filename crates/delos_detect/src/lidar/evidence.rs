//! The numbers by which a cluster is taken for something.

use super::shape::{PARTS, Shape};
use super::surroundings::Surroundings;
use delos_geom::lshape::LShape;
use delos_geom::prior::{Footprint, LengthAxis};

/// The names of the numbers, in order: metres, shares 0..=1, logarithms to base e.
pub const EVIDENCE: [&str; 35] = [
    "range",
    "log_points",
    "log_density",
    "top",
    "low",
    "band_0",
    "band_1",
    "band_2",
    "band_3",
    "band_4",
    "band_5",
    "band_6",
    "residual",
    "roughness",
    "on_edge",
    "on_side",
    "along",
    "across",
    "length",
    "width",
    "facing",
    "top_near_end",
    "top_near_middle",
    "top_far_middle",
    "top_far_end",
    "top_near_side",
    "top_far_side",
    "ground_inside",
    "ground_around",
    "own_inside",
    "own_around",
    "other_inside",
    "other_beside",
    "other_ends",
    "turned",
];

/// The numbers of one cluster, taken for one class with its length along one axis.
pub(super) type Evidence = [f32; EVIDENCE.len()];

/// Gathers them.
pub(super) fn evidence(
    shape: &Shape,
    axis: LengthAxis,
    footprint: &Footprint,
    around: &Surroundings,
) -> Evidence {
    let [along, across] = extents(&shape.outline, axis);
    let facing = facing(&shape.outline, axis);
    let [[near_end, near_middle, far_middle, far_end], [near_side, .., far_side]] =
        tops(shape, axis);
    let [low, mid, high, higher, roof, over, crown] = shape.bands;
    let f = |value: f64| value as f32;
    [
        f(shape.range),
        f((shape.points as f64).ln()),
        f(density(shape, along, across, facing).ln()),
        f(shape.top),
        f(shape.low),
        low,
        mid,
        high,
        higher,
        roof,
        over,
        crown,
        f(shape.outline.residual),
        f(shape.roughness),
        f(shape.on_edge),
        f(if axis == LengthAxis::First { 1.0 - shape.on_first } else { shape.on_first }),
        f(along),
        f(across),
        f(footprint.length),
        f(footprint.width),
        f(facing),
        f(near_end),
        f(near_middle),
        f(far_middle),
        f(far_end),
        f(near_side),
        f(far_side),
        around.ground_inside,
        around.ground_around,
        around.own_inside,
        around.own_around,
        around.other_inside,
        around.other_beside,
        around.other_ends,
        f(footprint.yaw.sin().abs()),
    ]
}

/// Extents along the length and across, metres.
pub(super) fn extents(outline: &LShape, axis: LengthAxis) -> [f64; 2] {
    let [first, second] = outline.extents();
    if axis == LengthAxis::First { [first, second] } else { [second, first] }
}

/// Share of the long side in what the sensor faces: 1 seen from the side, 0 from the end.
pub(super) fn facing(outline: &LShape, axis: LengthAxis) -> f64 {
    let u = f64::midpoint(outline.first[0], outline.first[1]);
    let v = f64::midpoint(outline.second[0], outline.second[1]);
    let (along, across) = if axis == LengthAxis::First { (u, v) } else { (v, u) };
    across.abs() / (along.abs() + across.abs()).max(1e-6)
}

/// Returns for each square metre that faces the sensor, were it one metre away; 1 at least.
fn density(shape: &Shape, along: f64, across: f64, facing: f64) -> f64 {
    let width = along * facing + across * (1.0 - facing);
    let face = width.max(0.1) * (shape.top - shape.low).max(0.1);
    (shape.points as f64 * shape.range * shape.range / face).max(1.0)
}

/// Tops of the parts along the length and across, the nearest to the sensor first.
fn tops(shape: &Shape, axis: LengthAxis) -> [[f64; PARTS]; 2] {
    let from_near = |mut tops: [f64; PARTS], interval: [f64; 2]| {
        if interval[0].abs() > interval[1].abs() {
            tops.reverse();
        }
        tops
    };
    let first = from_near(shape.tops[0], shape.outline.first);
    let second = from_near(shape.tops[1], shape.outline.second);
    if axis == LengthAxis::First { [first, second] } else { [second, first] }
}
