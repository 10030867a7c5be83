//! Sizes that fit and sizes that do not, and opinions that differ.

use super::*;
use crate::lidar::cluster::{NO_CELL, Raised};
use crate::lidar::shape::ClusterPoints;
use proptest::prelude::*;

const GROUND_M: f32 = -1.7;

/// Two faces of a block whose nearest corner is at (10, 2): `length` by `width`, `top` high.
fn block(length: f32, width: f32, top: f32) -> Shape {
    let mut cluster = ClusterPoints::default();
    let steps = |most: f32| (0..=(most / 0.1).round() as i32).map(|i| i as f32 * 0.1);
    let faces = steps(length).map(|x| [10.0 + x, 2.0]).chain(steps(width).map(|y| [10.0, 2.0 + y]));
    for [x, y] in faces {
        for height in steps(top) {
            cluster.push(&Raised { index: 0, x, y, z: height + GROUND_M, height, cell: NO_CELL });
        }
    }
    cluster.measure().expect("points")
}

/// The better of both axes.
fn likeness_of(shape: &Shape, class: ObjectClass) -> f64 {
    let along = |axis| likeness(shape, axis, class);
    along(LengthAxis::First).max(along(LengthAxis::Second))
}

#[test]
fn what_has_the_size_of_a_class_is_like_it() {
    let cases = [
        ([4.0, 1.6, 1.5], ObjectClass::Car),
        ([5.5, 2.1, 2.2], ObjectClass::Van),
        ([12.0, 2.5, 3.4], ObjectClass::Truck),
    ];
    for ([length, width, top], class) in cases {
        let shape = block(length, width, top);
        for (_, other) in cases {
            let (like, unlike) = (likeness_of(&shape, class), likeness_of(&shape, other));
            assert!(like > 0.65 && (other == class || like > unlike + 0.1), "{class} {other}");
        }
    }
}

#[test]
fn few_points_and_wrong_sizes_speak_against_a_car() {
    let car = likeness_of(&block(4.0, 1.6, 1.5), ObjectClass::Car);
    for [length, width, top] in [[9.0, 1.6, 1.5], [4.0, 3.0, 1.5], [4.0, 1.6, 2.6], [4.0, 1.6, 0.6]]
    {
        let other = likeness_of(&block(length, width, top), ObjectClass::Car);
        assert!(other < 0.7 * car, "{length} {width} {top}: {other}, {car}");
    }
    let shape = block(4.0, 1.6, 1.5);
    let sparse = Shape { points: 5, ..shape };
    assert!(likeness_of(&sparse, ObjectClass::Car) < 0.3 * car);
}

#[test]
fn neither_opinion_has_the_last_word() {
    assert!(pooled(1.0, 0.9) > 0.99);
    assert!(pooled(0.0, 0.0) < 0.1);
    assert!(pooled(0.0, 0.8) > 0.4, "a lorry that the simulator does not know");
    assert!(pooled(0.0, 0.5) < 0.4, "but no bush");
    assert!(pooled(0.49, 1.0) < 0.6, "nothing is sure that the trees doubt");
    assert!(pooled(1.0, 0.0) > 0.5, "a car seen in small part");
}

proptest! {
    #[test]
    fn a_better_opinion_never_lowers_the_score(a in 0.0..=1.0, b in 0.0..=1.0, more in 0.0..=1.0) {
        let score = pooled(a, b);
        prop_assert!((0.0..=1.0).contains(&score));
        prop_assert!(pooled(f64::max(a, more), b) >= score);
        prop_assert!(pooled(a, f64::max(b, more)) >= score);
    }
}
