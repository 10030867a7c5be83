//! What stands beside which kind of road, and how densely.

use super::Frontage;
use super::yard::{Rect, Yard, Zone};
use crate::math::Vec3;
use crate::random::Random;
use crate::shape::Mesh;
use crate::world::clutter::{self, Edge, Kind};
use crate::world::plan;
use crate::world::plants::{self, Hedge, Plant};
use std::f32::consts::PI;
use std::sync::Arc;

/// Length of a panel of a wall or fence, metres.
const PANEL: f32 = 3.0;

/// Houses and halls in rows with gaps.
pub(super) fn buildings(yard: &mut Yard, frontage: &Frontage) {
    let (gap, behind) = match frontage.kind {
        plan::Kind::Town => ([0.5, 7.0], [3.0, 5.0]),
        plan::Kind::Suburb => ([4.0, 12.0], [5.0, 11.0]),
        plan::Kind::Industry => ([6.0, 22.0], [9.0, 14.0]),
        plan::Kind::Country => ([60.0, 140.0], [12.0, 25.0]),
    };
    let mut station = frontage.from + yard.random.range(0.0, gap[1]);
    while station < frontage.to {
        let (kind, mesh) = building(frontage.kind, yard.random);
        let half = mesh.bounds().map_or(Vec3::zeros(), |(_, high)| high);
        station += half.x;
        let depth = yard.random.range(behind[0], behind[1]) + half.y;
        let (place, yaw) = yard.place(frontage, station, depth);
        let stands = station < frontage.to && yard.put(kind, mesh, place, yaw, Zone::Behind);
        station += if stands { half.x + yard.random.range(gap[0], gap[1]) } else { 3.0 };
    }
}

fn building(kind: plan::Kind, random: &mut Random) -> (Kind, Mesh) {
    let width = random.range(9.0, 15.0);
    match kind {
        plan::Kind::Industry if random.chance(0.85) => (Kind::Hall, clutter::hall(random)),
        plan::Kind::Town => {
            let floors = 2 + random.below(4);
            (Kind::House, clutter::dwelling(random, [width + 2.0, 11.0], floors))
        }
        _ => {
            let floors = 1 + random.below(2);
            (Kind::House, clutter::dwelling(random, [width - 1.0, 9.0], floors))
        }
    }
}

/// Does something every few metres of a frontage.
fn every(
    yard: &mut Yard,
    frontage: &Frontage,
    step: [f32; 2],
    mut act: impl FnMut(&mut Yard, f32),
) {
    let mut station =
        frontage.from + yard.random.range(0.2, 1.0) * step[1].min(frontage.to - frontage.from);
    while station < frontage.to {
        act(yard, station);
        station += yard.random.range(step[0], step[1]);
    }
}

/// How far apart things of a kind stand along a kind of road, metres, if at all.
const fn spacing(kind: Kind, road: plan::Kind) -> Option<[f32; 2]> {
    use plan::Kind::{Country, Industry, Suburb, Town};
    match (kind, road) {
        (Kind::Pole, Town | Industry) => Some([26.0, 32.0]),
        (Kind::Pole, Suburb) => Some([34.0, 44.0]),
        (Kind::Sign, Country) => Some([45.0, 90.0]),
        (Kind::Sign, _) => Some([22.0, 50.0]),
        (Kind::Bin, Town) => Some([18.0, 40.0]),
        (Kind::Bin, Suburb) => Some([14.0, 28.0]),
        (Kind::Cabinet, Town | Suburb | Industry) => Some([40.0, 90.0]),
        (Kind::Shelter, Town | Suburb) => Some([70.0, 120.0]),
        (Kind::Container, Town | Suburb) => Some([60.0, 120.0]),
        (Kind::Container, Industry) => Some([9.0, 24.0]),
        (Kind::Shed, Suburb) => Some([22.0, 48.0]),
        (Kind::Shed, Country) => Some([60.0, 140.0]),
        (Kind::Bollard, Town) => Some([30.0, 64.0]),
        (Kind::Bush, Town) => Some([22.0, 45.0]),
        (Kind::Bush, Suburb) => Some([12.0, 26.0]),
        (Kind::Bush, Industry) => Some([14.0, 32.0]),
        (Kind::Bush, Country) => Some([9.0, 20.0]),
        (Kind::Tree, Town) => Some([16.0, 34.0]),
        (Kind::Tree, Suburb | Industry) => Some([14.0, 30.0]),
        (Kind::Tree, Country) => Some([9.0, 22.0]),
        (Kind::Conifer, Suburb) => Some([30.0, 60.0]),
        (Kind::Conifer, Country) => Some([16.0, 36.0]),
        _ => None,
    }
}

/// Posts, signs, bins, boxes, shelters, containers, sheds, bollards.
pub(super) fn street(yard: &mut Yard, frontage: &Frontage) {
    let lamp = Arc::new(clutter::pole(yard.random));
    if let Some(step) = spacing(Kind::Pole, frontage.kind) {
        every(yard, frontage, step, |yard, station| {
            let (middle, yaw) = yard.at_kerb(frontage, station, 0.5);
            yard.put_shared(
                Kind::Pole,
                &lamp,
                Rect { middle, half: [0.15; 2], yaw },
                Zone::Footway,
            );
        });
    }
    let kinds = [Kind::Shelter, Kind::Container, Kind::Shed, Kind::Cabinet, Kind::Sign, Kind::Bin];
    for kind in kinds {
        if let Some(step) = spacing(kind, frontage.kind) {
            every(yard, frontage, step, |yard, station| {
                put_one(yard, frontage, kind, station);
            });
        }
    }
    if let Some(step) = spacing(Kind::Bollard, frontage.kind) {
        every(yard, frontage, step, |yard, station| {
            bollards(yard, frontage, station);
        });
    }
}

/// Puts one thing of a kind near a station, at a distance from the road that suits it.
fn put_one(yard: &mut Yard, frontage: &Frontage, kind: Kind, station: f32) -> bool {
    let random = &mut *yard.random;
    let (mesh, behind, turn) = match kind {
        Kind::House => (clutter::house(random), random.range(10.0, 20.0), 0.0),
        Kind::Hall => (clutter::hall(random), random.range(18.0, 26.0), 0.0),
        Kind::Shed => (clutter::shed(random), random.range(4.0, 14.0), random.normal(0.0, 0.2)),
        Kind::Container => {
            (clutter::container(random), random.range(1.6, 8.0), random.normal(0.0, 0.3))
        }
        Kind::Cabinet => (clutter::cabinet(random), random.range(0.4, 0.7), 0.0),
        Kind::Shelter => (clutter::shelter(random), 1.05, 0.0),
        Kind::Bin => (clutter::bin(random), random.range(0.4, 1.2), 0.0),
        Kind::Sign => (clutter::sign(random), random.range(0.35, 1.0), PI),
        Kind::Bollard => return bollards(yard, frontage, station) > 0,
        Kind::Pole => (clutter::pole(random), 0.4, 0.0),
        Kind::Wall | Kind::Fence | Kind::GuardRail => {
            let edge = edge_of(kind, random);
            return run(yard, frontage, [station, station + 9.0], 0.5, edge) > 0;
        }
        _ => return grow_one(yard, frontage, kind, station),
    };
    let (place, yaw) = yard.place(frontage, station, behind);
    yard.put(kind, mesh, place, yaw + turn, Zone::Behind)
}

fn edge_of(kind: Kind, random: &mut Random) -> Edge {
    match kind {
        Kind::Wall => Edge::wall(random),
        Kind::Fence => Edge::fence(random),
        _ => Edge::Rail,
    }
}

/// A row of bollards along the kerb; returns how many.
fn bollards(yard: &mut Yard, frontage: &Frontage, station: f32) -> usize {
    let mesh = Arc::new(clutter::bollard(yard.random));
    let count = 3 + yard.random.below(4);
    let mut put = 0;
    for i in 0..count {
        let (middle, yaw) = yard.at_kerb(frontage, station + 1.6 * i as f32, 0.45);
        let rect = Rect { middle, half: [0.1; 2], yaw };
        put += usize::from(yard.put_shared(Kind::Bollard, &mesh, rect, Zone::Footway));
    }
    put
}

/// Garden walls, fences, hedges, guard rails in runs with gaps for gates.
pub(super) fn edges(yard: &mut Yard, frontage: &Frontage) {
    let mut station = frontage.from + yard.random.range(0.0, 10.0);
    while station < frontage.to {
        let length = yard.random.range(8.0, 26.0);
        let ends = [station, (station + length).min(frontage.to)];
        one_run(yard, frontage, ends);
        station += length + yard.random.range(2.5, 9.0);
    }
}

fn one_run(yard: &mut Yard, frontage: &Frontage, ends: [f32; 2]) {
    let dice = yard.random.unit();
    let near = yard.random.range(0.25, 0.7);
    match frontage.kind {
        plan::Kind::Town if dice < 0.35 => {
            let edge = clutter::garden(yard.random);
            run(yard, frontage, ends, near, edge);
        }
        plan::Kind::Town if dice < 0.5 => hedge(yard, frontage, ends, near + 0.4),
        plan::Kind::Suburb if dice < 0.5 => {
            let edge = clutter::garden(yard.random);
            run(yard, frontage, ends, near, edge);
        }
        plan::Kind::Suburb if dice < 0.75 => hedge(yard, frontage, ends, near + 0.4),
        plan::Kind::Industry if dice < 0.6 => {
            let edge = clutter::garden(yard.random);
            run(yard, frontage, ends, near + 0.5, edge);
        }
        plan::Kind::Industry if dice < 0.7 => hedge(yard, frontage, ends, near + 1.0),
        plan::Kind::Country if dice < 0.4 => {
            run(yard, frontage, ends, near + 0.3, Edge::Rail);
        }
        plan::Kind::Country if dice < 0.6 => hedge(yard, frontage, ends, 10.0 * near),
        plan::Kind::Country if dice < 0.75 => {
            let edge = Edge::fence(yard.random);
            run(yard, frontage, ends, 12.0 * near, edge);
        }
        _ => {}
    }
}

/// Panels from one station to another; returns how many.
fn run(yard: &mut Yard, frontage: &Frontage, ends: [f32; 2], behind: f32, edge: Edge) -> usize {
    let mesh = Arc::new(edge.panel(PANEL + 0.01));
    let count = ((ends[1] - ends[0]) / PANEL).max(0.0) as u16;
    let mut put = 0;
    for i in 0..count {
        let station = ends[0] + PANEL * (f32::from(i) + 0.5);
        let (middle, yaw) = yard.place(frontage, station, behind);
        let rect = Rect { middle, half: [PANEL / 2.0 - 0.06, 0.12], yaw };
        put += usize::from(yard.put_shared(edge.kind(), &mesh, rect, Zone::Behind));
    }
    put
}

fn hedge(yard: &mut Yard, frontage: &Frontage, ends: [f32; 2], behind: f32) {
    let style = Hedge::new(yard.random);
    let mut station = ends[0];
    while station < ends[1] {
        let (middle, yaw) = yard.place(frontage, station, behind + 0.25);
        let rect = Rect { middle, half: [0.6, 0.3], yaw };
        yard.plant(Kind::Hedge, rect, |random, foot| Plant {
            volumes: vec![style.piece(random, foot, yaw)],
            trunk: None,
        });
        station += 1.35;
    }
}

/// Bushes and trees.
pub(super) fn plants(yard: &mut Yard, frontage: &Frontage) {
    for kind in [Kind::Bush, Kind::Tree, Kind::Conifer] {
        if let Some(step) = spacing(kind, frontage.kind) {
            every(yard, frontage, step, |yard, station| {
                let row = if kind == Kind::Bush && yard.random.chance(0.2) { 3_u8 } else { 1 };
                for i in 0..row {
                    grow_one(yard, frontage, kind, station + 5.2 * f32::from(i));
                }
            });
        }
    }
}

fn grow_one(yard: &mut Yard, frontage: &Frontage, kind: Kind, station: f32) -> bool {
    let random = &mut *yard.random;
    let (behind, half) = match kind {
        Kind::Bush => (random.range(1.2, 9.0), [1.9, 0.9]),
        Kind::Hedge => (random.range(0.6, 4.0), [1.2, 0.4]),
        Kind::Conifer => (random.range(3.0, 24.0), [0.6, 0.6]),
        _ => (random.range(1.6, 16.0), [0.4, 0.4]),
    };
    let turn = if kind == Kind::Bush { random.normal(0.0, 0.25) } else { 0.0 };
    let (middle, yaw) = yard.place(frontage, station, behind);
    let yaw = yaw + turn;
    let rect = Rect { middle, half, yaw };
    yard.plant(kind, rect, |random, foot| match kind {
        Kind::Bush => plants::bush(random, foot, yaw),
        Kind::Hedge => plants::hedge(random, foot, yaw),
        Kind::Conifer => plants::conifer(random, foot),
        _ => plants::tree(random, foot),
    })
}

/// Tries places until the world has one thing of this kind.
pub(super) fn at_least_one(yard: &mut Yard, frontages: &[Frontage], kind: Kind) {
    for _ in 0..200 {
        if yard.count(kind) > 0 {
            return;
        }
        let Some(frontage) = yard.random.pick(frontages).copied() else { return };
        let station = yard.random.range(frontage.from, frontage.to);
        put_one(yard, &frontage, kind, station);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_road_has_plants_and_signs() {
        for road in
            [plan::Kind::Town, plan::Kind::Suburb, plan::Kind::Industry, plan::Kind::Country]
        {
            for kind in [Kind::Bush, Kind::Tree, Kind::Sign] {
                let step = spacing(kind, road).expect("they stand everywhere");
                assert!(step[0] > 0.0 && step[0] < step[1]);
            }
        }
    }
}
