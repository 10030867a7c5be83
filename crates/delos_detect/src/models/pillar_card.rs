//! What a card says of a LiDAR network that looks at pillars: how points become its input.

use super::card::{InputCard, InputContent};
use serde::Deserialize;
use std::f64::consts::FRAC_PI_2;

/// Points of a LiDAR scan, gathered in upright pillars over a grid.
///
/// Lengths are metres in the network's frame: that of its training data, x and y on the
/// ground, z up. Frames of delos's scans are turned and shifted into it ([`Self::forward`],
/// [`Self::sensor_m`], [`Self::ground_m`]).
#[derive(Clone, Debug, PartialEq)]
pub struct PillarCard {
    /// Least x, y, z and greatest x, y, z of the points that count, metres.
    pub range_m: [f64; 6],
    /// Extent of a pillar along x, y, z, metres.
    pub pillar_m: [f64; 3],
    /// Most points in a pillar; later ones are left out.
    pub points: u32,
    /// Most pillars in a scan; points of later ones are left out.
    pub pillars: u32,
    /// What the numbers of a point are, in order.
    pub features: Vec<PointFeature>,
    /// Order of the dimensions of the points' tensor.
    pub layout: PillarLayout,
    /// The network's number for an echo of full strength: 1 or 255.
    pub intensity_max: f32,
    /// Height of level ground in the network's frame, metres.
    pub ground_m: f64,
    /// Place of the sensor in the network's frame, metres. Its height counts where nothing
    /// tells how high the sensor is.
    pub sensor_m: [f64; 3],
    /// The axis of the network's frame that points forward.
    pub forward: ForwardAxis,
    /// Name of the tensor `[P]` with the number of points of each pillar, where there is one.
    pub counts: Option<String>,
    /// The tensor with the grid cell of each pillar, where there is one.
    pub cells: Option<CellsCard>,
    /// The pillar feature net, where it is a file of its own.
    pub encoder: Option<EncoderCard>,
}

/// A number of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointFeature {
    /// Place in the network's frame, metres.
    X,
    /// Place in the network's frame, metres.
    Y,
    /// Place in the network's frame, metres.
    Z,
    /// Strength of the echo, 0 to `intensity_max`.
    Intensity,
    /// Age against the newest sweep, seconds, positive into the past; 0 where scans are not joined.
    Time,
    /// x less the mean of the pillar's points.
    MeanX,
    /// y less the mean of the pillar's points.
    MeanY,
    /// z less the mean of the pillar's points.
    MeanZ,
    /// x less the middle of the pillar.
    CentreX,
    /// y less the middle of the pillar.
    CentreY,
    /// z less the middle of the pillar.
    CentreZ,
    /// Distance from the origin of the network's frame.
    Range,
}

/// Order of the dimensions of the points' tensor: P pillars, N points, C features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum PillarLayout {
    /// `[P, N, C]`: `OpenPCDet`, mmdet3d, Autoware.
    #[default]
    #[serde(rename = "PNC")]
    Pnc,
    /// `[1, C, P, N]`: feature nets of two-dimensional convolutions.
    #[serde(rename = "1CPN")]
    Cpn,
}

/// Which axis of a network's frame points forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ForwardAxis {
    /// x forward, y left: KITTI, Waymo.
    #[default]
    X,
    /// y forward, x right: the LiDAR of nuScenes.
    Y,
}

/// The tensor with the grid cell of each pillar, `[P, columns]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellsCard {
    /// Name.
    pub name: String,
    /// What the columns hold.
    pub order: Vec<CellColumn>,
}

/// A number of a pillar's cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellColumn {
    /// Number of the scan in the batch: 0.
    Batch,
    /// Column of the grid.
    X,
    /// Row of the grid.
    Y,
    /// Layer of the grid: 0.
    Z,
}

/// A pillar feature net in a file of its own, and what carries its answer on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderCard {
    /// File name, in the folder of the card's own file.
    pub file: String,
    /// sha256 of the file, hexadecimal.
    pub sha256: Option<String>,
    /// Name of its output `[P, channels]` or `[P, 1, channels]`.
    pub output: String,
    /// Numbers of a pillar.
    pub channels: u32,
    /// Name of the input `[1, channels, rows, columns]` of the card's own file.
    pub grid: String,
}

impl PillarCard {
    /// Cells of the grid along x and y.
    pub fn grid(&self) -> [u32; 2] {
        [0, 1].map(|axis| self.extent(axis).round().clamp(0.0, 1e6) as u32)
    }

    /// Whether a place on the ground (metres, forward and left of the sensor) lies in the range.
    pub fn covers(&self, x: f64, y: f64) -> bool {
        let place = match self.forward {
            ForwardAxis::X => [x, y],
            ForwardAxis::Y => [-y, x],
        };
        [0, 1].into_iter().all(|axis| {
            let at = place[axis] + self.sensor_m[axis];
            (self.range_m[axis]..self.range_m[axis + 3]).contains(&at)
        })
    }

    /// Pillars along an axis, not rounded.
    fn extent(&self, axis: usize) -> f64 {
        (self.range_m[axis + 3] - self.range_m[axis]) / self.pillar_m[axis]
    }

    /// Yaw that the network's frame adds to that of the vehicle, radians.
    pub(crate) const fn turn(&self) -> f64 {
        match self.forward {
            ForwardAxis::X => 0.0,
            ForwardAxis::Y => FRAC_PI_2,
        }
    }

    /// What is added to a height in the vehicle's frame for a sensor so high over the ground.
    pub(crate) fn lift_m(&self, ego_height_m: Option<f64>) -> f64 {
        ego_height_m.map_or(self.sensor_m[2], |height| self.ground_m + height)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        self.check_grid()?;
        self.check_sizes()?;
        if self.features.is_empty() || repeats(&self.features) {
            return Err("input.features must name each feature once".into());
        }
        self.check_cells()
    }

    fn check_grid(&self) -> Result<(), String> {
        let bounded = |value: &f64| value.abs() <= 1000.0;
        if !self.range_m.iter().all(bounded) {
            return Err("input.range_m must be six numbers within a kilometre".into());
        }
        if !self.pillar_m.iter().all(|side| (0.01..=100.0).contains(side)) {
            return Err("input.pillar_m must be three numbers from 0.01 to 100".into());
        }
        for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
            let count = self.extent(axis);
            let whole = (count - count.round()).abs() < 1e-3;
            if !(0.999..=4096.5).contains(&count) || !whole {
                return Err(format!(
                    "input.range_m along {name} must be a whole number of pillars, 1 to 4096"
                ));
            }
        }
        if self.extent(2).round() > 1.0 {
            return Err("input.pillar_m: a pillar must be as high as the range".into());
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), String> {
        if !(1..=1024).contains(&self.points) || !(1..=1_000_000).contains(&self.pillars) {
            return Err("input.points must be 1 to 1024, input.pillars 1 to 1000000".into());
        }
        let numbers = u64::from(self.points) * u64::from(self.pillars) * self.features.len() as u64;
        if numbers > 1 << 28 {
            return Err("input.points * input.pillars * features must be at most 2^28".into());
        }
        if !(self.intensity_max.is_normal() && self.intensity_max > 0.0) {
            return Err("input.intensity_max must be positive".into());
        }
        let near = |value: &f64| value.abs() <= 10.0;
        if !near(&self.ground_m) || !self.sensor_m.iter().all(near) {
            return Err("input.ground_m and input.sensor_m must be numbers within 10 m".into());
        }
        Ok(())
    }

    fn check_cells(&self) -> Result<(), String> {
        if let Some(cells) = &self.cells
            && (cells.order.is_empty() || repeats(&cells.order))
        {
            return Err("input.cells.order must name each column once".into());
        }
        let has_cells = self.cells.is_some();
        match &self.encoder {
            None if !has_cells => {
                Err("input.cells must be given where the network scatters the pillars".into())
            }
            Some(encoder) if encoder.channels == 0 || encoder.channels > 4096 => {
                Err("input.encoder.channels must be 1 to 4096".into())
            }
            Some(encoder) if encoder.file.contains(['/', '\\']) || encoder.file.is_empty() => {
                Err("input.encoder.file must be given, without a folder".into())
            }
            Some(encoder) => super::card::check_sha256(encoder.sha256.as_deref()),
            None => Ok(()),
        }
    }
}

fn repeats<T: PartialEq>(list: &[T]) -> bool {
    list.iter().enumerate().any(|(index, item)| list[..index].contains(item))
}

/// Text form of the input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PillarText {
    name: String,
    range_m: [f64; 6],
    pillar_m: [f64; 3],
    points: u32,
    pillars: u32,
    features: Vec<PointFeature>,
    #[serde(default)]
    layout: PillarLayout,
    #[serde(default = "one")]
    intensity_max: f32,
    ground_m: f64,
    #[serde(default)]
    sensor_m: [f64; 3],
    #[serde(default)]
    forward: ForwardAxis,
    counts: Option<String>,
    cells: Option<CellsCard>,
    encoder: Option<EncoderCard>,
}

impl TryFrom<PillarText> for InputCard {
    type Error = String;

    fn try_from(text: PillarText) -> Result<Self, String> {
        let PillarText { name, range_m, pillar_m, points, pillars, features, layout, .. } = text;
        let PillarText { intensity_max, ground_m, sensor_m, forward, counts, cells, .. } = text;
        let mut encoder = text.encoder;
        if let Some(sha256) = encoder.as_mut().and_then(|encoder| encoder.sha256.as_mut()) {
            sha256.make_ascii_lowercase();
        }
        let card = PillarCard {
            range_m,
            pillar_m,
            points,
            pillars,
            features,
            layout,
            intensity_max,
            ground_m,
            sensor_m,
            forward,
            counts,
            cells,
            encoder,
        };
        card.check()?;
        let size = card.grid();
        let content = InputContent::Pillars(Box::new(card));
        Ok(Self { name, size, multiple: 1, fixed: true, content })
    }
}

const fn one() -> f32 {
    1.0
}
