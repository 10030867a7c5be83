//! Hosts with and without a GPU, made up: a library in the place of the driver's.

use delos_tests::checkout;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::process::Command;
use tempfile::TempDir;

/// What a command finds on its library path.
#[derive(Default)]
pub(crate) struct Host {
    libraries: Option<TempDir>,
}

impl Host {
    /// Lets a command run on this host.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries.path());
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
    host(folder, ("CC", "cc"), &[source.as_os_str()])
}

/// A host with a driver and one device, which runs kernels on the processor.
pub(crate) fn one_device() -> Host {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = checkout().join("crates/delos_infer/kernels/shim/driver.cpp");
    let flags = ["-std=c++17", "-O1", "-fvisibility=hidden", "-ffp-contract=off"].map(OsStr::new);
    let flags: Vec<&OsStr> = flags.into_iter().chain([source.as_os_str()]).collect();
    host(folder, ("CXX", "c++"), &flags)
}

/// Compiles the driver's library into a folder.
fn host(folder: TempDir, (variable, usual): (&str, &str), arguments: &[&OsStr]) -> Host {
    let compiler = env::var_os(variable).unwrap_or_else(|| usual.into());
    let library = folder.path().join("libcuda.so.1");
    let mut command = Command::new(compiler);
    command.args(["-shared", "-fPIC", "-o"]).arg(library).args(arguments);
    let output = command.output().expect("a compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Host { libraries: Some(folder) }
}
