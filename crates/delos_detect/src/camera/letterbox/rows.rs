//! The inner loops of the letterbox: rows of an image scaled in width, and two of them mixed.
//!
//! They are compiled twice, for every processor and for those with AVX2, which is chosen where it
//! is there. Grey levels are whole numbers until the very end, and no sum is taken of two floats in
//! another order: both give the same bits.

use super::Channel;
use crate::camera::taps::{self, Tap};

/// The columns of the scaled image: where the two pixels lie that each is made of, and what each
/// counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Byte of the left pixel in its row; the right one follows.
    at: Vec<usize>,
    left: Vec<i16>,
    right: Vec<i16>,
}

impl Columns {
    pub(super) fn new(source: u32, target: u32) -> Self {
        let mut columns = Self::default();
        for tap in (0..target).map(|x| taps::column(source, target, x)) {
            let Tap { at, weights: [left, right] } = tap;
            // At the border one pixel counts alone: what lies to its right counts nothing.
            let (left, right) = if at[0] == at[1] { (left + right, 0) } else { (left, right) };
            columns.at.push(at[0] as usize * 3);
            columns.left.push(left);
            columns.right.push(right);
        }
        columns
    }
}

/// A row of the image scaled in width, one plane per channel.
#[derive(Clone, Debug, Default)]
struct Row {
    source: Option<u32>,
    planes: [Vec<i16>; 3],
}

/// The two rows in work, kept from one row of the target to the next, and what their scaling needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pair: [Row; 2],
    /// Red, green and blue of the left pixel, and red of the right one, as one number.
    near: Vec<u32>,
    /// Green and blue of the right pixel.
    far: Vec<u32>,
}

/// An image that goes into a tensor.
pub(super) struct Work<'a> {
    /// RGB, `width` pixels in a row.
    pub(super) pixels: &'a [u8],
    pub(super) width: usize,
    pub(super) columns: &'a Columns,
    /// For each row of the scaled image the two that it is made of.
    pub(super) taps: &'a [Tap],
    pub(super) channels: &'a [Channel; 3],
    /// Place of the image's corner within a plane, and values in a row of the plane.
    pub(super) corner: usize,
    pub(super) stride: usize,
}

impl Rows {
    /// Makes room for rows of this width.
    pub(super) fn resize(&mut self, width: usize) {
        for plane in self.pair.iter_mut().flat_map(|row| &mut row.planes) {
            plane.resize(width, 0);
        }
        self.near.resize(width, 0);
        self.far.resize(width, 0);
    }

    /// Scales and normalises the image into `tensor`, `[3, H, W]`.
    #[cfg_attr(
        target_arch = "x86_64",
        expect(unsafe_code, reason = "code for a kind of processor may run on that kind alone")
    )]
    pub(super) fn fill(&mut self, work: &Work<'_>, tensor: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2, as was asked just now.
            return unsafe { self.fill_with_avx2(work, tensor) };
        }
        self.fill_anywhere(work, tensor);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn fill_with_avx2(&mut self, work: &Work<'_>, tensor: &mut [f32]) {
        self.fill_anywhere(work, tensor);
    }

    #[expect(clippy::inline_always, reason = "compiled anew for each kind of processor")]
    #[inline(always)]
    fn fill_anywhere(&mut self, work: &Work<'_>, tensor: &mut [f32]) {
        self.pair.iter_mut().for_each(|row| row.source = None);
        for (y, tap) in work.taps.iter().enumerate() {
            self.load(tap.at, work);
            let start = work.corner + y * work.stride;
            write(&self.pair, tap.weights, work.channels, start, tensor);
        }
    }

    /// Makes the two source rows `wanted` present; what is there already is kept.
    #[expect(clippy::inline_always, reason = "compiled anew for each kind of processor")]
    #[inline(always)]
    fn load(&mut self, wanted: [u32; 2], work: &Work<'_>) {
        let Self { pair: rows, near, far } = self;
        if rows[0].source != Some(wanted[0]) && rows[1].source == Some(wanted[0]) {
            rows.swap(0, 1);
        }
        for (row, wanted) in rows.iter_mut().zip(wanted) {
            if row.source != Some(wanted) {
                let start = wanted as usize * work.width * 3;
                gather(work.pixels.get(start..).unwrap_or_default(), work.columns, near, far);
                scale(near, far, work.columns, &mut row.planes);
                row.source = Some(wanted);
            }
        }
    }
}

/// Fetches both pixels of each column; `pixels` begin with the row.
#[expect(clippy::inline_always, reason = "compiled anew for each kind of processor")]
#[inline(always)]
fn gather(pixels: &[u8], columns: &Columns, near: &mut [u32], far: &mut [u32]) {
    for (at, (near, far)) in columns.at.iter().zip(near.iter_mut().zip(far)) {
        let both = match pixels.get(*at..).and_then(<[u8]>::first_chunk::<8>) {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => the_last(pixels.get(*at..).unwrap_or_default()),
        };
        (*near, *far) = (both as u32, (both >> 32) as u32);
    }
}

/// At the end of the image: what lies beyond is 0 and counts nothing.
#[cold]
fn the_last(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[expect(clippy::inline_always, reason = "compiled anew for each kind of processor")]
#[inline(always)]
fn scale(near: &[u32], far: &[u32], columns: &Columns, planes: &mut [Vec<i16>; 3]) {
    let [red, green, blue] = planes;
    let byte = |number: u32, place: u32| (number >> (8 * place)) as u8;
    let weights = || columns.left.iter().zip(&columns.right);
    for ((red, near), (left, right)) in red.iter_mut().zip(near).zip(weights()) {
        *red = taps::across([byte(*near, 0), byte(*near, 3)], [*left, *right]);
    }
    let both = || near.iter().zip(far);
    for ((green, (near, far)), (left, right)) in green.iter_mut().zip(both()).zip(weights()) {
        *green = taps::across([byte(*near, 1), byte(*far, 0)], [*left, *right]);
    }
    for ((blue, (near, far)), (left, right)) in blue.iter_mut().zip(both()).zip(weights()) {
        *blue = taps::across([byte(*near, 2), byte(*far, 1)], [*left, *right]);
    }
}

/// Mixes the two rows into the row of the tensor that begins at `start` in each plane.
#[expect(clippy::inline_always, reason = "compiled anew for each kind of processor")]
#[inline(always)]
fn write(
    rows: &[Row; 2],
    weights: [i16; 2],
    channels: &[Channel; 3],
    start: usize,
    tensor: &mut [f32],
) {
    let area = tensor.len() / 3;
    for (colour, channel) in channels.iter().enumerate() {
        let (upper, lower) = (&rows[0].planes[colour], &rows[1].planes[colour]);
        let start = channel.plane * area + start;
        let target = &mut tensor[start..start + upper.len()];
        for ((value, upper), lower) in target.iter_mut().zip(upper).zip(lower) {
            let grey = taps::down([*upper, *lower], weights);
            *value = f32::from(grey) * channel.gain + channel.offset;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same loops with and without AVX2, where the processor has it.
    #[test]
    fn every_kind_of_processor_gives_the_same_bits() {
        let (width, height) = (37, 11);
        let pixels: Vec<u8> = (0..width * height * 3).map(|i| (i * 7919 % 251) as u8).collect();
        let taps: Vec<Tap> = (0..23).map(|y| taps::row(height as u32, 23, y)).collect();
        let columns = Columns::new(width as u32, 90);
        let channel = |plane| Channel { plane, gain: 0.017, offset: -1.7 };
        let channels = [channel(2), channel(1), channel(0)];
        let work = Work {
            pixels: &pixels,
            width,
            columns: &columns,
            taps: &taps,
            channels: &channels,
            corner: 100 + 3,
            stride: 100,
        };
        let (mut rows, mut plain) = (Rows::default(), vec![0.0; 3 * 100 * 26]);
        rows.resize(90);
        rows.fill_anywhere(&work, &mut plain);
        let mut best = vec![0.0; plain.len()];
        rows.fill(&work, &mut best);
        assert!(plain.iter().any(|value| *value > 0.5));
        assert_eq!(plain, best);
    }
}
