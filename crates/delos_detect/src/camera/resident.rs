//! The chain that stays on a GPU from the pixels to the boxes.

mod lane;

use super::{CameraOptions, DeviceSteps, Together};
use crate::DetectError;
use crate::models::{ModelCard, ResolvedModel, check_batch};
use delos_core::{Detections2d, DevicePart, Image, Parts, parts};
use delos_infer::gpu::Cuda;
use delos_infer::kernels::MOST_IMAGES;
use delos_infer::{InferError, Placement, Runtime, Session};
use lane::{Lane, Spent};

/// Upload, letterbox, network, decode and suppression, one small copy back: for all images of a call in one
/// go, or with a stream for each.
#[derive(Debug)]
pub(super) struct Resident {
    first: Lane,
    /// Further streams.
    others: Vec<Lane>,
    /// Images of each lane.
    batch: usize,
    steps: DeviceSteps,
}

/// What every lane is made of.
struct Plan<'a> {
    runtime: &'a Runtime,
    model: &'a ResolvedModel,
    size: [u32; 2],
    options: &'a CameraOptions,
    steps: &'a DeviceSteps,
}

impl Resident {
    /// Opens the network on the GPU of `on`, once for each stream.
    ///
    /// # Errors
    /// As for [`CameraDetector::open_on`](super::CameraDetector::open_on).
    pub(super) fn new(
        runtime: &Runtime,
        model: &ResolvedModel,
        size: [u32; 2],
        options: &CameraOptions,
        on: &Cuda,
    ) -> Result<Self, DetectError> {
        let thresholds = options.thresholds.unwrap_or(model.card.thresholds);
        let steps = DeviceSteps::new(&model.card, size, thresholds)?;
        let plan = Plan { runtime, model, size, options, steps: &steps };
        let session = plan.session(on)?;
        let batch = batch_of(&model.card, size, options, &session)?.min(MOST_IMAGES);
        let first = plan.lane(on.clone(), session, batch)?;
        let mut others = Vec::new();
        while (1 + others.len()) * batch < options.images {
            let beside = on.beside().map_err(InferError::from)?;
            let session = plan.session(&beside)?;
            others.push(plan.lane(beside, session, batch)?);
        }
        Ok(Self { first, others, batch, steps })
    }

    /// Detections of each image.
    pub(super) fn detect_all(
        &mut self,
        images: &[&Image],
        parts: &mut dyn Parts,
    ) -> Result<Vec<Detections2d>, DetectError> {
        let Self { first, others, batch, .. } = self;
        let lanes = std::iter::once(&mut *first).chain(&mut *others);
        for (lane, images) in lanes.zip(images.chunks(*batch)) {
            parts.part(parts::UPLOAD);
            lane.stage(images)?;
            parts.part(parts::LAUNCH);
            lane.ask()?;
        }
        self.wait(images.len(), parts)?;
        // What is left for the processor: to read the results.
        parts.part(parts::POSTPROCESS);
        let mut found = Vec::with_capacity(images.len());
        for (lane, images) in self.lanes().zip(images.chunks(self.batch)) {
            let results = lane.answer()?.iter().take(images.len());
            found.extend(results.map(|result| self.steps.detections(result)));
        }
        Ok(found)
    }

    /// Waits for the lanes of so many images, and tells where the one spent its time that ended last; the others ran
    /// beside it.
    fn wait(&self, images: usize, parts: &mut dyn Parts) -> Result<(), DetectError> {
        let mut last: Option<Spent> = None;
        for lane in self.lanes().take(images.div_ceil(self.batch)) {
            lane.answer()?;
            let spent = lane.spent(&self.first)?;
            if last.is_none_or(|last| end_of(&spent) > end_of(&last)) {
                last = Some(spent);
            }
        }
        if let Some(spent) = last {
            parts.device_parts(&spent);
        }
        Ok(())
    }

    fn lanes(&self) -> impl Iterator<Item = &Lane> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The network, the same in every lane.
    pub(super) const fn session(&self) -> &Session {
        self.first.session()
    }

    /// Where the nodes of each lane's network run.
    pub(super) fn placements(&self) -> Vec<Placement> {
        self.lanes().map(|lane| lane.session().placement().clone()).collect()
    }

    /// In words: how images go through.
    pub(super) fn layout(&self) -> String {
        let (lanes, batch) = (1 + self.others.len(), self.batch);
        match (lanes, batch) {
            (1, 1) => "one image at a time".to_owned(),
            (1, _) => format!("batches of {batch} images"),
            (_, 1) => format!("{lanes} streams"),
            _ => format!("{lanes} streams of {batch} images each"),
        }
    }
}

fn end_of(spent: &Spent) -> u64 {
    spent.iter().map(DevicePart::end).max().unwrap_or(0)
}

impl Plan<'_> {
    fn session(&self, on: &Cuda) -> Result<Session, DetectError> {
        let Self { runtime, model, options, .. } = self;
        Ok(Session::open_on(runtime, model.network(), &options.session, on, options.stream)?)
    }

    fn lane(&self, on: Cuda, session: Session, batch: usize) -> Result<Lane, DetectError> {
        Lane::new(on, &self.model.card, self.size, self.steps, session, batch)
    }
}

/// How many images a run of the network takes, of those of a call.
///
/// # Errors
/// [`DetectError::Tensor`] when the network is not its card's.
pub(super) fn batch_of(
    card: &ModelCard,
    size: [u32; 2],
    options: &CameraOptions,
    session: &Session,
) -> Result<usize, DetectError> {
    let images = options.images.max(1);
    if options.together == Together::Batch && check_batch(card, size, images, session).is_ok() {
        return Ok(images);
    }
    check_batch(card, size, 1, session).map(|()| 1)
}
