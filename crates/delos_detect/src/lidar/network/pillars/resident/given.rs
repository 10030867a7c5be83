//! What the first network is given, written where it reads it.

use super::super::NetworkFrame;
use super::super::device::cell_parts;
use super::refused;
use super::scan::Scan;
use crate::DetectError;
use crate::models::{ModelCard, PillarCard, points_shape};
use delos_infer::gpu::{Accelerator, Cuda, CudaBuffer, GpuError};
use delos_infer::kernels::{CellPart, PillarTarget};
use delos_infer::{Binding, BoundTensor, InferError, TensorInfo};

/// A tensor's name and shape.
pub(super) type Named = (String, Vec<usize>);

/// Counts and cells of pillars as the kernels give them, and where the network wants them.
#[derive(Debug)]
pub(super) struct Given {
    counts: CudaBuffer<u32>,
    cells: CudaBuffer<u32>,
    /// Places among the network's inputs; the points are the first.
    counts_at: Option<usize>,
    cells_at: Option<usize>,
    columns: Vec<CellPart>,
}

/// Inputs of a file with these tensors, which the card fits: points, counts, cells, for the most pillars.
///
/// # Errors
/// [`DetectError::Infer`] where counts or cells are no whole numbers: no kernel writes those.
pub(super) fn inputs(
    card: &ModelCard,
    pillars: &PillarCard,
    known: &[TensorInfo],
) -> Result<Vec<Named>, DetectError> {
    let most = pillars.pillars as usize;
    let mut all = vec![(card.input.name.clone(), points_shape(pillars, most))];
    let counts = pillars.counts.iter().map(|name| (name.clone(), vec![most]));
    let cells = pillars.cells.iter();
    let cells = cells.map(|card| (card.name.clone(), vec![most, card.order.len()]));
    for (name, shape) in counts.chain(cells) {
        let Some(info) = known.iter().find(|info| info.name == name) else { continue };
        if !matches!(info.element.as_str(), "i32" | "i64") {
            return Err(refused(card, &format!("no kernel writes {info}, only i32 and i64")));
        }
        all.push((name, shape));
    }
    Ok(all)
}

impl Given {
    /// For the network that takes the points.
    pub(super) fn new(
        on: &Cuda,
        card: &ModelCard,
        pillars: &PillarCard,
        taker: &Binding<Cuda>,
    ) -> Result<Self, DetectError> {
        let bound = inputs(card, pillars, taker.session().inputs())?;
        let place = |name: &str| bound.iter().position(|(known, _)| known == name);
        let most = pillars.pillars as usize;
        let made = || -> Result<_, GpuError> { Ok((on.buffer(most)?, on.buffer(most)?)) };
        let (counts, cells) = made().map_err(InferError::from)?;
        Ok(Self {
            counts,
            cells,
            counts_at: pillars.counts.as_deref().and_then(place),
            cells_at: pillars.cells.as_ref().and_then(|card| place(&card.name)),
            columns: pillars.cells.as_ref().map_or_else(Vec::new, |card| cell_parts(&card.order)),
        })
    }

    /// Gathers the scan on the device in pillars and writes the network's inputs.
    pub(super) fn fill(
        &mut self,
        on: &Cuda,
        scan: &mut Scan,
        frame: &NetworkFrame,
        taker: &mut Binding<Cuda>,
    ) -> Result<(), DetectError> {
        Ok(self.write(on, scan, frame.shift(), taker).map_err(InferError::from)?)
    }

    fn write(
        &mut self,
        on: &Cuda,
        scan: &mut Scan,
        shift: [f32; 3],
        taker: &mut Binding<Cuda>,
    ) -> Result<(), GpuError> {
        let Self { counts, cells, counts_at, cells_at, columns } = self;
        let Some(BoundTensor::F32(tensor)) = taker.input(0) else {
            return Err(no_such_type());
        };
        let mut target = PillarTarget { tensor, counts: &mut *counts, cells: &mut *cells };
        scan.gather(on, shift, &mut target)?;
        let kernels = &scan.kernels;
        match counts_at.and_then(|place| taker.input(place)) {
            None => {}
            Some(BoundTensor::I32(out)) => kernels.list_counts(on, counts, out)?,
            Some(BoundTensor::I64(out)) => kernels.list_counts(on, counts, out)?,
            Some(_) => return Err(no_such_type()),
        }
        match cells_at.and_then(|place| taker.input(place)) {
            None => Ok(()),
            Some(BoundTensor::I32(out)) => kernels.list_cells(on, cells, columns, out),
            Some(BoundTensor::I64(out)) => kernels.list_cells(on, cells, columns, out),
            Some(_) => Err(no_such_type()),
        }
    }
}

/// Lays the answer of the pillar feature net over the grid that the network reads.
pub(super) fn scatter(
    on: &Cuda,
    scan: &Scan,
    features: Option<&BoundTensor<Cuda>>,
    channels: u32,
    grid: Option<&mut BoundTensor<Cuda>>,
) -> Result<(), DetectError> {
    let (Some(BoundTensor::F32(features)), Some(BoundTensor::F32(grid))) = (features, grid) else {
        return Err(InferError::from(no_such_type()).into());
    };
    let done = scan.kernels.scatter(on, features, channels, grid);
    Ok(done.map_err(InferError::from)?)
}

fn no_such_type() -> GpuError {
    let cause = "numbers of pillars are f32, their counts and cells i32 or i64".into();
    GpuError::Parameter { kernel: "pillar_cells", cause }
}

#[cfg(test)]
mod tests;
