//! What a card says of a camera network.

use serde::Deserialize;

/// How an image becomes numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageCard {
    /// Order of the dimensions.
    pub layout: TensorLayout,
    /// Order of the colour channels.
    pub channels: ChannelOrder,
    /// Grey levels 0..=255 are multiplied by this first.
    pub scale: f32,
    /// Then this is subtracted, per channel in the network's order.
    pub mean: [f32; 3],
    /// Then they are divided by this, per channel in the network's order.
    pub std: [f32; 3],
    /// How the image is fitted into the input.
    pub letterbox: LetterboxCard,
}

impl Default for ImageCard {
    /// Grey levels as they are, red first, from the top left corner.
    fn default() -> Self {
        let letterbox =
            LetterboxCard { place: Placement::TopLeft, pad: 114, rounding: Rounding::Round };
        let (layout, channels) = (TensorLayout::Nchw, ChannelOrder::Rgb);
        Self { layout, channels, scale: 1.0, mean: [0.0; 3], std: [1.0; 3], letterbox }
    }
}

/// How an image is fitted into the network's input: scaled by `r = min(W/w, H/h)`, the
/// rest filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterboxCard {
    /// Where the image lies.
    pub place: Placement,
    /// Grey level of the rest.
    #[serde(default = "default_pad")]
    pub pad: u8,
    /// How the scaled width and height become whole pixels.
    #[serde(default)]
    pub rounding: Rounding,
}

/// Boxes in an image, one a row or column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsCard {
    /// What a row means.
    pub decoder: Decoder,
    /// Strides of the feature maps, in the order of the rows.
    pub strides: Vec<u32>,
}

/// Order of the dimensions of an image tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum TensorLayout {
    /// Image number, channel, row, column.
    #[serde(rename = "NCHW")]
    Nchw,
}

/// Order of colour channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
}

/// Where a letterboxed image lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// In the top left corner.
    TopLeft,
    /// In the middle; an odd rest leaves the larger part right and below.
    Centre,
}

/// How a scaled length becomes whole pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rounding {
    /// To the nearest.
    #[default]
    Round,
    /// Down.
    Floor,
}

/// How the rows of a camera network become boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decoder {
    /// `[1, n, 5 + classes]`: box relative to its grid cell, objectness, class scores.
    Yolox,
    /// `[1, 4 + classes, n]`: box in pixels of the input, class scores.
    Yolov8,
}

impl ImageCard {
    pub(super) fn check(&self) -> Result<(), String> {
        if !self.scale.is_finite() || self.mean.iter().any(|value| !value.is_finite()) {
            return Err("input.scale and input.mean must be finite".into());
        }
        if self.std.iter().any(|value| !value.is_normal() || *value < 0.0) {
            return Err("input.std must be positive".into());
        }
        Ok(())
    }
}

impl RowsCard {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.strides.is_empty() || self.strides.contains(&0) {
            return Err("output.strides must be positive numbers".into());
        }
        Ok(())
    }
}

const fn default_pad() -> u8 {
    114
}
