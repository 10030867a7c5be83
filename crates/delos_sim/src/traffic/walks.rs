//! Where people walk: along footways, over crossings, and over the road elsewhere.

use crate::random::Random;
use crate::road::{Path, Roads};
use crate::traffic::crossing::Crossings;
use crate::traffic::flat::{Flat, distance};
use crate::traffic::walker::Leg;

/// A line to walk along.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub(crate) path: Path,
    pub(crate) leg: Option<Leg>,
}

/// All walks of a map, with the crossings they use: those along footways first.
pub(crate) fn walks(
    roads: &Roads,
    parked: &[Flat],
    random: &mut Random,
) -> (Vec<Walk>, Vec<Walk>, Crossings) {
    let mut crossings = Crossings::default();
    let along = roads.footways.iter().map(|path| Walk { path: path.clone(), leg: None }).collect();
    let mut over = Vec::new();
    for crossing in &roads.crossings {
        if let Some(number) = crossings.add(&crossing.path, true, roads) {
            let leg = (number, &crossing.path);
            over.extend((0..4).filter_map(|i| over_crossing(roads, leg, i % 2 == 1, random)));
        }
    }
    for path in informal(roads, parked, random) {
        if let Some(number) = crossings.add(&path, false, roads) {
            over.extend(over_crossing(roads, (number, &path), random.chance(0.5), random));
        }
    }
    (along, over, crossings)
}

/// From a footway over a crossing to the other footway.
fn over_crossing(
    roads: &Roads,
    (crossing, path): (usize, &Path),
    back: bool,
    random: &mut Random,
) -> Option<Walk> {
    let line = if back { path.reversed()? } else { path.clone() };
    let (start, end) = (line.at(0.0).place, line.at(line.length()).place);
    let mut points = footway_part(roads, start, random);
    points.reverse();
    points.push(line.at(-0.7).place);
    let before: f32 = length(&points) + 0.7;
    points.extend(line.points());
    points.push(line.at(line.length() + 0.7).place);
    points.extend(footway_part(roads, end, random));
    let walk = Path::new(&points)?;
    // The walk may begin at the kerb: then the first piece has no length of its own.
    let leg = Leg { crossing, from: before - 0.25, to: before + line.length() + 0.3, back };
    Some(Walk { path: walk, leg: Some(leg) })
}

fn length(points: &[[f32; 2]]) -> f32 {
    points.windows(2).map(|p| distance(p[0], p[1])).sum()
}

/// A stretch of the nearest footway, from near this place away to one side.
fn footway_part(roads: &Roads, place: [f32; 2], random: &mut Random) -> Vec<[f32; 2]> {
    let near = roads.footways.iter().map(|path| {
        let (station, _) = path.project(place);
        (distance(path.at(station).place, place), station, path)
    });
    let nearest = near.min_by(|a, b| a.0.total_cmp(&b.0)).filter(|(away, ..)| *away < 5.0);
    let Some((_, station, path)) = nearest else { return Vec::new() };
    let sign = if random.chance(0.5) { 1.0 } else { -1.0 };
    let room = |sign: f32| if sign > 0.0 { path.length() - station } else { station };
    let sign = if room(sign) < 5.0 { -sign } else { sign };
    let far = room(sign).min(random.range(6.0, 45.0));
    let steps = (far / 2.0).floor() as usize;
    // Cuts the corner a little: the first place is a step along the footway.
    (1..=steps).map(|i| path.at(station + sign * 2.0 * i as f32).place).collect()
}

/// Lines over the road away from marked crossings, between footways that face each other
/// and clear of parked cars.
fn informal(roads: &Roads, parked: &[Flat], random: &mut Random) -> Vec<Path> {
    let mut lines = Vec::new();
    for (i, a) in roads.footways.iter().enumerate() {
        let mut station = random.range(15.0, 60.0);
        while station < a.length() - 10.0 {
            let start = a.at(station).place;
            let facing = roads.footways[i + 1..].iter().filter_map(|b| {
                let end = b.at(b.project(start).0).place;
                (7.0..20.0).contains(&distance(start, end)).then_some(end)
            });
            if let Some(line) = facing.into_iter().find_map(|end| kerb_to_kerb(roads, start, end))
                && is_clear(&line, parked)
            {
                lines.push(line);
            }
            station += random.range(60.0, 110.0);
        }
    }
    lines
}

/// The part of a line that lies on lanes, with a little more on both sides.
fn kerb_to_kerb(roads: &Roads, start: [f32; 2], end: [f32; 2]) -> Option<Path> {
    let line = Path::new(&[start, end])?;
    let mut only = Crossings::default();
    let number = only.add(&line, false, roads)?;
    let (low, high) = only.span(number)?;
    let (low, high) = ((low - 2.4).max(0.0), (high + 2.4).min(line.length()));
    Path::new(&[line.at(low).place, line.at(high).place])
}

fn is_clear(line: &Path, parked: &[Flat]) -> bool {
    let (from, to) = (line.at(-1.5), line.at(line.length() + 1.5).place);
    let middle = [f32::midpoint(from.place[0], to[0]), f32::midpoint(from.place[1], to[1])];
    let strip = Flat::new(middle, from.heading, [line.length() / 2.0 + 2.0, 0.9]);
    !parked.iter().any(|car| car.overlaps(&strip))
}
