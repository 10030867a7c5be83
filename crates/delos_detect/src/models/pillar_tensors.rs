//! Whether the files of a network of pillars have the tensors that its card describes.

use super::tensors::{check_side, mismatch};
use super::{
    AnchorCard, CellLayout, HeatmapCard, ModelCard, OutputContent, PillarCard, PillarLayout, Planes,
};
use crate::DetectError;
use delos_infer::TensorInfo;

/// Element types that whole numbers may have.
const WHOLE: [&str; 3] = ["i32", "i64", "f32"];

/// Inputs and outputs of one file.
#[derive(Clone, Copy)]
pub(crate) struct Tensors<'a> {
    pub(crate) inputs: &'a [TensorInfo],
    pub(crate) outputs: &'a [TensorInfo],
}

/// Checks the card's own file and, where it has one, that of its pillar feature net.
pub(crate) fn check_pillar_tensors(
    card: &ModelCard,
    main: Tensors<'_>,
    encoder: Option<Tensors<'_>>,
) -> Result<(), DetectError> {
    let pillars = card.pillars()?;
    match (&pillars.encoder, encoder) {
        (Some(wanted), Some(file)) => {
            check_points(card, pillars, file.inputs)?;
            check_features(card, pillars, &wanted.output, wanted.channels, file.outputs)?;
            let [columns, rows] = pillars.grid().map(|side| side as usize);
            let shape = [1, wanted.channels as usize, rows, columns];
            check_side(card, "input", &wanted.grid, &shape, main.inputs)?;
            alone(card, &[&wanted.grid], main.inputs)?;
        }
        _ => check_points(card, pillars, main.inputs)?,
    }
    match &card.output.content {
        OutputContent::Anchors(anchors) => check_anchors(card, anchors, main.outputs),
        OutputContent::Heatmap(heatmap) => check_heatmap(card, heatmap, main.outputs),
        _ => Ok(()),
    }
}

/// Shape of the points' tensor for so many pillars.
pub(crate) fn points_shape(pillars: &PillarCard, count: usize) -> Vec<usize> {
    let (points, features) = (pillars.points as usize, pillars.features.len());
    match pillars.layout {
        PillarLayout::Pnc => vec![count, points, features],
        PillarLayout::Cpn => vec![1, features, count, points],
    }
}

/// Shape of a tensor with so many numbers for each cell of the answer, for `stride`.
pub(crate) fn cells_shape(
    layout: CellLayout,
    numbers: usize,
    stride: u32,
    size: [u32; 2],
) -> [usize; 4] {
    let [columns, rows] = size.map(|side| (side / stride.max(1)) as usize);
    match layout {
        CellLayout::Hwc => [1, rows, columns, numbers],
        CellLayout::Chw => [1, numbers, rows, columns],
    }
}

/// The inputs out of points.
fn check_points(
    card: &ModelCard,
    pillars: &PillarCard,
    inputs: &[TensorInfo],
) -> Result<(), DetectError> {
    let count = pillars.pillars as usize;
    check_side(card, "input", &card.input.name, &points_shape(pillars, count), inputs)?;
    let mut names = vec![card.input.name.as_str()];
    if let Some(counts) = &pillars.counts {
        check_whole(card, counts, &[count], inputs)?;
        names.push(counts);
    }
    if let Some(cells) = &pillars.cells
        && (pillars.encoder.is_none() || inputs.iter().any(|tensor| tensor.name == cells.name))
    {
        check_whole(card, &cells.name, &[count, cells.order.len()], inputs)?;
        names.push(&cells.name);
    }
    alone(card, &names, inputs)
}

/// That nothing else must be given.
fn alone(card: &ModelCard, names: &[&str], inputs: &[TensorInfo]) -> Result<(), DetectError> {
    if inputs.len() == names.len() {
        return Ok(());
    }
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    Err(mismatch(card, "input", format!("{} alone", names.join(", ")), inputs))
}

fn check_whole(
    card: &ModelCard,
    name: &str,
    shape: &[usize],
    inputs: &[TensorInfo],
) -> Result<(), DetectError> {
    let fits = |tensor: &TensorInfo| {
        tensor.name == name && WHOLE.contains(&tensor.element.as_str()) && tensor.accepts(shape)
    };
    if inputs.iter().any(fits) {
        return Ok(());
    }
    let wanted = format!("`{name}` {}{shape:?}", WHOLE.join(" or "));
    Err(mismatch(card, "input", wanted, inputs))
}

/// The answer of the pillar feature net: `[P, channels]`, one dimension of 1 between or not.
fn check_features(
    card: &ModelCard,
    pillars: &PillarCard,
    name: &str,
    channels: u32,
    outputs: &[TensorInfo],
) -> Result<(), DetectError> {
    let (count, channels) = (pillars.pillars as usize, channels as usize);
    let between = check_side(card, "output", name, &[count, 1, channels], outputs);
    between.or_else(|_| check_side(card, "output", name, &[count, channels], outputs))
}

fn check_anchors(
    card: &ModelCard,
    anchors: &AnchorCard,
    outputs: &[TensorInfo],
) -> Result<(), DetectError> {
    let per_cell = anchors.per_cell();
    let classes = card.class_count()?;
    let mut wanted = vec![
        (&anchors.scores, per_cell * classes),
        (&anchors.boxes, per_cell * anchors.numbers as usize),
    ];
    if let Some(directions) = &anchors.directions {
        wanted.push((&directions.name, per_cell * directions.bins as usize));
    }
    for (name, numbers) in wanted {
        let shape = cells_shape(anchors.layout, numbers, anchors.stride, card.input.size);
        check_side(card, "output", name, &shape, outputs)?;
    }
    Ok(())
}

fn check_heatmap(
    card: &ModelCard,
    heatmap: &HeatmapCard,
    outputs: &[TensorInfo],
) -> Result<(), DetectError> {
    for head in &heatmap.heads {
        let fixed = [(&head.offset, 2), (&head.height, 1), (&head.size, 3), (&head.turn, 2)];
        let heat = [(&head.heat, head.classes as usize)];
        let velocity = head.velocity.iter().map(|planes| (planes, 2));
        for (planes, count) in heat.into_iter().chain(fixed).chain(velocity) {
            check_planes(card, heatmap.stride, planes, count, outputs)?;
        }
    }
    Ok(())
}

/// Planes of a tensor that may hold more.
fn check_planes(
    card: &ModelCard,
    stride: u32,
    planes: &Planes,
    count: usize,
    outputs: &[TensorInfo],
) -> Result<(), DetectError> {
    let least = planes.first.unwrap_or(0) as usize + count;
    let held = outputs.iter().find(|tensor| tensor.name == planes.tensor);
    let in_file = held.and_then(|tensor| *tensor.shape.get(1)?).map_or(least, |n| n as usize);
    // A tensor of which some planes are meant may have more of them.
    let numbers = if planes.first.is_some() { in_file.max(least) } else { least };
    let shape = cells_shape(CellLayout::Chw, numbers, stride, card.input.size);
    check_side(card, "output", &planes.tensor, &shape, outputs)
}

#[cfg(test)]
mod tests;
