//! The lie of a random street: what covers it and how high, from one side to the other.

use crate::ground::Ground;
use crate::math::Vec3;
use crate::random::{Random, mix, unit};
use crate::shape::Material;
use crate::world::terrain;

/// Tiles of ground reach so far from the vehicle (by their middles), metres: enough for
/// all that stands within 70 m. Beyond them nothing is seen.
const REACH_M: f32 = 80.0;
/// Step of the table across the street, metres.
const ACROSS_M: f32 = 0.1;
/// Step and side of the table of undulations, metres.
const BUMP_M: f32 = 2.0;
const BUMPS: usize = 96;

/// What kind of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Houses close to the footway, cars parked in rows.
    Town,
    /// Gardens, hedges, drives.
    Suburb,
    /// Banks, ditches, trees.
    Country,
    /// Halls, containers, trucks.
    Works,
}

/// How cars are parked along a side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Parking {
    /// Not at all.
    None,
    /// In a line along the kerb.
    Parallel,
    /// At this angle to the road, radians.
    Angled(f32),
}

/// One side of the street, from the edge of the lanes outwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Side {
    /// Distance of its kerb from the middle of the road, metres.
    pub(super) kerb: f32,
    /// Height of the kerb and width of the footway, metres; 0: a verge.
    pub(super) kerb_height: f32,
    pub(super) footway: f32,
    /// Height of the bank behind, metres; negative: a ditch.
    pub(super) bank: f32,
    /// Where gardens, yards or fields begin, from the middle of the road, metres.
    pub(super) border: f32,
    /// An open car park lies behind the border.
    pub(super) car_park: bool,
    /// How cars are parked before the kerb.
    pub(super) parking: Parking,
}

/// The height and cover at a distance from the middle of the road.
#[derive(Clone, Copy, Debug)]
struct Strip {
    height: f32,
    cover: Material,
    /// Share of the undulation, and height of tufts of grass, metres.
    rough: f32,
    tufts: f32,
}

/// A random street. World frame: it runs along x through the origin.
#[derive(Clone, Debug)]
pub(super) struct Street {
    seed: u64,
    pub(super) place: Place,
    /// Half the width of both lanes, metres.
    pub(super) half_m: f32,
    /// Left, right.
    pub(super) sides: [Side; 2],
    /// Where another street comes in, metres along x.
    pub(super) crossing: Option<f32>,
    /// Curvature, 1/m; slopes along and across; curvature of the hill, 1/m.
    bend: f32,
    slopes: [f32; 2],
    hill: f32,
    strips: Vec<Strip>,
    bumps: Vec<f32>,
}

impl Street {
    pub(super) fn new(seed: u64) -> Self {
        let random = &mut Random::new(seed, 1);
        let place = [Place::Town, Place::Suburb, Place::Suburb, Place::Country, Place::Works]
            [random.below(5)];
        let half_m = random.range(2.5, 4.2);
        let sides = [(); 2].map(|()| Side::new(random, place, half_m));
        let mut street = Self {
            seed,
            place,
            half_m,
            sides,
            crossing: random.chance(0.35).then(|| random.range(-45.0, 45.0)),
            bend: if random.chance(0.5) { random.normal(0.0, 0.0025) } else { 0.0 },
            slopes: [random.normal(0.0, 0.014), random.normal(0.0, 0.012)],
            hill: random.normal(0.0, 0.0003),
            strips: Vec::new(),
            bumps: Vec::new(),
        };
        street.strips = street.across();
        street.bumps = bumps(seed, random.range(0.3, 1.4));
        street
    }

    /// World y of the middle of the road.
    pub(super) fn middle(&self, x: f32) -> f32 {
        0.5 * self.bend * x * x
    }

    /// Direction of the road, radians.
    pub(super) fn heading(&self, x: f32) -> f32 {
        crate::math::atan2(self.bend * x, 1.0)
    }

    /// Whether the mouth of the other street is within so many metres along x.
    pub(super) fn in_crossing(&self, x: f32, margin: f32) -> bool {
        self.crossing.is_some_and(|at| (x - at).abs() < 4.0 + margin)
    }

    /// Height of the ground at a place of the world, without its tufts of grass.
    pub(super) fn height(&self, x: f32, y: f32) -> f32 {
        self.ground(x, y).0
    }

    /// Height, and what is there.
    fn ground(&self, x: f32, y: f32) -> (f32, Strip) {
        let across = y - self.middle(x);
        // By way of a small type: a cast to `usize` takes several times as long.
        let index = ((across + REACH_M + 20.0) * (1.0 / ACROSS_M)) as i32;
        let mut strip = self.strips[(index.max(0) as usize).min(self.strips.len() - 1)];
        if self.in_crossing(x, 0.0) && across.abs() > self.half_m {
            strip = Strip { height: 0.0, cover: Material::Asphalt, rough: 0.1, tufts: 0.0 };
        }
        let land = self.slopes[0] * x + self.slopes[1] * across + 0.5 * self.hill * x * x;
        (land + strip.height + strip.rough * self.bump(x, y), strip)
    }

    /// A place on the ground.
    pub(super) fn foot(&self, x: f32, y: f32) -> Vec3 {
        Vec3::new(x, y, self.height(x, y))
    }

    /// The grid that the sensors see.
    pub(super) fn grid(&self) -> Ground {
        let mut ground = Ground::new([-80.0; 2], [80.0; 2], -30.0);
        let near = |x: f32, y: f32| x * x + y * y < REACH_M * REACH_M;
        ground.fill(near, |x, y| {
            let (height, strip) = self.ground(x, y);
            let place = u64::from(x.to_bits()) << 32 | u64::from(y.to_bits());
            let tuft = if strip.tufts > 0.0 { unit(mix(self.seed ^ place)) } else { 0.0 };
            (height + strip.tufts * tuft, strip.cover)
        });
        ground
    }

    /// Rise and fall of open ground, blended between the places of a table.
    fn bump(&self, x: f32, y: f32) -> f32 {
        let half = 0.5 * BUMPS as f32;
        let (u, v) = ((x / BUMP_M + half).max(0.0), (y / BUMP_M + half).max(0.0));
        let last = BUMPS as u16 - 2;
        let (i, j) = ((u as u16).min(last), (v as u16).min(last));
        let (s, t) = ((u - f32::from(i)).min(1.0), (v - f32::from(j)).min(1.0));
        let row = |j: u16| {
            let k = usize::from(j) * BUMPS + usize::from(i);
            self.bumps[k] + (self.bumps[k + 1] - self.bumps[k]) * s
        };
        row(j) + (row(j + 1) - row(j)) * t
    }

    fn across(&self) -> Vec<Strip> {
        let count = (2.0 * (REACH_M + 20.0) / ACROSS_M) as usize;
        let place = |i: usize| ACROSS_M * (i as f32 + 0.5) - REACH_M - 20.0;
        (0..count).map(|i| self.strip(place(i))).collect()
    }

    fn strip(&self, across: f32) -> Strip {
        let side = &self.sides[usize::from(across < 0.0)];
        let away = across.abs();
        let crown = -0.02 * away.min(side.kerb);
        let behind = away - side.kerb - side.footway;
        let line = away < 0.07 || (away - self.half_m + 0.2).abs() < 0.06;
        let (cover, rough, tufts) = match away {
            _ if line && self.place != Place::Suburb => (Material::RoadPaint, 0.1, 0.0),
            a if a < side.kerb => (Material::Asphalt, 0.1, 0.0),
            a if a < side.kerb + 0.15 && side.kerb_height > 0.0 => (Material::Kerb, 0.1, 0.0),
            _ if behind < 0.0 => (Material::Concrete, 0.12, 0.0),
            a if a < side.border => (Material::Grass, 0.3, 0.05),
            _ if side.car_park => (Material::Asphalt, 0.15, 0.0),
            _ if self.place == Place::Works => (Material::Soil, 0.4, 0.015),
            _ => (Material::Grass, 1.0, 0.06),
        };
        let step = if away < side.kerb { 0.0 } else { side.kerb_height };
        let bank = if behind > 0.0 { terrain::bank(side.bank, behind) } else { 0.0 };
        Strip { height: crown + step + bank, cover, rough, tufts }
    }
}

impl Side {
    fn new(random: &mut Random, place: Place, half_m: f32) -> Self {
        let (built, parked) = match place {
            Place::Town => (0.95, 0.8),
            Place::Suburb => (0.8, 0.55),
            Place::Country => (0.1, 0.08),
            Place::Works => (0.5, 0.6),
        };
        let parking = match random.below(4) {
            _ if !random.chance(parked) => Parking::None,
            0 => Parking::Angled(std::f32::consts::FRAC_PI_2),
            1 => Parking::Angled(random.range(0.7, 1.2)),
            _ => Parking::Parallel,
        };
        let strip = match parking {
            Parking::None => random.range(0.0, 0.5),
            Parking::Parallel => random.range(1.9, 2.3),
            Parking::Angled(_) => random.range(4.6, 5.3),
        };
        let built = random.chance(built);
        let footway = if built { random.range(1.2, 3.0) } else { 0.0 };
        let kerb = half_m + strip;
        let banked = random.chance(if place == Place::Country { 0.7 } else { 0.15 });
        let verge = if random.chance(0.4) { random.range(0.5, 4.0) } else { 0.3 };
        Self {
            kerb,
            kerb_height: if built { random.range(0.03, 0.16) } else { 0.0 },
            footway,
            bank: if banked { random.range(-1.2, 2.5) } else { 0.0 },
            border: kerb + footway + verge,
            car_park: !banked && random.chance(0.14),
            parking,
        }
    }
}

fn bumps(seed: u64, strength: f32) -> Vec<f32> {
    let at = |i: usize| BUMP_M * (i as f32 - 0.5 * BUMPS as f32);
    let places = (0..BUMPS * BUMPS).map(|k| (at(k % BUMPS), at(k / BUMPS)));
    places.map(|(x, y)| strength * terrain::undulation(seed, x, y)).collect()
}
