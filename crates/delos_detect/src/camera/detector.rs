//! Letterbox, network and post-processing together.

use super::{Letterbox, PostProcess};
use crate::DetectError;
use crate::models::{ResolvedModel, Thresholds, check_tensors};
use crate::models::{input_shape, rows_shape};
use delos_core::{Detections2d, Image, Parts, Unmeasured, parts};
use delos_infer::{Device, Placement, Runtime, Session, SessionOptions};

/// Finds road users in images with a network. Holds buffers, no memory of earlier images.
#[derive(Debug)]
pub struct CameraDetector {
    model: ResolvedModel,
    size: [u32; 2],
    session: Session,
    letterbox: Letterbox,
    post: PostProcess,
}

impl CameraDetector {
    /// Opens the network and checks it against its card. `size` is the width and height of
    /// the network's input, `None` for the card's; `thresholds` likewise.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when the network takes no images, [`DetectError::InputSize`],
    /// [`DetectError::Threshold`] and [`DetectError::Tensor`] when wishes, card and file disagree, [`DetectError::Infer`] when the network does not
    /// open.
    pub fn new(
        runtime: &Runtime,
        model: ResolvedModel,
        size: Option<[u32; 2]>,
        thresholds: Option<Thresholds>,
        options: &SessionOptions,
    ) -> Result<Self, DetectError> {
        let card = &model.card;
        card.rows()?;
        let size = size.unwrap_or(card.input.size);
        card.input.check_size(size).map_err(|cause| DetectError::InputSize {
            card: card.name.clone(),
            size,
            cause,
        })?;
        let post = PostProcess::new(card, size, thresholds.unwrap_or(card.thresholds))?;
        let session = Session::open(runtime, model.network(), options)?;
        check_tensors(card, size, &session)?;
        let letterbox = Letterbox::new(&card.input, size);
        Ok(Self { model, size, session, letterbox, post })
    }

    /// Detections in an image, in its pixels, by (score descending, row of the network
    /// ascending).
    ///
    /// # Errors
    /// [`DetectError::Infer`] when the network fails, [`DetectError::Tensor`] when it returns
    /// something else than its card says.
    pub fn detect(&mut self, image: &Image) -> Result<Detections2d, DetectError> {
        self.detect_in_parts(image, &mut Unmeasured)
    }

    /// [`detect`](Self::detect), which tells `parts` where pre-processing, network and
    /// post-processing begin.
    ///
    /// # Errors
    /// The same.
    pub fn detect_in_parts(
        &mut self,
        image: &Image,
        parts: &mut dyn Parts,
    ) -> Result<Detections2d, DetectError> {
        let Self { model, size, session, letterbox, post } = self;
        parts.part(parts::PREPROCESS);
        let fit = letterbox.fit(image.size());
        let tensor = letterbox.apply(image);
        parts.load((image.rgb().len() + size_of_val(tensor)) as u64, 0);
        parts.part(parts::NETWORK);
        let card = &model.card;
        session.run(&card.input.name, &input_shape(card, *size), tensor, |outputs| {
            let view = outputs.get(&card.output.name)?;
            let wanted = rows_shape(card.rows()?, *size, post.classes());
            let equal =
                view.shape.iter().map(|side| usize::try_from(*side).ok()).eq(wanted.map(Some));
            if !equal {
                return Err(DetectError::Tensor {
                    card: card.name.clone(),
                    side: "output",
                    wanted: format!("`{}` f32{wanted:?}", card.output.name),
                    got: format!("f32{:?}", view.shape),
                });
            }
            parts.part(parts::POSTPROCESS);
            parts.load(size_of_val(view.data) as u64, 0);
            Ok(post.run(view.data, &fit, image.size()))
        })
    }

    /// The model: card, file and sha256.
    pub const fn model(&self) -> &ResolvedModel {
        &self.model
    }

    /// Width and height of the network's input.
    pub const fn input_size(&self) -> [u32; 2] {
        self.size
    }

    /// The device the network really runs on.
    pub const fn device(&self) -> Device {
        self.session.device()
    }

    /// ONNX Runtime's name of the execution provider that really runs the network.
    pub const fn provider(&self) -> &'static str {
        self.session.provider()
    }

    /// Where the nodes of the network really run.
    pub const fn placement(&self) -> &Placement {
        self.session.placement()
    }

    /// What was chosen for the user where he left the choice, to be told to him.
    pub fn notice(&self) -> Option<&str> {
        self.session.notice()
    }
}
