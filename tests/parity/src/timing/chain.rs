//! How long the camera's whole chain takes on a device, part by part, by the device's clock.

use super::{Timing, summary};
use crate::{Random, options_on};
use anyhow::Result;
use delos_core::{DevicePart, Image, Parts};
use delos_detect::camera::{CameraDetector, CameraOptions, Together};
use delos_detect::models::ResolvedModel;
use delos_infer::gpu::Cuda;
use delos_infer::{Runtime, StreamOptions};

/// So many images take turns, since one alone would stay in the device's cache.
const IMAGES: usize = 8;

/// Times every part of the chain, and all of it from the first to the last, with images of KITTI's size: one by
/// one, and six in one call as a batch and on streams, where the parts are those of the stream that ends last.
///
/// # Errors
/// When the device or ONNX Runtime fails.
pub fn time_chain(
    on: &Cuda,
    runtime: &Runtime,
    model: &ResolvedModel,
    stream: StreamOptions,
    repetitions: usize,
) -> Result<Vec<Timing>> {
    let mut random = Random::new(6);
    let images = (0..IMAGES).map(|_| kitti(&mut random)).collect::<Result<Vec<_>>>()?;
    let mut timings = Vec::new();
    for (count, together) in [(1, Together::Batch), (6, Together::Batch), (6, Together::Streams)] {
        let options = CameraOptions { images: count, together, ..options_on(on, stream) };
        let mut detector = CameraDetector::open_on(runtime, model.clone(), &options, on)?;
        let mut listener = Listener::default();
        // A graph is recorded in the first run.
        let warm_up = repetitions.div_ceil(5).max(1);
        for turn in 0..warm_up + repetitions {
            let lent: Vec<&Image> = images.iter().cycle().skip(turn % IMAGES).take(count).collect();
            listener.is_on = turn >= warm_up;
            detector.detect_all(&lent, &mut listener)?;
        }
        let name = format!("{}, {count} images, {together:?}", model.card.name);
        timings.extend(listener.timings(&name));
    }
    Ok(timings)
}

fn kitti(random: &mut Random) -> Result<Image> {
    let pixels = (0..3 * 1242 * 375).map(|_| random.bits() as u8).collect();
    Ok(Image::from_rgb(1242, 375, pixels)?)
}

/// Microseconds of each part, in the order of the parts, all of it last.
#[derive(Default)]
pub(super) struct Listener {
    pub(super) is_on: bool,
    parts: Vec<(&'static str, Vec<f32>)>,
}

impl Listener {
    /// One timing for each part.
    pub(super) fn timings(self, name: &str) -> impl Iterator<Item = Timing> {
        let parts = self.parts.into_iter();
        parts.map(move |(part, micros)| summary(&format!("{name}: {part}"), micros))
    }

    fn add(&mut self, name: &'static str, nanos: u64) {
        let micros = nanos as f32 / 1000.0;
        match self.parts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => all.push(micros),
            None => self.parts.push((name, vec![micros])),
        }
    }
}

impl Parts for Listener {
    fn part(&mut self, _name: &'static str) {}

    fn device_parts(&mut self, parts: &[DevicePart]) {
        if self.is_on {
            for part in parts {
                self.add(part.name, part.nanos);
            }
            // From the first mark of the first stream to the last mark of the last one.
            self.add("all", parts.iter().map(DevicePart::end).max().unwrap_or(0));
        }
    }
}
