//! A drive: the scene of every frame, from a seed.

mod footing;

use crate::SimError;
use crate::math::{Vec3, atan2, mix, sin_cos};
use crate::random::Random;
use crate::scene::{LIDAR_HEIGHT_M, Object, Pose, Scene, Solid};
use crate::shapes::Body;
use crate::traffic::{self, Mark, Row, STEP_S, Traffic};
use crate::world::{self, World};
use delos_core::ObjectClass;
use footing::{Wheels, stand};

/// What drive to make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DriveConfig {
    /// All randomness comes from it: the same seed gives the same drive.
    pub seed: u64,
    /// Number of frames, 1 to [`MOST_FRAMES`].
    pub frames: usize,
    /// Frames per second, 1 to 100.
    pub rate_hz: f64,
    /// Road users besides the vehicle itself at the start, parked ones included; `None`:
    /// as many as suit the road.
    pub actors: Option<usize>,
}

impl Default for DriveConfig {
    fn default() -> Self {
        Self { seed: 1, frames: 300, rate_hz: 10.0, actors: None }
    }
}

/// The longest drive, in frames.
pub const MOST_FRAMES: usize = 3000;
/// The longest drive, in seconds (a slow rate allows fewer frames).
pub const MOST_SECONDS: f64 = 300.0;
/// Road users and static things within this distance of the vehicle are in its scenes,
/// metres.
pub const SIGHT_M: f32 = 120.0;

/// Rates that make sense, frames per second.
const RATES_HZ: [f64; 2] = [1.0, 100.0];
/// Road behind the vehicle at the start and ahead of it at the end, metres.
const MARGIN_M: [f32; 2] = [65.0, 140.0];
/// Distance of the LiDAR ahead of the middle of the vehicle, metres.
const LIDAR_AHEAD_M: f32 = 0.0;
/// Distance walked in two steps, and ridden in one turn of the pedals, metres.
const STRIDE_M: f32 = 1.4;
const PEDALS_M: f32 = 4.5;

/// A drive through a world with traffic: any frame can be asked for, in any order and
/// from several threads.
#[derive(Clone, Debug)]
pub struct Drive {
    frames: usize,
    rate_hz: f64,
    world: World,
    traffic: Traffic,
}

impl Drive {
    /// Builds the world and lets the traffic run.
    ///
    /// # Errors
    /// [`SimError::Frames`], [`SimError::Rate`] for numbers outside their limits;
    /// [`SimError::Actors`] when the road does not hold so many.
    pub fn new(config: &DriveConfig) -> Result<Self, SimError> {
        check(config)?;
        let length = MARGIN_M[0] + cruise(config) * seconds(config) + MARGIN_M[1];
        Self::through(world::build(config.seed, length), config)
    }

    /// A drive through a world that is there already. Where its route is too short for the
    /// drive, the vehicle goes straight on at the end.
    ///
    /// # Errors
    /// As [`Drive::new`].
    pub fn through(world: World, config: &DriveConfig) -> Result<Self, SimError> {
        check(config)?;
        let steps = (seconds(config) / STEP_S).ceil() as usize + 1;
        let ego = (MARGIN_M[0], cruise(config));
        let traffic = traffic::run(&world.roads, config.seed, ego, steps, config.actors);
        let asked = config.actors.unwrap_or(0);
        let traffic = traffic.map_err(|room| SimError::Actors { actors: asked, room })?;
        Ok(Self { frames: config.frames, rate_hz: config.rate_hz, world, traffic })
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Frames per second.
    pub fn rate_hz(&self) -> f64 {
        self.rate_hz
    }

    /// What stands still.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Everything near the vehicle at this frame (0 is the first). [`Solid::object`] is the
    /// position in [`Scene::objects`].
    ///
    /// # Errors
    /// [`SimError::Frame`] beyond the end.
    pub fn scene(&self, frame: usize) -> Result<Scene, SimError> {
        if frame >= self.frames {
            return Err(SimError::Frame { frame, frames: self.frames });
        }
        Ok(self.scene_at(frame as f64 / self.rate_hz))
    }

    /// The same at any time, in seconds from frame 0. Before it and after the last frame
    /// everybody goes straight on.
    pub fn scene_at(&self, seconds: f64) -> Scene {
        let moment = self.moment(seconds);
        let (ego, ego_velocity) = self.ego(&moment);
        let mut scene = Scene {
            ground: self.world.ground.clone(),
            solids: Vec::new(),
            volumes: Vec::new(),
            objects: Vec::new(),
            ego,
            ego_velocity,
        };
        self.add_static(&mut scene);
        for state in self.states(&moment) {
            self.add_actor(&mut scene, &state);
        }
        scene
    }

    fn moment(&self, seconds: f64) -> Moment<'_> {
        let steps = seconds / f64::from(STEP_S);
        let rows = &self.traffic.rows;
        let first = (steps as usize).min(rows.len().saturating_sub(2));
        let rows = [&rows[first], &rows[(first + 1).min(rows.len() - 1)]];
        Moment { rows, part: (steps - first as f64) as f32 }
    }

    fn ego(&self, moment: &Moment<'_>) -> (Pose, Vec3) {
        let [before, after] = moment.rows;
        let state = between(&before.ego, &after.ego, moment.part);
        let wheels = Wheels { along: 1.35, across: 0.78 };
        let body = stand(&self.world.ground, state.place, state.heading, wheels);
        let lidar = Vec3::new(LIDAR_AHEAD_M, 0.0, LIDAR_HEIGHT_M);
        let ego = Pose { origin: body.to_world(&lidar), turn: body.turn };
        (ego, self.climbing(&state))
    }

    /// The velocity of something that stays on the ground.
    fn climbing(&self, state: &State) -> Vec3 {
        let [x, y] = state.velocity;
        let [along_x, along_y] = self.world.ground.slope(state.place[0], state.place[1]);
        Vec3::new(x, y, x * along_x + y * along_y)
    }

    fn add_static(&self, scene: &mut Scene) {
        let (solids, volumes) = self.world.near([scene.ego.origin.x, scene.ego.origin.y], SIGHT_M);
        scene.solids.extend(solids.iter().filter_map(|i| self.world.solids.get(*i).cloned()));
        scene.volumes.extend(volumes.iter().filter_map(|i| self.world.volumes.get(*i).copied()));
    }

    /// Everyone at this moment: those who move, then those who are parked.
    fn states(&self, moment: &Moment<'_>) -> Vec<State> {
        let [before, after] = moment.rows;
        let mut later = after.others.iter().peekable();
        let mut all = Vec::with_capacity(before.others.len() + self.traffic.parked.len());
        for mark in &before.others {
            while later.next_if(|m| m.id < mark.id).is_some() {}
            all.extend(later.next_if(|m| m.id == mark.id).map(|m| between(mark, m, moment.part)));
        }
        all.extend(self.traffic.parked.iter().map(|parked| State {
            id: parked.id,
            place: parked.flat.place,
            heading: atan2(parked.flat.ahead[1], parked.flat.ahead[0]),
            covered: 0.0,
            velocity: [0.0; 2],
        }));
        all
    }

    fn add_actor(&self, scene: &mut Scene, state: &State) {
        let away = [state.place[0] - scene.ego.origin.x, state.place[1] - scene.ego.origin.y];
        let Some(body) = self.traffic.bodies.get(state.id as usize) else { return };
        if away[0].hypot(away[1]) > SIGHT_M {
            return;
        }
        let stance = self.stance(body, state);
        let object = Object {
            id: state.id,
            class: body.class,
            size: body.size,
            pose: Pose::new(stance.origin, state.heading, 0.0, 0.0),
            velocity: self.climbing(state),
        };
        let number = scene.objects.len() as u32;
        scene.objects.push(object);
        let phase = phase(body, state.covered);
        scene.solids.extend(body.phases.get(phase).map(|mesh| Solid {
            mesh: mesh.clone(),
            pose: stance,
            object: Some(number),
        }));
    }

    /// How a road user stands: people upright, the others along the ground.
    fn stance(&self, body: &Body, state: &State) -> Pose {
        let (length, width) = (body.size.length() as f32, body.size.width() as f32);
        let wheels = Wheels { along: 0.3 * length, across: 0.42 * width };
        let pose = stand(&self.world.ground, state.place, state.heading, wheels);
        match body.class {
            ObjectClass::Pedestrian => Pose::new(pose.origin, state.heading, 0.0, 0.0),
            ObjectClass::Cyclist => {
                let pitch = -libm::asinf(pose.turn[(2, 0)].clamp(-1.0, 1.0));
                Pose::new(pose.origin, state.heading, pitch, 0.0)
            }
            _ => pose,
        }
    }
}

/// Two steps and how far between them.
struct Moment<'a> {
    rows: [&'a Row; 2],
    part: f32,
}

/// A road user at a moment.
struct State {
    id: u32,
    place: [f32; 2],
    heading: f32,
    covered: f32,
    velocity: [f32; 2],
}

fn between(a: &Mark, b: &Mark, part: f32) -> State {
    let (sin, cos) = sin_cos(b.heading - a.heading);
    State {
        id: a.id,
        place: [mix(a.place[0], b.place[0], part), mix(a.place[1], b.place[1], part)],
        heading: a.heading + part * atan2(sin, cos),
        covered: mix(a.covered, b.covered, part),
        velocity: [(b.place[0] - a.place[0]) / STEP_S, (b.place[1] - a.place[1]) / STEP_S],
    }
}

/// Which phase of its movement a body is in after this distance.
fn phase(body: &Body, covered: f32) -> usize {
    let cycle = if body.class == ObjectClass::Cyclist { PEDALS_M } else { STRIDE_M };
    let count = body.phases.len().max(1);
    (covered / cycle * count as f32) as usize % count
}

fn check(config: &DriveConfig) -> Result<(), SimError> {
    let DriveConfig { frames, rate_hz, .. } = *config;
    let [least, most] = RATES_HZ;
    if !(least..=most).contains(&rate_hz) {
        return Err(SimError::Rate { rate_hz, least, most });
    }
    let longest = MOST_FRAMES.min((MOST_SECONDS * rate_hz) as usize);
    if frames == 0 || frames > longest {
        return Err(SimError::Frames { frames: frames as u64, most: longest as u64 });
    }
    Ok(())
}

/// The longest main road that is built, metres.
const LONGEST_M: f32 = 3500.0;

/// The speed at which the vehicle likes to drive, m/s; less where the road would be too
/// long.
fn cruise(config: &DriveConfig) -> f32 {
    let most = (LONGEST_M - MARGIN_M[0] - MARGIN_M[1]) / seconds(config);
    Random::new(config.seed, 0xc2).range(9.0, 13.0).min(most)
}

fn seconds(config: &DriveConfig) -> f32 {
    (config.frames as f64 / config.rate_hz) as f32
}

#[cfg(test)]
mod tests;
