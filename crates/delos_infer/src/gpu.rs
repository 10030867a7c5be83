//! NVIDIA GPUs: which there are, asked without ever falling over, and kernels that run on them.

mod accelerator;
mod cache;
mod cuda;
mod driver;
mod error;
mod host;
mod in_place;
mod kernels;
mod libraries;
mod nvrtc;
mod program;
mod raw;
mod watch;

pub use accelerator::{Accelerator, DeviceBuffer, Launch};
pub(crate) use accelerator::{Parameter, require};
pub use cache::{Cached, CubinCache, CubinKey};
pub use cuda::{Cuda, CudaBuffer, Mark, Pinned};
pub(crate) use driver::NEEDED as NEEDED_DRIVER;
pub use error::GpuError;
pub use host::{Host, HostBuffer};
pub use in_place::{InPlace, Memory};
pub use kernels::{KernelOrigin, Kernels};
pub(crate) use libraries::package_of;
pub use libraries::{cudnn_version, missing_libraries, tensorrt_version};
pub use nvrtc::{KernelUse, Nvrtc};
pub(crate) use program::hex;
pub use program::{BUILT_IN, BUILT_IN_TARGET, KERNELS, source_hash};
pub use watch::{GpuUse, GpuWatch, Spread};

use raw::while_doing;
use std::fmt;

/// One GPU that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuDevice {
    /// Number, as in `cuda:N`.
    pub ordinal: u32,
    /// Name given by the driver.
    pub name: String,
    /// Memory, bytes.
    pub memory_bytes: u64,
    /// Compute capability `(major, minor)`.
    pub compute: (i32, i32),
}

/// What a look for NVIDIA GPUs found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GpuReport {
    /// The driver's library (`libcuda`) is not installed.
    NoDriver,
    /// The driver is there, a device is not.
    NoDevice {
        /// What the driver said, where it said more than "none".
        cause: Option<String>,
    },
    /// The driver is there and reports devices, but one of them does not open.
    Broken {
        /// What the driver said.
        cause: String,
    },
    /// Devices that open.
    Found {
        /// CUDA version the driver supports, `(major, minor)`.
        driver: (i32, i32),
        /// The devices, by number.
        devices: Vec<GpuDevice>,
    },
}

impl GpuReport {
    /// Whether at least one device opens.
    pub const fn is_usable(&self) -> bool {
        matches!(self, Self::Found { .. })
    }
}

impl fmt::Display for GpuReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDriver => f.write_str("no NVIDIA driver (libcuda is not installed)"),
            Self::NoDevice { cause: None } => f.write_str("NVIDIA driver, but no device"),
            Self::NoDevice { cause: Some(cause) } => {
                write!(f, "NVIDIA driver, but no device ({cause})")
            }
            Self::Broken { cause } => write!(f, "NVIDIA driver, but no usable device: {cause}"),
            Self::Found { driver: (major, minor), devices } => {
                write!(f, "CUDA {major}.{minor}")?;
                devices.iter().try_for_each(|device| write!(f, "; {device}"))
            }
        }
    }
}

impl fmt::Display for GpuDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.compute;
        let gib = self.memory_bytes as f64 / f64::from(1 << 30);
        let Self { ordinal, name, .. } = self;
        write!(f, "cuda:{ordinal} {name}, {gib:.1} GiB, compute capability {major}.{minor}")
    }
}

/// Looks for NVIDIA GPUs and opens each once. Never panics: a machine without a driver,
/// or with a broken one, is reported as such.
pub fn probe() -> GpuReport {
    match driver::count() {
        Err(GpuError::NoDriver) => GpuReport::NoDriver,
        Err(GpuError::NoDevice { cause }) => GpuReport::NoDevice { cause: Some(cause) },
        Err(error) => GpuReport::Broken { cause: error.to_string() },
        Ok(count) => {
            open_all(count).unwrap_or_else(|error| GpuReport::Broken { cause: error.to_string() })
        }
    }
}

/// Says whether the GPU of this number opens.
///
/// # Errors
/// What is missing, as [`GpuError`] tells.
pub fn check(ordinal: u32) -> Result<(), GpuError> {
    driver::open(ordinal).map(|_context| ())
}

/// The architecture of a GPU that opens, as compilers call it, for example `sm_90`.
///
/// # Errors
/// What is missing, as [`GpuError`] tells.
pub fn architecture(ordinal: u32) -> Result<String, GpuError> {
    let (major, minor) = describe(ordinal)?.compute;
    Ok(format!("sm_{major}{minor}"))
}

/// CUDA version that the driver supports, `(major, minor)`; `None` where no driver answers.
pub fn driver_version() -> Option<(i32, i32)> {
    driver::count().ok()?;
    raw::driver_version().ok()
}

fn open_all(count: u32) -> Result<GpuReport, GpuError> {
    let devices = (0..count).map(describe).collect::<Result<_, _>>()?;
    let driver = raw::driver_version().map_err(while_doing("ask for the driver's version"))?;
    Ok(GpuReport::Found { driver, devices })
}

fn describe(ordinal: u32) -> Result<GpuDevice, GpuError> {
    // The first is the one that most programs go on to use; others are left again.
    let context = if ordinal == 0 { driver::open(0) } else { driver::look_at(ordinal) }?;
    let failed = while_doing("ask for the device");
    Ok(GpuDevice {
        ordinal,
        name: context.name().map_err(&failed)?,
        memory_bytes: context.total_mem().map_err(&failed)? as u64,
        compute: context.compute_capability().map_err(&failed)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probing_never_panics_and_agrees_with_opening() {
        let report = probe();
        eprintln!("{report}");
        assert_eq!(check(0).is_ok(), report.is_usable(), "{report}");
        assert!(check(4096).is_err());
    }

    #[test]
    fn absence_is_said_in_words() {
        assert!(GpuReport::NoDriver.to_string().contains("libcuda"));
        assert!(GpuReport::NoDevice { cause: None }.to_string().contains("no device"));
        let broken = GpuReport::Broken { cause: "CUDA_ERROR_UNKNOWN".into() };
        assert!(broken.to_string().contains("CUDA_ERROR_UNKNOWN") && !broken.is_usable());
    }

    #[test]
    fn a_found_device_is_described() {
        let device = GpuDevice {
            ordinal: 1,
            name: "NVIDIA Test".into(),
            memory_bytes: 8 << 30,
            compute: (9, 0),
        };
        let report = GpuReport::Found { driver: (13, 0), devices: vec![device] };
        let wanted = "CUDA 13.0; cuda:1 NVIDIA Test, 8.0 GiB, compute capability 9.0";
        assert_eq!(report.to_string(), wanted);
        assert!(report.is_usable());
    }
}
