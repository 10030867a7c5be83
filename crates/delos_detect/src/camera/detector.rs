//! Letterbox, network and post-processing together.

use super::processor::Processor;
use super::resident::{Resident, batch_of};
use super::{CameraOptions, PostProcess};
use crate::DetectError;
use crate::gpu::{self, Residence};
use crate::models::{Decoder, ResolvedModel, Thresholds, input_shape};
use delos_core::{Detections2d, Image, Parts, Unmeasured, parts};
use delos_infer::gpu::Cuda;
use delos_infer::{Cost, Device, Placement, Runtime, Session, SessionOptions};

/// Finds road users in images with a network. Holds buffers, no memory of earlier images.
#[derive(Debug)]
pub struct CameraDetector {
    model: ResolvedModel,
    size: [u32; 2],
    images: usize,
    chain: Chain,
    notice: Option<String>,
}

/// Where the steps before and behind the network run.
#[derive(Debug)]
enum Chain {
    Processor(Box<Processor>),
    Resident(Box<Resident>),
}

impl CameraDetector {
    /// Opens the network for single images. `size` is the width and height of the network's input, `None` for
    /// the card's; `thresholds` likewise.
    ///
    /// # Errors
    /// As [`CameraDetector::open`].
    pub fn new(
        runtime: &Runtime,
        model: ResolvedModel,
        size: Option<[u32; 2]>,
        thresholds: Option<Thresholds>,
        options: &SessionOptions,
    ) -> Result<Self, DetectError> {
        let options =
            CameraOptions { size, thresholds, session: *options, ..CameraOptions::default() };
        Self::open(runtime, model, &options)
    }

    /// Opens the network and checks it against its card.
    ///
    /// # Errors
    /// [`DetectError::Kind`] when the network takes no images, [`DetectError::InputSize`],
    /// [`DetectError::Threshold`] and [`DetectError::Tensor`] when wishes, card and file disagree,
    /// [`DetectError::Infer`] when the network does not open, or must stay on a GPU and cannot.
    pub fn open(
        runtime: &Runtime,
        model: ResolvedModel,
        options: &CameraOptions,
    ) -> Result<Self, DetectError> {
        let size = size_of(&model, options)?;
        let is_decoded = model.card.rows()?.decoder == Decoder::Yolox;
        let (device, residence) = (options.session.device, options.resident);
        let Some(number) = gpu::number_for(runtime, device, residence)? else {
            return Self::on_processor(runtime, model, size, options, None);
        };
        if !is_decoded && residence != Residence::Required {
            let why = "only YOLOX is decoded on a device".to_owned();
            return Self::on_processor(runtime, model, size, options, Some(why));
        }
        match Self::on_gpu(runtime, model.clone(), options, number) {
            Err(why) if gpu::may_fall_back(&why, device, residence) => {
                Self::on_processor(runtime, model, size, options, Some(why.to_string()))
            }
            opened => opened,
        }
    }

    /// Opens the network on a GPU that is open already, with everything resident there; the options name that
    /// GPU, or the processor where `on` keeps its memory there ([`Cuda::with_memory_of_process`]).
    ///
    /// # Errors
    /// As [`CameraDetector::open`]; [`DetectError::Card`] when the network is none of YOLOX.
    pub fn open_on(
        runtime: &Runtime,
        model: ResolvedModel,
        options: &CameraOptions,
        on: &Cuda,
    ) -> Result<Self, DetectError> {
        let size = size_of(&model, options)?;
        let resident = Resident::new(runtime, &model, size, options, on)?;
        let (number, layout, origin) = (on.ordinal(), resident.layout(), on.origin());
        let chosen = match options.session.device {
            Device::Auto => format!("device auto: cuda:{number}; "),
            _ => String::new(),
        };
        let notice = Some(format!("{chosen}images stay on cuda:{number}, {layout}; {origin}"));
        let chain = Chain::Resident(Box::new(resident));
        Ok(Self { model, size, images: options.images.max(1), chain, notice })
    }

    fn on_gpu(
        runtime: &Runtime,
        model: ResolvedModel,
        options: &CameraOptions,
        number: u32,
    ) -> Result<Self, DetectError> {
        let on = gpu::open(number, &options.session)?;
        Self::open_on(runtime, model, options, &on)
    }

    fn on_processor(
        runtime: &Runtime,
        model: ResolvedModel,
        size: [u32; 2],
        options: &CameraOptions,
        why: Option<String>,
    ) -> Result<Self, DetectError> {
        let card = &model.card;
        let post = PostProcess::new(card, size, options.thresholds.unwrap_or(card.thresholds))?;
        let session = Session::open(runtime, model.network(), &options.session)?;
        // A network on the processor has told why already.
        let why = why.filter(|_| session.device() != Device::Cpu);
        let why = why.map(|why| format!("images are prepared on the processor: {why}"));
        let notice = [session.notice().map(str::to_owned), why].into_iter().flatten();
        let notice = notice.reduce(|first, second| format!("{first}; {second}"));
        let batch = batch_of(card, size, options, &session)?;
        let images = options.images.max(1);
        let chain = Processor::new(card, size, post, session, [images, batch]);
        Ok(Self { chain: Chain::Processor(Box::new(chain)), model, size, images, notice })
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
        Ok(self.detect_all(&[image], parts)?.pop().unwrap_or_default())
    }

    /// Detections in each of several images, the same as one by one. At most as many as
    /// [`CameraOptions::images`] said; of more the rest is an error.
    ///
    /// # Errors
    /// The same, and [`DetectError::Images`].
    pub fn detect_all(
        &mut self,
        images: &[&Image],
        parts: &mut dyn Parts,
    ) -> Result<Vec<Detections2d>, DetectError> {
        if images.len() > self.images {
            return Err(DetectError::Images { most: self.images, got: images.len() });
        }
        match &mut self.chain {
            Chain::Processor(chain) => chain.detect_all(&self.model.card, self.size, images, parts),
            Chain::Resident(chain) => chain.detect_all(images, parts),
        }
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
    pub fn device(&self) -> Device {
        self.session().device()
    }

    /// ONNX Runtime's name of the execution provider that really runs the network.
    pub fn provider(&self) -> &'static str {
        self.session().provider()
    }

    /// Whether the steps before and behind the network run on the device too.
    pub const fn is_resident(&self) -> bool {
        matches!(self.chain, Chain::Resident(_))
    }

    /// Where the nodes of the network really run.
    pub fn placement(&self) -> &Placement {
        self.session().placement()
    }

    /// Where the nodes of each session of the network really run: one for each stream.
    pub fn placements(&self) -> Vec<Placement> {
        match &self.chain {
            Chain::Processor(chain) => vec![chain.session.placement().clone()],
            Chain::Resident(chain) => chain.placements(),
        }
    }

    /// What the network has to do for the images of one call, by the part of the work in which it
    /// runs ([`parts`]).
    ///
    /// # Errors
    /// [`DetectError::Infer`] when the network does not run.
    pub fn costs(&self, runtime: &Runtime) -> Result<Vec<(&'static str, Cost)>, DetectError> {
        let card = &self.model.card;
        let shape = input_shape(card, self.size);
        let one = Cost::of(runtime, self.model.network(), &[(&card.input.name, &shape)])?;
        Ok(vec![(parts::NETWORK, one.times(self.images as u64))])
    }

    /// What was chosen for the user where he left the choice, to be told to him.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    fn session(&self) -> &Session {
        match &self.chain {
            Chain::Processor(chain) => &chain.session,
            Chain::Resident(chain) => chain.session(),
        }
    }
}

/// Width and height of the network's input, which the card must allow.
fn size_of(model: &ResolvedModel, options: &CameraOptions) -> Result<[u32; 2], DetectError> {
    let card = &model.card;
    card.rows()?;
    let size = options.size.unwrap_or(card.input.size);
    let wrong = |cause| DetectError::InputSize { card: card.name.clone(), size, cause };
    card.input.check_size(size).map_err(wrong)?;
    Ok(size)
}
