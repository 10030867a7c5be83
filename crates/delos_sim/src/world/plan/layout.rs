//! Where junctions, kinds of stretch and bays lie along the main road.

use super::{Bay, Kind, Parking, RUN_OUT, Stretch, bank_height};
use crate::random::Random;

/// Stations of the junctions, about every 250 m.
pub(super) fn junctions(length: f32, random: &mut Random) -> Vec<f32> {
    let count = (length / 250.0).round().max(1.0);
    let spacing = length / count;
    let slack = (0.06 * (spacing - 150.0)).clamp(0.0, 8.0);
    (0..count as usize).map(|i| spacing * (i as f32 + 0.5) + random.range(-slack, slack)).collect()
}

/// A stretch around each junction and one between each two.
pub(super) fn stretches(length: f32, stations: &[f32], random: &mut Random) -> Vec<Stretch> {
    let mut ends = vec![-RUN_OUT];
    for pair in stations.windows(2) {
        ends.extend([0.25, 0.75].map(|t| pair[0] + (pair[1] - pair[0]) * t));
    }
    if let [first, .., last] = stations {
        ends.insert(1, 0.5 * first);
        ends.push(0.5 * (last + length));
    }
    ends.push(length + RUN_OUT);
    let kinds = kinds(ends.len() - 1, random);
    let pieces = ends.windows(2).zip(kinds);
    pieces
        .map(|(ends, kind)| {
            let banks = [0, 1].map(|_| bank_height(kind, random));
            Stretch { from: ends[0], to: ends[1], kind, banks }
        })
        .collect()
}

/// A single stretch is built-up; of any four or more, each kind is among the first four.
fn kinds(count: usize, random: &mut Random) -> Vec<Kind> {
    let mut round = [Kind::Town, Kind::Suburb, Kind::Industry, Kind::Country];
    if count < 4 {
        let built_up = [Kind::Town, Kind::Suburb, Kind::Industry];
        return (0..count).map(|_| built_up[random.below(3)]).collect();
    }
    for i in (1..4).rev() {
        round.swap(i, random.below(i + 1));
    }
    // The run-outs at both ends make the first and last stretch longer than the others.
    (0..count).map(|i| round[i % 4]).collect()
}

/// Bays on built-up stretches, away from junctions: the first three sites begin with one
/// kind of parking each, in an order of chance; most sites are filled to their end.
pub(super) fn bays(stretches: &[Stretch], junctions: &[f32], random: &mut Random) -> [Vec<Bay>; 2] {
    let mut sites = sites(stretches, junctions);
    for i in (1..sites.len()).rev() {
        sites.swap(i, random.below(i + 1));
    }
    let all = [Parking::Perpendicular, Parking::Oblique, Parking::Parallel];
    let mut bays = [vec![], vec![]];
    for (i, (side, from, to)) in sites.into_iter().enumerate() {
        if i >= 3 && random.chance(0.15) {
            continue;
        }
        let pick = if random.chance(0.5) { Parking::Parallel } else { all[random.below(3)] };
        fill(&mut bays[side], if i < 3 { all[i] } else { pick }, (from, to), random);
    }
    bays
}

/// Fewest places of a bay.
const FEWEST: f32 = 3.0;

/// Bays of one kind one after the other, with gaps for trees and drives between them.
fn fill(bays: &mut Vec<Bay>, parking: Parking, (from, to): (f32, f32), random: &mut Random) {
    let mut from = from;
    loop {
        let room = ((to - from) / parking.pitch()).floor();
        let count = room.min(random.range(5.0, 13.0).floor());
        if count < FEWEST {
            return;
        }
        let end = from + count * parking.pitch();
        bays.push(Bay { from, to: end, parking });
        from = end + random.range(14.0, 32.0);
    }
}

fn sites(stretches: &[Stretch], junctions: &[f32]) -> Vec<(usize, f32, f32)> {
    let mut free: Vec<(f32, f32)> = vec![];
    let end = stretches.last().map_or(0.0, |s| s.to - RUN_OUT);
    for stretch in stretches.iter().filter(|s| s.kind != Kind::Country) {
        let mut from = stretch.from.max(0.0) + 7.0;
        for junction in junctions.iter().filter(|j| (stretch.from..stretch.to).contains(*j)) {
            free.push((from, junction - 25.0));
            from = junction + 25.0;
        }
        free.push((from, stretch.to.min(end) - 7.0));
    }
    free.retain(|(from, to)| to - from >= 18.0);
    free.iter().flat_map(|f| [(0, f.0, f.1), (1, f.0, f.1)]).collect()
}
