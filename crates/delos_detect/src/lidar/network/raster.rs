//! The feature raster: what the network sees of a scan.

use super::cell::{Cell, POINT_PLANES, Steps, log_counts};
use super::window::CELL_M;
use super::{FEATURES, Window};
use delos_core::{Ego, PointCloud};

/// Ranges are given to the network in this.
const RANGE_SCALE_M: f64 = 64.0;

/// Lays the points of a scan over the ground as the network's input.
///
/// The same points give the same bits in any order. Buffers are kept from scan to scan; nothing
/// is allocated after [`Raster::new`], and only cells that have or had points are touched.
#[derive(Clone, Debug)]
pub struct Raster {
    window: Window,
    /// `[22, ny, nx]`.
    tensor: Vec<f32>,
    /// `[ny, nx]`, all empty between calls.
    cells: Vec<Cell>,
    /// One bit for each cell: whether it has points.
    occupied: Vec<u64>,
    log_counts: Vec<f32>,
}

impl Raster {
    /// For this part of the ground.
    pub fn new(window: Window) -> Self {
        let [columns, rows] = window.columns_rows();
        let area = columns * rows;
        let mut tensor = vec![0.0; FEATURES * area];
        write_places(&window, &mut tensor[POINT_PLANES * area..]);
        Self {
            window,
            tensor,
            cells: vec![Cell::EMPTY; area],
            occupied: vec![0; area.div_ceil(64)],
            log_counts: log_counts(),
        }
    }

    /// The part of the ground.
    pub const fn window(&self) -> &Window {
        &self.window
    }

    /// The features of a scan, `[22, ny, nx]` f32, row = y, column = x.
    ///
    /// The sensor is the origin of [`Ego`]; `ground_m` is the height of level ground there, the
    /// negative of its own height over ground.
    pub fn fill(&mut self, cloud: &PointCloud<Ego>, ground_m: f64) -> &[f32] {
        self.forget();
        let steps = Steps::new(&self.window, ground_m);
        for step in cloud.points().iter().filter_map(|point| steps.of(point)) {
            self.occupied[step.cell / 64] |= 1 << (step.cell % 64);
            self.cells[step.cell].add(&step);
        }
        self.write();
        &self.tensor
    }

    /// Takes the last scan out of the tensor.
    fn forget(&mut self) {
        let Self { tensor, cells, occupied, .. } = self;
        for plane in tensor.chunks_exact_mut(cells.len()).take(POINT_PLANES) {
            each_bit(occupied, |cell| plane[cell] = 0.0);
        }
        occupied.fill(0);
    }

    /// Writes the cells with points, and empties them.
    fn write(&mut self) {
        let Self { tensor, cells, occupied, log_counts, .. } = self;
        let area = cells.len();
        each_bit(occupied, |cell| {
            let features = cells[cell].features(log_counts);
            for (plane, feature) in features.into_iter().enumerate() {
                tensor[plane * area + cell] = feature;
            }
            cells[cell] = Cell::EMPTY;
        });
    }
}

/// Calls `visit` with the number of each bit that is set, ascending.
fn each_bit(words: &[u64], mut visit: impl FnMut(usize)) {
    for (number, word) in words.iter().enumerate() {
        let mut rest = *word;
        while rest != 0 {
            visit(number * 64 + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}

/// Where the sensor sees each cell, `[3, ny, nx]`: range in 64 m, cosine and sine of the azimuth.
fn write_places(window: &Window, out: &mut [f32]) {
    let [columns, rows] = window.columns_rows();
    let area = columns * rows;
    let middle = |corner: f64, number: usize| corner + (number as f64 + 0.5) * CELL_M;
    for cell in 0..area {
        let x = middle(window.corner_m()[0], cell % columns);
        let y = middle(window.corner_m()[1], cell / columns);
        let range_m = x.hypot(y);
        // A cell around the sensor itself lies in no direction.
        let unit = |part: f64| if range_m > 0.0 { part / range_m } else { 0.0 };
        for (plane, value) in [range_m / RANGE_SCALE_M, unit(x), unit(y)].into_iter().enumerate() {
            out[plane * area + cell] = value as f32;
        }
    }
}

#[cfg(test)]
mod tests;
