use super::*;
use crate::testing::Noise;
use crate::{ConstantAcceleration, ConstantVelocity, Ctrv, LinearMeasurement, Widened};
use proptest::prelude::*;
use std::f64::consts::PI;

const CALM: Ctrv = Ctrv { acceleration: 0.3, yaw_acceleration: 0.05 };
const AGILE: Ctrv = Ctrv { acceleration: 2.0, yaw_acceleration: 4.0 };
const STEP: f64 = 0.1;

fn position() -> LinearMeasurement<5, 2> {
    LinearMeasurement::selecting([0, 1])
}

fn start() -> Gaussian<5> {
    let mean = SVector::from([0.0, 0.0, 0.0, 10.0, 0.0]);
    Gaussian::from_deviations(mean, SVector::from([0.3, 0.3, 0.1, 1.0, 0.1])).unwrap()
}

/// Straight for 6 s, a turn of 1 rad/s for 3 s, straight again: true states and measured places.
fn drive(seed: u64) -> Vec<(SVector<f64, 5>, SVector<f64, 2>)> {
    let mut random = Noise(seed);
    let mut truth = start().mean;
    let step = |step: usize| {
        truth[4] = if (60..90).contains(&step) { 1.0 } else { 0.0 };
        truth = CALM.predicted(&truth, STEP);
        let noise = SVector::from([random.gaussian(), random.gaussian()]) * 0.2;
        (truth, truth.xy() + noise)
    };
    (0..150).map(step).collect()
}

fn noise() -> SMatrix<f64, 2, 2> {
    SMatrix::identity() * 0.04
}

/// Squared error of the position for one model.
fn single(model: &Ctrv, seed: u64) -> f64 {
    let mut state = start();
    let errors = drive(seed).into_iter().map(|(truth, measured)| {
        state.predict(model, STEP);
        state.update(&position(), &measured, &noise()).unwrap();
        (truth - state.mean).xy().norm_squared()
    });
    errors.sum()
}

/// Squared error of the mixture, and the probability of the agile model at each step.
fn mixture(seed: u64) -> (f64, Vec<f64>) {
    let models: [&dyn MotionModel<5>; 2] = [&CALM, &AGILE];
    let switching = ModeSwitching::lasting([6.0, 2.0]).unwrap();
    let mut state = Imm::new(&start(), [0.9, 0.1], &models).unwrap();
    let (mut error, mut agile) = (0.0, Vec::new());
    for (truth, measured) in drive(seed) {
        state.predict(&models, &switching, STEP);
        state.update(&position(), &measured, &noise()).unwrap();
        error += (truth - state.combined().mean).xy().norm_squared();
        agile.push(state.probabilities()[1]);
    }
    (error, agile)
}

#[test]
fn it_is_nearer_to_the_truth_than_either_model() {
    let rmse = |error: f64| (error / (40.0 * 150.0)).sqrt();
    let calm = rmse((0..40).map(|seed| single(&CALM, seed)).sum());
    let agile = rmse((0..40).map(|seed| single(&AGILE, seed)).sum());
    let both = rmse((0..40).map(|seed| mixture(seed).0).sum());
    assert!(both < 0.95 * calm.min(agile), "{both} against {calm} and {agile}");
    // Nor is a compromise between the two as good.
    for yaw_acceleration in [0.2, 0.5, 1.0, 2.0] {
        let model = Ctrv { acceleration: 0.6, yaw_acceleration };
        let between = rmse((0..40).map(|seed| single(&model, seed)).sum());
        assert!(both < between, "{both} against {between} with {yaw_acceleration}");
    }
}

#[test]
fn the_right_model_gains_probability() {
    let mean = |agile: &[f64]| agile.iter().sum::<f64>() / agile.len() as f64;
    let (mut straight, mut turning, mut surest) = (0.0, 0.0, 0.0);
    for seed in 0..20 {
        let (_, agile) = mixture(seed);
        straight += mean(&agile[20..60]) / 20.0;
        turning += mean(&agile[63..70]) / 20.0;
        let most = agile[60..75].iter().copied().fold(0.0, f64::max);
        assert!(most > 0.6, "{seed}: {most}");
        surest += most / 20.0;
    }
    assert!(straight < 0.3 && turning > 2.0 * straight, "{straight} {turning}");
    assert!(surest > 0.9, "{surest}");
}

#[test]
fn models_of_different_size_stand_side_by_side() {
    let steady = Widened::<_, 4, 6> {
        model: ConstantVelocity { acceleration_density: 0.1 },
        deviation: 0.05,
    };
    let pushed = ConstantAcceleration { jerk_density: 2.0 };
    let models: [&dyn MotionModel<6>; 2] = [&steady, &pushed];
    let switching = ModeSwitching::lasting([5.0, 5.0]).unwrap();
    let mean = SVector::from([0.0, 0.0, 10.0, 0.0, 0.0, 0.0]);
    let start = Gaussian::from_deviations(mean, SVector::repeat(0.5)).unwrap();
    let mut state = Imm::new(&start, [1.0, 1.0], &models).unwrap();
    let sensor = LinearMeasurement::<6, 2>::selecting([0, 1]);
    let mut last = [0.0; 2];
    // 4 s at a steady speed, then 4 s of braking with 3 m/s².
    for step in 1..=80 {
        let (t, braking) = (0.1 * f64::from(step), (0.1 * f64::from(step) - 4.0).max(0.0));
        state.predict(&models, &switching, 0.1);
        let measured = SVector::from([10.0 * t - 1.5 * braking * braking, 0.0]);
        state.update(&sensor, &measured, &(SMatrix::identity() * 0.01)).unwrap();
        if step % 40 == 0 {
            last[step as usize / 40 - 1] = state.probabilities()[1];
        }
    }
    assert!(last[0] < 0.2 && last[1] > 0.8, "{last:?}");
    let braked = state.combined();
    assert!((braked.mean[4] + 3.0).abs() < 0.3, "{}", braked.mean);
}

#[test]
fn headings_are_averaged_across_the_seam() {
    let models: [&dyn MotionModel<5>; 2] = [&CALM, &AGILE];
    let mut state = Imm::new(&start(), [0.5, 0.5], &models).unwrap();
    let mut yaws = [PI - 0.1, -PI + 0.3].into_iter();
    state.change_states(|state| state.mean[2] = yaws.next().unwrap());
    let combined = state.combined();
    assert!((combined.mean[2] - (PI + 0.1)).abs() < 1e-12, "{}", combined.mean);
    assert!((combined.covariance[(2, 2)] - (0.01 + 0.04)).abs() < 1e-12);
    // Mixing keeps each near its own.
    state.predict(&models, &ModeSwitching::lasting([1e-3, 1e-3]).unwrap(), 0.1);
    let yaw = |mode: usize| state.states()[mode].mean[2];
    assert!((yaw(0) - (PI + 0.1)).abs() < 1e-9 && (yaw(1) - (0.1 - PI)).abs() < 1e-9);
}

#[test]
fn a_measurement_far_from_all_leaves_probabilities() {
    let models: [&dyn MotionModel<5>; 2] = [&CALM, &AGILE];
    let mut state = Imm::new(&start(), [0.5, 0.5], &models).unwrap();
    for far in [1e6, 1e200] {
        let far = SVector::from([far, 0.0]);
        let innovation = state.innovation(&position(), &far, &noise()).unwrap();
        assert!(innovation.log_likelihood < -1e9);
        assert!((innovation.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
    let before = state.clone();
    assert!(state.update(&position(), &SVector::repeat(f64::NAN), &noise()).is_err());
    assert_eq!(state, before);
    for probabilities in [[0.0, 0.0], [-1.0, 2.0], [f64::NAN, 1.0], [f64::INFINITY, 1.0]] {
        assert!(Imm::new(&start(), probabilities, &models).is_err());
    }
}

proptest! {
    #[test]
    fn equal_models_are_one_model(seed in 0..1000u64, share in 0.05..0.95f64) {
        let models: [&dyn MotionModel<5>; 2] = [&AGILE, &AGILE];
        let switching = ModeSwitching::lasting([1.0, 3.0]).unwrap();
        let mut mixture = Imm::new(&start(), [share, 1.0 - share], &models).unwrap();
        let mut state = start();
        for (_, measured) in drive(seed).into_iter().take(30) {
            mixture.predict(&models, &switching, STEP);
            state.predict(&AGILE, STEP);
            let both = mixture.update(&position(), &measured, &noise()).unwrap();
            let one = state.update(&position(), &measured, &noise()).unwrap();
            prop_assert!((both.log_likelihood - one.log_likelihood()).abs() < 1e-8);
            prop_assert!((mixture.combined().mean - state.mean).amax() < 1e-8);
            prop_assert!((mixture.combined().covariance - state.covariance).amax() < 1e-8);
        }
    }

    #[test]
    fn covariances_stay_symmetric_and_positive(
        steps in prop::collection::vec((prop::array::uniform2(-20.0..20.0f64), 0.01..0.5f64), 1..60),
    ) {
        let models: [&dyn MotionModel<5>; 2] = [&CALM, &AGILE];
        let switching = ModeSwitching::lasting([6.0, 2.0]).unwrap();
        let mut state = Imm::new(&start(), [0.9, 0.1], &models).unwrap();
        for (measured, seconds) in steps {
            state.predict(&models, &switching, seconds);
            state.update(&position(), &SVector::from(measured), &noise()).unwrap();
            prop_assert!((state.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for state in state.states().iter().chain([&state.combined()]) {
                prop_assert_eq!(state.covariance, state.covariance.transpose());
                prop_assert!(state.covariance.cholesky().is_some());
            }
        }
    }
}
