use super::*;
use crate::testing::Noise;
use crate::{ConstantVelocity, Ctrv, LinearMeasurement, SlipCtrv, Widened};
use nalgebra::{Matrix1, Vector1, Vector2};
use proptest::prelude::*;
use std::f64::consts::PI;

/// Range and bearing from the origin to the first two numbers of the state.
struct Radar;

impl<const N: usize> MeasurementModel<N, 2> for Radar {
    fn expected(&self, state: &SVector<f64, N>) -> SVector<f64, 2> {
        Vector2::new(state[0].hypot(state[1]), state[1].atan2(state[0]))
    }

    fn jacobian(&self, state: &SVector<f64, N>) -> SMatrix<f64, 2, N> {
        let (x, y, range) = (state[0], state[1], state[0].hypot(state[1]));
        let mut jacobian = SMatrix::zeros();
        jacobian[(0, 0)] = x / range;
        jacobian[(0, 1)] = y / range;
        jacobian[(1, 0)] = -y / (range * range);
        jacobian[(1, 1)] = x / (range * range);
        jacobian
    }

    fn residual(&self, measured: &SVector<f64, 2>, expected: &SVector<f64, 2>) -> SVector<f64, 2> {
        difference(measured, expected, &[false, true])
    }
}

/// A number squared.
struct Square;

impl MotionModel<1> for Square {
    fn predicted(&self, state: &Vector1<f64>, _seconds: f64) -> Vector1<f64> {
        state.component_mul(state)
    }

    fn jacobian(&self, state: &Vector1<f64>, _seconds: f64) -> Matrix1<f64> {
        Matrix1::new(2.0 * state[0])
    }

    fn process_noise(&self, _state: &Vector1<f64>, _seconds: f64) -> Matrix1<f64> {
        Matrix1::zeros()
    }
}

#[test]
fn mean_and_variance_of_a_square_are_exact() {
    // x ~ N(3, 4): E x² = 13, Var x² = 4 · 9 · 4 + 2 · 16.
    for (alpha, kappa) in [(1.0, 0.0), (0.5, 0.0), (0.01, 0.0)] {
        let mut state = Gaussian::new(Vector1::new(3.0), Matrix1::new(4.0)).unwrap();
        state.predict_unscented(&Square, &Unscented { alpha, beta: 2.0, kappa }, 1.0).unwrap();
        assert!((state.mean[0] - 13.0).abs() < 1e-8, "{alpha}");
        assert!((state.covariance[(0, 0)] - 176.0).abs() < 1e-6, "{alpha}: {}", state.covariance);
    }
}

#[test]
fn settings_without_points_are_refused() {
    let mut state = Gaussian::<2>::from_deviations(SVector::zeros(), SVector::repeat(1.0)).unwrap();
    let model = ConstantVelocity { acceleration_density: 1.0 };
    let before = state.clone();
    let usual = Unscented::default();
    for rule in [
        Unscented { alpha: 0.0, ..usual },
        Unscented { kappa: -2.0, ..usual },
        Unscented { alpha: f64::NAN, ..usual },
        Unscented { beta: f64::INFINITY, ..usual },
    ] {
        let refused = state.predict_unscented(&model, &rule, 0.1);
        assert!(matches!(refused, Err(FilterError::Spread { .. })), "{rule:?}");
    }
    // A central weight that takes away more than the others give.
    let refused = state.predict_unscented(
        &Widened::<_, 1, 2> { model: Square, deviation: 1.0 },
        &Unscented { beta: -9.0, ..usual },
        1.0,
    );
    assert!(matches!(refused, Err(FilterError::NotPositiveDefinite { .. })));
    state.covariance[(0, 0)] = -1.0;
    assert!(state.predict_unscented(&model, &usual, 0.1).is_err());
    state.covariance[(0, 0)] = 1.0;
    assert_eq!(state, before);
}

#[test]
fn angles_are_averaged_across_the_seam() {
    // The target lies behind: half of the points have a bearing near π, half near -π.
    let mut state =
        Gaussian::<2>::from_deviations(SVector::from([-10.0, 0.0]), SVector::repeat(1.0)).unwrap();
    let noise = SMatrix::identity() * 1e-4;
    let measured = Vector2::new(10.0, -PI + 0.01);
    let innovation =
        state.update_unscented(&Radar, &Unscented::default(), &measured, &noise).unwrap();
    assert!((innovation.residual[1] - 0.01).abs() < 1e-9, "{}", innovation.residual);
    assert!((innovation.covariance[(1, 1)] - 0.01).abs() < 1e-3, "{}", innovation.covariance);
    assert!((state.mean[1] + 0.1).abs() < 0.01, "{}", state.mean);
}

/// Squared error in units of the covariance, on average over steps and runs of a target whose
/// turn is not known; divided by the size of the state it should be 1.
fn mean_nees(predict: impl Fn(&mut Gaussian<5>, &Ctrv, f64), runs: u64) -> f64 {
    let model = Ctrv { acceleration: 0.5, yaw_acceleration: 0.1 };
    let sensor = LinearMeasurement::<5, 2>::selecting([0, 1]);
    let noise = SMatrix::<f64, 2, 2>::identity() * 0.04;
    let deviations = SVector::from([0.2, 0.2, 0.3, 1.0, 0.7]);
    let (mut sum, mut count) = (0.0, 0.0);
    for seed in 0..runs {
        let mut random = Noise(seed);
        let mut truth = SVector::from([0.0, 0.0, 0.0, 10.0, 0.8]);
        let prior = Gaussian::from_deviations(truth, deviations).unwrap();
        let mut state = Gaussian { mean: truth + random.drawn(&prior.covariance), ..prior };
        for _ in 0..8 {
            let pushed = random.drawn(&model.process_noise(&truth, 1.0));
            truth = model.predicted(&truth, 1.0) + pushed;
            predict(&mut state, &model, 1.0);
            let measured = sensor.expected(&truth) + random.drawn(&noise);
            state.update(&sensor, &measured, &noise).unwrap();
            let error = difference(&truth, &state.mean, &MotionModel::<5>::angles(&model));
            sum += error.dot(&state.covariance.cholesky().unwrap().solve(&error));
            count += 5.0;
        }
    }
    sum / count
}

#[test]
fn on_a_turning_target_it_is_more_consistent_than_the_extended_filter() {
    let extended = mean_nees(Gaussian::predict, 300);
    let unscented = mean_nees(
        |state, model, seconds| {
            state.predict_unscented(model, &Unscented::default(), seconds).unwrap();
        },
        300,
    );
    assert!((unscented - 1.0).abs() < 0.5 * (extended - 1.0).abs(), "{unscented} {extended}");
    assert!(unscented < 1.5, "{unscented} against {extended}");
}

proptest! {
    #[test]
    fn with_linear_models_it_equals_the_linear_filter(
        mean in prop::array::uniform4(-50.0..50.0f64),
        steps in prop::collection::vec((prop::array::uniform2(-50.0..50.0f64), 0.01..1.0f64), 1..20),
        alpha in 0.1..1.0f64,
    ) {
        let rule = Unscented { alpha, ..Unscented::default() };
        let model = ConstantVelocity { acceleration_density: 2.0 };
        let sensor = LinearMeasurement::<4, 2>::selecting([0, 1]);
        let noise = SMatrix::identity() * 0.3;
        let mut linear = Gaussian::<4>::from_deviations(SVector::from(mean), SVector::repeat(5.0)).unwrap();
        let mut unscented = linear.clone();
        for (measured, seconds) in steps {
            let measured = SVector::from(measured);
            linear.predict(&model, seconds);
            unscented.predict_unscented(&model, &rule, seconds).unwrap();
            let one = linear.update(&sensor, &measured, &noise).unwrap();
            let other = unscented.update_unscented(&sensor, &rule, &measured, &noise).unwrap();
            prop_assert!((linear.mean - unscented.mean).amax() < 1e-9);
            prop_assert!((linear.covariance - unscented.covariance).amax() < 1e-9);
            prop_assert!((one.log_likelihood() - other.log_likelihood()).abs() < 1e-9 * (1.0 + one.mahalanobis_squared));
        }
    }

    #[test]
    fn covariances_stay_symmetric_and_positive(
        steps in prop::collection::vec((2.0..60.0f64, -PI..PI, 0.01..1.0f64), 1..40),
        noise in 1e-4..2.0f64,
    ) {
        let mut state = Gaussian::<6>::from_deviations(SVector::repeat(3.0), SVector::repeat(10.0)).unwrap();
        let model = SlipCtrv { acceleration: 3.0, lateral_acceleration: 1.0, yaw_acceleration: 0.5 };
        let rule = Unscented::default();
        for (range, bearing, seconds) in steps {
            state.predict_unscented(&model, &rule, seconds).unwrap();
            let noise = SMatrix::identity() * noise;
            state.update_unscented(&Radar, &rule, &Vector2::new(range, bearing), &noise).unwrap();
            prop_assert_eq!(state.covariance, state.covariance.transpose());
            prop_assert!(state.covariance.cholesky().is_some());
        }
    }
}
