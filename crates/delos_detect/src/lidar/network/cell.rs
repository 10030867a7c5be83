//! Points in whole steps, and what a cell remembers of its points.

use super::Window;
use delos_core::LidarPoint;

/// Steps in a cell along x and y, 800 a metre.
const STEPS_PER_CELL: i32 = 256;
const STEPS_PER_M: f32 = 800.0;
const HEIGHT_STEPS_PER_M: f32 = 256.0;
/// Heights count from this far below level ground.
const BELOW_GROUND_M: f64 = 0.2;
/// Heights that count: 1.95 m below level ground to 3.8 m above.
const HEIGHTS: std::ops::Range<f32> = -448.0..1024.0;
/// Upper points lie 0.3 m above level ground or higher.
const UPPER: i32 = 128;
const STEPS_PER_SLICE: i32 = 64;
const SLICES: i32 = 10;
const HEIGHT_SCALE: f32 = 512.0;
/// Planes that depend on the points.
pub(super) const POINT_PLANES: usize = 9 + SLICES as usize;

/// Turns points into [`Step`]s.
pub(super) struct Steps {
    zero: [f32; 3],
    ends: [f32; 2],
    columns: usize,
}

/// A point in whole steps: its cell, its place in the cell, its height.
pub(super) struct Step {
    pub(super) cell: usize,
    along: u32,
    across: u32,
    height: i32,
}

impl Steps {
    /// `ground_m` is the height of level ground in the sensor's frame.
    pub(super) fn new(window: &Window, ground_m: f64) -> Self {
        let [x, y] = window.corner_m();
        let ends = window.cells().map(|side| (side * STEPS_PER_CELL as u32) as f32);
        let zero = [x, y, ground_m - BELOW_GROUND_M].map(|value| value as f32);
        Self { zero, ends, columns: window.columns_rows()[0] }
    }

    /// The point in steps, if it lies in the window. All limits are whole numbers: a number is
    /// within them if and only if the whole number below it is.
    pub(super) fn of(&self, p: &LidarPoint) -> Option<Step> {
        let u = (p.x - self.zero[0]) * STEPS_PER_M;
        let v = (p.y - self.zero[1]) * STEPS_PER_M;
        let w = (p.z - self.zero[2]) * HEIGHT_STEPS_PER_M;
        let counts = (0.0..self.ends[0]).contains(&u)
            && (0.0..self.ends[1]).contains(&v)
            && HEIGHTS.contains(&w);
        counts.then(|| {
            let (u, v) = (u as u32, v as u32);
            let cell = (v >> 8) as usize * self.columns + (u >> 8) as usize;
            Step { cell, along: u & 255, across: v & 255, height: floor(w) }
        })
    }
}

/// The whole number below; small numbers only.
fn floor(value: f32) -> i32 {
    let whole = value as i32;
    whole - i32::from((whole as f32) > value)
}

/// What a cell remembers of its points. Whole numbers: the order of the points does not matter.
/// Exact up to 16 million points a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    heights: i64,
    places: Places,
    upper: Places,
    highest: i16,
    lowest: i16,
    slices: u16,
}

/// Number of points and sums of their places in the cell.
#[derive(Clone, Copy, Debug)]
struct Places {
    count: u32,
    along: u32,
    across: u32,
}

impl Places {
    const NONE: Self = Self { count: 0, along: 0, across: 0 };

    fn add(&mut self, step: &Step) {
        self.count += 1;
        self.along = self.along.wrapping_add(step.along);
        self.across = self.across.wrapping_add(step.across);
    }

    /// Mean place in the cell along x and y, -0.5 to 0.5; 0 without points.
    fn mean(&self) -> [f32; 2] {
        if self.count == 0 {
            return [0.0; 2];
        }
        let steps = self.count as f32 * STEPS_PER_CELL as f32;
        [self.along, self.across].map(|sum| sum as f32 / steps - 0.5)
    }
}

impl Cell {
    /// A cell without points.
    pub(super) const EMPTY: Self = Self {
        heights: 0,
        places: Places::NONE,
        upper: Places::NONE,
        highest: i16::MIN,
        lowest: i16::MAX,
        slices: 0,
    };

    /// Adds a point.
    pub(super) fn add(&mut self, step: &Step) {
        self.places.add(step);
        self.heights += i64::from(step.height);
        self.highest = self.highest.max(step.height as i16);
        self.lowest = self.lowest.min(step.height as i16);
        if step.height >= UPPER {
            self.upper.add(step);
        }
        let slice = step.height.div_euclid(STEPS_PER_SLICE);
        if (0..SLICES).contains(&slice) {
            self.slices |= 1 << slice;
        }
    }

    /// The planes of a cell with points; `log_counts` is the table of [`log_counts`].
    pub(super) fn features(&self, log_counts: &[f32]) -> [f32; POINT_PLANES] {
        let counted = (self.places.count as usize).min(log_counts.len() - 1);
        let mut out = [0.0; POINT_PLANES];
        out[0] = 1.0;
        out[1] = log_counts[counted];
        out[2] = f32::from(self.highest) / HEIGHT_SCALE;
        out[3] = f32::from(self.lowest) / HEIGHT_SCALE;
        out[4] = self.heights as f32 / (self.places.count as f32 * HEIGHT_SCALE);
        out[5..7].copy_from_slice(&self.places.mean());
        out[7..9].copy_from_slice(&self.upper.mean());
        for (slice, value) in out[9..].iter_mut().enumerate() {
            *value = f32::from(self.slices >> slice & 1);
        }
        out
    }
}

/// `ln(1 + n) / 4` for a cell of n points, up to 255.
pub(super) fn log_counts() -> Vec<f32> {
    (0..256).map(|n| (f64::from(n).ln_1p() / 4.0) as f32).collect()
}
