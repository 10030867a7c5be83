//! The lie of the land: smooth noise, slow waves, banks.

use crate::math::{sin_cos, smooth_step};
use crate::random::{Random, mix, unit};
use std::f32::consts::TAU;

/// Steepest slope of a [`Relief`], rise per metre.
pub const STEEPEST: f32 = 0.038;

/// Smooth value noise in -1..1 of a seed at a place; its lattice has unit spacing, so
/// divide metres by the wanted size of the features. Continuous with its slopes.
pub fn noise(seed: u64, x: f32, y: f32) -> f32 {
    let (i, j) = (x.floor(), y.floor());
    let (s, t) = (fade(x - i), fade(y - j));
    let (i, j) = (i as i64 as u64, j as i64 as u64);
    let corner = |a: u64, b: u64| {
        let key = i.wrapping_add(a).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ j.wrapping_add(b).wrapping_mul(0xd1b5_4a32_d192_ed03);
        unit(mix(seed.wrapping_add(key)))
    };
    let low = crate::math::mix(corner(0, 0), corner(1, 0), s);
    let high = crate::math::mix(corner(0, 1), corner(1, 1), s);
    2.0 * crate::math::mix(low, high, t) - 1.0
}

fn fade(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// Rise and fall of open ground by some decimetres over 10 to 30 m, metres.
pub fn undulation(seed: u64, x: f32, y: f32) -> f32 {
    0.22 * noise(seed, x / 17.0, y / 17.0) + 0.07 * noise(seed ^ 0x5a5a, x / 5.3, y / 5.3)
}

/// Height of tufts of grass between samples of the ground, 0 to 0.06 m.
pub fn tufts(seed: u64, x: f32, y: f32) -> f32 {
    let key = ((4.0 * x).round() as i64 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ ((4.0 * y).round() as i64 as u64).wrapping_mul(0xd1b5_4a32_d192_ed03);
    0.06 * unit(mix(seed.wrapping_add(key)))
}

/// Height of a bank at a distance behind the footway, metres: a dam that rises to `top`
/// and falls again, or for a negative `top` a ditch of that depth.
pub fn bank(top: f32, behind: f32) -> f32 {
    if top >= 0.0 {
        top * smooth_step(0.8, 1.5 + 1.8 * top, behind) * smooth_step(18.0, 11.0, behind)
    } else {
        top * smooth_step(0.7, 1.9, behind) * smooth_step(4.0, 2.5, behind)
    }
}

/// The land at large: slow waves whose slopes add up to [`STEEPEST`] at most.
#[derive(Clone, Debug)]
pub struct Relief {
    /// Wave numbers along x and y (radians per metre), phase, amplitude (metres).
    waves: [[f32; 4]; 4],
}

impl Relief {
    /// The next relief of a sequence of random numbers.
    pub fn new(random: &mut Random) -> Self {
        let shares = [
            (500.0, 900.0, 0.36),
            (260.0, 450.0, 0.28),
            (160.0, 250.0, 0.22),
            (110.0, 150.0, 0.14),
        ];
        let waves = shares.map(|(shortest, longest, share)| {
            let number = TAU / random.range(shortest, longest);
            let (sin, cos) = sin_cos(random.range(0.0, TAU));
            let slope = STEEPEST * share * random.range(0.5, 1.0);
            [number * cos, number * sin, random.range(0.0, TAU), slope / number]
        });
        Self { waves }
    }

    /// Height at a place, metres.
    pub fn height(&self, x: f32, y: f32) -> f32 {
        let wave = |w: &[f32; 4]| w[3] * sin_cos(w[0] * x + w[1] * y + w[2]).0;
        self.waves.iter().map(wave).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn noise_is_bounded_and_has_no_steps(seed: u64, x in -900.0_f32..900.0, y in -900.0_f32..900.0) {
            let here = noise(seed, x, y);
            prop_assert!(here.abs() <= 1.0);
            prop_assert!((noise(seed, x + 0.01, y) - here).abs() < 0.04);
            prop_assert!((noise(seed, x, y + 0.01) - here).abs() < 0.04);
        }

        #[test]
        fn the_relief_keeps_to_its_slope(seed: u64, x in -900.0_f32..900.0, y in -900.0_f32..900.0) {
            let relief = Relief::new(&mut Random::new(seed, 0));
            let rise = relief.height(x + 3.0, y) - relief.height(x, y);
            prop_assert!(rise.abs() <= 3.0 * STEEPEST + 1e-3);
        }
    }

    #[test]
    fn banks_start_and_end_level() {
        for top in [-1.5, -0.4, 0.5, 2.5] {
            assert!(bank(top, 0.5).abs() < 1e-6 && bank(top, 18.5).abs() < 1e-6);
            let most = (0..80).map(|i| bank(top, 0.25 * i as f32).abs()).fold(0.0, f32::max);
            assert!((most - f32::abs(top)).abs() < 0.1, "{top}: {most}");
        }
        assert!(noise(1, 0.3, 0.4).to_bits() != noise(2, 0.3, 0.4).to_bits());
    }
}
