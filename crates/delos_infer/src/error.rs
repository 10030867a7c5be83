//! What can go wrong between a model file and its numbers.

use crate::{Device, OrtSearch};
use std::path::PathBuf;

/// What can go wrong between a model file and its numbers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InferError {
    /// ONNX Runtime is nowhere to be found.
    #[error("ONNX Runtime not found; `cargo xtask setup` installs it. Looked at {0}")]
    LibraryMissing(OrtSearch),
    /// What was found is not an ONNX Runtime, or one that is too old.
    #[error(
        "{path}: no usable ONNX Runtime ({cause}); `cargo xtask setup` installs one that fits",
        path = path.display()
    )]
    LibraryBroken {
        /// The file.
        path: PathBuf,
        /// Why it cannot be used.
        cause: String,
    },
    /// A device name that nobody knows.
    #[error("unknown device `{0}`: use `cpu`, `cuda:N`, `tensorrt:N` or `auto`")]
    DeviceName(String),
    /// The device asked for cannot run the network.
    #[error("device {device} cannot be used: {cause}; ask for `cpu`, or for `auto` to fall back")]
    Device {
        /// The device asked for.
        device: Device,
        /// Why not.
        cause: String,
    },
    /// The same for a device that is required, so that nothing else will do.
    #[error("device {device} is required and cannot be used: {cause}")]
    RequiredDevice {
        /// The device asked for.
        device: Device,
        /// Why not.
        cause: String,
    },
    /// A GPU is required, and the processor is asked for.
    #[error("a GPU is required, and the device asked for is {0}: ask for `cuda:0`")]
    GpuRequired(Device),
    /// The model file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    ModelFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The model is no network that ONNX Runtime understands.
    #[error("{model}: not a network that ONNX Runtime can load: {cause}")]
    Model {
        /// File, or "model in memory".
        model: String,
        /// Why not.
        cause: String,
    },
    /// The work of the network cannot be counted.
    #[error("{model}: cannot count its operations: {cause}")]
    Cost {
        /// File, or "model in memory".
        model: String,
        /// Why not.
        cause: String,
    },
    /// The network has no such tensor.
    #[error("{model}: no {side} `{wanted}`; it has {known}")]
    TensorName {
        /// File, or "model in memory".
        model: String,
        /// "input" or "output".
        side: &'static str,
        /// The name asked for.
        wanted: String,
        /// The names there are.
        known: String,
    },
    /// Numbers that do not fill the shape they are said to have.
    #[error("input `{name}`: shape {shape:?} needs {wanted} values, got {got}")]
    InputLength {
        /// Name of the input.
        name: String,
        /// The shape.
        shape: Vec<usize>,
        /// Product of the shape.
        wanted: usize,
        /// Values given.
        got: usize,
    },
    /// A shape that the network does not accept.
    #[error("{model}: input `{name}` takes {wanted}, got shape {got:?} of {element}")]
    InputShape {
        /// File, or "model in memory".
        model: String,
        /// Name of the input.
        name: String,
        /// Element type and shape of the input.
        wanted: String,
        /// The shape given.
        got: Vec<usize>,
        /// The element type given.
        element: &'static str,
    },
    /// An output that is not a tensor of `f32`.
    #[error("output `{name}` holds no f32 tensor: {cause}")]
    OutputType {
        /// Name of the output.
        name: String,
        /// What it holds.
        cause: String,
    },
    /// Inference failed.
    #[error("{model}: inference failed: {cause}")]
    Run {
        /// File, or "model in memory".
        model: String,
        /// Why.
        cause: String,
    },
    /// Tensors that cannot be bound to fixed memory.
    #[error("{model}: cannot be bound to fixed memory: {cause}")]
    Binding {
        /// File, or "model in memory".
        model: String,
        /// Why not.
        cause: String,
    },
    /// A tensor that lies in other memory than the one it was to be bound to.
    #[error(
        "{model}: {side} `{tensor}` lies in memory `{home}` when the network runs, so that it cannot stay on the GPU"
    )]
    Elsewhere {
        /// File, or "model in memory".
        model: String,
        /// "input" or "output".
        side: &'static str,
        /// Name of the tensor.
        tensor: String,
        /// ONNX Runtime's name of the memory, for example `Cpu`.
        home: String,
    },
    /// Something of a GPU is missing or failed.
    #[error(transparent)]
    Gpu(#[from] crate::gpu::GpuError),
}
