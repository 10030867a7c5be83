//! A network ready to run.

mod binding;
mod engines;
mod inputs;
mod listener;
mod obstacle;
mod on_stream;
mod outputs;
mod placement;
mod provider;

pub use binding::{Binding, BoundTensor, TensorShape};
pub use engines::EnginePlace;
pub use inputs::{Input, Numbers};
pub use on_stream::StreamOptions;
pub use outputs::{Outputs, TensorView};
pub use placement::{PlacedNode, Placement};

use crate::gpu::Cuda;
use crate::tensor::in_words;
use crate::{Device, InferError, Runtime, TensorInfo};
use std::borrow::Cow;
use std::path::Path;

/// Where a network comes from.
#[derive(Clone, Copy, Debug)]
pub enum Model<'a> {
    /// A file; it may keep weights in further files beside it.
    File(&'a Path),
    /// The bytes of a file.
    Bytes(&'a [u8]),
}

/// How a network runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// Where.
    pub device: Device,
    /// Threads within one operator, at least 1. With 1 the caller's own thread does the work.
    pub intra_threads: usize,
    /// Whether a GPU must run all of the network: then [`Device::Auto`] does not fall back, and a
    /// network of which a single node would be left to the processor does not open.
    pub require_gpu: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { device: Device::Cpu, intra_threads: 1, require_gpu: false }
    }
}

/// A network ready to run. Operators run one after the other and with deterministic
/// kernels, so that the same input gives the same bits on the same machine and device.
#[derive(Debug)]
pub struct Session {
    inner: ort::session::Session,
    model: String,
    placement: Placement,
    notice: Option<String>,
    inputs: Vec<TensorInfo>,
    outputs: Vec<TensorInfo>,
    /// Whose stream it runs on; dropped after `inner`.
    stream: Option<Cuda>,
}

impl Session {
    /// Opens a network. A device that was named is used or is an error; only
    /// [`Device::Auto`] falls back to the processor, and then says so in
    /// [`Session::notice`].
    ///
    /// # Errors
    /// [`InferError::ModelFile`] and [`InferError::Model`] when the file cannot be read or is
    /// no network, [`InferError::Device`], [`InferError::RequiredDevice`] and [`InferError::GpuRequired`] when the device cannot be used.
    pub fn open(
        runtime: &Runtime,
        model: Model<'_>,
        options: &SessionOptions,
    ) -> Result<Self, InferError> {
        let name = name_of(model)?;
        let (session, placement, notice) = provider::open(runtime, model, &name, options)?;
        let inputs = session.inputs().iter().map(TensorInfo::from).collect();
        let outputs = session.outputs().iter().map(TensorInfo::from).collect();
        Ok(Self { inner: session, model: name, placement, notice, inputs, outputs, stream: None })
    }

    /// The device the network really runs on, never [`Device::Auto`].
    pub const fn device(&self) -> Device {
        self.placement.obtained
    }

    /// ONNX Runtime's name of the execution provider that really runs the network. Under
    /// CUDA and TensorRT, ONNX Runtime leaves single operators that they lack to the processor.
    pub const fn provider(&self) -> &'static str {
        self.placement.obtained.provider()
    }

    /// Where the nodes of the network really run.
    pub const fn placement(&self) -> &Placement {
        &self.placement
    }

    /// What [`Device::Auto`] chose and why; to be told to the user.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// The inputs, in the order of the model file.
    pub fn inputs(&self) -> &[TensorInfo] {
        &self.inputs
    }

    /// The outputs, in the order of the model file.
    pub fn outputs(&self) -> &[TensorInfo] {
        &self.outputs
    }

    /// Runs the network on one input, without copying it, and lets `read` look at the
    /// outputs, which live until it returns.
    ///
    /// # Errors
    /// [`InferError::TensorName`], [`InferError::InputLength`] and [`InferError::InputShape`]
    /// when the input is not what the network takes, [`InferError::Run`] when ONNX Runtime
    /// fails, and whatever `read` returns.
    pub fn run<R, E: From<InferError>>(
        &mut self,
        input: &str,
        shape: &[usize],
        data: &[f32],
        read: impl FnOnce(&Outputs<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        self.run_with(&[Input { name: input, shape, data: Numbers::F32(data) }], read)
    }

    /// The same for a network with several inputs, all of which are given.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn run_with<R, E: From<InferError>>(
        &mut self,
        inputs: &[Input<'_>],
        read: impl FnOnce(&Outputs<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut values = Vec::with_capacity(inputs.len());
        for input in inputs {
            self.check_input(input)?;
            let value = input.value().map_err(|error| run_error(&self.model, &error))?;
            values.push((Cow::Borrowed(input.name), value));
        }
        let run = self.inner.run(values);
        let values = run.map_err(|error| run_error(&self.model, &error))?;
        read(&Outputs::new(values, &self.model))
    }

    fn check_input(&self, input: &Input<'_>) -> Result<(), InferError> {
        let (Input { name, shape, .. }, got) = (*input, input.data.len());
        let Some(info) = self.inputs.iter().find(|info| info.name == name) else {
            return Err(InferError::TensorName {
                model: self.model.clone(),
                side: "input",
                wanted: name.to_owned(),
                known: in_words(&self.inputs),
            });
        };
        let wanted = shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
        if wanted != Some(got) {
            let (name, shape) = (name.to_owned(), shape.to_vec());
            let wanted = wanted.unwrap_or(usize::MAX);
            return Err(InferError::InputLength { name, shape, wanted, got });
        }
        let element = input.data.element();
        if !info.accepts(shape) || info.element != element {
            return Err(InferError::InputShape {
                model: self.model.clone(),
                name: name.to_owned(),
                wanted: info.to_string(),
                got: shape.to_vec(),
                element,
            });
        }
        Ok(())
    }
}

fn run_error(model: &str, error: &ort::Error) -> InferError {
    run_error_text(model, error.message())
}

fn run_error_text(model: &str, cause: &str) -> InferError {
    InferError::Run { model: model.to_owned(), cause: cause.trim().to_owned() }
}

/// The name of the model for messages; a file must be readable.
pub(crate) fn name_of(model: Model<'_>) -> Result<String, InferError> {
    match model {
        Model::Bytes(_) => Ok("model in memory".to_owned()),
        Model::File(path) => match std::fs::File::open(path).and_then(|file| file.metadata()) {
            Ok(metadata) if metadata.is_file() => Ok(path.display().to_string()),
            Ok(_) => Err(InferError::ModelFile {
                path: path.to_owned(),
                source: std::io::Error::other("not a file"),
            }),
            Err(source) => Err(InferError::ModelFile { path: path.to_owned(), source }),
        },
    }
}
