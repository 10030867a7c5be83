//! A small made-up world for tests.

use delos_core::{
    Box2, Box3, Calibration, Camera, CameraModel, Detection2d, Detection3d, Detections2d,
    Detections3d, Ego, GroundTruth, Header, Image, ImageSize, ImageTrack, ImageTrackCause,
    ImageTracks, LabelledObject, LidarPoint, ObjectClass, OneSided, PointCloud, Position,
    RadarEcho, RadarScan, Score, Segment, Segments, Size, Source, Stamp, Track, TrackId,
    TrackState, Tracks, Transform, Yaw,
};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector2, Vector3};

pub(crate) fn header(sequence: &str, frame: u32, tick: u64) -> Header {
    let stamp = Stamp::from_nanos(i64::from(frame) * 100_000_000);
    Header { sequence: sequence.into(), frame, stamp, tick, scene: 0 }
}

/// A camera at the vehicle's origin that looks forward.
pub(crate) fn calibration() -> Calibration {
    let axes = Matrix3::new(0.0, -1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0);
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
    let camera_from_ego: Transform<Camera, Ego> =
        Transform::new(Isometry3::from_parts(Translation3::identity(), rotation));
    let size = Some(ImageSize { width: 120, height: 40 });
    let p = [70.0, 0.0, 60.0, 0.0, 0.0, 70.0, 20.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let camera = CameraModel::new(&p, camera_from_ego, size).expect("valid");
    Calibration { camera: Some(camera), ego_height_m: 1.7 }
}

pub(crate) fn image() -> Image {
    Image::from_rgb(120, 40, vec![100; 120 * 40 * 3]).expect("valid")
}

fn car<F: delos_core::Frame>(x: f64) -> Box3<F> {
    let size = Size::new(4.0, 1.6, 1.5).expect("positive");
    Box3::new(Position::new(x, 1.0, -1.0), size, Yaw::default())
}

pub(crate) fn cloud() -> (PointCloud<Ego>, Segments) {
    let point = |i: i16| LidarPoint { x: f32::from(i), y: 0.0, z: -1.7, intensity: 0.3 };
    let labels = vec![Segment::Ground, Segment::Ground, Segment::Cluster(0), Segment::Rest];
    (PointCloud::new((0..4).map(point).collect()), Segments { labels, clusters: 1 })
}

/// Two echoes, of which one moves.
pub(crate) fn radar() -> RadarScan<Ego> {
    let still = RadarEcho { x: 12.0, y: 1.0, rcs: 8.0, ..RadarEcho::default() };
    RadarScan::new(vec![still, RadarEcho { compensated_velocity: -5.0, ..still }])
}

pub(crate) fn detections_2d() -> Detections2d {
    let bbox = Box2::new(50.0, 15.0, 70.0, 30.0);
    Detections2d(vec![Detection2d { bbox, class: ObjectClass::Car, score: Score::ONE }])
}

/// One that is seen, one that is predicted, one that nobody believes.
pub(crate) fn image_tracks() -> ImageTracks {
    let states = [TrackState::Confirmed, TrackState::Coasted, TrackState::Tentative];
    let track = |(id, state)| ImageTrack {
        id: TrackId(id),
        state,
        class: ObjectClass::Car,
        existence: Score::ONE,
        bbox: Box2::new(50.0, 15.0, 70.0, 30.0),
        deviations: [1.0; 4],
        velocity: [0.0; 2],
        cause: ImageTrackCause::Expected,
        age: 3,
        hits: 3,
        misses: 0,
    };
    ImageTracks { tracks: (1..).zip(states).map(track).collect(), ..ImageTracks::default() }
}

pub(crate) fn detections_3d() -> Detections3d {
    Detections3d(vec![Detection3d {
        bbox: car(12.0),
        class: ObjectClass::Car,
        score: Score::ONE,
        points: 1,
        cluster: Some(0),
        source: Source::Fused,
        image_box: None,
    }])
}

/// One object for each side, of different places.
pub(crate) fn one_sided() -> OneSided {
    let (network, mut clusters) = (detections_3d(), detections_3d());
    clusters.0[0].bbox = car(20.0);
    OneSided { network, clusters }
}

pub(crate) fn truth() -> GroundTruth {
    let label = |bbox| LabelledObject {
        class: ObjectClass::Car,
        track: None,
        bbox,
        image_box: None,
        truncation: 0.0,
        occlusion: 0,
    };
    GroundTruth(vec![label(Some(car(12.0))), label(None)])
}

/// Tracks in a world where the vehicle stands `x` metres ahead of the start, all of them
/// at `x` metres in the world, moving at 5 m/s.
pub(crate) fn tracks(wanted: &[(u32, TrackState)], x: f64) -> Tracks {
    let track = |(id, state): &(u32, TrackState)| Track {
        velocity: Vector2::new(5.0, 0.0),
        ..Track::standing(TrackId(*id), *state, ObjectClass::Car, car(x))
    };
    let world_from_ego =
        Transform::new(Isometry3::new(Vector3::new(x - 12.0, 0.0, 0.0), Vector3::zeros()));
    Tracks {
        world_from_ego,
        has_ego_motion: true,
        tracks: wanted.iter().map(track).collect(),
        ended: Vec::new(),
    }
}
