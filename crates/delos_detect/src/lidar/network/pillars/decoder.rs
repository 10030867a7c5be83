//! A network's outputs, handed to the decoder of its card.

use super::{AnchorDecoder, HeadPlanes, HeatmapDecoder, NetworkFrame};
use crate::DetectError;
use crate::models::{
    AnchorCard, HeadCard, HeatmapCard, ModelCard, OutputContent, Planes, Thresholds, cells_shape,
};
use delos_core::Detection3d;
use delos_infer::{Outputs, TensorView};

/// The decoder of a card.
#[derive(Debug)]
pub(super) enum Decoder {
    Anchors(AnchorDecoder),
    Heatmap(HeatmapDecoder),
}

impl Decoder {
    pub(super) fn new(card: &ModelCard, thresholds: Thresholds) -> Result<Self, DetectError> {
        if let Some(decoder) = AnchorDecoder::new(card, thresholds)? {
            return Ok(Self::Anchors(decoder));
        }
        let heatmap = HeatmapDecoder::new(card, thresholds)?.map(Self::Heatmap);
        heatmap.ok_or_else(|| card.other_answer())
    }

    /// Boxes out of the outputs, which must have the shapes of the card.
    pub(super) fn decode(
        &mut self,
        card: &ModelCard,
        outputs: &Outputs<'_>,
        frame: &NetworkFrame,
        out: &mut Vec<Detection3d>,
    ) -> Result<(), DetectError> {
        match (self, &card.output.content) {
            (Self::Anchors(decoder), OutputContent::Anchors(anchors)) => {
                let tensors = anchor_tensors(card, anchors, outputs)?;
                decoder.decode(tensors, frame, out);
            }
            (Self::Heatmap(decoder), OutputContent::Heatmap(heatmap)) => {
                let heads = heatmap.heads.iter();
                let planes = heads.map(|head| head_planes(card, heatmap, head, outputs));
                decoder.decode(&planes.collect::<Result<Vec<_>, _>>()?, frame, out);
            }
            _ => out.clear(),
        }
        Ok(())
    }
}

/// Scores, boxes and directions.
fn anchor_tensors<'a>(
    card: &ModelCard,
    anchors: &AnchorCard,
    outputs: &'a Outputs<'_>,
) -> Result<[&'a [f32]; 3], DetectError> {
    let per_cell = anchors.per_cell();
    let classes = card.class_count()?;
    let tensor = |name: &str, numbers: usize| {
        let shape =
            cells_shape(anchors.layout, per_cell * numbers, anchors.stride, card.input.size);
        whole(card, name, &shape, outputs.get(name)?)
    };
    let directions = match &anchors.directions {
        Some(directions) => tensor(&directions.name, directions.bins as usize)?,
        None => &[],
    };
    let boxes = tensor(&anchors.boxes, anchors.numbers as usize)?;
    Ok([tensor(&anchors.scores, classes)?, boxes, directions])
}

fn head_planes<'a>(
    card: &ModelCard,
    heatmap: &HeatmapCard,
    head: &HeadCard,
    outputs: &'a Outputs<'_>,
) -> Result<HeadPlanes<'a>, DetectError> {
    let size = card.input.size;
    let some = |planes: &Planes, count: usize| {
        let view = outputs.get(&planes.tensor)?;
        let first = planes.first.unwrap_or(0) as usize;
        // A tensor of which some planes are meant may have more of them.
        let held = view.shape.get(1).map_or(0, |held| usize::try_from(*held).unwrap_or(0));
        let least = first + count;
        let numbers = if planes.first.is_some() { held.max(least) } else { least };
        let shape = cells_shape(crate::models::CellLayout::Chw, numbers, heatmap.stride, size);
        let area = shape[2] * shape[3];
        whole(card, &planes.tensor, &shape, view).map(|all| &all[first * area..least * area])
    };
    Ok(HeadPlanes {
        heat: some(&head.heat, head.classes as usize)?,
        offset: some(&head.offset, 2)?,
        height: some(&head.height, 1)?,
        size: some(&head.size, 3)?,
        turn: some(&head.turn, 2)?,
    })
}

/// The numbers of a tensor that has this shape.
pub(super) fn whole<'a>(
    card: &ModelCard,
    name: &str,
    shape: &[usize],
    view: TensorView<'a>,
) -> Result<&'a [f32], DetectError> {
    let got = view.shape.iter().map(|side| usize::try_from(*side).ok());
    if got.eq(shape.iter().copied().map(Some)) {
        return Ok(view.data);
    }
    Err(DetectError::Tensor {
        card: card.name.clone(),
        side: "output",
        wanted: format!("`{name}` f32{shape:?}"),
        got: format!("f32{:?}", view.shape),
    })
}
