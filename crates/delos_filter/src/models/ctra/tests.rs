use super::super::{Ctrv, SlipCtrv, jacobian_error, noise_of_halves};
use super::*;
use proptest::prelude::*;
use std::f64::consts::PI;

const CTRA: Ctra = Ctra { jerk_density: 1.5, yaw_acceleration_density: 0.2 };
const SLIP_CTRA: SlipCtra = SlipCtra {
    jerk_density: 1.5,
    lateral_acceleration_density: 0.7,
    yaw_acceleration_density: 0.2,
};

#[test]
fn braking_to_a_stop_on_a_straight() {
    // 10 m/s and -5 m/s²: at rest after 2 s and 10 m.
    let stopped = CTRA.predicted(&SVector::from([1.0, 2.0, PI / 2.0, 10.0, 0.0, -5.0]), 2.0);
    assert!((stopped - SVector::from([1.0, 12.0, PI / 2.0, 0.0, 0.0, -5.0])).amax() < 1e-12);
}

#[test]
fn a_spiral_equals_the_textbook_form() {
    // As in Schubert et al. 2008, divided by the turn rate.
    let (yaw, v, w, a, t) = (0.4f64, 8.0, 0.9, 2.5, 1.3);
    let (end, faster) = (yaw + w * t, v + a * t);
    let x = (faster * w * end.sin() + a * end.cos() - v * w * yaw.sin() - a * yaw.cos()) / (w * w);
    let y = (-faster * w * end.cos() + a * end.sin() + v * w * yaw.cos() - a * yaw.sin()) / (w * w);
    let found = CTRA.predicted(&SVector::from([0.0, 0.0, yaw, v, w, a]), t);
    assert!((found - SVector::from([x, y, end, faster, w, a])).amax() < 1e-12);
}

prop_compose! {
    fn states()(p in prop::array::uniform2(-50.0..50.0f64), yaw in -PI..PI, v in -20.0..20.0f64,
                s in -5.0..5.0f64, a in -6.0..6.0f64,
                w in prop_oneof![-1.5..1.5f64, -1e-3..1e-3f64, -1e-9..1e-9f64, Just(0.0)]) -> SVector<f64, 7> {
        SVector::from([p[0], p[1], yaw, v, s, w, a])
    }
}

proptest! {
    #[test]
    fn jacobians_equal_numerical_ones(state in states(), t in 0.01..1.0f64) {
        prop_assert!(jacobian_error(&SLIP_CTRA, &state, t) < 1e-6);
        prop_assert!(jacobian_error(&CTRA, &without_slip(&state), t) < 1e-6);
    }

    #[test]
    fn many_short_steps_follow_the_spiral(state in states(), t in 0.1..1.0f64) {
        let mut stepped = state;
        for _ in 0..20 {
            stepped = SLIP_CTRA.predicted(&stepped, t / 20.0);
        }
        prop_assert!((stepped - SLIP_CTRA.predicted(&state, t)).amax() < 1e-9);
    }

    #[test]
    fn the_motion_is_smooth_where_the_turn_begins(state in states(), t in 0.01..1.0f64) {
        // Through |w t / 2| = 0.1 the arc changes its form; nothing else may.
        let mut state = state;
        state[5] = 0.2 / t;
        let above = SLIP_CTRA.predicted(&state, t);
        state[5] = state[5].next_down().next_down();
        prop_assert!((SLIP_CTRA.predicted(&state, t) - above).amax() < 1e-11);
    }

    #[test]
    fn without_acceleration_it_is_ctrv(mut state in states(), t in 0.01..1.0f64) {
        state[6] = 0.0;
        let slip = SlipCtrv { acceleration: 1.0, lateral_acceleration: 1.0, yaw_acceleration: 1.0 };
        let wanted = slip.predicted(&state.fixed_rows::<6>(0).into_owned(), t);
        prop_assert!((SLIP_CTRA.predicted(&state, t).fixed_rows::<6>(0) - wanted).amax() < 1e-12);
        let plain = without_slip(&state);
        let ctrv = Ctrv { acceleration: 1.0, yaw_acceleration: 1.0 };
        let wanted = ctrv.predicted(&plain.fixed_rows::<5>(0).into_owned(), t);
        prop_assert!((CTRA.predicted(&plain, t).fixed_rows::<5>(0) - wanted).amax() < 1e-12);
    }

    #[test]
    fn on_a_straight_two_short_steps_have_the_noise_of_one(mut state in states(), t in 0.01..1.0f64) {
        state[5] = 0.0;
        state[6] = 0.0;
        let whole = SLIP_CTRA.process_noise(&state, t);
        prop_assert!((noise_of_halves(&SLIP_CTRA, &state, t) - whole).amax() < 1e-9);
        let state = without_slip(&state);
        let whole = CTRA.process_noise(&state, t);
        prop_assert!((noise_of_halves(&CTRA, &state, t) - whole).amax() < 1e-9);
    }

    #[test]
    fn in_a_turn_they_have_nearly_that(state in states()) {
        // The step halved, the difference falls with at least its square.
        let difference = |t: f64| {
            let whole = SLIP_CTRA.process_noise(&state, t);
            (noise_of_halves(&SLIP_CTRA, &state, t) - whole).norm() / whole.norm()
        };
        prop_assert!(difference(0.1) < 0.02);
        prop_assert!(difference(0.05) < 0.3 * difference(0.1) + 1e-9);
    }

    #[test]
    fn noise_is_symmetric_and_never_negative(state in states(), t in 0.0..2.0f64) {
        let noise = SLIP_CTRA.process_noise(&state, t);
        prop_assert!((noise - noise.transpose()).amax() < 1e-12);
        prop_assert!(noise.symmetric_eigenvalues().min() > -1e-9 * noise.norm());
    }
}
