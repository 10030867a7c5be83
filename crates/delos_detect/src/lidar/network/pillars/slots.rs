//! Which pillar each point goes to, and where in it.

use super::point::Points;
use crate::models::PillarCard;

/// No pillar, no place.
pub(super) const NONE: u32 = u32::MAX;

/// The pillars of a scan, without the numbers of their points.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    /// Most points in a pillar.
    points: u32,
    /// Most pillars.
    most: usize,
    /// Pillar of each cell, [`NONE`] everywhere between scans.
    slot_of: Vec<u32>,
    /// Cell of each pillar.
    pub(super) cells: Vec<u32>,
    /// Points in each pillar.
    pub(super) counts: Vec<u32>,
    /// Sums of x, y, z of the points in each pillar.
    sums: Vec<[f64; 3]>,
    /// Place of each point of the scan, `pillar * points + number in it`, or [`NONE`].
    pub(super) places: Vec<u32>,
    /// Points that found everything full.
    pub(super) left_out: usize,
}

impl Slots {
    pub(super) fn new(card: &PillarCard) -> Self {
        let [columns, rows] = card.grid();
        Self {
            points: card.points,
            most: card.pillars as usize,
            slot_of: vec![NONE; columns as usize * rows as usize],
            cells: Vec::new(),
            counts: Vec::new(),
            sums: Vec::new(),
            places: Vec::new(),
            left_out: 0,
        }
    }

    /// Finds a place for each point, in scan order.
    pub(super) fn assign(&mut self, points: &Points<'_>) {
        self.cells.clear();
        self.counts.clear();
        self.sums.clear();
        self.places.clear();
        self.left_out = 0;
        for point in points.scan {
            let place = points.cell(point).and_then(|(at, cell)| self.place(at, cell));
            self.places.push(place.unwrap_or(NONE));
        }
        for cell in &self.cells {
            self.slot_of[*cell as usize] = NONE;
        }
    }

    fn place(&mut self, at: [f32; 3], cell: u32) -> Option<u32> {
        let slot = self.slot(cell);
        let fits = slot.filter(|slot| self.counts[*slot as usize] < self.points);
        let Some(slot) = fits else {
            self.left_out += 1;
            return None;
        };
        let count = &mut self.counts[slot as usize];
        let place = slot * self.points + *count;
        *count += 1;
        for (sum, part) in self.sums[slot as usize].iter_mut().zip(at) {
            *sum += f64::from(part);
        }
        Some(place)
    }

    /// The pillar of a cell; a new one while there is room.
    fn slot(&mut self, cell: u32) -> Option<u32> {
        let slot = &mut self.slot_of[cell as usize];
        if *slot == NONE {
            if self.cells.len() >= self.most {
                return None;
            }
            *slot = self.cells.len() as u32;
            self.cells.push(cell);
            self.counts.push(0);
            self.sums.push([0.0; 3]);
        }
        Some(*slot)
    }

    /// Mean x, y, z of a pillar's points.
    pub(super) fn mean(&self, pillar: usize) -> [f32; 3] {
        let count = f64::from(self.counts[pillar].max(1));
        self.sums[pillar].map(|sum| (sum / count) as f32)
    }
}
