//! What holds for every input.

use crate::world::{bbox, detection, stamp, tracker};
use delos_core::{Body, Detection3d, Detections3d, ObjectClass, Tracks, Transform};
use proptest::prelude::*;

fn classes() -> impl Strategy<Value = ObjectClass> {
    prop_oneof![
        Just(ObjectClass::Car),
        Just(ObjectClass::Van),
        Just(ObjectClass::Pedestrian),
        Just(ObjectClass::Cyclist),
        Just(ObjectClass::Unknown),
    ]
}

prop_compose! {
    fn objects()(x in 0.0..40.0f64, y in -15.0..15.0f64, yaw in -3.1..3.1f64,
                 class in classes(), score in 0.0..1.0f64) -> Detection3d {
        detection(bbox(x, y, yaw, class), class, score)
    }
}

/// Frames of unrelated detections: hard on every branch of the tracker.
fn drives() -> impl Strategy<Value = Vec<Vec<Detection3d>>> {
    prop::collection::vec(prop::collection::vec(objects(), 0..15), 1..15)
}

fn run(frames: &[Vec<Detection3d>], with_pose: bool) -> Vec<Tracks> {
    let mut tracker = tracker();
    let pose = with_pose.then(Transform::identity);
    let step = |(i, found): (usize, &Vec<_>)| {
        tracker.step(stamp(i), pose, &Detections3d(found.clone())).expect("valid frame").clone()
    };
    frames.iter().enumerate().map(step).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_past_does_not_depend_on_the_future(frames in drives(), cut in 0..15usize, with_pose: bool) {
        let cut = cut.min(frames.len());
        let whole = run(&frames, with_pose);
        prop_assert_eq!(&run(&frames[..cut], with_pose)[..], &whole[..cut]);
    }

    #[test]
    fn the_order_of_detections_has_no_influence(frames in drives(), turn in 0..15usize, with_pose: bool) {
        let mut shuffled = frames.clone();
        for frame in &mut shuffled {
            let turn = turn % frame.len().max(1);
            frame.rotate_left(turn);
            frame.reverse();
        }
        let (a, b) = (run(&frames, with_pose), run(&shuffled, with_pose));
        for (a, b) in a.iter().zip(&b) {
            prop_assert_eq!(a.content_digest(), b.content_digest());
        }
    }

    #[test]
    fn tracks_are_always_in_order_and_sound(frames in drives(), with_pose: bool) {
        for tracks in run(&frames, with_pose) {
            prop_assert!(tracks.tracks.windows(2).all(|w| w[0].id < w[1].id));
            for t in &tracks.tracks {
                prop_assert!((0.0..=1.0).contains(&t.existence.get()));
                prop_assert!(t.id.0 >= 1 && t.hits >= 1 && t.hits <= t.age && t.misses < t.age);
                prop_assert!(t.velocity.iter().all(|v| v.is_finite()) && t.yaw_rate.is_finite());
                prop_assert_eq!(t.covariance, t.covariance.transpose());
                prop_assert!(t.covariance.cholesky().is_some());
                prop_assert!(t.deviations.iter().all(|d| d.is_finite() && *d > 0.0));
                prop_assert!((t.classes.all().iter().sum::<f32>() - 1.0).abs() < 1e-5);
                prop_assert_eq!(t.step.pairing.is_some(), t.misses == 0);
            }
        }
    }
}
