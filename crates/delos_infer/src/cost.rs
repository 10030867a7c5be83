//! What a network has to do for one input: counted, not guessed.

mod profile;

use crate::session::{Model, name_of};
use crate::{InferError, Runtime};
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{Session, SessionInputValue};
use ort::value::{Tensor, TensorElementType, ValueType};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What a network has to do at least for one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cost {
    /// Multiplications and additions of convolutions and matrix products, each counted by itself
    /// (two for one "multiply-add"), as papers count "FLOPs". All else in a network is small.
    pub operations: u64,
    /// Bytes of weights, inputs and outputs: what memory must deliver or take even where
    /// everything between is kept close by.
    pub bytes: u64,
}

impl Cost {
    /// Counts the work of `model` for inputs of these shapes, each by its name: the network runs
    /// once on zeros, on the processor, with nothing fused, and ONNX Runtime writes down the shapes
    /// that each operator met.
    ///
    /// # Errors
    /// [`InferError::Model`] when the file is no network, [`InferError::Cost`] when it does not run on
    /// such inputs or the account cannot be read.
    pub fn of(
        runtime: &Runtime,
        model: Model<'_>,
        inputs: &[(&str, &[usize])],
    ) -> Result<Self, InferError> {
        let name = name_of(model)?;
        let failed = |cause: String| InferError::Cost { model: name.clone(), cause };
        let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        let prefix = folder.path().join("profile");
        let mut session = open(runtime, model, &prefix).map_err(|error| InferError::Model {
            model: name.clone(),
            cause: error.message().trim().to_owned(),
        })?;
        let outside = account(&mut session, inputs).map_err(|error| failed(error.to_string()))?;
        let file = session.end_profiling().map_err(|error| failed(error.to_string()))?;
        let text = std::fs::read(&file).map_err(|error| failed(error.to_string()))?;
        let Self { operations, bytes } = profile::read(&text).map_err(failed)?;
        Ok(Self { operations, bytes: bytes.saturating_add(outside) })
    }
}

fn open(runtime: &Runtime, model: Model<'_>, prefix: &std::path::Path) -> ort::Result<Session> {
    let mut builder = Session::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::Disable)?
        .with_intra_threads(1)?
        .with_inter_threads(1)?
        .with_profiling(prefix)?;
    match model {
        Model::File(path) => builder.commit_from_file(path),
        Model::Bytes(bytes) => builder.commit_from_memory(bytes),
    }
}

/// Runs the network once on zeros; returns the bytes of its inputs and outputs.
fn account(session: &mut Session, inputs: &[(&str, &[usize])]) -> ort::Result<u64> {
    let mut values = Vec::with_capacity(inputs.len());
    let mut bytes = 0_u64;
    for (name, shape) in inputs {
        let element = element_of(session, name);
        bytes += (shape.iter().product::<usize>() * element.byte_size(1).unwrap_or(0)) as u64;
        values.push((Cow::Borrowed(*name), zeros(element, shape)?));
    }
    let outputs = session.run(values)?;
    let of = |value: &ort::value::ValueRef<'_>| match value.dtype() {
        ValueType::Tensor { ty, shape, .. } => ty.byte_size(shape.num_elements()).unwrap_or(0),
        _ => 0,
    };
    Ok(bytes + outputs.iter().map(|(_, value)| of(&value) as u64).sum::<u64>())
}

fn element_of(session: &Session, name: &str) -> TensorElementType {
    let input = session.inputs().iter().find(|input| input.name() == name);
    match input.map(ort::value::Outlet::dtype) {
        Some(ValueType::Tensor { ty, .. }) => *ty,
        _ => TensorElementType::Float32,
    }
}

fn zeros(element: TensorElementType, shape: &[usize]) -> ort::Result<SessionInputValue<'static>> {
    fn of<T>(shape: &[usize]) -> ort::Result<SessionInputValue<'static>>
    where
        T: ort::value::PrimitiveTensorElementType + Clone + Default + std::fmt::Debug + 'static,
    {
        let len = shape.iter().product();
        Ok(Tensor::from_array((shape, vec![T::default(); len]))?.into())
    }
    match element {
        TensorElementType::Float16 => of::<half::f16>(shape),
        TensorElementType::Int32 => of::<i32>(shape),
        TensorElementType::Int64 => of::<i64>(shape),
        _ => of::<f32>(shape),
    }
}
