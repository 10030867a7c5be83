//! A network that runs in the order of a stream.

use super::{Model, Session, SessionOptions, builder, name_of, provider};
use crate::gpu::{Cuda, InPlace, Memory};
use crate::{Device, InferError, Runtime, TensorInfo};
use ort::ep::{self, ExecutionProviderDispatch};

/// How a network runs on a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamOptions {
    /// Record the network as a CUDA graph in its first run and repeat that from then on. Every operator must run
    /// on CUDA, and a session must be used by one thread, since each thread records a graph of its own.
    pub graph: bool,
    /// Let ONNX Runtime order the tensors within the network by pixels instead of channels, which is what
    /// tensor cores want.
    pub by_pixels: bool,
}

impl Session {
    /// Opens a network on the GPU of `on`, so that it runs in the order of its stream, which lives at least as
    /// long as the session. The options must name that GPU; on a stand-in that keeps its memory in this process
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
        let device = options.device;
        check_device(device, on)?;
        let unusable = |error: ort::Error| {
            let cause = provider::first_line(error.message());
            if provider::is_the_models_fault(error.code()) {
                return InferError::Model { model: name.clone(), cause };
            }
            InferError::Device { device, cause }
        };
        let mut builder = builder(runtime, options.intra_threads).map_err(unusable)?;
        if device != Device::Cpu {
            let registered = builder.with_execution_providers(providers(device, on, stream));
            builder = registered.map_err(|error| unusable(error.into()))?;
        }
        let session = match model {
            Model::File(path) => builder.commit_from_file(path),
            Model::Bytes(bytes) => builder.commit_from_memory(bytes),
        };
        let session = session.map_err(unusable)?;
        let inputs = session.inputs().iter().map(TensorInfo::from).collect();
        let outputs = session.outputs().iter().map(TensorInfo::from).collect();
        let stream = Some(on.clone());
        Ok(Self { inner: session, model: name, device, notice: None, inputs, outputs, stream })
    }

    /// Whether it runs in the order of this accelerator's stream.
    pub(super) fn is_on_stream_of(&self, on: &impl InPlace) -> bool {
        let own = self.stream.as_ref().map(Cuda::stream_handle);
        self.device != Device::Cpu && own.is_some() && own == on.stream()
    }
}

fn check_device(device: Device, on: &Cuda) -> Result<(), InferError> {
    let number = on.ordinal();
    let fits = match device {
        Device::Cuda(wanted) | Device::TensorRt(wanted) => on.memory() == Memory::Cuda(wanted),
        Device::Cpu => on.memory() == Memory::Host,
        Device::Auto => false,
    };
    if fits {
        return Ok(());
    }
    Err(InferError::Device { device, cause: format!("its stream is one of the GPU cuda:{number}") })
}

/// CUDA, and TensorRT before it where that is asked for, on the stream.
fn providers(device: Device, on: &Cuda, options: StreamOptions) -> Vec<ExecutionProviderDispatch> {
    let (number, stream) = (on.ordinal().cast_signed(), on.stream_handle().cast::<()>());
    let cuda = ep::CUDA::default()
        .with_device_id(number)
        .with_tf32(false)
        .with_conv_algorithm_search(ep::cuda::ConvAlgorithmSearch::Heuristic)
        .with_prefer_nhwc(options.by_pixels)
        .with_cuda_graph(options.graph && matches!(device, Device::Cuda(_)));
    let tensorrt = ep::TensorRT::default().with_device_id(number).with_cuda_graph(options.graph);
    #[expect(unsafe_code, reason = "ONNX Runtime is told a stream by its address")]
    // SAFETY: the session keeps `on`, and with it the stream, until after it has ended itself.
    let (cuda, tensorrt) =
        unsafe { (cuda.with_compute_stream(stream), tensorrt.with_compute_stream(stream)) };
    let cuda = cuda.build().error_on_failure();
    match device {
        Device::TensorRt(_) => vec![tensorrt.build().error_on_failure(), cuda],
        _ => vec![cuda],
    }
}
