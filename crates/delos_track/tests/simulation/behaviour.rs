//! Identity, accuracy and life cycle.

use crate::world::{
    Noise, STEP, bbox, car, detection, id_at, nearest, pose, run, shaken, stamp, tracker,
};
use delos_core::{
    Detection3d, Detections3d, EndCause, MissCause, ObjectClass, Position, Stamp, TrackCause,
    TrackId, TrackState, Tracks, Transform,
};
use delos_track::{Tracker, TrackerConfig};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn a_straight_drive_keeps_identity_and_place() {
    let mut noise = Noise(1);
    let truth = |i: usize| (5.0 + 10.0 * STEP * i as f64, 3.0);
    let frames: Vec<_> =
        (0..40).map(|i| vec![shaken(car(truth(i).0, truth(i).1, 0.0), &mut noise)]).collect();
    let (mut squares, mut count) = (0.0f64, 0.0);
    for (i, tracks) in run(&frames).iter().enumerate().skip(2) {
        assert_eq!(tracks.tracks.len(), 1, "frame {i}");
        let (track, error) = nearest(tracks, truth(i).0, truth(i).1).expect("confirmed");
        assert_eq!((track.id, track.state), (TrackId(1), TrackState::Confirmed), "frame {i}");
        assert!(error < 0.5, "frame {i}: {error} m");
        if i > 15 {
            assert!((track.velocity.x - 10.0).abs() < 1.5, "frame {i}: {}", track.velocity);
            assert!(track.velocity.y.abs() < 1.0, "frame {i}: {}", track.velocity);
            squares += error * error;
            count += 1.0;
        }
    }
    // The detections err by 0.21 m (0.15 m on each axis); the filter has to do better.
    let rms = (squares / count).sqrt();
    assert!(rms < 0.19, "{rms} m");
}

#[test]
fn a_turning_car_is_followed_round_the_corner() {
    let mut noise = Noise(2);
    // 8 m/s and 0.4 rad/s: a circle of 20 m radius.
    let truth = |i: usize| {
        let yaw = 0.4 * STEP * i as f64;
        (20.0 * yaw.sin(), 20.0 * (1.0 - yaw.cos()), yaw)
    };
    let frames: Vec<_> = (0..60)
        .map(|i| {
            let (x, y, yaw) = truth(i);
            vec![shaken(car(x, y, yaw), &mut noise)]
        })
        .collect();
    for (i, tracks) in run(&frames).iter().enumerate().skip(3) {
        let (x, y, yaw) = truth(i);
        let (track, error) = nearest(tracks, x, y).expect("confirmed");
        assert_eq!(track.id, TrackId(1));
        assert!(error < 0.6, "frame {i}: {error} m");
        if i > 25 {
            assert!((track.yaw_rate - 0.4).abs() < 0.15, "frame {i}: {}", track.yaw_rate);
            assert!(delos_core::wrap_angle(track.bbox.yaw.radians() - yaw).abs() < 0.15);
            assert!((track.velocity.norm() - 8.0).abs() < 1.5, "{}", track.velocity);
        }
    }
}

#[test]
fn two_who_pass_each_other_keep_their_names() {
    let mut noise = Noise(3);
    // Opposite lanes, 2.5 m apart, each 8 m/s; two pedestrians cross at a right angle.
    let people = |i: usize| {
        let way = 1.5 * STEP * (i as f64 - 30.0);
        [(way, 20.0), (0.0, 20.0 + way + 0.8)]
    };
    let cars = |i: usize| {
        let way = 8.0 * STEP * (i as f64 - 30.0);
        [(way, 0.0), (-way, 2.5)]
    };
    let mut frames = Vec::new();
    for i in 0..60 {
        let class = ObjectClass::Pedestrian;
        let [a, b] = cars(i);
        let [p, q] = people(i);
        let found = [
            car(a.0, a.1, 0.0),
            car(b.0, b.1, std::f64::consts::PI),
            detection(bbox(p.0, p.1, 0.0, class), class, 0.7),
            detection(bbox(q.0, q.1, 1.57, class), class, 0.7),
        ];
        frames.push(found.map(|d| shaken(d, &mut noise)).to_vec());
    }
    let all = run(&frames);
    let names = |i: usize| {
        let places = [cars(i), people(i)].concat();
        places.iter().map(|(x, y)| id_at(&all[i], *x, *y).expect("tracked")).collect::<Vec<_>>()
    };
    assert_eq!(names(5).iter().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(names(5), names(59));
}

#[test]
fn a_short_gap_is_bridged_and_a_long_one_ends_the_track() {
    let truth = |i: usize| 5.0 + 10.0 * STEP * i as f64;
    let hidden = |i: usize| (12..15).contains(&i) || i >= 30;
    let frames: Vec<Vec<Detection3d>> =
        (0..40).map(|i| if hidden(i) { vec![] } else { vec![car(truth(i), 0.0, 0.0)] }).collect();
    let all = run(&frames);
    for i in [12, 13, 14] {
        let (track, error) = nearest(&all[i], truth(i), 0.0).expect("bridged");
        assert_eq!((track.id, track.state), (TrackId(1), TrackState::Coasted));
        assert!(error < 0.5, "{error} m");
        assert_eq!(track.misses as usize, i - 11);
    }
    assert_eq!(id_at(&all[15], truth(15), 0.0), Some(TrackId(1)));
    let believed = |i: usize| all[i].tracks.iter().any(|t| t.state.is_confirmed());
    assert!(believed(30) && believed(32), "coasts at first");
    assert!(!believed(34), "no ghost half a second later");
    assert!(all[39].tracks.is_empty(), "forgotten after a second");
}

#[test]
fn who_was_hidden_for_long_comes_back_under_the_same_name() {
    let truth = |i: usize| 5.0 + 10.0 * STEP * i as f64;
    let hidden = |i: usize| (20..27).contains(&i);
    let frames: Vec<Vec<Detection3d>> =
        (0..30).map(|i| if hidden(i) { vec![] } else { vec![car(truth(i), 0.0, 0.0)] }).collect();
    let all = run(&frames);
    assert_eq!(all[26].tracks[0].state, TrackState::Tentative);
    assert_eq!(id_at(&all[27], truth(27), 0.0), Some(TrackId(1)));
}

#[test]
fn clutter_confirms_little_and_steals_nothing() {
    let mut noise = Noise(5);
    let truth = |i: usize| (5.0 + 8.0 * STEP * i as f64, 2.0);
    let mut false_tracks = BTreeSet::new();
    let mut name = None;
    let mut frames = Vec::new();
    for i in 0..80 {
        let mut found = vec![shaken(car(truth(i).0, truth(i).1, 0.0), &mut noise)];
        for _ in 0..10 {
            let (x, y) = (noise.unit() * 100.0, noise.unit() * 60.0 - 30.0);
            found.push(detection(
                bbox(x, y, noise.unit(), ObjectClass::Car),
                ObjectClass::Car,
                0.35,
            ));
        }
        frames.push(found);
    }
    for (i, tracks) in run(&frames).iter().enumerate().skip(2) {
        let (track, error) = nearest(tracks, truth(i).0, truth(i).1).expect("confirmed");
        assert!(error < 1.0, "frame {i}: {error} m");
        let id = *name.get_or_insert(track.id);
        assert_eq!(track.id, id, "frame {i}");
        let confirmed = tracks.tracks.iter().filter(|t| t.state.is_confirmed());
        false_tracks.extend(confirmed.map(|t| t.id).filter(|other| *other != id));
    }
    // 800 false detections in 6000 m².
    assert!(false_tracks.len() < 40, "{} false tracks", false_tracks.len());
}

/// Parked cars on both sides of a street, some across it, seen from a vehicle that
/// drives and turns; its motion is not told.
fn street(speed: f64, turn_rate: f64, frames: usize) -> Vec<Vec<(usize, Detection3d)>> {
    let mut noise = Noise(7);
    (0..frames)
        .map(|i| {
            let t = i as f64 * STEP;
            let yaw = turn_rate * t;
            let (x, y) = if turn_rate == 0.0 {
                (speed * t, 0.0)
            } else {
                (speed / turn_rate * yaw.sin(), speed / turn_rate * (1.0 - yaw.cos()))
            };
            let ego_from_world = pose(x, y, yaw).inverse();
            let parked = (0..40usize).map(|n| {
                let side = if n % 2 == 0 { 4.0 } else { -4.5 };
                let turned = if n % 5 == 0 { 1.5 } else { 0.0 };
                let place = Position::new(6.5 * (n / 2) as f64, side, -0.9);
                let mut d = car(0.0, 0.0, turned - yaw);
                d.bbox.center = ego_from_world * place;
                (n, d)
            });
            parked
                .filter(|(_, d)| d.bbox.center.x() > 2.0 && d.bbox.center.x() < 40.0)
                .map(|(n, d)| (n, shaken(d, &mut noise)))
                .collect()
        })
        .collect()
}

#[test]
fn without_a_pose_parked_cars_are_followed_as_they_come_nearer() {
    for (speed, turn_rate) in [(0.0, 0.0), (8.0, 0.0), (15.0, 0.0), (7.0, 0.3), (5.0, -0.4)] {
        let mut tracker = tracker();
        let mut names = BTreeMap::new();
        let mut seen_in = BTreeMap::new();
        for (i, seen) in street(speed, turn_rate, 32).into_iter().enumerate() {
            let found = Detections3d(seen.iter().map(|(_, d)| *d).collect());
            let tracks = tracker.step(stamp(i), None, &found).expect("valid frame");
            assert!(!tracks.has_ego_motion);
            for (n, d) in &seen {
                *seen_in.entry(*n).or_insert(0) += 1;
                let name = id_at(tracks, d.bbox.center.x(), d.bbox.center.y());
                if seen_in[n] >= 4 {
                    let what = format!("car {n}, {speed} m/s, {turn_rate} rad/s, frame {i}");
                    let name = name.unwrap_or_else(|| panic!("not confirmed: {what}"));
                    assert_eq!(*names.entry(*n).or_insert(name), name, "{what}");
                }
            }
        }
        let distinct: BTreeSet<_> = names.values().collect();
        assert_eq!(distinct.len(), names.len());
        assert!(names.len() >= 10);
    }
}

#[test]
fn weak_detections_keep_a_track_and_start_none() {
    let weak = |x: f64| detection(bbox(x, 0.0, 0.0, ObjectClass::Car), ObjectClass::Car, 0.2);
    let frames: Vec<_> = (0..20)
        .map(|i| vec![if i < 6 { car(10.0, 0.0, 0.0) } else { weak(10.0) }, weak(30.0)])
        .collect();
    let all = run(&frames);
    for tracks in &all[2..15] {
        assert_eq!(id_at(tracks, 10.0, 0.0), Some(TrackId(1)));
        assert_eq!(tracks.tracks.len(), 1);
    }
}

#[test]
fn what_is_seen_but_denied_for_long_is_no_longer_believed() {
    let denied = |x: f64| detection(bbox(x, 0.0, 0.0, ObjectClass::Car), ObjectClass::Car, 0.12);
    let frames: Vec<_> =
        (0..20).map(|i| vec![if i < 6 { car(10.0, 0.0, 0.0) } else { denied(10.0) }]).collect();
    let all = run(&frames);
    assert_eq!(id_at(&all[7], 10.0, 0.0), Some(TrackId(1)), "one or two denials are luck");
    assert!(all[19].tracks.iter().all(|t| t.id == TrackId(1) && t.misses == 0), "still seen");
    assert!(!all[19].tracks.iter().any(|t| t.state.is_confirmed()), "no longer believed");
}

#[test]
fn two_people_side_by_side_are_two() {
    let class = ObjectClass::Pedestrian;
    let places = |i: usize| [(10.0 + 0.15 * i as f64, 0.0), (10.0 + 0.15 * i as f64, 0.35)];
    let frames: Vec<_> = (0..20)
        .map(|i| places(i).map(|(x, y)| detection(bbox(x, y, 0.0, class), class, 0.7)).to_vec())
        .collect();
    for (i, tracks) in run(&frames).iter().enumerate().skip(2) {
        for (n, (x, y)) in places(i).into_iter().enumerate() {
            let (track, error) = nearest(tracks, x, y).expect("confirmed");
            assert!(track.id.0 as usize == n + 1 && error < 0.1, "frame {i}: {track:?}");
        }
    }
}

#[test]
fn a_van_that_is_called_a_car_sometimes_is_one_object() {
    let frames: Vec<_> = (0..20)
        .map(|i| {
            let class = if i % 3 == 0 { ObjectClass::Car } else { ObjectClass::Van };
            vec![detection(bbox(10.0, 0.0, 0.0, ObjectClass::Van), class, 0.8)]
        })
        .collect();
    let last = run(&frames).pop().expect("frames");
    assert_eq!(last.tracks.len(), 1);
    assert_eq!((last.tracks[0].id, last.tracks[0].class), (TrackId(1), ObjectClass::Van));
    assert_eq!(last.tracks[0].hits, 20);
}

/// A car 20 m ahead, followed for ten frames; then so many frames of one kind.
fn after(frames: usize, mut next: impl FnMut(&mut Tracker, Stamp) -> Tracks) -> (Tracker, Tracks) {
    let mut tracker = tracker();
    let seen = Detections3d(vec![car(20.0, 0.0, 0.0)]);
    for i in 0..10 {
        tracker.step(stamp(i), Some(Transform::identity()), &seen).expect("valid frame");
    }
    let all: Vec<_> = (10..10 + frames).map(|i| next(&mut tracker, stamp(i))).collect();
    (tracker, all.into_iter().next_back().expect("frames"))
}

fn unwatched(tracker: &mut Tracker, at: Stamp) -> Tracks {
    tracker.coast(at, Some(Transform::identity())).expect("valid frame").clone()
}

#[test]
fn that_nobody_looked_is_no_evidence() {
    let empty = Detections3d::default();
    let missed = |tracker: &mut Tracker, at: Stamp| {
        tracker.step(at, Some(Transform::identity()), &empty).expect("valid frame").clone()
    };
    let ((_, denied), (mut tracker, coasted)) = (after(2, missed), after(2, unwatched));
    let [denied, coasted] = [&denied, &coasted].map(|tracks| tracks.tracks[0].clone());
    let life = TrackerConfig::default().vehicle.life;
    // Only time has passed: 0.2 s of survival, from the most that is believed at all.
    let wanted = life.surest * life.survival_per_s.powf(0.2);
    assert!((coasted.existence.get() - wanted).abs() < 1e-9, "{}", coasted.existence.get());
    assert!(denied.existence.get() < coasted.existence.get());
    assert_eq!(coasted.step.cause, TrackCause::Coasted(MissCause::Unwatched));
    assert_eq!((coasted.state, coasted.misses, coasted.age), (TrackState::Coasted, 2, 12));
    // It goes on under its name.
    let seen = Detections3d(vec![car(20.0, 0.0, 0.0)]);
    let found = tracker.step(stamp(12), Some(Transform::identity()), &seen).expect("valid frame");
    assert_eq!(found.tracks.len(), 1);
    assert_eq!((found.tracks[0].id, found.tracks[0].misses), (TrackId(1), 0));
}

#[test]
fn tracks_that_nobody_looks_for_end_in_time() {
    let life = TrackerConfig::default().vehicle.life;
    let last = (life.lost_s.max(life.coast_s) / STEP).round() as usize;
    let (mut tracker, kept) = after(last, unwatched);
    assert_eq!((kept.tracks.len(), kept.ended.len()), (1, 0));
    assert_eq!(kept.tracks[0].state, TrackState::Tentative, "no longer published");
    let over = unwatched(&mut tracker, stamp(10 + last));
    assert!(over.tracks.is_empty());
    assert_eq!(over.ended[0].cause, EndCause::Unseen);
    // Frames that come too late are refused here too, and change nothing.
    assert!(tracker.coast(stamp(9), None).is_err());
}
