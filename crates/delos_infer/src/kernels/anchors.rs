//! The answer of an anchor head into detections, on the device.

use super::blocks;
use super::lidar::{Found, FrameOfNetwork, KeepRule, Result3d, ScoreRule};
use super::suppression::MOST_CANDIDATES;
use crate::gpu::{Accelerator, GpuError, Launch, Parameter, require};
use bytemuck::{Pod, Zeroable};

const FIND: &str = "anchor_candidates";
const BLOCK: usize = 256;

/// A box of usual size, without its place on the ground. Mirrors `Anchor` in `kernels/anchors.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Anchor {
    size: [f64; 3],
    diagonal: f64,
    middle_z: f64,
    yaw: f64,
}

impl Anchor {
    /// `size` is length, width, height, metres; `yaw` as the network counts it.
    pub fn new(size: [f64; 3], middle_z: f64, yaw: f64) -> Self {
        Self { size, diagonal: size[0].hypot(size[1]), middle_z, yaw }
    }
}

/// Shape and rules of an anchor head. Mirrors `AnchorShape` in `kernels/anchors.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct AnchorShape {
    /// Least x and y of the range, metres.
    pub least: [f64; 2],
    /// Its extent along x and y, metres.
    pub extent: [f64; 2],
    /// Where the first bin of directions begins, by which share of a bin it begins earlier, and its
    /// extent, radians.
    pub bin: [f64; 3],
    /// Columns and rows of cells.
    pub cells: [i32; 2],
    /// Anchors of a cell.
    pub per_cell: i32,
    /// Classes.
    pub classes: i32,
    /// Numbers of a box.
    pub numbers: i32,
    /// Bins of directions; 0 where there is no such tensor.
    pub bins: i32,
    /// 1 where tensors are `[numbers, rows, columns]`, 0 where they are `[rows, columns, numbers]`.
    pub is_planes: i32,
    /// 1 where sizes are width, length, height.
    pub is_wlh: i32,
    /// 1 where a yaw of zero is against y and it grows towards x negative.
    pub is_minus_y: i32,
    /// 1 where the outermost anchors stand on the edges of the range.
    pub is_edges: i32,
}

impl AnchorShape {
    /// Number of anchors.
    pub const fn anchors(&self) -> usize {
        self.cells[0] as usize * self.cells[1] as usize * self.per_cell as usize
    }

    fn check(&self, anchors: &[Anchor], groups: &[i32]) -> Result<(), GpuError> {
        let counts = [self.cells[0], self.cells[1], self.per_cell, self.classes];
        let is_sound = counts.iter().all(|count| (1..=1 << 16).contains(count))
            && i32::try_from(self.anchors()).is_ok()
            && (7..=64).contains(&self.numbers)
            && (0..=64).contains(&self.bins)
            && anchors.len() == self.per_cell as usize
            && groups.len() == self.classes as usize;
        let cause = || format!("{self:?}, {} anchors, {} groups", anchors.len(), groups.len());
        if is_sound { Ok(()) } else { Err(GpuError::Parameter { kernel: FIND, cause: cause() }) }
    }
}

/// The tensors of an anchor head, in the shape's layout.
#[derive(Debug)]
pub struct AnchorTensors<'a, A: Accelerator> {
    /// Scores or logits of each class.
    pub scores: &'a A::Buffer<f32>,
    /// Codes of boxes.
    pub boxes: &'a A::Buffer<f32>,
    /// Bins of directions, where there are some.
    pub directions: Option<&'a A::Buffer<f32>>,
}

/// Decodes an anchor head and suppresses: the detections of
/// `delos_detect::lidar::network::pillars::AnchorDecoder`.
#[derive(Debug)]
pub struct AnchorKernels<A: Accelerator> {
    shape: AnchorShape,
    scores: ScoreRule,
    anchors: A::Buffer<Anchor>,
    classes: A::Buffer<i32>,
    found: Found<A>,
}

impl<A: Accelerator> AnchorKernels<A> {
    /// Memory for one scan. `anchors` are those of a cell; `groups` tells for each class which others it
    /// competes with, a negative one leaves the class out.
    ///
    /// # Errors
    /// [`GpuError::Parameter`], [`GpuError::Driver`].
    pub fn new(
        on: &A,
        shape: AnchorShape,
        anchors: &[Anchor],
        groups: &[i32],
        scores: ScoreRule,
        keep: KeepRule,
    ) -> Result<Self, GpuError> {
        shape.check(anchors, groups)?;
        let mut own = on.buffer(anchors.len())?;
        on.upload(anchors, &mut own)?;
        Ok(Self {
            shape,
            scores,
            anchors: own,
            classes: on.buffer(shape.anchors())?,
            found: Found::new(on, FIND, shape.anchors(), groups, keep)?,
        })
    }

    /// Writes the result.
    ///
    /// # Errors
    /// [`GpuError::Parameter`] when there should be directions and are none, or the other way round,
    /// [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    pub fn launch(
        &mut self,
        on: &A,
        tensors: &AnchorTensors<'_, A>,
        frame: &FrameOfNetwork,
        result: &mut A::Buffer<Result3d>,
    ) -> Result<(), GpuError> {
        self.check(tensors)?;
        self.found.candidates.clear(on)?;
        self.find(on, tensors.scores)?;
        self.found.candidates.select(on)?;
        self.make(on, tensors, frame)?;
        self.found.keep(on, result)
    }

    fn check(&self, tensors: &AnchorTensors<'_, A>) -> Result<(), GpuError> {
        let numbers = |count: i32| self.shape.anchors() * count as usize;
        require(FIND, "scores", tensors.scores, numbers(self.shape.classes))?;
        require(FIND, "boxes", tensors.boxes, numbers(self.shape.numbers))?;
        match tensors.directions {
            Some(directions) if self.shape.bins > 0 => {
                require(FIND, "directions", directions, numbers(self.shape.bins))
            }
            None if self.shape.bins == 0 => Ok(()),
            found => {
                let cause = format!("{} bins, tensor given: {}", self.shape.bins, found.is_some());
                Err(GpuError::Parameter { kernel: FIND, cause })
            }
        }
    }

    fn find(&self, on: &A, scores: &A::Buffer<f32>) -> Result<(), GpuError> {
        on.launch(&Launch {
            kernel: FIND,
            grid: [blocks(self.shape.anchors(), BLOCK), 1, 1],
            block: [BLOCK as u32, 1, 1],
            parameters: &[
                Parameter::buffer(scores),
                Parameter::value(&self.shape),
                Parameter::value(&self.scores),
                Parameter::buffer(&self.found.class_groups),
                Parameter::buffer(&self.classes),
                Parameter::buffer(&self.found.candidates.keys),
                Parameter::buffer(&self.found.candidates.counts),
            ],
        })
    }

    fn make(
        &self,
        on: &A,
        tensors: &AnchorTensors<'_, A>,
        frame: &FrameOfNetwork,
    ) -> Result<(), GpuError> {
        let Found { candidates, rule, class_groups, boxes, groups, classes } = &self.found;
        on.launch(&Launch {
            kernel: "anchor_boxes",
            grid: [1, 1, 1],
            block: [MOST_CANDIDATES as u32, 1, 1],
            parameters: &[
                Parameter::buffer(&candidates.best),
                Parameter::buffer(&candidates.counts),
                Parameter::value(&rule.candidates),
                Parameter::buffer(tensors.boxes),
                Parameter::buffer(tensors.directions.unwrap_or(tensors.boxes)),
                Parameter::buffer(&self.anchors),
                Parameter::value(&self.shape),
                Parameter::value(frame),
                Parameter::buffer(class_groups),
                Parameter::buffer(&self.classes),
                Parameter::buffer(boxes),
                Parameter::buffer(groups),
                Parameter::buffer(classes),
            ],
        })
    }
}
