//! Anchor heads.

use super::super::{downloaded, uploaded};
use super::{card, compare, input, keep, levels, numbers, thresholds};
use crate::{Outcome, Random};
use anyhow::{Context, Result};
use delos_detect::lidar::network::pillars::{AnchorDecoder, NetworkFrame};
use delos_infer::gpu::Accelerator;
use delos_infer::kernels::{AnchorTensors, Result3d};
use std::fmt::Debug;

fn output(random: &mut Random) -> String {
    let layout = ["HWC", "CHW"][random.below(2)];
    let stride = 1 + random.below(2);
    let sizes = ["lwh", "wlh"][random.below(2)];
    let heading = ["x", "minus_y"][random.below(2)];
    let stand = ["edges", "middles"][random.below(2)];
    let activation = ["logits", "scores"][random.below(2)];
    let numbers = [7, 9][random.below(2)];
    let directions = [
        "",
        "directions = { name = 'd', bins = 2, offset = 0.78539, limit = 0.0 }\n",
        "directions = { name = 'd', bins = 4, offset = -0.5, limit = 0.5 }\n",
    ][random.below(3)];
    let keep = keep(random);
    format!(
        "[output]\ndecoder = 'anchors'\nscores = 's'\nboxes = 'b'\nlayout = '{layout}'\nstride = {stride}\n\
         sizes = '{sizes}'\nheading = '{heading}'\nstand = '{stand}'\nactivation = '{activation}'\n\
         numbers = {numbers}\n{directions}{keep}anchors = [\n\
         {{ length_m = 3.9, width_m = 1.6, height_m = 1.56, bottom_m = -1.78, yaws = [0.0, 1.57] }},\n\
         {{ length_m = 0.8, width_m = 0.6, height_m = 1.73, bottom_m = -0.6, yaws = [0.0, 1.57] }},\n\
         ]\n[classes]\nnames = ['car', 'pedestrian', '-', 'cyclist', 'car']\n"
    )
}

/// Answers with few, many and too many candidates.
pub(in super::super) fn anchors<A: Accelerator + Debug>(
    on: &A,
    seed: u64,
    outcomes: &mut Vec<Outcome>,
) -> Result<()> {
    let mut random = Random::new(seed);
    let input = input(&mut random);
    let card = card(&(input + &output(&mut random)))?;
    let made = AnchorDecoder::new(&card, thresholds(&mut random))?;
    let mut decoder = made.context("a card with anchors")?;
    let lengths = decoder.lengths();
    let share = [0.01, 0.1, 0.8][random.below(3)];
    let scores = levels(&mut random, lengths[0], share);
    let size = [0.2, 0.8, 4.0][random.below(3)];
    let codes = numbers(&mut random, lengths[1], size);
    let directions = levels(&mut random, lengths[2], 0.5);
    let frame = NetworkFrame::new(card.pillars()?, Some(1.65));
    let mut wanted = Vec::new();
    decoder.decode([&scores, &codes, &directions], &frame, &mut wanted);
    let mut kernels = decoder.kernels(on)?;
    let mut result = on.buffer::<Result3d>(1)?;
    let [scores, boxes] = [uploaded(on, &scores)?, uploaded(on, &codes)?];
    let directions = uploaded(on, &directions)?;
    let directions = (lengths[2] > 0).then_some(&directions);
    let tensors = AnchorTensors { scores: &scores, boxes: &boxes, directions };
    for _ in 0..2 {
        kernels.launch(on, &tensors, &frame.on_device(), &mut result)?;
    }
    let result = downloaded(on, &result)?;
    let got = decoder.detections(&result[0]);
    let case = format!("anchors, seed {seed}, {} candidates", result[0].candidates);
    outcomes.push(compare(case, &wanted, &got, result[0].kept));
    Ok(())
}
