//! Lanes along the roads and through the junctions.

use super::plan::{ARM, BOX, Junction, Kind, Plan, Road};
use crate::math::sin_cos;
use crate::road::{Lane, OnPath, Path, Roads};
use std::f32::consts::PI;

/// Distance from the middle of a junction to the middle of its zebra crossings, metres.
pub(super) const ZEBRA: f32 = 13.5;
/// Distance from the middle of a junction to the lines where its arms give way, metres.
pub(super) const STOP: f32 = 16.5;

/// Where one road meets a junction: the lane that comes in and the one that goes out.
#[derive(Clone, Copy)]
struct Mouth {
    incoming: usize,
    outgoing: usize,
    main: bool,
}

/// The lanes of a plan and the way along its main road. `None` never happens for a plan
/// whose roads are longer than their junctions.
pub(super) fn lanes(plan: &Plan) -> Option<Roads> {
    let mut roads = Roads::default();
    let pieces = main_pieces(plan, &mut roads)?;
    roads.route.push(pieces[0][0]);
    for (i, junction) in plan.junctions.iter().enumerate() {
        let (before, after) = (pieces[i], pieces[i + 1]);
        let mut mouths = vec![
            Mouth { incoming: before[0], outgoing: before[1], main: true },
            Mouth { incoming: after[1], outgoing: after[0], main: true },
        ];
        for arm in junction.arms.iter().flatten() {
            mouths.push(arm_mouth(&plan.roads[*arm], junction, &mut roads)?);
        }
        let first = roads.lanes.len();
        connect(&mouths, &mut roads)?;
        give_way(&mouths, first, &mut roads);
        let straight =
            roads.lanes[before[0]].next.iter().find(|n| roads.lanes[**n].next[0] == after[0]);
        roads.route.extend([*straight?, after[0]]);
    }
    Some(roads)
}

/// Forward and backward lane of each piece of the main road between junctions.
fn main_pieces(plan: &Plan, roads: &mut Roads) -> Option<Vec<[usize; 2]>> {
    let ends = plan.junctions.iter().flat_map(|j| [j.station - BOX, j.station + BOX]);
    let ends: Vec<f32> = std::iter::once(0.0).chain(ends).chain([plan.length]).collect();
    let main = &plan.roads[0];
    let piece = |ends: &[f32]| {
        let middle = 0.5 * (ends[0] + ends[1]);
        let kind = plan.stretches.iter().find(|s| middle < s.to).map_or(Kind::Town, |s| s.kind);
        let mut add = |forward| lane(main, ends[0], ends[1], forward, kind.speed_limit(), roads);
        Some([add(true)?, add(false)?])
    };
    ends.chunks_exact(2).map(piece).collect()
}

/// Adds a lane of a road between two stations: to its right going up, to its left going
/// down.
fn lane(road: &Road, from: f32, to: f32, up: bool, speed: f32, roads: &mut Roads) -> Option<usize> {
    let left = if up { -road.lane / 2.0 } else { road.lane / 2.0 };
    let count = ((to - from) / 2.0).ceil().max(2.0) as usize;
    let mut points: Vec<[f32; 2]> = (0..=count)
        .map(|i| road.line.at(from + (to - from) * i as f32 / count as f32, left))
        .collect();
    if !up {
        points.reverse();
    }
    add(&points, road.lane, speed, roads)
}

fn add(points: &[[f32; 2]], width: f32, speed_limit: f32, roads: &mut Roads) -> Option<usize> {
    let path = Path::new(points)?;
    roads.lanes.push(Lane {
        path,
        width,
        next: vec![],
        speed_limit,
        stop_line: None,
        gives_way_to: vec![],
    });
    Some(roads.lanes.len() - 1)
}

fn arm_mouth(arm: &Road, junction: &Junction, roads: &mut Roads) -> Option<Mouth> {
    let speed = junction.kind.speed_limit().min(13.9);
    let incoming = lane(arm, BOX, ARM, false, speed, roads)?;
    let outgoing = lane(arm, BOX, ARM, true, speed, roads)?;
    let into = &mut roads.lanes[incoming];
    into.stop_line = Some(into.path.length() - (STOP - BOX));
    Some(Mouth { incoming, outgoing, main: false })
}

/// A curved lane from each mouth to each other; straight on comes first.
fn connect(mouths: &[Mouth], roads: &mut Roads) -> Option<()> {
    for (i, from) in mouths.iter().enumerate() {
        let mut ways = vec![];
        for (j, to) in mouths.iter().enumerate() {
            if i != j {
                let (start, end) = (end_of(from.incoming, roads), start_of(to.outgoing, roads));
                let turn = turn(start.heading, end.heading).abs();
                let (a, b) = (&roads.lanes[from.incoming], &roads.lanes[to.outgoing]);
                let speed = if turn < 0.5 { a.speed_limit.min(b.speed_limit) } else { 5.5 };
                let way = add(&curve(start, end), a.width.min(b.width), speed, roads)?;
                roads.lanes[way].next.push(to.outgoing);
                ways.push((turn, way));
            }
        }
        ways.sort_by(|a, b| a.0.total_cmp(&b.0));
        roads.lanes[from.incoming].next = ways.iter().map(|w| w.1).collect();
    }
    Some(())
}

fn end_of(lane: usize, roads: &Roads) -> OnPath {
    let path = &roads.lanes[lane].path;
    path.at(path.length())
}

fn start_of(lane: usize, roads: &Roads) -> OnPath {
    roads.lanes[lane].path.at(0.0)
}

/// The change of heading from one to the other in -π..=π, positive to the left.
pub(super) fn turn(from: f32, to: f32) -> f32 {
    let (sin, cos) = sin_cos(to - from);
    crate::math::atan2(sin, cos).clamp(-PI, PI)
}

/// A cubic Bézier curve that starts and ends in the given directions.
fn curve(from: OnPath, to: OnPath) -> Vec<[f32; 2]> {
    let (a, d) = (from.place, to.place);
    let span = ((d[0] - a[0]).powi(2) + (d[1] - a[1]).powi(2)).sqrt();
    let bend = turn(from.heading, to.heading);
    // A quarter of a circle has 0.39; those who turn right keep away from the kerb.
    let reach = span * (0.333 + if bend < 0.0 { 0.1 * -bend } else { 0.04 * bend });
    let ((sa, ca), (sd, cd)) = (sin_cos(from.heading), sin_cos(to.heading));
    let b = [a[0] + reach * ca, a[1] + reach * sa];
    let c = [d[0] - reach * cd, d[1] - reach * sd];
    let point = |i: u16| {
        let t = f32::from(i) / 20.0;
        let u = 1.0 - t;
        let (wa, wb, wc, wd) = (u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t);
        [0, 1].map(|k| wa * a[k] + wb * b[k] + wc * c[k] + wd * d[k])
    };
    (0..=20).map(point).collect()
}

/// Who waits for whom: the arms for the main road, those who turn left for those who come
/// towards them. The ways through the junction are the lanes from `first` on.
fn give_way(mouths: &[Mouth], first: usize, roads: &mut Roads) {
    let main: Vec<usize> = mouths.iter().filter(|m| m.main).map(|m| m.incoming).collect();
    let ways = |incoming: &usize| roads.lanes[*incoming].next.clone();
    let first_right: Vec<usize> = main.iter().copied().chain(main.iter().flat_map(ways)).collect();
    for mouth in mouths.iter().filter(|m| !m.main) {
        roads.lanes[mouth.incoming].gives_way_to.clone_from(&first_right);
    }
    for way in first..roads.lanes.len() {
        let (start, end) = (start_of(way, roads), end_of(way, roads));
        if turn(start.heading, end.heading) < 0.7 {
            continue;
        }
        let against =
            |m: &&Mouth| turn(end_of(m.incoming, roads).heading, start.heading).abs() > 2.4;
        let Some(opposite) = mouths.iter().find(against) else { continue };
        let straight = roads.lanes[opposite.incoming].next.first().copied();
        let others = std::iter::once(opposite.incoming).chain(straight).collect();
        let length = roads.lanes[way].path.length();
        roads.lanes[way].stop_line = Some(0.3 * length);
        roads.lanes[way].gives_way_to = others;
    }
}
