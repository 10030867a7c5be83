use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn points(reach: f64, most: usize) -> impl Strategy<Value = Vec<Point3<f64>>> {
    let point = prop::array::uniform3(-reach..reach).prop_map(Point3::from);
    prop::collection::vec(point, 0..most)
}

fn map_of(points: &[Point3<f64>]) -> VoxelMap {
    let mut map = VoxelMap::new(1.0, 20, 1000);
    for point in points {
        map.add(point);
    }
    map
}

#[test]
fn every_cube_around_is_a_neighbour_once() {
    let all: BTreeSet<[i8; 3]> = NEIGHBOURS.into_iter().collect();
    assert_eq!(all.len(), 27);
    assert_eq!(NEIGHBOURS[0], [0, 0, 0]);
    assert!(NEIGHBOURS.iter().flatten().all(|step| (-1..=1).contains(step)));
}

#[test]
fn a_cube_keeps_few_points_apart_from_each_other() {
    let mut map = VoxelMap::new(1.0, 4, 10);
    for i in 0..100 {
        map.add(&Point3::new(f64::from(i) * 0.01, 0.5, 0.5));
    }
    let kept: Vec<f64> = map.points().map(|p| p.x).collect();
    assert_eq!(kept.len(), 2, "half a metre apart: {kept:?}");
    assert!((kept[1] - 0.5).abs() < 1e-6);
}

#[test]
fn a_full_map_learns_no_new_places() {
    let mut map = VoxelMap::new(1.0, 20, 3);
    for i in 0..5 {
        map.add(&Point3::new(f64::from(i) + 0.5, 0.0, 0.0));
    }
    assert_eq!(map.voxels(), 3);
    map.add(&Point3::new(0.5, 0.9, 0.0));
    assert_eq!(map.points().count(), 4, "known places may grow");
}

#[test]
fn a_place_far_from_the_origin_is_as_exact() {
    let far = Point3::new(123_456.789_012, -98_765.432_1, 4.0);
    let map = map_of(&[far]);
    let difference = map.nearest(&(far + Vector3::new(0.001, 0.0, 0.0)), 1.0).expect("near");
    assert!((difference - Vector3::new(0.001, 0.0, 0.0)).norm() < 1e-6, "{difference}");
}

#[test]
fn points_without_a_place_do_no_harm() {
    let mut map = map_of(&[]);
    for value in [f64::NAN, f64::INFINITY, f64::MAX] {
        map.add(&Point3::new(value, 0.0, 0.0));
        assert_eq!(map.nearest(&Point3::new(value, 0.0, 0.0), f64::NAN), None);
    }
}

proptest! {
    #[test]
    fn the_nearest_is_that_of_an_exhaustive_search(
        stored in points(3.0, 300), asked in points(3.5, 30), within in 0.1..1.0f64,
    ) {
        let map = map_of(&stored);
        let kept: Vec<Point3<f64>> = map.points().collect();
        for point in &asked {
            let distances = kept.iter().map(|p| (point - p).norm());
            let wanted = distances.min_by(f64::total_cmp).filter(|d| *d < within);
            let found = map.nearest(point, within).map(|d| f64::from(d.norm()));
            match (wanted, found) {
                (Some(wanted), Some(found)) => prop_assert!((wanted - found).abs() < 1e-5),
                (None, None) => {}
                (Some(edge), None) | (None, Some(edge)) => {
                    prop_assert!((edge - within).abs() < 1e-5, "{edge} of {within}");
                }
            }
        }
    }

    #[test]
    fn what_is_far_is_forgotten_and_the_rest_is_still_found(
        stored in points(8.0, 300), range in 1.0..10.0f64, x in -5.0..5.0f64,
    ) {
        let mut map = map_of(&stored);
        let from = Point3::new(x, 0.0, 0.0);
        let before: Vec<Point3<f64>> = map.points().collect();
        map.forget_beyond(&from, range);
        let near = |p: &&Point3<f64>| {
            let centre = Point3::from(p.coords.map(|v| v.floor() + 0.5));
            (centre - from).norm() <= range
        };
        let mut wanted: Vec<_> = before.iter().filter(near).map(|p| p.coords.data.0[0]).collect();
        let mut kept: Vec<_> = map.points().map(|p| p.coords.data.0[0]).collect();
        let order = |a: &[f64; 3], b: &[f64; 3]| a.partial_cmp(b).expect("finite");
        wanted.sort_by(order);
        kept.sort_by(order);
        prop_assert_eq!(wanted, kept);
        for point in map.points() {
            prop_assert!(map.nearest(&point, 0.5).is_some_and(|d| d.norm() < 1e-5));
        }
    }

    #[test]
    fn no_cube_has_more_than_its_share(stored in points(2.0, 600), most in 1u32..5) {
        let mut map = VoxelMap::new(1.0, most, 1000);
        for point in &stored {
            map.add(point);
        }
        prop_assert!(map.voxels.iter().all(|v| v.points >= 1 && v.points <= most));
        prop_assert_eq!(map.places.len(), map.voxels.len() * most as usize);
    }
}
