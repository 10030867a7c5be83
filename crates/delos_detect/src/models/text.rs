//! The text form of a card: TOML with sections for camera or LiDAR networks.

use super::camera_card::{ChannelOrder, Decoder, ImageCard, LetterboxCard, RowsCard, TensorLayout};
use super::card::{
    Classes, InputCard, InputContent, ModelCard, OutputCard, OutputContent, Thresholds,
};
use super::head_card::{AnchorCard, HeatmapCard};
use super::lidar_card::{CentresText, RasterText};
use super::pillar_card::PillarText;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The card that a text holds, or what is wrong with it. A card with the key `input.raster` or
/// `input.pillars` is that of a LiDAR network.
pub(super) fn card_of(text: &str) -> Result<ModelCard, String> {
    let refused = |error: toml::de::Error| error.to_string().trim().to_owned();
    let probe: toml::Table = toml::from_str(text).map_err(refused)?;
    let at = |table: &str, key: &str| probe.get(table).and_then(|table| table.get(key));
    if at("input", "raster").is_some() {
        return read::<RasterText, CentresText>(text).map_err(refused)?.into_card();
    }
    if at("input", "pillars").is_none() {
        return read::<ImageText, RowsText>(text).map_err(refused)?.into_card();
    }
    match at("output", "decoder").and_then(toml::Value::as_str) {
        Some("anchors") => read::<PillarText, AnchorCard>(text).map_err(refused)?.into_card(),
        Some("heatmap") => read::<PillarText, HeatmapCard>(text).map_err(refused)?.into_card(),
        _ => Err("output.decoder must be \"anchors\" or \"heatmap\" with input.pillars".into()),
    }
}

fn read<I, O>(text: &str) -> Result<CardText<I, O>, toml::de::Error>
where
    CardText<I, O>: DeserializeOwned,
{
    toml::from_str(text)
}

/// A card with an input and output of some form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CardText<I, O> {
    name: String,
    what: String,
    file: String,
    sha256: Option<String>,
    size: Option<u64>,
    licence: String,
    url: Option<String>,
    origin: Option<String>,
    made_from: Option<String>,
    #[serde(default)]
    latency_only: bool,
    input: I,
    output: O,
    classes: Classes,
    #[serde(default)]
    thresholds: Thresholds,
}

impl<I, O> CardText<I, O>
where
    I: TryInto<InputCard, Error = String>,
    O: Into<OutputCard>,
{
    fn into_card(self) -> Result<ModelCard, String> {
        Ok(ModelCard {
            name: self.name,
            what: self.what,
            file: self.file,
            sha256: self.sha256,
            size: self.size,
            licence: self.licence,
            url: self.url,
            origin: self.origin,
            made_from: self.made_from,
            latency_only: self.latency_only,
            input: self.input.try_into()?,
            output: self.output.into(),
            classes: self.classes,
            thresholds: self.thresholds,
        })
    }
}

/// An image.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageText {
    name: String,
    layout: TensorLayout,
    channels: ChannelOrder,
    #[serde(default = "one")]
    scale: f32,
    #[serde(default)]
    mean: [f32; 3],
    #[serde(default = "ones")]
    std: [f32; 3],
    size: [u32; 2],
    #[serde(default = "default_multiple")]
    multiple: u32,
    #[serde(default)]
    fixed: bool,
    letterbox: LetterboxCard,
}

impl TryFrom<ImageText> for InputCard {
    type Error = String;

    fn try_from(text: ImageText) -> Result<Self, String> {
        let ImageText { name, size, multiple, fixed, .. } = text;
        let ImageText { layout, channels, scale, mean, std, letterbox, .. } = text;
        let image = ImageCard { layout, channels, scale, mean, std, letterbox };
        Ok(Self { name, size, multiple, fixed, content: InputContent::Image(image) })
    }
}

/// Boxes in an image.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowsText {
    name: String,
    decoder: Decoder,
    strides: Vec<u32>,
}

impl From<RowsText> for OutputCard {
    fn from(text: RowsText) -> Self {
        let RowsText { name, decoder, strides } = text;
        Self { name, content: OutputContent::Rows(RowsCard { decoder, strides }) }
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
