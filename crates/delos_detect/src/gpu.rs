//! Opening a GPU for a chain that stays on it.

use crate::DetectError;
use delos_infer::gpu::{Cuda, GpuError, Kernels, Mark};
use delos_infer::{Device, InferError, Runtime, SessionOptions};

/// Whether the steps before and behind a network run on its GPU too, so that only a sensor's data goes there and only
/// boxes come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Residence {
    /// Where network and card allow it; else the processor does them, and says why.
    #[default]
    WherePossible,
    /// They must: what does not allow it is an error.
    Required,
    /// The processor does them.
    Never,
}

impl From<Option<bool>> for Residence {
    /// As a parameter says it that may be left out.
    fn from(wish: Option<bool>) -> Self {
        match wish {
            None => Self::WherePossible,
            Some(true) => Self::Required,
            Some(false) => Self::Never,
        }
    }
}

/// The GPU on which a chain may stay, by its number; `None` where none is wished for. Where ONNX Runtime cannot use
/// a device that is named, opening a session says why.
///
/// # Errors
/// [`DetectError::Infer`] when the chain must stay on a GPU, whichever there is, and there is none.
pub(crate) fn number_for(
    runtime: &Runtime,
    device: Device,
    residence: Residence,
) -> Result<Option<u32>, DetectError> {
    if residence == Residence::Never {
        return Ok(None);
    }
    let wanted = match device {
        Device::Auto => Device::Cuda(0),
        device => device,
    };
    match wanted.check(runtime) {
        Ok(()) => Ok(wanted.gpu()),
        Err(error) if residence == Residence::Required && device == Device::Auto => {
            Err(error.into())
        }
        Err(_) => Ok(None),
    }
}

/// Whether the processor may do what a GPU could not be opened for.
pub(crate) fn may_fall_back(error: &DetectError, device: Device, residence: Residence) -> bool {
    let is_free = device == Device::Auto || is_refused(error);
    residence == Residence::WherePossible && is_free
}

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

/// Nanoseconds of the device's clock from one mark to a later one; waits for both.
pub(crate) fn nanos_since(end: &Mark, start: &Mark) -> Result<u64, DetectError> {
    let millis = end.millis_since(start).map_err(InferError::from)?;
    Ok((f64::from(millis) * 1e6).round() as u64)
}

/// Whether the kernels cannot have what a card wants, or the network takes a tensor from elsewhere; anything else
/// that fails is the device's own.
pub(crate) const fn is_refused(error: &DetectError) -> bool {
    let DetectError::Infer(error) = error else { return false };
    matches!(error, InferError::Gpu(GpuError::Parameter { .. }) | InferError::Elsewhere { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_stay_on_a_gpu_falls_back_unless_it_must_stay() {
        let text = |text: &str| text.to_owned();
        let elsewhere = InferError::Elsewhere {
            model: text("pillars.onnx"),
            side: "input",
            tensor: text("counts"),
            home: text("Cpu"),
        };
        let limit = GpuError::Parameter { kernel: "keep_bev", cause: text("too many") };
        let broken = GpuError::Driver { doing: "copy", cause: text("no") };
        let errors = [elsewhere, limit.into(), broken.into()].map(DetectError::Infer);
        for (error, on_named) in errors.iter().zip([true, true, false]) {
            let falls = |device, wish: Option<bool>| may_fall_back(error, device, wish.into());
            assert_eq!(falls(Device::Cuda(0), None), on_named, "{error}");
            assert!(falls(Device::Auto, None), "{error}");
            assert!(!falls(Device::Cuda(0), Some(true)), "{error}");
            assert!(!falls(Device::Auto, Some(true)), "{error}");
        }
        assert!(errors[0].to_string().contains("input `counts`"), "{}", errors[0]);
    }
}
