//! Launchers of the CUDA kernels: typed parameters, checked sizes, scratch memory kept from call to call.
//!
//! Each takes an [`Accelerator`](crate::gpu::Accelerator): a GPU, or the stand-in of the tests, which runs
//! the same kernels on the processor. What the kernels must answer is defined by the algorithms' own code
//! (`delos_detect`, `delos_geom`).

mod anchors;
mod heatmap;
mod images;
mod letterbox;
mod lidar;
mod pillars;
mod suppression;
mod yolox;

pub use anchors::{Anchor, AnchorKernels, AnchorShape, AnchorTensors};
pub use heatmap::{HeadTensors, HeatmapKernels, HeatmapShape, MOST_HEADS, PlanesOf};
pub use images::{ImageFit, MOST_IMAGES};
pub use letterbox::{LetterboxKernel, Normalization, TensorNumber, View};
pub use lidar::{Box3d, FrameOfNetwork, KeepRule, Result3d, ScoreRule, Slot3d};
pub use pillars::{
    CellNumber, CellPart, PillarKernels, PillarShape, PillarTarget, PillarTensors, PillarTotals,
};
pub use suppression::{MOST_CANDIDATES, Result2d, SLOTS, Slot2d};
pub use yolox::{YoloxKernels, YoloxShape};

/// A count as kernels take it. What is larger than they can count is refused by every check.
fn int(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Blocks of `block` threads for `count` of them.
const fn blocks(count: usize, block: usize) -> u32 {
    count.div_ceil(block) as u32
}
