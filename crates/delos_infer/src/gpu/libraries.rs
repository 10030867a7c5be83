//! Libraries that ONNX Runtime's providers need beside the driver, and what brings each.

use super::{GpuError, raw};
use std::path::{Path, PathBuf};

/// What ONNX Runtime's CUDA provider needs, built for CUDA 13.
const PROVIDER_LIBRARIES: [(&str, &str); 5] = [
    ("libcudart.so.13", "CUDA 13, package nvidia-cuda-runtime"),
    ("libcublasLt.so.13", "CUDA 13, package nvidia-cublas"),
    ("libcublas.so.13", "CUDA 13, package nvidia-cublas"),
    ("libcurand.so.10", "CUDA 13, package nvidia-curand"),
    ("libcudnn.so.9", "cuDNN 9, package nvidia-cudnn-cu13"),
];

/// Beginnings of library names, of any version, and what brings them. The first that fits counts.
const PACKAGES: [(&str, &str); 11] = [
    ("libcudart.so", "CUDA, package nvidia-cuda-runtime"),
    ("libcublas", "CUDA, package nvidia-cublas"),
    ("libcurand.so", "CUDA, package nvidia-curand"),
    ("libcufft.so", "CUDA, package nvidia-cufft"),
    ("libnvrtc", "CUDA, package nvidia-cuda-nvrtc"),
    ("libcudnn", "cuDNN 9, package nvidia-cudnn-cu13"),
    ("libnvinfer", "TensorRT 10, NVIDIA's packages for your system"),
    ("libnvonnxparser", "TensorRT 10, NVIDIA's packages for your system"),
    ("libonnxruntime_providers_tensorrt.so", "package onnxruntime-gpu, beside libonnxruntime.so"),
    ("libonnxruntime_providers_", "package onnxruntime-gpu, beside libonnxruntime.so"),
    ("libcuda.so", "the NVIDIA driver"),
];

/// cuDNN's library, of the version that ONNX Runtime is built for.
const CUDNN: &str = "libcudnn.so.9";

/// TensorRT's library, of the version that ONNX Runtime is built for.
const TENSORRT: &str = "libnvinfer.so.10";

/// The libraries of CUDA that ONNX Runtime's CUDA provider needs and that do not open.
pub fn missing_libraries() -> Vec<GpuError> {
    PROVIDER_LIBRARIES
        .into_iter()
        .filter(|(library, _)| !raw::library_opens(library.as_ref()))
        .map(|(library, package)| GpuError::LibraryMissing { library, package })
        .collect()
}

/// What brings the library of this file name, where that is known.
pub(crate) fn package_of(library: &str) -> Option<&'static str> {
    PACKAGES.iter().find(|(start, _)| library.starts_with(start)).map(|(_, package)| *package)
}

/// Version of TensorRT, for example `10.13.3`, on the library path or else in the folder `beside`;
/// `None` where it is in neither.
pub fn tensorrt_version(beside: &Path) -> Option<String> {
    let places = [PathBuf::from(TENSORRT), beside.join(TENSORRT)];
    let ask = |place: &PathBuf| raw::number_from::<i32>(place, c"getInferLibVersion");
    places.iter().find_map(ask).and_then(|number| usize::try_from(number).ok()).map(in_words)
}

/// Version of cuDNN, for example `9.12.0`, on the library path; `None` where it is not there.
pub fn cudnn_version() -> Option<String> {
    raw::number_from::<usize>(CUDNN.as_ref(), c"cudnnGetVersion").map(in_words)
}

/// TensorRT 10 (`NvInferVersion.h`) and cuDNN 9 (`cudnn_version.h`) count
/// `10_000 * major + 100 * minor + patch`.
fn in_words(number: usize) -> String {
    format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_that_is_looked_for_has_a_package() {
        for (library, package) in PROVIDER_LIBRARIES {
            let known = package_of(library).expect(library);
            let name = |text: &str| text.rsplit(' ').next().map(str::to_owned);
            assert_eq!(name(known), name(package), "{library}");
        }
        assert_eq!(package_of("libm.so.6"), None);
    }

    #[test]
    fn versions_are_read() {
        assert_eq!(in_words(101_303), "10.13.3");
        assert_eq!(in_words(91_200), "9.12.0");
    }
}
