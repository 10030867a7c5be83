//! Names, types and shapes of what goes into a network and comes out of it.

use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};
use std::fmt;

/// An input or output of a network, as the model file declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    /// Name.
    pub name: String,
    /// Element type as ONNX calls it, for example `f32`; `sequence` and the like for what
    /// is not a tensor.
    pub element: String,
    /// Size of each dimension, `None` where it is free.
    pub shape: Vec<Option<u64>>,
}

impl TensorInfo {
    /// Whether a tensor of this shape fits: same rank, equal wherever the size is fixed.
    pub fn accepts(&self, shape: &[usize]) -> bool {
        self.shape.len() == shape.len()
            && self
                .shape
                .iter()
                .zip(shape)
                .all(|(wanted, got)| wanted.is_none_or(|wanted| wanted == *got as u64))
    }
}

/// Bits of the half floats nearest to numbers, ties to even; `out` gets their length.
pub fn halves(numbers: &[f32], out: &mut Vec<u16>) {
    out.resize(numbers.len(), 0);
    out.reinterpret_cast_mut::<f16>().convert_from_f32_slice(numbers);
}

impl fmt::Display for TensorInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dimensions: Vec<_> = self
            .shape
            .iter()
            .map(|size| size.map_or_else(|| "?".to_owned(), |size| size.to_string()))
            .collect();
        write!(f, "`{}` {}[{}]", self.name, self.element, dimensions.join(", "))
    }
}

impl From<&ort::value::Outlet> for TensorInfo {
    fn from(outlet: &ort::value::Outlet) -> Self {
        let element = match outlet.dtype().tensor_type() {
            Some(element) => element.to_string(),
            None => format!("{}", outlet.dtype()),
        };
        let shape = outlet.dtype().tensor_shape().map_or_else(Vec::new, |shape| {
            shape.iter().map(|size| u64::try_from(*size).ok()).collect()
        });
        Self { name: outlet.name().to_owned(), element, shape }
    }
}

/// The tensors of one side of a network, in words.
pub(crate) fn in_words(tensors: &[TensorInfo]) -> String {
    tensors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_the_nearest_halves() {
        let mut out = vec![7; 9];
        halves(&[1.0, -2.0, 65504.0, 1.0e9, 0.1, 1.0 + 1.0 / 2048.0, 6.0e-8], &mut out);
        assert_eq!(out, [0x3c00, 0xc000, 0x7bff, 0x7c00, 0x2e66, 0x3c00, 0x0001]);
    }

    #[test]
    fn fixed_dimensions_must_match_and_free_ones_need_not() {
        let images = TensorInfo {
            name: "images".into(),
            element: "f32".into(),
            shape: vec![None, Some(3), None, None],
        };
        for (shape, wanted) in [
            (&[1, 3, 416, 416][..], true),
            (&[2, 3, 32, 64], true),
            (&[1, 4, 416, 416], false),
            (&[3, 416, 416], false),
        ] {
            assert_eq!(images.accepts(shape), wanted, "{shape:?}");
        }
        assert_eq!(images.to_string(), "`images` f32[?, 3, ?, ?]");
    }
}
