//! Random street scenes with labelled scans, to train a detector on.
//!
//! A scene is a street around the vehicle that never existed: ground with slopes, kerbs
//! and banks, rows of parked cars, traffic, and above all what could be taken for a car.
//! It is a function of two seeds: that of the [`SceneMaker`], which holds shapes to choose
//! from, and its own.

mod building;
mod pool;
mod roadside;
mod street;
mod users;

use crate::lidar::{Lidar, LidarScan, Sector};
use crate::random::hash;
use crate::scene::{Object, Pose, Scene};
use building::Site;
use delos_core::{Box3, Ego, ObjectClass, Position, Yaw};
use nalgebra::Vector3;
use pool::Pool;
use street::Street;

/// Makes scenes from a store of shapes.
#[derive(Clone, Debug)]
pub struct SceneMaker {
    pool: Pool,
}

/// A road user in a scan.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledBox {
    /// What it is.
    pub class: ObjectClass,
    /// The box around it.
    pub bbox: Box3<Ego>,
    /// How many points of the scan lie on it.
    pub points: u32,
}

/// A scan and every road user of its scene, those without a point among them.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledScan {
    /// The scan.
    pub scan: LidarScan,
    /// The road users, by their number in the scan's hits.
    pub objects: Vec<LabelledBox>,
}

impl SceneMaker {
    /// Prepares the shapes of a seed: some hundred vehicles, people, houses, fences.
    pub fn new(seed: u64) -> Self {
        Self { pool: Pool::new(seed) }
    }

    /// The scene of a seed: ten to thirty cars within 70 m (one scene in twenty has none),
    /// everything else that stands and moves in streets, and the vehicle on its lane.
    pub fn scene(&self, seed: u64) -> Scene {
        let street = Street::new(seed);
        let mut site = Site::new(&street, &self.pool, seed);
        users::add(&mut site);
        roadside::add(&mut site);
        site.scene()
    }

    /// The scan of the scene of a seed, with labels.
    pub fn labelled_scan(&self, seed: u64, lidar: &Lidar, sector: Sector) -> LabelledScan {
        let scene = self.scene(seed);
        let scan = lidar.scan(&scene, sector, hash(seed, 0x5ca9, 0));
        let points = scan.points_on(scene.objects.len());
        let objects = scene.objects.iter().zip(points);
        let label = |(object, points): (&Object, u32)| LabelledBox {
            class: object.class,
            bbox: bbox(object, &scene.ego),
            points,
        };
        LabelledScan { objects: objects.map(label).collect(), scan }
    }

    /// Labelled scans of one seed after the other, without end.
    pub fn scans(
        &self,
        first_seed: u64,
        lidar: &Lidar,
        sector: Sector,
    ) -> impl Iterator<Item = LabelledScan> {
        let seeds = std::iter::successors(Some(first_seed), |seed| Some(seed.wrapping_add(1)));
        seeds.map(move |seed| self.labelled_scan(seed, lidar, sector))
    }
}

/// The box of an object in the frame of the vehicle.
fn bbox(object: &Object, ego: &Pose) -> Box3<Ego> {
    let middle = Vector3::new(0.0, 0.0, object.size.height() as f32 / 2.0);
    let center = ego.to_local(&object.pose.to_world(&middle)).cast::<f64>();
    let ahead = ego.turn.tr_mul(&object.pose.turn.column(0)).cast::<f64>();
    let center = Position::new(center.x, center.y, center.z);
    Box3::new(center, object.size, Yaw::of_vector(ahead.x, ahead.y))
}

#[cfg(test)]
mod tests;
