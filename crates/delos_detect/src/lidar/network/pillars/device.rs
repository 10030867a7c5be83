//! Pillars as the kernels of a GPU take them.

use super::NetworkFrame;
use super::point::columns_of;
use crate::DetectError;
use crate::models::{CellColumn, ForwardAxis, PillarCard, PillarLayout};
use delos_infer::gpu::Accelerator;
use delos_infer::kernels::{CellPart, FrameOfNetwork, PillarKernels, PillarShape};

/// The kernels that do on a device what [`Pillars`](super::Pillars), padded, and
/// [`Canvas`](super::Canvas) do here, with the same result, for scans of so many points.
///
/// # Errors
/// [`DetectError::Infer`] when they cannot have the card's shape or there is not enough memory.
pub fn pillar_kernels<A: Accelerator>(
    on: &A,
    card: &PillarCard,
    most_points: usize,
) -> Result<PillarKernels<A>, DetectError> {
    let made = PillarKernels::new(on, shape(card), most_points);
    made.map_err(|error| DetectError::Infer(error.into()))
}

/// What the columns of the tensor of cells hold, as [`PillarKernels::list_cells`] takes them.
pub fn cell_parts(order: &[CellColumn]) -> Vec<CellPart> {
    let part = |column: &CellColumn| match column {
        CellColumn::Batch | CellColumn::Z => CellPart::Zero,
        CellColumn::X => CellPart::Column,
        CellColumn::Y => CellPart::Row,
    };
    order.iter().map(part).collect()
}

/// A count as kernels take it. What is larger than they can count is refused by their checks.
pub(super) fn int(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn shape(card: &PillarCard) -> PillarShape {
    let [columns, rows] = card.grid();
    let mut column = [0; 12];
    for (target, number) in column.iter_mut().zip(columns_of(&card.features)) {
        *target = i32::from(number);
    }
    PillarShape {
        least: [0, 1, 2].map(|axis| card.range_m[axis] as f32),
        side: card.pillar_m.map(|side| side as f32),
        cells: [columns as f32, rows as f32, 1.0],
        shift: NetworkFrame::new(card, None).shift(),
        intensity_max: card.intensity_max,
        is_y_forward: i32::from(card.forward == ForwardAxis::Y),
        columns: columns.cast_signed(),
        points: card.points.cast_signed(),
        most: card.pillars.cast_signed(),
        features: int(card.features.len()),
        is_planes: i32::from(card.layout == PillarLayout::Cpn),
        column,
    }
}

impl NetworkFrame {
    /// The way from the network's frame to the vehicle's, as the decoders' kernels take it.
    pub const fn on_device(&self) -> FrameOfNetwork {
        let is_y_forward = matches!(self.forward, ForwardAxis::Y);
        FrameOfNetwork::new(self.shift_m, self.turn, is_y_forward)
    }

    /// What is added to points after turning, metres, as [`PillarKernels::gather`] takes it.
    pub fn shift(&self) -> [f32; 3] {
        self.shift_m.map(|part| part as f32)
    }
}
