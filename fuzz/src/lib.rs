//! What the fuzz targets share.
//!
//! A target serves several parsers: the first byte of the input chooses one, the rest is what it
//! reads. A made-up example of each lies in `seeds/TARGET/`.

pub mod graph;

use delos_core::{Camera, CameraModel, Ego, ImageSize, PointCloud, Transform};

/// The byte that chooses the parser, and what the parser reads.
pub fn split(data: &[u8]) -> Option<(u8, &[u8])> {
    data.split_first().map(|(choice, rest)| (*choice, rest))
}

/// [`split`] for parsers of text, which readers get from files that may hold any bytes.
pub fn split_text(data: &[u8]) -> Option<(u8, String)> {
    split(data).map(|(choice, rest)| (choice, String::from_utf8_lossy(rest).into_owned()))
}

/// A camera that looks forward from the place of the LiDAR.
pub fn camera() -> CameraModel {
    let projection = [700.0, 0.0, 600.0, 0.0, 0.0, 700.0, 180.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let rows = [0.0, -1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    let camera_from_ego = Transform::<Camera, Ego>::from_row_major(&rows).expect("a rotation");
    let size = ImageSize { width: 1242, height: 375 };
    CameraModel::new(&projection, camera_from_ego, Some(size)).expect("a camera")
}

/// What every reader of scans promises.
pub fn check_cloud(cloud: &PointCloud<Ego>) {
    assert!(cloud.points().iter().all(|point| point.is_finite()));
}
