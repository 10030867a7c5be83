//! What a network returned, borrowed.

use crate::InferError;
use ort::session::SessionOutputs;

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
        let value = self.values.get(name).ok_or_else(|| InferError::TensorName {
            model: self.model.to_owned(),
            side: "output",
            wanted: name.to_owned(),
            known: self.values.keys().collect::<Vec<_>>().join(", "),
        })?;
        match value.try_extract_tensor::<f32>() {
            Ok((shape, data)) => Ok(TensorView { shape, data }),
            Err(error) => {
                let cause = error.message().to_owned();
                Err(InferError::OutputType { name: name.to_owned(), cause })
            }
        }
    }
}
