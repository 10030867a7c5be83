//! LiDAR points as the camera sees them.

use delos_core::{CameraModel, Ego, ImageSize, PointCloud, Position, Segment, Segments};

/// Points nearer to the vehicle's axis, metres, or higher, are not asked for.
const NEAREST_M: f32 = 1.0;
/// Above the sensor, metres.
const HIGHEST_M: f32 = 2.0;

/// A point that the image shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenPoint {
    pub(crate) u: f32,
    pub(crate) v: f32,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) z: f64,
    /// Distance from the vertical axis, metres.
    pub(crate) range: f64,
    pub(crate) cluster: Option<u32>,
    /// Belongs to an object that is settled.
    pub(crate) taken: bool,
}

/// The camera with a size of its images: where none is known, the one whose middle is the
/// principal point.
pub(crate) fn with_size(camera: &CameraModel) -> CameraModel {
    let (cx, cy) = camera.principal_point();
    let guess = ImageSize { width: (2.0 * cx) as u32, height: (2.0 * cy) as u32 };
    let mut sized = *camera;
    sized.size = camera.size.or(Some(guess));
    sized
}

/// Collects the points that are not ground and lie in the image, in scan order. The camera
/// is one [`with_size`].
pub(crate) fn collect(
    cloud: &PointCloud<Ego>,
    segments: &Segments,
    camera: &CameraModel,
    out: &mut Vec<SeenPoint>,
) {
    out.clear();
    let size = camera.size.unwrap_or_default();
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    for (p, label) in cloud.points().iter().zip(&segments.labels) {
        let range = p.planar_range();
        if *label == Segment::Ground || range < NEAREST_M || p.z > HIGHEST_M {
            continue;
        }
        let (x, y, z) = (f64::from(p.x), f64::from(p.y), f64::from(p.z));
        let Some([u, v]) = camera.project_ego(&Position::new(x, y, z)) else { continue };
        if u < 0.0 || v < 0.0 || u >= width || v >= height {
            continue;
        }
        let cluster = if let Segment::Cluster(k) = label { Some(*k) } else { None };
        let (u, v, range) = (u as f32, v as f32, f64::from(range));
        out.push(SeenPoint { u, v, x, y, z, range, cluster, taken: false });
    }
}
