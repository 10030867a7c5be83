//! What a session and its execution providers are told.

use crate::session::engines::EnginePlace;
use crate::session::listener::Listener;
use crate::session::placement;
use crate::{Device, Runtime};
use ort::ep::cuda::ConvAlgorithmSearch;
use ort::ep::{self, ExecutionProviderDispatch};
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};

/// The setting under which a session does not open that would leave a node to the processor.
const NO_FALLBACK: &str = "session.disable_cpu_ep_fallback";

/// Settings that do not depend on the device.
pub(super) fn builder(runtime: &Runtime, intra_threads: usize) -> ort::Result<SessionBuilder> {
    Ok(ort::session::Session::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_parallel_execution(false)?
        .with_deterministic_compute(true)?
        .with_intra_threads(intra_threads.max(1))?
        .with_inter_threads(1)?
        .with_config_entry(placement::RECORD, "1")?)
}

/// Adds a device's execution providers to a session.
pub(super) fn add(
    builder: SessionBuilder,
    providers: Vec<ExecutionProviderDispatch>,
    listener: &Listener,
    device: Device,
    strict: bool,
) -> ort::Result<SessionBuilder> {
    let builder = builder
        .with_logger(listener.logger())?
        .with_log_level(Listener::level(device))?
        .with_execution_providers(providers)?;
    Ok(if strict { builder.with_config_entry(NO_FALLBACK, "1")? } else { builder })
}

/// The execution providers behind a device, each an error where it does not work: by itself ONNX
/// Runtime would go on with the processor and say nothing.
pub(super) fn of_device(
    device: Device,
    place: Option<&EnginePlace>,
) -> Vec<ExecutionProviderDispatch> {
    match device {
        Device::Cpu | Device::Auto => Vec::new(),
        Device::Cuda(number) => vec![cuda(number).build().error_on_failure()],
        Device::TensorRt(number) => {
            let first = tensorrt(number, place).build().error_on_failure();
            vec![first, cuda(number).build().error_on_failure()]
        }
    }
}

/// CUDA, repeatable: convolutions are chosen by rules and not by a race, and products of f32 are
/// not rounded to TF32.
pub(in crate::session) fn cuda(number: u32) -> ep::CUDA {
    ep::CUDA::default()
        .with_device_id(number.cast_signed())
        .with_conv_algorithm_search(ConvAlgorithmSearch::Heuristic)
        .with_tf32(false)
}

/// TensorRT, its engines kept.
pub(in crate::session) fn tensorrt(number: u32, place: Option<&EnginePlace>) -> ep::TensorRT {
    let mut provider = ep::TensorRT::default().with_device_id(number.cast_signed());
    if let Some(place) = place {
        provider = provider
            .with_engine_cache(true)
            .with_engine_cache_path(place.engines().display())
            .with_timing_cache(true)
            .with_timing_cache_path(place.timing().display());
    }
    provider
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrtLibrary;

    const LARGEST: &[u8] = include_bytes!("../../../tests/data/largest.onnx");

    #[test]
    fn what_onnxruntime_says_of_a_network_is_heard_and_its_words_are_known() {
        let runtime = match OrtLibrary::find(None) {
            Ok(library) => library.load().expect("a library that was set up loads"),
            Err(error) if std::env::var_os("DELOS_REQUIRE_ORT").is_some() => panic!("{error}"),
            Err(error) => return eprintln!("SKIPPED listening: {error}"),
        };
        let open = |device| {
            let listener = Listener::default();
            let plain = builder(runtime, 1).expect("a builder");
            let listening = add(plain, Vec::new(), &listener, device, false).expect("the same");
            let opened = { listening }.commit_from_memory(LARGEST).is_ok();
            assert!(opened);
            listener.copies(runtime, device)
        };
        assert_eq!(open(Device::TensorRt(0)), Some(0), "something was heard, and of no copy");
        assert_eq!(open(Device::Cuda(0)), Some(0), "the words are those of this library");
        assert!(!runtime.holds_text("words that no version of ONNX Runtime knows"));
    }
}
