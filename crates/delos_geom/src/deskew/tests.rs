use super::*;
use nalgebra::Isometry3;
use proptest::prelude::*;
use std::f64::consts::TAU;

/// Half the time of a turn, seconds.
const HALF_S: f64 = 0.05;

/// What the vehicle sees of upright walls `[a, b, c]`, `a x + b y = c` in the frame of its stamp,
/// when it looks around counter-clockwise from behind while it moves.
fn looked_around(walls: &[[f64; 3]], velocity: &Twist, columns: usize) -> PointCloud<Ego> {
    let (mut points, mut times) = (vec![], vec![]);
    for column in 0..columns {
        let share = column as f64 / columns as f64 - 0.5;
        let ego = velocity.during(share * 2.0 * HALF_S);
        let way = ego.rotation * Vector3::new((share * TAU).cos(), (share * TAU).sin(), 0.0);
        let from = ego.translation.vector;
        let ranges = walls.iter().map(|[a, b, c]| {
            let closing = a * way.x + b * way.y;
            (c - a * from.x - b * from.y) / closing
        });
        let Some(range) = ranges.filter(|r| *r > 0.0).min_by(f64::total_cmp) else { continue };
        let seen = ego.inverse() * nalgebra::Point3::from(from + way * range);
        points.push(LidarPoint {
            x: seen.x as f32,
            y: seen.y as f32,
            z: seen.z as f32,
            intensity: 0.5,
        });
        times.push((share * 2.0 * HALF_S) as f32);
    }
    PointCloud::with_times(points, PointTimes::Rolling(times)).expect("one time each")
}

/// A street 16 m wide, closed 20 m ahead and 20 m behind.
const STREET: [[f64; 3]; 4] =
    [[1.0, 0.0, 20.0], [1.0, 0.0, -20.0], [0.0, 1.0, 8.0], [0.0, 1.0, -8.0]];

/// The largest distance of a point from the nearest wall, metres.
fn off_the_walls(cloud: &PointCloud<Ego>, walls: &[[f64; 3]]) -> f64 {
    let off = |p: &LidarPoint| {
        let all = walls.iter().map(|[a, b, c]| (a * f64::from(p.x) + b * f64::from(p.y) - c).abs());
        all.fold(f64::INFINITY, f64::min)
    };
    cloud.points().iter().map(off).fold(0.0, f64::max)
}

#[test]
fn walls_are_straight_again() {
    let cases = [
        // Forward at 15 m/s; the same in a bend; both ways around with pitch and roll.
        (Twist { linear: Vector3::x() * 15.0, angular: Vector3::zeros() }, 0.74),
        (Twist { linear: Vector3::x() * 15.0, angular: Vector3::z() * 0.6 }, 0.74),
        (Twist { linear: Vector3::new(-8.0, 0.5, 0.0), angular: Vector3::z() * -1.0 }, 0.38),
    ];
    for (velocity, least_before) in cases {
        let seen = looked_around(&STREET, &velocity, 2000);
        let before = off_the_walls(&seen, &STREET);
        let after = off_the_walls(&deskewed(&seen, &velocity).expect("rolling"), &STREET);
        assert!(before > least_before, "{before} m off before: {velocity:?}");
        assert!(after < 1e-5, "{after} m off after: {velocity:?}");
    }
}

#[test]
fn a_vehicle_that_stands_changes_no_bit() {
    let seen = looked_around(&STREET, &Twist::default(), 500).after_dropping(7);
    let found = deskewed(&seen, &Twist::default()).expect("rolling");
    assert_eq!((found.points(), found.dropped()), (seen.points(), 7));
    let times = seen.times().expect("given").seconds().to_vec();
    assert_eq!(found.times(), Some(&PointTimes::Aligned(times)));
}

#[test]
fn what_has_no_times_or_is_aligned_is_left_alone() {
    let points = vec![LidarPoint::default()];
    let velocity = Twist { linear: Vector3::x(), angular: Vector3::zeros() };
    assert_eq!(deskewed(&PointCloud::new(points.clone()), &velocity), None);
    let aligned = PointCloud::with_times(points, PointTimes::Aligned(vec![0.1])).expect("one");
    assert_eq!(deskewed(&aligned, &velocity), None);
}

#[test]
fn what_is_seen_late_is_seen_nearer_and_moved_back() {
    let motion =
        SteadyMotion::new(Twist { linear: Vector3::x() * 20.0, angular: Vector3::zeros() });
    let seen = Vector3::new(10.0, 1.0, 0.0);
    assert!((motion.at_stamp(&seen, 0.05).x - 11.0).abs() < 1e-12);
    assert!((motion.at_stamp(&seen, -0.05).x - 9.0).abs() < 1e-12);
}

proptest! {
    #[test]
    fn equals_the_exponential_map(
        linear in prop::array::uniform3(-40.0..40.0f64),
        angular in prop::array::uniform3(-6.0..6.0f64),
        scale in prop::sample::select(vec![1.0, 1e-2, 1e-4, 1e-9, 0.0]),
        seen in prop::array::uniform3(-80.0..80.0f64),
        offset_s in -0.5..0.5f64,
    ) {
        let velocity = Twist { linear: linear.into(), angular: Vector3::from(angular) * scale };
        let way: Isometry3<f64> = velocity.during(offset_s);
        let wanted = way * nalgebra::Point3::from(seen);
        let found = SteadyMotion::new(velocity).at_stamp(&seen.into(), offset_s);
        prop_assert!((found - wanted.coords).norm() < 1e-9, "{found} {wanted}");
    }
}
