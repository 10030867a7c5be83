use super::*;
use crate::CameraView;
use delos_core::{
    Box2, CameraModel, Detection2d, ImageSize, ImageTrackCause, ObjectClass, Position, Score, Span,
    TrackState, Transform, World,
};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};
use proptest::prelude::*;

const STEP: Span = Span::from_millis(100);

fn detection(x: f32, y: f32, class: ObjectClass, score: f64) -> Detection2d {
    Detection2d {
        bbox: Box2 { x1: x, y1: y, x2: x + 60.0, y2: y + 40.0 },
        class,
        score: Score::new(score).unwrap(),
    }
}

fn car(x: f32, y: f32) -> Detection2d {
    detection(x, y, ObjectClass::Car, 0.9)
}

fn tracker() -> ImageTracker {
    ImageTracker::new(ImageTrackerConfig::default()).unwrap()
}

fn at(frame: i64) -> Stamp {
    Stamp::from_nanos(frame * STEP.as_nanos())
}

fn step(tracker: &mut ImageTracker, frame: i64, found: &[Detection2d]) -> ImageTracks {
    tracker.step(at(frame), None, &Detections2d(found.to_vec())).unwrap().clone()
}

/// A camera that looks forward, turned to the left by `yaw`.
fn turned(yaw: f64, size: Option<ImageSize>) -> CameraView {
    let axes = Matrix3::new(0.0, -1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0);
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
    let camera_from_ego = Transform::new(Isometry3::from_parts(Translation3::identity(), rotation));
    let projection = [700.0, 0.0, 600.0, 0.0, 0.0, 700.0, 180.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    CameraView {
        camera: CameraModel::new(&projection, camera_from_ego, size).unwrap(),
        world_from_ego: Some(Transform::new(Isometry3::rotation(Vector3::z() * yaw))),
    }
}

#[test]
fn a_car_is_born_confirmed_and_followed() {
    let mut tracker = tracker();
    let mut causes = Vec::new();
    for frame in 0..20 {
        let tracks = step(&mut tracker, frame, &[car(100.0 + 8.0 * frame as f32, 50.0)]);
        assert_eq!(tracks.tracks.len(), 1);
        let track = tracks.tracks[0];
        assert_eq!((track.id, track.age, track.misses), (TrackId(1), frame as u32 + 1, 0));
        causes.push(track.cause);
        if frame == 19 {
            assert_eq!(track.state, TrackState::Confirmed);
            assert!((track.velocity[0] - 80.0).abs() < 2.0, "{track:?}");
            assert!((track.bbox.x1 - 252.0).abs() < 1.0, "{track:?}");
        }
    }
    let wanted = [ImageTrackCause::Born, ImageTrackCause::Confirmed, ImageTrackCause::Expected];
    assert_eq!(causes[..3], wanted);
}

#[test]
fn a_stamp_that_is_not_later_changes_nothing() {
    let mut tracker = tracker();
    step(&mut tracker, 0, &[car(100.0, 50.0)]);
    step(&mut tracker, 1, &[car(105.0, 50.0)]);
    let mut untouched = tracker.clone();
    for frame in [1, 0, -5] {
        let error = tracker.step(at(frame), None, &Detections2d::default()).unwrap_err();
        assert!(matches!(error, TrackError::StampNotLater { .. }), "{error}");
    }
    let found = [car(110.0, 50.0)];
    assert_eq!(step(&mut tracker, 2, &found), step(&mut untouched, 2, &found));
}

#[test]
fn a_hidden_car_coasts_and_is_found_under_its_name() {
    let mut tracker = tracker();
    for frame in 0..10 {
        step(&mut tracker, frame, &[car(100.0 + 8.0 * frame as f32, 50.0)]);
    }
    for frame in 10..14 {
        let tracks = step(&mut tracker, frame, &[]);
        let track = tracks.tracks[0];
        assert_eq!((track.state, track.cause), (TrackState::Coasted, ImageTrackCause::Unseen));
        assert!((track.bbox.x1 - (100.0 + 8.0 * frame as f32)).abs() < 3.0, "{track:?}");
    }
    let tracks = step(&mut tracker, 16, &[car(228.0, 50.0)]);
    assert_eq!((tracks.tracks.len(), tracks.tracks[0].id), (1, TrackId(1)));
    assert_eq!(tracks.tracks[0].state, TrackState::Confirmed);
}

#[test]
fn what_stops_out_of_sight_is_found_where_it_was_seen() {
    let mut tracker = tracker();
    for frame in 0..8 {
        step(&mut tracker, frame, &[car(100.0 + 20.0 * frame as f32, 50.0)]);
    }
    step(&mut tracker, 8, &[]);
    step(&mut tracker, 9, &[]);
    let tracks = step(&mut tracker, 10, &[car(245.0, 50.0)]);
    assert_eq!(tracks.tracks.len(), 1, "{tracks:?}");
    assert_eq!(tracks.tracks[0].cause, ImageTrackCause::LastSeen);
}

#[test]
fn weak_detections_keep_a_track_and_begin_none() {
    let weak = |x| detection(x, 50.0, ObjectClass::Car, 0.2);
    let mut tracker = tracker();
    assert_eq!(step(&mut tracker, 0, &[weak(100.0)]).tracks, []);
    step(&mut tracker, 1, &[car(100.0, 50.0)]);
    step(&mut tracker, 2, &[car(102.0, 50.0)]);
    let tracks = step(&mut tracker, 3, &[weak(104.0)]);
    assert_eq!(tracks.tracks[0].cause, ImageTrackCause::Weak);
    assert_eq!(tracks.tracks[0].state, TrackState::Confirmed);
}

#[test]
fn a_car_and_a_person_in_one_place_are_two() {
    let mut tracker = tracker();
    let both = [car(100.0, 50.0), detection(100.0, 50.0, ObjectClass::Pedestrian, 0.9)];
    for frame in 0..5 {
        assert_eq!(step(&mut tracker, frame, &both).tracks.len(), 2);
    }
    let van = [detection(100.0, 50.0, ObjectClass::Van, 0.9), both[1]];
    let tracks = step(&mut tracker, 5, &van);
    let classes: Vec<_> = tracks.tracks.iter().map(|t| (t.id.0, t.class)).collect();
    assert_eq!(classes, [(1, ObjectClass::Car), (2, ObjectClass::Pedestrian)]);
}

#[test]
fn turning_is_taken_out_where_the_pose_is_known() {
    // A car 20 m ahead while the camera turns 3 degrees a frame: 37 pixels and more.
    let run = |with_pose: bool| {
        let mut tracker = tracker();
        let mut ids = Vec::new();
        for frame in 0..8 {
            let view = turned(0.052 * f64::from(frame), None);
            let ego_from_world = view.world_from_ego.unwrap().inverse();
            let place = ego_from_world * Position::<World>::new(20.0, 5.0, 0.0);
            let [x, y] = view.camera.project_ego(&place).unwrap();
            let found = Detections2d(vec![car(x as f32 - 30.0, y as f32 - 20.0)]);
            let view =
                CameraView { world_from_ego: view.world_from_ego.filter(|_| with_pose), ..view };
            let tracks = tracker.step(at(i64::from(frame)), Some(view), &found).unwrap();
            assert_eq!(tracks.has_camera_motion, with_pose && frame > 0);
            ids.extend(tracks.tracks.iter().filter(|t| t.misses == 0).map(|t| t.id.0));
            if with_pose && frame == 7 {
                assert!(tracks.tracks[0].velocity[0].abs() < 15.0, "{tracks:?}");
            }
        }
        ids.dedup();
        ids.len()
    };
    assert_eq!(run(true), 1);
    assert!(run(false) > 1, "the test proves nothing");
}

#[test]
fn every_end_has_its_reason() {
    let mut tracker = tracker();
    let size = Some(ImageSize { width: 200, height: 200 });
    let view = CameraView { world_from_ego: None, ..turned(0.0, size) };
    let mut ended = Vec::new();
    for frame in 0..60i64 {
        let mut found = Vec::new();
        if frame < 4 {
            // Leaves the image to the right.
            found.push(car(60.0 + 30.0 * frame as f32, 150.0));
        }
        if frame < 10 {
            // Stays.
            found.push(car(10.0, 50.0));
        }
        if frame == 1 {
            // Once.
            found.push(car(100.0, 0.0));
        }
        let tracks = tracker.step(at(frame), Some(view), &Detections2d(found)).unwrap();
        ended.extend(tracks.ended.iter().map(|(id, end)| (id.0, *end)));
    }
    step(&mut tracker, 60, &[car(10.0, 50.0)]);
    let tracks = step(&mut tracker, 360, &[car(10.0, 50.0)]);
    ended.extend(tracks.ended.iter().map(|(id, end)| (id.0, *end)));
    let wanted = [
        (3, ImageTrackEnd::NeverConfirmed),
        (2, ImageTrackEnd::LeftImage),
        (1, ImageTrackEnd::UnseenTooLong),
        (4, ImageTrackEnd::Gap),
    ];
    assert_eq!(ended, wanted);
    assert_eq!(tracks.tracks[0].id, TrackId(5));
}

#[test]
fn improbable_tracks_end() {
    let config = ImageTrackerConfig { end_existence: 0.1, ..Default::default() };
    let mut tracker = ImageTracker::new(config).unwrap();
    step(&mut tracker, 0, &[detection(10.0, 50.0, ObjectClass::Car, 0.6)]);
    step(&mut tracker, 1, &[detection(10.0, 50.0, ObjectClass::Car, 0.6)]);
    let ended: Vec<_> = (2..9).flat_map(|frame| step(&mut tracker, frame, &[]).ended).collect();
    assert_eq!(ended, [(TrackId(1), ImageTrackEnd::Improbable)]);
}

#[test]
fn repeated_detections_make_one_track() {
    let mut tracker = tracker();
    for frame in 0..5 {
        let tracks = step(&mut tracker, frame, &vec![car(100.0, 50.0); 1000]);
        assert_eq!(tracks.tracks.len(), 1);
    }
}

#[test]
fn the_number_of_tracks_is_bounded_and_says_so() {
    let config = ImageTrackerConfig { max_tracks: 50, max_detections: 500, ..Default::default() };
    let mut tracker = ImageTracker::new(config).unwrap();
    let crowd: Vec<_> =
        (0..3000).map(|i| car((i % 60) as f32 * 70.0, (i / 60) as f32 * 50.0)).collect();
    for frame in 0..5 {
        let tracks = step(&mut tracker, frame, &crowd);
        assert_eq!((tracks.tracks.len(), tracks.refused_births), (50, 450));
    }
}

#[test]
fn a_hundred_empty_frames_leave_nothing() {
    let mut tracker = tracker();
    for frame in 0..10 {
        step(&mut tracker, frame, &[car(100.0, 50.0)]);
    }
    for frame in 10..110 {
        step(&mut tracker, frame, &[]);
    }
    let tracks = step(&mut tracker, 110, &[car(100.0, 50.0)]);
    assert_eq!((tracks.tracks.len(), tracks.tracks[0].id), (1, TrackId(2)));
    tracker.reset();
    assert_eq!(step(&mut tracker, 0, &[car(100.0, 50.0)]).tracks[0].id, TrackId(1));
}

prop_compose! {
    /// Anything that a detector may say.
    fn any_detection()(
        corner in prop::array::uniform2(-50.0..400.0f32),
        size in prop::array::uniform2(-1.0..120.0f32),
        spoil in prop::option::weighted(0.05, prop::sample::select(vec![f32::NAN, f32::INFINITY, -1e30, 0.0])),
        class in prop::sample::select(ObjectClass::all().collect::<Vec<_>>()),
        score in -1.0..2.0f64,
    ) -> Detection2d {
        let [x1, y1] = corner;
        let x2 = spoil.unwrap_or(x1 + size[0]);
        Detection2d { bbox: Box2 { x1, y1, x2, y2: y1 + size[1] }, class, score: Score::new(score).unwrap() }
    }
}

fn any_frames() -> impl Strategy<Value = Vec<(i64, Vec<Detection2d>)>> {
    let frame = (1..400i64, prop::collection::vec(any_detection(), 0..12));
    prop::collection::vec(frame, 1..25).prop_map(|frames| {
        let mut now = 0;
        frames
            .into_iter()
            .map(|(later, found)| {
                now += later;
                (now * 10_000_000, found)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn whatever_comes_the_tracks_are_sound(frames in any_frames()) {
        let config = ImageTrackerConfig { max_tracks: 20, ..Default::default() };
        let mut tracker = ImageTracker::new(config).unwrap();
        for (frame, (nanos, found)) in frames.iter().enumerate() {
            // Now and then the pose jumps, or is none at all.
            let jump = match frame % 7 {
                3 => 2.5e3,
                6 => f64::NAN,
                _ => 0.0,
            };
            let mut view = turned(0.02 * frame as f64, Some(ImageSize { width: 400, height: 300 }));
            let place = Translation3::new(jump, -jump, 0.1 * jump);
            view.world_from_ego =
                view.world_from_ego.map(|pose| Transform::new(place * pose.isometry()));
            let tracks = tracker
                .step(Stamp::from_nanos(*nanos), Some(view), &Detections2d(found.clone()))
                .unwrap();
            prop_assert!(tracks.tracks.len() <= 20);
            prop_assert!(tracks.tracks.is_sorted_by(|a, b| a.id < b.id));
            for t in &tracks.tracks {
                prop_assert!(t.deviations.iter().all(|d| d.is_finite() && *d > 0.0), "{t:?}");
                prop_assert!(t.velocity.iter().all(|v| v.is_finite()), "{t:?}");
                prop_assert!(t.bbox.width() > 0.0 && t.bbox.height() > 0.0, "{t:?}");
            }
        }
    }

    #[test]
    fn the_order_of_the_detections_does_not_matter(frames in any_frames()) {
        let (mut forward, mut backward) = (tracker(), tracker());
        for (nanos, found) in &frames {
            let stamp = Stamp::from_nanos(*nanos);
            let turned: Vec<_> = found.iter().rev().copied().collect();
            let one = forward.step(stamp, None, &Detections2d(found.clone())).unwrap();
            let other = backward.step(stamp, None, &Detections2d(turned)).unwrap();
            prop_assert_eq!(one, other);
        }
    }
}
