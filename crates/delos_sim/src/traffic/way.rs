//! Lanes as tables of places, and the way of a vehicle over them.

use crate::math::{atan2, sin_cos};
use crate::random::Random;
use crate::road::Roads;
use crate::traffic::flat::Flat;

/// Distance of the places in a table, metres.
const STEP_M: f32 = 0.5;

/// A place on a lane.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spot {
    pub(crate) place: [f32; 2],
    /// Unit vector of the direction of travel.
    pub(crate) ahead: [f32; 2],
    /// Amount of curvature, 1/m.
    pub(crate) bend: f32,
}

impl Spot {
    /// The place this far to its left.
    pub(crate) fn left(&self, left: f32) -> [f32; 2] {
        [self.place[0] - left * self.ahead[1], self.place[1] + left * self.ahead[0]]
    }

    fn moved(&self, along: f32) -> Self {
        let place = [self.place[0] + along * self.ahead[0], self.place[1] + along * self.ahead[1]];
        Self { place, bend: 0.0, ..*self }
    }
}

/// One lane, sampled evenly.
#[derive(Clone, Debug)]
struct Table {
    spots: Vec<Spot>,
    length: f32,
}

/// All lanes.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    tables: Vec<Table>,
    /// How far each lane turns in all, radians.
    turns: Vec<f32>,
}

impl Network {
    pub(crate) fn new(roads: &Roads) -> Self {
        let tables: Vec<Table> = roads.lanes.iter().map(|lane| table(&lane.path)).collect();
        let turns = tables.iter().map(turning).collect();
        Self { tables, turns }
    }

    /// Length of a lane, metres; 0 when there is no such lane.
    pub(crate) fn length(&self, lane: usize) -> f32 {
        self.tables.get(lane).map_or(0.0, |table| table.length)
    }

    /// How far a lane turns from its start to its end, radians, without sign.
    pub(crate) fn turn(&self, lane: usize) -> f32 {
        self.turns.get(lane).copied().unwrap_or(0.0)
    }

    /// The place `station` metres after the start of the first of these lanes; before the
    /// first and after the last it goes straight on.
    pub(crate) fn at(&self, lanes: &[usize], mut station: f32) -> Spot {
        for (i, lane) in lanes.iter().enumerate() {
            let Some(table) = self.tables.get(*lane) else { continue };
            if station <= table.length || i + 1 == lanes.len() {
                return table.at(station);
            }
            station -= table.length;
        }
        Spot { ahead: [1.0, 0.0], ..Spot::default() }
    }
}

fn table(path: &crate::road::Path) -> Table {
    let pieces = (path.length() / STEP_M).ceil().max(1.0) as usize;
    let step = path.length() / pieces as f32;
    let mut spots: Vec<Spot> = (0..=pieces)
        .map(|i| {
            let on = path.at(step * i as f32);
            let (sin, cos) = sin_cos(on.heading);
            Spot { place: on.place, ahead: [cos, sin], bend: 0.0 }
        })
        .collect();
    let bends: Vec<f32> = (0..spots.len()).map(|i| bend(&spots, i, step)).collect();
    spots.iter_mut().zip(bends).for_each(|(spot, bend)| spot.bend = bend);
    Table { spots, length: path.length() }
}

/// Curvature over three metres around a spot.
fn bend(spots: &[Spot], i: usize, step: f32) -> f32 {
    let (a, b) = (i.saturating_sub(3), (i + 3).min(spots.len() - 1));
    let turn = angle_between(spots[a].ahead, spots[b].ahead);
    turn.abs() / (step * (b - a).max(1) as f32)
}

fn turning(table: &Table) -> f32 {
    let turn = |pair: &[Spot]| angle_between(pair[0].ahead, pair[1].ahead);
    table.spots.windows(2).map(turn).sum::<f32>().abs()
}

fn angle_between(a: [f32; 2], b: [f32; 2]) -> f32 {
    atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])
}

impl Table {
    fn at(&self, station: f32) -> Spot {
        let last = self.spots.len() - 1;
        if station <= 0.0 {
            return self.spots[0].moved(station);
        }
        if station >= self.length {
            return self.spots[last].moved(station - self.length);
        }
        let u = station / self.length * last as f32;
        let i = (u as usize).min(last - 1);
        let (a, b, t) = (&self.spots[i], &self.spots[i + 1], u - i as f32);
        let between =
            |a: [f32; 2], b: [f32; 2]| [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
        let ahead = between(a.ahead, b.ahead);
        let norm = ahead[0].hypot(ahead[1]).max(1e-6);
        Spot {
            place: between(a.place, b.place),
            ahead: [ahead[0] / norm, ahead[1] / norm],
            bend: a.bend + (b.bend - a.bend) * t,
        }
    }
}

/// The lanes that a vehicle drives, from the one its rear axle is on.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// Lanes, the first one being driven now.
    pub(crate) lanes: Vec<usize>,
    /// Where along the first lane the rear axle is, metres.
    pub(crate) station: f32,
    /// Lanes to come that are decided already (the route of the vehicle itself).
    pub(crate) plan: Vec<usize>,
}

impl Way {
    /// Makes sure that lanes are chosen for this far ahead: as planned, else at random;
    /// those who had better not turn sharply go as straight as they can.
    pub(crate) fn extend(
        &mut self,
        reach: f32,
        roads: &Roads,
        network: &Network,
        random: &mut Random,
        straight: bool,
    ) {
        let length = |lanes: &[usize]| lanes.iter().map(|l| network.length(*l)).sum::<f32>();
        while length(&self.lanes) < self.station + reach && self.lanes.len() < 64 {
            let Some(lane) = self.lanes.last().and_then(|l| roads.lanes.get(*l)) else { return };
            let planned = self.plan.first().copied().filter(|p| lane.next.contains(p));
            let next = planned.or_else(|| choose(&lane.next, network, random, straight));
            let Some(next) = next else { return };
            if planned.is_some() {
                self.plan.remove(0);
            }
            self.lanes.push(next);
        }
    }

    /// Goes on by this far; `false` when the last lane is left behind.
    pub(crate) fn advance(&mut self, by: f32, network: &Network) -> bool {
        self.station += by;
        while let Some(lane) = self.lanes.first() {
            let length = network.length(*lane);
            if self.station <= length {
                return true;
            }
            if self.lanes.len() == 1 {
                return false;
            }
            self.station -= length;
            self.lanes.remove(0);
        }
        false
    }
}

fn choose(next: &[usize], network: &Network, random: &mut Random, straight: bool) -> Option<usize> {
    if straight {
        return next.iter().copied().min_by(|a, b| network.turn(*a).total_cmp(&network.turn(*b)));
    }
    random.pick(next).copied()
}

/// What lies along a way near a vehicle: places at even distances from its rear axle.
#[derive(Clone, Debug)]
pub(crate) struct Outlook {
    first: f32,
    spots: Vec<Spot>,
}

/// Distance between the places of an outlook, metres.
const OUTLOOK_STEP_M: f32 = 1.0;

/// Where something is as seen along a way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Along {
    /// Metres ahead of the rear axle, along the way.
    pub(crate) ahead: f32,
    /// Metres left of the way's middle line.
    pub(crate) left: f32,
    /// Direction of the way there.
    pub(crate) direction: [f32; 2],
}

impl Outlook {
    pub(crate) fn new(way: &Way, network: &Network, back: f32, reach: f32) -> Self {
        let count = ((back + reach) / OUTLOOK_STEP_M).ceil() as usize + 1;
        let spots = (0..count)
            .map(|i| network.at(&way.lanes, way.station - back + OUTLOOK_STEP_M * i as f32))
            .collect();
        Self { first: -back, spots }
    }

    /// The places with their distances ahead of the rear axle.
    pub(crate) fn ahead(&self) -> impl Iterator<Item = (f32, &Spot)> {
        let first = self.first;
        self.spots.iter().enumerate().map(move |(i, s)| (first + OUTLOOK_STEP_M * i as f32, s))
    }

    /// Where a place is; `None` when it is not beside the way (within six metres).
    pub(crate) fn project(&self, place: [f32; 2]) -> Option<Along> {
        let away = |i: &usize| {
            let s = self.spots[*i].place;
            let (x, y) = (place[0] - s[0], place[1] - s[1]);
            x * x + y * y
        };
        let nearest = |indices: &mut dyn Iterator<Item = usize>| {
            indices.min_by(|a, b| away(a).total_cmp(&away(b)))
        };
        // First coarsely, then around the best one.
        let coarse = nearest(&mut (0..self.spots.len()).step_by(6))?;
        let end = (coarse + 6).min(self.spots.len());
        let index = nearest(&mut (coarse.saturating_sub(5)..end))?;
        let (squared, spot) = (away(&index), &self.spots[index]);
        let at = self.first + OUTLOOK_STEP_M * index as f32;
        let flat = Flat { place: spot.place, ahead: spot.ahead, half: [0.0; 2] };
        let [along, left] = flat.local(place);
        (squared < 36.0).then_some(Along { ahead: at + along, left, direction: spot.ahead })
    }
}
