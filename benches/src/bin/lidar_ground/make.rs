//! Simulated scans of which it is known what each point lies on.
//!
//! Streets of [`SceneMaker`] with their slopes, kerbs, banks and uneven grass; the same with a
//! steep ramp ahead; frames of drives. A wet road mirrors: one return in five hundred from scenery
//! and one in six from every fourth road user have a double below the ground.

use super::files::{self, FALSE, OBJECT, Truth};
use super::ramp::Ramp;
use anyhow::Result;
use delos_core::LidarPoint;
use delos_sim::drive::{Drive, DriveConfig};
use delos_sim::lidar::{Lidar, NO_OBJECT, Sector};
use delos_sim::math::Vec3;
use delos_sim::random::Random;
use delos_sim::scene::Scene;
use delos_sim::scenes::SceneMaker;
use std::path::Path;

/// Seeds from here on are in no test and no training.
const FIRST_SEED: u64 = 91_000;
const STREETS: u64 = 20;
const DRIVES: u64 = 4;
const FRAMES: [usize; 4] = [5, 45, 85, 125];
/// Returns from so high over ground may be mirrored, metres.
const MIRRORED_M: f32 = 0.3;
/// Probabilities that a return is: from scenery; from a road user of which every [`EVERY`]th
/// stands on wet ground.
const MIRRORED: [f32; 2] = [0.002, 0.16];
const EVERY: u32 = 4;

/// Writes all scans into a folder.
pub(super) fn make(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let maker = SceneMaker::new(FIRST_SEED);
    for name in Lidar::names() {
        let lidar = Lidar::named(name)?;
        for seed in FIRST_SEED..FIRST_SEED + STREETS {
            let mut scene = maker.scene(seed);
            write(folder, &format!("{name}_street_{seed}"), &scene, &lidar, seed)?;
            Ramp::new(seed).bend(&mut scene);
            write(folder, &format!("{name}_ramp_{seed}"), &scene, &lidar, seed)?;
        }
        for seed in FIRST_SEED..FIRST_SEED + DRIVES {
            let drive =
                Drive::new(&DriveConfig { seed, frames: 130, rate_hz: 10.0, actors: None })?;
            for frame in FRAMES {
                let scene = drive.scene(frame)?;
                write(folder, &format!("{name}_drive_{seed}_{frame:03}"), &scene, &lidar, seed)?;
            }
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, scene: &Scene, lidar: &Lidar, seed: u64) -> Result<()> {
    let scan = lidar.scan(scene, Sector::Full, seed);
    let mut random = Random::new(seed, 77);
    let (mut points, mut truth) = (Vec::new(), Vec::new());
    for (point, hit) in scan.cloud.points().iter().zip(&scan.hits) {
        let height_m = height(scene, point);
        points.push(*point);
        truth.push(Truth { height_m, what: if *hit == NO_OBJECT { 0.0 } else { OBJECT } });
        let chance = if *hit == NO_OBJECT {
            MIRRORED[0]
        } else if hit % EVERY == 0 {
            MIRRORED[1]
        } else {
            0.0
        };
        if height_m > MIRRORED_M && random.chance(chance) {
            points.push(LidarPoint { z: point.z - 2.0 * height_m, intensity: 0.0, ..*point });
            truth.push(Truth { height_m: -height_m, what: FALSE });
        }
    }
    files::write(folder, name, &points, &truth)
}

/// Height of a point over the ground of its scene. The vehicle is nearly upright: what is above
/// in its frame is above in the world.
fn height(scene: &Scene, point: &LidarPoint) -> f32 {
    let place = scene.ego.to_world(&Vec3::new(point.x, point.y, point.z));
    place.z - scene.ground.height(place.x, place.y)
}
