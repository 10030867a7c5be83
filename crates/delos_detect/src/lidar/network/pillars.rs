//! Published networks that look at pillars: points into pillars, pillars onto the grid, the
//! network's numbers into boxes.
//!
//! [`Pillars`] gathers the points of a scan, [`Canvas`] scatters the answer of a pillar feature
//! net that is a file of its own, [`AnchorDecoder`] and [`HeatmapDecoder`] make boxes. Each is
//! pure, keeps its buffers, and gives the same bits for the same scan on any number of workers.

mod anchors;
mod canvas;
mod chain;
mod decoder;
mod device;
mod frame;
mod given;
mod heatmap;
mod keep;
mod point;
mod resident;
mod slots;

pub use anchors::AnchorDecoder;
pub use canvas::Canvas;
pub use device::{cell_parts, pillar_kernels};
pub use frame::NetworkFrame;
pub use heatmap::{HeadPlanes, HeatmapDecoder};

pub(super) use chain::PillarChain;
pub(super) use resident::ResidentChain;

use crate::models::{PillarCard, PillarLayout};
use delos_core::{Ego, PointCloud};
use point::{NUMBERS, Points, columns_of};
use slots::Slots;
use std::thread;

/// Scans with fewer points are gathered by the caller alone: a thread costs more than it saves.
const WORTH_A_THREAD: usize = 200_000;

/// Gathers the points of a scan in upright pillars, as the hard voxelisation of spconv and mmcv
/// does (`OpenPCDet`, mmdet3d):
///
/// - A point belongs to the cell `floor((p - least) / side)`, computed in f32 along each axis;
///   points outside the range, and those that are no numbers, belong to none.
/// - Pillars come in the order of their first point in the scan. Once there are
///   `input.pillars`, no further pillar is begun; points of those are left out.
/// - A pillar keeps its first `input.points` points in scan order; later ones are left out, and
///   do not count for its mean.
///
/// Unlike on a GPU whose threads race for places, the same scan gives the same tensor, bit for
/// bit. Nothing is allocated once the buffers have grown; with several workers, but for their
/// threads.
#[derive(Clone, Debug)]
pub struct Pillars {
    card: PillarCard,
    /// Which of [`NUMBERS`] numbers each feature is.
    columns: Vec<u8>,
    slots: Slots,
    /// `[P, N, C]` with P as large as it gets.
    tensor: Vec<f32>,
    /// Points that were written to each pillar of the tensor: the rest of it is zero.
    written: Vec<u32>,
    /// `[1, C, P, N]` where the network takes that.
    planes: Vec<f32>,
    /// Whether the tensor always has `input.pillars` pillars.
    padded: bool,
}

impl Pillars {
    /// For a card's network. With `padded` the tensor always has `input.pillars` pillars: those
    /// after the last one repeat the first, so that a network that scatters them writes the same
    /// numbers twice.
    pub fn new(card: &PillarCard, padded: bool) -> Self {
        Self {
            card: card.clone(),
            columns: columns_of(&card.features),
            slots: Slots::new(card),
            tensor: Vec::new(),
            written: Vec::new(),
            planes: Vec::new(),
            padded,
        }
    }

    /// Gathers a scan and returns the number of pillars.
    ///
    /// The sensor is the origin of [`Ego`], `ego_height_m` metres above nominal ground; `None`
    /// takes the card's height. `workers` is the most threads that may help; they change no bit.
    pub fn fill(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        workers: usize,
    ) -> usize {
        let workers = if cloud.points().len() < WORTH_A_THREAD { 1 } else { workers };
        self.fill_shared(cloud, ego_height_m, workers)
    }

    /// The same, with so many workers however few points there are.
    fn fill_shared(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        workers: usize,
    ) -> usize {
        let frame = NetworkFrame::new(&self.card, ego_height_m);
        let points = Points::new(&self.card, frame, cloud);
        self.slots.assign(&points);
        self.grow();
        self.write(&points, workers);
        if self.padded && !self.is_empty() {
            self.pad();
        }
        if self.card.layout == PillarLayout::Cpn {
            let used = self.given() * self.size();
            transpose(&self.tensor[..used], self.card.features.len(), &mut self.planes);
        }
        self.len()
    }

    /// Number of pillars.
    pub fn len(&self) -> usize {
        self.slots.cells.len()
    }

    /// Whether there is no pillar.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Points of the last scan that lie in the range and were left out because a pillar or the
    /// list of pillars was full.
    pub const fn left_out(&self) -> usize {
        self.slots.left_out
    }

    /// Number of points in each pillar, `[P]`.
    pub fn counts(&self) -> &[u32] {
        &self.slots.counts
    }

    /// Row-major number of each pillar's cell, `[P]`.
    pub fn cells(&self) -> &[u32] {
        &self.slots.cells
    }

    /// Number of pillars in the tensor: padded or not; none in any case where there is none.
    pub fn given(&self) -> usize {
        match (self.padded, self.len()) {
            (true, 1..) => self.card.pillars as usize,
            (_, count) => count,
        }
    }

    /// Features of the points, `[P, N, C]` or `[1, C, P, N]` as the card says, with
    /// [`given`](Self::given) pillars; places without a point hold zeros.
    pub fn tensor(&self) -> &[f32] {
        match self.card.layout {
            PillarLayout::Pnc => &self.tensor[..self.given() * self.size()],
            PillarLayout::Cpn => &self.planes,
        }
    }

    /// Numbers of a pillar.
    fn size(&self) -> usize {
        self.card.points as usize * self.card.features.len()
    }

    /// Makes room for the pillars there are.
    fn grow(&mut self) {
        let (count, size) = (self.len(), self.size());
        if self.written.len() < count {
            self.written.resize(count, 0);
            self.tensor.resize(count * size, 0.0);
        }
    }

    /// Writes the points, each worker those of its own pillars.
    fn write(&mut self, points: &Points<'_>, workers: usize) {
        let (count, size) = (self.len(), self.size());
        let share = count.div_ceil(workers.max(1)).max(1);
        let writer = Writer { points, slots: &self.slots, columns: &self.columns, size };
        let tensor = self.tensor[..count * size].chunks_mut(share * size);
        let parts = tensor.zip(self.written[..count].chunks_mut(share)).enumerate();
        if workers <= 1 {
            for (number, (tensor, written)) in parts {
                writer.write(number * share, tensor, written);
            }
            return;
        }
        thread::scope(|scope| {
            for (number, (tensor, written)) in parts {
                let writer = &writer;
                scope.spawn(move || writer.write(number * share, tensor, written));
            }
        });
    }

    /// Repeats the first pillar behind the last one.
    fn pad(&mut self) {
        let (most, size) = (self.card.pillars as usize, self.size());
        self.written.resize(most, 0);
        self.tensor.resize(most * size, 0.0);
        let features = self.card.features.len();
        let first = self.counts().first().copied().unwrap_or(0);
        let used = first as usize * features;
        for pillar in self.len()..most {
            let (head, tail) = self.tensor.split_at_mut(pillar * size);
            let before = self.written[pillar] as usize * features;
            if before > used {
                tail[used..before].fill(0.0);
            }
            tail[..used].copy_from_slice(&head[..used]);
            self.written[pillar] = first;
        }
    }
}

/// What the workers share.
struct Writer<'a> {
    points: &'a Points<'a>,
    slots: &'a Slots,
    columns: &'a [u8],
    size: usize,
}

impl Writer<'_> {
    /// Writes the pillars from `first` on into their part of the tensor.
    fn write(&self, first: usize, tensor: &mut [f32], written: &mut [u32]) {
        let features = self.columns.len();
        for (number, before) in written.iter_mut().enumerate() {
            let now = self.slots.counts[first + number];
            if *before > now {
                let pillar = &mut tensor[number * self.size..][..self.size];
                pillar[now as usize * features..*before as usize * features].fill(0.0);
            }
            *before = now;
        }
        let per_pillar = self.size / features;
        let places = first * per_pillar..first * per_pillar + written.len() * per_pillar;
        for (index, place) in self.slots.places.iter().enumerate() {
            let place = *place as usize;
            if !places.contains(&place) {
                continue;
            }
            let pillar = place / per_pillar;
            let numbers = self.points.numbers(index, self.slots, pillar);
            let out = &mut tensor[(place - places.start) * features..][..features];
            for (value, column) in out.iter_mut().zip(self.columns) {
                *value = numbers[*column as usize % NUMBERS];
            }
        }
    }
}

/// `[P, N, C]` into `[C, P, N]`.
fn transpose(tensor: &[f32], features: usize, out: &mut Vec<f32>) {
    out.clear();
    for feature in 0..features {
        out.extend(tensor.iter().skip(feature).step_by(features));
    }
}

#[cfg(test)]
mod tests;
