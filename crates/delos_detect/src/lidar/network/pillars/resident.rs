//! The chain that stays on a GPU from the points to the boxes.

mod boxes;
mod clock;
mod given;
mod nets;
mod scan;

use super::NetworkFrame;
use crate::DetectError;
use crate::lidar::network::LidarOptions;
use crate::models::{ModelCard, PillarCard, ResolvedModel};
use boxes::Boxes;
use clock::Clock;
use delos_core::{Detection3d, Ego, Parts, PointCloud, parts};
use delos_infer::gpu::{Accelerator, Cuda, CudaBuffer, GpuError, Pinned};
use delos_infer::kernels::{PillarTotals, Result3d};
use delos_infer::{Cost, InferError, Runtime, Session};
use given::Given;
use nets::{Encoder, Nets};
use scan::Scan;

/// Upload, pillars, networks, decode and suppression, two small copies back, all on one stream. Pillars that a
/// scan does not fill repeat its first one. After the first scans nothing is allocated but the list of boxes.
#[derive(Debug)]
pub(in crate::lidar::network) struct ResidentChain {
    on: Cuda,
    pillars: PillarCard,
    scan: Scan,
    given: Given,
    nets: Nets,
    boxes: Boxes,
    result: CudaBuffer<Result3d>,
    back: Pinned<Result3d>,
    /// How many pillars there were: a scan without one has no boxes.
    counted: Pinned<PillarTotals>,
    clock: Clock,
}

impl ResidentChain {
    /// Opens the network's files on the GPU of `on` and checks them against the card.
    ///
    /// # Errors
    /// As for [`LidarNetwork::open_on`](crate::lidar::network::LidarNetwork::open_on).
    pub(in crate::lidar::network) fn new(
        runtime: &Runtime,
        model: &ResolvedModel,
        options: &LidarOptions<'_>,
        on: &Cuda,
    ) -> Result<Self, DetectError> {
        let card = &model.card;
        let pillars = card.pillars()?.clone();
        let thresholds = options.thresholds.unwrap_or(card.thresholds);
        let mut boxes = Boxes::new(on, card, thresholds)?;
        let nets = Nets::open(runtime, model, options, on, &mut boxes)?;
        let given = Given::new(on, card, &pillars, nets.taker())?;
        let scan = Scan::new(on, &pillars)?;
        let clock = Clock::new(on, nets.encoder.is_some())?;
        let made = || -> Result<_, GpuError> { Ok((on.buffer(1)?, on.pinned(1)?, on.pinned(1)?)) };
        let (result, back, counted) = made().map_err(InferError::from)?;
        let on = on.clone();
        let mut chain =
            Self { on, pillars, scan, given, nets, boxes, result, back, counted, clock };
        chain.count_bytes();
        Ok(chain)
    }

    /// Finds what is in one scan; `out` is overwritten.
    pub(in crate::lidar::network) fn detect(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        parts: &mut dyn Parts,
        out: &mut Vec<Detection3d>,
    ) -> Result<(), DetectError> {
        out.clear();
        parts.part(parts::UPLOAD);
        self.scan.stage(&self.on, &self.pillars, cloud)?;
        parts.part(parts::LAUNCH);
        self.ask(&NetworkFrame::new(&self.pillars, ego_height_m))?;
        self.clock.wait()?;
        self.count_points();
        parts.device_parts(self.clock.spent()?);
        // What is left for the processor: to read the result.
        parts.part(parts::DECODE);
        let counted = self.counted.values().map_err(InferError::from)?;
        if counted.iter().all(|counted| counted.pillars == 0) {
            return Ok(());
        }
        for result in self.back.values().map_err(InferError::from)? {
            *out = self.boxes.detections(result);
        }
        Ok(())
    }

    /// Asks for everything from upload to download, without waiting.
    fn ask(&mut self, frame: &NetworkFrame) -> Result<(), DetectError> {
        self.clock.begin(&self.on)?;
        self.scan.upload(&self.on)?;
        self.end(parts::UPLOAD)?;
        self.given.fill(&self.on, &mut self.scan, frame, self.nets.taker_mut())?;
        self.end(parts::VOXELISE)?;
        if let Some(Encoder { binding, channels, .. }) = &mut self.nets.encoder {
            binding.run()?;
            self.clock.end(&self.on, parts::PILLAR_NETWORK)?;
            let grid = self.nets.network.input(0);
            given::scatter(&self.on, &self.scan, binding.output(0), *channels, grid)?;
            self.end(parts::SCATTER)?;
        }
        self.nets.network.run()?;
        self.end(parts::NETWORK)?;
        let Self { on, nets, boxes, result, .. } = self;
        boxes.launch(on, &nets.network, &frame.on_device(), result)?;
        self.end(parts::DECODE)?;
        self.fetch().map_err(InferError::from)?;
        self.end(parts::DOWNLOAD)
    }

    fn fetch(&mut self) -> Result<(), GpuError> {
        self.on.download_pinned(self.scan.kernels.totals(), &mut self.counted)?;
        self.on.download_pinned(&self.result, &mut self.back)
    }

    fn end(&self, part: &'static str) -> Result<(), DetectError> {
        self.clock.end(&self.on, part)
    }

    /// Bytes that each part reads or writes at least, as far as they are the same for every scan.
    fn count_bytes(&mut self) {
        let Self { nets, clock, .. } = self;
        if let Some(encoder) = &nets.encoder {
            let [columns, rows] = self.pillars.grid().map(u64::from);
            clock.count(parts::SCATTER, 4 * u64::from(encoder.channels) * columns * rows);
        }
        clock.count(parts::DECODE, nets.answer_bytes());
        clock.count(parts::DOWNLOAD, (size_of::<Result3d>() + size_of::<PillarTotals>()) as u64);
    }

    fn count_points(&mut self) {
        let points = self.scan.bytes();
        self.clock.count(parts::UPLOAD, points);
        self.clock.count(parts::VOXELISE, points + self.nets.points_bytes());
    }

    /// The network behind the pillar feature net.
    pub(in crate::lidar::network) const fn session(&self) -> &Session {
        self.nets.network.session()
    }

    /// The pillar feature net in front of it, where that is a session of its own.
    pub(in crate::lidar::network) fn encoder_session(&self) -> Option<&Session> {
        self.nets.encoder.as_ref().map(|encoder| encoder.binding.session())
    }

    /// The work of each network for one scan, by part: every scan has the most pillars.
    pub(in crate::lidar::network) fn costs(
        &self,
        runtime: &Runtime,
        model: &ResolvedModel,
    ) -> Result<Vec<(&'static str, Cost)>, DetectError> {
        self.nets.costs(runtime, model)
    }
}

/// What a card wants and the kernels do not have.
fn refused(card: &ModelCard, cause: &str) -> DetectError {
    let cause = format!("{}: {cause}", card.name);
    DetectError::Infer(InferError::Gpu(GpuError::Parameter { kernel: "pillar_cells", cause }))
}
