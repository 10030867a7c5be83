//! What a network is given, borrowed.

use half::f16;
use half::slice::HalfBitsSliceExt;
use ort::session::SessionInputValue;
use ort::value::TensorRef;

/// One input of a run, row-major, borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input<'a> {
    /// Name of the input.
    pub name: &'a str,
    /// Size of each dimension; their product is the number of values.
    pub shape: &'a [usize],
    /// The values.
    pub data: Numbers<'a>,
}

/// Values of an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Numbers<'a> {
    /// `f32`.
    F32(&'a [f32]),
    /// Bits of half floats.
    F16(&'a [u16]),
    /// `i32`.
    I32(&'a [i32]),
    /// `i64`.
    I64(&'a [i64]),
}

impl Numbers<'_> {
    /// How many there are.
    pub const fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F16(values) => values.len(),
            Self::I32(values) => values.len(),
            Self::I64(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type, as ONNX calls it.
    pub const fn element(&self) -> &'static str {
        match self {
            Self::F32(_) => "f32",
            Self::F16(_) => "f16",
            Self::I32(_) => "i32",
            Self::I64(_) => "i64",
        }
    }
}

impl<'a> Input<'a> {
    /// The input as ONNX Runtime takes it, not copied.
    pub(super) fn value(&self) -> ort::Result<SessionInputValue<'a>> {
        Ok(match self.data {
            Numbers::F32(data) => TensorRef::from_array_view((self.shape, data))?.into(),
            Numbers::F16(bits) => {
                let data: &[f16] = bits.reinterpret_cast();
                TensorRef::from_array_view((self.shape, data))?.into()
            }
            Numbers::I32(data) => TensorRef::from_array_view((self.shape, data))?.into(),
            Numbers::I64(data) => TensorRef::from_array_view((self.shape, data))?.into(),
        })
    }
}
