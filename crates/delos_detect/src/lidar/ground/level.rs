//! Where the ground around the vehicle is, if not where it is said to be.

use super::cells::RINGS;
use super::walk::Lowest;

/// The cells that are asked: near enough that slopes say little, as far as scanners of few beams
/// need. Rings of a metre.
const ASKED: std::ops::Range<usize> = 3..15;
/// Fewer cells with returns say nothing.
const LEAST_CELLS: usize = 100;
/// So much of them must lie this near to the level, metres, for it to be one.
const CLEAR_SHARE: f32 = 0.35;
const FLAT_M: f32 = 0.15;
/// Ground this near to the stated height is where it is said to be, metres: the line that starts
/// there finds it, and slopes and a nodding vehicle move the level as far.
const STATED_M: f32 = 0.25;

/// Finds the level of the ground around the vehicle. Holds a buffer.
#[derive(Default)]
pub(super) struct GroundLevel {
    pub(super) heights: Vec<f32>,
}

impl GroundLevel {
    /// How far the ground lies over the stated height, from the lowest returns of the cells; 0
    /// where it is about there, or where there is no clear level.
    pub(super) fn offset(&mut self, lowest: &[Lowest], stated: f32) -> f32 {
        let Self { heights } = self;
        heights.clear();
        let near = lowest.chunks_exact(RINGS).flat_map(|sector| &sector[ASKED]);
        heights.extend(near.filter_map(Lowest::robust).map(|(z, _)| z));
        if heights.len() < LEAST_CELLS {
            return 0.0;
        }
        let middle = heights.len() / 2;
        let level = *heights.select_nth_unstable_by(middle, f32::total_cmp).1;
        let flat = heights.iter().filter(|z| (*z - level).abs() < FLAT_M).count();
        let is_clear = flat as f32 >= CLEAR_SHARE * heights.len() as f32;
        let offset = level - stated;
        if is_clear && offset.abs() > STATED_M { offset } else { 0.0 }
    }
}
