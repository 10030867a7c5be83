//! What the map of a world will be: roads, junctions, kinds of stretch, parking bays.

mod layout;

use super::line::Line;
use crate::math::{sin_cos, smooth_step};
use crate::random::Random;
use std::f32::consts::{FRAC_PI_2, TAU};

/// How far the surroundings go on beyond both ends of the main road, metres.
pub(super) const RUN_OUT: f32 = 60.0;
/// Length of the arms of a junction, metres.
pub(super) const ARM: f32 = 100.0;
/// Distance from the middle of a junction to where its lanes begin, metres.
pub(super) const BOX: f32 = 11.0;
/// Radius of the kerb at the corner of a junction, metres.
pub(super) const CORNER: f32 = 7.0;

/// What a stretch of road runs through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Town,
    Suburb,
    Industry,
    Country,
}

impl Kind {
    pub(super) const fn footway(self) -> f32 {
        match self {
            Self::Town => 2.6,
            Self::Suburb => 1.9,
            Self::Industry => 1.7,
            Self::Country => 0.0,
        }
    }

    pub(super) const fn speed_limit(self) -> f32 {
        match self {
            Self::Country => 19.4,
            Self::Suburb => 11.1,
            Self::Town | Self::Industry => 13.9,
        }
    }
}

/// How cars stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parking {
    Parallel,
    Oblique,
    Perpendicular,
}

impl Parking {
    /// Depth of the bay, metres.
    pub(super) const fn depth(self) -> f32 {
        match self {
            Self::Parallel => 2.2,
            Self::Oblique => 5.6,
            Self::Perpendicular => 5.3,
        }
    }

    /// Length along the road for each car, metres.
    pub(super) const fn pitch(self) -> f32 {
        match self {
            Self::Parallel => 5.5,
            Self::Oblique => 3.3,
            Self::Perpendicular => 2.6,
        }
    }
}

/// A widening of the road for parked cars.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bay {
    pub(super) from: f32,
    pub(super) to: f32,
    pub(super) parking: Parking,
}

/// A cross-section on one side of a road.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    /// From the middle line to the kerb, metres.
    pub(super) half: f32,
    /// Width of the footway, metres.
    pub(super) footway: f32,
    /// Height of the bank behind it, metres; negative: depth of the ditch.
    pub(super) bank: f32,
    pub(super) kind: Kind,
}

/// A road: its middle line and, for each metre, the sections to its left (0) and right (1).
#[derive(Clone, Debug)]
pub(super) struct Road {
    pub(super) line: Line,
    /// Width of each of its two lanes, metres.
    pub(super) lane: f32,
    pub(super) bays: [Vec<Bay>; 2],
    /// The side of the main road (0 left, 1 right) that this arm leaves to.
    pub(super) arm_side: Option<usize>,
    sections: [Vec<Section>; 2],
}

impl Road {
    fn new(
        line: Line,
        lane: f32,
        bays: [Vec<Bay>; 2],
        section: impl Fn(usize, f32) -> Section,
    ) -> Self {
        let (from, to) = line.stations();
        let count = (to - from) as usize + 2;
        let sections = [0, 1].map(|side| {
            let at = |i: usize| {
                let station = from + i as f32;
                let mut here = section(side, station);
                here.half = lane + widening(&bays[side], station);
                here
            };
            (0..count).map(at).collect()
        });
        Self { line, lane, bays, arm_side: None, sections }
    }

    /// The section on a side (0 left, 1 right) at a station.
    pub(super) fn section(&self, side: usize, station: f32) -> Section {
        let sections = &self.sections[side];
        let u = (station - self.line.stations().0).clamp(0.0, (sections.len() - 2) as f32);
        let (a, b) = (sections[u as usize], sections[u as usize + 1]);
        let t = u.fract();
        let mix = |a: f32, b: f32| a + (b - a) * t;
        Section {
            half: mix(a.half, b.half),
            footway: mix(a.footway, b.footway),
            bank: mix(a.bank, b.bank),
            kind: if t < 0.5 { a.kind } else { b.kind },
        }
    }

    /// The place at a distance outside the kerb of a side.
    pub(super) fn beside(&self, side: usize, station: f32, outside: f32) -> [f32; 2] {
        let left = self.section(side, station).half + outside;
        self.line.at(station, if side == 0 { left } else { -left })
    }
}

fn widening(bays: &[Bay], station: f32) -> f32 {
    let each = bays.iter().map(|bay| {
        let depth = bay.parking.depth();
        let taper = 0.6 * depth + 0.5;
        let outside = (bay.from - station).max(station - bay.to).max(0.0);
        depth * (1.0 - outside / taper).max(0.0)
    });
    each.fold(0.0, f32::max)
}

/// Where a road crosses or joins the main road.
#[derive(Clone, Debug)]
pub(super) struct Junction {
    /// On the main road.
    pub(super) station: f32,
    /// Roads (numbers in [`Plan::roads`]) that leave to the left (0) and right (1).
    pub(super) arms: [Option<usize>; 2],
    pub(super) kind: Kind,
}

/// A piece of the main road of one kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) from: f32,
    pub(super) to: f32,
    pub(super) kind: Kind,
    banks: [f32; 2],
}

/// The plan of a world.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) length: f32,
    /// The main road, then the arms of junctions.
    pub(super) roads: Vec<Road>,
    pub(super) junctions: Vec<Junction>,
    pub(super) stretches: Vec<Stretch>,
}

impl Plan {
    /// The next plan of a sequence, for a main road of this length (150 to 3500 m).
    pub(super) fn new(length: f32, random: &mut Random) -> Self {
        let length = if length.is_finite() { length.clamp(150.0, 3500.0) } else { 500.0 };
        let stations = layout::junctions(length, random);
        let stretches = layout::stretches(length, &stations, random);
        let bays = layout::bays(&stretches, &stations, random);
        let line = middle_line(length, random);
        let lane = random.range(3.25, 3.5);
        let main =
            Road::new(line, lane, bays, |side, s| main_section(&stretches, &stations, side, s));
        let mut plan = Self { length, roads: vec![main], junctions: vec![], stretches };
        for station in stations {
            plan.add_junction(station, random);
        }
        plan
    }

    fn add_junction(&mut self, station: f32, random: &mut Random) {
        let kind = stretch_at(&self.stretches, station).map_or(Kind::Town, |s| s.kind);
        let missing = random.below(4);
        let arms = [0, 1].map(|side| {
            (missing != side).then(|| {
                self.roads.push(arm(&self.roads[0], station, side, kind, random));
                self.roads.len() - 1
            })
        });
        self.junctions.push(Junction { station, arms, kind });
    }
}

/// Slow waves of heading: at most 0.75 rad from straight on, radius 100 m and more.
fn middle_line(length: f32, random: &mut Random) -> Line {
    let shares = [(190.0, 280.0, 0.0032), (380.0, 600.0, 0.0034), (800.0, 1500.0, 0.0018)];
    let waves = shares.map(|(shortest, longest, curvature)| {
        let number = TAU / random.range(shortest, longest);
        let sign = if random.chance(0.5) { 1.0 } else { -1.0 };
        (number, random.range(0.0, TAU), sign * random.range(0.3, 1.0) * curvature / number)
    });
    let heading = move |s: f32| waves.iter().map(|w| w.2 * sin_cos(w.0 * s + w.1).0).sum::<f32>();
    Line::new(-RUN_OUT, length + RUN_OUT, [-RUN_OUT, 0.0], heading)
}

/// An arm: straight for 35 m, then a gentle curve.
fn arm(main: &Road, station: f32, side: usize, kind: Kind, random: &mut Random) -> Road {
    let outward = if side == 0 { FRAC_PI_2 } else { -FRAC_PI_2 };
    let start = main.line.heading(station) + outward;
    let curvature = random.range(-0.004, 0.004);
    let heading = move |t: f32| {
        let u = (t - 35.0).clamp(0.0, 400.0);
        start + curvature * u * u / (u + 20.0)
    };
    let line = Line::new(0.0, ARM + 20.0, main.line.at(station, 0.0), heading);
    let banks = [0, 1].map(|_| bank_height(kind, random));
    let lane = random.range(3.0, 3.3);
    let road = Road::new(line, lane, [vec![], vec![]], |side, t| Section {
        half: 0.0,
        footway: kind.footway(),
        bank: banks[side] * smooth_step(34.0, 46.0, t) * smooth_step(ARM + 18.0, ARM, t),
        kind,
    });
    Road { arm_side: Some(side), ..road }
}

fn bank_height(kind: Kind, random: &mut Random) -> f32 {
    match kind {
        Kind::Country if random.chance(0.4) => -random.range(0.4, 1.1),
        Kind::Country => random.range(0.5, 2.5),
        Kind::Suburb if random.chance(0.3) => random.range(0.3, 0.9),
        _ => 0.0,
    }
}

fn main_section(stretches: &[Stretch], junctions: &[f32], side: usize, station: f32) -> Section {
    let at = |s: f32| stretch_at(stretches, s);
    let around =
        [-4.0, -2.0, 0.0, 2.0, 4.0].map(|d| at(station + d).map_or(0.0, |s| s.kind.footway()));
    let kind = at(station).map_or(Kind::Town, |s| s.kind);
    let edge = at(station).map_or(0.0, |s| {
        s.banks[side]
            * smooth_step(s.from, s.from + 12.0, station)
            * smooth_step(s.to, s.to - 12.0, station)
    });
    let nearest = junctions.iter().map(|j| (station - j).abs()).fold(f32::INFINITY, f32::min);
    Section {
        half: 0.0,
        footway: around.iter().sum::<f32>() / 5.0,
        bank: edge * smooth_step(32.0, 44.0, nearest),
        kind,
    }
}

fn stretch_at(stretches: &[Stretch], station: f32) -> Option<&Stretch> {
    stretches.iter().find(|s| station < s.to).or(stretches.last())
}
