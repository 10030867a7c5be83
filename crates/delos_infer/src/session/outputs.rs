//! What a network returned, borrowed.

use crate::InferError;
use half::f16;
use half::slice::HalfFloatSliceExt;
use ort::session::SessionOutputs;
use ort::value::DynValue;

/// The outputs of one run; they borrow ONNX Runtime's memory.
#[derive(Debug)]
pub struct Outputs<'a> {
    values: SessionOutputs<'a>,
    model: &'a str,
}

/// A tensor of `f32`, row-major.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TensorView<'a> {
    /// Size of each dimension.
    pub shape: &'a [i64],
    /// The numbers.
    pub data: &'a [f32],
}

impl<'a> Outputs<'a> {
    pub(crate) const fn new(values: SessionOutputs<'a>, model: &'a str) -> Self {
        Self { values, model }
    }

    /// The output of this name, which must hold `f32`.
    ///
    /// # Errors
    /// [`InferError::TensorName`] when there is no such output, [`InferError::OutputType`]
    /// when it holds something else than `f32`.
    pub fn get(&self, name: &str) -> Result<TensorView<'_>, InferError> {
        f32_of(name, self.value(name)?)
    }

    /// The same for an output of `f32` or `f16`, which is widened into `room`.
    ///
    /// # Errors
    /// As [`Outputs::get`].
    pub fn widened<'r>(
        &'r self,
        name: &str,
        room: &'r mut Vec<f32>,
    ) -> Result<TensorView<'r>, InferError> {
        let value = self.value(name)?;
        if let Ok((shape, data)) = value.try_extract_tensor::<f32>() {
            return Ok(TensorView { shape, data });
        }
        match value.try_extract_tensor::<f16>() {
            Ok((shape, halves)) => {
                room.resize(halves.len(), 0.0);
                halves.convert_to_f32_slice(room);
                Ok(TensorView { shape, data: room })
            }
            Err(_neither) => f32_of(name, value),
        }
    }

    fn value(&self, name: &str) -> Result<&DynValue, InferError> {
        self.values.get(name).ok_or_else(|| InferError::TensorName {
            model: self.model.to_owned(),
            side: "output",
            wanted: name.to_owned(),
            known: self.values.keys().collect::<Vec<_>>().join(", "),
        })
    }
}

fn f32_of<'a>(name: &str, value: &'a DynValue) -> Result<TensorView<'a>, InferError> {
    match value.try_extract_tensor::<f32>() {
        Ok((shape, data)) => Ok(TensorView { shape, data }),
        Err(error) => {
            let cause = error.message().to_owned();
            Err(InferError::OutputType { name: name.to_owned(), cause })
        }
    }
}
