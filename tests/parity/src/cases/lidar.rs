//! Pillars, decoders and suppression of LiDAR networks.

mod anchors;
mod heatmap;
mod pillars;

pub(super) use anchors::anchors;
pub(super) use heatmap::heatmap;
pub(super) use pillars::pillars;

use crate::{Outcome, Random};
use anyhow::{Context, Result};
use delos_core::Detection3d;
use delos_detect::models::{ModelCard, Thresholds};

/// Sine, cosine, exponential and arctangent of a device may be off by units of the 53rd bit.
const BOUND: f64 = 1e-9;

/// The input of every card: 24 x 16 pillars.
fn input(random: &mut Random) -> String {
    let forward = ["x", "y"][random.below(2)];
    let layout = ["PNC", "1CPN"][random.below(2)];
    let features = [
        "'x', 'y', 'z', 'intensity'",
        "'x', 'y', 'z', 'intensity', 'mean_x', 'mean_y', 'mean_z', 'centre_x', 'centre_y', 'centre_z'",
        "'range', 'time', 'centre_z', 'mean_y', 'x'",
    ][random.below(3)];
    // At the origin points meet the edges of cells exactly.
    let sensor = ["[0.1, -0.2, 0.3]", "[0.0, 0.0, 0.0]"][random.below(2)];
    let points = [1, 4, 33, 70][random.below(4)];
    let most = [1, 7, 60, 400][random.below(4)];
    format!(
        "name = 'made_up'\nwhat = 'w'\nfile = 'f.onnx'\nlicence = 'l'\n[input]\nname = 'voxels'\n\
         range_m = [0.0, -3.2, -3.0, 9.6, 3.2, 1.0]\npillar_m = [0.4, 0.4, 4.0]\npoints = {points}\n\
         pillars = {most}\nfeatures = [{features}]\nlayout = '{layout}'\nintensity_max = 255.0\n\
         ground_m = -1.73\nsensor_m = {sensor}\nforward = '{forward}'\ncounts = 'counts'\n\
         cells = {{ name = 'coords', order = ['batch', 'z', 'y', 'x'] }}\n"
    )
}

fn keep(random: &mut Random) -> String {
    let candidates = [20, 100, 1000, 1024][random.below(4)];
    let most = [5, 100, 300][random.below(3)];
    let among = ["all", "class"][random.below(2)];
    let distance = ["0.0", "0.7"][random.below(2)];
    format!(
        "keep = {{ candidates = {candidates}, most = {most}, among = '{among}', \
         least_distance_m = {distance} }}\n"
    )
}

fn card(text: &str) -> Result<ModelCard> {
    ModelCard::parse(text, "made up").with_context(|| format!("the made-up card\n{text}"))
}

fn thresholds(random: &mut Random) -> Thresholds {
    Thresholds {
        score: [0.0, 0.1, 0.4, 0.9][random.below(4)],
        nms_iou: [0.0, 0.01, 0.2, 0.7, 1.0][random.below(5)],
    }
}

/// Numbers around zero, now and then one that is none or out of all bounds.
fn numbers(random: &mut Random, count: usize, size: f32) -> Vec<f32> {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, -0.0];
    (0..count)
        .map(|_| {
            if random.chance(0.001) {
                odd[random.below(odd.len())]
            } else {
                random.within(-size, size)
            }
        })
        .collect()
}

/// Few levels, so that scores are often equal.
fn levels(random: &mut Random, count: usize, share: f32) -> Vec<f32> {
    let level = |bright: bool, random: &mut Random| {
        let step = random.below(24) as f32 / 8.0;
        if bright { step - 1.0 } else { step - 9.0 }
    };
    (0..count)
        .map(|_| {
            let is_bright = random.chance(share);
            let value = level(is_bright, random);
            if random.chance(0.001) { f32::NAN } else { value }
        })
        .collect()
}

/// Compares the numbers of the boxes, and how many the device says there are.
pub(super) fn compare(
    case: String,
    wanted: &[Detection3d],
    got: &[Detection3d],
    kept: u32,
) -> Outcome {
    let flat = |found: &[Detection3d]| -> Vec<f64> {
        let numbers = found.iter().flat_map(|d| {
            let (c, s) = (&d.bbox.center, &d.bbox.size);
            let place = [c.x(), c.y(), c.z(), s.length(), s.width(), s.height()];
            let rest = [d.bbox.yaw.radians(), f64::from(d.class as i32), d.score.get()];
            place.into_iter().chain(rest)
        });
        numbers.collect()
    };
    let count = |values: Vec<f64>, count: f64| [values, vec![count]].concat();
    let wanted = count(flat(wanted), wanted.len() as f64);
    Outcome::new(case, &wanted, &count(flat(got), f64::from(kept)), BOUND)
}
