//! A box in made-up surroundings.

use super::*;

/// Shares are counts over counts: 1e-6 is rounding.
fn assert_shares<const N: usize>(shares: [f32; N], wanted: [f32; N]) {
    let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-6;
    assert!(shares.iter().zip(&wanted).all(near), "{shares:?}, not {wanted:?}");
}

fn box_at(yaw: f64) -> Footprint {
    Footprint { center: [20.0, -5.0], length: 4.0, width: 2.0, yaw }
}

/// Ground everywhere where `is_ground` says so.
fn ground(is_ground: impl Fn(f32, f32) -> bool) -> SeenGround {
    let mut seen = SeenGround::default();
    seen.clear();
    for (i, k) in (-800..800).flat_map(|i| (-800..800).map(move |k| (i, k))) {
        let (x, y) = (i as f32 * 0.1, k as f32 * 0.1);
        if is_ground(x, y) {
            seen.mark(x, y);
        }
    }
    seen
}

#[test]
fn shares_say_what_stands_where_in_any_direction() {
    let seen = ground(|_, _| true);
    for yaw in [0.0, 0.7, 2.0, 3.1] {
        let none = seen.around(&box_at(yaw), |_, _| Standing::Nothing);
        assert_shares([none.ground_inside, none.ground_around], [1.0; 2]);
        assert_shares([none.own_inside, none.other_inside, none.other_beside], [0.0; 3]);
        let own = seen.around(&box_at(yaw), |x, y| {
            let near = (x - 20.0).hypot(y + 5.0) < 0.9;
            if near { Standing::Own } else { Standing::Nothing }
        });
        assert!(own.own_inside > 0.1 && own.own_inside < 0.6, "{own:?}");
        assert!((own.own_inside + own.ground_inside - 1.0).abs() < 1e-6);
        assert!(own.own_around.abs() < 1e-6);
    }
}

#[test]
fn sides_and_ends_are_told_apart() {
    let seen = ground(|_, _| false);
    let wall = |x: f64| if x > 22.0 { Standing::Other } else { Standing::Nothing };
    let ahead = seen.around(&box_at(0.0), |x, _| wall(x));
    assert_shares([ahead.other_ends, ahead.other_beside, ahead.other_inside], [0.5, 0.0, 0.0]);
    assert_shares([ahead.ground_inside, ahead.ground_around], [0.0; 2]);
    let beside = seen.around(&box_at(0.0), |_, y| wall(y + 26.5));
    assert_shares([beside.other_ends, beside.other_beside], [1.0 / 6.0, 0.5]);
}

#[test]
fn places_beyond_the_cells_hold_no_ground() {
    let mut seen = SeenGround::default();
    seen.clear();
    for far in [f32::MAX, -1e30, 81.0, f32::INFINITY, f32::NAN] {
        seen.mark(far, 0.0);
        seen.mark(0.0, far);
    }
    assert!(seen.cells.iter().all(|cell| !cell));
    let away = Footprint { center: [1e9, -1e9], length: 4.0, width: 2.0, yaw: 0.3 };
    assert!(seen.around(&away, |_, _| Standing::Nothing).ground_inside.abs() < 1e-6);
}
