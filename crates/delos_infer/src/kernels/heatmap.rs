//! The answer of heads with a heat map into detections, on the device.

use super::lidar::{Found, FrameOfNetwork, KeepRule, Result3d, ScoreRule};
use super::suppression::MOST_CANDIDATES;
use super::{blocks, int};
use crate::gpu::{Accelerator, DeviceBuffer, GpuError, Launch, Parameter, require};
use bytemuck::{Pod, Zeroable};

const FIND: &str = "heat_candidates";
const BLOCK: usize = 256;

/// Most heads of a network.
pub const MOST_HEADS: usize = 8;

/// Shape and rules of all heads. Mirrors `HeatmapShape` in `kernels/heatmap.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct HeatmapShape {
    /// Least x and y of the range, metres.
    pub least: [f64; 2],
    /// Extent of a cell along x and y, metres.
    pub step: [f64; 2],
    /// Boxes whose (sine, cosine) is shorter than this are left out.
    pub least_turn: f64,
    /// Columns and rows.
    pub cells: [i32; 2],
    /// 1 where a peak is the highest of its 3 x 3 cells, 0 where every cell is one.
    pub is_peak_of_nine: i32,
    /// 1 where sizes are width, length, height.
    pub is_wlh: i32,
    /// 1 where a yaw of zero is against y and it grows towards x negative.
    pub is_minus_y: i32,
    /// 1 where sizes are natural logarithms of metres.
    pub is_log: i32,
    /// 1 where the turn is cosine, sine.
    pub is_cos_first: i32,
    /// 1 where the height is that of the lower face.
    pub is_bottom: i32,
}

impl HeatmapShape {
    const fn area(&self) -> usize {
        self.cells[0] as usize * self.cells[1] as usize
    }
}

/// Some planes `[rows, columns]` of a tensor.
#[derive(Debug)]
pub struct PlanesOf<'a, A: Accelerator> {
    /// The tensor.
    pub tensor: &'a A::Buffer<f32>,
    /// The first of the planes.
    pub first: usize,
}

/// The planes of one head.
#[derive(Debug)]
pub struct HeadTensors<'a, A: Accelerator> {
    /// A plane of heat for each class.
    pub heat: PlanesOf<'a, A>,
    /// Place in the cell along x and y.
    pub offset: PlanesOf<'a, A>,
    /// Height in the network's frame.
    pub height: PlanesOf<'a, A>,
    /// Three sizes.
    pub size: PlanesOf<'a, A>,
    /// Sine and cosine of the yaw.
    pub turn: PlanesOf<'a, A>,
}

// By hand, since a derivation would ask for a copy of the accelerator.
impl<A: Accelerator> Copy for PlanesOf<'_, A> {}
impl<A: Accelerator> Clone for PlanesOf<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<A: Accelerator> Copy for HeadTensors<'_, A> {}
impl<A: Accelerator> Clone for HeadTensors<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Mirrors `Head` in `kernels/heatmap.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
struct HeadAddresses {
    offset: u64,
    height: u64,
    size: u64,
    turn: u64,
    first_class: i32,
    classes: i32,
}

/// Mirrors `Heads` in `kernels/heatmap.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
struct Heads {
    head: [HeadAddresses; MOST_HEADS],
    count: i32,
    unused: i32,
}

/// Decodes heads with heat maps and suppresses: the detections of
/// `delos_detect::lidar::network::pillars::HeatmapDecoder`.
#[derive(Debug)]
pub struct HeatmapKernels<A: Accelerator> {
    shape: HeatmapShape,
    scores: ScoreRule,
    /// Classes of each head.
    heads: Vec<usize>,
    found: Found<A>,
}

impl<A: Accelerator> HeatmapKernels<A> {
    /// Memory for one scan. `heads` has the number of classes of each head, `groups` for each class which
    /// others it competes with, a negative one to leave it out.
    ///
    /// # Errors
    /// [`GpuError::Parameter`], [`GpuError::Driver`].
    pub fn new(
        on: &A,
        shape: HeatmapShape,
        heads: &[usize],
        groups: &[i32],
        scores: ScoreRule,
        keep: KeepRule,
    ) -> Result<Self, GpuError> {
        let classes: usize = heads.iter().sum();
        let rows = shape.area().saturating_mul(classes);
        let is_sound = (1..=MOST_HEADS).contains(&heads.len())
            && !heads.contains(&0)
            && groups.len() == classes
            && shape.cells.iter().all(|side| (1..=1 << 14).contains(side))
            && i32::try_from(rows).is_ok();
        if !is_sound {
            let cause = format!("{shape:?}, heads of {heads:?} classes, {} groups", groups.len());
            return Err(GpuError::Parameter { kernel: FIND, cause });
        }
        let found = Found::new(on, FIND, rows, groups, keep)?;
        Ok(Self { shape, scores, heads: heads.to_vec(), found })
    }

    /// Writes the result.
    ///
    /// # Errors
    /// [`GpuError::Parameter`] for another number of heads, [`GpuError::BufferTooShort`],
    /// [`GpuError::Driver`].
    pub fn launch(
        &mut self,
        on: &A,
        heads: &[HeadTensors<'_, A>],
        frame: &FrameOfNetwork,
        result: &mut A::Buffer<Result3d>,
    ) -> Result<(), GpuError> {
        let addresses = self.addresses(heads)?;
        self.found.candidates.clear(on)?;
        for (head, address) in heads.iter().zip(&addresses.head) {
            self.find(on, head, address)?;
        }
        self.found.candidates.select(on)?;
        self.make(on, &addresses, frame)?;
        self.found.keep(on, result)
    }

    fn addresses(&self, heads: &[HeadTensors<'_, A>]) -> Result<Heads, GpuError> {
        if heads.len() != self.heads.len() {
            let cause = format!("{} heads, made for {}", heads.len(), self.heads.len());
            return Err(GpuError::Parameter { kernel: FIND, cause });
        }
        let area = self.shape.area();
        let address = |what: &'static str, planes: &PlanesOf<'_, A>, count: usize| {
            require(FIND, what, planes.tensor, (planes.first + count) * area)?;
            Ok::<u64, GpuError>(
                planes.tensor.address() + (planes.first * area * size_of::<f32>()) as u64,
            )
        };
        let mut all = Heads { count: int(heads.len()), ..Heads::zeroed() };
        let mut first_class = 0;
        for ((target, head), classes) in all.head.iter_mut().zip(heads).zip(&self.heads) {
            address("heat", &head.heat, *classes)?;
            *target = HeadAddresses {
                offset: address("offset", &head.offset, 2)?,
                height: address("height", &head.height, 1)?,
                size: address("size", &head.size, 3)?,
                turn: address("turn", &head.turn, 2)?,
                first_class,
                classes: int(*classes),
            };
            first_class += int(*classes);
        }
        Ok(all)
    }

    fn find(
        &self,
        on: &A,
        head: &HeadTensors<'_, A>,
        address: &HeadAddresses,
    ) -> Result<(), GpuError> {
        let skipped = (head.heat.first * self.shape.area() * size_of::<f32>()) as u64;
        on.launch(&Launch {
            kernel: FIND,
            grid: [blocks(self.shape.area(), BLOCK), address.classes.unsigned_abs(), 1],
            block: [BLOCK as u32, 1, 1],
            parameters: &[
                Parameter::Address(head.heat.tensor.address() + skipped),
                Parameter::value(&self.shape),
                Parameter::value(&self.scores),
                Parameter::value(&address.first_class),
                Parameter::buffer(&self.found.class_groups),
                Parameter::buffer(&self.found.candidates.keys),
                Parameter::buffer(&self.found.candidates.counts),
            ],
        })
    }

    fn make(&self, on: &A, heads: &Heads, frame: &FrameOfNetwork) -> Result<(), GpuError> {
        let Found { candidates, rule, class_groups, boxes, groups, classes } = &self.found;
        on.launch(&Launch {
            kernel: "heat_boxes",
            grid: [1, 1, 1],
            block: [MOST_CANDIDATES as u32, 1, 1],
            parameters: &[
                Parameter::buffer(&candidates.best),
                Parameter::buffer(&candidates.counts),
                Parameter::value(&rule.candidates),
                Parameter::value(heads),
                Parameter::value(&self.shape),
                Parameter::value(frame),
                Parameter::buffer(class_groups),
                Parameter::buffer(boxes),
                Parameter::buffer(groups),
                Parameter::buffer(classes),
            ],
        })
    }
}
