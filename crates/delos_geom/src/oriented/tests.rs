use super::*;
use delos_core::{Ego, Position, Size, Transform, World, Yaw};
use nalgebra::{Isometry3, Vector3};
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

fn flat(x: f64, y: f64, l: f64, w: f64, yaw: f64) -> Box3<Ego> {
    Box3::new(
        Position::new(x, y, 0.0),
        Size::new(l, w, 2.0).expect("positive"),
        Yaw::new(yaw).expect("finite"),
    )
}

#[test]
fn known_intersections() {
    // Two unit squares turned by 45 degrees share a regular octagon: 2 (sqrt(2) - 1).
    let octagon = 2.0 * (2.0f64.sqrt() - 1.0);
    let table = [
        ("identical", flat(3.0, 1.0, 4.0, 2.0, 0.7), flat(3.0, 1.0, 4.0, 2.0, 0.7), 8.0),
        ("nested", flat(0.0, 0.0, 4.0, 2.0, 0.2), flat(0.1, 0.1, 1.0, 0.5, 1.2), 0.5),
        ("crossing", flat(0.0, 0.0, 6.0, 1.0, 0.0), flat(0.0, 0.0, 6.0, 1.0, FRAC_PI_2), 1.0),
        ("octagon", flat(0.0, 0.0, 1.0, 1.0, 0.0), flat(0.0, 0.0, 1.0, 1.0, FRAC_PI_4), octagon),
        ("touching sides", flat(0.0, 0.0, 2.0, 2.0, 0.0), flat(2.0, 0.0, 2.0, 2.0, 0.0), 0.0),
        ("touching corner", flat(0.0, 0.0, 2.0, 2.0, 0.0), flat(2.0, 2.0, 2.0, 2.0, 0.0), 0.0),
        ("shared edge", flat(0.0, 0.0, 4.0, 2.0, 0.0), flat(1.0, 0.0, 2.0, 2.0, 0.0), 4.0),
        ("flipped", flat(0.0, 0.0, 4.0, 2.0, 0.3), flat(0.0, 0.0, 4.0, 2.0, 0.3 - PI), 8.0),
        ("apart", flat(0.0, 0.0, 4.0, 2.0, 0.3), flat(40.0, 0.0, 4.0, 2.0, 0.3), 0.0),
    ];
    for (name, a, b, wanted) in table {
        let found = intersection_bev(&a, &b);
        assert!((found - wanted).abs() < 1e-9, "{name}: {found} instead of {wanted}");
    }
}

#[test]
fn very_thin_boxes_stay_finite() {
    let needle = flat(0.0, 0.0, 10.0, 1e-9, 0.5);
    for value in [iou_bev(&needle, &needle), iou3d(&needle, &needle), giou_bev(&needle, &needle)] {
        assert!((value - 1.0).abs() < 1e-3, "{value}");
    }
}

#[test]
fn heights_count_in_space_only() {
    let low = flat(0.0, 0.0, 4.0, 2.0, 0.0);
    let high =
        Box3::<Ego>::new(low.center.moved(0.0, 0.0, 1.0), low.size, Yaw::new(0.0).expect("finite"));
    assert!((iou_bev(&low, &high) - 1.0).abs() < 1e-12);
    assert!((iou3d(&low, &high) - 1.0 / 3.0).abs() < 1e-12);
    let above = Box3::<Ego>::new(low.center.moved(0.0, 0.0, 4.0), low.size, low.yaw);
    assert!(iou3d(&low, &above).abs() < 1e-12);
    // Hull 8 x 6, union 8 x 4: a third is empty.
    assert!((giou3d(&low, &above) + 1.0 / 3.0).abs() < 1e-12);
}

prop_compose! {
    fn boxes()(
        x in -4.0..4.0f64, y in -4.0..4.0f64, z in -1.0..1.0f64,
        l in 0.2..6.0f64, w in 0.2..3.0f64, h in 0.5..3.0f64, yaw in -PI..PI,
    ) -> Box3<Ego> {
        Box3::new(
            Position::new(x, y, z),
            Size::new(l, w, h).expect("positive"),
            Yaw::new(yaw).expect("finite"),
        )
    }
}

/// Area of the points of a 4 cm grid that lie in both footprints.
fn sampled(a: &Box3<Ego>, b: &Box3<Ego>) -> f64 {
    const STEP: f64 = 0.04;
    let both = (-200..200)
        .flat_map(|i| (-200..200).map(move |j| (f64::from(i) * STEP, f64::from(j) * STEP)))
        .filter(|(x, y)| {
            a.contains(&Position::new(*x, *y, a.center.z()), 0.0)
                && b.contains(&Position::new(*x, *y, b.center.z()), 0.0)
        });
    both.count() as f64 * STEP * STEP
}

proptest! {
    #[test]
    fn symmetric_and_bounded(a in boxes(), b in boxes()) {
        let measures = [(iou_bev as fn(&_, &_) -> _, 0.0), (iou3d, 0.0), (giou_bev, -1.0), (giou3d, -1.0), (diou3d, -1.0)];
        for (measure, low) in measures {
            let value: f64 = measure(&a, &b);
            prop_assert!((low..=1.0).contains(&value), "{}", value);
            prop_assert_eq!(value.to_bits(), measure(&b, &a).to_bits());
            prop_assert!((measure(&a, &a) - 1.0).abs() < 1e-9);
        }
        prop_assert_eq!(intersection_bev(&a, &b).to_bits(), intersection_bev(&b, &a).to_bits());
        prop_assert!(giou_bev(&a, &b) <= iou_bev(&a, &b) + 1e-12);
        prop_assert!(giou3d(&a, &b) <= iou3d(&a, &b) + 1e-12);
    }

    #[test]
    fn a_common_motion_changes_nothing(
        a in boxes(), b in boxes(), x in -1e4..1e4f64, y in -1e4..1e4f64, turn in -PI..PI
    ) {
        let world_from_ego: Transform<World, Ego> =
            Transform::new(Isometry3::new(Vector3::new(x, y, 2.0), Vector3::z() * turn));
        let (moved_a, moved_b) = (a.transformed(&world_from_ego), b.transformed(&world_from_ego));
        prop_assert!((iou_bev(&a, &b) - iou_bev(&moved_a, &moved_b)).abs() < 1e-8);
        prop_assert!((iou3d(&a, &b) - iou3d(&moved_a, &moved_b)).abs() < 1e-8);
        prop_assert!((giou_bev(&a, &b) - giou_bev(&moved_a, &moved_b)).abs() < 1e-7);
        prop_assert!((giou3d(&a, &b) - giou3d(&moved_a, &moved_b)).abs() < 1e-7);
    }

    #[test]
    fn turning_a_box_round_changes_nothing(a in boxes(), b in boxes()) {
        let turned = Box3 { yaw: b.yaw.flipped(), ..b };
        prop_assert!((iou_bev(&a, &b) - iou_bev(&a, &turned)).abs() < 1e-9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn agrees_with_counting_points(a in boxes(), b in boxes()) {
        let perimeter = 2.0 * (a.size.length() + a.size.width() + b.size.length() + b.size.width());
        let error = (intersection_bev(&a, &b) - sampled(&a, &b)).abs();
        // A grid point counts wrongly only within half a step of the outline.
        prop_assert!(error < 0.04 * perimeter, "{}", error);
    }
}
