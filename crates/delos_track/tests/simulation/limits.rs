//! Bad input, empty input, much input.

use crate::world::{car, pose, run, stamp, tracker};
use delos_core::{Detections3d, EndCause, ObjectClass, Stamp, TrackId, Transform};
use delos_track::{Late, TrackError, Tracker, TrackerConfig};
use nalgebra::{Isometry3, Vector3};

#[test]
fn time_does_not_run_back() {
    let mut tracker = tracker();
    let found = Detections3d(vec![car(10.0, 0.0, 0.0)]);
    tracker.step(stamp(5), None, &found).expect("valid frame");
    for late in [stamp(5), stamp(4), Stamp::from_nanos(i64::MIN)] {
        let error = tracker.step(late, None, &found).expect_err("not later");
        assert!(matches!(error, TrackError::StampNotLater { .. }), "{error}");
    }
    // The refused frames changed nothing.
    let tracks = tracker.step(stamp(6), None, &found).expect("valid frame");
    assert_eq!((tracks.tracks.len(), tracks.tracks[0].hits, tracks.tracks[0].age), (1, 2, 2));
    tracker.reset();
    let tracks = tracker.step(stamp(0), None, &found).expect("a new sequence");
    assert_eq!((tracks.tracks[0].id, tracks.tracks[0].hits), (TrackId(1), 1));
}

#[test]
fn late_detections_may_be_left_out_by_rule() {
    let config = TrackerConfig { late: Late::Skip, ..TrackerConfig::default() };
    let mut tracker = Tracker::new(config).expect("valid");
    let found = Detections3d(vec![car(10.0, 0.0, 0.0)]);
    let first = tracker.step(stamp(5), None, &found).expect("valid frame").clone();
    assert!(!tracker.facts().is_skipped);
    for late in [5, 4] {
        let again = tracker.step(stamp(late), None, &found).expect("left out");
        assert_eq!(again, &first);
        assert!(tracker.facts().is_skipped);
    }
    let tracks = tracker.step(stamp(6), None, &found).expect("valid frame");
    assert_eq!((tracks.tracks[0].hits, tracks.tracks[0].age), (2, 2));
    assert!(!tracker.facts().is_skipped);
}

#[test]
fn a_pose_that_is_no_pose_is_refused() {
    let mut tracker = tracker();
    let broken = Transform::new(Isometry3::new(Vector3::new(f64::NAN, 0.0, 0.0), Vector3::zeros()));
    let error = tracker.step(stamp(0), Some(broken), &Detections3d::default()).expect_err("NaN");
    assert!(matches!(error, TrackError::Pose { .. }), "{error}");
    tracker.step(stamp(0), None, &Detections3d::default()).expect("nothing was remembered");
}

#[test]
fn a_gap_or_another_frame_of_reference_ends_all_tracks() {
    let found = Detections3d(vec![car(10.0, 0.0, 0.0)]);
    let here = Some(Transform::identity());
    let table = [("short gap", 15, here, 1), ("long gap", 30, here, 2), ("pose lost", 5, None, 2)];
    for (name, frame, world_from_ego, wanted) in table {
        let mut config = TrackerConfig::default();
        config.vehicle.life.lost_s = 5.0;
        config.vehicle.life.end = 0.0;
        let mut tracker = Tracker::new(config).expect("valid");
        for i in 0..4 {
            tracker.step(stamp(i), here, &found).expect("valid frame");
        }
        let tracks = tracker.step(stamp(frame), world_from_ego, &found).expect("valid frame");
        assert_eq!(tracks.tracks[0].id, TrackId(wanted), "{name}");
    }
}

#[test]
fn nothing_for_a_hundred_frames_is_no_trouble() {
    let mut frames = vec![vec![car(10.0, 0.0, 0.0)]; 3];
    frames.resize(103, Vec::new());
    frames.push(vec![car(10.0, 0.0, 0.0)]);
    let all = run(&frames);
    assert!(all[12..103].iter().all(|tracks| tracks.tracks.is_empty()));
    assert_eq!(all[103].tracks.len(), 1);
}

#[test]
fn a_thousand_boxes_are_tracked_and_more_are_not() {
    let grid = |count: usize| {
        let place = |i: usize| ((i % 50) as f64 * 8.0, (i / 50) as f64 * 4.0);
        (0..count).map(|i| car(place(i).0, place(i).1, 0.0)).collect::<Vec<_>>()
    };
    let all = run(&[grid(1000), grid(1000), grid(1500)]);
    assert_eq!(all[0].tracks.len(), 1000);
    assert!(all[1].tracks.iter().all(|t| t.hits == 2 && t.state.is_confirmed()));
    assert_eq!(all[2].tracks.len(), TrackerConfig::default().max_tracks);
}

#[test]
fn impossible_detections_and_repeated_ones_start_no_tracks() {
    let mut dont_care = car(30.0, 0.0, 0.0);
    dont_care.class = ObjectClass::DontCare;
    let frame = vec![
        car(f64::NAN, 0.0, 0.0),
        car(10.0, f64::INFINITY, 0.0),
        dont_care,
        car(20.0, 0.0, 0.0),
        car(20.0, 0.0, 0.0),
        car(20.1, 0.0, 0.0),
    ];
    for tracks in run(&[frame.clone(), frame.clone(), frame]) {
        assert_eq!(tracks.tracks.len(), 1);
    }
}

#[test]
fn tracks_live_in_the_world_when_the_pose_is_known() {
    let mut tracker = tracker();
    let mut last = None;
    for i in 0..20 {
        // A parked car at (40, 3) seen from a vehicle that drives a gentle curve.
        let yaw = 0.02 * i as f64;
        let world_from_ego = pose(i as f64, 0.1 * i as f64, yaw);
        let mut d = car(0.0, 0.0, 0.5 - yaw);
        let place = delos_core::Position::new(40.0, 3.0, 0.0);
        d.bbox.center = world_from_ego.inverse() * place;
        last = tracker.step(stamp(i), Some(world_from_ego), &Detections3d(vec![d])).ok();
    }
    let tracks = last.expect("valid frames");
    let track = &tracks.tracks[0];
    assert!(track.bbox.center.planar_distance(&delos_core::Position::new(40.0, 3.0, 0.0)) < 0.01);
    assert!((track.bbox.yaw.radians() - 0.5).abs() < 0.01 && track.velocity.norm() < 0.1);
    assert!((tracks.box_in_ego(track).yaw.radians() - (0.5 - 0.38)).abs() < 0.01);
    assert!(tracks.has_ego_motion);
}

#[test]
fn a_jump_of_the_pose_and_half_a_minute_of_nothing_end_tracks_and_begin_others() {
    let mut tracker = tracker();
    let found = Detections3d(vec![car(10.0, 0.0, 0.0)]);
    for i in 0..4 {
        tracker.step(stamp(i), Some(pose(0.0, 0.0, 0.0)), &found).expect("valid frame");
    }
    // The vehicle is a kilometre away all at once: nothing there is what was here.
    let far = Some(pose(1000.0, -500.0, 2.0));
    let tracks = tracker.step(stamp(4), far, &found).expect("valid frame");
    assert_eq!(tracks.tracks.iter().filter(|t| t.hits == 1).count(), 1);
    assert!(tracks.tracks.iter().all(|t| t.bbox.center.x().is_finite()));
    for i in 5..15 {
        tracker.step(stamp(i), far, &found).expect("valid frame");
    }
    let tracks = tracker.step(stamp(15), far, &found).expect("valid frame");
    assert_eq!(tracks.tracks.len(), 1, "the old one is over");
    let before = tracks.tracks[0].id;
    let tracks = tracker.step(stamp(315), far, &found).expect("valid frame");
    assert_eq!(tracks.ended[0].id, before);
    assert_eq!(tracks.ended[0].cause, EndCause::Gap);
    assert_eq!((tracks.tracks.len(), tracks.tracks[0].hits), (1, 1));
}

#[test]
fn births_beyond_the_bound_are_counted() {
    let config = TrackerConfig { max_tracks: 2, ..TrackerConfig::default() };
    let mut tracker = Tracker::new(config).expect("valid");
    let found = Detections3d((0..5).map(|i| car(f64::from(i) * 12.0, 0.0, 0.0)).collect());
    let tracks = tracker.step(stamp(0), None, &found).expect("valid frame");
    assert_eq!(tracks.tracks.len(), 2);
    assert_eq!(tracker.facts().refused_births, 3);
}
