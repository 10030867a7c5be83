//! The points of a scan on their way to the device.

use super::super::pillar_kernels;
use crate::DetectError;
use crate::models::PillarCard;
use delos_core::{Ego, PointCloud};
use delos_infer::InferError;
use delos_infer::gpu::{Accelerator, Cuda, CudaBuffer, DeviceBuffer, Pinned};
use delos_infer::kernels::PillarKernels;

/// Room at the beginning; a scan of 64 rings has fewer points.
const USUAL_POINTS: usize = 1 << 17;

/// Pinned memory, memory of the device, and the kernels that gather pillars. It grows with the scans.
#[derive(Debug)]
pub(super) struct Scan {
    staged: Pinned<[f32; 4]>,
    pub(super) points: CudaBuffer<[f32; 4]>,
    pub(super) kernels: PillarKernels<Cuda>,
    /// Points of the present scan.
    pub(super) count: usize,
}

impl Scan {
    pub(super) fn new(on: &Cuda, card: &PillarCard) -> Result<Self, DetectError> {
        Self::with_room(on, card, USUAL_POINTS)
    }

    fn with_room(on: &Cuda, card: &PillarCard, most: usize) -> Result<Self, DetectError> {
        let kernels = pillar_kernels(on, card, most)?;
        let staged = on.pinned(most).map_err(InferError::from)?;
        let points = on.buffer(most).map_err(InferError::from)?;
        Ok(Self { staged, points, kernels, count: 0 })
    }

    /// Copies the points to where the device fetches them.
    pub(super) fn stage(
        &mut self,
        on: &Cuda,
        card: &PillarCard,
        cloud: &PointCloud<Ego>,
    ) -> Result<(), DetectError> {
        let points = cloud.points();
        if points.len() > self.points.len() {
            *self = Self::with_room(on, card, points.len().next_power_of_two())?;
        }
        let staged = self.staged.values_mut().map_err(InferError::from)?;
        for (place, point) in staged.iter_mut().zip(points) {
            *place = [point.x, point.y, point.z, point.intensity];
        }
        self.count = points.len();
        Ok(())
    }

    /// Asks the device to fetch them.
    pub(super) fn upload(&mut self, on: &Cuda) -> Result<(), DetectError> {
        let Self { staged, points, count, .. } = self;
        Ok(on.upload_first(*count, staged, points).map_err(InferError::from)?)
    }

    /// Bytes of the points.
    pub(super) const fn bytes(&self) -> u64 {
        (self.count * size_of::<[f32; 4]>()) as u64
    }
}
