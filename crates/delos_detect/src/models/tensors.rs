//! Whether a network has the tensors its card describes.

use super::{Decoder, ModelCard};
use crate::DetectError;
use delos_infer::{Session, TensorInfo};

/// Checks that an opened network has the card's input and output, of type `f32`, and that
/// they can have the shapes that the card and the input size `[width, height]` imply.
///
/// # Errors
/// [`DetectError::Tensor`] with the tensor, what the card says and what the file has.
pub fn check_tensors(
    card: &ModelCard,
    size: [u32; 2],
    session: &Session,
) -> Result<(), DetectError> {
    check(card, size, session.inputs(), session.outputs())
}

/// Shape of the input for `size`: `[1, 3, H, W]`.
pub(crate) fn input_shape(size: [u32; 2]) -> [usize; 4] {
    [1, 3, size[1] as usize, size[0] as usize]
}

/// Shape of the output for `size`.
pub(crate) fn output_shape(card: &ModelCard, size: [u32; 2], classes: usize) -> [usize; 3] {
    let cells = |stride: &u32| (size[0] / stride) as usize * (size[1] / stride) as usize;
    let rows = card.output.strides.iter().map(cells).sum();
    match card.output.decoder {
        Decoder::Yolox => [1, rows, 5 + classes],
        Decoder::Yolov8 => [1, 4 + classes, rows],
    }
}

fn check(
    card: &ModelCard,
    size: [u32; 2],
    inputs: &[TensorInfo],
    outputs: &[TensorInfo],
) -> Result<(), DetectError> {
    let classes = card
        .classes
        .map()
        .map_err(|cause| DetectError::Card { place: card.name.clone(), cause })?
        .len();
    let input = input_shape(size);
    let output = output_shape(card, size, classes);
    check_side(card, "input", &card.input.name, &input, inputs)?;
    if inputs.len() > 1 {
        let wanted = format!("`{}` alone", card.input.name);
        return Err(mismatch(card, "input", wanted, inputs));
    }
    check_side(card, "output", &card.output.name, &output, outputs)
}

fn check_side(
    card: &ModelCard,
    side: &'static str,
    name: &str,
    shape: &[usize],
    tensors: &[TensorInfo],
) -> Result<(), DetectError> {
    let fits = |tensor: &TensorInfo| {
        tensor.name == name
            && tensor.element == "f32"
            // Some exporters leave the shape of outputs out altogether.
            && (tensor.accepts(shape) || (side == "output" && tensor.shape.is_empty()))
    };
    if tensors.iter().any(fits) {
        return Ok(());
    }
    Err(mismatch(card, side, format!("`{name}` f32{shape:?}"), tensors))
}

fn mismatch(
    card: &ModelCard,
    side: &'static str,
    wanted: String,
    tensors: &[TensorInfo],
) -> DetectError {
    let got = tensors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    DetectError::Tensor { card: card.name.clone(), side, wanted, got }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelStore;

    fn tensor(name: &str, shape: &[Option<u64>]) -> TensorInfo {
        TensorInfo { name: name.into(), element: "f32".into(), shape: shape.to_vec() }
    }

    fn nano() -> ModelCard {
        ModelStore::default().card("yolox_nano").expect("a shipped card").clone()
    }

    #[test]
    fn shapes_follow_from_the_size() {
        let card = nano();
        assert_eq!(output_shape(&card, [416, 416], 80), [1, 3549, 85]);
        assert_eq!(input_shape([1248, 384]), [1, 3, 384, 1248]);
        let v8 = ModelStore::default().card("yolov8n").expect("a shipped card").clone();
        assert_eq!(output_shape(&v8, [640, 640], 80), [1, 84, 8400]);
    }

    #[test]
    fn the_tensor_that_differs_is_named() {
        let images = tensor("images", &[None, Some(3), None, None]);
        let output = tensor("output", &[None, None, Some(85)]);
        let run = |input: &TensorInfo, output: &TensorInfo| {
            check(&nano(), [416, 416], std::slice::from_ref(input), std::slice::from_ref(output))
        };
        assert!(run(&images, &output).is_ok());
        let half = TensorInfo { element: "f16".into(), ..images.clone() };
        for (input, output, wanted) in [
            (&tensor("input", &images.shape), &output, "input `images` f32[1, 3, 416, 416]"),
            (&half, &output, "`images` f16[?, 3, ?, ?]"),
            (&tensor("images", &[None, Some(3), Some(640), Some(640)]), &output, "640"),
            (
                &images,
                &tensor("output", &[None, None, Some(25)]),
                "output `output` f32[1, 3549, 85]",
            ),
        ] {
            let message = run(input, output).expect_err("refused").to_string();
            assert!(message.contains(wanted), "{message}");
        }
    }
}
