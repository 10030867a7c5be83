//! Giving way at stop lines, and not driving into each other where ways cross.

use crate::road::Roads;
use crate::traffic::driver::{Ahead, can_stop};
use crate::traffic::flat::{Flat, distance};
use crate::traffic::vehicle::{Stage, Vehicle};
use crate::traffic::way::Network;

/// Time between two looks into the future, seconds.
const TICK_S: f32 = 0.25;
/// How far one looks before pulling out, in ticks.
const HORIZON: usize = 26;
/// How far one looks in motion, in ticks.
const SHORT: usize = 12;
/// Time kept free before and after, in ticks.
const SLACK: usize = 4;

/// Where a vehicle will be, tick by tick.
pub(crate) type Forecast = Vec<Flat>;

/// At its present speed.
pub(crate) fn short_forecast(me: &Vehicle, network: &Network) -> Forecast {
    let ticks = if me.speed < 0.3 { 1 } else { SHORT };
    (0..ticks).map(|i| me.flat_after(network, me.speed * TICK_S * i as f32)).collect()
}

/// Accelerating gently up to `most` m/s, at most `room` metres.
fn forecast(me: &Vehicle, network: &Network, most: f32, room: f32) -> Forecast {
    let (mut speed, mut metres) = (me.speed, 0.0);
    (0..HORIZON)
        .map(|_| {
            let flat = me.flat_after(network, f32::min(metres, room));
            metres += speed * TICK_S;
            speed = (speed + 1.3 * TICK_S).min(most.max(me.speed));
            flat
        })
        .collect()
}

/// The next stop line that a vehicle has not decided to pass: its lane and the free
/// metres before it.
pub(crate) fn stop_line(me: &Vehicle, roads: &Roads, network: &Network) -> Option<(usize, f32)> {
    let lines = me.lanes_ahead(network).filter_map(|(lane, start)| {
        let line = roads.lanes.get(lane)?.stop_line?;
        Some((lane, start + line - me.nose()))
    });
    lines.into_iter().find(|(lane, gap)| *gap > -2.0 && !me.decided.contains(lane))
}

/// Whether vehicle `index` may pass the stop line of this lane now.
pub(crate) fn may_go(
    index: usize,
    lane: usize,
    vehicles: &[Vehicle],
    roads: &Roads,
    network: &Network,
) -> bool {
    let me = &vehicles[index];
    let Some(line) = roads.lanes.get(lane) else { return true };
    let mine = forecast(me, network, 6.0_f32.min(me.wish), f32::INFINITY);
    let here = mine[0].place;
    let rivals =
        vehicles.iter().enumerate().filter(|(i, v)| *i != index && v.stage == Stage::Awake);
    !rivals.into_iter().any(|(_, v)| {
        let flat = v.flat(network);
        distance(flat.place, here) < 120.0
            && goes_first(me, v, &line.gives_way_to, network)
            && meets(&mine, &rival_forecast(v, roads, network))
    })
}

/// Whether one gives way to this other one: it is or will soon be on a lane that goes
/// first, or has already pulled out.
fn goes_first(me: &Vehicle, other: &Vehicle, lanes: &[usize], network: &Network) -> bool {
    let behind =
        me.way.lanes.first() == other.way.lanes.first() && other.way.station < me.way.station;
    let soon = || other.lanes_ahead(network).take_while(|(_, start)| *start < 90.0);
    !behind && (!other.decided.is_empty() || soon().any(|(lane, _)| lanes.contains(&lane)))
}

fn rival_forecast(other: &Vehicle, roads: &Roads, network: &Network) -> Forecast {
    let room = stop_line(other, roads, network).map_or(f32::INFINITY, |(_, gap)| gap.max(0.0));
    forecast(other, network, other.wish.min(10.0), room)
}

fn meets(mine: &[Flat], other: &[Flat]) -> bool {
    mine.iter().enumerate().any(|(i, flat)| {
        let flat = flat.grown(0.6);
        let near = other.iter().enumerate().filter(|(j, _)| i.abs_diff(*j) <= SLACK);
        near.into_iter().any(|(_, o)| flat.overlaps(o))
    })
}

/// What the crossing ways of others put ahead of vehicle `index`: where two would meet,
/// the one that has not pulled out waits, else the later one in the list.
pub(crate) fn crossing_ways(
    index: usize,
    vehicles: &[Vehicle],
    forecasts: &[Forecast],
) -> Vec<Ahead> {
    let (me, mine) = (&vehicles[index], &forecasts[index]);
    let Some(here) = mine.first() else { return Vec::new() };
    let mut all = Vec::new();
    for (j, other) in vehicles.iter().enumerate() {
        let Some(there) = forecasts[j].first().filter(|_| j != index && yields(index, j, vehicles))
        else {
            continue;
        };
        let cos = here.ahead[0] * there.ahead[0] + here.ahead[1] * there.ahead[1];
        if distance(here.place, there.place) > 45.0 || !(-0.97..=0.9).contains(&cos) {
            continue;
        }
        if let Some(gap) = first_meeting(me, mine, &forecasts[j])
            && (can_stop(me.speed, gap, 5.0) || other.speed < me.speed)
        {
            all.push(Ahead { gap, speed: 0.0, standing: 1.0 });
        }
    }
    all
}

fn yields(me: usize, other: usize, vehicles: &[Vehicle]) -> bool {
    let out = |i: usize| !vehicles[i].decided.is_empty();
    match (out(me), out(other)) {
        (false, true) => true,
        (true, false) => false,
        _ => me > other,
    }
}

/// Free metres before the place where two would meet.
fn first_meeting(me: &Vehicle, mine: &[Flat], other: &[Flat]) -> Option<f32> {
    (0..mine.len()).find_map(|i| {
        let there = other.get(i.min(other.len().saturating_sub(1)))?;
        let metres = me.speed * TICK_S * i as f32;
        mine[i].grown(0.35).overlaps(there).then_some((metres - 1.5).max(0.2))
    })
}
