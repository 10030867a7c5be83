//! Overlap where rounding could do harm: touching, nested, thin, huge, nearly the same.

use super::*;
use crate::convex::convex_hull;
use delos_core::ObjectClass;
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

const fn rectangle(x: f64, y: f64, length: f64, width: f64, yaw: f64) -> Rectangle {
    Rectangle { center: [x, y], length, width, yaw }
}

fn upright(footprint: Rectangle) -> UprightBox {
    UprightBox { footprint, bottom: -1.0, top: 0.5 }
}

fn iou(a: &Rectangle, b: &Rectangle) -> f64 {
    upright(*a).iou_bev(&upright(*b))
}

/// Moves along and across the heading.
fn shifted(r: &Rectangle, along: f64, across: f64) -> Rectangle {
    let (sin, cos) = r.yaw.sin_cos();
    let center =
        [r.center[0] + along * cos - across * sin, r.center[1] + along * sin + across * cos];
    Rectangle { center, ..*r }
}

fn corners(r: &Rectangle) -> [[f64; 2]; 4] {
    let (l, w) = (r.length / 2.0, r.width / 2.0);
    [(l, w), (-l, w), (-l, -w), (l, -w)].map(|(along, across)| shifted(r, along, across).center)
}

/// The shared area by other means than clipping: the convex hull of the corners of each
/// that lie in the other and of the points where outlines cross.
fn by_hull(a: &Rectangle, b: &Rectangle) -> f64 {
    let (of_a, of_b) = (corners(a), corners(b));
    let mut points: Vec<_> = of_a.into_iter().filter(|p| holds(b, p)).collect();
    points.extend(of_b.into_iter().filter(|p| holds(a, p)));
    for i in 0..4 {
        for j in 0..4 {
            let (from, to) = (of_a[i], of_a[(i + 1) % 4]);
            points.extend(crossing(from, to, of_b[j], of_b[(j + 1) % 4]));
        }
    }
    polygon_area(&convex_hull(&mut points))
}

fn holds(r: &Rectangle, p: &[f64; 2]) -> bool {
    let (sin, cos) = r.yaw.sin_cos();
    let (dx, dy) = (p[0] - r.center[0], p[1] - r.center[1]);
    (dx * cos + dy * sin).abs() <= r.length / 2.0 && (dy * cos - dx * sin).abs() <= r.width / 2.0
}

fn crossing(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> Option<[f64; 2]> {
    let (u, v, w) =
        ([b[0] - a[0], b[1] - a[1]], [d[0] - c[0], d[1] - c[1]], [c[0] - a[0], c[1] - a[1]]);
    let cross = |p: [f64; 2], q: [f64; 2]| p[0] * q[1] - p[1] * q[0];
    let turn = cross(u, v);
    let (s, t) = (cross(w, v) / turn, cross(w, u) / turn);
    let meet = turn != 0.0 && (0.0..=1.0).contains(&s) && (0.0..=1.0).contains(&t);
    meet.then(|| [a[0] + s * u[0], a[1] + s * u[1]])
}

#[test]
fn boxes_without_area_share_nothing() {
    let whole = rectangle(0.0, 0.0, 4.0, 2.0, 0.3);
    let table = [
        ("zero length", rectangle(0.0, 0.0, 0.0, 2.0, 0.3)),
        ("zero width", rectangle(0.0, 0.0, 4.0, 0.0, 0.3)),
        ("negative length", rectangle(0.0, 0.0, -4.0, 2.0, 0.3)),
        ("negative twice", rectangle(0.0, 0.0, -1000.0, -1000.0, -10.0)),
        ("no number for a side", rectangle(0.0, 0.0, f64::NAN, 2.0, 0.3)),
        ("no number for the centre", rectangle(f64::NAN, 0.0, 4.0, 2.0, 0.3)),
        ("no number for the angle", rectangle(0.0, 0.0, 4.0, 2.0, f64::NAN)),
        ("endless", rectangle(0.0, 0.0, f64::INFINITY, 2.0, 0.3)),
        ("endlessly far", rectangle(0.0, f64::NEG_INFINITY, 4.0, 2.0, 0.3)),
        ("area beyond all numbers", rectangle(0.0, 0.0, 1e200, 1e200, 0.3)),
        ("area below all numbers", rectangle(0.0, 0.0, 1e-200, 1e-200, 0.3)),
    ];
    for (name, r) in table {
        for (a, b) in [(r, whole), (whole, r), (r, r)] {
            assert!(a.intersection(&b).abs() < f64::MIN_POSITIVE, "{name}");
            assert!(iou(&a, &b).abs() < f64::MIN_POSITIVE, "{name}");
            assert!(upright(a).iou3d(&upright(b)).abs() < f64::MIN_POSITIVE, "{name}");
        }
    }
}

#[test]
fn heights_without_extent_share_nothing() {
    let body = upright(rectangle(0.0, 0.0, 4.0, 2.0, 0.3));
    let table = [(0.0, 0.0), (1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::NAN), (0.5, 2.0)];
    for (bottom, top) in table {
        let other = UprightBox { bottom, top, ..body };
        let found = [body.iou3d(&other), other.iou3d(&body)];
        assert!(found.iter().all(|iou| (0.0..=1.0).contains(iou)), "{bottom}..{top}: {found:?}");
        if !(bottom.is_nan() || top.is_nan()) {
            assert!(found.iter().all(|iou| *iou < f64::MIN_POSITIVE), "{bottom}..{top}: {found:?}");
        }
    }
}

#[test]
fn a_turned_square_loses_four_triangles() {
    for step in 0..=900 {
        let turn = f64::from(step) * FRAC_PI_2 / 900.0;
        let (sin, cos) = turn.sin_cos();
        let wanted = 1.0 - 2.0 * sin * cos / (1.0 + sin + cos).powi(2);
        let square = rectangle(3e5, -2e5, 1.0, 1.0, 0.7);
        let found = square.intersection(&Rectangle { yaw: 0.7 + turn, ..square });
        assert!((found - wanted).abs() < 1e-12, "{turn}: {found} instead of {wanted}");
    }
}

#[test]
fn crossing_needles_share_a_rhombus() {
    for exponent in 0..12 {
        let width = 10f64.powi(-exponent);
        for turn in [0.3, 1.0, FRAC_PI_2, 2.5] {
            let a = rectangle(7.0, 3.0, 100.0, width, 0.4);
            let b = rectangle(7.0, 3.0, 100.0, width, 0.4 + turn);
            let wanted = width * width / turn.sin();
            let found = a.intersection(&b);
            // A corner at 50 m is rounded to 7e-15 m, which counts against the width.
            let allowed = 1e-12 + 1e-14 / width;
            assert!((found / wanted - 1.0).abs() < allowed, "{width} {turn}: {found}, {wanted}");
        }
    }
}

#[test]
fn rows_of_the_camera_are_seen_from_above() {
    // Heading along the camera's z axis: length forward, width to the right.
    let row = BenchmarkRow {
        line: 1,
        frame: 0,
        id: 0,
        class: ObjectClass::Car,
        truncation: 0.0,
        occlusion: 0,
        alpha: 0.0,
        image_box: [0.0; 4],
        size_hwl: [1.5, 2.0, 4.0],
        bottom: [1.0, 1.7, 20.0],
        rotation_y: -FRAC_PI_2,
        score: None,
    };
    let found = UprightBox::from(&row);
    assert!((found.top - found.bottom - 1.5).abs() < 1e-12);
    assert!((found.bottom + 1.7).abs() < 1e-12);
    let seen = rectangle(1.0, 20.0, 2.0, 4.0, 0.0);
    assert!((iou(&found.footprint, &seen) - 1.0).abs() < 1e-12);
    // Front and right of a box turned to the right: R_y of KITTI turns (l / 2, 0, 0) into
    // (cos l / 2, 0, -sin l / 2).
    let turned = UprightBox::from(&BenchmarkRow { rotation_y: 0.5, ..row });
    let front = shifted(&turned.footprint, 2.0, 0.0).center;
    assert!((front[0] - (1.0 + 2.0 * 0.5f64.cos())).abs() < 1e-12);
    assert!((front[1] - (20.0 - 2.0 * 0.5f64.sin())).abs() < 1e-12);
}

prop_compose! {
    /// Two boxes near each other, sides from a micrometre to a thousand kilometres.
    fn wild()(scale in -3.0..4.0f64)(
        a in of_scale(10f64.powf(scale)), b in of_scale(10f64.powf(scale)),
    ) -> (Rectangle, Rectangle) {
        (a, b)
    }
}

prop_compose! {
    fn of_scale(unit: f64)(
        x in -1.0..1.0f64, y in -1.0..1.0f64,
        length in -3.0..2.0f64, width in -3.0..2.0f64, yaw in -20.0..20.0f64,
    ) -> Rectangle {
        rectangle(x * unit, y * unit, unit * 10f64.powf(length), unit * 10f64.powf(width), yaw)
    }
}

/// Numbers of all magnitudes, few of them everyday ones.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-308.0..308.0f64).prop_map(|exponent| 10f64.powf(exponent)),
        1 => (-308.0..308.0f64).prop_map(|exponent| -(10f64.powf(exponent))),
        4 => -10.0..10.0f64,
        1 => Just(0.0),
        1 => prop::num::f64::ANY,
    ]
}

prop_compose! {
    fn usual()(
        x in -4.0..4.0f64, y in -4.0..4.0f64,
        l in 0.2..6.0f64, w in 0.2..3.0f64, yaw in -PI..PI,
    ) -> Rectangle {
        rectangle(x, y, l, w, yaw)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn the_same_bits_either_way_and_never_out_of_range((a, b) in wild()) {
        let found = iou(&a, &b);
        prop_assert!((0.0..=1.0).contains(&found), "{found}");
        prop_assert_eq!(found.to_bits(), iou(&b, &a).to_bits());
        let shared = a.intersection(&b);
        prop_assert!(shared <= a.area().min(b.area()));
    }

    #[test]
    fn any_number_of_any_size_gives_a_ratio(
        a in prop::array::uniform7(any_number()), b in prop::array::uniform7(any_number()),
    ) {
        let [a, b] = [a, b].map(|[x, y, length, width, yaw, bottom, top]| {
            UprightBox { footprint: rectangle(x, y, length, width, yaw), bottom, top }
        });
        for (found, other) in [(a.iou_bev(&b), b.iou_bev(&a)), (a.iou3d(&b), b.iou3d(&a))] {
            prop_assert!((0.0..=1.0).contains(&found), "{found}");
            prop_assert_eq!(found.to_bits(), other.to_bits());
        }
        prop_assert!((0.0..=1.0).contains(&a.iou3d(&a)) && (0.0..=1.0).contains(&a.iou_bev(&a)));
    }

    #[test]
    fn a_box_is_itself_exactly((a, _) in wild()) {
        prop_assert_eq!(iou(&a, &a).to_bits(), 1.0f64.to_bits());
        prop_assert_eq!(upright(a).iou3d(&upright(a)).to_bits(), 1.0f64.to_bits());
    }

    #[test]
    fn agrees_with_the_hull_of_all_corners(a in usual(), b in usual()) {
        prop_assert!((a.intersection(&b) - by_hull(&a, &b)).abs() < 1e-10);
    }

    #[test]
    fn agrees_with_the_hull_for_wild_sides((a, b) in wild()) {
        let size = a.length.hypot(a.width).max(b.length.hypot(b.width));
        prop_assert!((a.intersection(&b) - by_hull(&a, &b)).abs() <= 1e-13 * size * size);
    }

    #[test]
    fn almost_the_same_is_almost_one(
        a in usual(), exponent in -18.0..-3.0f64,
        along in -1.0..1.0f64, across in -1.0..1.0f64, turn in -1.0..1.0f64,
    ) {
        let small = 10f64.powf(exponent);
        let b = Rectangle { yaw: a.yaw + turn * small, ..shifted(&a, along * small, across * small) };
        // Each side moves by at most (1 + half diagonal) times the step.
        let strip = small * (1.0 + a.length.hypot(a.width)) * 2.0 * (a.length + a.width);
        let lost = 1.0 - iou(&a, &b);
        prop_assert!(lost <= 2.0 * strip / a.area() + 1e-13, "{lost}");
    }

    #[test]
    fn one_inside_the_other_is_a_ratio_of_areas(
        outer in usual(), u in -1.0..1.0f64, v in -1.0..1.0f64, turn in -PI..PI, part in 0.01..1.0f64,
    ) {
        // Half a diagonal short of each side, so that it fits at every angle.
        let half = outer.length.min(outer.width) / 2.0 * part;
        let (l, w) = (half * 1.6, half * 1.2);
        let room = [outer.length / 2.0 - half, outer.width / 2.0 - half];
        let inner = Rectangle {
            length: l, width: w, yaw: outer.yaw + turn,
            ..shifted(&outer, u * room[0], v * room[1])
        };
        prop_assert!((iou(&outer, &inner) - inner.area() / outer.area()).abs() < 1e-12);
    }

    #[test]
    fn what_only_touches_shares_nothing(
        a in usual(), width in 0.2..3.0f64, along in -1.0..1.0f64, gap in 0.0..1e-6f64, quarter in 0..4i32,
    ) {
        let half = if quarter % 2 == 0 { width / 2.0 } else { a.length / 2.0 };
        let moved = shifted(&a, along * a.length, a.width / 2.0 + half + gap);
        let turned = a.yaw + f64::from(quarter) * FRAC_PI_2;
        let b = Rectangle { length: a.length, width, yaw: turned, ..moved };
        prop_assert!(a.intersection(&b) < 1e-13, "{}", a.intersection(&b));
    }

    #[test]
    fn whole_turns_and_common_motions_change_nothing(
        a in usual(), b in usual(), x in -1e5..1e5f64, y in -1e5..1e5f64, turn in -PI..PI, turns in -50..50i32,
    ) {
        let (sin, cos) = turn.sin_cos();
        let moved = |r: &Rectangle| Rectangle {
            center: [
                x + r.center[0] * cos - r.center[1] * sin,
                y + r.center[0] * sin + r.center[1] * cos,
            ],
            yaw: r.yaw + turn + f64::from(turns) * TAU,
            ..*r
        };
        // A centre at 1e5 is rounded to 1.5e-11; the shared area changes by that times a side.
        prop_assert!((iou(&a, &b) - iou(&moved(&a), &moved(&b))).abs() < 1e-8);
        let far = Rectangle { yaw: b.yaw + f64::from(turns) * TAU, ..b };
        prop_assert!((iou(&a, &b) - iou(&a, &far)).abs() < 1e-11);
    }

    #[test]
    fn mirrored_pairs_share_as_much(a in usual(), b in usual()) {
        let mirrored = |r: &Rectangle| Rectangle { center: [r.center[0], -r.center[1]], yaw: -r.yaw, ..*r };
        prop_assert!((a.intersection(&b) - mirrored(&a).intersection(&mirrored(&b))).abs() < 1e-12);
    }
}
