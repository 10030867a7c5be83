//! The weather of a drive: sun, sky, haze.

use super::colour::Rgb;
use super::noise::plane;
use crate::math::{Vec3, mix, sin_cos, smooth_step};
use crate::random::Random;

/// No [`Light::far_woods`] reach higher above the horizon, rise per metre.
pub(super) const HIGHEST_WOODS: f32 = 0.06;

/// Sun, clouds and haze: the same over a whole drive.
#[derive(Clone, Debug, PartialEq)]
pub struct Light {
    /// Direction to the sun, world.
    pub(super) sun: Vec3,
    /// Light of the sun on a surface that faces it.
    pub(super) sunlight: Rgb,
    /// Light of the sky on a surface that looks up.
    pub(super) skylight: Rgb,
    /// Light from the ground on a surface that looks down.
    pub(super) upwelling: Rgb,
    zenith: Rgb,
    horizon: Rgb,
    /// Share of the sky that clouds hide.
    clouds: f32,
    /// Shift of the pattern of the clouds and of the tree line.
    shift: [f32; 2],
    /// Distance at which haze hides about two thirds, metres.
    haze_m: f32,
}

impl Light {
    /// The weather of a seed: a day with the sun 25 to 55 degrees high, from nearly
    /// clear to broken clouds.
    pub fn of_seed(seed: u64) -> Self {
        let mut random = Random::new(seed, 0x116_0417);
        let (sin, cos) = sin_cos(random.range(0.0, std::f32::consts::TAU));
        let (up, level) = sin_cos(random.range(0.44, 0.95));
        let clouds = random.range(0.15, 0.75);
        let warm = random.range(0.0, 1.0);
        let sun = mix(1.75, 1.20, clouds);
        let sky = mix(0.40, 0.58, clouds);
        Self {
            sun: Vec3::new(cos * level, sin * level, up),
            sunlight: Rgb::new(1.0, mix(0.96, 0.91, warm), mix(0.90, 0.78, warm)) * sun,
            skylight: Rgb::new(mix(0.80, 0.95, clouds), mix(0.90, 0.98, clouds), 1.08) * sky,
            upwelling: Rgb::new(0.19, 0.18, 0.16),
            zenith: Rgb::new(
                mix(0.17, 0.30, clouds),
                mix(0.34, 0.45, clouds),
                mix(0.72, 0.74, clouds),
            ),
            horizon: Rgb::new(mix(0.66, 0.78, warm), 0.79, mix(0.92, 0.86, warm)),
            clouds,
            shift: [random.range(0.0, 200.0), random.range(0.0, 200.0)],
            haze_m: random.range(350.0, 800.0),
        }
    }

    /// What falls on a surface with this normal: `sun` says how much of the sun, `open`
    /// how much of the sky reaches it, 0 to 1.
    pub(super) fn on(&self, normal: &Vec3, sun: f32, open: f32) -> Rgb {
        let up = 0.5 + 0.5 * normal.z;
        let ambient = self.upwelling * (1.0 - up) + self.skylight * up;
        self.sunlight * (normal.dot(&self.sun).max(0.0) * sun) + ambient * open
    }

    /// The clear sky in a direction of unit length.
    fn clear(&self, up: f32) -> Rgb {
        let t = 1.0 - up.clamp(0.0, 1.0);
        self.zenith + (self.horizon - self.zenith) * (t * t * t)
    }

    /// The sky in a direction of unit length that points up, with clouds and glare.
    pub(super) fn sky(&self, towards: &Vec3) -> Rgb {
        let clear = self.clear(towards.z);
        let flat = 1.6 / (towards.z.max(0.0) + 0.12);
        let (u, v) = (towards.x * flat + self.shift[0], towards.y * flat + self.shift[1]);
        let n = 0.52 * plane(u, v) + 0.28 * plane(2.3 * u, 2.3 * v) + 0.2 * plane(6.1 * u, 6.1 * v);
        let edge = mix(0.72, 0.36, self.clouds);
        let cover = smooth_step(edge, edge + 0.22, n) * smooth_step(-0.02, 0.22, towards.z);
        let thick = smooth_step(edge + 0.1, edge + 0.5, n);
        let cloud = Rgb::new(1.02, 1.01, 1.0) * mix(1.0, 0.72, thick);
        let glare = towards.dot(&self.sun).max(0.0);
        let glare = glare * glare * glare * glare;
        let sky = clear + (cloud - clear) * (0.9 * cover);
        sky + self.sunlight * (0.10 * glare * glare)
    }

    /// What a mirror shows in a direction of unit length: ground below, the dark band of
    /// whatever stands around, the sky above.
    pub(super) fn mirrored(&self, towards: &Vec3) -> Rgb {
        let ground = Rgb::new(0.20, 0.20, 0.20);
        if towards.z < -0.08 {
            return ground;
        }
        let band = Rgb::new(0.11, 0.12, 0.10);
        let low = ground + (band - ground) * smooth_step(-0.08, 0.02, towards.z);
        low + (self.sky(towards) - low) * smooth_step(0.06, 0.26, towards.z)
    }

    /// Woods and hills far away: how high they reach above the horizon in a direction
    /// (rise per metre), and their light.
    pub(super) fn far_woods(&self, towards: &Vec3) -> (f32, Rgb) {
        let (u, v) = (towards.x * 6.0 + self.shift[1], towards.y * 6.0 + self.shift[0]);
        let top = 0.008
            + 0.035 * plane(u, v)
            + 0.008 * plane(7.0 * u, 7.0 * v)
            + 0.005 * plane(31.0 * u, 31.0 * v);
        let grain = plane(60.0 * u, 60.0 * v + 400.0 * towards.z) - 0.5;
        let green = Rgb::new(0.085, 0.13, 0.07) * (1.0 + 0.5 * grain);
        (top, self.hazed(green, 190.0))
    }

    /// Light that comes through this many metres of air.
    pub(super) fn hazed(&self, light: Rgb, distance: f32) -> Rgb {
        let t = distance / self.haze_m;
        let hidden = 1.0 - 1.0 / (1.0 + t + 0.5 * t * t);
        light + (self.horizon * 0.92 - light) * hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_sun_above_the_horizon_and_a_blue_sky() {
        for seed in 0..50 {
            let light = Light::of_seed(seed);
            assert!(light.sun.z > 0.4 && (light.sun.norm() - 1.0).abs() < 1e-5);
            let clear = light.clear(1.0);
            assert!(clear.z > clear.x);
            assert_eq!(light, Light::of_seed(seed));
        }
        assert_ne!(Light::of_seed(1), Light::of_seed(2));
    }

    #[test]
    fn woods_stay_below_their_highest() {
        let light = Light::of_seed(5);
        for i in 0..2000 {
            let (sin, cos) = sin_cos(0.003 * i as f32);
            let (top, _) = light.far_woods(&Vec3::new(cos, sin, 0.0));
            assert!(top > 0.0 && top < HIGHEST_WOODS);
        }
    }

    #[test]
    fn haze_grows_with_distance() {
        let light = Light::of_seed(3);
        let at = |d: f32| (light.hazed(Rgb::zeros(), d) - light.horizon).norm();
        assert!(at(10.0) > at(100.0) && at(100.0) > at(1000.0));
    }
}
