//! The camera's chain that stays on a device, against the same network between the processor's own steps.

mod plain;

use super::camera::{compare_detections, image};
use crate::{Outcome, Random};
use anyhow::{Context, Result};
use delos_core::{Image, Unmeasured};
use delos_detect::camera::{CameraDetector, CameraOptions, Together};
use delos_detect::models::{ModelStore, ResolvedModel, Thresholds};
use delos_infer::gpu::{Cuda, InPlace, Memory};
use delos_infer::{Device, Runtime, SessionOptions, StreamOptions};
use plain::Plain;
use std::path::Path;
use tempfile::TempDir;

const PATCHES: &[u8] = include_bytes!("../../data/patches.onnx");
const PATCHES_F16: &[u8] = include_bytes!("../../data/patches_f16.onnx");
const PATCHES_CARD: &str = include_str!("../../data/patches.toml");

/// Networks for the chain, each in single and in half precision: the program's own, one image at a time, and
/// one with random weights, any number of images at once.
#[derive(Debug)]
pub struct Networks {
    models: Vec<ResolvedModel>,
    _folder: TempDir,
}

impl Networks {
    /// Writes the made-up ones to a folder of their own.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = ModelStore::default();
        let mut models = vec![store.resolve("delos_camera")?, store.resolve("delos_camera_f16")?];
        for (name, bytes) in [("patches", PATCHES), ("patches_f16", PATCHES_F16)] {
            let path = folder.path().join(name).with_extension("onnx");
            std::fs::write(&path, bytes)?;
            let card = PATCHES_CARD.replace("patches.onnx", &format!("{name}.onnx"));
            std::fs::write(
                path.with_extension("toml"),
                card.replace("\"patches\"", &format!("\"{name}\"")),
            )?;
            models.push(store.resolve(&path.display().to_string())?);
        }
        Ok(Self { models, _folder: folder })
    }

    /// The models.
    pub fn models(&self) -> &[ResolvedModel] {
        &self.models
    }
}

/// Options of a chain on `on`, which may be a stand-in with its memory in this process.
pub fn options_on(on: &Cuda, stream: StreamOptions) -> CameraOptions {
    let device = match on.memory() {
        Memory::Host => Device::Cpu,
        Memory::Cuda(number) => Device::Cuda(number),
    };
    let session = SessionOptions { device, ..SessionOptions::default() };
    CameraOptions { session, stream, ..CameraOptions::default() }
}

/// Runs images of each seed through every network: one by one, in batches, and on several streams.
///
/// # Errors
/// When the device or ONNX Runtime fails; what the chain answers is in the outcomes.
pub fn resident(
    on: &Cuda,
    runtime: &Runtime,
    networks: &Networks,
    seeds: std::ops::Range<u64>,
    stream: StreamOptions,
) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for model in &networks.models {
        let usual = options_on(on, stream);
        let size = Some(if model.card.input.multiple == 32 { [224, 96] } else { [96, 64] });
        // Low enough for boxes where there is nothing to be found.
        let score = if model.embedded.is_some() { 1e-5 } else { 0.1 };
        let thresholds = Some(Thresholds { score, nms_iou: 0.45 });
        for (images, together) in
            [(1, Together::Batch), (3, Together::Batch), (2, Together::Streams)]
        {
            let options = CameraOptions { size, thresholds, images, together, ..usual };
            let mut pair = Pair::new(on, runtime, model, &options)?;
            for seed in seeds.clone() {
                pair.compare(seed, &mut outcomes)?;
            }
        }
    }
    Ok(outcomes)
}

/// The two ways of the same images.
struct Pair<'a> {
    model: &'a ResolvedModel,
    options: &'a CameraOptions,
    resident: CameraDetector,
    plain: Plain,
}

impl<'a> Pair<'a> {
    fn new(
        on: &Cuda,
        runtime: &Runtime,
        model: &'a ResolvedModel,
        options: &'a CameraOptions,
    ) -> Result<Self> {
        let resident = CameraDetector::open_on(runtime, model.clone(), options, on)?;
        let plain = Plain::new(on, runtime, model, options)?;
        Ok(Self { model, options, resident, plain })
    }

    /// Twice, since a graph is recorded first and repeated then, and memory is used again.
    fn compare(&mut self, seed: u64, outcomes: &mut Vec<Outcome>) -> Result<()> {
        let mut random = Random::new(seed);
        let (name, options) = (&self.model.card.name, self.options);
        for _ in 0..2 {
            let images =
                (0..options.images).map(|_| scene(&mut random)).collect::<Result<Vec<_>>>()?;
            let lent: Vec<&Image> = images.iter().collect();
            let got = self.resident.detect_all(&lent, &mut Unmeasured)?;
            let wanted = self.plain.detect_all(&lent)?;
            let (count, together) = (options.images, options.together);
            let case = format!("resident {name}, {count} images, {together:?}, seed {seed}");
            anyhow::ensure!(got.len() == wanted.len(), "{case}: {} answers", got.len());
            let pairs = wanted.iter().zip(&got);
            outcomes
                .extend(pairs.map(|(wanted, got)| compare_detections(case.clone(), wanted, got)));
        }
        Ok(())
    }
}

/// Noise, or rectangles of one colour before a shade, of an odd size.
fn scene(random: &mut Random) -> Result<Image> {
    let size = [[124, 37], [96, 64], [201, 83], [310, 94]][random.below(4)];
    if random.chance(0.3) {
        return image(random, size);
    }
    let [width, height] = size;
    let mut pixels: Vec<u8> =
        (0..3 * width * height).map(|i| 90 + (i / (3 * width) * 120 / height) as u8).collect();
    for _ in 0..6 {
        let [x, y] = size.map(|side| random.below(side as usize));
        let [w, h] = size.map(|side| 2 + random.below(side as usize / 3));
        let colour = [0; 3].map(|_: u8| random.bits() as u8);
        for row in y..(y + h).min(height as usize) {
            for column in x..(x + w).min(width as usize) {
                let place = 3 * (row * width as usize + column);
                pixels[place..place + 3].copy_from_slice(&colour);
            }
        }
    }
    Ok(Image::from_rgb(width, height, pixels)?)
}

/// A model out of a folder, for tests on real data.
///
/// # Errors
/// When the folder has no such file.
pub fn model_of(folder: &Path, name: &str) -> Result<ResolvedModel> {
    let store = ModelStore::default().with_model_folders([folder.to_owned()]);
    store.resolve(name).with_context(|| format!("{name} in {}", folder.display()))
}
