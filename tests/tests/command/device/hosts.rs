//! Hosts with and without a GPU, made up: a library in the place of the driver's.

use delos_tests::checkout;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What a command finds on its library path.
#[derive(Default)]
pub(crate) struct Host {
    libraries: Option<TempDir>,
}

impl Host {
    /// The same without one of its libraries.
    pub(crate) fn without(self, library: &str) -> Self {
        let folder = self.libraries.as_ref().expect("a host with libraries");
        fs::remove_file(folder.path().join(library)).expect("a library to take away");
        self
    }

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

/// cuDNN, as far as its version is asked for.
const CUDNN: &str = "unsigned long cudnnGetVersion(void) { return 91200; }";

/// A host with the driver's library and without a device.
pub(crate) fn no_device() -> Host {
    let folder = tempfile::tempdir().expect("a temporary folder");
    compile_c(folder.path(), "libcuda.so.1", NO_DEVICE);
    Host { libraries: Some(folder) }
}

/// A host with a driver and one device, which runs kernels on the processor; the management library and cuDNN tell of
/// themselves.
pub(crate) fn one_device() -> Host {
    let folder = tempfile::tempdir().expect("a temporary folder");
    compile_cpp(folder.path(), "libcuda.so.1", "driver.cpp");
    compile_cpp(folder.path(), "libnvidia-ml.so.1", "management.cpp");
    compile_c(folder.path(), "libcudnn.so.9", CUDNN);
    Host { libraries: Some(folder) }
}

fn compile_c(folder: &Path, library: &str, text: &str) {
    let source = folder.join(library).with_extension("c");
    fs::write(&source, text).expect("written");
    compile(folder, library, ("CC", "cc"), &[source.as_os_str()]);
}

/// Compiles one of the stand-ins.
fn compile_cpp(folder: &Path, library: &str, file: &str) {
    let source = checkout().join("crates/delos_infer/kernels/shim").join(file);
    let flags = ["-std=c++17", "-O1", "-fvisibility=hidden", "-ffp-contract=off"].map(OsStr::new);
    let flags: Vec<&OsStr> = flags.into_iter().chain([source.as_os_str()]).collect();
    compile(folder, library, ("CXX", "c++"), &flags);
}

fn compile(folder: &Path, library: &str, (variable, usual): (&str, &str), arguments: &[&OsStr]) {
    let compiler = env::var_os(variable).unwrap_or_else(|| usual.into());
    let mut command = Command::new(compiler);
    command.args(["-shared", "-fPIC", "-o"]).arg(folder.join(library)).args(arguments);
    let output = command.output().expect("a compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
