//! Images into a network's input, in one launch for all cameras.

use super::images::per_image;
use crate::gpu::{Accelerator, GpuError, Launch, Parameter, require};
use bytemuck::{Pod, Zeroable};

/// One image and where it lies in the input. Mirrors `View` in `kernels/letterbox.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct View {
    start: u64,
    step: [f64; 2],
    image: [i32; 2],
    corner: [i32; 2],
    size: [i32; 2],
}

impl View {
    /// An image of `image` = `[width, height]` pixels that begins at byte `start` of the pixels and is
    /// scaled to `size` pixels with its first one at `corner` = `[left, top]` of the input.
    pub fn new(start: usize, image: [u32; 2], size: [u32; 2], corner: [u32; 2]) -> Self {
        let step = [0, 1].map(|axis| 1.0 / (f64::from(size[axis]) / f64::from(image[axis])));
        let [image, size, corner] = [image, size, corner].map(|pair| pair.map(u32::cast_signed));
        Self { start: start as u64, step, image, corner, size }
    }

    /// Bytes of the pixels up to the end of this image; `None` for an image without extent.
    fn end(&self) -> Option<usize> {
        let sides = self.image.map(usize::try_from);
        let [Ok(width), Ok(height)] = sides else { return None };
        let has_extent = width > 0 && height > 0 && self.size.iter().all(|side| *side > 0);
        let start = usize::try_from(self.start).ok()?;
        has_extent.then(|| start + 3 * width * height)
    }
}

/// What becomes of the grey levels of red, green and blue: `grey * gain + offset`. Mirrors `Normal` in
/// `kernels/letterbox.cu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Normalization {
    /// Factor of each colour.
    pub gain: [f32; 3],
    /// What is added.
    pub offset: [f32; 3],
    /// Plane of the tensor: 0 to 2, each once.
    pub plane: [i32; 3],
    /// Grey level around the image.
    pub pad: i32,
}

/// Numbers that a network takes and gives.
pub trait TensorNumber: Pod + private::Sealed {
    /// Name of the kernel that writes them.
    #[doc(hidden)]
    const LETTERBOX: &'static str;
    /// Name of the kernel that reads those of YOLOX.
    #[doc(hidden)]
    const YOLOX: &'static str;
}

mod private {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for u16 {}
}

impl TensorNumber for f32 {
    const LETTERBOX: &'static str = "letterbox_f32";
    const YOLOX: &'static str = "yolox_candidates";
}

/// Bits of a half float.
impl TensorNumber for u16 {
    const LETTERBOX: &'static str = "letterbox_f16";
    const YOLOX: &'static str = "yolox_candidates_f16";
}

/// Scales, pads, orders channels and normalises: `[H, W, 3]` u8 to `[images, 3, H, W]`.
///
/// The numbers are those of `delos_detect::camera::Letterbox`, bit for bit; half floats are those numbers
/// rounded to nearest, ties to even.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LetterboxKernel {
    /// `[width, height]` of the input.
    pub input: [u32; 2],
    /// Normalisation.
    pub normal: Normalization,
}

impl LetterboxKernel {
    /// Writes one image of the tensor for each view.
    ///
    /// # Errors
    /// [`GpuError::Parameter`] for no or too many views or planes that are none,
    /// [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    pub fn launch<A: Accelerator, N: TensorNumber>(
        &self,
        on: &A,
        pixels: &A::Buffer<u8>,
        views: &[View],
        tensor: &mut A::Buffer<N>,
    ) -> Result<(), GpuError> {
        let kernel = N::LETTERBOX;
        let all = per_image(kernel, views)?;
        let [width, height] = self.input.map(u32::cast_signed);
        self.check(kernel, views)?;
        let end = views.iter().filter_map(View::end).max().unwrap_or(0);
        require(kernel, "pixels", pixels, end)?;
        let area = self.input[0] as usize * self.input[1] as usize;
        require(kernel, "tensor", tensor, 3 * area * views.len())?;
        on.launch(&Launch {
            kernel,
            grid: [self.input[0].div_ceil(32), self.input[1].div_ceil(8), views.len() as u32],
            block: [32, 8, 1],
            parameters: &[
                Parameter::buffer(pixels),
                Parameter::value(&all),
                Parameter::value(&self.normal),
                Parameter::value(&width),
                Parameter::value(&height),
                Parameter::buffer(tensor),
            ],
        })
    }

    fn check(&self, kernel: &'static str, views: &[View]) -> Result<(), GpuError> {
        let wrong = |cause: &str| Err(GpuError::Parameter { kernel, cause: cause.into() });
        if views.iter().any(|view| view.end().is_none()) || self.input.contains(&0) {
            return wrong("an image or an input without extent");
        }
        let mut planes = self.normal.plane;
        planes.sort_unstable();
        if planes == [0, 1, 2] { Ok(()) } else { wrong("planes must be 0, 1 and 2") }
    }
}
