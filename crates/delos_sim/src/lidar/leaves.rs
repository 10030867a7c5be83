//! Rays against leafy volumes.

use super::NO_OBJECT;
use super::beams::{self, Beam};
use super::columns::Columns;
use super::rays::{Hit, Layer, Rays};
use crate::math::{Vec3, atan2, ln, rotation};
use crate::random::{hash, unit};
use crate::scene::Pose;
use crate::shape::Volume;
use nalgebra::Matrix3;
use std::f32::consts::PI;

/// Side of the clumps into which leaves gather, metres.
const CLUMP_M: f32 = 0.35;

/// Lets a leafy volume stop the rays that do not find a gap.
pub(super) fn cast(
    volume: &Volume,
    ego: &Pose,
    beams: &[Beam],
    columns: &Columns,
    seed: u64,
    rays: &mut Rays,
) {
    let ball = Ball::new(volume, ego);
    let seed = hash(seed, u64::from(volume.seed), 0x1eaf);
    if ball.nearest_m() > rays.max_range_m() {
        return;
    }
    let azimuths = ball.azimuths();
    let tans = ball.tans();
    for laser in beams::between(beams, tans[0], tans[1]) {
        let turn = columns.aside(beams[laser].shift);
        let row = rays.row_mut(Layer::Opaque, laser);
        for run in columns.between(azimuths[0], azimuths[1], beams[laser].shift) {
            for place in run {
                let way = beams[laser].direction(columns.directions()[place], turn);
                let ray = (laser as u64) << 32 | columns.number(place);
                let chance = || unit(hash(seed, ray, 0));
                let Some(range_m) = ball.stop(&way, chance) else { continue };
                if range_m < row[place].range_m {
                    let cos = 0.3 + 0.7 * unit(hash(seed, ray, 1));
                    let material = volume.surface.material;
                    row[place] = Hit { range_m, cos, object: NO_OBJECT, material };
                }
            }
        }
    }
}

/// A volume as a ball of radius one.
struct Ball<'a> {
    volume: &'a Volume,
    /// From the ego frame into the ball's.
    into: Matrix3<f32>,
    /// The middle, ego frame.
    middle: Vec3,
    /// The sensor, in the ball's frame.
    sensor: Vec3,
}

impl<'a> Ball<'a> {
    fn new(volume: &'a Volume, ego: &Pose) -> Self {
        let shrink = Matrix3::from_diagonal(&volume.radii.map(|r| 1.0 / r.max(1e-3)));
        let into = shrink * rotation(volume.yaw, 0.0, 0.0).transpose() * ego.turn;
        let middle = ego.to_local(&volume.center);
        Self { volume, into, middle, sensor: -(into * middle) }
    }

    /// Its greatest half axis, metres.
    fn reach_m(&self) -> f32 {
        self.volume.radii.max()
    }

    fn planar_m(&self) -> f32 {
        (self.middle.x * self.middle.x + self.middle.y * self.middle.y).sqrt()
    }

    fn nearest_m(&self) -> f32 {
        self.middle.norm() - self.reach_m()
    }

    /// Azimuths between which it lies, radians.
    fn azimuths(&self) -> [f32; 2] {
        // Its greatest half axis may be upright: only the others and the tilt count.
        let radius = self.volume.radii.x.max(self.volume.radii.y) + 0.1 * self.volume.radii.z;
        let planar = self.planar_m();
        if planar <= radius {
            return [-PI, PI];
        }
        let azimuth = atan2(self.middle.y, self.middle.x);
        let half = atan2(radius, (planar * planar - radius * radius).sqrt());
        [azimuth - half, azimuth + half]
    }

    /// Tangents of elevation between which it lies.
    fn tans(&self) -> [f32; 2] {
        let across = self.volume.radii.x.max(self.volume.radii.y);
        let radius = across + 0.1 * self.volume.radii.z;
        let planar = self.planar_m();
        if planar <= radius {
            return [f32::NEG_INFINITY, f32::INFINITY];
        }
        let half = self.volume.radii.z + 0.1 * across;
        let (low, high) = (self.middle.z - half, self.middle.z + half);
        let (near, far) = (planar - radius, planar + radius);
        [(low / near).min(low / far), (high / near).max(high / far)]
    }

    /// Distance along a ray at which leaves stop it; `None`: it misses or passes.
    /// `chance` gives a number uniform in 0..1.
    fn stop(&self, way: &Vec3, chance: impl FnOnce() -> f32) -> Option<f32> {
        let w = self.into * way;
        let (a, b) = (w.norm_squared(), w.dot(&self.sensor));
        let apart = b * b - a * (self.sensor.norm_squared() - 1.0);
        if apart <= 0.0 {
            return None;
        }
        let entry = (-b - apart.sqrt()) / a;
        let shrunk = apart - a * self.hollow(&(self.sensor + w * entry));
        if shrunk <= 0.0 {
            return None;
        }
        let half = shrunk.sqrt();
        let (enter, leave) = (((-b - half) / a).max(0.0), (-b + half) / a);
        let range = enter - self.volume.mean_depth * ln(1.0 - chance());
        (range <= leave).then_some(range)
    }

    /// By how much the squared radius is smaller where a clump of leaves is missing, at a
    /// place of the surface: the outline becomes ragged.
    fn hollow(&self, surface: &Vec3) -> f32 {
        let clump = surface.component_mul(&self.volume.radii) / CLUMP_M;
        // An offset instead of `floor`: a cast cuts towards zero.
        let [x, y, z] = [clump.x, clump.y, clump.z].map(|v| (v + 4096.0) as u64);
        let chance = unit(hash(u64::from(self.volume.seed), x << 32 | y << 16 | z, 0xc1));
        0.5 * chance * chance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Material, Surface};
    use proptest::prelude::*;

    fn volume(center: Vec3, radii: Vec3) -> Volume {
        let surface = Surface::new(Material::Leaves, [40, 80, 30]);
        Volume { center, radii, yaw: 0.6, mean_depth: 0.5, surface, seed: 4 }
    }

    #[test]
    fn depths_are_exponential() {
        let bush = volume(Vec3::new(20.0, 0.0, 0.0), Vec3::repeat(3.0));
        let ego = Pose::new(Vec3::zeros(), 0.0, 0.0, 0.0);
        let ball = Ball::new(&bush, &ego);
        let n = 4000_u64;
        let stops: Vec<f32> =
            (0..n).filter_map(|i| ball.stop(&Vec3::x(), || unit(hash(9, i, 0)))).collect();
        let first = stops.iter().copied().fold(f32::INFINITY, f32::min);
        let mean = stops.iter().sum::<f32>() / stops.len() as f32 - first;
        assert!(stops.len() as u64 > n - 5 && (mean - 0.5).abs() < 0.04, "{mean}");
        assert!((17.0..18.5).contains(&first), "{first}");
        assert!(stops.iter().all(|s| *s < 23.0));
    }

    #[test]
    fn thin_leaves_let_rays_pass() {
        let thin =
            Volume { mean_depth: 6.0, ..volume(Vec3::new(9.0, 1.0, 0.0), Vec3::repeat(1.0)) };
        let ball = Ball::new(&thin, &Pose::new(Vec3::zeros(), 0.0, 0.0, 0.0));
        let way = Vec3::new(9.0, 1.0, 0.0).normalize();
        let stopped =
            (0..1000).filter(|i| ball.stop(&way, || unit(hash(1, *i, 0))).is_some()).count();
        assert!((200..320).contains(&stopped), "{stopped}");
    }

    proptest! {
        #[test]
        fn no_stop_lies_outside_the_angles_that_are_searched(
            x in -12.0_f32..12.0, y in -12.0_f32..12.0, z in -3.0_f32..6.0,
            rx in 0.3_f32..4.0, ry in 0.3_f32..4.0, rz in 0.3_f32..4.0,
            pitch in -0.05_f32..0.05, azimuth in -3.1_f32..3.1, tan in -0.5_f32..0.5,
        ) {
            let bush = volume(Vec3::new(x, y, z), Vec3::new(rx, ry, rz));
            let ego = Pose::new(Vec3::zeros(), 1.0, pitch, 0.03);
            let ball = Ball::new(&bush, &ego);
            let (sin, cos) = crate::math::sin_cos(azimuth);
            let way = Vec3::new(cos, sin, tan).normalize();
            if ball.stop(&way, || 0.01).is_some() {
                let ([from, to], [low, high]) = (ball.azimuths(), ball.tans());
                let seen = (-1..=1_i8).any(|k| {
                    let a = azimuth + std::f32::consts::TAU * f32::from(k);
                    a >= from - 1e-3 && a <= to + 1e-3
                });
                prop_assert!(seen, "azimuth {} not in {}..{}", azimuth, from, to);
                prop_assert!(tan >= low - 1e-3 && tan <= high + 1e-3);
            }
        }
    }
}
