//! Points into pillars, and pillars onto the grid, on the device.

mod grid;

pub use grid::{CellNumber, CellPart};

use super::blocks;
use crate::gpu::{Accelerator, GpuError, Launch, Parameter, require};
use bytemuck::{Pod, Zeroable};

const CELLS: &str = "pillar_cells";
const BLOCK: usize = 256;
const SCAN_BLOCK: usize = 1024;

/// Grid and rules of pillars. Mirrors `PillarShape` in `kernels/pillars.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct PillarShape {
    /// Least x, y, z of the range in the network's frame, metres.
    pub least: [f32; 3],
    /// Extent of a pillar, metres.
    pub side: [f32; 3],
    /// Cells along x, y, z.
    pub cells: [f32; 3],
    /// Added to points after turning, metres.
    pub shift: [f32; 3],
    /// The network's number for an echo of full strength.
    pub intensity_max: f32,
    /// 1 where y points forward in the network's frame.
    pub is_y_forward: i32,
    /// Cells along x.
    pub columns: i32,
    /// Most points in a pillar.
    pub points: i32,
    /// Most pillars; the tensor always has so many.
    pub most: i32,
    /// Numbers of a point.
    pub features: i32,
    /// 1 for a tensor `[features, pillars, points]`, 0 for `[pillars, points, features]`.
    pub is_planes: i32,
    /// Which number each feature is: x, y, z, intensity, age, and x, y, z less the mean, x, y, z less
    /// the middle of the pillar, distance.
    pub column: [i32; 12],
}

impl PillarShape {
    /// Numbers of the tensor.
    pub const fn numbers(&self) -> usize {
        self.most as usize * self.points as usize * self.features as usize
    }

    /// Cells of the grid.
    pub const fn grid(&self) -> usize {
        self.cells[0] as usize * self.cells[1] as usize
    }

    fn check(&self, most_points: usize) -> Result<(), GpuError> {
        let is_sound =
            self.cells[..2].iter().all(|side| (1.0..=8192.0).contains(side) && side.fract() == 0.0)
                && self.columns == self.cells[0] as i32
                && (1..=1024).contains(&self.points)
                && (1..=1_000_000).contains(&self.most)
                && (1..=12).contains(&self.features)
                && self.column.iter().all(|column| (0..12).contains(column))
                && (1..=1 << 28).contains(&most_points);
        let cause = || format!("{self:?} for {most_points} points");
        if is_sound { Ok(()) } else { Err(GpuError::Parameter { kernel: CELLS, cause: cause() }) }
    }
}

/// What is counted over a scan. Mirrors `PillarTotals` in `kernels/pillars.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct PillarTotals {
    /// Cells with a point; those beyond the most are left out.
    pub pillars: u32,
    /// Points in the range.
    pub inside: u32,
}

/// Gathers the points of a scan in pillars and scatters the numbers of pillars over the grid: the tensors of
/// `delos_detect::lidar::network::pillars::{Pillars, Canvas}`, padded, bit for bit.
#[derive(Debug)]
pub struct PillarKernels<A: Accelerator> {
    shape: PillarShape,
    most_points: usize,
    cells: A::Buffer<u32>,
    first: A::Buffer<u32>,
    slot_of: A::Buffer<u32>,
    begins: A::Buffer<u32>,
    cell_of: A::Buffer<u32>,
    places: A::Buffer<u32>,
    totals: A::Buffer<PillarTotals>,
}

/// What a network of pillars takes, with the most pillars; those after the last one repeat the first.
#[derive(Debug)]
pub struct PillarTensors<A: Accelerator> {
    /// Numbers of the points, in the shape's layout.
    pub tensor: A::Buffer<f32>,
    /// Points of each pillar.
    pub counts: A::Buffer<u32>,
    /// Row-major number of each pillar's cell.
    pub cells: A::Buffer<u32>,
}

/// The same where the buffers belong to somebody else, a network that is bound to them for example.
#[derive(Debug)]
pub struct PillarTarget<'a, A: Accelerator> {
    /// Numbers of the points, in the shape's layout.
    pub tensor: &'a mut A::Buffer<f32>,
    /// Points of each pillar.
    pub counts: &'a mut A::Buffer<u32>,
    /// Row-major number of each pillar's cell.
    pub cells: &'a mut A::Buffer<u32>,
}

impl<A: Accelerator> PillarTensors<A> {
    /// Itself, lent.
    pub const fn target(&mut self) -> PillarTarget<'_, A> {
        let Self { tensor, counts, cells } = self;
        PillarTarget { tensor, counts, cells }
    }
}

impl<A: Accelerator> PillarKernels<A> {
    /// Memory for scans of so many points.
    ///
    /// # Errors
    /// [`GpuError::Parameter`], [`GpuError::Driver`].
    pub fn new(on: &A, shape: PillarShape, most_points: usize) -> Result<Self, GpuError> {
        shape.check(most_points)?;
        Ok(Self {
            shape,
            most_points,
            cells: on.buffer(most_points)?,
            first: on.buffer(shape.grid())?,
            slot_of: on.buffer(shape.grid())?,
            begins: on.buffer(most_points.div_ceil(SCAN_BLOCK))?,
            cell_of: on.buffer(shape.most as usize)?,
            places: on.buffer(shape.most as usize * shape.points as usize)?,
            totals: on.buffer(1)?,
        })
    }

    /// Memory for the tensors.
    ///
    /// # Errors
    /// [`GpuError::Driver`].
    pub fn tensors(&self, on: &A) -> Result<PillarTensors<A>, GpuError> {
        let most = self.shape.most as usize;
        Ok(PillarTensors {
            tensor: on.buffer(self.shape.numbers())?,
            counts: on.buffer(most)?,
            cells: on.buffer(most)?,
        })
    }

    /// What was counted over the last scan.
    pub const fn totals(&self) -> &A::Buffer<PillarTotals> {
        &self.totals
    }

    /// Gathers the first `count` of `points` `[N, 4]` (x, y, z, intensity of the vehicle's frame) with their
    /// `ages` `[N]`, seconds, which without are 0; `shift` replaces that of the shape.
    ///
    /// # Errors
    /// [`GpuError::BufferTooShort`], also when there are more points than memory was asked for,
    /// [`GpuError::Driver`].
    pub fn gather(
        &mut self,
        on: &A,
        points: &A::Buffer<[f32; 4]>,
        ages: Option<&A::Buffer<f32>>,
        count: usize,
        shift: [f32; 3],
        out: &mut PillarTarget<'_, A>,
    ) -> Result<(), GpuError> {
        self.check(points, count, out)?;
        if let Some(ages) = ages {
            require(CELLS, "ages", ages, count)?;
        }
        self.shape.shift = shift;
        on.fill(&mut self.first, 0xff)?;
        on.fill(&mut self.places, 0xff)?;
        on.fill(&mut self.totals, 0)?;
        if count > 0 {
            self.find_cells(on, points, count as u32)?;
            self.number(on, count as u32)?;
            self.insert(on, count as u32)?;
        }
        self.write(on, points, ages, out)
    }

    fn check(
        &self,
        points: &A::Buffer<[f32; 4]>,
        count: usize,
        out: &PillarTarget<'_, A>,
    ) -> Result<(), GpuError> {
        let (wanted, got) = (count, self.most_points);
        if wanted > got {
            return Err(GpuError::BufferTooShort { kernel: CELLS, what: "memory", wanted, got });
        }
        let most = self.shape.most as usize;
        require(CELLS, "points", points, count)?;
        require(CELLS, "tensor", out.tensor, self.shape.numbers())?;
        require(CELLS, "counts", out.counts, most)?;
        require(CELLS, "cells", out.cells, most)
    }

    fn find_cells(&self, on: &A, points: &A::Buffer<[f32; 4]>, count: u32) -> Result<(), GpuError> {
        on.launch(&Launch {
            kernel: CELLS,
            grid: [blocks(count as usize, BLOCK), 1, 1],
            block: [BLOCK as u32, 1, 1],
            parameters: &[
                Parameter::buffer(points),
                Parameter::value(&count),
                Parameter::value(&self.shape),
                Parameter::buffer(&self.cells),
                Parameter::buffer(&self.first),
                Parameter::buffer(&self.totals),
            ],
        })
    }

    /// Numbers the pillars: a prefix sum over the points that begin one.
    fn number(&self, on: &A, count: u32) -> Result<(), GpuError> {
        let [grid, block] = [blocks(count as usize, SCAN_BLOCK), SCAN_BLOCK as u32];
        let Self { cells, first, begins, totals, slot_of, cell_of, .. } = self;
        let [cells, first, begins] = [cells, first, begins].map(Parameter::buffer);
        let count = Parameter::value(&count);
        let launch = |kernel, grid, parameters: &[Parameter<'_>]| {
            on.launch(&Launch { kernel, grid: [grid, 1, 1], block: [block, 1, 1], parameters })
        };
        launch("pillar_begins", grid, &[cells, first, count, begins])?;
        let totals = Parameter::buffer(totals);
        launch("pillar_offsets", 1, &[begins, Parameter::value(&grid), totals])?;
        let most = Parameter::value(&self.shape.most);
        let [slot_of, cell_of] = [slot_of, cell_of].map(Parameter::buffer);
        launch("pillar_numbers", grid, &[cells, first, count, begins, most, slot_of, cell_of])
    }

    fn insert(&self, on: &A, count: u32) -> Result<(), GpuError> {
        on.launch(&Launch {
            kernel: "insert_points",
            grid: [blocks(count as usize, BLOCK), 1, 1],
            block: [BLOCK as u32, 1, 1],
            parameters: &[
                Parameter::buffer(&self.cells),
                Parameter::value(&count),
                Parameter::buffer(&self.slot_of),
                Parameter::value(&self.shape.points),
                Parameter::buffer(&self.places),
            ],
        })
    }

    fn write(
        &self,
        on: &A,
        points: &A::Buffer<[f32; 4]>,
        ages: Option<&A::Buffer<f32>>,
        out: &PillarTarget<'_, A>,
    ) -> Result<(), GpuError> {
        on.launch(&Launch {
            kernel: "pillar_features",
            grid: [blocks(self.shape.most as usize, 4), 1, 1],
            block: [32, 4, 1],
            parameters: &[
                Parameter::buffer(points),
                ages.map_or(Parameter::Address(0), Parameter::buffer),
                Parameter::buffer(&self.places),
                Parameter::buffer(&self.cell_of),
                Parameter::buffer(&self.totals),
                Parameter::value(&self.shape),
                Parameter::buffer(out.tensor),
                Parameter::buffer(out.counts),
                Parameter::buffer(out.cells),
            ],
        })
    }
}
