//! What NVIDIA GPU there is, asked without ever falling over.

use cudarc::driver::{CudaContext, DriverError, sys};
use std::fmt;
use std::sync::Arc;

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
    if !driver_is_present() {
        return GpuReport::NoDriver;
    }
    match CudaContext::device_count() {
        Ok(0) => GpuReport::NoDevice { cause: None },
        Err(error) if error.0 == sys::CUresult::CUDA_ERROR_NO_DEVICE => {
            GpuReport::NoDevice { cause: None }
        }
        Err(error) => GpuReport::NoDevice { cause: Some(in_words(error)) },
        Ok(count) => open_all(count.unsigned_abs())
            .unwrap_or_else(|error| GpuReport::Broken { cause: in_words(error) }),
    }
}

/// Opens the GPU of this number; the context is the one every user of the device shares.
///
/// # Errors
/// What is missing, in words.
pub fn open(ordinal: u32) -> Result<Arc<CudaContext>, String> {
    if !driver_is_present() {
        return Err(GpuReport::NoDriver.to_string());
    }
    CudaContext::new(ordinal as usize).map_err(in_words)
}

fn open_all(count: u32) -> Result<GpuReport, DriverError> {
    let devices = (0..count).map(describe).collect::<Result<_, _>>()?;
    Ok(GpuReport::Found { driver: driver_version()?, devices })
}

fn describe(ordinal: u32) -> Result<GpuDevice, DriverError> {
    let context = CudaContext::new(ordinal as usize)?;
    Ok(GpuDevice {
        ordinal,
        name: context.name()?,
        memory_bytes: context.total_mem()? as u64,
        compute: context.compute_capability()?,
    })
}

#[expect(unsafe_code, reason = "the only way to ask for the library without a panic")]
fn driver_is_present() -> bool {
    // SAFETY: opens and closes the driver's library by its fixed name; its initialisers
    // are those of the installed NVIDIA driver, which every CUDA program runs.
    unsafe { sys::is_culib_present() }
}

#[expect(unsafe_code, reason = "cudarc has no safe call for the version of the driver")]
fn driver_version() -> Result<(i32, i32), DriverError> {
    let mut version = 0;
    // SAFETY: the library is present (checked by `probe`) and the pointer is to a live integer.
    unsafe { sys::cuDriverGetVersion(&raw mut version) }.result()?;
    Ok((version / 1000, version % 1000 / 10))
}

fn in_words(error: DriverError) -> String {
    let name = error
        .error_name()
        .map_or_else(|_| format!("{:?}", error.0), |name| name.to_string_lossy().into_owned());
    match error.error_string() {
        Ok(text) => format!("{name}: {}", text.to_string_lossy()),
        Err(_) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probing_never_panics_and_agrees_with_opening() {
        let report = probe();
        eprintln!("{report}");
        assert_eq!(open(0).is_ok(), report.is_usable(), "{report}");
        assert!(open(4096).is_err());
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
