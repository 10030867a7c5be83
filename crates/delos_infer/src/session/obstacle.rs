//! Why a GPU cannot run a network, in words that say what is missing and what brings it.

use super::placement::{PlacedNode, operators};
use crate::gpu::{self, GpuError, NEEDED_DRIVER};
use crate::{Device, InferError, Runtime};
use ort::ep::{self, ExecutionProvider};

/// How ONNX Runtime refuses to leave nodes to the processor.
const NO_FALLBACK: &str = "fallback to CPU EP has been explicitly disabled";

/// How CUDA refuses a driver that is older than itself, and how the loader does.
const OLD_DRIVER: [&str; 2] = ["driver version is insufficient", "undefined symbol: cu"];

/// What stands between the place in ONNX Runtime's source and its words: a number, a code, the words.
const MARK: &str = "[ONNXRuntimeError] : ";

impl Device {
    /// Whether what the device takes is there, as far as that can be told without opening a network:
    /// driver, GPU, a build of ONNX Runtime for it.
    ///
    /// # Errors
    /// [`InferError::Device`] with what is missing.
    pub fn check(self, runtime: &Runtime) -> Result<(), InferError> {
        before(runtime, self).map_err(|cause| InferError::Device { device: self, cause })
    }
}

/// What stands in the way of a device before anything is opened: driver, device, a build of ONNX
/// Runtime without the provider.
pub(super) fn before(runtime: &Runtime, device: Device) -> Result<(), String> {
    let Some(number) = device.gpu() else { return Ok(()) };
    gpu::check(number).map_err(|error| error.to_string())?;
    let (provider, is_there) = match device {
        Device::TensorRt(_) => ("TensorRT", ep::TensorRT::is_available()),
        _ => ("CUDA", ep::CUDA::is_available()),
    };
    if is_there.unwrap_or(false) {
        return Ok(());
    }
    Err(build_without(provider, runtime.version(), &runtime.path().display().to_string()))
}

fn build_without(provider: &str, version: &str, path: &str) -> String {
    format!(
        "ONNX Runtime {version} ({path}) is a build without {provider}: take the libraries of the \
         package onnxruntime-gpu and name their folder with --ort or ORT_DYLIB_PATH"
    )
}

/// What a provider's own words mean.
pub(super) fn explain(said: &str) -> String {
    if let Some(library) = missing_library(said) {
        let package = gpu::package_of(library).unwrap_or("a package that is not known here");
        return format!("{library} is not on the library path: it comes with {package}");
    }
    if OLD_DRIVER.iter().any(|words| said.contains(words))
        && let Some(found) = gpu::driver_version().filter(|found| *found < NEEDED_DRIVER)
    {
        return GpuError::DriverTooOld { found, needed: NEEDED_DRIVER }.to_string();
    }
    let also = gpu::missing_libraries();
    let also: Vec<String> = also.iter().map(ToString::to_string).collect();
    if also.is_empty() {
        first_line(said)
    } else {
        format!("{}; {}", first_line(said), also.join("; "))
    }
}

/// The library that the loader did not find: `…: libcublasLt.so.13: cannot open shared object file`.
fn missing_library(said: &str) -> Option<&str> {
    let (before, _) = said.split_once(": cannot open shared object file")?;
    let name = before.rsplit([' ', ':', '/']).next()?;
    (name.starts_with("lib") && name.contains(".so")).then_some(name)
}

/// Whether a session failed only because it would have left nodes to the processor.
pub(super) fn is_fallback(said: &str) -> bool {
    said.contains(NO_FALLBACK)
}

/// That a GPU is required and lacks these operators.
pub(super) fn left_to_processor(nodes: &[PlacedNode]) -> String {
    let (count, noun) = (nodes.len(), if nodes.len() == 1 { "node" } else { "nodes" });
    let operators = operators(nodes);
    let first = nodes.first().map_or("", |node| node.name.as_str());
    format!(
        "a GPU is required for all of the network, and {count} {noun} would run on the processor \
         ({operators}; the first is `{first}`)"
    )
}

/// The first line of what ONNX Runtime says, without the place in its source.
pub(super) fn first_line(message: &str) -> String {
    let words = message
        .rsplit_once(MARK)
        .map_or(message, |(_, said)| said.splitn(3, " : ").nth(2).unwrap_or(said));
    words
        .lines()
        .map(str::trim)
        .map(|line| line.trim_end_matches([';', ' ']))
        .find(|line| !line.is_empty())
        .unwrap_or("no reason given")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As ONNX Runtime 1.31.1 puts it on a host without CUDA.
    const NO_CUBLAS: &str = "/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:2167 \
        onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : \
        Failed to load library /opt/ort/libonnxruntime_providers_cuda.so with error: \
        libcublasLt.so.13: cannot open shared object file: No such file or directory\n";

    #[test]
    fn a_missing_library_is_named_with_what_brings_it() {
        let words = explain(NO_CUBLAS);
        assert!(words.starts_with("libcublasLt.so.13 is not on the library path"), "{words}");
        assert!(words.contains("nvidia-cublas"), "{words}");
        for (library, wanted) in [
            ("libcudnn.so.9", "cuDNN"),
            ("libnvinfer.so.10", "TensorRT"),
            ("libonnxruntime_providers_cuda.so", "onnxruntime-gpu"),
            ("libcudart.so.12", "nvidia-cuda-runtime"),
            ("libstrange.so.1", "not known"),
        ] {
            let said = format!("with error: /opt/{library}: cannot open shared object file: No");
            let words = explain(&said);
            assert!(words.starts_with(library) && words.contains(wanted), "{words}");
        }
    }

    #[test]
    fn other_words_of_a_provider_are_passed_on() {
        let said = "\n  CUDA failure 2: out of memory\nmore";
        assert_eq!(first_line(said), "CUDA failure 2: out of memory");
        assert!(explain(said).starts_with("CUDA failure 2: out of memory"));
        let said = "model.onnx: cannot open shared object file";
        assert!(explain(said).starts_with(said), "no library");
        assert_eq!(first_line(""), "no reason given");
    }

    #[test]
    fn places_in_the_source_of_onnxruntime_are_left_out() {
        let said = "/onnxruntime_src/x.cc:63 static X X::From() [ONNXRuntimeError] : 1 : FAIL : \
                    Parse : CUDA failure 500 ; f();";
        assert_eq!(first_line(said), "Parse : CUDA failure 500 ; f()");
        assert_eq!(first_line("[ONNXRuntimeError] : 1"), "1");
    }

    #[test]
    fn nodes_without_a_kernel_are_named() {
        let node = |name: &str, operator: &str| PlacedNode {
            name: name.into(),
            operator: operator.into(),
        };
        let words =
            left_to_processor(&[node("s0", "Shape"), node("n", "NonZero"), node("s1", "Shape")]);
        assert!(
            words.contains("3 nodes")
                && words.contains("Shape 2, NonZero 1")
                && words.contains("`s0`")
        );
    }
}
