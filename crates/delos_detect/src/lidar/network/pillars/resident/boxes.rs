//! The network's answer into boxes, on the device.

use super::super::{AnchorDecoder, HeatmapDecoder};
use super::given::Named;
use super::refused;
use crate::DetectError;
use crate::models::{
    AnchorCard, CellLayout, HeadCard, HeatmapCard, ModelCard, OutputContent, Planes, Thresholds,
    cells_shape,
};
use delos_core::Detection3d;
use delos_infer::gpu::{Cuda, CudaBuffer, GpuError};
use delos_infer::kernels::{
    AnchorKernels, AnchorTensors, FrameOfNetwork, HeadTensors, HeatmapKernels, MOST_HEADS,
    PlanesOf, Result3d,
};
use delos_infer::{Binding, BoundTensor, InferError, TensorInfo};

/// The decoder of a card, with the kernels that do its work and where they find the network's answers.
#[derive(Debug)]
pub(super) enum Boxes {
    Anchors(Box<Anchors>),
    Heatmap(Box<Heatmap>),
}

/// Outputs are scores, boxes and, where there are some, directions.
#[derive(Debug)]
pub(super) struct Anchors {
    decoder: AnchorDecoder,
    kernels: AnchorKernels<Cuda>,
}

#[derive(Debug)]
pub(super) struct Heatmap {
    decoder: HeatmapDecoder,
    kernels: HeatmapKernels<Cuda>,
    heads: Vec<[Place; 5]>,
}

/// Number of an output, and the first of the planes that are meant.
#[derive(Clone, Copy, Debug)]
struct Place {
    output: usize,
    first: usize,
}

impl Boxes {
    pub(super) fn new(
        on: &Cuda,
        card: &ModelCard,
        thresholds: Thresholds,
    ) -> Result<Self, DetectError> {
        if let Some(decoder) = AnchorDecoder::new(card, thresholds)? {
            let kernels = decoder.kernels(on)?;
            return Ok(Self::Anchors(Box::new(Anchors { decoder, kernels })));
        }
        let decoder = HeatmapDecoder::new(card, thresholds)?;
        let decoder = decoder.ok_or_else(|| card.other_answer())?;
        let kernels = decoder.kernels(on)?;
        Ok(Self::Heatmap(Box::new(Heatmap { decoder, kernels, heads: Vec::new() })))
    }

    /// The outputs that are read, of those that the network has, with their shapes.
    pub(super) fn find(
        &mut self,
        card: &ModelCard,
        known: &[TensorInfo],
    ) -> Result<Vec<Named>, DetectError> {
        match (self, &card.output.content) {
            (Self::Anchors(_), OutputContent::Anchors(anchors)) => anchor_outputs(card, anchors),
            (Self::Heatmap(heatmap), OutputContent::Heatmap(own)) => {
                let mut outputs = Vec::new();
                let heads = own.heads.iter();
                let heads = heads.map(|head| head_places(card, own, head, known, &mut outputs));
                heatmap.heads = heads.collect::<Result<_, _>>()?;
                Ok(outputs)
            }
            _ => Err(card.other_answer()),
        }
    }

    /// Writes the result of the network's answers.
    pub(super) fn launch(
        &mut self,
        on: &Cuda,
        network: &Binding<Cuda>,
        frame: &FrameOfNetwork,
        result: &mut CudaBuffer<Result3d>,
    ) -> Result<(), DetectError> {
        let done = match self {
            Self::Anchors(anchors) => anchors.launch(on, network, frame, result),
            Self::Heatmap(heatmap) => heatmap.launch(on, network, frame, result),
        };
        Ok(done.map_err(InferError::from)?)
    }

    /// The detections of a result.
    pub(super) fn detections(&self, result: &Result3d) -> Vec<Detection3d> {
        match self {
            Self::Anchors(anchors) => anchors.decoder.detections(result),
            Self::Heatmap(heatmap) => heatmap.decoder.detections(result),
        }
    }
}

impl Anchors {
    fn launch(
        &mut self,
        on: &Cuda,
        network: &Binding<Cuda>,
        frame: &FrameOfNetwork,
        result: &mut CudaBuffer<Result3d>,
    ) -> Result<(), GpuError> {
        let directions = network.output(2).map(|_| numbers(network, 2)).transpose()?;
        let (scores, boxes) = (numbers(network, 0)?, numbers(network, 1)?);
        self.kernels.launch(on, &AnchorTensors { scores, boxes, directions }, frame, result)
    }
}

impl Heatmap {
    fn launch(
        &mut self,
        on: &Cuda,
        network: &Binding<Cuda>,
        frame: &FrameOfNetwork,
        result: &mut CudaBuffer<Result3d>,
    ) -> Result<(), GpuError> {
        let Self { kernels, heads, .. } = self;
        let Some(first) = heads.first() else { return kernels.launch(on, &[], frame, result) };
        let mut all = [head_tensors(network, first)?; MOST_HEADS];
        for (place, head) in all.iter_mut().zip(&*heads) {
            *place = head_tensors(network, head)?;
        }
        // The kernels have refused more heads than that.
        kernels.launch(on, &all[..heads.len().min(MOST_HEADS)], frame, result)
    }
}

fn head_tensors<'a>(
    network: &'a Binding<Cuda>,
    [heat, offset, height, size, turn]: &[Place; 5],
) -> Result<HeadTensors<'a, Cuda>, GpuError> {
    let planes = |place: &Place| -> Result<_, GpuError> {
        Ok(PlanesOf { tensor: numbers(network, place.output)?, first: place.first })
    };
    Ok(HeadTensors {
        heat: planes(heat)?,
        offset: planes(offset)?,
        height: planes(height)?,
        size: planes(size)?,
        turn: planes(turn)?,
    })
}

fn numbers(network: &Binding<Cuda>, place: usize) -> Result<&CudaBuffer<f32>, GpuError> {
    let cause = || "answers of LiDAR networks are f32".into();
    match network.output(place) {
        Some(BoundTensor::F32(tensor)) => Ok(tensor),
        _ => Err(GpuError::Parameter { kernel: "keep_bev", cause: cause() }),
    }
}

fn anchor_outputs(card: &ModelCard, anchors: &AnchorCard) -> Result<Vec<Named>, DetectError> {
    let (per_cell, classes) = (anchors.per_cell(), card.class_count()?);
    let named = |name: &str, numbers: usize| {
        let numbers = per_cell * numbers;
        let shape = cells_shape(anchors.layout, numbers, anchors.stride, card.input.size);
        (name.to_owned(), shape.to_vec())
    };
    let first = [named(&anchors.scores, classes), named(&anchors.boxes, anchors.numbers as usize)];
    let directions = anchors.directions.iter();
    let directions = directions.map(|card| named(&card.name, card.bins as usize));
    Ok(first.into_iter().chain(directions).collect())
}

/// Where the planes of a head are; tensors that are not among the outputs yet join them.
fn head_places(
    card: &ModelCard,
    heatmap: &HeatmapCard,
    head: &HeadCard,
    known: &[TensorInfo],
    outputs: &mut Vec<Named>,
) -> Result<[Place; 5], DetectError> {
    let mut place = |planes: &Planes, count: usize| {
        let first = planes.first.unwrap_or(0) as usize;
        let output = outputs.iter().position(|(name, _)| *name == planes.tensor);
        let output = if let Some(output) = output {
            output
        } else {
            let numbers = plane_count(card, planes, count, known)?;
            let size = card.input.size;
            let shape = cells_shape(CellLayout::Chw, numbers, heatmap.stride, size);
            outputs.push((planes.tensor.clone(), shape.to_vec()));
            outputs.len() - 1
        };
        Ok::<_, DetectError>(Place { output, first })
    };
    Ok([
        place(&head.heat, head.classes as usize)?,
        place(&head.offset, 2)?,
        place(&head.height, 1)?,
        place(&head.size, 3)?,
        place(&head.turn, 2)?,
    ])
}

/// Planes of a tensor of which so many are meant, or some where it holds more.
fn plane_count(
    card: &ModelCard,
    planes: &Planes,
    count: usize,
    known: &[TensorInfo],
) -> Result<usize, DetectError> {
    if planes.first.is_none() {
        return Ok(count);
    }
    let info = known.iter().find(|info| info.name == planes.tensor);
    let held =
        info.and_then(|info| *info.shape.get(1)?).and_then(|held| usize::try_from(held).ok());
    let cause = || format!("the file does not say how many planes `{}` holds", planes.tensor);
    held.ok_or_else(|| refused(card, &cause()))
}
