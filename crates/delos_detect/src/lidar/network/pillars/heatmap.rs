//! Boxes out of heads with a heat map.

mod device;

use super::anchors::{lwh, usual_yaw};
use super::frame::{NetworkBox, NetworkFrame};
use super::keep::{Candidate, Keeper, Scores};
use crate::DetectError;
use crate::lidar::network::decode::peaks;
use crate::models::{
    HeatmapCard, HeightOf, ModelCard, OutputContent, PillarCard, SizeCode, Thresholds, TurnOrder,
};
use delos_core::{Box3, Detection3d, Ego, ObjectClass};

/// The tensors of one head, each `[planes, rows, columns]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeadPlanes<'a> {
    /// A plane of heat for each class.
    pub heat: &'a [f32],
    /// Place in the cell along x and y.
    pub offset: &'a [f32],
    /// Height in the network's frame.
    pub height: &'a [f32],
    /// Three sizes.
    pub size: &'a [f32],
    /// Sine and cosine of the yaw.
    pub turn: &'a [f32],
}

/// Turns the answer of `CenterPoint` heads (Yin et al. 2021) into detections: peaks of the heat,
/// the numbers at their cells (`decode_bbox_from_heatmap` of `OpenPCDet`, `CenterPointBBoxCoder`
/// of mmdet3d, `generateBoxes3D_kernel` of Autoware), then non-maximum suppression of turned
/// boxes seen from above, over all heads.
#[derive(Clone, Debug)]
pub struct HeatmapDecoder {
    boxes: Boxes,
    scores: Scores,
    keeper: Keeper,
}

/// What makes a box of a peak.
#[derive(Clone, Debug)]
struct Boxes {
    pillars: PillarCard,
    card: HeatmapCard,
    classes: Vec<Option<ObjectClass>>,
    /// Number of the first class of each head.
    first_class: Vec<usize>,
    /// Columns and rows.
    cells: [usize; 2],
}

impl HeatmapDecoder {
    /// For a card's network; `None` for those that answer otherwise.
    ///
    /// # Errors
    /// [`DetectError::Threshold`] when a limit is outside 0..=1, [`DetectError::Kind`] and
    /// [`DetectError::Card`] for cards of other networks.
    pub fn new(card: &ModelCard, thresholds: Thresholds) -> Result<Option<Self>, DetectError> {
        thresholds.check()?;
        let pillars = card.pillars()?.clone();
        let OutputContent::Heatmap(heatmap) = &card.output.content else { return Ok(None) };
        let refused = |cause| DetectError::Card { place: card.name.clone(), cause };
        let classes = card.classes.map().map_err(refused)?;
        let cells = pillars.grid().map(|side| (side / heatmap.stride.max(1)) as usize);
        let before = |number: usize| heatmap.heads[..number].iter().map(|h| h.classes as usize);
        let first_class = (0..heatmap.heads.len()).map(|n| before(n).sum()).collect();
        Ok(Some(Self {
            scores: Scores::new(heatmap.activation, thresholds.score),
            keeper: Keeper::new(heatmap.keep, thresholds),
            boxes: Boxes { pillars, card: heatmap.clone(), classes, first_class, cells },
        }))
    }

    /// Numbers in a plane.
    pub const fn area(&self) -> usize {
        self.boxes.area()
    }

    /// Detections out of the tensors of the heads, as many as the card has. Heads with tensors of
    /// other lengths hold nothing.
    ///
    /// `out` is overwritten, by (score descending; class number, row, column ascending). Numbers
    /// of points are not known here: 0.
    pub fn decode(
        &mut self,
        heads: &[HeadPlanes<'_>],
        frame: &NetworkFrame,
        out: &mut Vec<Detection3d>,
    ) {
        out.clear();
        let Self { boxes, keeper, .. } = self;
        keeper.candidates.clear();
        if heads.len() != boxes.card.heads.len() {
            return;
        }
        for (number, head) in heads.iter().enumerate() {
            if self.boxes.fits(number, head) {
                self.find(number, head.heat);
            }
        }
        let Self { boxes, keeper, .. } = self;
        keeper.keep(out, |candidate| boxes.found(candidate, heads, frame));
    }

    /// The peaks of a head.
    fn find(&mut self, number: usize, heat: &[f32]) {
        let area = self.area();
        let Self { boxes: Boxes { card, classes, first_class, cells, .. }, scores, keeper } = self;
        for (plane, heat) in heat.chunks_exact(area).enumerate() {
            let class = first_class[number] + plane;
            if classes[class].is_none() {
                continue;
            }
            let mut offer =
                |cell: usize| keeper.offer(scores.of(heat[cell]), class * area + cell, class);
            if card.peak_cells == 3 {
                peaks::each(heat, cells[0], scores.floor, offer);
            } else {
                let high = heat.iter().enumerate().filter(|(_, heat)| **heat >= scores.floor);
                high.for_each(|(cell, _)| offer(cell));
            }
        }
    }
}

impl Boxes {
    const fn area(&self) -> usize {
        self.cells[0] * self.cells[1]
    }

    fn fits(&self, number: usize, head: &HeadPlanes<'_>) -> bool {
        let planes = [head.heat, head.offset, head.height, head.size, head.turn];
        let counts = [self.card.heads[number].classes as usize, 2, 1, 3, 2];
        planes.iter().zip(counts).all(|(planes, count)| planes.len() == count * self.area())
    }

    fn found(
        &self,
        candidate: &Candidate,
        heads: &[HeadPlanes<'_>],
        frame: &NetworkFrame,
    ) -> Option<(Box3<Ego>, ObjectClass)> {
        let (area, class) = (self.area(), candidate.class as usize);
        let head = heads.get(self.first_class.partition_point(|first| *first <= class) - 1)?;
        let cell = candidate.index as usize % area;
        let number = |planes: &[f32], plane: usize| f64::from(planes[plane * area + cell]);
        let turn = [number(head.turn, 0), number(head.turn, 1)];
        let [sin, cos] = match self.card.turn_order {
            TurnOrder::SinCos => turn,
            TurnOrder::CosSin => [turn[1], turn[0]],
        };
        if sin.hypot(cos) < self.card.least_turn {
            return None;
        }
        let [x, y] = self.place(cell, [number(head.offset, 0), number(head.offset, 1)]);
        let size = self.size([0, 1, 2].map(|plane| number(head.size, plane)));
        let up = match self.card.height_of {
            HeightOf::Middle => 0.0,
            HeightOf::Bottom => size[2] / 2.0,
        };
        let yaw = usual_yaw(self.card.heading, sin.atan2(cos));
        let found = NetworkBox { middle: [x, y, number(head.height, 0) + up], size, yaw };
        Some((frame.ego(&found)?, self.classes[class]?))
    }

    /// x and y, metres, of a place in a cell.
    fn place(&self, cell: usize, offset: [f64; 2]) -> [f64; 2] {
        let number = [cell % self.cells[0], cell / self.cells[0]];
        [0, 1].map(|axis| {
            let step = self.pillars.pillar_m[axis] * f64::from(self.card.stride);
            (number[axis] as f64 + offset[axis]) * step + self.pillars.range_m[axis]
        })
    }

    fn size(&self, numbers: [f64; 3]) -> [f64; 3] {
        let sizes = lwh(self.card.sizes, numbers);
        match self.card.size_code {
            SizeCode::Logs => sizes.map(f64::exp),
            SizeCode::Metres => sizes,
        }
    }
}
