//! What a card says of the answer of a LiDAR network: anchors, or heads with a heat map.

use super::card::{OutputCard, OutputContent};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Boxes as differences from anchors, boxes of usual size at each cell: `PointPillars`, SECOND.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnchorCard {
    #[serde(rename = "decoder")]
    _decoder: IgnoredAny,
    /// Name of the tensor with the scores, anchors x classes at each cell.
    pub scores: String,
    /// Name of the tensor with the boxes, anchors x numbers at each cell.
    pub boxes: String,
    /// The tensor with the directions, where there is one.
    pub directions: Option<DirectionCard>,
    /// Order of the dimensions of all of them.
    pub layout: CellLayout,
    /// Pillars along one side of a cell of the answer.
    pub stride: u32,
    /// Numbers of a box: x, y, z, three sizes, yaw; further ones are left alone.
    #[serde(default = "seven")]
    pub numbers: u32,
    /// Order of the sizes.
    #[serde(default)]
    pub sizes: SizeOrder,
    /// What a yaw of zero means.
    #[serde(default)]
    pub heading: Heading,
    /// Where in its cell an anchor stands.
    pub stand: AnchorPlace,
    /// What the scores are.
    #[serde(default)]
    pub activation: Activation,
    /// The anchors at each cell, in the order of the tensor; of each the yaws run first.
    pub anchors: Vec<Anchor>,
    /// Which boxes are left.
    #[serde(default)]
    pub keep: KeepCard,
}

/// A box of usual size.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// Extent along the heading, metres.
    pub length_m: f64,
    /// Extent across the heading, metres.
    pub width_m: f64,
    /// Metres.
    pub height_m: f64,
    /// Height of its lower face in the network's frame, metres.
    pub bottom_m: f64,
    /// Its yaws, as the network counts them, radians.
    pub yaws: Vec<f64>,
}

/// A tensor that tells where the front of a box is: bins at each anchor, of which the largest
/// counts (of equal ones the first).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectionCard {
    /// Name.
    pub name: String,
    /// Bins of a full turn.
    pub bins: u32,
    /// Where the first bin begins, radians.
    pub offset: f64,
    /// Share of a bin by which it begins earlier.
    pub limit: f64,
}

/// Boxes at the cells of a heat map: `CenterPoint`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeatmapCard {
    #[serde(rename = "decoder")]
    _decoder: IgnoredAny,
    /// Pillars along one side of a cell of the answer.
    pub stride: u32,
    /// The heads; their classes follow each other.
    pub heads: Vec<HeadCard>,
    /// Order of the sizes.
    #[serde(default)]
    pub sizes: SizeOrder,
    /// Whether sizes are logarithms.
    #[serde(default)]
    pub size_code: SizeCode,
    /// Which plane of `turn` is which.
    pub turn_order: TurnOrder,
    /// What a yaw of zero means.
    #[serde(default)]
    pub heading: Heading,
    /// What the height is the height of.
    #[serde(default)]
    pub height_of: HeightOf,
    /// What the heat is.
    #[serde(default)]
    pub activation: Activation,
    /// Cells along a side of the square in which a peak is the highest: 1 for every cell, or 3.
    #[serde(default = "three")]
    pub peak_cells: u32,
    /// Boxes whose (sine, cosine) is shorter than this are left out.
    #[serde(default)]
    pub least_turn: f64,
    /// Which boxes are left.
    #[serde(default)]
    pub keep: KeepCard,
}

/// One head: tensors `[1, planes, rows, columns]`, or planes of larger ones.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadCard {
    /// Classes: planes of heat.
    pub classes: u32,
    /// Heat.
    pub heat: Planes,
    /// Place in the cell, 0 to 1 along x and y: two planes.
    pub offset: Planes,
    /// Height in the network's frame: one plane.
    pub height: Planes,
    /// Three planes.
    pub size: Planes,
    /// Sine and cosine of the yaw: two planes.
    pub turn: Planes,
    /// Velocity: two planes, looked at by nobody yet.
    pub velocity: Option<Planes>,
}

/// Planes of a tensor: its name, or `{ tensor = NAME, first = 3 }` where it holds more.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "PlanesText")]
pub struct Planes {
    /// Name of the tensor.
    pub tensor: String,
    /// The first of the planes; `None` where the tensor holds these alone.
    pub first: Option<u32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PlanesText {
    All(String),
    Some(SomePlanes),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SomePlanes {
    tensor: String,
    first: u32,
}

impl From<PlanesText> for Planes {
    fn from(text: PlanesText) -> Self {
        match text {
            PlanesText::All(tensor) => Self { tensor, first: None },
            PlanesText::Some(SomePlanes { tensor, first }) => Self { tensor, first: Some(first) },
        }
    }
}

/// Which boxes are left of those above the least score.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeepCard {
    /// So many of the best are looked at.
    pub candidates: u32,
    /// So many are left at most.
    pub most: u32,
    /// Which boxes drop which others.
    pub among: NmsScope,
    /// Boxes whose middles are nearer than this drop each other too, metres.
    pub least_distance_m: f64,
}

impl Default for KeepCard {
    fn default() -> Self {
        Self { candidates: 1000, most: 256, among: NmsScope::All, least_distance_m: 0.0 }
    }
}

/// Which boxes drop which others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NmsScope {
    /// All others.
    All,
    /// Those of their class.
    Class,
}

/// Order of the dimensions of a tensor with numbers for each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum CellLayout {
    /// `[1, rows, columns, numbers]`: `OpenPCDet`.
    #[serde(rename = "HWC")]
    Hwc,
    /// `[1, numbers, rows, columns]`: mmdet3d.
    #[serde(rename = "CHW")]
    Chw,
}

/// Order of the three sizes of a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SizeOrder {
    /// Length (along the heading), width, height: `OpenPCDet`, mmdet3d from 1.0 on.
    #[default]
    Lwh,
    /// Width, length, height: SECOND, mmdet3d before 1.0, `CenterPoint`, Autoware.
    Wlh,
}

/// What a yaw of zero means, and which way it grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heading {
    /// Along x, growing towards y: `OpenPCDet`, mmdet3d from 1.0 on.
    #[default]
    X,
    /// Against y, growing towards x negative: SECOND, mmdet3d before 1.0, `CenterPoint`,
    /// Autoware. The usual yaw is `-yaw - pi / 2`.
    MinusY,
}

/// Where in its cell an anchor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnchorPlace {
    /// The first anchor on the least, the last on the greatest edge of the range, the others
    /// evenly between: `align_center: False` of `OpenPCDet`, `Anchor3DRangeGenerator` of mmdet3d.
    Edges,
    /// In the middle: `align_center: True`, `AlignedAnchor3DRangeGenerator`.
    Middles,
}

/// What scores are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// Logits: the logistic function makes scores of them.
    #[default]
    Logits,
    /// Scores, 0 to 1.
    Scores,
}

/// What the planes of sizes hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SizeCode {
    /// Natural logarithms of metres.
    #[default]
    Logs,
    /// Metres.
    Metres,
}

/// Which plane of the turn comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnOrder {
    /// Sine, cosine: `CenterPoint`, mmdet3d, Autoware.
    SinCos,
    /// Cosine, sine: `OpenPCDet`.
    CosSin,
}

/// What the height of a box is the height of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeightOf {
    /// Its middle.
    #[default]
    Middle,
    /// Its lower face.
    Bottom,
}

impl AnchorCard {
    /// Anchors at each cell.
    pub fn per_cell(&self) -> usize {
        self.anchors.iter().map(|anchor| anchor.yaws.len()).sum()
    }

    pub(super) fn check(&self, grid: [u32; 2]) -> Result<(), String> {
        check_stride(self.stride, grid)?;
        self.keep.check()?;
        if !(7..=32).contains(&self.numbers) {
            return Err("output.numbers must be 7 to 32".into());
        }
        if self.per_cell() == 0 || self.per_cell() > 64 {
            return Err("output.anchors must have 1 to 64 yaws in all".into());
        }
        for anchor in &self.anchors {
            let sizes = [anchor.length_m, anchor.width_m, anchor.height_m];
            let sound = sizes.iter().all(|size| (0.01..=100.0).contains(size));
            let places = anchor.yaws.iter().chain([&anchor.bottom_m]);
            if !sound || places.into_iter().any(|value| !(-100.0..=100.0).contains(value)) {
                return Err("output.anchors: sizes must be 0.01 to 100 m, the rest numbers".into());
            }
        }
        let Some(directions) = &self.directions else { return Ok(()) };
        let sound = [directions.offset, directions.limit].iter().all(|v| v.abs() <= 10.0);
        if !(1..=64).contains(&directions.bins) || !sound {
            return Err("output.directions: bins must be 1 to 64, offset and limit numbers".into());
        }
        Ok(())
    }
}

impl HeatmapCard {
    pub(super) fn check(&self, grid: [u32; 2], classes: usize) -> Result<(), String> {
        check_stride(self.stride, grid)?;
        self.keep.check()?;
        if !matches!(self.peak_cells, 1 | 3) {
            return Err("output.peak_cells must be 1 or 3".into());
        }
        if !(0.0..=1.0).contains(&self.least_turn) {
            return Err("output.least_turn must be 0 to 1".into());
        }
        let planes: usize = self.heads.iter().map(|head| head.classes as usize).sum();
        if self.heads.iter().any(|head| head.classes == 0) || planes != classes {
            return Err(format!("output.heads have {planes} classes, [classes] names {classes}"));
        }
        Ok(())
    }
}

impl KeepCard {
    fn check(&self) -> Result<(), String> {
        let most = 1..=100_000;
        if !most.contains(&self.candidates) || !most.contains(&self.most) {
            return Err("output.keep: candidates and most must be 1 to 100000".into());
        }
        if !(0.0..=100.0).contains(&self.least_distance_m) {
            return Err("output.keep.least_distance_m must be 0 to 100".into());
        }
        Ok(())
    }
}

fn check_stride(stride: u32, grid: [u32; 2]) -> Result<(), String> {
    if stride == 0 || grid.iter().any(|cells| cells % stride != 0) {
        return Err(format!(
            "output.stride must divide the grid of {} x {} pillars",
            grid[0], grid[1]
        ));
    }
    Ok(())
}

impl From<AnchorCard> for OutputCard {
    fn from(card: AnchorCard) -> Self {
        Self { name: card.scores.clone(), content: OutputContent::Anchors(card) }
    }
}

impl From<HeatmapCard> for OutputCard {
    fn from(card: HeatmapCard) -> Self {
        let name = card.heads.first().map_or_else(String::new, |head| head.heat.tensor.clone());
        Self { name, content: OutputContent::Heatmap(card) }
    }
}

const fn seven() -> u32 {
    7
}

const fn three() -> u32 {
    3
}
