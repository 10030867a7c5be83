//! From light to grey levels: lens, exposure, noise.

use super::colour::{Rgb, to_grey_levels};
use super::target::{Owner, Target};
use crate::random::{hash, mix, quick_normal};

/// Noise of a grey level, standard deviation.
pub(super) const NOISE: f32 = 1.8;
/// Light lost in the corners of the image.
const VIGNETTE: f32 = 0.16;

/// The bytes of the image from the light of its pixels.
pub(super) fn expose(light: &[Rgb], target: &Target, seed: u64) -> Vec<u8> {
    let (width, height) = (target.width, target.height);
    let levels: Vec<[f32; 3]> = light
        .iter()
        .enumerate()
        .map(|(i, l)| to_grey_levels(&(l * lens(i % width, i / width, width, height))))
        .collect();
    let mut bytes = Vec::with_capacity(levels.len() * 3);
    for pixel in 0..levels.len() {
        let soft = soften(&levels, target, pixel);
        let bits = hash(seed, pixel as u64, 0);
        for (channel, level) in soft.into_iter().enumerate() {
            let noise = quick_normal(mix(bits.wrapping_add(channel as u64)));
            bytes.push((level + NOISE * noise + 0.5) as u8);
        }
    }
    bytes
}

fn lens(x: usize, y: usize, width: usize, height: usize) -> f32 {
    let (u, v) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
    1.0 - VIGNETTE * (u * u + 0.25 * v * v) * 3.2
}

/// A little blur everywhere, as the colour filter of a sensor gives, and more where two
/// things meet, against stairs.
fn soften(levels: &[[f32; 3]], target: &Target, pixel: usize) -> [f32; 3] {
    let (x, y) = (pixel % target.width, pixel / target.width);
    if x == 0 || y == 0 || x + 1 == target.width || y + 1 == target.height {
        return levels[pixel];
    }
    let around = [pixel - 1, pixel + 1, pixel - target.width, pixel + target.width];
    let meets = around.iter().any(|i| differ(target.owner[*i], target.owner[pixel]));
    let share = if meets { 0.14 } else { 0.05 };
    std::array::from_fn(|c| {
        let sum: f32 = around.iter().map(|i| levels[*i][c]).sum();
        levels[pixel][c] * (1.0 - 4.0 * share) + sum * share
    })
}

fn differ(a: Owner, b: Owner) -> bool {
    match (a, b) {
        (Owner::Ground(_), Owner::Ground(_)) => false,
        _ => a != b,
    }
}
