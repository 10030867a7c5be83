//! The driver: whether it is there, whole, new enough, and sees a device.

use super::GpuError;
use super::raw::{self, in_words, while_doing};
use cudarc::driver::CudaContext;
use std::sync::Arc;

/// CUDA version that the kernels and ONNX Runtime's CUDA provider are built for.
pub(super) const NEEDED: (i32, i32) = (13, 0);

/// Opens the GPU of this number; every user of a device shares one context.
pub(super) fn open(ordinal: u32) -> Result<Arc<CudaContext>, GpuError> {
    let count = count()?;
    if ordinal >= count {
        return Err(GpuError::NoSuchDevice { ordinal, count });
    }
    CudaContext::new(ordinal as usize).map_err(while_doing("open the device"))
}

/// How many devices there are, at least one.
pub(super) fn count() -> Result<u32, GpuError> {
    check_whole(raw::missing_first)?;
    let none = |cause: String| GpuError::NoDevice { cause };
    let count = CudaContext::device_count().map_err(|error| none(in_words(error)))?;
    let count = u32::try_from(count).unwrap_or(0);
    if count == 0 {
        return Err(none("it lists none".into()));
    }
    check_version(raw::driver_version().map_err(while_doing("ask for the driver's version"))?)?;
    check_whole(raw::missing_later)?;
    Ok(count)
}

fn check_whole(missing: fn() -> Option<&'static str>) -> Result<(), GpuError> {
    if !raw::driver_is_present() {
        return Err(GpuError::NoDriver);
    }
    missing().map_or(Ok(()), |missing| Err(GpuError::DriverIncomplete { missing }))
}

fn check_version(found: (i32, i32)) -> Result<(), GpuError> {
    if found < NEEDED { Err(GpuError::DriverTooOld { found, needed: NEEDED }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_driver_is_named_with_both_versions() {
        let message = check_version((12, 4)).expect_err("too old").to_string();
        assert!(message.contains("12.4") && message.contains("13.0"), "{message}");
        assert_eq!(check_version((13, 0)), Ok(()));
        assert_eq!(check_version((14, 1)), Ok(()));
    }
}
