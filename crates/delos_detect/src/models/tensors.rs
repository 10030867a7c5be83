//! Whether a network has the tensors its card describes.

use super::pillar_tensors::{Tensors, check_pillar_tensors};
use super::{Decoder, InputContent, ModelCard, OutputContent, RasterKind, RowsCard};
use crate::DetectError;
use crate::lidar::network::{BOX_PLANES, FEATURES};
use delos_infer::{Session, TensorInfo};

/// Checks that an opened network has the card's input and output, of type `f32` (for images also `f16`), and
/// that they can have the shapes that the card and the input size `[width, height]` (for a LiDAR
/// network the cells along x and y) imply.
///
/// # Errors
/// [`DetectError::Tensor`] with the tensor, what the card says and what the file has.
pub fn check_tensors(
    card: &ModelCard,
    size: [u32; 2],
    session: &Session,
) -> Result<(), DetectError> {
    check(card, size, 1, session.inputs(), session.outputs())
}

/// The same for a camera network that takes so many images in one run.
///
/// # Errors
/// The same.
pub(crate) fn check_batch(
    card: &ModelCard,
    size: [u32; 2],
    images: usize,
    session: &Session,
) -> Result<(), DetectError> {
    check(card, size, images, session.inputs(), session.outputs())
}

/// Shape of the input for `size`: `[1, 3, H, W]` for images, `[1, 22, ny, nx]` for scans as a
/// raster, `[1, channels, ny, nx]` for scans as pillars behind a file of their own.
pub(crate) fn input_shape(card: &ModelCard, size: [u32; 2]) -> [usize; 4] {
    let planes = match &card.input.content {
        InputContent::Image(_) => 3,
        InputContent::Raster(raster) => match raster.kind {
            RasterKind::Cells22 => FEATURES,
        },
        InputContent::Pillars(pillars) => {
            pillars.encoder.as_ref().map_or(0, |encoder| encoder.channels as usize)
        }
    };
    [1, planes, size[1] as usize, size[0] as usize]
}

/// Shape of a camera network's output for `size`.
pub(crate) fn rows_shape(rows: &RowsCard, size: [u32; 2], classes: usize) -> [usize; 3] {
    let cells = |stride: &u32| (size[0] / stride) as usize * (size[1] / stride) as usize;
    let count = rows.strides.iter().map(cells).sum();
    match rows.decoder {
        Decoder::Yolox => [1, count, 5 + classes],
        Decoder::Yolov8 => [1, 4 + classes, count],
    }
}

fn check(
    card: &ModelCard,
    size: [u32; 2],
    images: usize,
    inputs: &[TensorInfo],
    outputs: &[TensorInfo],
) -> Result<(), DetectError> {
    let classes = card
        .classes
        .map()
        .map_err(|cause| DetectError::Card { place: card.name.clone(), cause })?
        .len();
    if matches!(card.input.content, InputContent::Pillars(_)) {
        return check_pillar_tensors(card, Tensors { inputs, outputs }, None);
    }
    let mut input = input_shape(card, size);
    input[0] = images;
    check_side(card, "input", &card.input.name, &input, inputs)?;
    if inputs.len() > 1 {
        let wanted = format!("`{}` alone", card.input.name);
        return Err(mismatch(card, "input", wanted, inputs));
    }
    let output = match &card.output.content {
        OutputContent::Rows(rows) => {
            let [_, rows, columns] = rows_shape(rows, size, classes);
            vec![images, rows, columns]
        }
        OutputContent::Centres(centres) => {
            let [columns, rows] = size.map(|side| (side / centres.stride.max(1)) as usize);
            vec![1, classes + BOX_PLANES, rows, columns]
        }
        OutputContent::Anchors(_) | OutputContent::Heatmap(_) => return Ok(()),
    };
    check_side(card, "output", &card.output.name, &output, outputs)
}

pub(super) fn check_side(
    card: &ModelCard,
    side: &'static str,
    name: &str,
    shape: &[usize],
    tensors: &[TensorInfo],
) -> Result<(), DetectError> {
    let is_image = matches!(card.input.content, InputContent::Image(_));
    let fits = |tensor: &TensorInfo| {
        tensor.name == name
            && (tensor.element == "f32" || (is_image && tensor.element == "f16"))
            // Some exporters leave the shape of outputs out altogether.
            && (tensor.accepts(shape) || (side == "output" && tensor.shape.is_empty()))
    };
    if tensors.iter().any(fits) {
        return Ok(());
    }
    Err(mismatch(card, side, format!("`{name}` f32{shape:?}"), tensors))
}

pub(super) fn mismatch(
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
        let rows = |card: &ModelCard| card.rows().expect("a camera's").clone();
        assert_eq!(rows_shape(&rows(&card), [416, 416], 80), [1, 3549, 85]);
        assert_eq!(input_shape(&card, [1248, 384]), [1, 3, 384, 1248]);
        let v8 = ModelStore::default().card("yolov8n").expect("a shipped card").clone();
        assert_eq!(rows_shape(&rows(&v8), [640, 640], 80), [1, 84, 8400]);
    }

    #[test]
    fn the_tensor_of_a_lidar_network_that_differs_is_named() {
        let card = ModelStore::default().card("delos_lidar").expect("a shipped card").clone();
        let free = |planes| [Some(1), Some(planes), None, None];
        let run = |input: &TensorInfo, output: &TensorInfo| {
            check(&card, [216, 248], 1, std::slice::from_ref(input), std::slice::from_ref(output))
        };
        let (features, output) = (tensor("features", &free(22)), tensor("output", &free(15)));
        assert!(run(&features, &output).is_ok());
        let half = TensorInfo { element: "f16".into(), ..features.clone() };
        let small = tensor("output", &[Some(1), Some(15), Some(62), Some(54)]);
        for (input, output, wanted) in [
            (&tensor("features", &free(9)), &output, "input `features` f32[1, 22, 248, 216]"),
            (&half, &output, "`features` f16[1, 22, ?, ?]"),
            (&features, &tensor("output", &free(14)), "output `output` f32[1, 15, 124, 108]"),
            (&features, &small, "the file has `output` f32[1, 15, 62, 54]"),
            (&features, &tensor("planes", &free(15)), "`planes`"),
        ] {
            let message = run(input, output).expect_err("refused").to_string();
            assert!(message.contains(wanted), "{message}");
        }
    }

    #[test]
    fn the_tensor_that_differs_is_named() {
        let images = tensor("images", &[None, Some(3), None, None]);
        let output = tensor("output", &[None, None, Some(85)]);
        let run = |input: &TensorInfo, output: &TensorInfo| {
            check(&nano(), [416, 416], 1, std::slice::from_ref(input), std::slice::from_ref(output))
        };
        assert!(run(&images, &output).is_ok());
        let of = |element: &str| TensorInfo { element: element.into(), ..images.clone() };
        assert!(run(&of("f16"), &output).is_ok());
        let double = of("f64");
        for (input, output, wanted) in [
            (&tensor("input", &images.shape), &output, "input `images` f32[1, 3, 416, 416]"),
            (&double, &output, "`images` f64[?, 3, ?, ?]"),
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
