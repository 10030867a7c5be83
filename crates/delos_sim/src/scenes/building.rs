//! Putting things into a scene so that they do not stand in one another.

use super::pool::Pool;
use super::street::Street;
use crate::math::{Vec3, atan2, sin_cos};
use crate::random::Random;
use crate::scene::{LIDAR_HEIGHT_M, Object, Pose, Scene, Solid};
use crate::shape::{Mesh, Volume};
use crate::shapes::Body;
use crate::world::plants::Plant;
use delos_core::{ObjectClass, Size};
use std::sync::Arc;

/// Cosine of the steepest slope on which road users stand: six degrees.
const LEVEL: f32 = 0.9945;

/// A scene that is being built.
pub(super) struct Site<'a> {
    pub(super) street: &'a Street,
    pub(super) pool: &'a Pool,
    pub(super) random: Random,
    /// No car at all, nothing that could be labelled as one.
    pub(super) without_cars: bool,
    ego: Pose,
    solids: Vec<Solid>,
    volumes: Vec<Volume>,
    objects: Vec<Object>,
    /// Ground that is taken: discs (x, y, radius), metres.
    taken: Vec<[f32; 3]>,
}

impl<'a> Site<'a> {
    pub(super) fn new(street: &'a Street, pool: &'a Pool, seed: u64) -> Self {
        let mut random = Random::new(seed, 2);
        let y = -0.5 * street.half_m + random.normal(0.0, 0.2);
        let turning = random.chance(0.12);
        let yaw = random.normal(0.0, if turning { 0.35 } else { 0.025 });
        let stance = standing(street, [0.0, y], yaw);
        let nod = crate::math::rotation(0.0, random.normal(0.0, 0.008), random.normal(0.0, 0.006));
        let origin = stance.origin + Vec3::new(0.0, 0.0, LIDAR_HEIGHT_M + random.normal(0.0, 0.03));
        Self {
            street,
            pool,
            without_cars: random.chance(0.05),
            random,
            ego: Pose { origin, turn: stance.turn * nod },
            solids: Vec::new(),
            volumes: Vec::new(),
            objects: Vec::new(),
            taken: discs([0.0, y], yaw, 5.5, 2.2).to_vec(),
        }
    }

    /// The finished scene.
    pub(super) fn scene(self) -> Scene {
        let speed = Vec3::new(8.0, 0.0, 0.0);
        Scene {
            ground: Arc::new(self.street.grid()),
            solids: self.solids,
            volumes: self.volumes,
            objects: self.objects,
            ego_velocity: self.ego.turn * speed,
            ego: self.ego,
        }
    }

    /// Puts a road user on the ground, unless the place is taken, steep or out of reach.
    pub(super) fn body(&mut self, body: &Body, place: [f32; 2], yaw: f32, speed: f32) -> bool {
        if (self.without_cars && is_car(body.class))
            || place[0] * place[0] + place[1] * place[1] > 70.0 * 70.0
        {
            return false;
        }
        let (length, width) = (body.size.length() as f32, body.size.width() as f32);
        let pose = standing(self.street, place, yaw);
        let steep = pose.turn[(2, 2)] < LEVEL;
        if steep || !self.claim(&discs(place, yaw, length, width)) {
            return false;
        }
        let Some(mesh) = self.random.pick(&body.phases).cloned() else { return false };
        let number = self.objects.len() as u32;
        self.solids.push(Solid { mesh, pose, object: Some(number) });
        self.objects.push(object(number, body.class, body.size, pose, speed));
        true
    }

    /// Puts a thing on the ground, upright, unless the place is taken.
    pub(super) fn thing(&mut self, mesh: &Arc<Mesh>, place: [f32; 2], yaw: f32) -> bool {
        let Some((low, high)) = mesh.bounds() else { return false };
        let size = high - low;
        if !self.claim(&discs(place, yaw, size.x, size.y)) {
            return false;
        }
        let origin = self.street.foot(place[0], place[1]);
        let pose = Pose::new(origin, yaw, 0.0, 0.0);
        self.solids.push(Solid { mesh: mesh.clone(), pose, object: None });
        true
    }

    /// Puts a plant where `make` grows it, unless the place is taken.
    pub(super) fn plant(
        &mut self,
        place: [f32; 2],
        radius: f32,
        make: impl FnOnce(&mut Random, Vec3) -> Plant,
    ) -> bool {
        if !self.claim(&[[place[0], place[1], radius]]) {
            return false;
        }
        let foot = self.street.foot(place[0], place[1]);
        let plant = make(&mut self.random, foot);
        self.volumes.extend(plant.volumes);
        if let Some(trunk) = plant.trunk {
            let pose = Pose::new(foot, 0.0, 0.0, 0.0);
            self.solids.push(Solid { mesh: Arc::new(trunk), pose, object: None });
        }
        true
    }

    /// Takes away cars at random until no more than `most` are left.
    pub(super) fn thin_out(&mut self, most: usize) {
        let mut cars: Vec<u32> =
            self.objects.iter().filter(|o| is_car(o.class)).map(|o| o.id).collect();
        let mut gone = vec![false; self.objects.len()];
        while cars.len() > most {
            let one = cars.swap_remove(self.random.below(cars.len()));
            gone[one as usize] = true;
        }
        let kept = |number: u32| gone[..number as usize].iter().filter(|g| !**g).count() as u32;
        self.solids.retain(|s| s.object.is_none_or(|number| !gone[number as usize]));
        self.solids.iter_mut().for_each(|s| s.object = s.object.map(kept));
        self.objects.retain(|o| !gone[o.id as usize]);
        self.objects.iter_mut().for_each(|o| o.id = kept(o.id));
    }

    /// World place and heading at a distance along the road and to the left of its middle.
    pub(super) fn beside(&self, x: f32, left: f32) -> ([f32; 2], f32) {
        let heading = self.street.heading(x);
        let (sin, cos) = sin_cos(heading);
        ([x - left * sin, self.street.middle(x) + left * cos], heading)
    }

    /// Takes the ground if it is free.
    fn claim(&mut self, discs: &[[f32; 3]]) -> bool {
        let clear = |a: &[f32; 3], b: &[f32; 3]| {
            let (dx, dy, r) = (a[0] - b[0], a[1] - b[1], a[2] + b[2]);
            dx * dx + dy * dy > r * r
        };
        let free = discs.iter().all(|disc| self.taken.iter().all(|other| clear(disc, other)));
        if free {
            self.taken.extend_from_slice(discs);
        }
        free
    }
}

const fn is_car(class: ObjectClass) -> bool {
    matches!(class, ObjectClass::Car | ObjectClass::Van)
}

/// Standing on sloped ground, heading along `yaw`.
fn standing(street: &Street, place: [f32; 2], yaw: f32) -> Pose {
    let (sin, cos) = sin_cos(yaw);
    let height = |along: f32, left: f32| {
        street.height(place[0] + along * cos - left * sin, place[1] + along * sin + left * cos)
    };
    let (front, back, left, right) =
        (height(1.3, 0.0), height(-1.3, 0.0), height(0.0, 0.7), height(0.0, -0.7));
    let origin = Vec3::new(place[0], place[1], 0.25 * (front + back + left + right));
    Pose::new(origin, yaw, atan2(back - front, 2.6), atan2(left - right, 1.4))
}

/// Discs that cover a rectangle well enough: four along its longer side.
fn discs(place: [f32; 2], yaw: f32, length: f32, width: f32) -> [[f32; 3]; 4] {
    let (sin, cos) = sin_cos(yaw);
    let (long, short) = (length.max(width), length.min(width));
    let (ux, uy) = if length >= width { (cos, sin) } else { (-sin, cos) };
    [-0.375, -0.125, 0.125, 0.375].map(|share| {
        let along = share * (long - 0.3 * short);
        [place[0] + along * ux, place[1] + along * uy, (0.5 * short).max(0.125 * long)]
    })
}

fn object(id: u32, class: ObjectClass, size: Size, pose: Pose, speed: f32) -> Object {
    Object { id, class, size, pose, velocity: pose.turn * Vec3::new(speed, 0.0, 0.0) }
}
