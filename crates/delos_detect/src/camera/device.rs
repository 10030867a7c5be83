//! The camera's steps as the kernels of a GPU take them.

use super::letterbox::channels;
use super::{Fit, decode::Layout};
use crate::DetectError;
use crate::models::{Decoder, LetterboxCard, ModelCard, Thresholds};
use delos_core::{Box2, Detection2d, Detections2d, ImageSize, ObjectClass, Score};
use delos_infer::InferError;
use delos_infer::gpu::{Accelerator, GpuError};
use delos_infer::kernels::{
    ImageFit, LetterboxKernel, Normalization, Result2d, View, YoloxKernels, YoloxShape,
};

/// What [`Letterbox`](super::Letterbox) and [`PostProcess`](super::PostProcess) do, as parameters of the
/// kernels that do it on a device, with the same results.
#[derive(Clone, Debug)]
pub struct DeviceSteps {
    letterbox: LetterboxKernel,
    card: LetterboxCard,
    layout: Layout,
    shape: YoloxShape,
    thresholds: Thresholds,
}

impl DeviceSteps {
    /// For a card's network at the input size `[width, height]`.
    ///
    /// # Errors
    /// [`DetectError::Threshold`] when a limit is outside 0..=1, [`DetectError::Card`] when the network is
    /// none of YOLOX, [`DetectError::Kind`] when it is no camera's, [`DetectError::Infer`] when the
    /// kernels cannot have its shape.
    pub fn new(
        card: &ModelCard,
        size: [u32; 2],
        thresholds: Thresholds,
    ) -> Result<Self, DetectError> {
        thresholds.check()?;
        let refused = |cause: String| DetectError::Card { place: card.name.clone(), cause };
        let rows = card.rows()?;
        if rows.decoder != Decoder::Yolox {
            return Err(refused("only YOLOX is decoded on a device".into()));
        }
        let classes = card.classes.map().map_err(refused)?;
        let shape = YoloxShape::new(size, &rows.strides, classes.len()).map_err(in_words)?;
        let image = card.input.image();
        Ok(Self {
            letterbox: LetterboxKernel { input: size, normal: normalization(&image) },
            card: image.letterbox,
            layout: Layout { size, strides: rows.strides.clone(), classes },
            shape,
            thresholds,
        })
    }

    /// The kernel that makes the network's input.
    pub const fn letterbox(&self) -> &LetterboxKernel {
        &self.letterbox
    }

    /// An image of this size whose pixels begin at byte `start`.
    pub fn view(&self, start: usize, image: ImageSize) -> View {
        let fit = self.fit(image);
        let pair = |size: ImageSize| [size.width, size.height];
        View::new(start, pair(image), pair(fit.size), [fit.left, fit.top])
    }

    /// The way back from the network's input to an image of this size.
    pub fn image_fit(&self, image: ImageSize) -> ImageFit {
        let fit = self.fit(image);
        let last = |side: u32| side.saturating_sub(1) as f32;
        ImageFit {
            scale: (1.0 / fit.ratio) as f32,
            left: fit.left as f32,
            top: fit.top as f32,
            right: last(image.width),
            bottom: last(image.height),
        }
    }

    /// The kernels that make detections, with memory for so many images.
    ///
    /// # Errors
    /// [`DetectError::Infer`].
    pub fn yolox<A: Accelerator>(
        &self,
        on: &A,
        images: usize,
    ) -> Result<YoloxKernels<A>, DetectError> {
        let group = |class: &Option<ObjectClass>| class.map_or(-1, |class| class as i32);
        let groups: Vec<i32> = self.layout.classes.iter().map(group).collect();
        YoloxKernels::new(on, self.shape, &groups, images).map_err(in_words)
    }

    /// Least score and greatest overlap, as the kernels take them.
    pub const fn limits(&self) -> [f32; 2] {
        [self.thresholds.score, self.thresholds.nms_iou]
    }

    /// The detections of a result.
    pub fn detections(&self, result: &Result2d) -> Detections2d {
        let found = result.detections().iter().filter_map(|slot| {
            let [x1, y1, x2, y2] = slot.edges;
            let class = *self.layout.classes.get(usize::try_from(slot.class).ok()?)?;
            let score = Score::clamped(f64::from(slot.score));
            Some(Detection2d { bbox: Box2 { x1, y1, x2, y2 }, class: class?, score })
        });
        Detections2d(found.collect())
    }

    fn fit(&self, image: ImageSize) -> Fit {
        Fit::new(image, self.letterbox.input, &self.card)
    }
}

fn normalization(image: &crate::models::ImageCard) -> Normalization {
    let channels = channels(image);
    Normalization {
        gain: channels.map(|channel| channel.gain),
        offset: channels.map(|channel| channel.offset),
        plane: channels.map(|channel| i32::try_from(channel.plane).unwrap_or(0)),
        pad: i32::from(image.letterbox.pad),
    }
}

fn in_words(error: GpuError) -> DetectError {
    DetectError::Infer(InferError::Gpu(error))
}
