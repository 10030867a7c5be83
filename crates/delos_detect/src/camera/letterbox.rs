//! An image into the network's input.

use super::Fit;
use super::taps::{self, Tap};
use crate::models::{ChannelOrder, ImageCard, InputCard, LetterboxCard};
use delos_core::{Image, ImageSize};

/// Fits images into a network's input: scales with bilinear interpolation, pads, orders the
/// channels and normalises. The scaled pixels are those of OpenCV's `resize` with
/// `INTER_LINEAR` on 8-bit pixels (`modules/imgproc/src/resize.cpp`, OpenCV 4.6: pixel
/// centres aligned, weights of 11 bits); only an exact halving, where OpenCV averages four
/// pixels, may differ, by one grey level.
///
/// Tables and buffers are kept from image to image; as long as the images have one size,
/// nothing is allocated.
#[derive(Clone, Debug)]
pub struct Letterbox {
    input: [u32; 2],
    card: LetterboxCard,
    channels: [Channel; 3],
    tensor: Vec<f32>,
    plan: Option<Plan>,
    rows: [Row; 2],
}

/// What becomes of a grey level in one channel of the network: `grey * gain + offset`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channel {
    /// Position of the channel in the network's order.
    pub(super) plane: usize,
    pub(super) gain: f32,
    pub(super) offset: f32,
}

/// What depends on the size of the image.
#[derive(Clone, Debug)]
struct Plan {
    image: ImageSize,
    fit: Fit,
    columns: Vec<Tap>,
    rows: Vec<Tap>,
}

/// A row of the image scaled in width, one plane per channel.
#[derive(Clone, Debug, Default)]
struct Row {
    source: Option<u32>,
    planes: [Vec<i16>; 3],
}

impl Letterbox {
    /// For the input that the card describes, `size` = `[width, height]` pixels, at least 1.
    /// For an input that is no image, [`ImageCard::default`] counts.
    pub fn new(card: &InputCard, size: [u32; 2]) -> Self {
        let card = card.image();
        let size = size.map(|side| side.max(1));
        let area = size[0] as usize * size[1] as usize;
        Self {
            input: size,
            card: card.letterbox,
            channels: channels(&card),
            tensor: vec![0.0; 3 * area],
            plan: None,
            rows: [Row::default(), Row::default()],
        }
    }

    /// The image as a tensor `[3, H, W]`, f32, channels in the network's order.
    pub fn apply(&mut self, image: &Image) -> &[f32] {
        if self.plan.as_ref().is_none_or(|plan| plan.image != image.size()) {
            self.prepare(image.size());
        }
        self.rows.iter_mut().for_each(|row| row.source = None);
        let Self { plan: Some(plan), rows, tensor, channels, input, .. } = self else {
            return &self.tensor;
        };
        let pixels = image.rgb().as_chunks::<3>().0;
        for (y, tap) in plan.rows.iter().enumerate() {
            load_rows(rows, tap.at, pixels, plan);
            let start = (plan.fit.top as usize + y) * input[0] as usize + plan.fit.left as usize;
            write_row(rows, tap.weights, channels, start, tensor);
        }
        &self.tensor
    }

    /// The tensor of the last image.
    pub fn tensor(&self) -> &[f32] {
        &self.tensor
    }

    /// Where an image of this size lies in the input.
    pub fn fit(&self, image: ImageSize) -> Fit {
        Fit::new(image, self.input, &self.card)
    }

    /// Makes the tables for images of this size and fills the tensor with the padding.
    fn prepare(&mut self, image: ImageSize) {
        let fit = self.fit(image);
        let ImageSize { width, height } = fit.size;
        let columns = (0..width).map(|x| taps::column(image.width, width, x)).collect();
        let rows = (0..height).map(|y| taps::row(image.height, height, y)).collect();
        let area = self.tensor.len() / 3;
        for channel in self.channels {
            let grey = f32::from(self.card.pad);
            let padding = grey * channel.gain + channel.offset;
            let plane = self.tensor.iter_mut().skip(channel.plane * area).take(area);
            plane.for_each(|value| *value = padding);
        }
        for plane in self.rows.iter_mut().flat_map(|row| &mut row.planes) {
            plane.resize(width as usize, 0);
        }
        self.plan = Some(Plan { image, fit, columns, rows });
    }
}

/// The card's normalisation of red, green and blue.
pub(super) fn channels(card: &ImageCard) -> [Channel; 3] {
    std::array::from_fn(|colour| {
        let plane = match card.channels {
            ChannelOrder::Rgb => colour,
            ChannelOrder::Bgr => 2 - colour,
        };
        let (mean, std) = (card.mean[plane], card.std[plane]);
        Channel { plane, gain: card.scale / std, offset: -mean / std }
    })
}

/// Makes `rows` hold the two source rows `wanted`; what is there already is kept.
fn load_rows(rows: &mut [Row; 2], wanted: [u32; 2], pixels: &[[u8; 3]], plan: &Plan) {
    if rows[0].source != Some(wanted[0]) && rows[1].source == Some(wanted[0]) {
        rows.swap(0, 1);
    }
    let width = plan.image.width as usize;
    for (row, wanted) in rows.iter_mut().zip(wanted) {
        if row.source != Some(wanted) {
            let start = wanted as usize * width;
            scale_row(&pixels[start..start + width], &plan.columns, &mut row.planes);
            row.source = Some(wanted);
        }
    }
}

fn scale_row(pixels: &[[u8; 3]], columns: &[Tap], planes: &mut [Vec<i16>; 3]) {
    let [red, green, blue] = planes;
    let targets = red.iter_mut().zip(green).zip(blue);
    for (tap, ((red, green), blue)) in columns.iter().zip(targets) {
        let (a, b) = (pixels[tap.at[0] as usize], pixels[tap.at[1] as usize]);
        *red = taps::across([a[0], b[0]], tap.weights);
        *green = taps::across([a[1], b[1]], tap.weights);
        *blue = taps::across([a[2], b[2]], tap.weights);
    }
}

/// Mixes two rows into the row of the tensor that begins at `start` in each plane.
fn write_row(
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
mod tests;
