//! The model card.

use super::camera_card::{ImageCard, RowsCard};
use super::head_card::{AnchorCard, HeatmapCard};
use super::lidar_card::{CentreCard, RasterCard};
use super::pillar_card::PillarCard;
use super::text;
use crate::DetectError;
use crate::lidar::network::Window;
use delos_core::ObjectClass;
use serde::Deserialize;

const RASTERS: &str = "LiDAR scans as a raster";
const PILLARS: &str = "LiDAR scans as pillars";

/// What a network file is, what goes in and what comes out.
#[derive(Clone, Debug, PartialEq)]
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
    /// Name of the card whose network becomes this one when batch, height and width of its
    /// tensors are made free ([`free_axes`](super::free_axes)).
    pub made_from: Option<String>,
    /// Whether the weights are no trained ones: the network has the cost of the published one, and
    /// its boxes mean nothing.
    pub latency_only: bool,
    /// What goes in.
    pub input: InputCard,
    /// What comes out.
    pub output: OutputCard,
    /// What the class numbers mean.
    pub classes: Classes,
    /// Limits that suit the network.
    pub thresholds: Thresholds,
}

/// What goes into a network.
#[derive(Clone, Debug, PartialEq)]
pub struct InputCard {
    /// Name of the tensor.
    pub name: String,
    /// Width and height (columns and rows) without another wish.
    pub size: [u32; 2],
    /// Width and height must be multiples of this.
    pub multiple: u32,
    /// Whether `size` is the only one the file takes.
    pub fixed: bool,
    /// What the numbers are.
    pub content: InputContent,
}

/// What the numbers of a network's input are.
#[derive(Clone, Debug, PartialEq)]
pub enum InputContent {
    /// An image.
    Image(ImageCard),
    /// The points of a LiDAR scan, laid over the ground.
    Raster(RasterCard),
    /// The points of a LiDAR scan, gathered in pillars.
    Pillars(Box<PillarCard>),
}

/// What comes out of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputCard {
    /// Name of the tensor.
    pub name: String,
    /// How its numbers become boxes.
    pub content: OutputContent,
}

/// How a network's numbers become boxes.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputContent {
    /// Boxes in an image, one a row or column.
    Rows(RowsCard),
    /// Boxes on the ground, out of peaks of heat.
    Centres(CentreCard),
    /// Boxes on the ground, as differences from anchors.
    Anchors(AnchorCard),
    /// Boxes on the ground, out of heads with a heat map.
    Heatmap(HeatmapCard),
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
        let mut card = text::card_of(text).map_err(refused)?;
        card.check().map_err(refused)?;
        card.sha256 = card.sha256.map(|sha256| sha256.to_ascii_lowercase());
        Ok(card)
    }

    fn check(&self) -> Result<(), String> {
        check_sha256(self.sha256.as_deref())?;
        if self.name.is_empty() || self.file.contains(['/', '\\']) || self.file.is_empty() {
            return Err("name and file must be given, file without a folder".into());
        }
        if self.made_from.is_some() && self.sha256.is_none() {
            return Err("made_from needs the sha256 of what is made".into());
        }
        if self.what.is_empty() || self.licence.is_empty() {
            return Err("what and licence must be filled in".into());
        }
        match &self.input.content {
            InputContent::Image(image) => image.check()?,
            InputContent::Raster(raster) => raster.check(self.input.multiple)?,
            InputContent::Pillars(pillars) => pillars.check()?,
        }
        match &self.output.content {
            OutputContent::Rows(rows) => rows.check()?,
            OutputContent::Centres(centres) => centres.check(self.input.multiple)?,
            OutputContent::Anchors(anchors) => anchors.check(self.input.size)?,
            OutputContent::Heatmap(heatmap) => {
                heatmap.check(self.input.size, self.classes.map()?.len())?;
            }
        }
        self.input.check_size(self.input.size).map_err(|cause| format!("input.size: {cause}"))?;
        if self.classes.map()?.iter().all(Option::is_none) {
            return Err("classes must name at least one class".into());
        }
        self.thresholds.check().map_err(|error| error.to_string())
    }

    /// What everybody must be told who sees figures of this network, if anything.
    pub fn remark(&self) -> Option<&'static str> {
        self.latency_only.then_some("latency only: the weights are random, the boxes mean nothing")
    }

    /// The rows that the network of a camera answers with.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when it is no camera's.
    pub fn rows(&self) -> Result<&RowsCard, DetectError> {
        match &self.output.content {
            OutputContent::Rows(rows) => Ok(rows),
            _ => Err(self.other_kind("camera images", "LiDAR scans")),
        }
    }

    /// The centres that the network of a LiDAR answers with.
    pub(crate) fn centres(&self) -> Result<&CentreCard, DetectError> {
        match &self.output.content {
            OutputContent::Centres(centres) => Ok(centres),
            OutputContent::Rows(_) => Err(self.other_kind("LiDAR scans", "camera images")),
            _ => Err(self.other_kind(RASTERS, PILLARS)),
        }
    }

    /// The raster that the network of a LiDAR takes.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when the network takes images or pillars.
    pub fn raster(&self) -> Result<&RasterCard, DetectError> {
        match &self.input.content {
            InputContent::Raster(raster) => Ok(raster),
            InputContent::Image(_) => Err(self.other_kind("LiDAR scans", "camera images")),
            InputContent::Pillars(_) => Err(self.other_kind(RASTERS, PILLARS)),
        }
    }

    /// The pillars that the network of a LiDAR takes.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when the network takes images or a raster.
    pub fn pillars(&self) -> Result<&PillarCard, DetectError> {
        match &self.input.content {
            InputContent::Pillars(pillars) => Ok(pillars),
            InputContent::Image(_) => Err(self.other_kind("LiDAR scans", "camera images")),
            InputContent::Raster(_) => Err(self.other_kind(PILLARS, RASTERS)),
        }
    }

    /// The part of the ground that a LiDAR network looks at: the card's window of this name, or
    /// its usual one.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when the network takes images or pillars,
    /// [`DetectError::UnknownWindow`] with the names there are.
    pub fn window(&self, name: Option<&str>) -> Result<Window, DetectError> {
        let raster = self.raster()?;
        let name = name.unwrap_or(&raster.window);
        raster.windows.get(name).copied().ok_or_else(|| DetectError::UnknownWindow {
            card: self.name.clone(),
            name: name.to_owned(),
            known: raster.windows.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        })
    }

    /// Number of class numbers.
    pub(crate) fn class_count(&self) -> Result<usize, DetectError> {
        let refused = |cause| DetectError::Card { place: self.name.clone(), cause };
        Ok(self.classes.map().map_err(refused)?.len())
    }

    /// That the network answers otherwise than with anchors or heads.
    pub(crate) fn other_answer(&self) -> DetectError {
        self.other_kind(PILLARS, RASTERS)
    }

    fn other_kind(&self, wanted: &'static str, got: &'static str) -> DetectError {
        DetectError::Kind { card: self.name.clone(), wanted, got }
    }
}

impl InputCard {
    /// How an image becomes the input; the usual way where the input is no image.
    pub(crate) fn image(&self) -> ImageCard {
        match &self.content {
            InputContent::Image(image) => *image,
            InputContent::Raster(_) | InputContent::Pillars(_) => ImageCard::default(),
        }
    }

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

pub(super) fn check_sha256(sha256: Option<&str>) -> Result<(), String> {
    match sha256 {
        Some(text) if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Err(format!("sha256 must be 64 hexadecimal digits, not `{text}`"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
