//! The best candidates in order, and suppression of what overlaps a better one.

use super::images::{ImageFit, PerImage};
use crate::gpu::{Accelerator, DeviceBuffer, GpuError, Launch, Parameter};
use bytemuck::{Pod, Zeroable};

/// So many of the best candidates take part in suppression.
pub const MOST_CANDIDATES: usize = 1024;

/// Places for results.
pub const SLOTS: usize = 300;

/// Words of 64 candidates.
pub(super) const WORDS: usize = MOST_CANDIDATES / 64;

/// A detection in an image. Mirrors `Slot2d` in `kernels/suppress_2d.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Slot2d {
    /// Left, top, right, bottom, pixels of the image.
    pub edges: [f32; 4],
    /// Score.
    pub score: f32,
    /// The network's number of the class.
    pub class: i32,
    /// Row of the network's output.
    pub row: u32,
}

/// What was found in an image: the one copy back. Mirrors `Result2d` in `kernels/suppress_2d.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Result2d {
    /// Boxes that reached the threshold. With more than [`MOST_CANDIDATES`] only the best of them took
    /// part, and the processor, which has no such limit, might keep more.
    pub candidates: u32,
    /// Detections; those beyond [`SLOTS`] are not stored.
    pub kept: u32,
    /// The detections by (score descending, row ascending), then zeros.
    pub slots: [Slot2d; SLOTS],
}

impl Result2d {
    /// The detections.
    pub fn detections(&self) -> &[Slot2d] {
        &self.slots[..(self.kept as usize).min(SLOTS)]
    }
}

/// The candidates of a batch, in the order in which threads found them.
#[derive(Debug)]
pub(super) struct Candidates<A: Accelerator> {
    /// Rows of one image, and so the most candidates.
    pub(super) rows: usize,
    pub(super) images: usize,
    pub(super) keys: A::Buffer<u64>,
    pub(super) counts: A::Buffer<u32>,
    pub(super) best: A::Buffer<u64>,
    pub(super) masks: A::Buffer<u64>,
}

impl<A: Accelerator> Candidates<A> {
    pub(super) fn new(on: &A, images: usize, rows: usize) -> Result<Self, GpuError> {
        Ok(Self {
            rows,
            images,
            keys: on.buffer(images * rows)?,
            counts: on.buffer(images)?,
            best: on.buffer(images * MOST_CANDIDATES)?,
            masks: on.buffer(images * MOST_CANDIDATES * WORDS)?,
        })
    }

    pub(super) fn clear(&mut self, on: &A) -> Result<(), GpuError> {
        on.fill(&mut self.counts, 0)
    }

    /// Puts the best candidates in order.
    pub(super) fn select(&mut self, on: &A) -> Result<(), GpuError> {
        on.launch(&Launch {
            kernel: "select_best",
            grid: [self.images as u32, 1, 1],
            block: [MOST_CANDIDATES as u32, 1, 1],
            parameters: &[
                Parameter::buffer(&self.keys),
                Parameter::buffer(&self.counts),
                Parameter::value(&(self.rows as u32)),
                Parameter::buffer(&self.best),
            ],
        })
    }

    /// Suppresses rectangles, clips them and writes the results.
    pub(super) fn suppress_2d(
        &mut self,
        on: &A,
        found: &Rectangles<'_, A>,
        limit: f64,
        results: &mut A::Buffer<Result2d>,
    ) -> Result<(), GpuError> {
        let rows = self.rows as u32;
        let words = WORDS as u32;
        on.launch(&Launch {
            kernel: "overlaps_2d",
            grid: [words, words, self.images as u32],
            block: [64, 1, 1],
            parameters: &[
                Parameter::buffer(&self.best),
                Parameter::buffer(&self.counts),
                Parameter::value(&rows),
                Parameter::buffer(found.boxes),
                Parameter::buffer(found.classes),
                Parameter::buffer(found.groups),
                Parameter::value(&limit),
                Parameter::buffer(&self.masks),
            ],
        })?;
        on.launch(&Launch {
            kernel: "keep_2d",
            grid: [self.images as u32, 1, 1],
            block: [MOST_CANDIDATES as u32, 1, 1],
            parameters: &[
                Parameter::buffer(&self.best),
                Parameter::buffer(&self.counts),
                Parameter::value(&rows),
                Parameter::buffer(found.boxes),
                Parameter::buffer(found.classes),
                Parameter::buffer(&self.masks),
                Parameter::value(found.fits),
                Parameter::buffer(results),
            ],
        })
    }
}

/// The rectangles of candidates by their rows, and what belongs to them.
pub(super) struct Rectangles<'a, A: Accelerator> {
    pub(super) boxes: &'a A::Buffer<[f32; 4]>,
    pub(super) classes: &'a A::Buffer<i32>,
    pub(super) groups: &'a A::Buffer<i32>,
    pub(super) fits: &'a PerImage<ImageFit>,
}

/// Refuses results for fewer images than there are.
pub(super) fn require_results<T>(
    results: &impl DeviceBuffer<T>,
    images: usize,
) -> Result<(), GpuError> {
    crate::gpu::require("keep_2d", "results", results, images)
}
