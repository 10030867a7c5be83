//! An image into the network's input.

mod rows;

use super::Fit;
use super::taps::{self, Tap};
use crate::models::{ChannelOrder, ImageCard, InputCard, LetterboxCard};
use delos_core::{Image, ImageSize};
use rows::{Columns, Rows, Work};

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
    rows: Rows,
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
    columns: Columns,
    rows: Vec<Tap>,
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
            rows: Rows::default(),
        }
    }

    /// The image as a tensor `[3, H, W]`, f32, channels in the network's order.
    pub fn apply(&mut self, image: &Image) -> &[f32] {
        if self.plan.as_ref().is_none_or(|plan| plan.image != image.size()) {
            self.prepare(image.size());
        }
        if let Some(plan) = &self.plan {
            let work = Work {
                pixels: image.rgb(),
                width: plan.image.width as usize,
                columns: &plan.columns,
                taps: &plan.rows,
                channels: &self.channels,
                corner: plan.fit.top as usize * self.input[0] as usize + plan.fit.left as usize,
                stride: self.input[0] as usize,
            };
            self.rows.fill(&work, &mut self.tensor);
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
        let columns = Columns::new(image.width, width);
        let rows = (0..height).map(|y| taps::row(image.height, height, y)).collect();
        let area = self.tensor.len() / 3;
        for channel in self.channels {
            let grey = f32::from(self.card.pad);
            let padding = grey * channel.gain + channel.offset;
            let plane = self.tensor.iter_mut().skip(channel.plane * area).take(area);
            plane.for_each(|value| *value = padding);
        }
        self.rows.resize(width as usize);
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

#[cfg(test)]
mod tests;
