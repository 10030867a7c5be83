//! Hedges, bushes, trees: leafy ellipsoids and trunks.

use super::clutter::near;
use crate::math::{Vec3, sin_cos};
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface, Volume};
use std::f32::consts::TAU;

/// A plant in its place.
#[derive(Clone, Debug, Default)]
pub struct Plant {
    /// Its leaves, in the world.
    pub volumes: Vec<Volume>,
    /// Its trunk: a shape with its origin on the ground.
    pub trunk: Option<Mesh>,
}

/// A bush that stands alone, 3 to 5 m long and 1.2 to 1.8 m high, with its foot at
/// `place` and its length along `yaw`.
pub fn bush(random: &mut Random, place: Vec3, yaw: f32) -> Plant {
    let (long, wide, high) =
        (random.range(2.4, 4.8), random.range(1.3, 2.2), random.range(1.1, 1.8));
    let leaves = Leaves::new(random);
    let (sin, cos) = sin_cos(yaw);
    let count = 2 + random.below(3);
    let volumes = (0..count).map(|i| {
        let along = long * ((i as f32 + 0.5) / count as f32 - 0.5) * 0.8;
        let across = random.range(-0.12, 0.12) * wide;
        let half = high * random.range(0.42, 0.5);
        let radii =
            Vec3::new(0.62 * long / count as f32 + 0.25, 0.5 * wide * random.range(0.8, 1.0), half);
        let foot = place + Vec3::new(along * cos - across * sin, along * sin + across * cos, 0.0);
        leaves.volume(random, foot + Vec3::new(0.0, 0.0, 0.9 * half), radii, yaw)
    });
    Plant { volumes: volumes.collect(), trunk: None }
}

/// A piece of hedge, 2.4 m long, 1 to 2 m high, along `yaw`.
pub fn hedge(random: &mut Random, place: Vec3, yaw: f32) -> Plant {
    let style = Hedge::new(random);
    let (sin, cos) = sin_cos(yaw);
    let at = |along: f32| place + Vec3::new(along * cos, along * sin, 0.0);
    let volumes = [-0.8, 0.0, 0.8].map(|d| style.piece(random, at(d), yaw));
    Plant { volumes: volumes.to_vec(), trunk: None }
}

/// The style of a hedge of any length.
#[derive(Clone, Copy, Debug)]
pub struct Hedge {
    leaves: Leaves,
    height: f32,
    width: f32,
}

impl Hedge {
    /// The next style.
    pub fn new(random: &mut Random) -> Self {
        let leaves = Leaves { depth: random.range(0.15, 0.3), ..Leaves::new(random) };
        Self { leaves, height: random.range(1.0, 2.0), width: random.range(0.6, 1.1) }
    }

    /// One ellipsoid of it, to be set every 1 to 1.4 m.
    pub fn piece(&self, random: &mut Random, foot: Vec3, yaw: f32) -> Volume {
        let half = 0.54 * self.height * random.range(0.95, 1.05);
        let radii = Vec3::new(1.15, 0.55 * self.width, half);
        self.leaves.volume(random, foot + Vec3::new(0.0, 0.0, 0.85 * half), radii, yaw)
    }
}

/// A tree with leaves, 5 to 11 m high; its crown begins 2 to 3 m above the ground.
pub fn tree(random: &mut Random, place: Vec3) -> Plant {
    let crown = random.range(1.3, 2.4);
    let clear = random.range(2.1, 3.0);
    let leaves = Leaves { depth: random.range(0.3, 0.6), ..Leaves::new(random) };
    let middle = place + Vec3::new(0.0, 0.0, clear + 0.9 * crown);
    let turn = random.range(0.0, TAU);
    let count = 1 + random.below(5);
    let volumes = (0..count).map(|i| {
        let (sin, cos) = sin_cos(turn + TAU * i as f32 / count as f32);
        let away = if count == 1 { 0.0 } else { 0.5 * crown };
        let up = random.range(-0.15, 0.5) * crown * f32::from(u8::from(count > 1));
        let radius = crown * if count == 1 { 1.0 } else { random.range(0.65, 0.85) };
        let radii = Vec3::new(radius, radius, 0.9 * radius);
        leaves.volume(random, middle + Vec3::new(away * cos, away * sin, up), radii, turn)
    });
    let volumes = volumes.collect();
    Plant { volumes, trunk: Some(trunk(random, clear + 0.6 * crown)) }
}

/// A tree with needles, 5 to 12 m high: a stack of narrowing layers.
pub fn conifer(random: &mut Random, place: Vec3) -> Plant {
    let height = random.range(5.0, 12.0);
    let wide = random.range(0.18, 0.26) * height;
    let leaves = Leaves { colour: near(random, [40, 66, 44], 8.0), depth: random.range(0.2, 0.4) };
    let volumes = (0..4).map(|i| {
        let share = f32::from(i as u8) / 4.0;
        let radius = wide * (1.0 - 0.8 * share);
        let up = height * (0.12 + 0.75 * share) + 0.12 * height;
        let radii = Vec3::new(radius, radius, 0.17 * height);
        leaves.volume(random, place + Vec3::new(0.0, 0.0, up), radii, 0.0)
    });
    let volumes = volumes.collect();
    Plant { volumes, trunk: Some(trunk(random, 0.5 * height)) }
}

fn trunk(random: &mut Random, height: f32) -> Mesh {
    let mut mesh = Mesh::default();
    let bark = mesh.surface(Surface::new(Material::Wood, near(random, [92, 76, 60], 14.0)));
    let foot = Vec3::new(0.0, 0.0, -0.3);
    mesh.column(foot, random.range(0.09, 0.24), height + 0.3, 7, bark);
    mesh
}

/// Colour and density of a plant.
#[derive(Clone, Copy, Debug)]
struct Leaves {
    colour: [u8; 3],
    depth: f32,
}

impl Leaves {
    fn new(random: &mut Random) -> Self {
        Self { colour: super::clutter::green(random), depth: random.range(0.15, 0.5) }
    }

    fn volume(self, random: &mut Random, center: Vec3, radii: Vec3, yaw: f32) -> Volume {
        Volume {
            center,
            radii,
            yaw,
            mean_depth: self.depth,
            surface: Surface::new(Material::Leaves, near(random, self.colour, 5.0)),
            seed: random.bits() as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plants_reach_the_ground_or_have_a_trunk() {
        for seed in 0..60 {
            let random = &mut Random::new(seed, 0);
            let place = Vec3::new(3.0, 4.0, 5.0);
            for low in [bush(random, place, 1.0), hedge(random, place, 1.0)] {
                assert!(low.trunk.is_none());
                assert!(low.volumes.iter().all(|v| (v.center.z - v.radii.z - 5.0).abs() < 0.35));
                assert!(low.volumes.iter().all(|v| v.center.z + v.radii.z < 5.0 + 2.3));
            }
            for high in [tree(random, place), conifer(random, place)] {
                let top = high.trunk.and_then(|t| t.bounds()).map_or(0.0, |b| 5.0 + b.1.z);
                let lowest = high
                    .volumes
                    .iter()
                    .map(|v| v.center.z - v.radii.z)
                    .fold(f32::INFINITY, f32::min);
                assert!(top > lowest && lowest > 5.0, "the trunk ends below the crown");
                assert!((1..=5).contains(&high.volumes.len()));
                assert!(high.volumes.iter().all(|v| (0.15..=0.6).contains(&v.mean_depth)));
            }
        }
    }
}
