//! The points behind a camera box that belong to its object.
//!
//! As in Qi et al., "Frustum PointNets for 3D Object Detection from RGB-D Data", CVPR
//! 2018, a 2-D box cuts a frustum out of the scan; here a histogram of the range
//! stands in for the network that segments it.

use crate::FusionConfig;
use crate::camera_boxes::is_vehicle;
use crate::view::SeenPoint;
use delos_core::{Box2, CameraModel, Detection2d};
use delos_geom::prior::ShapePrior;

const BIN_M: f64 = 0.5;
const BINS: usize = 160;
/// Nearer modes count that have this share of the largest one's area.
const MODE_SHARE: f64 = 0.35;
/// An edge this near to the image's is cut off, pixels.
const CUT_PX: f32 = 3.0;

/// Indices of the points of the box's object, in scan order; empty where there is none.
pub(crate) fn object_points(
    found: &Detection2d,
    seen: &[SeenPoint],
    camera: &CameraModel,
    config: &FusionConfig,
    out: &mut Vec<u32>,
) {
    out.clear();
    let inner = shrunken(&found.bbox, config.shrink as f32);
    let (nearest, farthest) = range_limits(found, camera);
    out.extend(seen.iter().enumerate().filter_map(|(i, p)| {
        let inside = !p.taken && inner.contains(p.u, p.v);
        (inside && p.range >= nearest && p.range <= farthest).then_some(i as u32)
    }));
    let Some(front) = front_range(out, seen, &found.bbox) else {
        out.clear();
        return;
    };
    let depth = ShapePrior::of(found.class).length.max;
    out.retain(|i| {
        let range = seen[*i as usize].range;
        range >= front - 0.3 && range <= front + depth
    });
}

fn shrunken(bbox: &Box2, share: f32) -> Box2 {
    let (dx, dy) = (bbox.width() * share, bbox.height() * share);
    Box2::new(bbox.x1 + dx, bbox.y1 + dy, bbox.x2 - dx, bbox.y2 - dy)
}

/// Ranges at which an object of the class is as high as the box, generously.
fn range_limits(found: &Detection2d, camera: &CameraModel) -> (f64, f64) {
    let prior = ShapePrior::of(found.class);
    let highest = if is_vehicle(found.class) { 3.6 } else { prior.height.max };
    let focal = camera.focal().1;
    let height_px = f64::from(found.bbox.height()).max(1.0);
    let bottom = camera.size.map_or(f32::MAX, |s| s.height as f32);
    let cut = found.bbox.y1 <= CUT_PX || found.bbox.y2 >= bottom - CUT_PX;
    let nearest = if cut { 0.0 } else { focal * prior.height.min.min(1.3) / height_px * 0.8 };
    (nearest, focal * highest / height_px * 1.3)
}

/// Where the nearest dense surface begins.
fn front_range(inside: &[u32], seen: &[SeenPoint], bbox: &Box2) -> Option<f64> {
    let mut areas = [0.0_f64; BINS];
    let (middle, half) = (f32::midpoint(bbox.x1, bbox.x2), bbox.width() / 2.0);
    for i in inside {
        let p = &seen[*i as usize];
        let aside = f64::from((p.u - middle).abs() / half.max(1.0));
        let bin = (p.range / BIN_M) as usize;
        if bin < BINS {
            areas[bin] += p.range * p.range * (1.2 - aside);
        }
    }
    let window = |k: usize| areas[k] + areas[k + 1] + areas[k + 2];
    let most = (0..BINS - 2).map(window).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let first = (0..BINS - 2).find(|k| window(*k) >= MODE_SHARE * most)?;
    let start = (first..first + 3).find(|k| areas[*k] >= 0.1 * window(first))?;
    Some(start as f64 * BIN_M)
}
