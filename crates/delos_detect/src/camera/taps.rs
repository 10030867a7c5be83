//! Which source pixels a scaled pixel is made of, in the integers of OpenCV.

/// Bits of the fractions that weigh neighbouring pixels.
pub(super) const BITS: u32 = 11;
const ONE: f32 = (1 << BITS) as f32;

/// Two neighbours along one axis and their weights, which sum to about `2^BITS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tap {
    pub(super) at: [u32; 2],
    pub(super) weights: [i16; 2],
}

/// Position `i` of the target in the source, as pixel and fraction: pixel centres are
/// aligned, `(i + ½) · source / target - ½`.
fn position(source: u32, target: u32, i: u32) -> (i64, f32) {
    let scale = 1.0 / (f64::from(target) / f64::from(source));
    let exact = ((f64::from(i) + 0.5) * scale - 0.5) as f32;
    (exact.floor() as i64, exact - exact.floor())
}

fn weights(fraction: f32) -> [i16; 2] {
    [1.0 - fraction, fraction].map(|weight| (weight * ONE).round_ties_even() as i16)
}

fn clamped(pixel: i64, length: u32) -> u32 {
    pixel.clamp(0, i64::from(length) - 1) as u32
}

/// Columns: beyond the border the outermost pixel counts alone.
pub(super) fn column(source: u32, target: u32, i: u32) -> Tap {
    let (pixel, fraction) = position(source, target, i);
    let inside = pixel >= 0 && pixel < i64::from(source) - 1;
    let at = [clamped(pixel, source), clamped(pixel + 1, source)];
    Tap { at, weights: weights(if inside { fraction } else { 0.0 }) }
}

/// Rows: beyond the border the outermost pixel counts twice, with both weights.
pub(super) fn row(source: u32, target: u32, i: u32) -> Tap {
    let (pixel, fraction) = position(source, target, i);
    let at = [clamped(pixel, source), clamped(pixel + 1, source)];
    Tap { at, weights: weights(fraction) }
}

/// A weighted pair of grey levels of one row, cut to 7 fractional bits: at most 32,640.
#[inline]
pub(super) fn across(pixels: [u8; 2], weights: [i16; 2]) -> i16 {
    let sum =
        i32::from(pixels[0]) * i32::from(weights[0]) + i32::from(pixels[1]) * i32::from(weights[1]);
    (sum >> 4) as i16
}

/// A weighted pair of results of [`across`], as a grey level.
#[inline]
pub(super) fn down(rows: [i16; 2], weights: [i16; 2]) -> u8 {
    let part = |row: i16, weight: i16| ((i32::from(row) * i32::from(weight)) >> 16) as i16;
    ((part(rows[0], weights[0]) + part(rows[1], weights[1]) + 2) >> 2) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_lengths_copy() {
        for i in 0..7 {
            let wanted = Tap { at: [i, (i + 1).min(6)], weights: [2048, 0] };
            assert_eq!((column(7, 7, i), row(7, 7, i)), (wanted, wanted));
        }
    }

    #[test]
    fn borders_as_in_opencv() {
        // Doubling: the first target pixel lies a quarter of a pixel outside.
        assert_eq!(column(4, 8, 0), Tap { at: [0, 0], weights: [2048, 0] });
        assert_eq!(row(4, 8, 0), Tap { at: [0, 0], weights: [512, 1536] });
        assert_eq!(column(4, 8, 7), Tap { at: [3, 3], weights: [2048, 0] });
        assert_eq!(column(1, 5, 3).at, [0, 0]);
    }

    proptest! {
        #[test]
        fn flat_pictures_stay_flat(
            grey in 0u8..=255, source in 1u32..2000, target in 1u32..2000, i in 0u32..2000
        ) {
            let i = i % target;
            for tap in [column(source, target, i), row(source, target, i)] {
                prop_assert!(tap.at[0] <= tap.at[1] && tap.at[1] < source);
                let line = across([grey, grey], tap.weights);
                let got = down([line, line], row(source, target, i).weights);
                prop_assert!(got.abs_diff(grey) <= 1, "{got}");
            }
        }
    }
}
