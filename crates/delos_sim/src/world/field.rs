//! What is where: distance to the kerb, height and cover of the ground at every place.

use super::line::Cursor;
use super::plan::{CORNER, Kind, Plan, Section};
use super::terrain::{self, Relief};
use crate::ground::Ground;
use crate::math::smooth_step;
use crate::shape::Material;

/// Height of a kerb, metres.
pub(super) const KERB: f32 = 0.12;
/// How far the ground reaches to each side of a road, metres.
const REACH: f32 = 52.0;

/// Distances from the middle lines where the ground begins to level out, and where it is
/// level with the ground beyond (half a tile inside of [`REACH`]), metres.
const LEVELLING: f32 = 24.0;
const EDGE: f32 = 42.0;

/// The plan with the land it lies on.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) plan: Plan,
    pub(super) relief: Relief,
    seed: u64,
    /// Mean height along the main road, metres: the height of the ground beyond.
    mean: f32,
    bounds: Vec<([f32; 2], [f32; 2])>,
}

/// Searches of the last place, for each road.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursors(Vec<Cursor>);

/// Where a place lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here {
    /// Distance outside the kerb, metres; negative on the carriageway and in bays.
    pub(super) outside: f32,
    /// The section of the nearest road.
    pub(super) section: Section,
    /// Distance to the nearest middle line, metres.
    middle: f32,
}

impl Field {
    pub(super) fn new(plan: Plan, relief: Relief, seed: u64) -> Self {
        let bounds = plan.roads.iter().map(|r| r.line.bounds(REACH + 25.0)).collect();
        let mean = mean(&plan, &relief);
        Self { plan, relief, seed, mean, bounds }
    }

    /// Where a place lies, by a search from scratch.
    pub(super) fn here(&self, place: [f32; 2]) -> Here {
        self.near(place, &mut Cursors::default())
    }

    /// Distance outside the kerb, metres.
    pub(super) fn outside(&self, place: [f32; 2]) -> f32 {
        self.here(place).outside
    }

    fn near(&self, place: [f32; 2], cursors: &mut Cursors) -> Here {
        cursors.0.resize(self.plan.roads.len(), Cursor::default());
        let mut best: Option<Here> = None;
        let mut main_side = 0;
        for (i, road) in self.plan.roads.iter().enumerate() {
            let (low, high) = self.bounds[i];
            let inside = (0..2).all(|k| low[k] <= place[k] && place[k] <= high[k]);
            if i > 0 && (!inside || road.arm_side != Some(main_side)) {
                continue;
            }
            let (station, left) = road.line.project(place, &mut cursors.0[i]);
            let side = usize::from(left < 0.0);
            main_side = if i == 0 { side } else { main_side };
            let section = road.section(side, station);
            let outside = left.abs() - section.half;
            let this = Here { outside, section, middle: left.abs() };
            best = Some(best.map_or(this, |other| union(other, this)));
        }
        best.unwrap_or(Here { outside: 1e3, section: FAR, middle: 1e3 })
    }

    /// Direction away from the kerb (unit vector).
    pub(super) fn outward(&self, place: [f32; 2]) -> [f32; 2] {
        let [x, y] = self.gradient(place);
        let length = (x * x + y * y).sqrt().max(1e-6);
        [x / length, y / length]
    }

    fn gradient(&self, place: [f32; 2]) -> [f32; 2] {
        let d = 0.05;
        let at = |x: f32, y: f32| self.outside([place[0] + x, place[1] + y]);
        [(at(d, 0.0) - at(-d, 0.0)) / (2.0 * d), (at(0.0, d) - at(0.0, -d)) / (2.0 * d)]
    }

    /// Moves a place until it is `wanted` metres outside the kerb (Newton's method).
    pub(super) fn snap(&self, mut place: [f32; 2], wanted: f32) -> [f32; 2] {
        for _ in 0..5 {
            let [x, y] = self.gradient(place);
            let step = (wanted - self.outside(place)) / (x * x + y * y).max(0.2);
            place = [place[0] + step * x, place[1] + step * y];
        }
        place
    }

    /// The ground of this plan.
    pub(super) fn ground(&self) -> Ground {
        let start = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        let boxes = self.plan.roads.iter().map(|r| r.line.bounds(REACH + 16.0));
        let (low, high) = boxes.fold(start, |(low, high), (l, h)| {
            ([low[0].min(l[0]), low[1].min(l[1])], [high[0].max(h[0]), high[1].max(h[1])])
        });
        let mut ground = Ground::new(low, high, self.mean);
        let mut cursors = Cursors::default();
        ground.fill(
            |x, y| self.here([x, y]).middle < REACH,
            |x, y| self.sample([x, y], &mut cursors),
        );
        ground
    }

    fn sample(&self, place: [f32; 2], cursors: &mut Cursors) -> (f32, Material) {
        let here = self.near(place, cursors);
        let base = self.land(place, &here);
        if here.outside < 0.2 {
            let crown = 0.02 * (-here.outside).clamp(0.0, 3.2);
            return (base + crown, Material::Asphalt);
        }
        let raised = base + KERB * kerb_share(&here.section) + 0.02 * here.outside.min(2.0);
        if here.outside < here.section.footway {
            return (raised, Material::Concrete);
        }
        self.verge(place, &here, base, raised - base)
    }

    /// The relief, which meets the level ground beyond without a cliff.
    fn land(&self, place: [f32; 2], here: &Here) -> f32 {
        let height = self.relief.height(place[0], place[1]);
        height + (self.mean - height) * smooth_step(LEVELLING, EDGE, here.middle)
    }

    /// The open ground: `raised` metres above the land at the back of the footway.
    fn verge(&self, place: [f32; 2], here: &Here, land: f32, raised: f32) -> (f32, Material) {
        let ([x, y], section) = (place, &here.section);
        let behind = here.outside - section.footway;
        let rolling = smooth_step(0.5, 6.0, behind) * terrain::undulation(self.seed, x, y);
        let above = raised + rolling + terrain::bank(section.bank, behind);
        let height = land + above * smooth_step(EDGE, EDGE - 8.0, here.middle);
        let patch = terrain::noise(self.seed ^ 0x4d, x / 6.0, y / 6.0);
        match section.kind {
            Kind::Town if behind < 3.0 || patch > 0.1 && behind < 25.0 => {
                (height, Material::Concrete)
            }
            Kind::Industry if behind < 20.0 && patch > -0.35 => (height, Material::Concrete),
            Kind::Country if behind < 0.6 => (height, Material::Soil),
            _ if patch > 0.62 => (height + 0.2 * terrain::tufts(self.seed, x, y), Material::Soil),
            _ => (height + terrain::tufts(self.seed, x, y), Material::Grass),
        }
    }
}

/// Mean height along the main road, metres.
fn mean(plan: &Plan, relief: &Relief) -> f32 {
    let line = &plan.roads[0].line;
    let heights = (0..32_u8).map(|i| {
        let [x, y] = line.at(plan.length * f32::from(i) / 31.0, 0.0);
        relief.height(x, y)
    });
    heights.sum::<f32>() / 32.0
}

/// Far from every road.
const FAR: Section = Section { half: 0.0, footway: 0.0, bank: 0.0, kind: Kind::Country };

/// How much of the full kerb there is beside this section.
pub(super) fn kerb_share(section: &Section) -> f32 {
    smooth_step(0.3, 1.0, section.footway)
}

/// Two roads together, the inner corners rounded with radius [`CORNER`].
fn union(a: Here, b: Here) -> Here {
    let nearest = if a.outside < b.outside { a } else { b };
    let (u, v) = ((CORNER - a.outside).max(0.0), (CORNER - b.outside).max(0.0));
    let outside = CORNER.max(nearest.outside) - (u * u + v * v).sqrt();
    Here { outside, middle: a.middle.min(b.middle), ..nearest }
}
