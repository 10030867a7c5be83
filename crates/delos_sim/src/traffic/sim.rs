//! The steps of the traffic.

use crate::math::atan2;
use crate::random::Random;
use crate::road::Roads;
use crate::shapes::Body;
use crate::traffic::crossing::{Claim, Crossings};
use crate::traffic::driver::{Ahead, acceleration};
use crate::traffic::flat::{Flat, distance};
use crate::traffic::garage::{Garage, Mix};
use crate::traffic::junction::{self, Forecast};
use crate::traffic::populate;
use crate::traffic::vehicle::{Act, Stage, Vehicle};
use crate::traffic::view::{Seen, look};
use crate::traffic::walker::Walker;
use crate::traffic::way::{Network, Outlook, Way};
use crate::traffic::{Mark, Parked, RECORDED_M, Row, STEP_S, Traffic};
use delos_core::ObjectClass;

/// Distance from the vehicle within which the others move, metres.
const AWAKE_M: f32 = 210.0;
/// Number of the vehicle itself, which has no entry among the bodies.
const EGO: u32 = u32::MAX;
/// Half the length and width of the vehicle, metres.
pub(crate) const EGO_HALF_M: [f32; 2] = [2.2, 0.9];

/// All road users at one instant.
#[derive(Debug)]
pub(crate) struct Sim {
    pub(crate) seed: u64,
    pub(crate) roads: Roads,
    pub(crate) network: Network,
    pub(crate) crossings: Crossings,
    pub(crate) garage: Garage,
    pub(crate) mix: Mix,
    /// The vehicle itself first.
    pub(crate) vehicles: Vec<Vehicle>,
    pub(crate) walkers: Vec<Walker>,
    pub(crate) parked: Vec<Parked>,
    bodies: Vec<Body>,
    /// Lanes where vehicles come into the world, with the seconds until the next one.
    entries: Vec<(usize, f32)>,
    /// How many vehicles were there at the start.
    most: usize,
    random: Random,
    /// Who touched another one.
    parted: Vec<u32>,
}

impl Sim {
    pub(crate) fn new(roads: &Roads, seed: u64, start: f32, cruise: f32) -> Self {
        let network = Network::new(roads);
        let mut random = Random::new(seed, 0x51);
        let entries = entries(roads, &mut random);
        let ego = ego(roads, &network, seed, start, cruise);
        Self {
            seed,
            roads: roads.clone(),
            network,
            crossings: Crossings::default(),
            garage: Garage::new(seed),
            mix: Mix::new(seed),
            vehicles: vec![ego],
            walkers: Vec::new(),
            parked: Vec::new(),
            bodies: Vec::new(),
            entries,
            most: 0,
            random,
            parted: Vec::new(),
        }
    }

    /// The number that the next road user gets.
    pub(crate) fn next_id(&self) -> u32 {
        self.bodies.len() as u32
    }

    /// Gives a body a number.
    pub(crate) fn name(&mut self, body: Body) -> u32 {
        self.bodies.push(body);
        self.bodies.len() as u32 - 1
    }

    /// Everyone's rectangle.
    pub(crate) fn rectangles(&self) -> Vec<Flat> {
        let vehicles = self.vehicles.iter().filter(|v| v.stage != Stage::Gone);
        let walkers = self.walkers.iter().filter(|w| w.stage != Stage::Gone);
        let moving = vehicles.map(|v| v.flat(&self.network)).chain(walkers.map(Walker::flat));
        moving.chain(self.parked.iter().map(|p| p.flat)).collect()
    }

    /// After all are in their places, before the first step.
    pub(crate) fn settle(&mut self) {
        self.most = self.vehicles.len();
        self.wake();
    }

    /// Where everyone near the vehicle is.
    pub(crate) fn row(&self) -> Row {
        let ego = mark(EGO, &self.vehicles[0].flat(&self.network), self.vehicles[0].driven);
        let vehicles = self.vehicles[1..].iter().filter(|v| v.stage == Stage::Awake);
        let vehicles = vehicles.map(|v| mark(v.id, &v.flat(&self.network), v.driven));
        let walkers = self.walkers.iter().filter(|w| w.stage == Stage::Awake);
        let walkers = walkers.map(|w| mark(w.id, &w.flat(), w.walked));
        let mut others: Vec<Mark> = vehicles.chain(walkers).collect();
        others.retain(|m| distance(m.place, ego.place) < RECORDED_M);
        others.sort_by_key(|m| m.id);
        Row { ego, others }
    }

    /// What moved where. Who came to touch another one is left out from the beginning:
    /// nobody vanishes in sight.
    pub(crate) fn finish(self, mut rows: Vec<Row>) -> Traffic {
        for row in &mut rows {
            row.others.retain(|mark| !self.parted.contains(&mark.id));
        }
        Traffic { bodies: self.bodies, rows, parked: self.parked }
    }

    /// Everyone goes on for one step.
    pub(crate) fn step(&mut self) {
        self.wake();
        self.enter();
        self.choose_ways();
        self.decide();
        let acts = self.acts();
        self.drive(&acts);
        self.walk();
        self.part();
    }

    /// Wakes those who have come near; those who were near and are far are gone.
    fn wake(&mut self) {
        let here = self.vehicles[0].flat(&self.network).place;
        let next = |stage: Stage, near: bool| match (stage, near) {
            (Stage::Asleep, true) => Stage::Awake,
            (Stage::Awake, false) => Stage::Gone,
            _ => stage,
        };
        for v in &mut self.vehicles[1..] {
            let place = self.network.at(&v.way.lanes, v.way.station).place;
            v.stage = next(v.stage, distance(place, here) < AWAKE_M);
        }
        for w in &mut self.walkers {
            w.stage = next(w.stage, distance(w.place, here) < AWAKE_M);
        }
        self.vehicles.retain(|v| v.stage != Stage::Gone);
        self.walkers.retain(|w| w.stage != Stage::Gone);
    }

    /// Vehicles come in where lanes begin, as others have left.
    fn enter(&mut self) {
        let here = self.vehicles[0].flat(&self.network).place;
        for i in 0..self.entries.len() {
            self.entries[i].1 -= STEP_S;
            let (lane, wait) = self.entries[i];
            let place = self.network.at(&[lane], 0.0).place;
            let away = distance(place, here);
            if wait > 0.0
                || !(40.0..=AWAKE_M - 10.0).contains(&away)
                || self.vehicles.len() >= self.most
            {
                continue;
            }
            self.entries[i].1 = self.random.range(2.0, 7.0);
            let near = self.rectangles().iter().any(|f| {
                distance(f.place, place) < 14.0 && {
                    let (station, _) = self.roads.lanes[lane].path.project(f.place);
                    distance(self.network.at(&[lane], station).place, f.place) < 2.4
                }
            });
            if !near {
                self.come_in(lane);
            }
        }
    }

    fn come_in(&mut self, lane: usize) {
        let class = self.mix.next();
        let mut random = self.random.clone();
        let vehicle = populate::vehicle(self, class, lane, 2.0, &mut random);
        self.random = random;
        self.vehicles.extend(vehicle.map(|v| Vehicle { stage: Stage::Awake, ..v }));
    }

    fn choose_ways(&mut self) {
        for v in self.vehicles.iter_mut().filter(|v| v.stage == Stage::Awake) {
            let (reach, large) = (v.reach().max(100.0), v.is_large());
            v.way.extend(reach, &self.roads, &self.network, &mut v.random, large);
        }
    }

    /// Those at a stop line decide whether to go, one after the other.
    fn decide(&mut self) {
        for i in 0..self.vehicles.len() {
            let me = &self.vehicles[i];
            let line = junction::stop_line(me, &self.roads, &self.network);
            if let Some((lane, gap)) = line.filter(|_| me.stage == Stage::Awake)
                && gap < 10.0
                && junction::may_go(i, lane, &self.vehicles, &self.roads, &self.network)
            {
                self.vehicles[i].decided.push(lane);
            }
        }
    }

    /// What every vehicle does next, all of them looking at the same instant.
    fn acts(&self) -> Vec<Option<Act>> {
        let seen = self.seen();
        let claims: Vec<Claim> = self.walkers.iter().filter_map(Walker::claim).collect();
        let forecasts: Vec<Forecast> = self.vehicles.iter().map(|v| self.forecast(v)).collect();
        (0..self.vehicles.len())
            .map(|i| {
                let awake = self.vehicles[i].stage == Stage::Awake;
                awake.then(|| self.act(i, &seen, &claims, &forecasts))
            })
            .collect()
    }

    fn forecast(&self, v: &Vehicle) -> Forecast {
        let awake = v.stage == Stage::Awake;
        if awake { junction::short_forecast(v, &self.network) } else { Vec::new() }
    }

    /// All who are awake, with the parked ones near the road; the owner's number first.
    fn seen(&self) -> Vec<(u32, Seen)> {
        let here = self.vehicles[0].flat(&self.network).place;
        let vehicles = self.vehicles.iter().filter(|v| v.stage == Stage::Awake).map(|v| {
            let flat = v.flat(&self.network);
            let velocity = [flat.ahead[0] * v.speed, flat.ahead[1] * v.speed];
            (v.id, Seen { flat, velocity, passable: v.class == ObjectClass::Cyclist })
        });
        let walkers = self.walkers.iter().filter(|w| w.stage == Stage::Awake);
        let walkers = walkers
            .map(|w| (w.id, Seen { flat: w.flat(), velocity: w.velocity(), passable: false }));
        let parked = self.parked.iter().filter(|p| distance(p.flat.place, here) < AWAKE_M);
        let parked =
            parked.map(|p| (p.id, Seen { flat: p.flat, velocity: [0.0; 2], passable: true }));
        vehicles.chain(walkers).chain(parked).collect()
    }

    fn act(&self, i: usize, seen: &[(u32, Seen)], claims: &[Claim], forecasts: &[Forecast]) -> Act {
        let me = &self.vehicles[i];
        let outlook = Outlook::new(&me.way, &self.network, 8.0, me.reach());
        let others = seen.iter().filter(|(id, _)| *id != me.id).map(|(_, seen)| seen);
        let view = look(me, &me.flat(&self.network), &outlook, others);
        let mut ahead = view.ahead;
        ahead.extend(self.crossings.ahead(me, &self.network, claims));
        ahead.extend(junction::crossing_ways(i, &self.vehicles, forecasts));
        ahead.extend(me.halt_ahead());
        if let Some((_, gap)) = junction::stop_line(me, &self.roads, &self.network) {
            ahead.push(Ahead { gap: gap + 0.5, speed: 0.0, standing: 1.0 });
        }
        let limit = me.way.lanes.first().and_then(|lane| self.roads.lanes.get(*lane));
        let wanted = me.speed_for(limit.map_or(8.0, |lane| lane.speed_limit), &outlook);
        Act { acceleration: acceleration(me.speed, wanted, &ahead), left: view.left }
    }

    fn drive(&mut self, acts: &[Option<Act>]) {
        for (v, act) in self.vehicles.iter_mut().zip(acts) {
            if let Some(act) = act
                && !v.step(*act, STEP_S, &self.network)
                && v.id != EGO
            {
                v.stage = Stage::Gone;
            }
        }
        self.vehicles.retain(|v| v.stage != Stage::Gone);
    }

    fn walk(&mut self) {
        let mut walkers = std::mem::take(&mut self.walkers);
        let bodies: Vec<Flat> = self.seen().into_iter().map(|(_, seen)| seen.flat).collect();
        for i in 0..walkers.len() {
            if walkers[i].stage != Stage::Awake {
                continue;
            }
            let mut me = walkers[i].clone();
            let near: Vec<&Walker> = walkers
                .iter()
                .filter(|w| w.id != me.id && distance(w.place, me.place) < 4.0)
                .collect();
            let others: Vec<_> = near.iter().map(|w| (w.place, w.velocity())).collect();
            me.step(
                STEP_S,
                &others,
                |w, crossing| {
                    self.crossings.is_free(crossing, w.wish, &self.vehicles, &self.network)
                },
                |flat| {
                    !near.iter().any(|w| w.flat().overlaps(flat))
                        && !bodies.iter().any(|body| body.overlaps(flat))
                },
            );
            walkers[i] = me;
        }
        self.walkers = walkers;
    }

    /// Takes those off the road that touch another one; never the vehicle itself.
    fn part(&mut self) {
        let here = self.vehicles[0].flat(&self.network).place;
        let awake: Vec<&Vehicle> =
            self.vehicles.iter().filter(|v| v.stage == Stage::Awake).collect();
        let flats: Vec<Flat> = awake.iter().map(|v| v.flat(&self.network).grown(0.02)).collect();
        let still = self.parked.iter().filter(|p| distance(p.flat.place, here) < AWAKE_M);
        let still: Vec<Flat> = still.map(|p| p.flat).collect();
        let touches = |i: usize| {
            flats[..i].iter().any(|f| f.overlaps(&flats[i]))
                || i > 0 && still.iter().any(|f| f.overlaps(&flats[i]))
        };
        let touching: Vec<u32> =
            (0..flats.len()).filter(|i| touches(*i)).map(|i| awake[i].id).collect();
        self.parted.extend(&touching);
        self.vehicles.retain(|v| v.id == EGO || !touching.contains(&v.id));
        let parted = &mut self.parted;
        self.walkers.retain(|w| {
            let flat = w.flat().grown(0.02);
            let touches = w.stage == Stage::Awake && flats.iter().any(|f| f.overlaps(&flat));
            parted.extend(touches.then_some(w.id));
            !touches
        });
    }
}

/// Lanes that no other leads to.
fn entries(roads: &Roads, random: &mut Random) -> Vec<(usize, f32)> {
    let is_led_to = |lane: usize| roads.lanes.iter().any(|l| l.next.contains(&lane));
    let free = (0..roads.lanes.len()).filter(|lane| !is_led_to(*lane));
    free.map(|lane| (lane, random.range(0.0, 5.0))).collect()
}

fn ego(roads: &Roads, network: &Network, seed: u64, start: f32, cruise: f32) -> Vehicle {
    let mut plan = roads.route.clone();
    let mut station = start;
    while plan.len() > 1 && station > network.length(plan[0]) {
        station -= network.length(plan.remove(0));
    }
    let lanes = if plan.is_empty() { vec![0] } else { vec![plan.remove(0)] };
    Vehicle {
        id: EGO,
        class: ObjectClass::Car,
        half: EGO_HALF_M,
        way: Way { lanes, station, plan },
        speed: 0.8 * cruise,
        left: 0.0,
        home: 0.0,
        wish: cruise,
        driven: 0.0,
        halt: None,
        decided: Vec::new(),
        stage: Stage::Awake,
        random: Random::new(seed, 0xe60),
    }
}

fn mark(id: u32, flat: &Flat, covered: f32) -> Mark {
    Mark { id, place: flat.place, heading: atan2(flat.ahead[1], flat.ahead[0]), covered }
}
