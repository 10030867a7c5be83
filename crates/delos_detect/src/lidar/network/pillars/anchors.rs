//! Boxes out of differences from anchors.

mod device;

use super::frame::{NetworkBox, NetworkFrame};
use super::keep::{Candidate, Keeper, Scores};
use crate::DetectError;
use crate::models::{
    AnchorCard, AnchorPlace, CellLayout, DirectionCard, Heading, ModelCard, OutputContent,
    PillarCard, SizeOrder, Thresholds,
};
use delos_core::{Box3, Detection3d, Ego, ObjectClass};
use std::cmp::Ordering;
use std::f64::consts::{FRAC_PI_2, TAU};

/// Turns the answer of an anchor head into detections: the residual code of SECOND (Yan et al.
/// 2018, section 3.1.3; `ResidualCoder` of `OpenPCDet`, `DeltaXYZWLHRBBoxCoder` of mmdet3d) with
/// direction bins (`generate_predicted_boxes` of `OpenPCDet`'s `AnchorHeadTemplate`), then
/// non-maximum suppression of turned boxes seen from above.
///
/// An anchor counts with its best class alone, of equal ones the first. Scores are compared
/// after the logistic function, so that `score` is the card's or the launch file's to the bit.
#[derive(Clone, Debug)]
pub struct AnchorDecoder {
    boxes: Boxes,
    scores: Scores,
    keeper: Keeper,
}

/// What makes a box of an anchor.
#[derive(Clone, Debug)]
struct Boxes {
    pillars: PillarCard,
    card: AnchorCard,
    classes: Vec<Option<ObjectClass>>,
    /// Every anchor of a cell.
    anchors: Vec<CellAnchor>,
    /// Columns and rows.
    cells: [usize; 2],
}

/// An anchor, without its place on the ground.
#[derive(Clone, Copy, Debug)]
struct CellAnchor {
    /// Length, width, height.
    size: [f64; 3],
    middle_z: f64,
    yaw: f64,
}

impl AnchorDecoder {
    /// For a card's network; `None` for those that answer otherwise.
    ///
    /// # Errors
    /// [`DetectError::Threshold`] when a limit is outside 0..=1, [`DetectError::Kind`] and
    /// [`DetectError::Card`] for cards of other networks.
    pub fn new(card: &ModelCard, thresholds: Thresholds) -> Result<Option<Self>, DetectError> {
        thresholds.check()?;
        let pillars = card.pillars()?.clone();
        let OutputContent::Anchors(anchors) = &card.output.content else { return Ok(None) };
        let refused = |cause| DetectError::Card { place: card.name.clone(), cause };
        let classes = card.classes.map().map_err(refused)?;
        let cells = pillars.grid().map(|side| (side / anchors.stride.max(1)) as usize);
        Ok(Some(Self {
            scores: Scores::new(anchors.activation, thresholds.score),
            keeper: Keeper::new(anchors.keep, thresholds),
            boxes: Boxes {
                pillars,
                classes,
                anchors: anchors_of(anchors),
                card: anchors.clone(),
                cells,
            },
        }))
    }

    /// Numbers in the tensors of scores, boxes and directions.
    pub fn lengths(&self) -> [usize; 3] {
        let Boxes { card, classes, anchors, cells, .. } = &self.boxes;
        let count = cells[0] * cells[1] * anchors.len();
        let bins = card.directions.as_ref().map_or(0, |card| card.bins as usize);
        [classes.len(), card.numbers as usize, bins].map(|numbers| count * numbers)
    }

    /// Detections out of the network's tensors, row-major in the card's layout; `directions` are
    /// empty where the card names none. Tensors of other [`lengths`](Self::lengths) hold nothing.
    ///
    /// `out` is overwritten, by (score descending; row, column, anchor ascending). Numbers of
    /// points are not known here: 0.
    pub fn decode(
        &mut self,
        [scores, boxes, directions]: [&[f32]; 3],
        frame: &NetworkFrame,
        out: &mut Vec<Detection3d>,
    ) {
        out.clear();
        if [scores.len(), boxes.len(), directions.len()] != self.lengths() {
            return;
        }
        self.find(scores);
        let Self { boxes: maker, keeper, .. } = self;
        keeper.keep(out, |candidate| maker.found(candidate, boxes, directions, frame));
    }

    /// Every anchor whose best class counts and is good enough.
    fn find(&mut self, scores: &[f32]) {
        let Self { boxes, scores: rule, keeper } = self;
        keeper.candidates.clear();
        let count = boxes.classes.len();
        let order = boxes.order(count);
        for (at, number) in scores.iter().enumerate() {
            if *number < rule.floor || number.is_nan() {
                continue;
            }
            let (index, class) = order.parts(at);
            // Of equal scores the first class counts, and any before one that is no number.
            let is_best =
                (0..count).all(|other| match scores[order.at(index, other)].partial_cmp(number) {
                    Some(Ordering::Equal) => other >= class,
                    beside => beside != Some(Ordering::Greater),
                });
            if is_best && boxes.classes[class].is_some() {
                keeper.offer(rule.of(*number), index, class);
            }
        }
    }
}

impl Boxes {
    fn found(
        &self,
        candidate: &Candidate,
        boxes: &[f32],
        directions: &[f32],
        frame: &NetworkFrame,
    ) -> Option<(Box3<Ego>, ObjectClass)> {
        let index = candidate.index as usize;
        let numbers = self.card.numbers as usize;
        let order = self.order(numbers);
        let code: [f64; 7] = std::array::from_fn(|k| f64::from(boxes[order.at(index, k)]));
        let mut found = self.residual(index, code);
        if let Some(card) = &self.card.directions {
            let order = self.order(card.bins as usize);
            let bins = (0..card.bins as usize).map(|bin| directions[order.at(index, bin)]);
            found.yaw = turned(found.yaw, first_largest(bins), card);
        }
        found.yaw = usual_yaw(self.card.heading, found.yaw);
        Some((frame.ego(&found)?, self.classes[candidate.class as usize]?))
    }

    const fn order(&self, numbers: usize) -> Order {
        let area = self.cells[0] * self.cells[1];
        Order { layout: self.card.layout, per_cell: self.anchors.len(), numbers, area }
    }

    /// The residual code; the yaw as the network counts it.
    fn residual(&self, index: usize, code: [f64; 7]) -> NetworkBox {
        let anchor = &self.anchors[index % self.anchors.len()];
        let cell = index / self.anchors.len();
        let [x, y] = self.place(cell % self.cells[0], cell / self.cells[0]);
        let [length, width, height] = anchor.size;
        let diagonal = length.hypot(width);
        let sizes = lwh(self.card.sizes, [code[3], code[4], code[5]]);
        NetworkBox {
            middle: [
                code[0] * diagonal + x,
                code[1] * diagonal + y,
                code[2] * height + anchor.middle_z,
            ],
            size: [0, 1, 2].map(|axis| sizes[axis].exp() * anchor.size[axis]),
            yaw: code[6] + anchor.yaw,
        }
    }

    /// Where the anchors of a cell stand, x and y.
    fn place(&self, column: usize, row: usize) -> [f64; 2] {
        let range = &self.pillars.range_m;
        [(0, column), (1, row)].map(|(axis, number)| {
            let (least, extent) = (range[axis], range[axis + 3] - range[axis]);
            let cells = self.cells[axis] as f64;
            match self.card.stand {
                AnchorPlace::Middles => least + (number as f64 + 0.5) * extent / cells,
                AnchorPlace::Edges => least + number as f64 * extent / (cells - 1.0).max(1.0),
            }
        })
    }
}

/// Where the numbers of anchors lie in a tensor.
#[derive(Clone, Copy)]
struct Order {
    layout: CellLayout,
    per_cell: usize,
    /// Numbers of an anchor.
    numbers: usize,
    area: usize,
}

impl Order {
    /// Place of a number of the anchor `index`, which counts `cell * per_cell + anchor`.
    const fn at(&self, index: usize, number: usize) -> usize {
        match self.layout {
            CellLayout::Hwc => index * self.numbers + number,
            CellLayout::Chw => {
                let (cell, anchor) = (index / self.per_cell, index % self.per_cell);
                (anchor * self.numbers + number) * self.area + cell
            }
        }
    }

    /// The anchor and the number that lie at a place.
    const fn parts(&self, at: usize) -> (usize, usize) {
        match self.layout {
            CellLayout::Hwc => (at / self.numbers, at % self.numbers),
            CellLayout::Chw => {
                let (plane, cell) = (at / self.area, at % self.area);
                (cell * self.per_cell + plane / self.numbers, plane % self.numbers)
            }
        }
    }
}

fn anchors_of(card: &AnchorCard) -> Vec<CellAnchor> {
    let of_one = |anchor: &crate::models::Anchor| {
        let size = [anchor.length_m, anchor.width_m, anchor.height_m];
        let middle_z = anchor.bottom_m + anchor.height_m / 2.0;
        let yaws = anchor.yaws.iter();
        yaws.map(move |yaw| CellAnchor { size, middle_z, yaw: *yaw }).collect::<Vec<_>>()
    };
    card.anchors.iter().flat_map(of_one).collect()
}

/// The yaw within the bin: `limit_period(yaw - offset, limit, period) + offset + period * bin`.
fn turned(yaw: f64, bin: usize, card: &DirectionCard) -> f64 {
    let period = TAU / f64::from(card.bins.max(1));
    let rest = yaw - card.offset;
    let within = rest - (rest / period + card.limit).floor() * period;
    within + card.offset + period * bin as f64
}

/// Number of the first of the largest values; NaN is never the largest.
fn first_largest(values: impl Iterator<Item = f32>) -> usize {
    let mut largest = (0, f32::NEG_INFINITY);
    for (number, value) in values.enumerate() {
        if value > largest.1 {
            largest = (number, value);
        }
    }
    largest.0
}

/// Length, width, height, out of a network's order.
pub(super) const fn lwh(order: SizeOrder, sizes: [f64; 3]) -> [f64; 3] {
    match order {
        SizeOrder::Lwh => sizes,
        SizeOrder::Wlh => [sizes[1], sizes[0], sizes[2]],
    }
}

/// A yaw from x towards y, out of a network's own.
pub(super) fn usual_yaw(heading: Heading, yaw: f64) -> f64 {
    match heading {
        Heading::X => yaw,
        Heading::MinusY => -yaw - FRAC_PI_2,
    }
}
