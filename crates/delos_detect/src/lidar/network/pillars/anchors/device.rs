//! The decoder as the kernels of a GPU take it.

use super::AnchorDecoder;
use crate::DetectError;
use crate::lidar::network::pillars::device::int;
use crate::lidar::network::pillars::keep::detections;
use crate::models::{AnchorPlace, CellLayout, Heading, SizeOrder};
use delos_core::Detection3d;
use delos_infer::gpu::Accelerator;
use delos_infer::kernels::{Anchor, AnchorKernels, AnchorShape, Result3d};
use std::f64::consts::TAU;

impl AnchorDecoder {
    /// The kernels that do on a device what [`decode`](Self::decode) does here, with the same result.
    ///
    /// # Errors
    /// [`DetectError::Infer`] when they cannot have the card's shape, or want more candidates or boxes
    /// than there are places.
    pub fn kernels<A: Accelerator>(&self, on: &A) -> Result<AnchorKernels<A>, DetectError> {
        let anchors = self.boxes.anchors.iter();
        let anchors: Vec<_> =
            anchors.map(|anchor| Anchor::new(anchor.size, anchor.middle_z, anchor.yaw)).collect();
        let groups = self.keeper.groups(&self.boxes.classes);
        let (scores, keep) = (self.scores.rule(&self.keeper), self.keeper.rule());
        let made = AnchorKernels::new(on, self.shape(), &anchors, &groups, scores, keep);
        made.map_err(|error| DetectError::Infer(error.into()))
    }

    /// The detections of a result.
    pub fn detections(&self, result: &Result3d) -> Vec<Detection3d> {
        detections(&self.boxes.classes, result)
    }

    fn shape(&self) -> AnchorShape {
        let super::Boxes { pillars, card, classes, cells, .. } = &self.boxes;
        let range = &pillars.range_m;
        let bins = card.directions.as_ref().map_or(0, |directions| directions.bins);
        let bin = card.directions.as_ref().map_or([0.0; 3], |directions| {
            [directions.offset, directions.limit, TAU / f64::from(directions.bins.max(1))]
        });
        AnchorShape {
            least: [range[0], range[1]],
            extent: [range[3] - range[0], range[4] - range[1]],
            bin,
            cells: cells.map(int),
            per_cell: int(self.boxes.anchors.len()),
            classes: int(classes.len()),
            numbers: card.numbers.cast_signed(),
            bins: bins.cast_signed(),
            is_planes: i32::from(card.layout == CellLayout::Chw),
            is_wlh: i32::from(card.sizes == SizeOrder::Wlh),
            is_minus_y: i32::from(card.heading == Heading::MinusY),
            is_edges: i32::from(card.stand == AnchorPlace::Edges),
        }
    }
}
