//! `cargo xtask setup`: what the build and the run need and cargo cannot fetch.
//!
//! Every part is looked for first, so that a second run changes nothing.

mod apt;
mod wheel;

use anyhow::{Result, bail};

use crate::checkout::{Checkout, ORT_LIBRARY};
use wheel::{Wheel, WheelFile};

/// Headers and libraries for reading images and video, and what generates the bindings.
const BUILD_PACKAGES: [&str; 6] = [
    "libopencv-core-dev",
    "libopencv-imgproc-dev",
    "libopencv-imgcodecs-dev",
    "libopencv-videoio-dev",
    "clang",
    "libclang1-14",
];

/// Lets the viewer draw on a machine without a graphics card.
const VIEWER_PACKAGES: [&str; 1] = ["mesa-vulkan-drivers"];

/// What to set up besides the parts that everybody needs.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Also install the Rerun viewer (163 MB) into .delos/viewer
    #[arg(long)]
    viewer: bool,
    /// Also install NVRTC, which compiles the CUDA kernels (90 MB), into .delos/nvrtc
    #[arg(long)]
    nvrtc: bool,
}

/// Installs what is missing.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    check_system(std::env::consts::OS, std::env::consts::ARCH)?;
    apt::install(&packages(options))?;
    onnx_runtime(checkout).install()?;
    if options.viewer {
        viewer(checkout).install()?;
    }
    if options.nvrtc {
        nvrtc(checkout).install()?;
    }
    Ok(())
}

fn packages(options: &Options) -> Vec<&'static str> {
    let mut packages = BUILD_PACKAGES.to_vec();
    if options.viewer {
        packages.extend(VIEWER_PACKAGES);
    }
    packages
}

fn check_system(system: &str, machine: &str) -> Result<()> {
    match (system, machine) {
        ("linux", "x86_64") => {}
        ("linux", _) => eprintln!(
            "NOT VERIFIED on {machine}: the sha256 of ONNX Runtime and of the viewer are pinned for \
             x86_64 only; export OPENCV_LINK_PATHS and OPENCV_INCLUDE_PATHS for this machine (their \
             values for x86_64 are in .cargo/config.toml)"
        ),
        _ => bail!(
            "set-up knows Linux only, not {system}: install OpenCV 4 and clang (`brew install opencv \
             llvm`), export OPENCV_LINK_LIBS, OPENCV_LINK_PATHS and OPENCV_INCLUDE_PATHS, and set \
             ORT_DYLIB_PATH to the library of ONNX Runtime 1.24 or newer"
        ),
    }
    Ok(())
}

fn onnx_runtime(checkout: &Checkout) -> Wheel {
    Wheel {
        package: "onnxruntime",
        version: "1.31.1",
        files: vec![WheelFile {
            member: format!("onnxruntime/capi/{ORT_LIBRARY}"),
            sha256: pinned("fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3"),
            target: checkout.ort_library(),
        }],
    }
}

fn viewer(checkout: &Checkout) -> Wheel {
    Wheel {
        package: "rerun-sdk",
        version: "0.36.3",
        files: vec![WheelFile {
            member: "rerun_sdk/rerun_cli/rerun".to_owned(),
            sha256: pinned("40f6525132820f85c4f6fd69efb8ca30266449f3e78a046fb99f7286179446c3"),
            target: checkout.viewer(),
        }],
    }
}

/// The compiler of CUDA kernels; it needs neither a GPU nor a driver.
pub(crate) fn nvrtc(checkout: &Checkout) -> Wheel {
    let file = |name: &str, sha256| WheelFile {
        member: format!("nvidia/cu13/lib/{name}"),
        sha256: pinned(sha256),
        target: checkout.nvrtc().join(name),
    };
    Wheel {
        package: "nvidia-cuda-nvrtc",
        version: "13.0.88",
        files: vec![
            file(
                "libnvrtc-builtins.so.13.0",
                "91dcd944d01da9c0f08fff5d779db136a47f6d62bdb63bae900d2f481e92c3a2",
            ),
            file(
                "libnvrtc.so.13",
                "a49e67e8e74590f1e98de55c39c6287efd3f59e3c3797464d7bbe0fe01349b11",
            ),
        ],
    }
}

/// The checksum of the file for x86-64; other machines get another file, and none is known for it.
fn pinned(sha256: &'static str) -> Option<&'static str> {
    (std::env::consts::ARCH == "x86_64").then_some(sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_linux_is_set_up() {
        assert!(check_system("linux", "x86_64").is_ok());
        assert!(check_system("linux", "aarch64").is_ok());
        let error = check_system("macos", "aarch64").unwrap_err().to_string();
        assert!(error.contains("not macos") && error.contains("ORT_DYLIB_PATH"), "{error}");
    }

    #[test]
    fn the_viewer_is_wanted_only_when_asked_for() {
        assert!(!packages(&Options::default()).contains(&"mesa-vulkan-drivers"));
        assert!(packages(&Options { viewer: true, nvrtc: false }).contains(&"mesa-vulkan-drivers"));
    }
}
