//! What can be missing or go wrong between a program and a GPU, and what to do about it.

use std::path::PathBuf;

/// What can be missing or go wrong between a program and a GPU; the text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// The driver's library is not installed.
    #[error(
        "no NVIDIA driver (libcuda is not installed): install the driver, version 580 or newer, or \
         use the processor"
    )]
    NoDriver,
    /// There is a library of the driver's name that lacks a function every driver has.
    #[error(
        "libcuda is there, but has no function `{missing}`: it is a stub or damaged; put the NVIDIA \
         driver's own libcuda.so.1 first on the library path"
    )]
    DriverIncomplete {
        /// The first function that is missing.
        missing: &'static str,
    },
    /// The driver is there, a device is not.
    #[error(
        "NVIDIA driver, but no device ({cause}): see whether `nvidia-smi` lists one and, in a \
         container, whether it was started with access to GPUs"
    )]
    NoDevice {
        /// What the driver said.
        cause: String,
    },
    /// There are devices, but not this one.
    #[error("no GPU cuda:{ordinal}: the driver sees {count}, cuda:0 is the first")]
    NoSuchDevice {
        /// The number asked for.
        ordinal: u32,
        /// How many there are.
        count: u32,
    },
    /// The driver is older than the kernels and ONNX Runtime need.
    #[error(
        "the NVIDIA driver supports CUDA {}.{}, needed is {}.{}: install driver 580 or newer",
        found.0, found.1, needed.0, needed.1
    )]
    DriverTooOld {
        /// CUDA version the driver supports, `(major, minor)`.
        found: (i32, i32),
        /// CUDA version needed.
        needed: (i32, i32),
    },
    /// A library that CUDA programs need is not to be found.
    #[error("{library} is not on the library path: it comes with {package}")]
    LibraryMissing {
        /// File name of the library.
        library: &'static str,
        /// What brings it.
        package: &'static str,
    },
    /// The kernel compiler is not installed.
    #[error(
        "NVRTC, which compiles the GPU kernels, is not installed: `cargo xtask setup --nvrtc` brings \
         it (the package nvidia-cuda-nvrtc); without it the kernels built in are used"
    )]
    NvrtcMissing,
    /// There is a library of NVRTC's name that lacks a function.
    #[error("NVRTC is there, but has no function `{missing}`: it is damaged or too old")]
    NvrtcIncomplete {
        /// The first function that is missing.
        missing: &'static str,
    },
    /// NVRTC is older than the device needs.
    #[error("NVRTC {}.{} is too old, needed is {}.{} or newer", found.0, found.1, needed.0, needed.1)]
    NvrtcTooOld {
        /// Version found, `(major, minor)`.
        found: (i32, i32),
        /// Version needed.
        needed: (i32, i32),
    },
    /// The kernels do not compile.
    #[error("the kernels do not compile for {target}: {log}")]
    Compile {
        /// Architecture, for example `sm_90`.
        target: String,
        /// What the compiler said.
        log: String,
    },
    /// The folder of compiled kernels cannot be written.
    #[error("{path}: compiled kernels cannot be kept: {cause}", path = path.display())]
    Cache {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// A call of the driver failed.
    #[error("{doing}: {cause}")]
    Driver {
        /// What was being done.
        doing: &'static str,
        /// What the driver said.
        cause: String,
    },
    /// A buffer holds less than a kernel reads or writes.
    #[error("kernel {kernel}: {what} needs {wanted} values, has {got}")]
    BufferTooShort {
        /// Name of the kernel.
        kernel: &'static str,
        /// Which buffer.
        what: &'static str,
        /// Values needed.
        wanted: usize,
        /// Values it holds.
        got: usize,
    },
    /// A parameter that a kernel does not take.
    #[error("kernel {kernel}: {cause}")]
    Parameter {
        /// Name of the kernel.
        kernel: &'static str,
        /// What is wrong with it.
        cause: String,
    },
}
