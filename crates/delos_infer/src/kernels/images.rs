//! What is said of each image of a batch.

use crate::gpu::GpuError;
use bytemuck::{Pod, Zeroable};

/// Most images in one launch.
pub const MOST_IMAGES: usize = 8;

/// From the network's input back to an image. Mirrors `ImageFit` in `kernels/boxes_2d.cuh`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct ImageFit {
    /// Pixels of the image per pixel of the input, 1 / ratio rounded to f32.
    pub scale: f32,
    /// Column of the input at which the image begins.
    pub left: f32,
    /// Row of the input at which the image begins.
    pub top: f32,
    /// Last column of the image, width - 1.
    pub right: f32,
    /// Last row of the image, height - 1.
    pub bottom: f32,
}

/// Values for each image of a batch, passed by value.
pub(super) type PerImage<T> = [T; MOST_IMAGES];

/// `values` filled up to the most images.
pub(super) fn per_image<T: Pod>(
    kernel: &'static str,
    values: &[T],
) -> Result<PerImage<T>, GpuError> {
    if values.is_empty() || values.len() > MOST_IMAGES {
        let cause = format!("{} images, 1 to {MOST_IMAGES} are possible", values.len());
        return Err(GpuError::Parameter { kernel, cause });
    }
    let mut all = [T::zeroed(); MOST_IMAGES];
    all[..values.len()].copy_from_slice(values);
    Ok(all)
}
