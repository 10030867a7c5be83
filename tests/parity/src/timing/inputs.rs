//! Inputs of the size of real ones, out of a seed.

use super::{Clock, Timing};
use crate::Random;
use crate::cases::uploaded;
use anyhow::{Context, Result};
use delos_core::ImageSize;
use delos_detect::camera::DeviceSteps;
use delos_detect::lidar::network::pillars::{
    AnchorDecoder, HeatmapDecoder, NetworkFrame, pillar_kernels,
};
use delos_detect::models::{ModelCard, ModelStore, Thresholds};
use delos_infer::gpu::Accelerator;
use delos_infer::kernels::{AnchorTensors, HeadTensors, PlanesOf, Result2d, Result3d};

const SIZE: [u32; 2] = [640, 640];

/// One image of KITTI and six of nuScenes into 640 x 640; the answer of YOLOX at 640 x 640.
pub(super) fn camera(clock: &Clock<'_>) -> Result<Vec<Timing>> {
    let card = ModelStore::default().card("yolox_nano")?.clone();
    let steps = DeviceSteps::new(&card, SIZE, Thresholds { score: 0.1, nms_iou: 0.45 })?;
    let kitti = letterbox(clock, &steps, "letterbox 1242x375 to 640x640 f16", 1, [1242, 375])?;
    let nuscenes =
        letterbox(clock, &steps, "letterbox six 1600x900 to 640x640 f16", 6, [1600, 900])?;
    Ok(vec![kitti, nuscenes, yolox(clock, &steps)?])
}

fn letterbox(
    clock: &Clock<'_>,
    steps: &DeviceSteps,
    name: &str,
    count: usize,
    [width, height]: [u32; 2],
) -> Result<Timing> {
    let on = clock.on;
    let mut random = Random::new(1);
    let bytes = 3 * width as usize * height as usize;
    let pixels: Vec<u8> = (0..count * bytes).map(|_| random.bits() as u8).collect();
    let size = ImageSize { width, height };
    let views: Vec<_> = (0..count).map(|number| steps.view(number * bytes, size)).collect();
    let pixels = uploaded(on, &pixels)?;
    let mut tensor = on.buffer::<u16>(count * 3 * 640 * 640)?;
    clock.time(name, || Ok(steps.letterbox().launch(on, &pixels, &views, &mut tensor)?))
}

fn yolox(clock: &Clock<'_>, steps: &DeviceSteps) -> Result<Timing> {
    let on = clock.on;
    let mut random = Random::new(2);
    let mut output = Vec::new();
    for row in 0..8400 {
        // About two hundred candidates, in groups around the objects.
        let is_bright = row % 420 < 10;
        output.extend([random.within(-1.0, 1.0), random.within(-1.0, 1.0)]);
        output.extend([random.within(0.5, 2.0), random.within(0.5, 2.0)]);
        output.push(if is_bright { random.within(0.5, 1.0) } else { random.within(0.0, 0.05) });
        output.extend((0..80).map(|class| if class == 2 { 0.9 } else { random.within(0.0, 0.2) }));
    }
    let output = uploaded(on, &output)?;
    let fits = [steps.image_fit(ImageSize { width: 1242, height: 375 })];
    let mut results = on.buffer::<Result2d>(1)?;
    let mut kernels = steps.yolox(on, 1)?;
    clock.time("YOLOX 8400x85, 200 candidates: decode and suppression", || {
        Ok(kernels.launch(on, &output, &fits, steps.limits(), &mut results)?)
    })
}

/// The input of PointPillars on KITTI.
const KITTI: &str = "name = 'kitti'\nwhat = 'w'\nfile = 'f.onnx'\nlicence = 'l'\n[input]\nname = 'voxels'\n\
    range_m = [0.0, -39.68, -3.0, 69.12, 39.68, 1.0]\npillar_m = [0.16, 0.16, 4.0]\npoints = 32\n\
    pillars = 12000\nfeatures = ['x', 'y', 'z', 'intensity', 'mean_x', 'mean_y', 'mean_z', 'centre_x', \
    'centre_y', 'centre_z']\nground_m = -1.73\ncounts = 'n'\ncells = { name = 'c', order = ['y', 'x'] }\n";

const ANCHORS: &str = "[output]\ndecoder = 'anchors'\nscores = 's'\nboxes = 'b'\nlayout = 'HWC'\nstride = 2\n\
    stand = 'edges'\ndirections = { name = 'd', bins = 2, offset = 0.78539, limit = 0.0 }\nanchors = [\n\
    { length_m = 3.9, width_m = 1.6, height_m = 1.56, bottom_m = -1.78, yaws = [0.0, 1.57] },\n\
    { length_m = 0.8, width_m = 0.6, height_m = 1.73, bottom_m = -0.6, yaws = [0.0, 1.57] },\n\
    { length_m = 1.76, width_m = 0.6, height_m = 1.73, bottom_m = -0.6, yaws = [0.0, 1.57] },\n]\n\
    [classes]\nnames = ['car', 'pedestrian', 'cyclist']\n";

const HEATS: &str = "[output]\ndecoder = 'heatmap'\nstride = 4\nturn_order = 'sin_cos'\n[[output.heads]]\n\
    classes = 3\nheat = 'a'\noffset = 'b'\nheight = 'c'\nsize = 'd'\nturn = 'e'\n\
    [classes]\nnames = ['car', 'pedestrian', 'cyclist']\n";

/// The pillars of a full scan, the answers of `PointPillars` and of `CenterPoint` on the same grid.
pub(super) fn lidar(clock: &Clock<'_>) -> Result<Vec<Timing>> {
    let anchors = ModelCard::parse(&(KITTI.to_owned() + ANCHORS), "timing")?;
    let heats = ModelCard::parse(&(KITTI.to_owned() + HEATS), "timing")?;
    let mut timings = pillars(clock, &anchors)?;
    timings.push(anchor_head(clock, &anchors)?);
    timings.push(heat_head(clock, &heats)?);
    Ok(timings)
}

fn pillars(clock: &Clock<'_>, card: &ModelCard) -> Result<Vec<Timing>> {
    let on = clock.on;
    let mut random = Random::new(3);
    let points: Vec<[f32; 4]> = (0..112_000)
        .map(|_| {
            // Denser near the sensor, as scans are.
            let (range, angle) = (70.0 * random.unit().powi(2), random.within(-1.2, 1.2));
            [range * angle.cos(), range * angle.sin(), random.within(-1.8, 0.5), random.unit()]
        })
        .collect();
    let count = points.len();
    let points = uploaded(on, &points)?;
    let mut kernels = pillar_kernels(on, card.pillars()?, count)?;
    let mut tensors = kernels.tensors(on)?;
    let shift = NetworkFrame::new(card.pillars()?, None).shift();
    let gather = clock.time("pillars of 112000 points, 432x496 cells", || {
        Ok(kernels.gather(on, &points, None, count, shift, &mut tensors.target())?)
    })?;
    let features = on.buffer::<f32>(12_000 * 64)?;
    let mut canvas = on.buffer::<f32>(432 * 496 * 64)?;
    let scatter = clock.time("64 numbers a pillar onto 432x496 cells", || {
        Ok(kernels.scatter(on, &features, 64, &mut canvas)?)
    })?;
    Ok(vec![gather, scatter])
}

fn anchor_head(clock: &Clock<'_>, card: &ModelCard) -> Result<Timing> {
    let on = clock.on;
    let mut random = Random::new(4);
    let decoder = AnchorDecoder::new(card, Thresholds { score: 0.1, nms_iou: 0.01 })?;
    let decoder = decoder.context("a card with anchors")?;
    let lengths = decoder.lengths();
    let logits = |random: &mut Random| if random.chance(5e-4) { 1.0 } else { -6.0 };
    let scores: Vec<f32> = (0..lengths[0]).map(|_| logits(&mut random) + random.unit()).collect();
    let boxes: Vec<f32> = (0..lengths[1]).map(|_| random.within(-0.3, 0.3)).collect();
    let directions: Vec<f32> = (0..lengths[2]).map(|_| random.unit()).collect();
    let [scores, boxes, directions] =
        [uploaded(on, &scores)?, uploaded(on, &boxes)?, uploaded(on, &directions)?];
    let frame = NetworkFrame::new(card.pillars()?, None).on_device();
    let mut kernels = decoder.kernels(on)?;
    let mut result = on.buffer::<Result3d>(1)?;
    let tensors = AnchorTensors { scores: &scores, boxes: &boxes, directions: Some(&directions) };
    clock.time("PointPillars 321408 anchors, 480 candidates: decode and suppression", || {
        Ok(kernels.launch(on, &tensors, &frame, &mut result)?)
    })
}

fn heat_head(clock: &Clock<'_>, card: &ModelCard) -> Result<Timing> {
    let on = clock.on;
    let mut random = Random::new(5);
    let decoder = HeatmapDecoder::new(card, Thresholds { score: 0.1, nms_iou: 0.2 })?;
    let decoder = decoder.context("a card with heat maps")?;
    let heat = |random: &mut Random| if random.chance(0.005) { 1.0 } else { -6.0 };
    let area = decoder.area();
    let mut tensor: Vec<f32> = (0..3 * area).map(|_| heat(&mut random) + random.unit()).collect();
    tensor.extend((0..8 * area).map(|_| random.within(0.2, 1.4)));
    let tensor = uploaded(on, &tensor)?;
    let planes = |first: usize| PlanesOf { tensor: &tensor, first };
    let heads = [HeadTensors {
        heat: planes(0),
        offset: planes(3),
        height: planes(5),
        size: planes(6),
        turn: planes(9),
    }];
    let frame = NetworkFrame::new(card.pillars()?, None).on_device();
    let mut kernels = decoder.kernels(on)?;
    let mut result = on.buffer::<Result3d>(1)?;
    clock.time("CenterPoint 3x124x108 heats, 200 peaks: decode and suppression", || {
        Ok(kernels.launch(on, &heads, &frame, &mut result)?)
    })
}
