//! Peaks of a plane of heat.

use std::cmp::Ordering;

/// A cell that stands out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Peak {
    pub(super) score: f32,
    /// Number of its plane.
    pub(super) class: u32,
    /// Row-major number of its cell.
    pub(super) cell: u32,
}

impl Peak {
    /// Better ones first; equal ones by class, row, column.
    fn order(&self, other: &Self) -> Ordering {
        let place = |peak: &Self| (peak.class, peak.cell);
        other.score.total_cmp(&self.score).then_with(|| place(self).cmp(&place(other)))
    }
}

/// Calls `visit` with each cell that is at least `least` and no less than its eight neighbours;
/// what lies outside the plane is less than anything. NaN is no peak, nor is its neighbour.
pub(in crate::lidar::network) fn each(
    heat: &[f32],
    columns: usize,
    least: f32,
    mut visit: impl FnMut(usize),
) {
    for (row, line) in heat.chunks_exact(columns).enumerate() {
        for (column, value) in line.iter().enumerate() {
            if *value >= least && is_highest(heat, columns, row, column) {
                visit(row * columns + column);
            }
        }
    }
}

fn is_highest(heat: &[f32], columns: usize, row: usize, column: usize) -> bool {
    let value = heat[row * columns + column];
    let rows = row.saturating_sub(1)..(row + 2).min(heat.len() / columns);
    let near = column.saturating_sub(1)..(column + 2).min(columns);
    rows.into_iter().all(|row| {
        let line = &heat[row * columns..][..columns];
        line[near.clone()].iter().all(|neighbour| *neighbour <= value)
    })
}

/// Sorts the peaks and leaves the `most` best.
pub(super) fn keep_best(peaks: &mut Vec<Peak>, most: usize) {
    best(peaks, most, Peak::order);
}

/// Sorts by `order` and leaves the `most` first.
pub(in crate::lidar::network) fn best<T>(
    items: &mut Vec<T>,
    most: usize,
    order: impl Fn(&T, &T) -> Ordering,
) {
    if items.len() > most && most > 0 {
        items.select_nth_unstable_by(most - 1, &order);
    }
    items.truncate(most);
    items.sort_unstable_by(&order);
}
