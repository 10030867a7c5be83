use super::*;
use crate::{ConstantVelocity, LinearMeasurement, SlipCtra, SlipCtrv};
use nalgebra::{Matrix1, Vector1};
use proptest::prelude::*;

#[test]
fn one_number_is_the_weighted_mean() {
    // Prior 1 with variance 4, measured 3 with variance 1: 2.6 with variance 0.8.
    let mut state = Gaussian::from_deviations(Vector1::new(1.0), Vector1::new(2.0)).expect("valid");
    let model = LinearMeasurement::<1, 1>::selecting([0]);
    let innovation = state.update(&model, &Vector1::new(3.0), &Matrix1::new(1.0)).expect("valid");
    assert!((state.mean[0] - 2.6).abs() < 1e-12);
    assert!((state.covariance[(0, 0)] - 0.8).abs() < 1e-12);
    assert!((innovation.mahalanobis_squared - 0.8).abs() < 1e-12);
}

#[test]
fn the_likelihood_is_the_density_of_the_measurement() {
    // Residual (2, -1) with S = diag(5, 2): exp(-(4/5 + 1/2) / 2) / (2π √10).
    let state = Gaussian::from_deviations(SVector::from([1.0, 1.0]), SVector::from([2.0, 1.0]));
    let model = LinearMeasurement::<2, 2>::selecting([0, 1]);
    let innovation = state
        .expect("valid")
        .innovation(&model, &SVector::from([3.0, 0.0]), &SMatrix::identity())
        .expect("valid");
    let density = (-0.65f64).exp() / (2.0 * std::f64::consts::PI * 10f64.sqrt());
    assert!((innovation.log_likelihood() - density.ln()).abs() < 1e-12);
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    assert!(Gaussian::new(Vector1::new(f64::NAN), Matrix1::new(1.0)).is_err());
    assert!(Gaussian::new(Vector1::new(0.0), Matrix1::new(-1.0)).is_err());
    assert!(Gaussian::new(Vector1::new(0.0), Matrix1::new(f64::NAN)).is_err());
    let mut state = Gaussian::new(Vector1::new(0.0), Matrix1::new(1.0)).expect("valid");
    let model = LinearMeasurement::<1, 1>::selecting([0]);
    let before = state.clone();
    assert!(state.update(&model, &Vector1::new(f64::NAN), &Matrix1::new(1.0)).is_err());
    assert!(state.update(&model, &Vector1::new(0.0), &Matrix1::new(-9.0)).is_err());
    assert_eq!(state, before);
}

#[test]
fn an_angle_is_corrected_across_the_seam() {
    let mut state = Gaussian::new(Vector1::new(3.1), Matrix1::new(1.0)).expect("valid");
    let model = LinearMeasurement::<1, 1>::selecting([0]).with_angles([true]);
    state.update(&model, &Vector1::new(-3.1), &Matrix1::new(1.0)).expect("valid");
    assert!((state.mean[0] - std::f64::consts::PI).abs() < 1e-9, "{}", state.mean[0]);
}

proptest! {
    #[test]
    fn covariances_stay_symmetric_and_positive(
        steps in prop::collection::vec((prop::array::uniform3(-5.0..5.0f64), 0.01..0.5f64), 1..60),
        noise in 1e-4..2.0f64,
    ) {
        let mut state = Gaussian::<6>::from_deviations(SVector::zeros(), SVector::repeat(10.0)).expect("valid");
        let model = SlipCtrv { acceleration: 3.0, lateral_acceleration: 1.0, yaw_acceleration: 0.5 };
        let sensor = LinearMeasurement::<6, 3>::selecting([0, 1, 2]).with_angles([false, false, true]);
        for (measured, seconds) in steps {
            state.predict(&model, seconds);
            state.update(&sensor, &SVector::from(measured), &(SMatrix::identity() * noise)).expect("valid");
            prop_assert_eq!(state.covariance, state.covariance.transpose());
            prop_assert!(state.covariance.cholesky().is_some());
        }
    }

    // In debug builds the filter checks itself as well.
    #[test]
    fn they_stay_so_over_long_gaps_and_sharp_measurements(
        steps in prop::collection::vec((prop::array::uniform3(-500.0..500.0f64), prop_oneof![0.0..0.1f64, 1.0..60.0f64]), 1..40),
        noise in prop_oneof![Just(1e-3), 1e-3..2.0f64],
    ) {
        let model = SlipCtra { jerk_density: 3.0, lateral_acceleration_density: 1.0, yaw_acceleration_density: 0.5 };
        let mut state = Gaussian::<7>::from_deviations(SVector::zeros(), SVector::repeat(30.0)).expect("valid");
        let sensor = LinearMeasurement::<7, 3>::selecting([0, 1, 2]).with_angles([false, false, true]);
        for (measured, seconds) in steps {
            state.predict(&model, seconds);
            state.update(&sensor, &SVector::from(measured), &(SMatrix::identity() * noise)).expect("valid");
            prop_assert!(state.covariance.diagonal().min() > 0.0);
        }
    }

    #[test]
    fn a_steady_target_is_found(speed in -20.0..20.0f64, start in -50.0..50.0f64) {
        let mut state = Gaussian::<4>::from_deviations(SVector::zeros(), SVector::repeat(50.0)).expect("valid");
        let model = ConstantVelocity { acceleration_density: 0.01 };
        let sensor = LinearMeasurement::<4, 2>::selecting([0, 1]);
        for step in 0..40 {
            state.predict(&model, 0.1);
            let x = start + speed * 0.1 * f64::from(step);
            state.update(&sensor, &SVector::from([x, -x]), &(SMatrix::identity() * 1e-4)).expect("valid");
        }
        prop_assert!((state.mean[2] - speed).abs() < 0.01);
        prop_assert!((state.mean[3] + speed).abs() < 0.01);
    }
}
