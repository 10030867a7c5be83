//! How much the boxes of two rows share.

use delos_core::{BenchmarkRow, Box3, Frame, Position, Size, Yaw};
use delos_geom::{intersection_bev, iou_bev, iou3d};

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

/// The camera's axes with the vertical one last: x right, y forward, z up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {}

impl Frame for Level {
    const NAME: &'static str = "levelled camera";
}

/// A row with its box in space, made once for all its comparisons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a> {
    /// The row.
    pub(super) row: &'a BenchmarkRow,
    /// Its box; `None` where the row has none, as in regions to leave out.
    pub(super) bbox: Option<Box3<Level>>,
}

impl<'a> Placed<'a> {
    pub(super) fn new(row: &'a BenchmarkRow) -> Self {
        Self { row, bbox: box_of(row) }
    }

    /// Intersection over union, in 0..=1; 0 where one of them has no box of this kind.
    pub(super) fn overlap(&self, other: &Self, metric: Metric) -> f64 {
        let in_space = |iou: fn(&Box3<Level>, &Box3<Level>) -> f64| {
            self.bbox.zip(other.bbox).map_or(0.0, |(a, b)| iou(&a, &b))
        };
        match metric {
            Metric::Image => image_overlap(&self.row.image_box, &other.row.image_box),
            Metric::Ground => in_space(iou_bev),
            Metric::Volume => in_space(iou3d),
        }
    }

    /// The share of this detection that lies in a region to leave out, in 0..=1.
    pub(super) fn share_in(&self, region: &Self, metric: Metric) -> f64 {
        match metric {
            Metric::Image => image_share(&self.row.image_box, &region.row.image_box),
            Metric::Ground => {
                self.bbox.zip(square_of(region.row)).map_or(0.0, |(found, square)| {
                    intersection_bev(&found, &square) / (found.size.length() * found.size.width())
                })
            }
            // Heights that are not given are negative, and nothing lies within them.
            Metric::Volume => 0.0,
        }
    }
}

/// What the benchmark's program takes a region for, seen from above: extents that are not given
/// are negative numbers, and their corners are those of a rectangle turned by half a turn.
fn square_of(region: &BenchmarkRow) -> Option<Box3<Level>> {
    box_of(&BenchmarkRow { size_hwl: region.size_hwl.map(f64::abs), ..*region })
}

/// The box of a row; `None` where its extents say "not given".
fn box_of(row: &BenchmarkRow) -> Option<Box3<Level>> {
    let [height, width, length] = row.size_hwl;
    let [x, y, z] = row.bottom;
    let size = Size::new(length, width, height).ok()?;
    // A turn about the camera's y axis, which points down, is one the other way round about up.
    let yaw = Yaw::new(-row.rotation_y).ok()?;
    Some(Box3::new(Position::new(x, z, height / 2.0 - y), size, yaw))
}

/// Intersection over union of `[x1, y1, x2, y2]`; 0 where they share nothing.
pub(crate) fn image_overlap(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let shared = shared_area(a, b);
    if shared > 0.0 { shared / (area(a) + area(b) - shared) } else { 0.0 }
}

/// The share of `a` that lies in `region`.
pub(crate) fn image_share(a: &[f64; 4], region: &[f64; 4]) -> f64 {
    let shared = shared_area(a, region);
    if shared > 0.0 { shared / area(a) } else { 0.0 }
}

fn shared_area(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let width = a[2].min(b[2]) - a[0].max(b[0]);
    let height = a[3].min(b[3]) - a[1].max(b[1]);
    width.max(0.0) * height.max(0.0)
}

fn area(a: &[f64; 4]) -> f64 {
    (a[2] - a[0]) * (a[3] - a[1])
}
