//! A network that runs in the order of a stream.

use super::{EnginePlace, Model, Session, SessionOptions, name_of, provider};
use crate::gpu::{Cuda, GpuError, InPlace, Memory};
use crate::{Device, InferError, Runtime, TensorInfo};
use ort::ep::ExecutionProviderDispatch;
use std::ffi::c_void;

/// How a network runs on a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamOptions {
    /// Record the network as a CUDA graph in its first run (ONNX Runtime repeats that run until the graph is
    /// recorded) and repeat that from then on. Every operator must run on CUDA. Each thread records a graph of its own,
    /// and while one records, no other thread may allocate or copy: all work on the GPU must be one thread's.
    pub graph: bool,
    /// Let ONNX Runtime order the tensors within the network by pixels instead of channels, which is what
    /// tensor cores want.
    pub by_pixels: bool,
}

impl Session {
    /// Opens a network on the GPU of `on`, so that it runs in the order of its stream, which lives at least as
    /// long as the session. The options must name that GPU, or none (`auto`); on a stand-in that keeps its memory in this process
    /// ([`Cuda::with_memory_of_process`]) they must name the processor.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn open_on(
        runtime: &Runtime,
        model: Model<'_>,
        options: &SessionOptions,
        on: &Cuda,
        stream: StreamOptions,
    ) -> Result<Self, InferError> {
        let name = name_of(model)?;
        let device = device_on(options.device, on)?;
        let named = SessionOptions { device, ..*options };
        let own = |device, place: Option<&EnginePlace>| providers(device, place, on, stream);
        let (session, mut placement, _) = provider::open_with(runtime, model, &name, &named, &own)?;
        placement.asked = options.device;
        let inputs = session.inputs().iter().map(TensorInfo::from).collect();
        let outputs = session.outputs().iter().map(TensorInfo::from).collect();
        let (stream, notice) = (Some(on.clone()), None);
        Ok(Self { inner: session, model: name, placement, notice, inputs, outputs, stream })
    }

    /// Whether it runs in the order of this accelerator's stream.
    pub(super) fn is_on_stream_of(&self, on: &impl InPlace) -> bool {
        let own = self.stream_handle();
        self.device() != Device::Cpu && own.is_some() && own == on.stream()
    }

    /// The stream that it was opened on.
    pub(super) fn stream_handle(&self) -> Option<*mut c_void> {
        self.stream.as_ref().map(Cuda::stream_handle)
    }

    /// Waits until all is done that was asked of its stream, if it has one.
    pub(super) fn wait_for_stream(&self) -> Result<(), GpuError> {
        self.stream.as_ref().map_or(Ok(()), Cuda::wait)
    }
}

/// The device asked for, which must be that of the stream.
fn device_on(device: Device, on: &Cuda) -> Result<Device, InferError> {
    let number = on.ordinal();
    match (device, on.memory()) {
        (Device::Auto, Memory::Cuda(number)) => Ok(Device::Cuda(number)),
        (Device::Cpu, Memory::Host) => Ok(device),
        (Device::Cuda(wanted) | Device::TensorRt(wanted), Memory::Cuda(place))
            if wanted == place =>
        {
            Ok(device)
        }
        _ => {
            let cause = format!("its stream is one of the GPU cuda:{number}");
            Err(InferError::Device { device, cause })
        }
    }
}

/// CUDA, and TensorRT before it where that is asked for, on the stream.
fn providers(
    device: Device,
    place: Option<&EnginePlace>,
    on: &Cuda,
    options: StreamOptions,
) -> Vec<ExecutionProviderDispatch> {
    let stream = on.stream_handle().cast::<()>();
    let cuda = |number| {
        let cuda = provider::cuda(number).with_prefer_nhwc(options.by_pixels);
        cuda.with_cuda_graph(options.graph && matches!(device, Device::Cuda(_)))
    };
    let tensorrt = |number| provider::tensorrt(number, place).with_cuda_graph(options.graph);
    #[expect(unsafe_code, reason = "ONNX Runtime is told a stream by its address")]
    // SAFETY: the session keeps `on`, and with it the stream, until after it has ended itself.
    let cuda = |number| unsafe { cuda(number).with_compute_stream(stream) };
    #[expect(unsafe_code, reason = "ONNX Runtime is told a stream by its address")]
    // SAFETY: as for CUDA.
    let tensorrt = |number| unsafe { tensorrt(number).with_compute_stream(stream) };
    match device {
        Device::Cpu | Device::Auto => Vec::new(),
        Device::Cuda(number) => vec![cuda(number).build().error_on_failure()],
        Device::TensorRt(number) => {
            let first = tensorrt(number).build().error_on_failure();
            vec![first, cuda(number).build().error_on_failure()]
        }
    }
}
