use super::*;
use delos_core::Transform;
use nalgebra::{Isometry3, Vector3};
use proptest::prelude::*;

const RULES: SweepRules = SweepRules { count: 3, max_age: Span::from_millis(500), own_m: 2.0 };

fn pose(x: f64, y: f64, yaw: f64) -> EgoPose {
    let isometry = Isometry3::new(Vector3::new(x, y, 0.0), Vector3::z() * yaw);
    EgoPose { world_from_ego: Transform::new(isometry) }
}

fn at(tenths: i64) -> Stamp {
    Stamp::from_nanos(tenths * 100_000_000)
}

fn cloud(places: &[[f32; 2]]) -> Arc<PointCloud<Ego>> {
    let point = |[x, y]: &[f32; 2]| LidarPoint { x: *x, y: *y, z: -1.0, intensity: 0.5 };
    Arc::new(PointCloud::new(places.iter().map(point).collect()))
}

fn seen(cloud: &PointCloud<Ego>) -> Vec<(i32, i32, i32)> {
    let times = cloud.times().expect("joined").seconds();
    let both = cloud.points().iter().zip(times);
    let steps = |v: f32| (v * 100.0).round() as i32;
    both.map(|(p, s)| (steps(p.x), steps(p.y), steps(*s))).collect()
}

#[test]
fn a_post_stays_where_it_is_and_only_the_last_scans_count() {
    let mut sweeps = Sweeps::new(RULES);
    // A post at 20 m, the vehicle forward by 1 m a scan; its bonnet 1 m ahead of the sensor.
    for tenth in 0..5_i64 {
        let x = tenth as f64;
        let scan = cloud(&[[20.0 - x as f32, 3.0], [1.0, 0.0]]);
        let found = sweeps.add(at(tenth), Some(&pose(x, 0.0, 0.0)), &scan);
        let post = 2000 - 100 * tenth as i32;
        let mut wanted = vec![(post, 300, 0), (100, 0, 0)];
        wanted.extend((1..=tenth.min(2) as i32).map(|age| (post, 300, -10 * age)));
        assert_eq!(seen(&found), wanted, "scan {tenth}");
        assert_eq!(sweeps.kept(), (tenth as usize + 1).min(2));
    }
}

#[test]
fn what_this_scan_has_left_out_is_told_and_not_that_of_older_ones() {
    let mut sweeps = Sweeps::new(RULES);
    for (tenth, dropped) in [(0, 5), (1, 7), (2, 0)] {
        let scan = Arc::new(PointCloud::clone(&cloud(&[[10.0, 0.0]])).after_dropping(dropped));
        let found = sweeps.add(at(tenth), Some(&pose(0.0, 0.0, 0.0)), &scan);
        assert_eq!((found.points().len(), found.dropped()), (tenth as usize + 1, dropped));
    }
}

#[test]
fn scans_too_old_or_of_another_time_are_left_out() {
    let mut sweeps = Sweeps::new(RULES);
    let scan = cloud(&[[10.0, 0.0]]);
    let still = pose(0.0, 0.0, 0.0);
    let mut number = |tenth, pose| sweeps.add(at(tenth), pose, &scan).points().len();
    assert_eq!(number(0, Some(&still)), 1);
    assert_eq!(number(5, Some(&still)), 2, "half a second is not too old");
    assert_eq!(number(11, Some(&still)), 1);
    assert_eq!(number(12, None), 1, "no pose");
    assert_eq!(number(13, Some(&still)), 1, "nothing to add from before");
    assert_eq!(number(14, Some(&still)), 2);
    assert_eq!(number(14, Some(&still)), 1, "no later than the one before");
}

#[test]
fn a_count_of_one_is_the_very_scan() {
    let mut sweeps = Sweeps::new(SweepRules { count: 1, ..RULES });
    let scan = cloud(&[[10.0, 0.0]]);
    for tenth in 0..3 {
        let found = sweeps.add(at(tenth), Some(&pose(0.0, 0.0, 0.0)), &scan);
        assert!(Arc::ptr_eq(&found, &scan) && found.times().is_none());
    }
}

proptest! {
    #[test]
    fn what_stands_still_falls_on_itself(
        poses in prop::collection::vec(prop::array::uniform3(-3.0..3.0f64), 3),
        places in prop::collection::vec(prop::array::uniform2(-60.0..60.0f64), 1..20),
    ) {
        let mut sweeps = Sweeps::new(SweepRules { own_m: 0.0, ..RULES });
        let mut last = None;
        for (tenth, [x, y, yaw]) in (0..).zip(&poses) {
            let pose = pose(*x, *y, *yaw);
            let ego_from_world = pose.world_from_ego.inverse();
            let points = places.iter().map(|[x, y]| {
                let p = ego_from_world * delos_core::Position::new(*x, *y, 0.0);
                [p.x() as f32, p.y() as f32]
            });
            let scan = cloud(&points.collect::<Vec<_>>());
            last = Some((sweeps.add(at(tenth), Some(&pose), &scan), scan));
        }
        let (joined, scan) = last.expect("three scans");
        prop_assert_eq!(joined.points().len(), 3 * places.len());
        for (index, point) in joined.points().iter().enumerate() {
            let own = scan.points()[index % places.len()];
            prop_assert!((point.x - own.x).hypot(point.y - own.y) < 1e-3);
        }
    }
}
