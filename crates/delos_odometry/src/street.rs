//! A made-up street for tests, seen by a LiDAR of few beams.

use delos_core::{Ego, LidarPoint, PointCloud};
use nalgebra::{Isometry3, Point3, Vector3};

const BEAMS: u32 = 32;
const COLUMNS: u32 = 600;
const GROUND_M: f64 = -1.7;
const REACH_M: f64 = 80.0;
/// Ranges are off by up to this.
const NOISE_M: f64 = 0.02;

/// Upright boxes by their low and high corners.
pub(crate) struct Street(Vec<[Vector3<f64>; 2]>);

impl Street {
    /// 160 m of street along x, the vehicle's start in the middle: houses behind, in front of them
    /// what makes a street: cars, trees and posts at uneven distances.
    pub(crate) fn new() -> Self {
        let mut boxes = Vec::new();
        for n in 0..80_u32 {
            let uneven = |kind: u32| noise(1000 * kind + n);
            let x = f64::from(n) * 2.0 - 80.0;
            let side = if n % 2 == 0 { 1.0 } else { -1.0 };
            let mut add = |x: f64, y: f64, size: [f64; 3]| {
                let low =
                    Vector3::new(x, side * y, GROUND_M) - Vector3::new(0.0, size[1] / 2.0, 0.0);
                boxes.push([low, low + Vector3::from(size)]);
            };
            add(x + uneven(1), 7.0 + uneven(2), [0.4, 0.4, 4.0 + uneven(3)]);
            match n % 8 {
                0 | 1 => add(x + uneven(4), 4.0 + 0.3 * uneven(5), [4.2, 1.8, 1.5]),
                2 | 3 => add(x, 16.0 + 3.0 * uneven(6), [12.0 + 3.0 * uneven(7), 8.0, 7.0]),
                _ => add(x + uneven(8), 9.5 + uneven(9), [1.0, 1.5 + uneven(10), 2.5]),
            }
        }
        Self(boxes)
    }

    /// The scan from a pose. `seed` makes its noise.
    pub(crate) fn scan(&self, world_from_ego: &Isometry3<f64>, seed: u32) -> PointCloud<Ego> {
        let rays = (0..BEAMS).flat_map(|beam| (0..COLUMNS).map(move |column| (beam, column)));
        let points = rays.filter_map(|(beam, column)| {
            let ray = ray(f64::from(beam), f64::from(column));
            let off = noise(seed.wrapping_mul(7919).wrapping_add(beam * COLUMNS + column));
            let range = self.range(world_from_ego, &ray)? + off * NOISE_M;
            let hit = (ray * range).cast::<f32>();
            Some(LidarPoint { x: hit.x, y: hit.y, z: hit.z, intensity: 0.5 })
        });
        PointCloud::new(points.collect())
    }

    fn range(&self, pose: &Isometry3<f64>, ray_in_ego: &Vector3<f64>) -> Option<f64> {
        let from = Point3::from(pose.translation.vector);
        let ray = pose.rotation * ray_in_ego;
        let down = (GROUND_M - from.z) / ray.z;
        let ground = (down > 0.0).then_some(down);
        let hits = self.0.iter().filter_map(|corners| entry(corners, &from, &ray));
        hits.chain(ground).min_by(f64::total_cmp).filter(|range| *range < REACH_M)
    }
}

fn ray(beam: f64, column: f64) -> Vector3<f64> {
    let pitch = (4.0 - 26.0 * beam / f64::from(BEAMS - 1)).to_radians();
    let azimuth = column * std::f64::consts::TAU / f64::from(COLUMNS);
    Vector3::new(pitch.cos() * azimuth.cos(), pitch.cos() * azimuth.sin(), pitch.sin())
}

/// Where a ray enters a box (the slab method).
fn entry(corners: &[Vector3<f64>; 2], from: &Point3<f64>, ray: &Vector3<f64>) -> Option<f64> {
    let [low, high] = corners.map(|corner| (corner - from.coords).component_div(ray));
    let enter = low.inf(&high).max();
    let leave = low.sup(&high).min();
    (enter < leave && enter > 0.0).then_some(enter)
}

/// Evenly in -1..1, by splitmix64.
fn noise(seed: u32) -> f64 {
    let mut z = u64::from(seed).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}
