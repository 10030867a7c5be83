//! The calls into CUDA for which `cudarc` has no safe form.
//!
//! `cudarc` looks functions up when they are first called and panics where there is none, so that
//! [`missing_for`] and [`nvrtc::missing`] are asked before anything else of a library.
#![expect(unsafe_code, reason = "loading libraries and launching kernels is foreign code")]

pub(super) mod nvrtc;
mod pinned;

pub(super) use pinned::PinnedBytes;

use super::GpuError;
use bytemuck::Pod;
use cudarc::driver::{
    CudaContext, CudaFunction, CudaSlice, CudaStream, DevicePtrMut, DriverError, result, sys,
};
use std::ffi::{CStr, c_void};
use std::path::Path;
use std::sync::Arc;

/// Functions of the driver that tell whether there is a device; every driver has them.
const FIRST_FUNCTIONS: [&str; 5] =
    ["cuInit", "cuDriverGetVersion", "cuGetErrorName", "cuGetErrorString", "cuDeviceGetCount"];

/// Functions of the driver that open a device; every driver has them.
const CONTEXT_FUNCTIONS: [&str; 8] = [
    "cuDeviceGet",
    "cuDeviceGetName",
    "cuDeviceGetAttribute",
    "cuDeviceTotalMem_v2",
    "cuDevicePrimaryCtxRetain",
    "cuDevicePrimaryCtxRelease_v2",
    "cuCtxGetCurrent",
    "cuCtxSetCurrent",
];

/// Functions of the driver that kernels need; those of CUDA 13 have them. The first is called by
/// NVRTC, which does not look whether it is there.
const KERNEL_FUNCTIONS: [&str; 22] = [
    "cuGetExportTable",
    "cuStreamCreate",
    "cuStreamDestroy_v2",
    "cuStreamSynchronize",
    "cuStreamWaitEvent",
    "cuEventCreate",
    "cuEventDestroy_v2",
    "cuEventRecord",
    "cuEventSynchronize",
    "cuEventElapsedTime_v2",
    "cuMemAllocAsync",
    "cuMemFreeAsync",
    "cuMemHostAlloc",
    "cuMemFreeHost",
    "cuMemcpyHtoDAsync_v2",
    "cuMemcpyDtoHAsync_v2",
    "cuMemcpyDtoDAsync_v2",
    "cuMemsetD8Async",
    "cuModuleLoadData",
    "cuModuleUnload",
    "cuModuleGetFunction",
    "cuLaunchKernel",
];

/// Whether the driver's library opens.
pub(super) fn driver_is_present() -> bool {
    // SAFETY: opens and closes the driver's library by its fixed name; its initialisers
    // are those of the installed NVIDIA driver, which every CUDA program runs.
    unsafe { sys::is_culib_present() }
}

/// What functions of the driver are called for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use {
    /// To ask whether there is a device.
    Count,
    /// To open one.
    Context,
    /// To run kernels on it.
    Kernels,
}

/// The first function for a use that the driver's library lacks. The library must be present.
pub(super) fn missing_for(purpose: Use) -> Option<&'static str> {
    match purpose {
        Use::Count => missing_in_driver(&FIRST_FUNCTIONS),
        Use::Context => missing_in_driver(&CONTEXT_FUNCTIONS),
        Use::Kernels => missing_in_driver(&KERNEL_FUNCTIONS),
    }
}

fn missing_in_driver(functions: &[&'static str]) -> Option<&'static str> {
    functions.iter().copied().find(|name| {
        // SAFETY: the address is only looked up, not called.
        unsafe { sys::culib().get::<*const c_void>(name.as_bytes()) }.is_err()
    })
}

/// CUDA version that the driver supports, `(major, minor)`.
pub(super) fn driver_version() -> Result<(i32, i32), DriverError> {
    let mut version = 0;
    // SAFETY: the library and its functions are there (asked before) and the pointer is to a
    // live integer.
    unsafe { sys::cuDriverGetVersion(&raw mut version) }.result()?;
    Ok((version / 1000, version % 1000 / 10))
}

/// The sixteen bytes by which the driver knows the device of a number. Makes no context. The library must be
/// present.
pub(super) fn uuid(ordinal: u32) -> Result<[u8; 16], GpuError> {
    if let Some(missing) = missing_in_driver(&["cuDeviceGetUuid_v2"]) {
        return Err(GpuError::DriverIncomplete { missing });
    }
    let failed = while_doing("ask for the device's name");
    let ordinal = i32::try_from(ordinal).unwrap_or(i32::MAX);
    let device = result::device::get(ordinal).map_err(&failed)?;
    let uuid = result::device::get_uuid(device).map_err(failed)?;
    Ok(bytemuck::cast(uuid.bytes))
}

/// Whether a library opens, by file name on the library path or by path. It stays open, so that
/// who asks for the same name later gets it.
pub(super) fn library_opens(name: &Path) -> bool {
    // SAFETY: runs the initialisers of a library that belongs to CUDA, as a CUDA program does.
    unsafe { libloading::Library::new(name) }.map(std::mem::forget).is_ok()
}

/// What a function without arguments answers that returns a `T`, in a library that opens by file
/// name or by path; `None` where there is no such library or function.
pub(super) fn number_from<T: Pod>(library: &Path, function: &CStr) -> Option<T> {
    // SAFETY: runs the initialisers of a library that belongs to CUDA, as a CUDA program does.
    let library = unsafe { libloading::Library::new(library) }.ok()?;
    // SAFETY: callers name functions that their headers declare as `T name()`.
    let asked = unsafe { library.get::<unsafe extern "C" fn() -> T>(function.to_bytes()) };
    // SAFETY: as above; the library stays open until after the call.
    let answer = asked.ok().map(|function| unsafe { function() });
    // Who asks for the same name later gets it.
    std::mem::forget(library);
    answer
}

/// Switches off the bookkeeping by which `cudarc` orders streams: here each buffer of the device belongs to one, and
/// [`PinnedBytes`] keeps books of its own.
pub(super) fn without_event_tracking(context: &CudaContext) {
    // SAFETY: a buffer is used on the stream it was made on alone (see `Cuda`), where the driver
    // keeps the order; so it is freed.
    unsafe { context.disable_event_tracking() };
}

/// Launches a kernel: one string of bytes for each parameter.
///
/// The caller is [`Cuda::launch`](super::Cuda), which gets nothing but the launches that the
/// launchers of this crate describe; the tests of the stand-in check each of them for the number and
/// size of its parameters and for accesses beyond the end of a buffer.
pub(super) fn launch(
    stream: &CudaStream,
    function: &CudaFunction,
    grid: [u32; 3],
    block: [u32; 3],
    parameters: &mut [*mut c_void],
) -> Result<(), DriverError> {
    let [grid, block] = [grid, block].map(|[x, y, z]| (x, y, z));
    let (function, stream) = (function.cu_function(), stream.cu_stream());
    // SAFETY: function and stream are alive and of one context; the parameters are those of the
    // kernel (see above), and the driver copies them before it returns.
    unsafe { result::launch_kernel(function, grid, block, 0, stream, parameters) }
}

/// The driver's word for an error: its name and its text.
pub(super) fn in_words(error: DriverError) -> String {
    let text = |found: Result<&CStr, DriverError>| {
        found.ok().map(|text| text.to_string_lossy().into_owned())
    };
    let name = text(error.error_name()).unwrap_or_else(|| format!("{:?}", error.0));
    text(error.error_string()).map_or_else(|| name.clone(), |text| format!("{name}: {text}"))
}

/// For `map_err`: what was being done, and the driver's word.
pub(super) fn while_doing(doing: &'static str) -> impl Fn(DriverError) -> GpuError {
    move |error| GpuError::Driver { doing, cause: in_words(error) }
}

/// Sets every byte of a buffer, in the order of the stream.
pub(super) fn fill(
    stream: &Arc<CudaStream>,
    bytes: &mut CudaSlice<u8>,
    byte: u8,
) -> Result<(), DriverError> {
    stream.context().bind_to_thread()?;
    let size = bytes.len();
    let (address, _guard) = bytes.device_ptr_mut(stream);
    // SAFETY: `size` bytes from `address` on are the buffer's own.
    unsafe { result::memset_d8_async(address, byte, size, stream.cu_stream()) }
}
