//! Letterbox, decode and suppression of the camera.

use super::{downloaded, uploaded};
use crate::{Outcome, Random};
use anyhow::{Context, Result};
use delos_core::{Detections2d, Image, ImageSize};
use delos_detect::camera::{DeviceSteps, Fit, Letterbox, PostProcess};
use delos_detect::models::{ModelCard, ModelStore, Thresholds};
use delos_infer::gpu::Accelerator;
use delos_infer::kernels::{MOST_CANDIDATES, Result2d, SLOTS};
use std::fmt::Debug;

/// Cards that differ in all that the kernels depend on.
fn card(variant: usize) -> Result<ModelCard> {
    let rest = match variant {
        0 => return Ok(ModelStore::default().card("yolox_nano")?.clone()),
        1 => {
            "channels = 'rgb'\nscale = 0.00392156862745098\nmean = [0.485, 0.456, 0.406]\n\
             std = [0.229, 0.224, 0.225]\nletterbox = { place = 'centre', pad = 0, rounding = 'floor' }"
        }
        _ => "channels = 'bgr'\nletterbox = { place = 'centre', pad = 114, rounding = 'round' }",
    };
    let text = format!(
        "name = 'made_up'\nwhat = 'w'\nfile = 'f.onnx'\nlicence = 'l'\n[input]\nname = 'images'\n\
         layout = 'NCHW'\nsize = [96, 64]\nmultiple = 32\n{rest}\n[output]\nname = 'output'\n\
         decoder = 'yolox'\nstrides = [8, 16, 32]\n[classes]\nnames = ['car', '-', 'pedestrian', 'car']\n"
    );
    ModelCard::parse(&text, "made up").context("the made-up card")
}

/// Sizes of images: odd, tiny, flat, larger and smaller than the input.
const IMAGES: [[u32; 2]; 8] =
    [[124, 37], [1, 1], [96, 64], [48, 32], [192, 128], [7, 201], [333, 5], [61, 67]];

pub(super) fn image(random: &mut Random, [width, height]: [u32; 2]) -> Result<Image> {
    let count = 3 * width as usize * height as usize;
    let pixels = (0..count).map(|_| random.bits() as u8).collect();
    Ok(Image::from_rgb(width, height, pixels)?)
}

/// A batch of noise images through the letterbox, as f32 and f16.
pub(super) fn letterbox<A: Accelerator>(
    on: &A,
    seed: u64,
    outcomes: &mut Vec<Outcome>,
) -> Result<()> {
    let mut random = Random::new(seed);
    let card = card(seed as usize % 3)?;
    let size = [[96, 64], [64, 96], [32, 32]][random.below(3)];
    let steps = DeviceSteps::new(&card, size, Thresholds::default())?;
    let count = 1 + random.below(4);
    let images = (0..count)
        .map(|_| {
            let size = IMAGES[random.below(IMAGES.len())];
            image(&mut random, size)
        })
        .collect::<Result<Vec<_>>>()?;
    let (mut pixels, mut views, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
    let mut letterbox = Letterbox::new(&card.input, size);
    for image in &images {
        views.push(steps.view(pixels.len(), image.size()));
        pixels.extend(image.rgb());
        wanted.extend(letterbox.apply(image));
    }
    let pixels = uploaded(on, &pixels)?;
    let mut tensor = on.buffer::<f32>(wanted.len())?;
    steps.letterbox().launch(on, &pixels, &views, &mut tensor)?;
    let got = downloaded(on, &tensor)?;
    outcomes.push(compare(format!("letterbox f32, seed {seed}"), &wanted, &got));
    let mut halves = on.buffer::<u16>(wanted.len())?;
    steps.letterbox().launch(on, &pixels, &views, &mut halves)?;
    let got: Vec<f32> = downloaded(on, &halves)?.into_iter().map(f32_of_half).collect();
    let wanted: Vec<f32> = wanted.iter().map(|value| nearest_half(*value)).collect();
    outcomes.push(compare(format!("letterbox f16, seed {seed}"), &wanted, &got));
    Ok(())
}

fn compare(case: String, wanted: &[f32], got: &[f32]) -> Outcome {
    let wide = |values: &[f32]| values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>();
    Outcome::new(case, &wide(wanted), &wide(got), 0.0)
}

/// The number of a half float (IEEE 754-2008, binary16).
pub(super) fn f32_of_half(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        31 => {
            if fraction == 0.0 {
                f32::INFINITY
            } else {
                f32::NAN
            }
        }
        _ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// The half float nearest to a number within their range, ties to even, as f32: a multiple of the
/// distance of half floats of its size.
fn nearest_half(value: f32) -> f32 {
    let exponent = (value.to_bits() >> 23 & 255).cast_signed() - 127;
    let step = 2f32.powi(exponent.max(-14) - 10);
    (value / step).round_ties_even() * step
}

/// Network outputs with few, many and too many candidates, ties, NaN and infinities.
pub(super) fn yolox<A: Accelerator + Debug>(
    on: &A,
    seed: u64,
    outcomes: &mut Vec<Outcome>,
) -> Result<()> {
    let mut random = Random::new(seed);
    let card = card(seed as usize % 3)?;
    let size = [[96, 64], [320, 256]][random.below(2)];
    let thresholds = Thresholds {
        score: [0.0, 0.1, 0.3, 0.6][random.below(4)],
        nms_iou: [0.0, 0.3, 0.45, 1.0][random.below(4)],
    };
    let steps = DeviceSteps::new(&card, size, thresholds)?;
    let letterbox = Letterbox::new(&card.input, size);
    let mut post = PostProcess::new(&card, size, thresholds)?;
    let (rows, columns) = (rows(size), 5 + post.classes());
    let count = 1 + random.below(3);
    let sizes: Vec<_> = (0..count).map(|_| IMAGES[random.below(IMAGES.len())]).collect();
    let sizes = sizes.into_iter().map(|[width, height]| ImageSize { width, height });
    let sizes: Vec<_> = sizes.collect();
    let share = [0.02, 0.2, 0.9][random.below(3)];
    let output = (0..count).flat_map(|_| made_up_output(&mut random, rows, columns, share));
    let output: Vec<f32> = output.collect();
    let mut results = on.buffer::<Result2d>(count)?;
    let fits: Vec<_> = sizes.iter().map(|size| steps.image_fit(*size)).collect();
    let device_output = uploaded(on, &output)?;
    let mut kernels = steps.yolox(on, count)?;
    // Twice: memory that is kept from call to call must not matter.
    for _ in 0..2 {
        kernels.launch(on, &device_output, &fits, steps.limits(), &mut results)?;
    }
    let wide = downloaded(on, &results)?;
    // The same numbers as half floats, which the kernel widens.
    let mut bits = Vec::new();
    delos_infer::halves(&output, &mut bits);
    let device_output = uploaded(on, &bits)?;
    kernels.launch(on, &device_output, &fits, steps.limits(), &mut results)?;
    let halves: Vec<f32> = bits.into_iter().map(f32_of_half).collect();
    let narrow = downloaded(on, &results)?;
    for (kind, output, results) in [("yolox", output, wide), ("yolox f16", halves, narrow)] {
        for (image, result) in results.iter().enumerate() {
            let own = &output[image * rows * columns..][..rows * columns];
            let fit = letterbox.fit(sizes[image]);
            let wanted = Wanted::new(&mut post, own, &fit, sizes[image]);
            let candidates = result.candidates;
            let case = format!("{kind}, seed {seed}, image {image}, {candidates} candidates");
            outcomes.push(compare_result(case, &wanted, &steps.detections(result), result));
        }
    }
    Ok(())
}

fn rows(size: [u32; 2]) -> usize {
    [8, 16, 32].iter().map(|stride| (size[0] / stride * (size[1] / stride)) as usize).sum()
}

/// Rows of a network, of which `share` are likely to be candidates.
fn made_up_output(random: &mut Random, rows: usize, columns: usize, share: f32) -> Vec<f32> {
    let mut output = Vec::with_capacity(rows * columns);
    for _ in 0..rows {
        let is_bright = random.chance(share);
        output.extend((0..2).map(|_| random.within(-2.0, 2.0)));
        output.extend((0..2).map(|_| random.within(-1.0, 2.5)));
        // Few levels, so that scores are often equal.
        let level = random.below(8) as f32 / 8.0;
        output.push(if is_bright { 0.5 + level / 2.0 } else { level / 20.0 });
        output.extend((5..columns).map(|_| random.below(16) as f32 / 16.0));
        if random.chance(0.02) {
            let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, -0.0];
            let place = output.len() - columns + random.below(columns);
            output[place] = odd[random.below(odd.len())];
        }
    }
    output
}

/// What the processor has for an image.
struct Wanted {
    /// Of all candidates.
    all: Detections2d,
    /// How many of these are of the candidates that take part on a device: the first.
    of_best: usize,
}

impl Wanted {
    fn new(post: &mut PostProcess, output: &[f32], fit: &Fit, image: ImageSize) -> Self {
        let of_best = post.run_best(output, fit, image, MOST_CANDIDATES).0.len();
        Self { all: post.run(output, fit, image), of_best }
    }
}

/// The processor has no limits: its first detections count, as many as are of the candidates that take part on a
/// device and have room there; and how many there were with room for all.
fn compare_result(case: String, wanted: &Wanted, got: &Detections2d, result: &Result2d) -> Outcome {
    let mut wanted_numbers = numbers_of(&wanted.all, wanted.of_best.min(SLOTS));
    let mut numbers = numbers_of(got, usize::MAX);
    wanted_numbers.push(wanted.of_best as f64);
    numbers.push(f64::from(result.kept));
    Outcome::new(case, &wanted_numbers, &numbers, 0.0)
}

/// All detections must be the same, as far as there is room for them.
pub(super) fn compare_detections(
    case: String,
    wanted: &Detections2d,
    got: &Detections2d,
) -> Outcome {
    Outcome::new(case, &numbers_of(wanted, SLOTS), &numbers_of(got, usize::MAX), 0.0)
}

/// Edges, class and score of the first detections.
fn numbers_of(found: &Detections2d, most: usize) -> Vec<f64> {
    let numbers = found.0.iter().take(most).flat_map(|d| {
        let edges = [d.bbox.x1, d.bbox.y1, d.bbox.x2, d.bbox.y2].map(f64::from);
        edges.into_iter().chain([f64::from(d.class as i32), d.score.get()])
    });
    numbers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Box2, Detection2d, ObjectClass, Score};

    fn detections(count: usize) -> Detections2d {
        let detection = |i: usize| Detection2d {
            bbox: Box2 { x1: 0.0, y1: 0.0, x2: 1.0 + i as f32, y2: 1.0 },
            class: ObjectClass::Car,
            score: Score::clamped(0.5),
        };
        Detections2d((0..count).map(detection).collect())
    }

    #[test]
    fn a_detection_too_few_is_wrong_beyond_the_limits_too() {
        let wanted = Wanted { all: detections(40), of_best: 30 };
        for (got, kept, is_right) in
            [(30, 30, true), (29, 30, false), (29, 29, false), (31, 30, false)]
        {
            let mut result: Result2d = bytemuck::Zeroable::zeroed();
            (result.candidates, result.kept) = (2_000, kept);
            let outcome = compare_result("case".to_owned(), &wanted, &detections(got), &result);
            assert_eq!(outcome.is_right(), is_right, "{got} of {kept}");
        }
    }
}
