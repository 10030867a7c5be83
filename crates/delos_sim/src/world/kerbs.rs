//! Kerb stones, footways and zebra crossings, all from the line of the kerb.

use super::field::{Field, KERB, kerb_share};
use super::lanes::ZEBRA;
use super::line::square;
use super::plan::{ARM, BOX, Junction, Kind, RUN_OUT};
use crate::math::Vec3;
use crate::road::{Crossing, Path, Roads};
use crate::scene::{Pose, Solid};
use crate::shape::{Material, Mesh, Surface};
use std::sync::Arc;

/// Points of kerb in one mesh.
const CHUNK: usize = 24;

/// The kerb around each block of houses: along an arm, the main road and the next arm.
pub(super) fn lines(field: &Field) -> Vec<Vec<[f32; 2]>> {
    [0, 1].into_iter().flat_map(|side| blocks(field, side)).collect()
}

fn blocks(field: &Field, side: usize) -> Vec<Vec<[f32; 2]>> {
    let plan = &field.plan;
    let arms: Vec<(f32, usize)> =
        plan.junctions.iter().filter_map(|j| Some((j.station, j.arms[side]?))).collect();
    (0..=arms.len())
        .map(|i| {
            let before = if i == 0 { None } else { arms.get(i - 1).copied() };
            let after = arms.get(i).copied();
            let raw = block(field, side, before, after);
            raw.into_iter().map(|p| field.snap(p, 0.0)).collect()
        })
        .collect()
}

/// The raw line: near the kerb, with the corners cut.
fn block(
    field: &Field,
    side: usize,
    before: Option<(f32, usize)>,
    after: Option<(f32, usize)>,
) -> Vec<[f32; 2]> {
    let plan = &field.plan;
    let main = &plan.roads[0];
    let along_arm = |arm: usize, side: usize| -> Vec<[f32; 2]> {
        let road = &plan.roads[arm];
        (BOX as u16..=ARM as u16).map(|t| road.beside(side, f32::from(t), 0.0)).collect()
    };
    let from = before.map_or(-RUN_OUT, |b| b.0 + BOX);
    let to = after.map_or(plan.length + RUN_OUT, |a| a.0 - BOX);
    let mut points = vec![];
    if let Some((station, arm)) = before {
        points = along_arm(arm, 1 - side);
        points.reverse();
        let corner = main.beside(side, station + plan.roads[arm].lane, 0.0);
        let ends = (points.last().copied().unwrap_or(corner), main.beside(side, from, 0.0));
        points.extend(bend(ends.0, corner, ends.1));
    }
    let count = (to - from).max(1.0) as usize;
    points.extend(
        (0..=count).map(|i| main.beside(side, from + (to - from) * i as f32 / count as f32, 0.0)),
    );
    if let Some((station, arm)) = after {
        let corner = main.beside(side, station - plan.roads[arm].lane, 0.0);
        let next = along_arm(arm, side);
        let ends = (main.beside(side, to, 0.0), next.first().copied().unwrap_or(corner));
        points.extend(bend(ends.0, corner, ends.1));
        points.extend(next);
    }
    points
}

/// Points between two ends, bent towards a corner.
fn bend(from: [f32; 2], corner: [f32; 2], to: [f32; 2]) -> Vec<[f32; 2]> {
    let point = |i: u16| {
        let t = f32::from(i) / 12.0;
        let u = 1.0 - t;
        [0, 1].map(|k| u * u * from[k] + 2.0 * u * t * corner[k] + t * t * to[k])
    };
    (1..12).map(point).collect()
}

/// Footways beside the kerb lines; they end where the road has none.
pub(super) fn footways(field: &Field, lines: &[Vec<[f32; 2]>]) -> Vec<Path> {
    let mut paths = vec![];
    for line in lines {
        let mut run: Vec<[f32; 2]> = vec![];
        for kerb in line {
            let width = field.here(*kerb).section.footway;
            if width > 1.0 {
                run.push(field.snap(*kerb, width / 2.0));
            } else {
                paths.extend(Path::new(&std::mem::take(&mut run)));
            }
        }
        paths.extend(Path::new(&run));
    }
    paths.retain(|path| path.length() > 10.0);
    paths
}

/// Kerb stones along the kerb lines: a face towards the road and a top.
pub(super) fn stones(field: &Field, lines: &[Vec<[f32; 2]>]) -> Vec<Solid> {
    let mut solids = vec![];
    for line in lines {
        let sparse = thin(line);
        for chunk in 0..sparse.len().div_ceil(CHUNK) {
            let end = ((chunk + 1) * CHUNK + 1).min(sparse.len());
            solids.extend(chunk_of_stones(field, &sparse[chunk * CHUNK..end]));
        }
    }
    solids
}

/// Leaves out points that lie on a straight line, up to 5 m of it.
fn thin(line: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut kept: Vec<[f32; 2]> = line.first().copied().into_iter().collect();
    let mut last = 0;
    for i in 1..line.len() {
        let next = line[(i + 1).min(line.len() - 1)];
        let straight = (last + 1..=i).all(|k| beside(line[last], next, line[k]) < 0.012);
        if i + 1 == line.len() || !straight || square(line[last], next) > 25.0 {
            kept.push(line[i]);
            last = i;
        }
    }
    kept
}

/// Distance of a place from the straight line through two others.
fn beside(a: [f32; 2], b: [f32; 2], place: [f32; 2]) -> f32 {
    let length = square(a, b).sqrt().max(1e-6);
    ((b[0] - a[0]) * (place[1] - a[1]) - (b[1] - a[1]) * (place[0] - a[0])).abs() / length
}

fn chunk_of_stones(field: &Field, line: &[[f32; 2]]) -> Option<Solid> {
    let first = *line.first()?;
    let origin = Vec3::new(first[0], first[1], field.relief.height(first[0], first[1]));
    let mut mesh = Mesh::default();
    let stone = mesh.surface(Surface::new(Material::Kerb, [150, 148, 142]));
    let profile = |place: &[f32; 2]| {
        let [x, y] = *place;
        let [ox, oy] = field.outward(*place);
        let height = KERB * kerb_share(&field.here(*place).section);
        let foot = Vec3::new(x, y, field.relief.height(x, y)) - origin;
        let edge = foot + Vec3::new(0.0, 0.0, height + 0.015);
        (
            height,
            [foot - Vec3::new(0.0, 0.0, 0.06), edge, edge + Vec3::new(0.28 * ox, 0.28 * oy, 0.004)],
        )
    };
    let profiles: Vec<(f32, [Vec3; 3])> = line.iter().map(profile).collect();
    for pair in profiles.windows(2) {
        let ((ha, a), (hb, b)) = (pair[0], pair[1]);
        if ha.min(hb) > 0.03 {
            mesh.pane(&[a[0], b[0], b[1], a[1]], stone);
            mesh.pane(&[a[1], b[1], b[2], a[2]], stone);
        }
    }
    let solid =
        Solid { mesh: Arc::new(mesh), pose: Pose::new(origin, 0.0, 0.0, 0.0), object: None };
    (!solid.mesh.triangles.is_empty()).then_some(solid)
}

/// Zebra crossings over every road at the junctions that have footways.
pub(super) fn crossings(field: &Field, roads: &Roads) -> Vec<Crossing> {
    let built_up = field.plan.junctions.iter().filter(|j| j.kind != Kind::Country);
    built_up
        .flat_map(|junction| places(field, junction))
        .filter_map(|(a, b)| crossing(a, b, roads))
        .collect()
}

/// Both ends of the crossings of a junction.
fn places(field: &Field, junction: &Junction) -> Vec<([f32; 2], [f32; 2])> {
    let plan = &field.plan;
    let mut places: Vec<_> = [-ZEBRA, ZEBRA]
        .into_iter()
        .map(|d| [0, 1].map(|side| plan.roads[0].beside(side, junction.station + d, 0.3)))
        .collect();
    for arm in junction.arms.iter().flatten() {
        places.push([0, 1].map(|side| plan.roads[*arm].beside(side, ZEBRA, 0.3)));
    }
    places.into_iter().map(|[a, b]| (a, b)).collect()
}

fn crossing(a: [f32; 2], b: [f32; 2], roads: &Roads) -> Option<Crossing> {
    let path = Path::new(&[a, b])?;
    let lanes = roads.lanes.iter().enumerate().filter_map(|(i, lane)| {
        let (along, _) = lane.path.project(path.at(path.length() / 2.0).place);
        let (walked, beside) = path.project(lane.path.at(along).place);
        let on_it = beside.abs() < 0.5 && walked > 0.3 && walked < path.length() - 0.3;
        on_it.then_some((i, along))
    });
    Some(Crossing { lanes: lanes.collect(), path })
}
