//! Heads with heat maps.

use super::super::{downloaded, uploaded};
use super::{card, compare, input, keep, levels, numbers, thresholds};
use crate::{Outcome, Random};
use anyhow::{Context, Result};
use delos_detect::lidar::network::pillars::{HeadPlanes, HeatmapDecoder, NetworkFrame};
use delos_infer::gpu::Accelerator;
use delos_infer::kernels::{HeadTensors, PlanesOf, Result3d};
use std::fmt::Debug;
use std::fmt::Write;

/// Classes of each head.
const HEADS: [usize; 3] = [1, 2, 2];

/// Planes of one head in one tensor: heat, offset, height, size, turn, and what nobody looks at.
const PLANES: [usize; 6] = [2, 2, 1, 3, 2, 2];

fn output(random: &mut Random) -> String {
    let sizes = ["lwh", "wlh"][random.below(2)];
    let code = ["logs", "metres"][random.below(2)];
    let turn = ["sin_cos", "cos_sin"][random.below(2)];
    let heading = ["x", "minus_y"][random.below(2)];
    let height = ["middle", "bottom"][random.below(2)];
    let activation = ["logits", "scores"][random.below(2)];
    let peak = [1, 3][random.below(2)];
    let least_turn = ["0.0", "0.4"][random.below(2)];
    let keep = keep(random);
    let mut text = format!(
        "[output]\ndecoder = 'heatmap'\nstride = 1\nsizes = '{sizes}'\nsize_code = '{code}'\n\
         turn_order = '{turn}'\nheading = '{heading}'\nheight_of = '{height}'\n\
         activation = '{activation}'\npeak_cells = {peak}\nleast_turn = {least_turn}\n{keep}"
    );
    for (number, classes) in HEADS.iter().enumerate() {
        let _infallible = write!(
            text,
            "[[output.heads]]\nclasses = {classes}\nheat = 'heat{number}'\noffset = 'o{number}'\n\
             height = 'h{number}'\nsize = 's{number}'\nturn = 't{number}'\n"
        );
    }
    text + "[classes]\nnames = ['car', 'truck', '-', 'pedestrian', 'car']\n"
}

/// Answers with few, many and too many peaks.
pub(in super::super) fn heatmap<A: Accelerator + Debug>(
    on: &A,
    seed: u64,
    outcomes: &mut Vec<Outcome>,
) -> Result<()> {
    let mut random = Random::new(seed);
    let input = input(&mut random);
    let card = card(&(input + &output(&mut random)))?;
    let made = HeatmapDecoder::new(&card, thresholds(&mut random))?;
    let mut decoder = made.context("a card with heat maps")?;
    let area = decoder.area();
    let share = [0.02, 0.3, 0.9][random.below(3)];
    let tensors: Vec<Vec<f32>> = HEADS.iter().map(|_| head(&mut random, area, share)).collect();
    let planes = |tensor: usize, part: usize, count: usize| {
        let first: usize = PLANES[..part].iter().sum();
        &tensors[tensor][first * area..(first + count) * area]
    };
    let heads: Vec<_> = (0..HEADS.len())
        .map(|number| HeadPlanes {
            heat: planes(number, 0, HEADS[number]),
            offset: planes(number, 1, 2),
            height: planes(number, 2, 1),
            size: planes(number, 3, 3),
            turn: planes(number, 4, 2),
        })
        .collect();
    let frame = NetworkFrame::new(card.pillars()?, Some(1.8));
    let mut wanted = Vec::new();
    decoder.decode(&heads, &frame, &mut wanted);
    let buffers = tensors.iter().map(|tensor| uploaded(on, tensor)).collect::<Result<Vec<_>>>()?;
    let on_device: Vec<_> = buffers.iter().map(|tensor| head_of::<A>(tensor)).collect();
    let mut kernels = decoder.kernels(on)?;
    let mut result = on.buffer::<Result3d>(1)?;
    for _ in 0..2 {
        kernels.launch(on, &on_device, &frame.on_device(), &mut result)?;
    }
    let result = downloaded(on, &result)?;
    let got = decoder.detections(&result[0]);
    let case = format!("heat map, seed {seed}, {} candidates", result[0].candidates);
    outcomes.push(compare(case, &wanted, &got, result[0].kept));
    Ok(())
}

fn head(random: &mut Random, area: usize, share: f32) -> Vec<f32> {
    let size = [0.3, 1.2][random.below(2)];
    let mut tensor = levels(random, PLANES[0] * area, share);
    tensor.extend(numbers(random, PLANES[1..].iter().sum::<usize>() * area, size));
    tensor
}

fn head_of<A: Accelerator>(tensor: &A::Buffer<f32>) -> HeadTensors<'_, A> {
    let part = |part: usize| PlanesOf { tensor, first: PLANES[..part].iter().sum() };
    HeadTensors { heat: part(0), offset: part(1), height: part(2), size: part(3), turn: part(4) }
}
