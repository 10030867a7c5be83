//! Colours as light: linear, red green blue, 1 is white paper in the sun.

use nalgebra::Vector3;
use std::sync::LazyLock;

/// Linear light.
pub(super) type Rgb = Vector3<f32>;

/// Entries of the table from light to grey levels, which ends at [`BRIGHTEST`].
const STEPS: usize = 16_384;
const BRIGHTEST: f32 = 2.0;

static LINEAR: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|i| linear_from_srgb(i as f32 / 255.0)));

static GREY: LazyLock<Vec<f32>> = LazyLock::new(|| {
    (0..=STEPS).map(|i| grey_level(i as f32 * BRIGHTEST / STEPS as f32)).collect()
});

/// Light of an sRGB colour.
pub(super) fn from_srgb(colour: [u8; 3]) -> Rgb {
    Rgb::from(colour.map(|c| LINEAR[usize::from(c)]))
}

/// Grey levels 0..=255 of light, with a soft shoulder towards white.
pub(super) fn to_grey_levels(light: &Rgb) -> [f32; 3] {
    let table = &*GREY;
    let level = |x: f32| table[((x * (STEPS as f32 / BRIGHTEST)) as usize).min(STEPS)];
    [level(light.x), level(light.y), level(light.z)]
}

/// IEC 61966-2-1.
fn linear_from_srgb(s: f32) -> f32 {
    if s <= 0.040_45 { s / 12.92 } else { libm::powf((s + 0.055) / 1.055, 2.4) }
}

/// A curve like a camera's: linear up to a half, then bent so that 2 is white; IEC
/// 61966-2-1 follows.
fn grey_level(light: f32) -> f32 {
    let knee = 0.5;
    let over = (light - knee).max(0.0);
    let x = light.min(knee) + over / (1.0 + over / 0.75);
    let s = if x <= 0.003_130_8 { 12.92 * x } else { 1.055 * libm::powf(x, 1.0 / 2.4) - 0.055 };
    (s * 255.0).clamp(0.0, 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_and_middle_colours_come_back() {
        for c in [0_u8, 1, 10, 60, 128, 180] {
            let [r, ..] = to_grey_levels(&from_srgb([c; 3]));
            assert!((r - f32::from(c)).abs() < 0.6, "{c} {r}");
        }
        assert!(to_grey_levels(&Rgb::repeat(9.0))[0] > 250.0);
    }
}
