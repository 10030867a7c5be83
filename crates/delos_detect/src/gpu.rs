//! Opening a GPU for a chain that stays on it.

use crate::DetectError;
use delos_infer::gpu::{Cuda, GpuError, Kernels};
use delos_infer::{InferError, SessionOptions};

/// Opens the GPU of this number with its kernels.
///
/// # Errors
/// [`DetectError::Infer`] with the device that was asked for.
pub(crate) fn open(number: u32, options: &SessionOptions) -> Result<Cuda, DetectError> {
    let SessionOptions { device, require_gpu, .. } = *options;
    Cuda::open(number, &Kernels::of_user()).map_err(|error: GpuError| {
        let cause = error.to_string();
        DetectError::Infer(if require_gpu {
            InferError::RequiredDevice { device, cause }
        } else {
            InferError::Device { device, cause }
        })
    })
}

/// Whether the kernels cannot have what a card wants; anything else that fails is the device's own.
pub(crate) const fn is_refused_by_kernels(error: &DetectError) -> bool {
    matches!(error, DetectError::Infer(InferError::Gpu(GpuError::Parameter { .. })))
}
