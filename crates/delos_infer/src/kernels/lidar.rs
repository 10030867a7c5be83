//! What the decoders of LiDAR networks share: rules, boxes, suppression seen from above.

use super::suppression::{Candidates, MOST_CANDIDATES, SLOTS, WORDS};
use crate::gpu::{Accelerator, GpuError, Launch, Parameter, require};
use bytemuck::{Pod, Zeroable};

/// A box of the vehicle's frame. Mirrors `Box3d` in `kernels/boxes_bev.cuh`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Box3d {
    /// Middle, metres.
    pub middle: [f64; 3],
    /// Length, width, height, metres.
    pub size: [f64; 3],
    /// Radians, any number of turns.
    pub yaw: f64,
}

/// From a network's frame to the vehicle's: turned back, then shifted. Mirrors `FrameOfNetwork`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct FrameOfNetwork {
    shift: [f64; 3],
    turn: f64,
    is_y_forward: i32,
    unused: i32,
}

impl FrameOfNetwork {
    /// A network whose frame was reached by turning by `turn` (0, or a quarter where y points forward) and
    /// then adding `shift`.
    pub const fn new(shift: [f64; 3], turn: f64, is_y_forward: bool) -> Self {
        Self { shift, turn, is_y_forward: is_y_forward as i32, unused: 0 }
    }
}

/// How numbers become scores. Mirrors `ScoreRule` in `kernels/scores.cuh`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct ScoreRule {
    floor: f32,
    least: f32,
    is_logits: i32,
}

impl ScoreRule {
    /// Scores reach `least`; no number below `floor` can have one that does. Logits go through the
    /// logistic function.
    pub const fn new(floor: f32, least: f32, is_logits: bool) -> Self {
        Self { floor, least, is_logits: is_logits as i32 }
    }
}

/// Which boxes are left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeepRule {
    /// So many of the best are looked at, at most [`MOST_CANDIDATES`].
    pub candidates: u32,
    /// So many are left at most, at most [`SLOTS`].
    pub most: u32,
    /// A better box that overlaps more than this, seen from above, drops a box of its group.
    pub iou: f64,
    /// So does one whose middle is nearer than this, metres.
    pub least_distance_m: f64,
}

impl KeepRule {
    fn check(&self, kernel: &'static str) -> Result<(), GpuError> {
        let fits = self.candidates as usize <= MOST_CANDIDATES && self.most as usize <= SLOTS;
        let cause = || {
            let Self { candidates, most, .. } = self;
            format!("{candidates} candidates of {MOST_CANDIDATES}, {most} boxes of {SLOTS}")
        };
        if fits { Ok(()) } else { Err(GpuError::Parameter { kernel, cause: cause() }) }
    }
}

/// A detection. Mirrors `Slot3d` in `kernels/suppress_bev.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Slot3d {
    /// The box in the vehicle's frame.
    pub bbox: Box3d,
    /// Score.
    pub score: f32,
    /// The network's number of the class.
    pub class: i32,
    /// Number of the anchor, or class times cells plus cell.
    pub index: u32,
    unused: u32,
}

/// What was found in a scan: the one copy back. Mirrors `Result3d` in `kernels/suppress_bev.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Result3d {
    /// Boxes that reached the threshold.
    pub candidates: u32,
    /// Detections.
    pub kept: u32,
    /// The detections by (score descending, index ascending), then zeros.
    pub slots: [Slot3d; SLOTS],
}

impl Result3d {
    /// The detections.
    pub fn detections(&self) -> &[Slot3d] {
        &self.slots[..(self.kept as usize).min(SLOTS)]
    }
}

/// The candidates of a scan, from the list in any order to the boxes that are left.
#[derive(Debug)]
pub(super) struct Found<A: Accelerator> {
    pub(super) candidates: Candidates<A>,
    pub(super) rule: KeepRule,
    /// Group of each class of the network, negative to leave it out.
    pub(super) class_groups: A::Buffer<i32>,
    pub(super) boxes: A::Buffer<Box3d>,
    pub(super) groups: A::Buffer<i32>,
    pub(super) classes: A::Buffer<i32>,
}

impl<A: Accelerator> Found<A> {
    pub(super) fn new(
        on: &A,
        kernel: &'static str,
        rows: usize,
        groups: &[i32],
        rule: KeepRule,
    ) -> Result<Self, GpuError> {
        rule.check(kernel)?;
        let mut class_groups = on.buffer(groups.len())?;
        on.upload(groups, &mut class_groups)?;
        Ok(Self {
            candidates: Candidates::new(on, 1, rows)?,
            rule,
            class_groups,
            boxes: on.buffer(MOST_CANDIDATES)?,
            groups: on.buffer(MOST_CANDIDATES)?,
            classes: on.buffer(MOST_CANDIDATES)?,
        })
    }

    /// Suppresses the boxes of the best candidates and writes the result.
    pub(super) fn keep(&self, on: &A, result: &mut A::Buffer<Result3d>) -> Result<(), GpuError> {
        require("keep_bev", "result", result, 1)?;
        let words = WORDS as u32;
        on.launch(&Launch {
            kernel: "overlaps_bev",
            grid: [words, words, 1],
            block: [64, 1, 1],
            parameters: &[
                Parameter::buffer(&self.candidates.counts),
                Parameter::value(&self.rule.candidates),
                Parameter::buffer(&self.boxes),
                Parameter::buffer(&self.groups),
                Parameter::value(&self.rule.iou),
                Parameter::value(&self.rule.least_distance_m),
                Parameter::buffer(&self.candidates.masks),
            ],
        })?;
        on.launch(&Launch {
            kernel: "keep_bev",
            grid: [1, 1, 1],
            block: [MOST_CANDIDATES as u32, 1, 1],
            parameters: &[
                Parameter::buffer(&self.candidates.best),
                Parameter::buffer(&self.candidates.counts),
                Parameter::value(&self.rule.candidates),
                Parameter::value(&self.rule.most),
                Parameter::buffer(&self.boxes),
                Parameter::buffer(&self.groups),
                Parameter::buffer(&self.classes),
                Parameter::buffer(&self.candidates.masks),
                Parameter::buffer(result),
            ],
        })
    }
}
