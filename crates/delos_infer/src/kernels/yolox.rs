//! YOLOX's numbers into detections, on the device.

use super::images::{ImageFit, MOST_IMAGES, per_image};
use super::suppression::{Candidates, Rectangles, Result2d, require_results};
use super::{TensorNumber, blocks, int};
use crate::gpu::{Accelerator, GpuError, Launch, Parameter, require};
use bytemuck::{Pod, Zeroable};

/// Most levels of a network.
const MOST_LEVELS: usize = 4;

/// Shape of a YOLOX output. Mirrors `YoloxShape` in `kernels/yolox.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct YoloxShape {
    rows: i32,
    classes: i32,
    levels: i32,
    stride: [i32; MOST_LEVELS],
    across: [i32; MOST_LEVELS],
    first: [i32; MOST_LEVELS],
}

impl YoloxShape {
    /// For an input of `[width, height]` pixels, cells of `strides` pixels and so many classes.
    ///
    /// # Errors
    /// [`GpuError::Parameter`] when there is no class, a stride of zero or more than four, or no row.
    pub fn new(input: [u32; 2], strides: &[u32], classes: usize) -> Result<Self, GpuError> {
        let wrong = |cause: &str| GpuError::Parameter { kernel: KERNEL, cause: cause.into() };
        if strides.is_empty() || strides.len() > MOST_LEVELS || strides.contains(&0) {
            return Err(wrong("strides must be one to four positive numbers"));
        }
        let mut shape =
            Self { classes: int(classes), levels: int(strides.len()), ..Self::zeroed() };
        let mut rows = 0_u64;
        for (level, stride) in strides.iter().enumerate() {
            let [across, down] = input.map(|side| side / stride);
            shape.stride[level] = stride.cast_signed();
            shape.across[level] = across.cast_signed();
            shape.first[level] = rows as i32;
            rows += u64::from(across) * u64::from(down);
        }
        shape.rows = i32::try_from(rows).map_err(|_too_large| wrong("too many cells"))?;
        let fits = (1..=100_000).contains(&classes) && rows > 0;
        if fits { Ok(shape) } else { Err(wrong("no class or no cell")) }
    }

    /// Rows of one image.
    pub const fn rows(&self) -> usize {
        self.rows as usize
    }

    /// Numbers of one image.
    pub const fn numbers(&self) -> usize {
        self.rows() * (5 + self.classes as usize)
    }
}

const KERNEL: &str = "yolox_candidates";
const BLOCK: usize = 256;

/// Decodes, suppresses class by class and clips: `[images, rows, 5 + classes]`, f32 or f16, to a fixed result per
/// image. The detections are those of `delos_detect::camera::PostProcess`.
#[derive(Debug)]
pub struct YoloxKernels<A: Accelerator> {
    shape: YoloxShape,
    groups: A::Buffer<i32>,
    boxes: A::Buffer<[f32; 4]>,
    classes: A::Buffer<i32>,
    candidates: Candidates<A>,
}

impl<A: Accelerator> YoloxKernels<A> {
    /// Memory for so many images. `groups` tells for each class of the network which others it
    /// competes with: those of the same number; a negative one leaves the class out.
    ///
    /// # Errors
    /// [`GpuError::Parameter`], [`GpuError::Driver`].
    pub fn new(on: &A, shape: YoloxShape, groups: &[i32], images: usize) -> Result<Self, GpuError> {
        let wrong = |cause| Err(GpuError::Parameter { kernel: KERNEL, cause });
        if images == 0 || images > MOST_IMAGES {
            return wrong(format!("{images} images, 1 to {MOST_IMAGES} are possible"));
        }
        if groups.len() != shape.classes as usize {
            return wrong(format!("{} groups for {} classes", groups.len(), shape.classes));
        }
        let mut own_groups = on.buffer(groups.len())?;
        on.upload(groups, &mut own_groups)?;
        Ok(Self {
            shape,
            groups: own_groups,
            boxes: on.buffer(images * shape.rows())?,
            classes: on.buffer(images * shape.rows())?,
            candidates: Candidates::new(on, images, shape.rows())?,
        })
    }

    /// Writes the result of each image. `fits` has one entry for each image; boxes reach `score` and
    /// are dropped by a better one that overlaps them by more than `iou`.
    ///
    /// # Errors
    /// [`GpuError::Parameter`], [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    pub fn launch<N: TensorNumber>(
        &mut self,
        on: &A,
        output: &A::Buffer<N>,
        fits: &[ImageFit],
        [score, iou]: [f32; 2],
        results: &mut A::Buffer<Result2d>,
    ) -> Result<(), GpuError> {
        let all = per_image(KERNEL, fits)?;
        if fits.len() != self.candidates.images {
            let cause = format!("{} images, made for {}", fits.len(), self.candidates.images);
            return Err(GpuError::Parameter { kernel: KERNEL, cause });
        }
        require(N::YOLOX, "output", output, fits.len() * self.shape.numbers())?;
        require_results(results, fits.len())?;
        self.candidates.clear(on)?;
        self.find(on, output, &all, score)?;
        self.candidates.select(on)?;
        let Self { boxes, classes, groups, .. } = self;
        let found = Rectangles { boxes, classes, groups, fits: &all };
        self.candidates.suppress_2d(on, &found, f64::from(iou), results)
    }

    fn find<N: TensorNumber>(
        &self,
        on: &A,
        output: &A::Buffer<N>,
        fits: &[ImageFit; MOST_IMAGES],
        score: f32,
    ) -> Result<(), GpuError> {
        let Candidates { keys, counts, images, .. } = &self.candidates;
        on.launch(&Launch {
            kernel: N::YOLOX,
            grid: [blocks(self.shape.rows(), BLOCK), *images as u32, 1],
            block: [BLOCK as u32, 1, 1],
            parameters: &[
                Parameter::buffer(output),
                Parameter::value(&self.shape),
                Parameter::value(fits),
                Parameter::buffer(&self.groups),
                Parameter::value(&score),
                Parameter::buffer(&self.boxes),
                Parameter::buffer(&self.classes),
                Parameter::buffer(keys),
                Parameter::buffer(counts),
            ],
        })
    }
}
