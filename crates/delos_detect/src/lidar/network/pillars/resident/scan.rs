//! The points of a scan on their way to the device.

use super::super::pillar_kernels;
use super::super::point::{age_of, aligned_times};
use crate::DetectError;
use crate::models::{PillarCard, PointFeature};
use delos_core::{Ego, PointCloud};
use delos_infer::InferError;
use delos_infer::gpu::{Accelerator, Cuda, CudaBuffer, DeviceBuffer, GpuError, Pinned};
use delos_infer::kernels::{PillarKernels, PillarTarget};

/// Room at the beginning; a scan of 64 rings has fewer points.
const USUAL_POINTS: usize = 1 << 17;

/// Pinned memory, memory of the device, and the kernels that gather pillars. It grows with the scans.
#[derive(Debug)]
pub(super) struct Scan {
    staged: Pinned<[f32; 4]>,
    pub(super) points: CudaBuffer<[f32; 4]>,
    /// Of a network that reads the age of a point.
    ages: Option<Ages>,
    pub(super) kernels: PillarKernels<Cuda>,
    /// Points of the present scan.
    pub(super) count: usize,
}

/// Ages of points on their way.
#[derive(Debug)]
struct Ages {
    staged: Pinned<f32>,
    fetched: CudaBuffer<f32>,
    /// Whether the present scan has any; without they are 0.
    has_any: bool,
}

impl Scan {
    pub(super) fn new(on: &Cuda, card: &PillarCard) -> Result<Self, DetectError> {
        Self::with_room(on, card, USUAL_POINTS)
    }

    fn with_room(on: &Cuda, card: &PillarCard, most: usize) -> Result<Self, DetectError> {
        let kernels = pillar_kernels(on, card, most)?;
        let staged = on.pinned(most).map_err(InferError::from)?;
        let points = on.buffer(most).map_err(InferError::from)?;
        let reads_ages = card.features.contains(&PointFeature::Time);
        let ages = reads_ages.then(|| Ages::new(on, most)).transpose();
        let ages = ages.map_err(InferError::from)?;
        Ok(Self { staged, points, ages, kernels, count: 0 })
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
        match &mut self.ages {
            Some(ages) => Ok(ages.stage(cloud).map_err(InferError::from)?),
            None => Ok(()),
        }
    }

    /// Asks the device to fetch them.
    pub(super) fn upload(&mut self, on: &Cuda) -> Result<(), DetectError> {
        let Self { staged, points, ages, count, .. } = self;
        on.upload_first(*count, staged, points).map_err(InferError::from)?;
        if let Some(Ages { staged, fetched, has_any: true }) = ages {
            on.upload_first(*count, staged, fetched).map_err(InferError::from)?;
        }
        Ok(())
    }

    /// Asks the device to gather the points in pillars.
    pub(super) fn gather(
        &mut self,
        on: &Cuda,
        shift: [f32; 3],
        target: &mut PillarTarget<'_, Cuda>,
    ) -> Result<(), GpuError> {
        let Self { points, ages, kernels, count, .. } = self;
        let ages = ages.as_ref().filter(|ages| ages.has_any).map(|ages| &ages.fetched);
        kernels.gather(on, points, ages, *count, shift, target)
    }

    /// Bytes of the points, and of their ages where they have some.
    pub(super) fn bytes(&self) -> u64 {
        let has_ages = self.ages.as_ref().is_some_and(|ages| ages.has_any);
        let each = size_of::<[f32; 4]>() + if has_ages { size_of::<f32>() } else { 0 };
        (self.count * each) as u64
    }
}

impl Ages {
    fn new(on: &Cuda, most: usize) -> Result<Self, GpuError> {
        Ok(Self { staged: on.pinned(most)?, fetched: on.buffer(most)?, has_any: false })
    }

    fn stage(&mut self, cloud: &PointCloud<Ego>) -> Result<(), GpuError> {
        let times = aligned_times(cloud);
        self.has_any = times.is_some();
        if let Some(times) = times {
            for (place, time) in self.staged.values_mut()?.iter_mut().zip(times) {
                *place = age_of(*time);
            }
        }
        Ok(())
    }
}
