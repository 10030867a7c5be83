//! The edges of a box as a camera sees them.

use delos_core::{Box3, CameraModel, Ego, ImageSize};
use nalgebra::{Vector3, Vector4};

/// Edges nearer to the camera's plane than this are cut, metres.
const NEAREST_M: f64 = 0.1;

/// A line in the image, pixels.
pub(crate) type Line = [[f32; 2]; 2];

/// The visible parts of the twelve edges, pixels.
pub(crate) fn edges_in_image(
    camera: &CameraModel,
    object: &Box3<Ego>,
    size: ImageSize,
) -> Vec<Line> {
    let corners = object.corners().map(|corner| {
        let p = (*camera.camera_from_ego() * corner).point().coords;
        camera.projection() * Vector4::new(p.x, p.y, p.z, 1.0)
    });
    (0..4)
        .flat_map(|i| [(i, (i + 1) % 4), (i + 4, (i + 1) % 4 + 4), (i, i + 4)])
        .filter_map(|(a, b)| before_the_camera(corners[a], corners[b]))
        .filter_map(|line| inside(line, size))
        .collect()
}

/// Cuts an edge at the near plane and divides by depth. Corners are homogeneous pixels
/// `(u w, v w, w)` with w the depth, so that cutting is linear.
fn before_the_camera(a: Vector3<f64>, b: Vector3<f64>) -> Option<[[f64; 2]; 2]> {
    let (near, far) = if a.z < b.z { (a, b) } else { (b, a) };
    if far.z <= NEAREST_M {
        return None;
    }
    let near = if near.z < NEAREST_M {
        far + (near - far) * ((far.z - NEAREST_M) / (far.z - near.z))
    } else {
        near
    };
    Some([[near.x / near.z, near.y / near.z], [far.x / far.z, far.y / far.z]])
}

/// Cuts a line at the borders of the image: Liang and Barsky, "A new concept and method
/// for line clipping", ACM TOG 3(1), 1984.
fn inside([a, b]: [[f64; 2]; 2], size: ImageSize) -> Option<Line> {
    let limits = [f64::from(size.width), f64::from(size.height)];
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for axis in 0..2 {
        let step = b[axis] - a[axis];
        if step == 0.0 {
            if a[axis] < 0.0 || a[axis] > limits[axis] {
                return None;
            }
            continue;
        }
        let (s, t) = (-a[axis] / step, (limits[axis] - a[axis]) / step);
        from = from.max(s.min(t));
        to = to.min(s.max(t));
    }
    let at = |t: f64| [(a[0] + t * (b[0] - a[0])) as f32, (a[1] + t * (b[1] - a[1])) as f32];
    (from < to).then(|| [at(from), at(to)])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: ImageSize = ImageSize { width: 100, height: 50 };

    #[test]
    fn lines_are_cut_at_the_borders() {
        let cases = [
            ([[10.0, 10.0], [20.0, 20.0]], Some([[10.0, 10.0], [20.0, 20.0]])),
            ([[-10.0, 25.0], [110.0, 25.0]], Some([[0.0, 25.0], [100.0, 25.0]])),
            ([[50.0, -50.0], [50.0, 100.0]], Some([[50.0, 0.0], [50.0, 50.0]])),
            ([[-10.0, 0.0], [-10.0, 50.0]], None),
            ([[-30.0, 10.0], [10.0, -30.0]], None),
        ];
        for (line, wanted) in cases {
            assert_eq!(inside(line, SIZE), wanted, "{line:?}");
        }
    }

    #[test]
    fn edges_behind_the_camera_are_cut_at_its_plane() {
        let behind = Vector3::new(0.0, 0.0, -1.0);
        assert_eq!(before_the_camera(behind, behind), None);
        let before = Vector3::new(20.0, 10.0, 1.0);
        let [near, far] = before_the_camera(behind, before).expect("partly before");
        assert!((far[0] - 20.0).abs() < 1e-9 && (far[1] - 10.0).abs() < 1e-9, "{far:?}");
        // Depth runs from -1 to 1, so depth 0.1 lies at 55 % of the way.
        assert!((near[0] - 110.0).abs() < 1e-9 && (near[1] - 55.0).abs() < 1e-9, "{near:?}");
    }
}
