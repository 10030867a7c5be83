use super::*;
use crate::street::Street;
use nalgebra::Vector3;

const TENTH_NS: i64 = 100_000_000;

fn stamp(scan: u32) -> Stamp {
    Stamp::from_nanos(i64::from(scan) * TENTH_NS)
}

fn cloud(points: impl IntoIterator<Item = [f32; 3]>) -> PointCloud<Ego> {
    let point = |[x, y, z]: [f32; 3]| LidarPoint { x, y, z, intensity: 0.0 };
    PointCloud::new(points.into_iter().map(point).collect())
}

fn odometry() -> Odometry {
    Odometry::new(OdometryConfig::default()).unwrap()
}

/// Along the street at `speed` (m/s), slowly swerving.
fn pose(scan: u32, speed: f64) -> Isometry3<f64> {
    let x = 0.1 * f64::from(scan) * speed;
    Isometry3::new(
        Vector3::new(x, 0.5 - 0.5 * (0.1 * x).cos(), 0.0),
        Vector3::z() * 0.05 * (0.1 * x).sin(),
    )
}

/// Steps through the street; the estimates.
fn drive(odometry: &mut Odometry, scans: u32, speed: f64) -> Vec<EgoMotionEstimate> {
    let street = Street::new();
    let scan = |n: u32| street.scan(&pose(n, speed), n);
    (0..scans).map(|n| odometry.step(stamp(n), &scan(n)).unwrap()).collect()
}

fn apart(estimate: &EgoMotionEstimate, truth: &Isometry3<f64>) -> Isometry3<f64> {
    truth.inverse() * estimate.world_from_ego.isometry()
}

#[test]
fn it_follows_a_drive_from_any_speed() {
    for speed in [0.0, 5.0, 15.0, 30.0] {
        let scans = if speed > 20.0 { 12 } else { 25 };
        let estimates = drive(&mut odometry(), scans, speed);
        assert_eq!(estimates[0].outcome, Outcome::Started);
        for (n, estimate) in (0..scans).zip(&estimates).skip(1) {
            assert_eq!(estimate.outcome, Outcome::Registered, "{speed} m/s, scan {n}");
            let apart = apart(estimate, &pose(n, speed));
            let (way, turn) = (apart.translation.vector.norm(), apart.rotation.angle());
            assert!(way < 0.25 && turn < 0.01, "{speed} m/s, scan {n}: {way} m, {turn} rad");
        }
    }
}

#[test]
fn the_same_scan_again_does_not_move() {
    let scan = Street::new().scan(&Isometry3::identity(), 3);
    let mut odometry = odometry();
    for n in 0..5 {
        let estimate = odometry.step(stamp(n), &scan).unwrap();
        let apart = apart(&estimate, &Isometry3::identity());
        assert!(apart.translation.vector.norm() < 1e-3 && apart.rotation.angle() < 1e-4, "{apart}");
    }
    assert!(odometry.velocity().is_some_and(|v| v.linear.norm() < 1e-2));
}

#[test]
fn the_same_scans_give_the_same_bits_also_after_a_reset() {
    let mut first = odometry();
    let once = drive(&mut first, 10, 8.0);
    let map: Vec<_> = first.map().collect();
    first.reset();
    assert_eq!(first.map_voxels(), 0);
    assert_eq!(drive(&mut first, 10, 8.0), once);
    assert_eq!(drive(&mut odometry(), 10, 8.0), once);
    assert_eq!(first.map().collect::<Vec<_>>(), map);
}

#[test]
fn scans_that_cannot_be_used_keep_the_prediction_and_say_why() {
    let plane =
        (0..200).flat_map(|i| (0..200).map(move |k| [i as f32 * 0.3, k as f32 * 0.3, 40.0]));
    let bad = [
        ("nothing", cloud([])),
        ("one point", cloud([[5.0, 0.0, 0.0]])),
        ("a million points in one place", cloud(vec![[5.0, 1.0, 0.0]; 1_000_000])),
        ("not numbers", cloud(vec![[f32::NAN, 0.0, 0.0]; 100_000])),
        ("the vehicle itself", cloud(vec![[0.5, 0.5, 0.0]; 1000])),
        ("out of reach", cloud((0..1000).map(|i| [500.0, i as f32, 0.0]))),
        ("at the end of all numbers", cloud(vec![[f32::MAX, f32::MIN, 1e30]; 1000])),
        ("a plane above the street", cloud(plane)),
    ];
    let mut at_first = odometry();
    let before = drive(&mut at_first, 8, 10.0);
    let voxels = at_first.map_voxels();
    for (name, scan) in bad {
        let mut odometry = at_first.clone();
        let estimate = odometry.step(stamp(8), &scan).unwrap();
        assert!(
            matches!(estimate.outcome, Outcome::Predicted(_)),
            "{name}: {:?}",
            estimate.outcome
        );
        let way = before[7].world_from_ego.inverse() * estimate.world_from_ego;
        assert!((way.isometry().translation.x - 1.0).abs() < 0.05, "{name}: {way:?}");
        assert_eq!(odometry.map_voxels(), voxels, "{name}: the map is as before");
        let again = odometry.step(stamp(9), &Street::new().scan(&pose(9, 10.0), 9)).unwrap();
        assert_eq!(again.outcome, Outcome::Registered, "after {name}");
        assert!(apart(&again, &pose(9, 10.0)).translation.vector.norm() < 0.15, "after {name}");
    }
}

#[test]
fn nothing_begins_with_a_scan_that_cannot_be_used() {
    let mut odometry = odometry();
    let none = odometry.step(stamp(0), &cloud([])).unwrap();
    assert_eq!(none.outcome, Outcome::Waiting(Unusable::FewPoints { points: 0, wanted: 50 }));
    let first = odometry.step(stamp(1), &Street::new().scan(&pose(0, 0.0), 0)).unwrap();
    assert_eq!(first.outcome, Outcome::Started);
    assert_eq!(first.world_from_ego, Transform::identity());
}

#[test]
fn a_jump_is_not_believed_and_then_another_map_begins() {
    let mut odometry = odometry();
    drive(&mut odometry, 8, 10.0);
    // Elsewhere: the street seen from another place, on its side.
    let elsewhere = Isometry3::new(Vector3::new(-30.0, 2.0, 0.0), Vector3::z() * 1.2);
    let outcomes: Vec<Outcome> = (8..14)
        .map(|n| odometry.step(stamp(n), &Street::new().scan(&elsewhere, n)).unwrap().outcome)
        .collect();
    let (lost, found) = outcomes.split_at(4);
    assert!(lost.iter().all(|o| matches!(o, Outcome::Predicted(_))), "{outcomes:?}");
    assert!(matches!(found[0], Outcome::Restarted(_)), "{outcomes:?}");
    assert_eq!(found[1], Outcome::Registered);
}

#[test]
fn a_long_gap_is_not_bridged_at_full_speed() {
    let mut odometry = odometry();
    let before = drive(&mut odometry, 8, 10.0).pop().unwrap();
    let late = odometry.step(Stamp::from_nanos(3600 * 1_000_000_000), &cloud([])).unwrap();
    let way = before.world_from_ego.inverse() * late.world_from_ego;
    assert!((way.isometry().translation.x - 10.0).abs() < 1.0, "one second of it: {way:?}");
}

#[test]
fn a_stamp_that_goes_back_is_refused_and_changes_nothing() {
    let mut odometry = odometry();
    drive(&mut odometry, 3, 5.0);
    let pose_before = odometry.now.world_from_ego;
    let scan = Street::new().scan(&pose(3, 5.0), 3);
    for earlier in [0, 2] {
        let error = odometry.step(stamp(earlier), &scan).unwrap_err();
        assert!(matches!(error, OdometryError::StampNotLater { .. }), "{error}");
    }
    assert_eq!(odometry.now.world_from_ego, pose_before);
    assert!(odometry.step(stamp(3), &scan).unwrap().outcome.is_measured());
}

#[test]
fn correcting_the_turn_of_the_lidar_makes_the_drive_exact() {
    let (street, speed) = (Street::new(), 12.0);
    let offset = |p: &LidarPoint| 0.1 * (p.y.atan2(p.x) / std::f32::consts::TAU);
    let (mut raw, mut corrected) = (odometry(), odometry());
    let mut errors = [0.0; 2];
    for n in 0..20 {
        // What is seen behind the vehicle is seen before or after what is seen ahead.
        let moved = street
            .scan(&pose(n, speed), n)
            .points()
            .iter()
            .map(|p| {
                let late = offset(p) * speed as f32;
                [p.x - late, p.y, p.z]
            })
            .collect::<Vec<_>>();
        let scan = cloud(moved);
        let offsets: Vec<f32> =
            street.scan(&pose(n, speed), n).points().iter().map(offset).collect();
        let estimates = [
            raw.step(stamp(n), &scan).unwrap(),
            corrected.step_deskewed(stamp(n), &scan, &offsets).unwrap(),
        ];
        errors = estimates.map(|e| apart(&e, &pose(n, speed)).translation.vector.norm());
    }
    assert!(errors[1] < 0.2 && errors[1] < errors[0], "raw, corrected: {errors:?}");
    let short = corrected.step_deskewed(stamp(20), &cloud([[5.0, 0.0, 0.0]]), &[]).unwrap_err();
    assert_eq!(short, OdometryError::Times { times: 0, points: 1 });
}

#[test]
fn the_map_ends_at_the_range() {
    let config = OdometryConfig { max_range_m: 30.0, ..OdometryConfig::default() };
    let mut odometry = Odometry::new(config).unwrap();
    for estimate in drive(&mut odometry, 15, 15.0) {
        assert!(estimate.outcome.is_measured(), "{:?}", estimate.outcome);
    }
    let here = odometry.now.world_from_ego.translation.vector;
    let farthest = odometry.map().map(|p| (p.point().coords - here).norm()).fold(0.0, f64::max);
    assert!(farthest > 28.0 && farthest < 31.0, "{farthest} m");
}

#[test]
fn a_full_map_is_said_to_be_full() {
    let config = OdometryConfig { max_voxels: 500, ..OdometryConfig::default() };
    let mut odometry = Odometry::new(config).unwrap();
    assert!(!odometry.map_is_full());
    drive(&mut odometry, 5, 10.0);
    assert_eq!((odometry.map_voxels(), odometry.map_is_full()), (500, true));
}
