//! The processor's letterbox and post-processing around a network on the device.

use anyhow::{Result, bail};
use delos_core::{Detections2d, Image};
use delos_detect::camera::{CameraOptions, Letterbox, PostProcess, Together};
use delos_detect::models::ResolvedModel;
use delos_infer::gpu::{Accelerator, Cuda};
use delos_infer::{Binding, BoundTensor, Runtime, Session, TensorShape, halves};

/// The network as the chain has it, with as many images in a run; what is before and behind it happens on
/// the processor.
pub(super) struct Plain {
    on: Cuda,
    binding: Binding<Cuda>,
    batch: usize,
    letterbox: Letterbox,
    post: PostProcess,
}

impl Plain {
    pub(super) fn new(
        on: &Cuda,
        runtime: &Runtime,
        model: &ResolvedModel,
        options: &CameraOptions,
    ) -> Result<Self> {
        let card = &model.card;
        let size = options.size.unwrap_or(card.input.size);
        let post = PostProcess::new(card, size, options.thresholds.unwrap_or(card.thresholds))?;
        let session =
            Session::open_on(runtime, model.network(), &options.session, on, options.stream)?;
        let is_free = session.inputs()[0].shape[0].is_none();
        let is_batch = is_free && options.together == Together::Batch;
        let batch = if is_batch { options.images } else { 1 };
        let [width, height] = size.map(|side| side as usize);
        let rows = card.rows()?.strides.iter().map(|stride| {
            let stride = *stride as usize;
            (width / stride) * (height / stride)
        });
        let input = [batch, 3, height, width];
        let output = [batch, rows.sum(), 5 + post.classes()];
        let input = TensorShape { name: &card.input.name, shape: &input };
        let output = TensorShape { name: &card.output.name, shape: &output };
        let binding = Binding::new(session, on, &[input], &[output])?;
        let letterbox = Letterbox::new(&card.input, size);
        Ok(Self { on: on.clone(), binding, batch, letterbox, post })
    }

    pub(super) fn detect_all(&mut self, images: &[&Image]) -> Result<Vec<Detections2d>> {
        let mut found = Vec::new();
        for images in images.chunks(self.batch) {
            let mut tensor = Vec::new();
            for image in images {
                tensor.extend_from_slice(self.letterbox.apply(image));
            }
            self.upload(&tensor)?;
            self.binding.run()?;
            let rows = self.download()?;
            let each = rows.chunks_exact(rows.len() / self.batch);
            for (image, rows) in images.iter().zip(each) {
                let fit = self.letterbox.fit(image.size());
                found.push(self.post.run(rows, &fit, image.size()));
            }
        }
        Ok(found)
    }

    fn upload(&mut self, tensor: &[f32]) -> Result<()> {
        match self.binding.input(0) {
            Some(BoundTensor::F32(input)) => self.on.upload(tensor, input)?,
            Some(BoundTensor::F16(input)) => {
                let mut bits = Vec::new();
                halves(tensor, &mut bits);
                self.on.upload(&bits, input)?;
            }
            _ => bail!("an input of another type"),
        }
        Ok(())
    }

    fn download(&self) -> Result<Vec<f32>> {
        let mut rows = Vec::new();
        match self.binding.output(0) {
            Some(tensor @ BoundTensor::F32(output)) => {
                rows.resize(tensor.len(), 0.0);
                self.on.download(output, &mut rows)?;
            }
            Some(tensor @ BoundTensor::F16(output)) => {
                let mut bits = vec![0; tensor.len()];
                self.on.download(output, &mut bits)?;
                rows.extend(bits.into_iter().map(super::super::camera::f32_of_half));
            }
            _ => bail!("an output of another type"),
        }
        Ok(rows)
    }
}
