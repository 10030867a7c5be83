//! The calls into CUDA for which `cudarc` has no safe form; the only `unsafe` of this crate.
//!
//! `cudarc` looks functions up when they are first called and panics where there is none, so that
//! [`missing_for`] and [`missing_in_nvrtc`] are asked before anything else of a library.
#![expect(
    unsafe_code,
    reason = "loading libraries, compiling and launching kernels is foreign code"
)]

use super::GpuError;
use bytemuck::Pod;
use cudarc::driver::{
    CudaContext, CudaFunction, CudaSlice, CudaStream, DevicePtrMut, DriverError, HostSlice,
    PinnedHostSlice, result, sys,
};
use cudarc::nvrtc::sys as nvrtc;
use std::ffi::{CStr, CString, c_char, c_void};
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

/// Functions of NVRTC that are called.
const NVRTC_FUNCTIONS: [&str; 10] = [
    "nvrtcVersion",
    "nvrtcCreateProgram",
    "nvrtcDestroyProgram",
    "nvrtcCompileProgram",
    "nvrtcGetProgramLogSize",
    "nvrtcGetProgramLog",
    "nvrtcGetCUBINSize",
    "nvrtcGetCUBIN",
    "nvrtcGetPTXSize",
    "nvrtcGetPTX",
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

/// Switches off the bookkeeping by which `cudarc` orders streams: here each buffer belongs to one.
pub(super) fn without_event_tracking(context: &CudaContext) {
    // SAFETY: a buffer is used on the stream it was made on alone (see `Cuda`), where the driver
    // keeps the order.
    unsafe { context.disable_event_tracking() };
}

/// Memory of the processor that the device reads and writes by itself, zeroed.
pub(super) fn pinned(
    context: &Arc<CudaContext>,
    len: usize,
) -> Result<PinnedHostSlice<u8>, DriverError> {
    // Flags 0: write-combined memory, cudarc's default, is very slow to read.
    // SAFETY: every byte is written before anybody reads it, in the next lines.
    let mut memory = unsafe { context.alloc_pinned_with_flags::<u8>(len.max(1), 0) }?;
    memory.as_mut_slice()?.fill(0);
    Ok(memory)
}

/// Copies the first `size` bytes of pinned memory, at most all that both have, in the order of the stream.
pub(super) fn upload_first(
    stream: &Arc<CudaStream>,
    from: &PinnedHostSlice<u8>,
    size: usize,
    to: &mut CudaSlice<u8>,
) -> Result<(), DriverError> {
    stream.context().bind_to_thread()?;
    let size = size.min(from.len()).min(to.len());
    // SAFETY: the slice goes to a copy on this stream alone; the guard records that the stream uses it.
    let (source, _guard) = unsafe { from.stream_synced_slice(stream) };
    let (address, _own_guard) = to.device_ptr_mut(stream);
    // SAFETY: `size` bytes from `address` on are the buffer's own, and both live until the copy has been asked
    // for; who writes to the pinned memory, or frees it, waits for what the guard records.
    unsafe { result::memcpy_htod_async(address, &source[..size], stream.cu_stream()) }
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

/// Whether NVRTC's library opens.
pub(super) fn nvrtc_is_present() -> bool {
    // SAFETY: opens and closes NVRTC by its fixed name.
    unsafe { nvrtc::is_culib_present() }
}

/// The first function that NVRTC lacks. The library must be present.
pub(super) fn missing_in_nvrtc() -> Option<&'static str> {
    NVRTC_FUNCTIONS.into_iter().find(|name| {
        // SAFETY: the address is only looked up, not called.
        unsafe { nvrtc::culib().get::<*const c_void>(name.as_bytes()) }.is_err()
    })
}

/// Version of NVRTC, `(major, minor)`. The library and its functions must be present.
pub(super) fn nvrtc_version() -> (i32, i32) {
    let (mut major, mut minor) = (0, 0);
    // SAFETY: the function is there (asked before) and the pointers are to live integers.
    let answer = unsafe { nvrtc::nvrtcVersion(&raw mut major, &raw mut minor) };
    if answer == nvrtc::nvrtcResult::NVRTC_SUCCESS { (major, minor) } else { (0, 0) }
}

/// A source file: its name in `#include` and its text.
pub(super) type Source<'a> = (&'a str, &'a str);

/// What a compilation gave.
pub(super) struct Compiled {
    /// Machine code, where the target is a real architecture (`sm_90`).
    pub(super) cubin: Vec<u8>,
    /// Assembly for every later device.
    pub(super) ptx: Vec<u8>,
    /// What the compiler said, with the use of registers and memory.
    pub(super) log: String,
}

/// A program within NVRTC, destroyed at the end.
struct Program(nvrtc::nvrtcProgram);

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: made by nvrtcCreateProgram and destroyed once. A failure leaves memory behind.
        unsafe { nvrtc::nvrtcDestroyProgram(&raw mut self.0) };
    }
}

/// Compiles `main`, which may include `headers`. The library and its functions must be present.
pub(super) fn compile(
    main: Source<'_>,
    headers: &[Source<'_>],
    options: &[String],
) -> Result<Compiled, String> {
    let program = program(main, headers)?;
    let options = options.iter().map(|text| c_string(text)).collect::<Result<Vec<_>, _>>()?;
    let pointers: Vec<*const c_char> = options.iter().map(|text| text.as_ptr()).collect();
    let count = i32::try_from(pointers.len()).unwrap_or(i32::MAX);
    // SAFETY: the program is alive and the options are `count` strings that end in zero.
    let answer = unsafe { nvrtc::nvrtcCompileProgram(program.0, count, pointers.as_ptr()) };
    let log = read(&program, nvrtc::nvrtcGetProgramLogSize, nvrtc::nvrtcGetProgramLog);
    let log = String::from_utf8_lossy(&log.unwrap_or_default()).trim_end_matches('\0').to_owned();
    if answer != nvrtc::nvrtcResult::NVRTC_SUCCESS {
        return Err(if log.trim().is_empty() { format!("{answer:?}") } else { log });
    }
    let cubin = read(&program, nvrtc::nvrtcGetCUBINSize, nvrtc::nvrtcGetCUBIN).unwrap_or_default();
    let ptx = read(&program, nvrtc::nvrtcGetPTXSize, nvrtc::nvrtcGetPTX).unwrap_or_default();
    Ok(Compiled { cubin, ptx, log })
}

fn program(main: Source<'_>, headers: &[Source<'_>]) -> Result<Program, String> {
    let name = c_string(main.0)?;
    let text = c_string(main.1)?;
    let names = headers.iter().map(|file| c_string(file.0)).collect::<Result<Vec<_>, _>>()?;
    let texts = headers.iter().map(|file| c_string(file.1)).collect::<Result<Vec<_>, _>>()?;
    let pointers = |list: &[CString]| list.iter().map(|text| text.as_ptr()).collect::<Vec<_>>();
    let (names, texts) = (pointers(&names), pointers(&texts));
    let count = i32::try_from(names.len()).unwrap_or(i32::MAX);
    let mut program = std::ptr::null_mut();
    // SAFETY: all strings end in zero and live until after the call; both lists have `count`.
    let answer = unsafe {
        nvrtc::nvrtcCreateProgram(
            &raw mut program,
            text.as_ptr(),
            name.as_ptr(),
            count,
            texts.as_ptr(),
            names.as_ptr(),
        )
    };
    if answer == nvrtc::nvrtcResult::NVRTC_SUCCESS {
        Ok(Program(program))
    } else {
        Err(format!("{answer:?}"))
    }
}

type SizeOf = unsafe fn(nvrtc::nvrtcProgram, *mut usize) -> nvrtc::nvrtcResult;
type BytesOf = unsafe fn(nvrtc::nvrtcProgram, *mut c_char) -> nvrtc::nvrtcResult;

/// What NVRTC hands out in two steps, first the size and then the bytes.
fn read(program: &Program, size_of: SizeOf, bytes_of: BytesOf) -> Option<Vec<u8>> {
    let mut size = 0;
    // SAFETY: the program is alive and the pointer is to a live integer.
    let answer = unsafe { size_of(program.0, &raw mut size) };
    if answer != nvrtc::nvrtcResult::NVRTC_SUCCESS {
        return None;
    }
    let mut bytes = vec![0_u8; size];
    // SAFETY: the buffer has the size that NVRTC asked for.
    let answer = unsafe { bytes_of(program.0, bytes.as_mut_ptr().cast()) };
    (answer == nvrtc::nvrtcResult::NVRTC_SUCCESS).then_some(bytes)
}

fn c_string(text: &str) -> Result<CString, String> {
    CString::new(text).map_err(|error| error.to_string())
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
