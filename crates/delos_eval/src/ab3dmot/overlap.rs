//! How much two rows overlap.

use super::Mode;
use crate::rectangle::Rectangle;
use delos_core::BenchmarkRow;
use delos_geom::UprightBox;

/// What is compared of a row.
pub(super) enum Shape {
    Solid(UprightBox),
    Image(Rectangle),
}

impl Shape {
    pub(super) fn of(row: &BenchmarkRow, mode: Mode) -> Self {
        match mode {
            Mode::Solid => Self::Solid(row.into()),
            Mode::Image => Self::Image(Rectangle::from_corners(row.image_box)),
        }
    }

    /// Intersection over union, 0..=1.
    pub(super) fn iou(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Solid(a), Self::Solid(b)) => a.iou3d(b),
            (Self::Image(a), Self::Image(b)) => a.iou(b),
            _ => 0.0,
        }
    }
}
