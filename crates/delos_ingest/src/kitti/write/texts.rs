//! The text files of a sequence.
//!
//! Numbers that a parser turns into a rotation or a box are rounded to what a reader of the
//! benchmark expects; the truth of a written sequence is what stands in its files.

use crate::kitti::boxes::CameraBox;
use crate::kitti::timestamps;
use delos_core::{
    CameraModel, Ego, GroundTruth, ImageSize, LabelledObject, Stamp, Transform, World,
};
use nalgebra::Matrix4;

/// The calibration of a sequence for
/// [`calib::benchmark`](crate::kitti::calib::benchmark), every number with as many digits
/// as it has.
///
/// [`Camera`](delos_core::Camera) is the rectified reference camera, so the rectification
/// is the identity. There is one camera: `P0` to `P3`, which readers expect, are all its
/// own. There is no inertial unit: it is put where the LiDAR is.
pub fn calibration_text(camera: &CameraModel) -> String {
    let p = camera.projection();
    let projection = join((0..12).map(|i| exact(p[(i / 4, i % 4)])));
    let velo_to_cam = join(rows(camera.camera_from_ego().isometry().to_homogeneous()).map(exact));
    let cameras = [0, 1, 2, 3].map(|i| format!("P{i}: {projection}\n")).concat();
    format!(
        "{cameras}R0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: {velo_to_cam}\nTr_imu_to_velo: 1 0 0 0 0 1 0 0 0 0 1 0\n"
    )
}

/// One line of `CameraTrajectory.txt`, without its end: `[R | t]` row-major from the camera
/// to the camera of the first frame, nine decimals. The inverse of
/// [`poses::world_from_ego`](crate::kitti::poses::world_from_ego).
pub fn pose_line(world_from_ego: &Transform<World, Ego>, camera: &CameraModel) -> String {
    let camera_from_ego = camera.camera_from_ego().isometry();
    let pose = camera_from_ego * world_from_ego.isometry() * camera_from_ego.inverse();
    join(rows(pose.to_homogeneous()).map(|value| fixed(value, 9)))
}

/// The settings file beside `CameraTrajectory.txt`, in which readers find the size of the
/// images.
pub fn settings_text(camera: &CameraModel, size: ImageSize) -> String {
    let ((fx, fy), (cx, cy)) = (camera.focal(), camera.principal_point());
    format!(
        "%YAML:1.0\nCamera.type: \"PinHole\"\nCamera.fx: {fx:?}\nCamera.fy: {fy:?}\nCamera.cx: {cx:?}\nCamera.cy: {cy:?}\nCamera.width: {}\nCamera.height: {}\n",
        size.width, size.height
    )
}

/// One line a frame for [`timestamps::parse`]; `None` when a stamp lies outside the years
/// that it reads.
pub fn timestamps_text(stamps: &[Stamp]) -> Option<String> {
    stamps.iter().map(|stamp| timestamps::format(*stamp).map(|line| line + "\n")).collect()
}

/// The label rows of a frame for
/// [`labels::parse_tracking`](crate::kitti::labels::parse_tracking), six decimals, each
/// with its line end. An object without a rectangle gets that of its box in the image,
/// where it has one.
pub fn label_rows(frame: u32, truth: &GroundTruth, camera: &CameraModel) -> String {
    truth.0.iter().map(|object| label_row(frame, object, camera) + "\n").collect()
}

/// `frame id type truncated occluded alpha x1 y1 x2 y2 h w l x y z ry`; what is not given
/// is -1, -10 (angles) or -1000 (place).
fn label_row(frame: u32, object: &LabelledObject, camera: &CameraModel) -> String {
    let place = object.bbox.map(|bbox| CameraBox::from_ego(&bbox, camera));
    let seen = || object.bbox.and_then(|bbox| camera.project_box_clipped(&bbox));
    let edges = object.image_box.or_else(seen).map(|b| [b.x1, b.y1, b.x2, b.y2]);
    let edges = edges.map_or_else(
        || "-1 -1 -1 -1".to_owned(),
        |edges| join(edges.into_iter().map(|edge| fixed(f64::from(edge), 6))),
    );
    let alpha = place.map_or_else(|| "-10".to_owned(), |place| fixed(place.alpha(), 6));
    let place = place.map_or_else(|| "-1 -1 -1 -1000 -1000 -1000 -10".to_owned(), place_text);
    format!(
        "{frame} {} {} {} {} {alpha} {edges} {place}",
        object.track.map_or(-1, |id| i64::from(id.0)),
        object.class.kitti_name(),
        object.truncation,
        object.occlusion,
    )
}

/// `h w l x y z ry`.
fn place_text(place: CameraBox) -> String {
    let (size, at) = (place.size, place.bottom_center);
    let values =
        [size.height(), size.width(), size.length(), at.x(), at.y(), at.z(), place.rotation_y];
    join(values.into_iter().map(|value| fixed(value, 6)))
}

/// The upper three rows, one after the other.
fn rows(m: Matrix4<f64>) -> impl Iterator<Item = f64> {
    (0..12).map(move |i| m[(i / 4, i % 4)])
}

fn join(numbers: impl Iterator<Item = String>) -> String {
    numbers.collect::<Vec<_>>().join(" ")
}

/// The shortest text that is read as the same number; no negative zero.
fn exact(value: f64) -> String {
    (value + 0.0).to_string()
}

/// A text with so many decimals; no negative zero.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests;
