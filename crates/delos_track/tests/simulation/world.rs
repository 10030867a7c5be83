//! A made-up world: objects, their detections, and a vehicle that drives through.

use delos_core::{
    Box3, Detection3d, Detections3d, Ego, ObjectClass, Position, Score, Size, Source, Span, Stamp,
    Track, TrackId, Tracks, Transform, World, Yaw,
};
use delos_track::{Tracker, TrackerConfig};
use nalgebra::{Isometry3, Vector3};

/// Seconds between frames.
pub(crate) const STEP: f64 = 0.1;

/// Stamp of a frame.
pub(crate) fn stamp(frame: usize) -> Stamp {
    Stamp::from_nanos(1_000_000_000) + Span::from_secs_f64(frame as f64 * STEP)
}

/// Repeatable noise (splitmix64).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    /// Evenly in 0..1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Nearly normal: a sum of twelve.
    pub(crate) fn normal(&mut self, deviation: f64) -> f64 {
        ((0..12).map(|_| self.unit()).sum::<f64>() - 6.0) * deviation
    }
}

/// A box in the vehicle's frame.
pub(crate) fn bbox(x: f64, y: f64, yaw: f64, class: ObjectClass) -> Box3<Ego> {
    let (l, w, h) = class.typical_size().unwrap_or((1.0, 1.0, 1.0));
    Box3::new(
        Position::new(x, y, -0.9),
        Size::new(l, w, h).expect("positive"),
        Yaw::new(yaw).expect("finite"),
    )
}

/// A detection of a box.
pub(crate) fn detection(bbox: Box3<Ego>, class: ObjectClass, score: f64) -> Detection3d {
    Detection3d {
        bbox,
        class,
        score: Score::new(score).expect("finite"),
        points: 0,
        cluster: None,
        source: Source::Lidar,
        image_box: None,
    }
}

/// A detected car.
pub(crate) fn car(x: f64, y: f64, yaw: f64) -> Detection3d {
    detection(bbox(x, y, yaw, ObjectClass::Car), ObjectClass::Car, 0.8)
}

/// The same detection with noise of the LiDAR class.
pub(crate) fn shaken(mut d: Detection3d, noise: &mut Noise) -> Detection3d {
    let (dx, dy, dz) = (noise.normal(0.15), noise.normal(0.15), noise.normal(0.05));
    d.bbox.center = d.bbox.center.moved(dx, dy, dz);
    d.bbox.yaw = Yaw::new(d.bbox.yaw.radians() + noise.normal(0.05)).expect("finite");
    d
}

/// A pose in the plane.
pub(crate) fn pose(x: f64, y: f64, yaw: f64) -> Transform<World, Ego> {
    Transform::new(Isometry3::new(Vector3::new(x, y, 0.0), Vector3::z() * yaw))
}

/// A tracker with its defaults.
pub(crate) fn tracker() -> Tracker {
    Tracker::new(TrackerConfig::default()).expect("valid defaults")
}

/// Feeds frames with the vehicle standing at the origin of a known world.
pub(crate) fn run(frames: &[Vec<Detection3d>]) -> Vec<Tracks> {
    let mut tracker = tracker();
    frames
        .iter()
        .enumerate()
        .map(|(i, found)| {
            tracker
                .step(stamp(i), Some(Transform::identity()), &Detections3d(found.clone()))
                .expect("valid frame")
                .clone()
        })
        .collect()
}

/// The confirmed track nearest to a place, with its distance.
pub(crate) fn nearest(tracks: &Tracks, x: f64, y: f64) -> Option<(&Track, f64)> {
    let place = Position::new(x, y, 0.0);
    tracks
        .tracks
        .iter()
        .filter(|t| t.state.is_confirmed())
        .map(|t| (t, t.bbox.center.planar_distance(&place)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Identity of the confirmed track within a metre of a place.
pub(crate) fn id_at(tracks: &Tracks, x: f64, y: f64) -> Option<TrackId> {
    nearest(tracks, x, y).filter(|(_, distance)| *distance < 1.0).map(|(t, _)| t.id)
}
