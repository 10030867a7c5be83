//! Value noise from fixed lattices of random numbers.

use crate::math::Vec3;
use crate::random::hash;

const PLANE_BITS: u32 = 8;
const SPACE_BITS: u32 = 5;

static PLANE: [u8; 1 << (2 * PLANE_BITS)] = bytes(1);
static SPACE: [u8; 1 << (3 * SPACE_BITS)] = bytes(2);

const fn bytes<const N: usize>(stream: u64) -> [u8; N] {
    let mut table = [0; N];
    let mut i = 0;
    while i < N {
        table[i] = (hash(stream, i as u64, 0) >> 56) as u8;
        i += 1;
    }
    table
}

/// The whole number below and the fraction above it.
pub(super) fn split(x: f32) -> (i32, f32) {
    let whole = x as i32;
    let whole = whole - i32::from(x < whole as f32);
    (whole, x - whole as f32)
}

fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// Smooth noise in 0..=1 over a plane, one lattice cell per unit, repeated every 256.
pub(super) fn plane(x: f32, y: f32) -> f32 {
    let ((i, s), (j, t)) = (split(x), split(y));
    let mask = (1 << PLANE_BITS) - 1;
    let at = |i: i32, j: i32| {
        f32::from(PLANE[((i & mask) as usize) | (((j & mask) as usize) << PLANE_BITS)])
    };
    let (s, t) = (ease(s), ease(t));
    let low = at(i, j) + (at(i + 1, j) - at(i, j)) * s;
    let high = at(i, j + 1) + (at(i + 1, j + 1) - at(i, j + 1)) * s;
    (low + (high - low) * t) * (1.0 / 255.0)
}

/// Smooth noise in 0..=1 in space, one lattice cell per unit, repeated every 32.
pub(super) fn space(p: Vec3) -> f32 {
    let ((i, r), (j, s), (k, t)) = (split(p.x), split(p.y), split(p.z));
    let mask = (1 << SPACE_BITS) - 1;
    let at = |i: i32, j: i32, k: i32| {
        let row = ((j & mask) | ((k & mask) << SPACE_BITS)) << SPACE_BITS;
        f32::from(SPACE[((i & mask) | row) as usize])
    };
    let (r, s, t) = (ease(r), ease(s), ease(t));
    let line = |j: i32, k: i32| at(i, j, k) + (at(i + 1, j, k) - at(i, j, k)) * r;
    let low = line(j, k) + (line(j + 1, k) - line(j, k)) * s;
    let high = line(j, k + 1) + (line(j + 1, k + 1) - line(j, k + 1)) * s;
    (low + (high - low) * t) * (1.0 / 255.0)
}

/// How much of a pattern of this size (metres) is left when a pixel sees `footprint`
/// metres of it: 1 when fine, 0 when the pixel would only sample it at random.
pub(super) fn detail(size: f32, footprint: f32) -> f32 {
    (1.5 - 2.0 * footprint / size).clamp(0.0, 1.0)
}

/// Noise with mean 0 and about ±1 of this size (metres), faded by the footprint.
pub(super) fn faded(u: f32, v: f32, size: f32, footprint: f32) -> f32 {
    let share = detail(size, footprint);
    if share == 0.0 {
        return 0.0;
    }
    (plane(u / size, v / size) - 0.5) * 2.0 * share
}

/// A number in 0..1 of a cell, the same wherever it is asked for.
pub(super) fn of_cell(i: i32, j: i32, stream: u32) -> f32 {
    let byte = |x: i32, k: u32| (x as u32).wrapping_add(stream.wrapping_mul(k)) & 0xff;
    f32::from(PLANE[(byte(i, 37) | (byte(j, 91) << 8)) as usize]) / 256.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_smooth_and_fills_its_range() {
        let (mut low, mut high) = (1.0_f32, 0.0_f32);
        for i in 0..4000_u16 {
            let (x, y) = (f32::from(i) * 0.37 - 700.0, f32::from(i) * 0.11);
            let (a, b) = (plane(x, y), plane(x + 0.001, y));
            assert!((a - b).abs() < 0.003 && (0.0..=1.0).contains(&a));
            let p = Vec3::new(x, y, 0.3 * x);
            assert!((space(p) - space(p.add_scalar(0.001))).abs() < 0.006);
            (low, high) = (low.min(a), high.max(a));
        }
        assert!(low < 0.1 && high > 0.9);
    }

    #[test]
    fn a_far_pattern_is_flat() {
        assert!(faded(0.3, 0.4, 0.1, 1.0).abs() < f32::EPSILON);
        assert!((detail(0.1, 0.001) - 1.0).abs() < f32::EPSILON);
    }
}
