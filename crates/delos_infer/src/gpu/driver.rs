//! The driver: whether it is there, whole, new enough, and sees a device.

use super::GpuError;
use super::raw::{self, Use, in_words, while_doing};
use cudarc::driver::CudaContext;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// CUDA version that the kernels are built for.
pub(crate) const NEEDED: (i32, i32) = (13, 0);

/// The context of each device that was opened. The driver ends a context when nobody holds it any more, and needs long
/// to make another one.
static CONTEXTS: Mutex<BTreeMap<u32, Arc<CudaContext>>> = Mutex::new(BTreeMap::new());

/// Opens the GPU of this number, once in a process: whoever asks gets the same context.
pub(super) fn open(ordinal: u32) -> Result<Arc<CudaContext>, GpuError> {
    check_number(ordinal)?;
    let failed = while_doing("open the device");
    let mut contexts = CONTEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(context) = contexts.get(&ordinal) {
        context.bind_to_thread().map_err(failed)?;
        return Ok(Arc::clone(context));
    }
    let context = CudaContext::new(ordinal as usize).map_err(failed)?;
    raw::without_event_tracking(&context);
    contexts.insert(ordinal, Arc::clone(&context));
    Ok(context)
}

/// Opens the GPU of this number for a look: where nobody has opened it, it is left again, since a context takes some
/// of its memory.
pub(super) fn look_at(ordinal: u32) -> Result<Arc<CudaContext>, GpuError> {
    check_number(ordinal)?;
    let contexts = CONTEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let open = contexts.get(&ordinal).map(Arc::clone);
    open.map_or_else(
        || CudaContext::new(ordinal as usize).map_err(while_doing("open the device")),
        Ok,
    )
}

/// Opens the GPU of this number for kernels, which need more of the driver than a network does.
pub(super) fn open_for_kernels(ordinal: u32) -> Result<Arc<CudaContext>, GpuError> {
    count()?;
    check_version(raw::driver_version().map_err(while_doing("ask for the driver's version"))?)?;
    check_whole(Use::Kernels)?;
    open(ordinal)
}

/// Whether there is a GPU of this number, and all of the driver that opens it.
pub(super) fn check_number(ordinal: u32) -> Result<(), GpuError> {
    let count = count()?;
    if ordinal >= count {
        return Err(GpuError::NoSuchDevice { ordinal, count });
    }
    check_whole(Use::Context)
}

/// How many devices there are, at least one.
pub(super) fn count() -> Result<u32, GpuError> {
    check_whole(Use::Count)?;
    let none = |cause: String| GpuError::NoDevice { cause };
    let count = CudaContext::device_count().map_err(|error| none(in_words(error)))?;
    match u32::try_from(count) {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(none("it lists none".into())),
    }
}

fn check_whole(purpose: Use) -> Result<(), GpuError> {
    if !raw::driver_is_present() {
        return Err(GpuError::NoDriver);
    }
    raw::missing_for(purpose).map_or(Ok(()), |missing| Err(GpuError::DriverIncomplete { missing }))
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
