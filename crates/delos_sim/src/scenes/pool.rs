//! Shapes to choose from.

use crate::random::Random;
use crate::shape::Mesh;
use crate::shapes::{Body, body};
use crate::world::clutter::{self, Edge};
use delos_core::ObjectClass;
use std::sync::Arc;

/// Length of a panel of wall, fence or rail, metres.
pub(super) const PANEL_M: f32 = 4.0;

/// Prepared shapes: making them anew for every scene would take most of the time.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub(super) cars: Vec<Body>,
    pub(super) vans: Vec<Body>,
    /// Trucks and buses.
    pub(super) large: Vec<Body>,
    pub(super) people: Vec<Body>,
    /// Cyclists and motorcycles.
    pub(super) riders: Vec<Body>,
    pub(super) houses: Vec<Arc<Mesh>>,
    pub(super) halls: Vec<Arc<Mesh>>,
    pub(super) sheds: Vec<Arc<Mesh>>,
    /// Panels, each of another style.
    pub(super) walls: Vec<Arc<Mesh>>,
    pub(super) fences: Vec<Arc<Mesh>>,
    pub(super) rails: Vec<Arc<Mesh>>,
    pub(super) poles: Vec<Arc<Mesh>>,
    pub(super) signs: Vec<Arc<Mesh>>,
    /// As large as cars.
    pub(super) containers: Vec<Arc<Mesh>>,
    /// Bins, bollards, cabinets.
    pub(super) small: Vec<Arc<Mesh>>,
    pub(super) shelters: Vec<Arc<Mesh>>,
}

impl Pool {
    pub(super) fn new(seed: u64) -> Self {
        let random = &mut Random::new(seed, 0x9001);
        let large = bodies(ObjectClass::Truck, 18, random).into_iter();
        let riders = bodies(ObjectClass::Cyclist, 18, random).into_iter();
        Self {
            cars: bodies(ObjectClass::Car, 240, random),
            vans: bodies(ObjectClass::Van, 40, random),
            large: large.chain(bodies(ObjectClass::Bus, 6, random)).collect(),
            people: bodies(ObjectClass::Pedestrian, 36, random),
            riders: riders.chain(bodies(ObjectClass::Motorcycle, 6, random)).collect(),
            houses: meshes(32, || clutter::house(random)),
            halls: meshes(10, || clutter::hall(random)),
            sheds: meshes(14, || clutter::shed(random)),
            walls: meshes(14, || Edge::wall(random).panel(PANEL_M)),
            fences: meshes(20, || Edge::fence(random).panel(PANEL_M)),
            rails: meshes(1, || Edge::Rail.panel(PANEL_M)),
            poles: meshes(10, || clutter::pole(random)),
            signs: meshes(24, || clutter::sign(random)),
            containers: meshes(24, || clutter::container(random)),
            small: small(random),
            shelters: meshes(4, || clutter::shelter(random)),
        }
    }
}

fn bodies(class: ObjectClass, count: usize, random: &mut Random) -> Vec<Body> {
    (0..count).map(|_| body(class, random)).collect()
}

fn meshes(count: usize, mut make: impl FnMut() -> Mesh) -> Vec<Arc<Mesh>> {
    (0..count).map(|_| Arc::new(make())).collect()
}

fn small(random: &mut Random) -> Vec<Arc<Mesh>> {
    let makers = [clutter::bin, clutter::bollard, clutter::cabinet];
    makers.iter().flat_map(|make| meshes(8, || make(random))).collect()
}
