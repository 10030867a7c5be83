//! The calls into NVRTC.
#![expect(unsafe_code, reason = "compiling kernels is foreign code")]

use cudarc::nvrtc::sys;
use std::ffi::{CString, c_char, c_void};

/// Functions of NVRTC that are called.
const FUNCTIONS: [&str; 10] = [
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

/// Whether NVRTC's library opens.
pub(in crate::gpu) fn is_present() -> bool {
    // SAFETY: opens and closes NVRTC by its fixed name.
    unsafe { sys::is_culib_present() }
}

/// The first function that NVRTC lacks. The library must be present.
pub(in crate::gpu) fn missing() -> Option<&'static str> {
    FUNCTIONS.into_iter().find(|name| {
        // SAFETY: the address is only looked up, not called.
        unsafe { sys::culib().get::<*const c_void>(name.as_bytes()) }.is_err()
    })
}

/// Version of NVRTC, `(major, minor)`. The library and its functions must be present.
pub(in crate::gpu) fn version() -> (i32, i32) {
    let (mut major, mut minor) = (0, 0);
    // SAFETY: the function is there (asked before) and the pointers are to live integers.
    let answer = unsafe { sys::nvrtcVersion(&raw mut major, &raw mut minor) };
    if answer == sys::nvrtcResult::NVRTC_SUCCESS { (major, minor) } else { (0, 0) }
}

/// A source file: its name in `#include` and its text.
pub(in crate::gpu) type Source<'a> = (&'a str, &'a str);

/// What a compilation gave.
pub(in crate::gpu) struct Compiled {
    /// Machine code, where the target is a real architecture (`sm_90`).
    pub(in crate::gpu) cubin: Vec<u8>,
    /// Assembly for every later device.
    pub(in crate::gpu) ptx: Vec<u8>,
    /// What the compiler said, with the use of registers and memory.
    pub(in crate::gpu) log: String,
}

/// A program within NVRTC, destroyed at the end.
struct Program(sys::nvrtcProgram);

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: made by nvrtcCreateProgram and destroyed once. A failure leaves memory behind.
        unsafe { sys::nvrtcDestroyProgram(&raw mut self.0) };
    }
}

/// Compiles `main`, which may include `headers`. The library and its functions must be present.
pub(in crate::gpu) fn compile(
    main: Source<'_>,
    headers: &[Source<'_>],
    options: &[String],
) -> Result<Compiled, String> {
    let program = program(main, headers)?;
    let options = options.iter().map(|text| c_string(text)).collect::<Result<Vec<_>, _>>()?;
    let pointers: Vec<*const c_char> = options.iter().map(|text| text.as_ptr()).collect();
    let count = i32::try_from(pointers.len()).unwrap_or(i32::MAX);
    // SAFETY: the program is alive and the options are `count` strings that end in zero.
    let answer = unsafe { sys::nvrtcCompileProgram(program.0, count, pointers.as_ptr()) };
    let log = read(&program, sys::nvrtcGetProgramLogSize, sys::nvrtcGetProgramLog);
    let log = String::from_utf8_lossy(&log.unwrap_or_default()).trim_end_matches('\0').to_owned();
    if answer != sys::nvrtcResult::NVRTC_SUCCESS {
        return Err(if log.trim().is_empty() { format!("{answer:?}") } else { log });
    }
    let cubin = read(&program, sys::nvrtcGetCUBINSize, sys::nvrtcGetCUBIN).unwrap_or_default();
    let ptx = read(&program, sys::nvrtcGetPTXSize, sys::nvrtcGetPTX).unwrap_or_default();
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
        sys::nvrtcCreateProgram(
            &raw mut program,
            text.as_ptr(),
            name.as_ptr(),
            count,
            texts.as_ptr(),
            names.as_ptr(),
        )
    };
    if answer == sys::nvrtcResult::NVRTC_SUCCESS {
        Ok(Program(program))
    } else {
        Err(format!("{answer:?}"))
    }
}

type SizeOf = unsafe fn(sys::nvrtcProgram, *mut usize) -> sys::nvrtcResult;
type BytesOf = unsafe fn(sys::nvrtcProgram, *mut c_char) -> sys::nvrtcResult;

/// What NVRTC hands out in two steps, first the size and then the bytes.
fn read(program: &Program, size_of: SizeOf, bytes_of: BytesOf) -> Option<Vec<u8>> {
    let mut size = 0;
    // SAFETY: the program is alive and the pointer is to a live integer.
    let answer = unsafe { size_of(program.0, &raw mut size) };
    if answer != sys::nvrtcResult::NVRTC_SUCCESS {
        return None;
    }
    let mut bytes = vec![0_u8; size];
    // SAFETY: the buffer has the size that NVRTC asked for.
    let answer = unsafe { bytes_of(program.0, bytes.as_mut_ptr().cast()) };
    (answer == sys::nvrtcResult::NVRTC_SUCCESS).then_some(bytes)
}

fn c_string(text: &str) -> Result<CString, String> {
    CString::new(text).map_err(|error| error.to_string())
}
