//! A network of one size becomes one of any size.

mod wire;

use super::ModelCard;
use crate::DetectError;
use std::collections::BTreeSet;
use wire::{Change, Field, Value, fields, put_bytes, rewrite};

// Numbers of the fields, after `onnx/onnx.proto` (onnx/onnx, v1.7.0).
const MODEL_GRAPH: u64 = 7;
const GRAPH_NODE: u64 = 1;
const GRAPH_INITIALIZER: u64 = 5;
const GRAPH_INPUT: u64 = 11;
const GRAPH_OUTPUT: u64 = 12;
const GRAPH_VALUE_INFO: u64 = 13;
const NODE_INPUT: u64 = 1;
const NODE_OPERATOR: u64 = 4;
const VALUE_NAME: u64 = 1;
const VALUE_TYPE: u64 = 2;
const TYPE_TENSOR: u64 = 1;
const TENSOR_TYPE_SHAPE: u64 = 2;
const SHAPE_DIM: u64 = 1;
const DIM_NAME: u64 = 2;
const TENSOR_DATA_TYPE: u64 = 2;
const TENSOR_NAME: u64 = 8;
const TENSOR_RAW: u64 = 9;
const INT64: u64 = 7;

/// Names of the axes `[N, C, H, W]` of the input and `[N, rows, columns]` of the output; `None`
/// keeps its length.
const INPUT_AXES: [Option<&str>; 4] = [Some("N"), None, Some("H"), Some("W")];
const OUTPUT_AXES: [Option<&str>; 3] = [Some("N"), Some("A"), None];

/// Makes batch, height and width of an ONNX network free: the axes of the card's input `[N, C, H, W]`
/// and output `[N, rows, columns]` lose their lengths, a `Reshape` to `[1, .., -1]` becomes one to
/// `[0, .., -1]` (0: as many as come in), and the lengths of the tensors in between, which ONNX
/// Runtime finds by itself, are left out. All other bytes, the weights among them, stay as they are.
///
/// # Errors
/// [`DetectError::FreeAxes`] when it is no network, has no such input or output, or has a size
/// written into a `Reshape` or `Resize`.
pub fn free_axes(network: &[u8], card: &ModelCard) -> Result<Vec<u8>, DetectError> {
    freed(network, &card.input.name, &card.output.name)
        .map_err(|reason| DetectError::FreeAxes { card: card.name.clone(), reason })
}

fn freed(network: &[u8], input: &str, output: &str) -> Result<Vec<u8>, String> {
    let mut graphs = 0;
    let freed = rewrite(network, |field| {
        let Some(graph) = field.bytes_of(MODEL_GRAPH) else { return Ok(Change::Keep) };
        graphs += 1;
        free_graph(graph, input, output).map(Change::Bytes)
    })?;
    if graphs == 1 { Ok(freed) } else { Err("it is no network".to_owned()) }
}

fn free_graph(graph: &[u8], input: &str, output: &str) -> Result<Vec<u8>, String> {
    let shapes = shapes_of_reshapes(graph)?;
    let (mut inputs, mut outputs) = (0, 0);
    let freed = rewrite(graph, |field| match (field.number, field.value) {
        (GRAPH_INPUT, Value::Bytes(value)) if is_named(value, VALUE_NAME, input)? => {
            inputs += 1;
            free_value(value, &INPUT_AXES).map(Change::Bytes)
        }
        (GRAPH_OUTPUT, Value::Bytes(value)) if is_named(value, VALUE_NAME, output)? => {
            outputs += 1;
            free_value(value, &OUTPUT_AXES).map(Change::Bytes)
        }
        (GRAPH_INITIALIZER, Value::Bytes(tensor)) => match name(tensor, TENSOR_NAME)? {
            name if shapes.contains(name) => free_batch(tensor).map(Change::Bytes),
            _ => Ok(Change::Keep),
        },
        (GRAPH_VALUE_INFO, _) => Ok(Change::Drop),
        _ => Ok(Change::Keep),
    })?;
    match (inputs, outputs) {
        (1, 1) => Ok(freed),
        _ => Err(format!("it has not the input `{input}` and the output `{output}`")),
    }
}

/// Names of the tensors that say what shape a `Reshape` makes.
fn shapes_of_reshapes(graph: &[u8]) -> Result<BTreeSet<&[u8]>, String> {
    let mut shapes = BTreeSet::new();
    for field in fields(graph) {
        let Some(node) = field?.bytes_of(GRAPH_NODE) else { continue };
        let inputs = all(node, NODE_INPUT)?;
        match name(node, NODE_OPERATOR)? {
            b"Reshape" => shapes.extend(inputs.get(1)),
            // The fourth input is the size of what comes out, the third how much larger it is.
            b"Resize" if inputs.get(3).is_some_and(|size| !size.is_empty()) => {
                return Err("a Resize has its size written into it".to_owned());
            }
            _ => {}
        }
    }
    Ok(shapes)
}

/// Makes axes of a graph's input or output free.
fn free_value(value: &[u8], axes: &[Option<&str>]) -> Result<Vec<u8>, String> {
    let mut place = 0;
    let freed = within(value, &[VALUE_TYPE, TYPE_TENSOR, TENSOR_TYPE_SHAPE], &mut |field| {
        if field.number != SHAPE_DIM {
            return Ok(Change::Keep);
        }
        place += 1;
        Ok(match axes.get(place - 1).copied().flatten() {
            Some(axis) => {
                let mut dim = Vec::new();
                put_bytes(&mut dim, DIM_NAME, axis.as_bytes());
                Change::Bytes(dim)
            }
            None => Change::Keep,
        })
    })?;
    if place == axes.len() {
        Ok(freed)
    } else {
        Err(format!("a tensor has {place} axes, not {}", axes.len()))
    }
}

/// Changes fields of the message that lies at `path` within `message`.
fn within(
    message: &[u8],
    path: &[u64],
    change: &mut dyn FnMut(&Field<'_>) -> Result<Change, String>,
) -> Result<Vec<u8>, String> {
    let Some((first, rest)) = path.split_first() else { return rewrite(message, change) };
    rewrite(message, |field| match field.bytes_of(*first) {
        Some(inner) => within(inner, rest, change).map(Change::Bytes),
        None => Ok(Change::Keep),
    })
}

/// Makes the shape `[1, .., -1]` of a `Reshape` into `[0, .., -1]`.
fn free_batch(tensor: &[u8]) -> Result<Vec<u8>, String> {
    let is_int64 = |field: Field<'_>| {
        field.number == TENSOR_DATA_TYPE && matches!(field.value, Value::Whole(INT64))
    };
    let written = || "a Reshape has its size written into it".to_owned();
    if !fields(tensor).any(|field| field.is_ok_and(is_int64)) {
        return Err(written());
    }
    let mut changed = 0;
    let freed = rewrite(tensor, |field| {
        let Some(raw) = field.bytes_of(TENSOR_RAW) else { return Ok(Change::Keep) };
        let shape: Vec<i64> =
            raw.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
        match shape.as_slice() {
            [0 | 1, rest @ ..] if rest.contains(&-1) => {
                changed += 1;
                Ok(Change::Bytes([&0_i64.to_le_bytes(), raw.get(8..).unwrap_or_default()].concat()))
            }
            _ => Err(written()),
        }
    })?;
    if changed == 1 { Ok(freed) } else { Err(written()) }
}

fn is_named(message: &[u8], number: u64, wanted: &str) -> Result<bool, String> {
    Ok(name(message, number)? == wanted.as_bytes())
}

/// The text of field `number`; empty where there is none.
fn name(message: &[u8], number: u64) -> Result<&[u8], String> {
    Ok(all(message, number)?.first().copied().unwrap_or_default())
}

/// What every field `number` of a message holds.
fn all(message: &[u8], number: u64) -> Result<Vec<&[u8]>, String> {
    let mut found = Vec::new();
    for field in fields(message) {
        found.extend(field?.bytes_of(number));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
