//! Tensors in fixed memory.

use crate::InferError;
use crate::gpu::{Accelerator, DeviceBuffer};
use std::fmt;

/// Which tensor of a network is meant, and the shape it always has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorShape<'a> {
    /// Its name.
    pub name: &'a str,
    /// Size of each dimension; row-major.
    pub shape: &'a [usize],
}

impl TensorShape<'_> {
    /// Number of values; `None` where there are none or too many.
    pub(super) fn len(&self) -> Option<usize> {
        let product =
            self.shape.iter().try_fold(1_usize, |product, side| product.checked_mul(*side));
        product.filter(|len| *len > 0)
    }
}

impl fmt::Display for TensorShape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {:?}", self.name, self.shape)
    }
}

/// A tensor in fixed memory, by the type of its numbers.
#[derive(Debug)]
pub enum BoundTensor<A: Accelerator> {
    /// `f32`.
    F32(A::Buffer<f32>),
    /// Bits of half floats.
    F16(A::Buffer<u16>),
    /// `i32`.
    I32(A::Buffer<i32>),
    /// `i64`.
    I64(A::Buffer<i64>),
}

/// A type of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    F32,
    F16,
    I32,
    I64,
}

impl Element {
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::F16 => 2,
            Self::F32 | Self::I32 => 4,
            Self::I64 => 8,
        }
    }
}

impl<A: Accelerator> BoundTensor<A> {
    /// A tensor of so many numbers of a type, in ONNX's words; `None` for other types.
    pub(super) fn new(on: &A, element: &str, len: usize) -> Result<Option<Self>, InferError> {
        Ok(Some(match element {
            "f32" => Self::F32(on.buffer(len)?),
            "f16" => Self::F16(on.buffer(len)?),
            "i32" => Self::I32(on.buffer(len)?),
            "i64" => Self::I64(on.buffer(len)?),
            _ => return Ok(None),
        }))
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(buffer) => buffer.len(),
            Self::F16(buffer) => buffer.len(),
            Self::I32(buffer) => buffer.len(),
            Self::I64(buffer) => buffer.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn address(&self) -> u64 {
        match self {
            Self::F32(buffer) => buffer.address(),
            Self::F16(buffer) => buffer.address(),
            Self::I32(buffer) => buffer.address(),
            Self::I64(buffer) => buffer.address(),
        }
    }

    pub(super) const fn element(&self) -> Element {
        match self {
            Self::F32(_) => Element::F32,
            Self::F16(_) => Element::F16,
            Self::I32(_) => Element::I32,
            Self::I64(_) => Element::I64,
        }
    }
}
