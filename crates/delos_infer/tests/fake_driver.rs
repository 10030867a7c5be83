//! Drivers and compilers that are not whole: each gets its own words, and nothing panics.
//!
//! A library of the right name is compiled and put first on the library path of a child process, which
//! is this test again.

use delos_infer::gpu::{self, Cuda, GpuError, GpuReport, Kernels, Nvrtc};
use std::path::Path;
use std::process::Command;

/// Set in the child: how it is to report.
const CHILD: &str = "DELOS_TEST_FAKE_DRIVER_CHILD";

/// The functions every driver has; `cuInit` and the count answer as told.
fn source(init: u32, count: &str, version: u32) -> String {
    format!(
        "int cuInit(unsigned flags) {{ (void)flags; return {init}; }}\n\
         int cuDriverGetVersion(int* version) {{ *version = {version}; return 0; }}\n\
         int cuDeviceGetCount(int* count) {{ {count} }}\n\
         int cuGetErrorName(int code, const char** text) {{\n\
         \x20   *text = code == 100 ? \"CUDA_ERROR_NO_DEVICE\" : \"CUDA_ERROR_UNKNOWN\"; return 0; }}\n\
         int cuGetErrorString(int code, const char** text) {{\n\
         \x20   *text = code == 100 ? \"no CUDA-capable device is detected\" : \"unknown error\"; return 0; }}\n"
    )
}

/// Compiles a `libcuda.so.1`, runs this test as a child that finds it, and returns what it says.
fn said_with(source: &str) -> String {
    said_with_library("libcuda.so.1", source)
}

fn said_with_library(name: &str, source: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fake.c");
    std::fs::write(&file, source).expect("written");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let library = folder.path().join(name);
    let compiled =
        Command::new(compiler).args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&file).status();
    assert!(compiled.expect("a C compiler").success());
    child(folder.path())
}

fn child(library_path: &Path) -> String {
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "report_as_a_child", "--nocapture"])
        .env("LD_LIBRARY_PATH", library_path)
        .env("DELOS_NVRTC", library_path)
        .env(CHILD, "1")
        .output()
        .expect("started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// No test of its own: what a child does.
#[test]
fn report_as_a_child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let report = gpu::probe();
    println!("report: {report}");
    assert!(!report.is_usable());
    let error = Cuda::open(0, &Kernels::default()).unwrap_err();
    println!("error: {error}");
    let kind = match (report, error) {
        (GpuReport::NoDriver, GpuError::NoDriver) => "no driver",
        (GpuReport::Broken { .. }, GpuError::DriverIncomplete { .. }) => "incomplete",
        (GpuReport::NoDevice { .. }, GpuError::NoDevice { .. }) => "no device",
        (GpuReport::Broken { .. }, GpuError::DriverTooOld { .. }) => "too old",
        _ => "something else",
    };
    println!("kind: {kind}");
    let compiler = Nvrtc::find(Kernels::of_user().nvrtc.as_deref());
    let tensorrt = gpu::tensorrt_version(Path::new("/nowhere"));
    println!("tensorrt: {}", tensorrt.as_deref().unwrap_or("none"));
    println!("compiler: {}", compiler.map_or_else(|error| error.to_string(), |_| "found".into()));
}

fn assert_says(said: &str, wanted: &[&str]) {
    for part in wanted {
        assert!(said.contains(part), "no `{part}` in: {said}");
    }
}

#[test]
fn a_driver_without_a_device_says_so() {
    let said = said_with(&source(100, "(void)count; return 100;", 13_000));
    let words = ["kind: no device", "no CUDA-capable device is detected", "nvidia-smi"];
    assert_says(&said, &words);
}

#[test]
fn a_driver_that_lists_no_device_says_so() {
    let said = said_with(&source(0, "*count = 0; return 0;", 13_000));
    assert_says(&said, &["kind: no device", "it lists none"]);
}

#[test]
fn a_library_without_functions_is_no_driver() {
    let said = said_with("int nothing;\n");
    assert_says(&said, &["kind: incomplete", "no function `cuInit`"]);
}

#[test]
fn an_old_driver_is_told_from_a_damaged_one() {
    let said = said_with(&source(0, "*count = 1; return 0;", 12_040));
    assert_says(&said, &["kind: too old", "12.4", "13.0", "driver 580"]);
}

#[test]
fn a_new_driver_without_later_functions_is_incomplete() {
    let said = said_with(&source(0, "*count = 1; return 0;", 13_000));
    assert_says(&said, &["kind: incomplete", "no function `cuGetExportTable`"]);
}

#[test]
fn a_host_without_a_driver_says_so() {
    if gpu::probe() != GpuReport::NoDriver {
        eprintln!("this host has a driver: left out");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    assert_says(&child(folder.path()), &["kind: no driver", "libcuda is not installed"]);
}

#[test]
fn a_missing_compiler_and_a_damaged_one_are_told_apart() {
    let installed = tempfile::tempdir().unwrap();
    let missing = child(installed.path());
    if missing.contains("compiler: found") {
        eprintln!("NVRTC is on this host's library path: left out");
        return;
    }
    assert_says(&missing, &["compiler: NVRTC", "is not installed", "cargo xtask setup --nvrtc"]);
    let damaged = said_with_library("libnvrtc.so.13", "int nothing;\n");
    assert_says(&damaged, &["compiler: NVRTC is there", "no function `nvrtcVersion`"]);
}

#[test]
fn tensorrt_is_asked_for_its_version() {
    let said =
        said_with_library("libnvinfer.so.10", "int getInferLibVersion(void) { return 101303; }\n");
    assert_says(&said, &["tensorrt: 10.13.3"]);
    assert_says(&said_with_library("libnvinfer.so.10", "int nothing;\n"), &["tensorrt: none"]);
}
