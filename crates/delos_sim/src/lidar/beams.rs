//! Where the lasers look.

use crate::math::{Vec3, sin_cos};
use crate::random::{hash, unit};
use std::ops::Range;

/// One laser.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beam {
    /// Sine, cosine and tangent of its elevation.
    pub(super) sin: f32,
    pub(super) cos: f32,
    pub(super) tan: f32,
    /// Azimuth against the middle of its column, in columns, within half a column.
    pub(super) shift: f32,
    /// What it reports of a surface's reflectance.
    pub(super) gain: f32,
    /// Share of its returns without a reflectance.
    pub(super) mute: f32,
    /// Error of its ranges, metres.
    pub(super) bias_m: f32,
}

/// A plane through the sensor, as a function of a column's direction `(x, y)` for one
/// laser: `x * p[0] + y * p[1] + p[2]`.
pub(super) type Cut = [f32; 3];

impl Beam {
    /// A laser that looks up by so many degrees.
    fn new(elevation_deg: f32, shift: f32) -> Self {
        let (sin, cos) = sin_cos(elevation_deg.to_radians());
        Self { sin, cos, tan: sin / cos, shift, gain: 1.0, mute: 0.0, bias_m: 0.0 }
    }

    /// The direction of its ray in a column, unit length; `turn` is the sine and cosine
    /// of its shift.
    pub(super) fn direction(&self, column: [f32; 2], turn: (f32, f32)) -> Vec3 {
        let (sin, cos) = turn;
        let x = column[0] * cos - column[1] * sin;
        let y = column[1] * cos + column[0] * sin;
        Vec3::new(self.cos * x, self.cos * y, self.sin)
    }

    /// The scalar product of a vector with its rays, as a function of the column: the
    /// vector is turned back by the shift, so that the columns' table serves all lasers.
    pub(super) fn cut(&self, vector: &Vec3, turn: (f32, f32)) -> Cut {
        let (sin, cos) = turn;
        [
            self.cos * (vector.x * cos + vector.y * sin),
            self.cos * (vector.y * cos - vector.x * sin),
            self.sin * vector.z,
        ]
    }
}

/// The lasers whose tangent of elevation lies between two values.
pub(super) fn between(beams: &[Beam], low: f32, high: f32) -> Range<usize> {
    let margin = 1e-5;
    let first = beams.partition_point(|b| b.tan > high + margin);
    let end = beams.partition_point(|b| b.tan >= low - margin);
    first..end.max(first)
}

/// Velodyne HDL-64E S2: the upper block of 32 lasers from +2 to -8.33 degrees in steps of
/// a third, the lower block from -8.83 to -24.33 in steps of a half (user's manual
/// 63-HDL64ES2, "vertical field of view"). Real lasers differ from these values by
/// about a tenth of a degree and look a little to the side. They sit up to 0.2 m above
/// the origin of KITTI's scans, from where their points appear higher by
/// [`RAISED_DEG`].
pub(super) fn hdl64() -> Vec<Beam> {
    let upper = (0..32_u8).map(|i| 2.0 - f32::from(i) / 3.0);
    let lower = (0..32_u8).map(|i| -8.83 - 0.5 * f32::from(i));
    crooked(upper.chain(lower).map(|deg| deg + RAISED_DEG), 0.06, 64)
}

/// Median over the rings of a scan of KITTI (object benchmark, 000001) of their
/// elevation above the nominal one, degrees.
const RAISED_DEG: f32 = 0.4;

/// Velodyne HDL-32E: +10.67 to -30.67 degrees in steps of 1.33 (user's manual 63-9113).
pub(super) fn hdl32() -> Vec<Beam> {
    crooked((0..32_u8).map(|i| 10.67 - 4.0 / 3.0 * f32::from(i)), 0.02, 32)
}

/// Lasers near these elevations, each off by up to `jitter_deg` (less than half a step,
/// so that the order stays). As in KITTI's scans some report far less reflectance than
/// others, or often none, and each is off in range by up to 3 cm.
fn crooked(elevations_deg: impl Iterator<Item = f32>, jitter_deg: f32, device: u64) -> Vec<Beam> {
    let beam = |(elevation, laser): (f32, u64)| {
        let dice = |what: u64| unit(hash(device, laser, what));
        let weakness = dice(2) * dice(2);
        Beam {
            gain: 1.14 - 0.9 * weakness * weakness,
            mute: 0.3 * dice(3) * dice(3),
            bias_m: 0.06 * (dice(4) - 0.5),
            ..Beam::new(elevation + jitter_deg * (2.0 * dice(0) - 1.0), dice(1) - 0.5)
        }
    };
    elevations_deg.zip(0..).map(beam).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lasers_are_sorted_and_cover_the_stated_field() {
        for (beams, count, top, bottom) in
            [(hdl64(), 64, 2.4, -23.93), (hdl32(), 32, 10.67, -30.67)]
        {
            assert_eq!(beams.len(), count);
            assert!(beams.windows(2).all(|b| b[0].tan > b[1].tan));
            let degrees = |beam: &Beam| beam.sin.asin().to_degrees();
            assert!((degrees(&beams[0]) - top).abs() < 0.1);
            assert!((degrees(&beams[count - 1]) - bottom).abs() < 0.1);
            assert!(beams.iter().all(|b| b.shift.abs() <= 0.5));
        }
    }

    #[test]
    fn lasers_are_found_by_elevation() {
        let beams = hdl64();
        assert_eq!(between(&beams, f32::NEG_INFINITY, f32::INFINITY), 0..64);
        assert_eq!(between(&beams, beams[9].tan, beams[5].tan), 5..10);
        assert!(between(&beams, 0.5, 0.9).is_empty());
    }

    #[test]
    fn a_cut_is_the_scalar_product_with_the_ray() {
        let beam = Beam::new(-7.0, 0.3);
        let (turn, column) = (sin_cos(0.05), [0.6, 0.8]);
        let vector = Vec3::new(0.3, -2.0, 1.1);
        let cut = beam.cut(&vector, turn);
        let product = cut[0] * column[0] + cut[1] * column[1] + cut[2];
        assert!((product - vector.dot(&beam.direction(column, turn))).abs() < 1e-6);
    }
}
