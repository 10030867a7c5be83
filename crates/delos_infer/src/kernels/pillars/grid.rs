//! Cells of pillars as a network takes them, and pillars onto the grid.

use super::{BLOCK, PillarKernels};
use crate::gpu::{Accelerator, GpuError, Launch, Parameter, require};
use crate::kernels::{blocks, int};
use bytemuck::{Pod, Zeroable};

const SCATTER: &str = "scatter_pillars";

/// What a column of a tensor of cells holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellPart {
    /// 0: batch, or the layer of the grid.
    Zero,
    /// Column of the grid.
    Column,
    /// Row of the grid.
    Row,
}

/// Mirrors `CellColumns` in `kernels/pillars.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
struct CellColumns {
    count: i32,
    kind: [i32; 4],
}

/// A number that cells are given as.
pub trait CellNumber: Pod + private::Sealed {
    /// Name of the kernel that writes them.
    #[doc(hidden)]
    const KERNEL: &'static str;
}

mod private {
    pub trait Sealed {}
    impl Sealed for i32 {}
    impl Sealed for i64 {}
}

impl CellNumber for i32 {
    const KERNEL: &'static str = "pillar_cells_i32";
}

impl CellNumber for i64 {
    const KERNEL: &'static str = "pillar_cells_i64";
}

impl<A: Accelerator> PillarKernels<A> {
    /// Writes the cells that [`gather`](Self::gather) gave as a network takes them, `[pillars, parts]`.
    ///
    /// # Errors
    /// [`GpuError::Parameter`] for no or more than four parts, [`GpuError::BufferTooShort`],
    /// [`GpuError::Driver`].
    pub fn list_cells<N: CellNumber>(
        &self,
        on: &A,
        cells: &A::Buffer<u32>,
        parts: &[CellPart],
        out: &mut A::Buffer<N>,
    ) -> Result<(), GpuError> {
        if parts.is_empty() || parts.len() > 4 {
            let cause = format!("{} columns, 1 to 4 are possible", parts.len());
            return Err(GpuError::Parameter { kernel: N::KERNEL, cause });
        }
        let mut columns = CellColumns { count: int(parts.len()), kind: [0; 4] };
        for (kind, part) in columns.kind.iter_mut().zip(parts) {
            *kind = *part as i32;
        }
        self.list(on, cells, self.shape.columns, columns, out)
    }

    /// Writes the points of each pillar that [`gather`](Self::gather) gave as a network takes them, `[pillars]`.
    ///
    /// # Errors
    /// [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    pub fn list_counts<N: CellNumber>(
        &self,
        on: &A,
        counts: &A::Buffer<u32>,
        out: &mut A::Buffer<N>,
    ) -> Result<(), GpuError> {
        // The column of a cell in a grid so wide is the number itself.
        let columns = CellColumns { count: 1, kind: [CellPart::Column as i32, 0, 0, 0] };
        self.list(on, counts, i32::MAX, columns, out)
    }

    /// Parts of the cells `listed` of a grid with so many columns.
    fn list<N: CellNumber>(
        &self,
        on: &A,
        listed: &A::Buffer<u32>,
        across: i32,
        columns: CellColumns,
        out: &mut A::Buffer<N>,
    ) -> Result<(), GpuError> {
        let count = self.shape.most as usize * columns.count as usize;
        require(N::KERNEL, "cells", out, count)?;
        require(N::KERNEL, "pillars", listed, self.shape.most as usize)?;
        on.launch(&Launch {
            kernel: N::KERNEL,
            grid: [blocks(count, BLOCK), 1, 1],
            block: [BLOCK as u32, 1, 1],
            parameters: &[
                Parameter::buffer(listed),
                Parameter::value(&self.shape.most),
                Parameter::value(&across),
                Parameter::value(&columns),
                Parameter::buffer(out),
            ],
        })
    }

    /// Scatters `features` `[pillars, channels]` of the last scan's pillars over the grid,
    /// `[channels, rows, columns]`; cells without a pillar hold zeros.
    ///
    /// # Errors
    /// [`GpuError::Parameter`] for no channel, [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    pub fn scatter(
        &self,
        on: &A,
        features: &A::Buffer<f32>,
        channels: u32,
        canvas: &mut A::Buffer<f32>,
    ) -> Result<(), GpuError> {
        let numbers = self.shape.most as usize * channels as usize;
        if channels == 0 || u32::try_from(numbers).is_err() {
            let cause = format!("{channels} channels");
            return Err(GpuError::Parameter { kernel: SCATTER, cause });
        }
        let grid = self.shape.grid();
        require(SCATTER, "features", features, numbers)?;
        require(SCATTER, "canvas", canvas, grid * channels as usize)?;
        on.fill(canvas, 0)?;
        on.launch(&Launch {
            kernel: SCATTER,
            grid: [blocks(numbers, BLOCK), 1, 1],
            block: [BLOCK as u32, 1, 1],
            parameters: &[
                Parameter::buffer(features),
                Parameter::buffer(&self.cell_of),
                Parameter::buffer(&self.totals),
                Parameter::value(&self.shape.most),
                Parameter::value(&channels),
                Parameter::value(&(grid as u32)),
                Parameter::buffer(canvas),
            ],
        })
    }
}
