//! The model card and its text form.

use crate::DetectError;
use delos_core::ObjectClass;
use serde::Deserialize;

/// What a network file is, what goes in and what comes out.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// Name in launch files and commands.
    pub name: String,
    /// What it is, in one sentence.
    pub what: String,
    /// File name.
    pub file: String,
    /// sha256 of the file, 64 hexadecimal digits. Without it the file is told by its name alone.
    pub sha256: Option<String>,
    /// Size of the file, bytes.
    pub size: Option<u64>,
    /// Licence of the weights.
    pub licence: String,
    /// Official address of exactly this file.
    pub url: Option<String>,
    /// Where the file comes from when there is no official address.
    pub origin: Option<String>,
    /// What goes in.
    pub input: InputCard,
    /// What comes out.
    pub output: OutputCard,
    /// What the class numbers mean.
    pub classes: Classes,
    /// Limits that suit the network.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// What goes into a network: a letterboxed image.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputCard {
    /// Name of the tensor.
    pub name: String,
    /// Order of the dimensions.
    pub layout: TensorLayout,
    /// Order of the colour channels.
    pub channels: ChannelOrder,
    /// Grey levels 0..=255 are multiplied by this first.
    #[serde(default = "one")]
    pub scale: f32,
    /// Then this is subtracted, per channel in the network's order.
    #[serde(default)]
    pub mean: [f32; 3],
    /// Then they are divided by this, per channel in the network's order.
    #[serde(default = "ones")]
    pub std: [f32; 3],
    /// Width and height without another wish, pixels.
    pub size: [u32; 2],
    /// Width and height must be multiples of this.
    #[serde(default = "default_multiple")]
    pub multiple: u32,
    /// Whether `size` is the only one the file takes.
    #[serde(default)]
    pub fixed: bool,
    /// How the image is fitted into the input.
    pub letterbox: LetterboxCard,
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

/// What comes out of a network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputCard {
    /// Name of the tensor.
    pub name: String,
    /// How its numbers become boxes.
    pub decoder: Decoder,
    /// Strides of the feature maps, in the order of the rows.
    pub strides: Vec<u32>,
}

/// What the class numbers of a network mean.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Classes {
    /// A well-known list: `[classes] taxonomy = "coco80"`.
    #[serde(rename = "taxonomy")]
    Taxonomy(Taxonomy),
    /// A name of delos per class number, `"-"` for classes to leave out:
    /// `[classes] names = ["car", "-", "pedestrian"]`.
    #[serde(rename = "names")]
    Names(Vec<String>),
}

/// Limits for scores and overlaps.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Boxes with a lower score are dropped.
    pub score: f32,
    /// Of two boxes of one class that overlap by more than this `IoU` the weaker is dropped.
    pub nms_iou: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { score: 0.3, nms_iou: 0.45 }
    }
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

/// How a network's numbers become boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decoder {
    /// `[1, n, 5 + classes]`: box relative to its grid cell, objectness, class scores.
    Yolox,
    /// `[1, 4 + classes, n]`: box in pixels of the input, class scores.
    Yolov8,
}

/// A well-known list of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Taxonomy {
    /// The 80 classes of COCO.
    Coco80,
}

impl ModelCard {
    /// Reads a card; `place` names it in errors.
    ///
    /// # Errors
    /// [`DetectError::Card`] when it does not parse, has an unknown key, or contradicts itself.
    pub fn parse(text: &str, place: &str) -> Result<Self, DetectError> {
        let refused = |cause: String| DetectError::Card { place: place.to_owned(), cause };
        let mut card: Self =
            toml::from_str(text).map_err(|error| refused(error.to_string().trim().to_owned()))?;
        card.check().map_err(refused)?;
        card.sha256 = card.sha256.map(|sha256| sha256.to_ascii_lowercase());
        Ok(card)
    }

    fn check(&self) -> Result<(), String> {
        let input = &self.input;
        check_sha256(self.sha256.as_deref())?;
        if self.name.is_empty() || self.file.contains(['/', '\\']) || self.file.is_empty() {
            return Err("name and file must be given, file without a folder".into());
        }
        if self.what.is_empty() || self.licence.is_empty() {
            return Err("what and licence must be filled in".into());
        }
        if !input.scale.is_finite() || input.mean.iter().any(|value| !value.is_finite()) {
            return Err("input.scale and input.mean must be finite".into());
        }
        if input.std.iter().any(|value| !value.is_normal() || *value < 0.0) {
            return Err("input.std must be positive".into());
        }
        if self.output.strides.is_empty() || self.output.strides.contains(&0) {
            return Err("output.strides must be positive numbers".into());
        }
        input.check_size(input.size).map_err(|cause| format!("input.size: {cause}"))?;
        if self.classes.map()?.iter().all(Option::is_none) {
            return Err("classes must name at least one class".into());
        }
        self.thresholds.check().map_err(|error| error.to_string())
    }
}

impl InputCard {
    /// Whether the network takes this width and height, else why not.
    pub(crate) fn check_size(&self, size: [u32; 2]) -> Result<(), String> {
        const LARGEST: u32 = 8192;
        let step = self.multiple;
        if step == 0 || size.iter().any(|side| !(1..=LARGEST).contains(side) || side % step != 0) {
            return Err(format!("both sides must be multiples of {step}, at most {LARGEST}"));
        }
        if self.fixed && size != self.size {
            return Err(format!("the file takes {}x{} only", self.size[0], self.size[1]));
        }
        Ok(())
    }
}

impl Classes {
    /// Class of each class number, `None` for those to leave out.
    pub(crate) fn map(&self) -> Result<Vec<Option<ObjectClass>>, String> {
        match self {
            Self::Taxonomy(Taxonomy::Coco80) => Ok((0..80).map(ObjectClass::from_coco).collect()),
            Self::Names(names) => names.iter().map(|name| class_of(name)).collect(),
        }
    }
}

fn class_of(name: &str) -> Result<Option<ObjectClass>, String> {
    match name {
        "-" => Ok(None),
        _ => name.parse().map(Some).map_err(|error| format!("classes.names: {error}")),
    }
}

impl Thresholds {
    /// Checks that both limits lie within 0..=1.
    ///
    /// # Errors
    /// [`DetectError::Threshold`] with the one that does not.
    pub fn check(&self) -> Result<(), DetectError> {
        for (name, value) in [("score threshold", self.score), ("NMS IoU", self.nms_iou)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(DetectError::Threshold { name, value });
            }
        }
        Ok(())
    }
}

fn check_sha256(sha256: Option<&str>) -> Result<(), String> {
    match sha256 {
        Some(text) if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Err(format!("sha256 must be 64 hexadecimal digits, not `{text}`"))
        }
        _ => Ok(()),
    }
}

const fn one() -> f32 {
    1.0
}

const fn ones() -> [f32; 3] {
    [1.0; 3]
}

const fn default_multiple() -> u32 {
    32
}

const fn default_pad() -> u8 {
    114
}

#[cfg(test)]
mod tests;
