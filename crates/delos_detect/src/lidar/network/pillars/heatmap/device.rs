//! The decoder as the kernels of a GPU take it.

use super::HeatmapDecoder;
use crate::DetectError;
use crate::lidar::network::pillars::device::int;
use crate::lidar::network::pillars::keep::detections;
use crate::models::{Heading, HeightOf, SizeCode, SizeOrder, TurnOrder};
use delos_core::Detection3d;
use delos_infer::gpu::Accelerator;
use delos_infer::kernels::{HeatmapKernels, HeatmapShape, Result3d};

impl HeatmapDecoder {
    /// The kernels that do on a device what [`decode`](Self::decode) does here, with the same result.
    ///
    /// # Errors
    /// [`DetectError::Infer`] when they cannot have the card's shape, or want more heads, candidates or
    /// boxes than there are places.
    pub fn kernels<A: Accelerator>(&self, on: &A) -> Result<HeatmapKernels<A>, DetectError> {
        let heads: Vec<_> =
            self.boxes.card.heads.iter().map(|head| head.classes as usize).collect();
        let groups = self.keeper.groups(&self.boxes.classes);
        let (scores, keep) = (self.scores.rule(&self.keeper), self.keeper.rule());
        let made = HeatmapKernels::new(on, self.shape(), &heads, &groups, scores, keep);
        made.map_err(|error| DetectError::Infer(error.into()))
    }

    /// The detections of a result.
    pub fn detections(&self, result: &Result3d) -> Vec<Detection3d> {
        detections(&self.boxes.classes, result)
    }

    fn shape(&self) -> HeatmapShape {
        let super::Boxes { pillars, card, cells, .. } = &self.boxes;
        let step = |axis: usize| pillars.pillar_m[axis] * f64::from(card.stride);
        HeatmapShape {
            least: [pillars.range_m[0], pillars.range_m[1]],
            step: [step(0), step(1)],
            least_turn: card.least_turn,
            cells: cells.map(int),
            is_peak_of_nine: i32::from(card.peak_cells == 3),
            is_wlh: i32::from(card.sizes == SizeOrder::Wlh),
            is_minus_y: i32::from(card.heading == Heading::MinusY),
            is_log: i32::from(card.size_code == SizeCode::Logs),
            is_cos_first: i32::from(card.turn_order == TurnOrder::CosSin),
            is_bottom: i32::from(card.height_of == HeightOf::Bottom),
        }
    }
}
