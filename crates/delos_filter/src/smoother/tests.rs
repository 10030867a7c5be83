use super::*;
use crate::testing::Noise;
use crate::{ConstantVelocity, Ctrv, LinearMeasurement, MeasurementModel};
use nalgebra::{DMatrix, DVector, Matrix1, SVector, Vector1, Vector2};
use proptest::prelude::*;
use std::f64::consts::PI;

const LINE: ConstantVelocity = ConstantVelocity { acceleration_density: 0.5 };

/// Filters positions along a line.
fn filtered(prior: &Gaussian<2>, measured: &[(f64, f64)], noise: f64) -> Vec<SmootherStep<2>> {
    let sensor = LinearMeasurement::<2, 1>::selecting([0]);
    let mut steps = vec![SmootherStep::first(prior.clone())];
    for (seconds, measured) in measured {
        let mut step = SmootherStep::after(&steps.last().unwrap().filtered, &LINE, *seconds);
        let (measured, noise) = (Vector1::new(*measured), Matrix1::new(noise));
        step.filtered.update(&sensor, &measured, &noise).unwrap();
        steps.push(step);
    }
    steps
}

/// All states at once: least squares over the prior, the motions and the measurements. Returns
/// means and covariances from the normal equations.
fn batch(prior: &Gaussian<2>, measured: &[(f64, f64)], noise: f64) -> (DVector<f64>, DMatrix<f64>) {
    let size = 2 * (measured.len() + 1);
    let mut information = DMatrix::zeros(size, size);
    let mut vector = DVector::zeros(size);
    let weight = prior.covariance.try_inverse().unwrap();
    information.fixed_view_mut::<2, 2>(0, 0).copy_from(&weight);
    vector.fixed_rows_mut::<2>(0).copy_from(&(weight * prior.mean));
    for (step, (seconds, measured)) in measured.iter().enumerate() {
        let (from, to) = (2 * step, 2 * step + 2);
        let moved: nalgebra::Matrix2<f64> = LINE.jacobian(&Vector2::zeros(), *seconds);
        let weight = LINE.process_noise(&Vector2::zeros(), *seconds).try_inverse().unwrap();
        for (row, left) in [(from, -moved), (to, SMatrix::identity())] {
            for (column, right) in [(from, -moved), (to, SMatrix::identity())] {
                let mut block = information.fixed_view_mut::<2, 2>(row, column);
                block += left.transpose() * weight * right;
            }
        }
        information[(to, to)] += 1.0 / noise;
        vector[to] += measured / noise;
    }
    let covariance = information.cholesky().unwrap().inverse();
    (&covariance * vector, covariance)
}

/// A car that turns, filtered with CTRV; truth and steps.
fn drive(seed: u64) -> (Vec<SVector<f64, 5>>, Vec<SmootherStep<5>>) {
    let model = Ctrv { acceleration: 1.0, yaw_acceleration: 0.2 };
    let sensor = LinearMeasurement::<5, 3>::selecting([0, 1, 2]).with_angles([false, false, true]);
    let noise = SMatrix::<f64, 3, 3>::from_diagonal(&SVector::from([0.25, 0.25, 0.01]));
    let mut random = Noise(seed);
    // It heads across the seam of the angle at once.
    let mut truth = SVector::from([0.0, 0.0, 3.0, 8.0, 0.5]);
    let deviations = SVector::from([0.5, 0.5, 0.1, 2.0, 0.5]);
    let mut prior = Gaussian::from_deviations(truth, deviations).unwrap();
    prior.mean += random.drawn(&prior.covariance);
    let (mut truths, mut steps) = (vec![truth], vec![SmootherStep::first(prior)]);
    for _ in 0..60 {
        let pushed = random.drawn(&model.process_noise(&truth, 0.1));
        truth = model.predicted(&truth, 0.1) + pushed;
        let mut measured = sensor.expected(&truth) + random.drawn(&noise);
        measured[2] = difference(&measured, &SVector::zeros(), &[false, false, true])[2];
        let mut step = SmootherStep::after(&steps.last().unwrap().filtered, &model, 0.1);
        step.filtered.update(&sensor, &measured, &noise).unwrap();
        step.filtered.mean[2] =
            difference(&step.filtered.mean, &SVector::zeros(), &model.angles())[2];
        steps.push(step);
        truths.push(truth);
    }
    (truths, steps)
}

const CTRV_ANGLES: [bool; 5] = [false, false, true, false, false];

/// Sum of squares of the difference to the truth in place, and in heading.
fn errors<'a>(
    truths: &[SVector<f64, 5>],
    states: impl Iterator<Item = &'a Gaussian<5>>,
) -> [f64; 2] {
    let errors = truths.iter().zip(states).map(|(t, s)| difference(t, &s.mean, &CTRV_ANGLES));
    errors.fold([0.0; 2], |sum, e| [sum[0] + e.xy().norm_squared(), sum[1] + e[2] * e[2]])
}

#[test]
fn it_is_nearer_to_the_truth_than_the_filter() {
    let mut smoothed = Vec::new();
    let (mut before, mut after) = ([0.0; 2], [0.0; 2]);
    for seed in 0..20 {
        let (truths, steps) = drive(seed);
        smooth(&steps, CTRV_ANGLES, &mut smoothed).unwrap();
        let filtered = errors(&truths, steps.iter().map(|step| &step.filtered));
        let smoothed = errors(&truths, smoothed.iter());
        for k in 0..2 {
            before[k] += filtered[k];
            after[k] += smoothed[k];
        }
    }
    for k in 0..2 {
        assert!(after[k].sqrt() < 0.75 * before[k].sqrt(), "{k}: {} {}", after[k], before[k]);
    }
}

#[test]
fn a_window_gives_the_state_of_its_lag() {
    let (_, steps) = drive(7);
    let (mut all, mut window) = (Vec::new(), Vec::new());
    smooth(&steps[..40], CTRV_ANGLES, &mut all).unwrap();
    smooth(&steps[25..40], CTRV_ANGLES, &mut window).unwrap();
    assert_eq!(window, all[25..]);
    smooth(&[], CTRV_ANGLES, &mut window).unwrap();
    assert!(window.is_empty());
}

#[test]
fn a_prediction_that_is_none_is_refused() {
    let (_, mut steps) = drive(1);
    steps[9].predicted.covariance[(1, 1)] = f64::NAN;
    let mut smoothed = Vec::new();
    assert!(smooth(&steps, CTRV_ANGLES, &mut smoothed).is_err());
    assert!(smoothed.is_empty());
}

#[test]
fn by_sigma_points_it_is_near_the_same() {
    let model = Ctrv { acceleration: 1.0, yaw_acceleration: 0.2 };
    let (_, steps) = drive(3);
    let start = &steps[20].filtered;
    let by_jacobian = SmootherStep::after(start, &model, 0.1);
    let rule = Unscented::default();
    let by_points = SmootherStep::after_unscented(start, &model, &rule, 0.1).unwrap();
    assert!((by_jacobian.transition - by_points.transition).amax() < 0.02);
    let ends = |step| smooth_pair(SmootherStep::first(start.clone()), step);
    let [one, other] = [ends(by_jacobian), ends(by_points)];
    assert!((one.mean - other.mean).amax() < 0.01);
    assert!((one.covariance - other.covariance).amax() < 0.01);
}

/// The first of two steps, after the second has seen its position exactly.
fn smooth_pair(first: SmootherStep<5>, mut second: SmootherStep<5>) -> Gaussian<5> {
    let sensor = LinearMeasurement::<5, 2>::selecting([0, 1]);
    let seen = second.predicted.mean.xy() + Vector2::new(0.3, -0.2);
    second.filtered.update(&sensor, &seen, &(SMatrix::identity() * 1e-3)).unwrap();
    let mut smoothed = Vec::new();
    smooth(&[first, second], CTRV_ANGLES, &mut smoothed).unwrap();
    smoothed.swap_remove(0)
}

proptest! {
    #[test]
    fn it_equals_least_squares_over_all_steps(
        measured in prop::collection::vec((0.2..2.0f64, -9.0..9.0f64), 0..9),
        noise in 0.1..3.0f64,
        start in prop::array::uniform2(-4.0..4.0f64),
    ) {
        let prior = Gaussian::from_deviations(Vector2::from(start), Vector2::repeat(3.0)).unwrap();
        let mut smoothed = Vec::new();
        smooth(&filtered(&prior, &measured, noise), [false; 2], &mut smoothed).unwrap();
        let (means, covariance) = batch(&prior, &measured, noise);
        prop_assert_eq!(smoothed.len(), measured.len() + 1);
        for (step, state) in smoothed.iter().enumerate() {
            prop_assert!((state.mean - means.fixed_rows::<2>(2 * step)).amax() < 1e-9);
            let wanted = covariance.fixed_view::<2, 2>(2 * step, 2 * step);
            prop_assert!((state.covariance - wanted).amax() < 1e-9, "{}", (state.covariance - wanted).amax());
        }
    }

    #[test]
    fn it_is_never_less_certain_than_the_filter(
        seed in 0..1000u64,
    ) {
        let (_, steps) = drive(seed);
        let mut smoothed = Vec::new();
        smooth(&steps, CTRV_ANGLES, &mut smoothed).unwrap();
        for (step, smoothed) in steps.iter().zip(&smoothed) {
            prop_assert_eq!(smoothed.covariance, smoothed.covariance.transpose());
            prop_assert!(smoothed.covariance.cholesky().is_some());
            let gained = step.filtered.covariance - smoothed.covariance;
            prop_assert!(gained.symmetric_eigenvalues().min() > -1e-9);
        }
    }

    #[test]
    fn a_whole_turn_makes_no_difference(seed in 0..1000u64, at in 1..60usize) {
        let (_, mut steps) = drive(seed);
        let (mut plain, mut turned) = (Vec::new(), Vec::new());
        smooth(&steps, CTRV_ANGLES, &mut plain).unwrap();
        steps[at].filtered.mean[2] += 2.0 * PI;
        smooth(&steps, CTRV_ANGLES, &mut turned).unwrap();
        for (plain, turned) in plain.iter().zip(&turned) {
            prop_assert!(difference(&plain.mean, &turned.mean, &CTRV_ANGLES).amax() < 1e-9);
        }
    }
}
