//! One stream with all that a run on it needs.

use crate::DetectError;
use crate::camera::DeviceSteps;
use crate::gpu::nanos_since;
use crate::models::{ModelCard, input_shape, rows_shape};
use delos_core::{DevicePart, Image, parts};
use delos_infer::gpu::{Accelerator, Cuda, CudaBuffer, DeviceBuffer, GpuError, Mark, Pinned};
use delos_infer::kernels::{ImageFit, Result2d, View, YoloxKernels};
use delos_infer::{Binding, BoundTensor, InferError, Session, TensorShape};

/// The parts of the device's work, each between two marks.
const PARTS: [&str; 5] =
    [parts::UPLOAD, parts::PREPROCESS, parts::NETWORK, parts::POSTPROCESS, parts::DOWNLOAD];

/// What the device's clock says of each.
pub(super) type Spent = [DevicePart; PARTS.len()];

/// A stream with memory for a batch of images. After the first images of a size nothing is allocated.
#[derive(Debug)]
pub(super) struct Lane {
    on: Cuda,
    steps: DeviceSteps,
    binding: Binding<Cuda>,
    yolox: YoloxKernels<Cuda>,
    staged: Pinned<u8>,
    pixels: CudaBuffer<u8>,
    /// Bytes of the present images, of all that there is room for.
    total: usize,
    views: Vec<View>,
    /// One for each image of the batch, also for those that a call leaves out.
    fits: Vec<ImageFit>,
    results: CudaBuffer<Result2d>,
    back: Pinned<Result2d>,
    marks: [Mark; PARTS.len() + 1],
    /// Bytes that each part reads or writes at least.
    bytes: [u64; PARTS.len()],
}

impl Lane {
    /// Memory for `batch` images, and the network bound to it.
    pub(super) fn new(
        on: Cuda,
        card: &ModelCard,
        size: [u32; 2],
        steps: &DeviceSteps,
        session: Session,
        batch: usize,
    ) -> Result<Self, DetectError> {
        let [_, planes, height, width] = input_shape(card, size);
        let [_, rows, columns] = rows_shape(card.rows()?, size, card.class_count()?);
        let (input, output) = ([batch, planes, height, width], [batch, rows, columns]);
        let input = TensorShape { name: &card.input.name, shape: &input };
        let output = TensorShape { name: &card.output.name, shape: &output };
        let binding = Binding::new(session, &on, &[input], &[output])?;
        let yolox = steps.yolox(&on, batch)?;
        let made = || -> Result<_, GpuError> {
            let marks = [on.mark()?, on.mark()?, on.mark()?, on.mark()?, on.mark()?, on.mark()?];
            let (staged, pixels) = (on.pinned(0)?, on.buffer(0)?);
            Ok((marks, staged, pixels, on.buffer(batch)?, on.pinned(batch)?))
        };
        let (marks, staged, pixels, results, back) = made().map_err(InferError::from)?;
        let fits =
            vec![ImageFit { scale: 1.0, left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 }; batch];
        let (steps, views, bytes) = (steps.clone(), Vec::with_capacity(batch), Default::default());
        Ok(Self {
            on,
            steps,
            binding,
            yolox,
            staged,
            pixels,
            total: 0,
            views,
            fits,
            results,
            back,
            marks,
            bytes,
        })
    }

    /// Copies images to where the device fetches them.
    pub(super) fn stage(&mut self, images: &[&Image]) -> Result<(), DetectError> {
        let total = images.iter().map(|image| image.rgb().len()).sum();
        if total > self.pixels.len() {
            self.pixels = self.on.buffer(total).map_err(InferError::from)?;
            self.staged = self.on.pinned(total).map_err(InferError::from)?;
        }
        let mut rest = self.staged.values_mut().map_err(InferError::from)?;
        let mut start = 0;
        self.views.clear();
        self.total = total;
        for (image, fit) in images.iter().zip(&mut self.fits) {
            let (own, after) = rest.split_at_mut(image.rgb().len());
            own.copy_from_slice(image.rgb());
            self.views.push(self.steps.view(start, image.size()));
            *fit = self.steps.image_fit(image.size());
            (rest, start) = (after, start + own.len());
        }
        let tensor = |tensor: Option<&BoundTensor<Cuda>>| tensor.map_or(0, tensor_bytes);
        let input = tensor(self.binding.input(0).map(|tensor| &*tensor));
        let output = tensor(self.binding.output(0));
        let (pixels, results) = (total as u64, (self.fits.len() * size_of::<Result2d>()) as u64);
        self.bytes = [pixels, pixels + input, 0, output, results];
        Ok(())
    }

    /// Asks for everything from upload to download, without waiting.
    pub(super) fn ask(&mut self) -> Result<(), DetectError> {
        self.mark(0)?;
        let Self { on, staged, pixels, .. } = self;
        on.upload_first(self.total, staged, pixels).map_err(InferError::from)?;
        self.mark(1)?;
        self.prepare().map_err(InferError::from)?;
        self.mark(2)?;
        self.binding.run()?;
        self.mark(3)?;
        self.decide().map_err(InferError::from)?;
        self.mark(4)?;
        self.on.download_pinned(&self.results, &mut self.back).map_err(InferError::from)?;
        self.mark(5)
    }

    /// Waits for the results, one for each image of the batch.
    pub(super) fn answer(&self) -> Result<&[Result2d], DetectError> {
        self.marks[PARTS.len()].wait().map_err(InferError::from)?;
        Ok(self.back.values().map_err(InferError::from)?)
    }

    /// When each part began, counted from the beginning of a lane that was asked before or this one, and how long it
    /// took, by the device's clock; after [`Lane::answer`] of both.
    pub(super) fn spent(&self, first: &Self) -> Result<Spent, DetectError> {
        let mut spent = PARTS.map(|name| DevicePart { name, start: 0, nanos: 0, bytes: 0 });
        let [begin, ends @ ..] = &self.marks;
        let mut ended = nanos_since(begin, &first.marks[0])?;
        for ((part, end), bytes) in spent.iter_mut().zip(ends).zip(self.bytes) {
            let at = nanos_since(end, &first.marks[0])?;
            *part = DevicePart { start: ended, nanos: at.saturating_sub(ended), bytes, ..*part };
            ended = part.end();
        }
        Ok(spent)
    }

    /// The network.
    pub(super) const fn session(&self) -> &Session {
        self.binding.session()
    }

    fn mark(&self, place: usize) -> Result<(), DetectError> {
        let mark = &self.marks[place];
        Ok(self.on.mark_again(mark).map_err(InferError::from)?)
    }

    fn prepare(&mut self) -> Result<(), GpuError> {
        let Self { on, steps, binding, pixels, views, .. } = self;
        match binding.input(0) {
            Some(BoundTensor::F32(tensor)) => steps.letterbox().launch(on, pixels, views, tensor),
            Some(BoundTensor::F16(tensor)) => steps.letterbox().launch(on, pixels, views, tensor),
            _ => Err(no_such_type("letterbox")),
        }
    }

    fn decide(&mut self) -> Result<(), GpuError> {
        let Self { on, steps, binding, yolox, fits, results, .. } = self;
        let limits = steps.limits();
        match binding.output(0) {
            Some(BoundTensor::F32(rows)) => yolox.launch(on, rows, fits, limits, results),
            Some(BoundTensor::F16(rows)) => yolox.launch(on, rows, fits, limits, results),
            _ => Err(no_such_type("yolox")),
        }
    }
}

fn tensor_bytes(tensor: &BoundTensor<Cuda>) -> u64 {
    let bytes = if matches!(tensor, BoundTensor::F16(_)) { 2 } else { 4 };
    (tensor.len() * bytes) as u64
}

fn no_such_type(kernel: &'static str) -> GpuError {
    GpuError::Parameter { kernel, cause: "images are f32 or f16".into() }
}
