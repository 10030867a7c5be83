//! The chain of which at least the first and the last step run on the processor.

use super::{Letterbox, PostProcess};
use crate::DetectError;
use crate::models::{ModelCard, input_shape, rows_shape};
use delos_core::{Detections2d, Image, Parts, parts};
use delos_infer::{Input, Numbers, Outputs, Session};

/// Letterbox, network, post-processing; buffers are kept.
#[derive(Debug)]
pub(super) struct Processor {
    pub(super) session: Session,
    /// Most images in one run of the network.
    batch: usize,
    /// Whether a run takes exactly so many.
    is_fixed: bool,
    takes_halves: bool,
    /// One for each image of a call, since cameras differ in size.
    letterboxes: Vec<Letterbox>,
    post: PostProcess,
    tensor: Vec<f32>,
    halves: Vec<u16>,
    output: Vec<f32>,
}

impl Processor {
    /// For a network that takes `batch` images of a call of at most `images`.
    pub(super) fn new(
        card: &ModelCard,
        size: [u32; 2],
        post: PostProcess,
        session: Session,
        [images, batch]: [usize; 2],
    ) -> Self {
        let input = session.inputs().iter().find(|info| info.name == card.input.name);
        let takes_halves = input.is_some_and(|info| info.element == "f16");
        let is_fixed = input.is_some_and(|info| info.shape.first().is_some_and(Option::is_some));
        let letterboxes = (0..images).map(|_| Letterbox::new(&card.input, size)).collect();
        let (tensor, halves, output) = Default::default();
        Self { session, batch, is_fixed, takes_halves, letterboxes, post, tensor, halves, output }
    }

    /// Detections of each image; there are at most as many as there are letterboxes.
    pub(super) fn detect_all(
        &mut self,
        card: &ModelCard,
        size: [u32; 2],
        images: &[&Image],
        parts: &mut dyn Parts,
    ) -> Result<Vec<Detections2d>, DetectError> {
        let mut found = Vec::with_capacity(images.len());
        for (place, images) in images.chunks(self.batch).enumerate() {
            self.detect_batch(card, size, (place * self.batch, images), parts, &mut found)?;
        }
        Ok(found)
    }

    /// One run of the network, on the images from the `first` on.
    fn detect_batch(
        &mut self,
        card: &ModelCard,
        size: [u32; 2],
        (first, images): (usize, &[&Image]),
        parts: &mut dyn Parts,
        found: &mut Vec<Detections2d>,
    ) -> Result<(), DetectError> {
        parts.part(parts::PREPROCESS);
        let count = if self.is_fixed { self.batch } else { images.len() };
        let [_, planes, height, width] = input_shape(card, size);
        self.prepare((first, images), count * planes * height * width, parts);
        let Self { session, letterboxes, post, tensor, halves, output, .. } = self;
        let tensor = match images {
            [_] if count == 1 => letterboxes[first].tensor(),
            _ => tensor,
        };
        let data = if self.takes_halves { Numbers::F16(halves) } else { Numbers::F32(tensor) };
        let (name, shape) = (card.input.name.as_str(), [count, planes, height, width]);
        parts.part(parts::NETWORK);
        session.run_with(&[Input { name, shape: &shape, data }], |outputs| {
            let rows = rows(card, size, count, post.classes(), outputs, output)?;
            parts.part(parts::POSTPROCESS);
            parts.load(size_of_val(rows) as u64, 0);
            let each = rows.chunks_exact((rows.len() / count).max(1));
            for ((image, letterbox), rows) in images.iter().zip(&letterboxes[first..]).zip(each) {
                found.push(post.run(rows, &letterbox.fit(image.size()), image.size()));
            }
            Ok(())
        })
    }

    /// Makes the network's input, which gets `len` numbers; a single image stays in its letterbox.
    fn prepare(&mut self, (first, images): (usize, &[&Image]), len: usize, parts: &mut dyn Parts) {
        let Self { letterboxes, tensor, halves, .. } = self;
        tensor.clear();
        for (image, letterbox) in images.iter().zip(&mut letterboxes[first..]) {
            let own = letterbox.apply(image);
            parts.load((image.rgb().len() + size_of_val(own)) as u64, 0);
            if len > own.len() {
                tensor.extend_from_slice(own);
            } else if self.takes_halves {
                delos_infer::halves(own, halves);
            }
        }
        if !tensor.is_empty() {
            tensor.resize(len, 0.0);
            if self.takes_halves {
                delos_infer::halves(tensor, halves);
            }
        }
    }
}

/// The network's answer, `[count, rows, columns]`, which must have the card's shape.
fn rows<'a>(
    card: &ModelCard,
    size: [u32; 2],
    count: usize,
    classes: usize,
    outputs: &'a Outputs<'_>,
    room: &'a mut Vec<f32>,
) -> Result<&'a [f32], DetectError> {
    let view = outputs.widened(&card.output.name, room)?;
    let [_, rows, columns] = rows_shape(card.rows()?, size, classes);
    let wanted = [count, rows, columns];
    if view.shape.iter().map(|side| usize::try_from(*side).ok()).eq(wanted.map(Some)) {
        return Ok(view.data);
    }
    Err(DetectError::Tensor {
        card: card.name.clone(),
        side: "output",
        wanted: format!("`{}` f32{wanted:?}", card.output.name),
        got: format!("f32{:?}", view.shape),
    })
}
