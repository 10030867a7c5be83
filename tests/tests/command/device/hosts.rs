//! Hosts with and without a GPU, made up: a library in the place of the driver's.

use delos_parity::SimulatedDriver;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// What a command finds on its library path.
#[derive(Default)]
pub(crate) struct Host {
    libraries: Option<PathBuf>,
    _folder: Option<TempDir>,
    _driver: Option<SimulatedDriver>,
}

impl Host {
    /// Lets a command run on this host.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
    }
}

/// A driver of the version that is needed which finds no device, and says so as NVIDIA's does.
const NO_DEVICE: &str = "
int cuInit(unsigned flags) { (void)flags; return 100; }
int cuDriverGetVersion(int* version) { *version = 13000; return 0; }
int cuDeviceGetCount(int* count) { (void)count; return 100; }
int cuGetErrorName(int code, const char** text) { (void)code; *text = \"CUDA_ERROR_NO_DEVICE\"; return 0; }
int cuGetErrorString(int code, const char** text) {
    (void)code; *text = \"no CUDA-capable device is detected\"; return 0; }
";

/// A host with the driver's library and without a device.
pub(crate) fn no_device() -> Host {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("driver.c");
    fs::write(&source, NO_DEVICE).expect("written");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let library = folder.path().join("libcuda.so.1");
    let compiled =
        Command::new(compiler).args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status();
    assert!(compiled.expect("a C compiler").success());
    let libraries = Some(folder.path().to_owned());
    Host { libraries, _folder: Some(folder), _driver: None }
}

/// A host with a driver and one device, which runs kernels on the processor.
pub(crate) fn one_device() -> Host {
    let driver = SimulatedDriver::compile().expect("the stand-in compiles");
    let libraries = Some(driver.folder().to_owned());
    Host { libraries, _folder: None, _driver: Some(driver) }
}
