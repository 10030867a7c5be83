//! How much the boxes of two rows share.

use crate::rectangle::Rectangle;
use delos_core::BenchmarkRow;
use delos_geom::UprightBox;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Metric {
    /// Rectangles in the image.
    Image,
    /// Turned rectangles seen from above.
    Ground,
    /// Upright boxes in space.
    Volume,
}

/// A row with its boxes, made once for all its comparisons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a> {
    /// The row.
    pub(super) row: &'a BenchmarkRow,
    /// Its rectangle in the image.
    pub(super) in_image: Rectangle,
    /// Its box in space; `None` where the row has none, as in regions to leave out.
    pub(super) in_space: Option<UprightBox>,
}

impl<'a> Placed<'a> {
    pub(super) fn new(row: &'a BenchmarkRow) -> Self {
        let in_image = Rectangle::from_corners(row.image_box);
        Self { row, in_image, in_space: box_of(row) }
    }

    /// Intersection over union, in 0..=1; 0 where one of them has no box of this kind.
    pub(super) fn overlap(&self, other: &Self, metric: Metric) -> f64 {
        let in_space = |iou: fn(&UprightBox, &UprightBox) -> f64| {
            self.in_space.zip(other.in_space).map_or(0.0, |(a, b)| iou(&a, &b))
        };
        match metric {
            Metric::Image => self.in_image.iou(&other.in_image),
            Metric::Ground => in_space(UprightBox::iou_bev),
            Metric::Volume => in_space(UprightBox::iou3d),
        }
    }

    /// The share of this detection that lies in a region to leave out, in 0..=1.
    pub(super) fn share_in(&self, region: &Self, metric: Metric) -> f64 {
        match metric {
            Metric::Image => self.in_image.share_in(&region.in_image),
            Metric::Ground => {
                self.in_space.zip(square_of(region.row)).map_or(0.0, |(found, square)| {
                    let found = &found.footprint;
                    found.intersection(&square.footprint) / found.area()
                })
            }
            // Heights that are not given are negative, and nothing lies within them.
            Metric::Volume => 0.0,
        }
    }
}

/// What the benchmark's program takes a region for, seen from above: extents that are not given
/// are negative numbers, and their corners are those of a rectangle turned by half a turn.
fn square_of(region: &BenchmarkRow) -> Option<UprightBox> {
    box_of(&BenchmarkRow { size_hwl: region.size_hwl.map(f64::abs), ..*region })
}

/// The box of a row; `None` where its extents say "not given" or a number is none.
fn box_of(row: &BenchmarkRow) -> Option<UprightBox> {
    let bbox = UprightBox::from(row);
    (bbox.footprint.area() > 0.0 && bbox.top > bbox.bottom).then_some(bbox)
}
