//! What a card says of a LiDAR network.

use super::TensorLayout;
use super::card::{InputCard, InputContent, OutputCard, OutputContent};
use crate::lidar::network::Window;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The points of a LiDAR scan, laid over the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct RasterCard {
    /// What the planes hold.
    pub kind: RasterKind,
    /// Order of the dimensions.
    pub layout: TensorLayout,
    /// Height of level ground in the sensor's frame for which the network was trained, metres:
    /// used where nothing tells how high the sensor is.
    pub ground_m: f64,
    /// Name of the window without another wish.
    pub window: String,
    /// The parts of the ground that the network may look at, by name.
    pub windows: BTreeMap<String, Window>,
}

/// What the planes of a raster hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RasterKind {
    /// Twenty-two planes in cells of 0.32 m: `models/training/lidar/README.md`.
    Cells22,
}

/// Boxes on the ground, out of peaks of heat: planes of heat for each class, of quality, and ten
/// of box numbers, as `models/training/lidar/README.md` says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CentreCard {
    /// Cells of the raster along one side of a cell of the answer.
    pub stride: u32,
    /// Score = heat * quality to this power.
    pub quality_power: f32,
    /// Peaks with less heat do not count.
    pub least_heat: f32,
    /// So many of the best peaks count.
    pub most: u32,
    /// A "truck" shorter than this is a van, metres.
    pub van_below_m: f64,
    /// A "truck" from this length on is a bus, metres.
    pub bus_from_m: f64,
}

impl RasterCard {
    pub(super) fn check(&self, multiple: u32) -> Result<(), String> {
        if multiple == 0 || !multiple.is_multiple_of(Window::MULTIPLE) {
            return Err(format!("input.multiple must be a multiple of {}", Window::MULTIPLE));
        }
        if !(-10.0..=10.0).contains(&self.ground_m) {
            return Err("input.ground_m must be a number within 10 m".into());
        }
        for (name, window) in &self.windows {
            if window.cells().iter().any(|side| side % multiple != 0) {
                return Err(format!("input.windows.{name}: cells must be multiples of {multiple}"));
            }
        }
        Ok(())
    }
}

impl CentreCard {
    pub(super) fn check(&self, multiple: u32) -> Result<(), String> {
        if self.stride == 0 || !multiple.is_multiple_of(self.stride) {
            return Err("output.stride must divide input.multiple".into());
        }
        if !(0.0..=10.0).contains(&self.quality_power) {
            return Err("output.quality_power must be 0 to 10".into());
        }
        if !(0.0..=1.0).contains(&self.least_heat) || self.most == 0 {
            return Err("output.least_heat must be 0 to 1, output.most at least 1".into());
        }
        if !(0.0..=self.bus_from_m).contains(&self.van_below_m) {
            return Err("output.van_below_m must be 0 to output.bus_from_m".into());
        }
        Ok(())
    }
}

/// Text form of the input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RasterText {
    name: String,
    layout: TensorLayout,
    raster: RasterKind,
    ground_m: f64,
    multiple: u32,
    #[serde(default)]
    fixed: bool,
    window: String,
    windows: BTreeMap<String, WindowText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowText {
    corner_m: [f64; 2],
    cells: [u32; 2],
}

impl TryFrom<RasterText> for InputCard {
    type Error = String;

    fn try_from(text: RasterText) -> Result<Self, String> {
        let windows = text.windows.into_iter().map(|(name, window)| {
            let checked = Window::new(window.corner_m, window.cells);
            checked.map(|window| (name, window)).map_err(|error| error.to_string())
        });
        let windows: BTreeMap<String, Window> = windows.collect::<Result<_, _>>()?;
        let usual = windows.get(&text.window);
        let size = usual.ok_or("input.window must name one of input.windows")?.cells();
        let RasterText { name, layout, raster: kind, ground_m, multiple, fixed, window, .. } = text;
        let raster = RasterCard { kind, layout, ground_m, window, windows };
        Ok(Self { name, size, multiple, fixed, content: InputContent::Raster(raster) })
    }
}

/// Text form of the output.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CentresText {
    name: String,
    #[serde(rename = "decoder")]
    _decoder: CentreDecoderName,
    stride: u32,
    quality_power: f32,
    least_heat: f32,
    most: u32,
    van_below_m: f64,
    bus_from_m: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum CentreDecoderName {
    Centres,
}

impl From<CentresText> for OutputCard {
    fn from(text: CentresText) -> Self {
        let CentresText { name, stride, quality_power, least_heat, most, .. } = text;
        let (van_below_m, bus_from_m) = (text.van_below_m, text.bus_from_m);
        let centres =
            CentreCard { stride, quality_power, least_heat, most, van_below_m, bus_from_m };
        Self { name, content: OutputContent::Centres(centres) }
    }
}
