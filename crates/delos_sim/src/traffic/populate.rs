//! Who is on the road at the start, and where.

use crate::random::Random;
use crate::shapes::Body;
use crate::traffic::flat::{Flat, distance};
use crate::traffic::vehicle::{Halt, Stage, Vehicle, half};
use crate::traffic::walker::Walker;
use crate::traffic::walks::{Walk, walks};
use crate::traffic::way::Way;
use crate::traffic::{Parked, Sim};
use delos_core::ObjectClass;

/// Places for road users that are free at the start.
#[derive(Debug)]
struct Places {
    /// Lane and metres along it, those not far ahead of the vehicle first.
    lanes: Vec<(usize, f32)>,
    /// Cars that fit into spots.
    parked: Vec<(Flat, Body)>,
    /// Walk and metres along it.
    walks: Vec<(Walk, f32)>,
}

/// How many of each kind.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counts {
    lanes: usize,
    parked: usize,
    walks: usize,
}

/// Fills the road; `Err` with the room there is when it does not hold this many.
pub(crate) fn populate(sim: &mut Sim, actors: Option<usize>) -> Result<(), usize> {
    let mut random = Random::new(sim.seed, 0x9a7);
    let places = places(sim, &mut random);
    let room = Counts {
        lanes: places.lanes.len(),
        parked: places.parked.len(),
        walks: places.walks.len(),
    };
    let counts = share(room, actors, &mut random).ok_or(room.lanes + room.parked + room.walks)?;
    for (flat, body) in places.parked.into_iter().take(counts.parked) {
        let id = sim.name(body);
        sim.parked.push(Parked { id, flat });
    }
    let every = room.lanes as f32 / counts.lanes.max(1) as f32;
    for i in 0..counts.lanes {
        let (lane, station) = places.lanes[(i as f32 * every) as usize];
        let mut class = sim.mix.next();
        if class != ObjectClass::Car && is_next_ahead(sim, lane, station) {
            sim.mix.put_back(class);
            class = ObjectClass::Car;
        }
        match vehicle(sim, class, lane, station, &mut random) {
            Some(vehicle) => sim.vehicles.push(vehicle),
            None => sim.mix.put_back(class),
        }
    }
    // Walkers make up for vehicles that found no room.
    let wanted = counts.lanes + counts.parked + counts.walks;
    for (walk, station) in places.walks {
        if sim.vehicles.len() - 1 + sim.parked.len() + sim.walkers.len() < wanted {
            let walker = walker(sim, walk, station, &mut random);
            sim.walkers.extend(walker);
        }
    }
    Ok(())
}

/// The vehicle follows a car at first: behind a bus it would see little of the drive.
const NEXT_AHEAD_M: f32 = 60.0;

fn is_next_ahead(sim: &Sim, lane: usize, station: f32) -> bool {
    let way = &sim.vehicles[0].way;
    let gap = station - way.station;
    way.lanes.first() == Some(&lane) && (0.0..NEXT_AHEAD_M).contains(&gap)
}

/// Fewest road users of a drive that names no number, where there is room.
const FEWEST: usize = 40;

/// Shares the road users out: as many as asked for, else as suits the road. `None` when
/// there is no room for them.
fn share(room: Counts, actors: Option<usize>, random: &mut Random) -> Option<Counts> {
    let of = |count: usize, fraction: f32| (count as f32 * fraction).round() as usize;
    let suits = Counts {
        lanes: of(room.lanes, 0.62),
        parked: of(room.parked, random.range(0.58, 0.84)),
        walks: of(room.walks, 0.5),
    };
    let sum = suits.lanes + suits.parked + suits.walks;
    let all = room.lanes + room.parked + room.walks;
    let wanted = actors.unwrap_or(sum.max(FEWEST).min(all));
    if wanted > all {
        return None;
    }
    let scale = wanted as f32 / sum.max(1) as f32;
    let lanes = of(suits.lanes, scale).min(room.lanes).min(wanted);
    let walks = of(suits.walks, scale).min(room.walks).min(wanted - lanes);
    let parked = (wanted - lanes - walks).min(room.parked);
    let more = wanted - lanes - walks - parked;
    let more_walks = more.min(room.walks - walks);
    Some(Counts { lanes: lanes + more - more_walks, parked, walks: walks + more_walks })
}

fn places(sim: &mut Sim, random: &mut Random) -> Places {
    let parked = parked(sim, random);
    let flats: Vec<Flat> = parked.iter().map(|(flat, _)| *flat).collect();
    let (along, over, crossings) = walks(&sim.roads, &flats, random);
    sim.crossings = crossings;
    Places { lanes: lane_places(sim, random), parked, walks: walk_places(along, over, random) }
}

/// Cars in spots, in random order, none in the way of a lane.
fn parked(sim: &Sim, random: &mut Random) -> Vec<(Flat, Body)> {
    let mut found: Vec<(Flat, Body)> = Vec::new();
    let mut spots = sim.roads.spots.clone();
    shuffle(&mut spots, random);
    for spot in spots {
        let class = if random.chance(0.1) { ObjectClass::Van } else { ObjectClass::Car };
        let Some(body) = sim.garage.pick(class, random).cloned() else { continue };
        let back = if random.chance(0.2) { std::f32::consts::PI } else { 0.0 };
        let heading = spot.heading + back + random.normal(0.0, 0.026).clamp(-0.052, 0.052);
        let shift = [random.range(-0.25, 0.25), random.range(-0.25, 0.25)];
        let place = [spot.place[0] + shift[0], spot.place[1] + shift[1]];
        let flat = Flat::new(place, heading, half(&body.size));
        let fits = 2.0 * flat.half[0] + 0.3 <= spot.length && is_off_lanes(&flat, sim);
        if fits && !found.iter().any(|(f, _)| f.grown(0.1).overlaps(&flat.grown(0.1))) {
            found.push((flat, body));
        }
    }
    found
}

/// Half the width of a lane that parked cars leave free, metres.
const FREE_HALF_M: f32 = 1.5;

fn is_off_lanes(flat: &Flat, sim: &Sim) -> bool {
    let middles = [flat.at(0.0, flat.half[1]), flat.at(0.0, -flat.half[1])];
    let points = flat.corners().into_iter().chain(middles);
    points.into_iter().all(|p| {
        sim.roads.lanes.iter().all(|lane| {
            let (station, _) = lane.path.project(p);
            distance(lane.path.at(station).place, p) > FREE_HALF_M
        })
    })
}

fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for i in (1..items.len()).rev() {
        items.swap(i, random.below(i + 1));
    }
}

/// Distance between two vehicles at the start, metres.
const SPACING_M: f32 = 19.0;
/// Space around the vehicle itself at the start, metres.
const ALONE_M: f32 = 18.0;

/// Places are taken from this far ahead of the vehicle on, metres.
const AHEAD_M: f32 = 40.0;

fn lane_places(sim: &Sim, random: &mut Random) -> Vec<(usize, f32)> {
    let ego = sim.vehicles[0].flat(&sim.network);
    let mut taken: Vec<[f32; 2]> = Vec::new();
    let mut found = Vec::new();
    for (number, lane) in sim.roads.lanes.iter().enumerate() {
        let end = lane.stop_line.map_or(sim.network.length(number), |s| s - 4.0) - 12.0;
        let mut station = random.range(1.0, 8.0);
        while station < end {
            let place = sim.network.at(&[number], station + 4.0).place;
            let free = !taken
                .iter()
                .any(|t| distance(*t, place) < SPACING_M - 4.0 && !is_other_side(sim, number, *t));
            if free && distance(place, ego.place) > ALONE_M {
                found.push((number, station));
                taken.push(place);
            }
            station += SPACING_M + random.range(0.0, 5.0);
        }
    }
    let away = |(lane, station): &(usize, f32)| {
        distance(sim.network.at(&[*lane], *station).place, ego.at(AHEAD_M, 0.0))
    };
    found.sort_by(|a, b| away(a).total_cmp(&away(b)));
    found
}

/// Whether a place lies clearly beside a lane, as that of an oncoming vehicle does.
fn is_other_side(sim: &Sim, lane: usize, place: [f32; 2]) -> bool {
    let path = &sim.roads.lanes[lane].path;
    let (station, _) = path.project(place);
    distance(path.at(station).place, place) > 3.0
}

fn walk_places(along: Vec<Walk>, over: Vec<Walk>, random: &mut Random) -> Vec<(Walk, f32)> {
    let mut found = Vec::new();
    for walk in over {
        let start = walk.leg.map_or(0.0, |leg| leg.from);
        let station = (start - random.range(1.0, 30.0)).max(0.0);
        found.push((walk, station));
    }
    for walk in along {
        let mut station = random.range(1.0, 8.0);
        while station < walk.path.length() {
            found.push((walk.clone(), station));
            station += random.range(7.0, 16.0);
        }
    }
    shuffle(&mut found, random);
    found
}

/// A vehicle on a lane; `None` where something is in the way.
pub(crate) fn vehicle(
    sim: &mut Sim,
    class: ObjectClass,
    lane: usize,
    station: f32,
    random: &mut Random,
) -> Option<Vehicle> {
    let body = sim.garage.pick(class, random)?.clone();
    let id = sim.next_id();
    let mut own = Random::new(sim.seed, 0x1000 + u64::from(id));
    let limit = sim.roads.lanes.get(lane)?;
    let (wish, home) = habits(class, limit.width, &mut own);
    let halt =
        own.chance(0.2).then(|| Halt { at: own.range(15.0, 120.0), seconds: own.range(4.0, 12.0) });
    let halt = halt.filter(|_| class != ObjectClass::Cyclist);
    let mut vehicle = Vehicle {
        id,
        class,
        half: half(&body.size),
        way: Way { lanes: vec![lane], station, plan: Vec::new() },
        speed: 0.0,
        left: home,
        home,
        wish,
        driven: 0.0,
        halt,
        decided: Vec::new(),
        stage: Stage::Asleep,
        random: own,
    };
    vehicle.speed = start_speed(sim, &mut vehicle);
    let mut flat = vehicle.flat(&sim.network).grown(0.1);
    flat.half[0] += 1.0;
    let free = sim.rectangles().iter().all(|other| !other.overlaps(&flat));
    free.then(|| {
        sim.name(body);
        vehicle
    })
}

/// The speed at the start: calm enough for the bends and stop lines ahead.
fn start_speed(sim: &Sim, vehicle: &mut Vehicle) -> f32 {
    let reach = 60.0;
    let large = vehicle.is_large();
    vehicle.way.extend(reach, &sim.roads, &sim.network, &mut vehicle.random, large);
    let outlook = crate::traffic::way::Outlook::new(&vehicle.way, &sim.network, 5.0, reach);
    let limit = vehicle.way.lanes.first().and_then(|l| sim.roads.lanes.get(*l));
    let limit = limit.map_or(8.0, |l| l.speed_limit);
    let line = crate::traffic::junction::stop_line(vehicle, &sim.roads, &sim.network);
    let stop = line.map_or(f32::INFINITY, |(_, gap)| (2.0 * gap.max(0.0)).sqrt());
    0.8 * vehicle.speed_for(limit, &outlook).min(stop)
}

/// Wanted speed (m/s) and place across the lane (metres left of its middle).
fn habits(class: ObjectClass, lane_width: f32, random: &mut Random) -> (f32, f32) {
    match class {
        ObjectClass::Cyclist => {
            (random.range(4.0, 6.5), -(lane_width / 2.0 - random.range(0.45, 0.6)).max(0.0))
        }
        ObjectClass::Truck | ObjectClass::Bus => (random.range(8.5, 12.0), 0.0),
        _ => (random.range(9.5, 14.5), random.normal(0.0, 0.08)),
    }
}

/// A person on a walk; `None` where something is in the way.
fn walker(sim: &mut Sim, walk: Walk, station: f32, random: &mut Random) -> Option<Walker> {
    let body = sim.garage.pick(ObjectClass::Pedestrian, random)?.clone();
    let back = walk.leg.is_none() && random.chance(0.5);
    let length = walk.path.length();
    let path = if back { walk.path.reversed()? } else { walk.path };
    let home = random.range(-0.6, 0.1);
    // Those on a way of their own keep to its line; a few of the others stand about.
    let pause = match random.unit() {
        u if walk.leg.is_some() || u > 0.35 => 0.0,
        u if u > 0.18 => random.range(3.0, 20.0),
        _ => 1e6,
    };
    let walker = Walker {
        id: sim.next_id(),
        half: half(&body.size),
        walk: path,
        leg: walk.leg,
        station: 0.0,
        place: [0.0; 2],
        heading: 0.0,
        left: home,
        home,
        wish: random.normal(1.3, 0.25).clamp(0.6, 2.2),
        speed: 0.0,
        walked: random.range(0.0, 3.0),
        pause,
        waited: 0.0,
        stage: Stage::Asleep,
    };
    let mut walker = walker.set_out(if back { length - station } else { station });
    if sim.roads.crossings.iter().any(|c| is_at_end(&c.path, walker.place)) {
        walker.pause = 0.0;
    }
    if walker.pause > 1e5 {
        walker.heading += random.range(-2.0, 2.0);
    }
    let flat = walker.flat().grown(0.1);
    let free = sim.rectangles().iter().all(|other| !other.overlaps(&flat));
    free.then(|| {
        sim.name(body);
        walker
    })
}

/// Whether a place is where people wait to cross.
fn is_at_end(crossing: &crate::road::Path, place: [f32; 2]) -> bool {
    [0.0, crossing.length()].iter().any(|end| distance(crossing.at(*end).place, place) < 4.0)
}
