//! The delayed mode behind the tracker, on made-up objects.

use crate::world::{Noise, STEP, bbox, car, detection, pose, run, shaken, stamp, tracker};
use delos_core::{
    Detection3d, Detections3d, ObjectClass, Position, Track, TrackId, TrackState, Tracks, Yaw,
};
use delos_track::{DelayedConfig, DelayedFrame, DelayedTracks, Lag};
use proptest::prelude::*;

/// All frames with what became final when each came: the number of the frame that was pushed.
fn delayed_by(lag: Lag, online: &[Tracks]) -> (Vec<DelayedFrame>, Vec<usize>) {
    let mut delayed = DelayedTracks::new(DelayedConfig { lag_s: lag, ..DelayedConfig::default() })
        .expect("valid defaults");
    let (mut frames, mut pushed) = (Vec::new(), Vec::new());
    for (number, tracks) in online.iter().enumerate() {
        let ready = delayed.push(number as u32, stamp(number), tracks).expect("later");
        pushed.extend(ready.iter().map(|_| number));
        frames.extend(ready);
    }
    let rest = delayed.finish();
    pushed.extend(rest.iter().map(|_| online.len()));
    frames.extend(rest);
    (frames, pushed)
}

fn delayed(lag: Lag, online: &[Tracks]) -> Vec<Tracks> {
    delayed_by(lag, online).0.into_iter().map(|frame| frame.tracks).collect()
}

fn state(tracks: &Tracks, id: TrackId) -> Option<TrackState> {
    tracks.tracks.iter().find(|track| track.id == id).map(|track| track.state)
}

/// A car that drives past, seen in the frames that `is_seen` names, with this score.
fn passing(frames: usize, score: f64, is_seen: impl Fn(usize) -> bool) -> Vec<Vec<Detection3d>> {
    let found = |frame: usize| {
        let bbox = bbox(5.0 + frame as f64, 3.0, 0.0, ObjectClass::Car);
        detection(bbox, ObjectClass::Car, score)
    };
    (0..frames).map(|frame| is_seen(frame).then(|| found(frame)).into_iter().collect()).collect()
}

/// Traffic with misses and clutter.
fn traffic(seed: u64, frames: usize) -> Vec<Vec<Detection3d>> {
    let mut noise = Noise(seed);
    let mut out = Vec::new();
    for frame in 0..frames {
        let t = frame as f64 * STEP;
        let mut found = Vec::new();
        for (x, y, yaw) in
            [(5.0 + 8.0 * t, 3.0, 0.0), (60.0 - 6.0 * t, -3.0, 3.1), (20.0, 9.0, 1.5)]
        {
            if noise.unit() < 0.8 {
                found.push(shaken(car(x, y, yaw), &mut noise));
            }
        }
        if noise.unit() < 0.3 {
            let bbox = bbox(80.0 * noise.unit(), -20.0 * noise.unit(), 0.0, ObjectClass::Car);
            found.push(detection(bbox, ObjectClass::Car, 0.2 + 0.3 * noise.unit()));
        }
        out.push(found);
    }
    out
}

#[test]
fn without_a_lag_nothing_changes() {
    let online = run(&traffic(3, 40));
    let (frames, pushed) = delayed_by(Lag::Seconds(0.0), &online);
    assert_eq!(frames.iter().map(|frame| frame.tracks.clone()).collect::<Vec<_>>(), online);
    assert_eq!(pushed, (0..40).collect::<Vec<_>>());
    assert!(frames.iter().enumerate().all(|(n, f)| f.frame == n as u32 && f.stamp == stamp(n)));
}

#[test]
fn every_frame_comes_once_and_after_the_lag() {
    let online = run(&traffic(4, 40));
    let (frames, pushed) = delayed_by(Lag::Seconds(1.0), &online);
    assert!(frames.iter().map(|frame| frame.frame).eq(0..40));
    for (number, pushed) in pushed.into_iter().enumerate() {
        assert_eq!(pushed, (number + 10).min(40));
    }
    let (frames, pushed) = delayed_by(Lag::Offline, &online);
    assert_eq!(frames.len(), 40);
    assert!(pushed.iter().all(|pushed| *pushed == 40));
}

#[test]
fn what_was_found_late_was_there_before() {
    // One weak sighting is believed no more than one; ten are.
    let online = run(&passing(20, 0.8, |frame| frame >= 5));
    let id = online[5].tracks[0].id;
    assert_eq!(online[5].tracks[0].state, TrackState::Tentative);
    let frames = delayed(Lag::Seconds(1.0), &online);
    assert_eq!(state(&frames[5], id), Some(TrackState::Confirmed));
    // Nothing is told of the time before it was first seen.
    assert!(frames[..4].iter().all(|frame| frame.tracks.is_empty()));
}

#[test]
fn what_turns_out_false_is_taken_back() {
    let mut online = run(&passing(12, 0.3, |_| true));
    for tracks in &mut online {
        for track in &mut tracks.tracks {
            track.state = TrackState::Confirmed;
        }
    }
    let frames = delayed(Lag::Seconds(1.0), &online);
    let all = frames.iter().flat_map(|tracks| &tracks.tracks);
    assert!(all.clone().count() >= 12);
    assert!(all.clone().all(|track| track.state == TrackState::Tentative), "{:?}", frames[0]);
    assert!(all.clone().all(|track| track.existence.get() < 0.5));
}

#[test]
fn gaps_are_filled_up_to_the_longest() {
    let longest = DelayedConfig::default().vehicle.gaps.longest_s;
    for (missing, wanted) in [(4, TrackState::Coasted), (7, TrackState::Coasted)] {
        let online = run(&passing(40, 0.9, |frame| !(15..15 + missing).contains(&frame)));
        let id = online[14].tracks[0].id;
        assert_eq!(online[30].tracks[0].id, id, "it is found again");
        assert!((missing + 1) as f64 * STEP <= longest);
        let frames = delayed(Lag::Seconds(2.0), &online);
        for (number, tracks) in frames.iter().enumerate().skip(15).take(missing) {
            assert_eq!(state(tracks, id), Some(wanted), "frame {number}");
            let x = tracks.tracks[0].bbox.center.x();
            assert!((x - (5.0 + number as f64)).abs() < 0.1, "frame {number}: {x}");
        }
    }
    // A lag that does not reach the next sighting does not know of it.
    let online = run(&passing(40, 0.9, |frame| !(15..22).contains(&frame)));
    let frames = delayed(Lag::Seconds(0.3), &online);
    assert_eq!(state(&frames[17], online[14].tracks[0].id), Some(TrackState::Tentative));
    assert_eq!(state(&frames[20], online[14].tracks[0].id), Some(TrackState::Coasted));
}

#[test]
fn a_gap_that_is_too_long_stays_open() {
    let mut config = DelayedConfig::default();
    config.vehicle.gaps.longest_s = 0.3;
    let online = run(&passing(30, 0.9, |frame| !(15..20).contains(&frame)));
    let mut delayed = DelayedTracks::new(config).expect("valid");
    for (number, tracks) in online.iter().enumerate() {
        delayed.push(number as u32, stamp(number), tracks).expect("later");
    }
    let rest = delayed.finish();
    let unseen = rest.iter().filter(|frame| (15..20).contains(&frame.frame));
    let states: Vec<_> =
        unseen.flat_map(|frame| &frame.tracks.tracks).map(|track| track.state).collect();
    assert_eq!(states, [TrackState::Tentative; 5]);
}

#[test]
fn headings_agree_along_a_track() {
    let mut noise = Noise(5);
    let found = (0..60).map(|frame| {
        let x = 5.0 + 0.02 * (frame as f64).powi(2);
        vec![shaken(car(x, 3.0, if frame < 8 { std::f64::consts::PI } else { 0.0 }), &mut noise)]
    });
    let online = run(&found.collect::<Vec<_>>());
    let backward = |tracks: &Tracks| tracks.tracks[0].bbox.yaw.radians().cos() < 0.0;
    assert!(backward(&online[2]) && !backward(&online[50]), "the track is turned round");
    let frames = delayed(Lag::Offline, &online);
    assert!(frames.iter().all(|tracks| tracks.tracks[0].bbox.yaw.radians().cos() > 0.95));
}

/// Root mean square errors of place, speed and length over the frames from the tenth on.
fn errors(frames: &[Tracks], truth: impl Fn(f64) -> (f64, f64, f64)) -> [f64; 3] {
    let mut sums = [0.0; 4];
    for (number, tracks) in frames.iter().enumerate().skip(10) {
        let (x, y, speed) = truth(number as f64 * STEP);
        let Some(track) = tracks.tracks.first() else { continue };
        let place = track.bbox.center.planar_distance(&Position::new(x, y, 0.0));
        let length = track.bbox.size.length() - bbox(0.0, 0.0, 0.0, ObjectClass::Car).size.length();
        let wrong = [place, track.velocity.norm() - speed, length, 1.0];
        sums.iter_mut().zip(wrong).for_each(|(sum, wrong)| *sum += wrong * wrong);
    }
    [sums[0], sums[1], sums[2]].map(|sum| (sum / sums[3]).sqrt())
}

/// A car that brakes in a bend, with noise.
#[test]
fn smoothing_is_nearer_to_the_truth() {
    let at = |t: f64| {
        let way = 12.0 * t - 0.75 * t * t;
        let angle = way / 60.0;
        (60.0 * angle.sin(), 60.0 * (1.0 - angle.cos()), 12.0 - 1.5 * t, angle)
    };
    let truth = |t: f64| (at(t).0, at(t).1, at(t).2);
    let mut sums = [[0.0; 3]; 3];
    for seed in 0..10 {
        let mut noise = Noise(seed);
        let found = (0..60).map(|frame| {
            let (x, y, _, yaw) = at(f64::from(frame) * STEP);
            let mut found = shaken(car(x, y, yaw), &mut noise);
            let size = found.bbox.size;
            let length = size.length() + noise.normal(0.3);
            found.bbox.size =
                delos_core::Size::new(length, size.width(), size.height()).expect("positive");
            vec![found]
        });
        let online = run(&found.collect::<Vec<_>>());
        let modes =
            [online.clone(), delayed(Lag::Seconds(2.0), &online), delayed(Lag::Offline, &online)];
        for (sums, frames) in sums.iter_mut().zip(&modes) {
            for (sum, error) in sums.iter_mut().zip(errors(frames, truth)) {
                *sum += error / 10.0;
            }
        }
    }
    let [online, two_seconds, offline] = sums;
    for (what, most) in [0.8, 0.6, 0.6].into_iter().enumerate() {
        assert!(two_seconds[what] < most * online[what], "{sums:?}");
        assert!(offline[what] < most * online[what], "{sums:?}");
    }
}

#[test]
fn nothing_is_followed_back_into_other_axes() {
    // No pose at first; then one far from the origin, so that the axes tell themselves apart.
    let mut tracker = tracker();
    let found = Detections3d(vec![car(12.0, 0.0, 0.0)]);
    let online: Vec<Tracks> = (0..12)
        .map(|i| {
            let world_from_ego = (i >= 5).then(|| pose(1000.0, 0.0, 0.0));
            tracker.step(stamp(i), world_from_ego, &found).expect("valid frame").clone()
        })
        .collect();
    let mut config = DelayedConfig { lag_s: Lag::Offline, ..DelayedConfig::default() };
    config.vehicle.gaps.before_s = 0.3;
    let mut delayed = DelayedTracks::new(config).expect("valid");
    for (number, tracks) in online.iter().enumerate() {
        delayed.push(number as u32, stamp(number), tracks).expect("later");
    }
    for frame in delayed.finish() {
        let far = frame.frame >= 5;
        let places = frame.tracks.tracks.iter().map(|track| track.bbox.center.x());
        assert!(places.clone().all(|x| (x > 500.0) == far), "frame {}", frame.frame);
        assert_eq!(places.count(), 1, "frame {}", frame.frame);
    }
}

#[test]
fn frames_that_go_back_are_refused() {
    let online = run(&traffic(1, 3));
    let mut delayed = DelayedTracks::new(DelayedConfig::default()).expect("valid");
    delayed.push(0, stamp(5), &online[0]).expect("first");
    for late in [5, 4] {
        assert!(delayed.push(1, stamp(late), &online[1]).is_err());
    }
    assert!(delayed.push(1, stamp(6), &online[1]).is_ok());
    assert_eq!(delayed.finish().len(), 2);
    assert!(delayed.push(0, stamp(0), &online[0]).is_ok(), "another sequence");
}

/// A message from anywhere: numbers of every kind, identities twice and in no order.
fn anything() -> impl Strategy<Value = Tracks> {
    let number = prop_oneof![
        -50.0..50.0f64,
        Just(0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-1e300),
        Just(1e-300)
    ];
    let numbers = prop::collection::vec(number, 12);
    let track = (0u32..3, 0u32..2, numbers).prop_map(|(id, misses, n)| {
        let mut bbox = bbox(n[0], n[1], 0.0, ObjectClass::Car);
        bbox.yaw = Yaw::new(n[2]).unwrap_or_default();
        let mut track = Track::standing(
            TrackId(id),
            TrackState::Confirmed,
            ObjectClass::Car,
            bbox.transformed(&delos_core::Transform::identity()),
        );
        track.velocity = [n[3], n[4]].into();
        track.yaw_rate = n[5];
        track.covariance[(0, 0)] = n[6];
        track.covariance[(1, 2)] = n[7];
        track.deviations = [n[8], n[9], n[10], n[11]];
        track.misses = misses;
        track
    });
    (prop::collection::vec(track, 0..4), any::<bool>())
        .prop_map(|(tracks, has_ego_motion)| Tracks { tracks, has_ego_motion, ..Tracks::default() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever comes later than `t + lag` has no influence on frame `t`.
    #[test]
    fn the_future_beyond_the_lag_is_not_known(seed in 0u64..1000, other in 0u64..1000,
                                              lag in 1usize..15, common in 5usize..30) {
        let (mut a, b) = (traffic(seed, 45), traffic(other, 45));
        a.truncate(common);
        let mut ab = a.clone();
        ab.extend_from_slice(&b[common..]);
        a.extend((common..45).map(|_| Vec::new()));
        let lag_s = Lag::Seconds(lag as f64 * STEP);
        let (a, b) = (delayed(lag_s, &run(&a)), delayed(lag_s, &run(&ab)));
        let known = common.saturating_sub(lag);
        prop_assert_eq!(&a[..known], &b[..known]);
    }

    /// The same of what is made of it at once and frame by frame.
    #[test]
    fn a_lag_of_the_sequence_is_offline(seed in 0u64..1000) {
        let online = run(&traffic(seed, 30));
        prop_assert_eq!(
            delayed(Lag::Seconds(60.0), &online),
            delayed(Lag::Offline, &online)
        );
    }

    #[test]
    fn covariances_narrow_and_stay_covariances(seed in 0u64..1000) {
        let online = run(&traffic(seed, 40));
        for (before, after) in online.iter().zip(delayed(Lag::Seconds(1.5), &online)) {
            for (before, after) in before.tracks.iter().zip(&after.tracks) {
                prop_assert_eq!(before.id, after.id);
                prop_assert!(after.covariance.cholesky().is_some());
                let planar = |track: &Track| track.position_covariance().determinant();
                prop_assert!(planar(after) <= planar(before) * 1.001);
                prop_assert!(after.deviations.iter().all(|d| *d > 0.0));
            }
        }
    }

    #[test]
    fn no_message_is_too_strange(frames in prop::collection::vec(anything(), 1..12)) {
        for lag in [Lag::Seconds(0.3), Lag::Offline] {
            let after = delayed(lag, &frames);
            prop_assert_eq!(after.len(), frames.len());
        }
    }
}
