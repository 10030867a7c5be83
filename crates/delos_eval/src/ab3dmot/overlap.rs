//! How much two rows overlap.

use super::Mode;
use delos_core::BenchmarkRow;
use delos_geom::UprightBox;

/// What is compared of a row.
pub(super) enum Shape {
    Solid(UprightBox),
    Image([f64; 4]),
}

impl Shape {
    pub(super) fn of(row: &BenchmarkRow, mode: Mode) -> Self {
        match mode {
            Mode::Solid => Self::Solid(row.into()),
            Mode::Image => Self::Image(row.image_box),
        }
    }

    /// Intersection over union, 0..=1.
    pub(super) fn iou(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Solid(a), Self::Solid(b)) => a.iou3d(b),
            (Self::Image(a), Self::Image(b)) => iou(a, b),
            _ => 0.0,
        }
    }
}

/// Share of the rectangle `a` that the rectangle `region` covers.
pub(super) fn covered(a: &[f64; 4], region: &[f64; 4]) -> f64 {
    ratio(intersection(a, region), area(a))
}

fn iou(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let shared = intersection(a, b);
    ratio(shared, area(a) + area(b) - shared)
}

/// The quotient; 0 where nothing is shared or a coordinate is no number.
fn ratio(shared: f64, whole: f64) -> f64 {
    if shared > 0.0 && whole > 0.0 { shared / whole } else { 0.0 }
}

/// Not the coordinates of pixels but of their edges: a box from 0 to 1 is one pixel wide.
fn intersection(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let width = a[2].min(b[2]) - a[0].max(b[0]);
    let height = a[3].min(b[3]) - a[1].max(b[1]);
    if width > 0.0 && height > 0.0 { width * height } else { 0.0 }
}

fn area(a: &[f64; 4]) -> f64 {
    (a[2] - a[0]) * (a[3] - a[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_overlaps() {
        let table = [
            ([0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 3.0, 3.0], 1.0 / 7.0, 0.25),
            ([0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.0], 0.5, 0.5),
            ([0.0, 0.0, 2.0, 2.0], [2.0, 0.0, 4.0, 2.0], 0.0, 0.0),
            ([0.5, 0.5, 1.0, 1.0], [0.0, 0.0, 2.0, 2.0], 0.0625, 1.0),
            ([1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 2.0, 2.0], 0.0, 0.0),
            ([2.0, 0.0, 0.0, 2.0], [0.0, 0.0, 2.0, 2.0], 0.0, 0.0),
            ([f64::NAN; 4], [0.0, 0.0, 2.0, 2.0], 0.0, 0.0),
        ];
        for (a, b, wanted_iou, wanted_cover) in table {
            assert!((iou(&a, &b) - wanted_iou).abs() < 1e-12, "{a:?} {b:?}");
            assert!((iou(&b, &a) - wanted_iou).abs() < 1e-12, "{b:?} {a:?}");
            assert!((covered(&a, &b) - wanted_cover).abs() < 1e-12, "{a:?} {b:?}");
        }
    }
}
