//! Geometry of boxes: overlap, non-maximum suppression, convex shapes; motion of the vehicle, and
//! what it does to scans.
//!
//! Everything but [`Sweeps`], which keeps scans, is a pure function of its arguments. Measures of a
//! pair of boxes are the same bits whatever its order. Overlaps of turned boxes are exact (convex
//! clipping), not sampled.
//!
//! ```
//! use delos_core::{Box3, Ego, Position, Size, Yaw};
//! use delos_geom::{giou_bev, iou_bev, iou3d};
//!
//! let car = |x: f64| {
//!     let size = Size::new(4.0, 2.0, 1.5).expect("positive");
//!     Box3::<Ego>::new(Position::new(x, 0.0, 0.0), size, Yaw::default())
//! };
//! assert!((iou_bev(&car(0.0), &car(2.0)) - 1.0 / 3.0).abs() < 1e-12);
//! assert!((iou3d(&car(0.0), &car(0.0)) - 1.0).abs() < 1e-12);
//! assert!(giou_bev(&car(0.0), &car(20.0)) < -0.5);
//! ```

mod convex;
mod deskew;
mod ego_motion;
mod image_boxes;
pub mod lshape;
mod oriented;
pub mod prior;
mod suppression;
mod sweeps;
mod twist;

pub use convex::{Rectangle, convex_hull, min_area_rectangle, polygon_area};
pub use deskew::{SteadyMotion, deskewed};
pub use ego_motion::{PlanarMotion, now_from_before};
pub use image_boxes::{intersection2d, iou2d};
pub use oriented::{UprightBox, diou3d, giou_bev, giou3d, intersection_bev, iou_bev, iou3d};
pub use suppression::{nms_bev, nms2d};
pub use sweeps::{SweepRules, Sweeps};
pub use twist::Twist;
