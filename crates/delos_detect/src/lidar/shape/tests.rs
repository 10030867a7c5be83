//! Surfaces and clouds of points whose shape is known.

use super::*;
use crate::lidar::cluster::NO_CELL;

const GROUND_M: f32 = -1.7;

fn measured(points: impl Iterator<Item = [f32; 3]>) -> Shape {
    let mut cluster = ClusterPoints::default();
    cluster.clear();
    for (index, [x, y, height]) in (0..).zip(points) {
        cluster.push(&Raised { index, x, y, z: height + GROUND_M, height, cell: NO_CELL });
    }
    cluster.measure().expect("points")
}

/// A wall across the way, ten metres ahead, 2 m wide and `high`, every 5 cm.
fn wall(high: f32) -> impl Iterator<Item = [f32; 3]> {
    let rows = 0..=(high / 0.05) as i32;
    rows.flat_map(|k| (-20..=20).map(move |i| [10.0, i as f32 * 0.05, k as f32 * 0.05]))
}

#[test]
fn no_points_have_no_shape() {
    assert!(ClusterPoints::default().measure().is_none());
}

#[test]
fn a_wall_is_smooth_and_lies_on_its_edge() {
    let shape = measured(wall(1.5));
    assert!((shape.top - 1.5).abs() < 0.06 && shape.low.abs() < 1e-6, "{shape:?}");
    assert!((shape.ground - f64::from(GROUND_M)).abs() < 1e-6);
    assert!(shape.on_edge > 0.99 && shape.roughness < 0.01, "{shape:?}");
    assert!(shape.outline.residual < 0.01 && (shape.range - 10.0).abs() < 0.1);
    let bands: f32 = shape.bands.iter().sum();
    assert!((bands - 1.0).abs() < 1e-3);
    let [half, .., high, crown] = shape.bands;
    assert!((half - 1.0 / 3.0).abs() < 0.05 && high + crown == 0.0, "{:?}", shape.bands);
}

#[test]
fn leaves_are_rough() {
    let scattered = |i: usize| {
        let share = |k: usize| (i * k % 97) as f32 / 97.0;
        [10.0 + 2.0 * share(31), 2.0 * share(57), 1.5 * share(83)]
    };
    let shape = measured((0..500).map(scattered));
    assert!(shape.roughness > 0.2 && shape.on_edge < 0.4, "{shape:?}");
}

#[test]
fn what_hangs_above_a_gap_is_no_top() {
    let crown = (0..50).map(|i| [10.0, i as f32 * 0.02, 3.5]);
    let shape = measured(wall(1.2).chain(crown));
    assert!((shape.top - 1.2).abs() < 0.06, "{}", shape.top);
    assert!(shape.bands[BANDS - 1] > 0.0);
    assert!(shape.tops.iter().flatten().all(|top| *top < 1.3));
}

#[test]
fn parts_of_the_length_have_their_own_tops() {
    // A side 4 m long, three metres to the left, its last quarter half as high.
    let high = |i: i32| if i >= 30 { 0.65 } else { 1.45 };
    let side = (0..=40).flat_map(|i| {
        let steps = 0..=(high(i) / 0.1) as i32;
        steps.map(move |k| [5.0 + i as f32 * 0.1, 3.0, k as f32 * 0.1])
    });
    let shape = measured(side);
    let along = if shape.outline.extents()[0] > 2.0 { shape.tops[0] } else { shape.tops[1] };
    let (low, rest) =
        (along.iter().filter(|t| **t < 0.8).count(), along.iter().filter(|t| **t > 1.3));
    assert_eq!((low, rest.count()), (1, 3), "{along:?}");
}
