//! Place, heading and their rates under any law of motion.

use super::laws;
use super::rotation;
use crate::MotionNoise;
use crate::config::MotionKind;
use delos_core::wrap_angle;
use delos_filter::{FilterError, Gaussian, Imm, LinearMeasurement, MotionModel};
use nalgebra::{Matrix2, Matrix3, Matrix6, SMatrix, SVector, Vector2, Vector3, Vector6};

/// Nothing on the road turns faster, rad/s.
const MAX_YAW_RATE: f64 = 1.5;

/// Acceleration at birth, m/s².
const INITIAL_ACCELERATION: f64 = 2.0;

/// The state under one of the laws. Every state begins with `(x, y, yaw, u, w)`, the velocity
/// `u` in the body's axes (along and across the heading) or in those of the world.
#[derive(Clone, Debug)]
pub(super) enum Plane {
    /// Body's axes, along the heading and across it.
    Turning(Gaussian<6>),
    /// Body's axes, nothing across.
    Rolling(Gaussian<6>),
    /// Body's axes, and an acceleration along the heading.
    Accelerating(Gaussian<7>),
    /// The world's axes.
    Straight(Gaussian<6>),
    /// The world's axes, and an acceleration.
    Pushed(Gaussian<8>),
    /// Steady or accelerating, in the body's axes.
    Mixed(Box<Imm<7, 2>>),
}

/// Does something to the Gaussian of each law.
macro_rules! each_state {
    ($plane:expr, $state:ident => $action:expr) => {
        match $plane {
            Plane::Turning($state) | Plane::Rolling($state) | Plane::Straight($state) => $action,
            Plane::Accelerating($state) => $action,
            Plane::Pushed($state) => $action,
            Plane::Mixed(mixture) => mixture.change_states(|$state| $action),
        }
    };
}

impl Plane {
    /// A state with this mean and these deviations of `(x, y, yaw, v, s, w)`.
    ///
    /// # Errors
    /// When they make no Gaussian.
    pub(super) fn new(
        kind: MotionKind,
        mean: &Vector6<f64>,
        deviations: &Vector6<f64>,
        noise: &MotionNoise,
    ) -> Result<Self, FilterError> {
        let body = |deviations: &Vector6<f64>| Gaussian::from_deviations(*mean, *deviations);
        Ok(match kind {
            MotionKind::SlipCtrv => Self::Turning(body(deviations)?),
            MotionKind::Ctrv => {
                let mut deviations = *deviations;
                deviations[4] = laws::without_slip(noise).initial_slip;
                Self::Rolling(body(&deviations)?)
            }
            MotionKind::Ctra => Self::Accelerating(longer(mean, deviations)?),
            MotionKind::ConstantVelocity => Self::Straight(in_world(&body(deviations)?)),
            MotionKind::ConstantAcceleration => {
                let free = in_world(&body(deviations)?);
                Self::Pushed(with_more(&free)?)
            }
            MotionKind::Imm => {
                let start = longer(mean, deviations)?;
                let (steady, accelerating) = (laws::steady(noise), laws::accelerating(noise));
                let models: [&dyn MotionModel<7>; 2] = [&steady, &accelerating];
                Self::Mixed(Box::new(Imm::new(&start, laws::LASTING_S, &models)?))
            }
        })
    }

    /// Moves the state `seconds` ahead.
    pub(super) fn predict(&mut self, noise: &MotionNoise, seconds: f64) {
        match self {
            Self::Turning(state) => state.predict(&laws::turning(noise), seconds),
            Self::Rolling(state) => state.predict(&laws::rolling(noise), seconds),
            Self::Accelerating(state) => state.predict(&laws::accelerating(noise), seconds),
            Self::Straight(state) => state.predict(&laws::straight(noise), seconds),
            Self::Pushed(state) => state.predict(&laws::pushed(noise), seconds),
            Self::Mixed(mixture) => {
                let (steady, accelerating) = (laws::steady(noise), laws::accelerating(noise));
                let models: [&dyn MotionModel<7>; 2] = [&steady, &accelerating];
                if let Some(switching) = laws::switching() {
                    mixture.predict(&models, &switching, seconds);
                }
            }
        }
        self.tidy();
    }

    /// Takes a place and a heading in.
    ///
    /// # Errors
    /// When the numbers no longer make a Gaussian.
    pub(super) fn update_pose(
        &mut self,
        measured: &Vector3<f64>,
        covariance: &Matrix3<f64>,
    ) -> Result<(), FilterError> {
        const ANGLES: [bool; 3] = [false, false, true];
        match self {
            Self::Turning(state) | Self::Rolling(state) | Self::Straight(state) => {
                let model = LinearMeasurement::selecting([0, 1, 2]).with_angles(ANGLES);
                state.update(&model, measured, covariance).map(|_| ())
            }
            Self::Accelerating(state) => {
                let model = LinearMeasurement::selecting([0, 1, 2]).with_angles(ANGLES);
                state.update(&model, measured, covariance).map(|_| ())
            }
            Self::Pushed(state) => {
                let model = LinearMeasurement::selecting([0, 1, 2]).with_angles(ANGLES);
                state.update(&model, measured, covariance).map(|_| ())
            }
            Self::Mixed(mixture) => {
                let model = LinearMeasurement::selecting([0, 1, 2]).with_angles(ANGLES);
                mixture.update(&model, measured, covariance).map(|_| ())
            }
        }
    }

    /// Takes a place in.
    ///
    /// # Errors
    /// As [`Plane::update_pose`].
    pub(super) fn update_place(
        &mut self,
        measured: &Vector2<f64>,
        covariance: &Matrix2<f64>,
    ) -> Result<(), FilterError> {
        match self {
            Self::Turning(state) | Self::Rolling(state) | Self::Straight(state) => {
                let model = LinearMeasurement::selecting([0, 1]);
                state.update(&model, measured, covariance).map(|_| ())
            }
            Self::Accelerating(state) => {
                let model = LinearMeasurement::selecting([0, 1]);
                state.update(&model, measured, covariance).map(|_| ())
            }
            Self::Pushed(state) => {
                let model = LinearMeasurement::selecting([0, 1]);
                state.update(&model, measured, covariance).map(|_| ())
            }
            Self::Mixed(mixture) => {
                let model = LinearMeasurement::selecting([0, 1]);
                mixture.update(&model, measured, covariance).map(|_| ())
            }
        }
    }

    /// Turns the heading; the velocity over ground stays as it is.
    pub(super) fn turn(&mut self, angle: f64) {
        if self.is_in_body() {
            each_state!(self, state => turn_velocity(state, angle));
        }
        each_state!(self, state => state.mean[2] = wrap_angle(state.mean[2] + angle));
    }

    /// Knows the heading anew, up to a deviation, and nothing of how it goes with the rest.
    pub(super) fn forget_heading(&mut self, deviation: f64) {
        each_state!(self, state => {
            state.covariance.row_mut(2).fill(0.0);
            state.covariance.column_mut(2).fill(0.0);
            state.covariance[(2, 2)] = deviation * deviation;
        });
    }

    /// Wraps the heading and bounds its rate.
    pub(super) fn tidy(&mut self) {
        each_state!(self, state => {
            state.mean[2] = wrap_angle(state.mean[2]);
            state.mean[5] = state.mean[5].clamp(-MAX_YAW_RATE, MAX_YAW_RATE);
        });
    }

    /// Mean and covariance of `(x, y, yaw, vx, vy, w)` in the axes the track lives in.
    pub(super) fn in_world(&self) -> Gaussian<6> {
        let begin = self.beginning();
        if self.is_in_body() { in_world(&begin) } else { begin }
    }

    /// `(x, y, yaw)`.
    pub(super) fn pose(&self) -> Vector3<f64> {
        self.beginning().mean.fixed_rows::<3>(0).into_owned()
    }

    /// Covariance of `(x, y)`, m².
    pub(super) fn place_covariance(&self) -> Matrix2<f64> {
        self.beginning().covariance.fixed_view::<2, 2>(0, 0).into_owned()
    }

    /// Velocity in the axes the track lives in, m/s, and turn rate, rad/s.
    pub(super) fn rates(&self) -> (Vector2<f64>, f64) {
        let mean = self.beginning().mean;
        let velocity = Vector2::new(mean[3], mean[4]);
        let velocity = if self.is_in_body() { rotation(mean[2]) * velocity } else { velocity };
        (velocity, mean[5])
    }

    /// Speed along the heading and its deviation, m/s.
    pub(super) fn forward(&self) -> (f64, f64) {
        let begin = self.beginning();
        if self.is_in_body() {
            return (begin.mean[3], begin.covariance[(3, 3)].sqrt());
        }
        let (sin, cos) = begin.mean[2].sin_cos();
        let ahead = Vector2::new(cos, sin);
        let spread = begin.covariance.fixed_view::<2, 2>(3, 3) * ahead;
        (ahead.dot(&Vector2::new(begin.mean[3], begin.mean[4])), ahead.dot(&spread).sqrt())
    }

    /// Whether every number is finite.
    pub(super) fn is_finite(&self) -> bool {
        let begin = self.beginning();
        begin.mean.iter().chain(begin.covariance.iter()).all(|v| v.is_finite())
    }

    const fn is_in_body(&self) -> bool {
        !matches!(self, Self::Straight(_) | Self::Pushed(_))
    }

    /// The six numbers that every state begins with.
    fn beginning(&self) -> Gaussian<6> {
        match self {
            Self::Turning(state) | Self::Rolling(state) | Self::Straight(state) => state.clone(),
            Self::Accelerating(state) => first_six(state),
            Self::Pushed(state) => first_six(state),
            Self::Mixed(mixture) => first_six(&mixture.combined()),
        }
    }
}

fn first_six<const N: usize>(state: &Gaussian<N>) -> Gaussian<6> {
    Gaussian {
        mean: Vector6::from_fn(|row, _| state.mean[row]),
        covariance: Matrix6::from_fn(|row, column| state.covariance[(row, column)]),
    }
}

/// The velocity in the body's axes becomes that in the world's: it is turned by the heading.
fn in_world(body: &Gaussian<6>) -> Gaussian<6> {
    let turn = rotation(body.mean[2]);
    let velocity = turn * Vector2::new(body.mean[3], body.mean[4]);
    let mut change = Matrix6::identity();
    change.fixed_view_mut::<2, 2>(3, 3).copy_from(&turn);
    change[(3, 2)] = -velocity.y;
    change[(4, 2)] = velocity.x;
    let mut mean = body.mean;
    mean.fixed_rows_mut::<2>(3).copy_from(&velocity);
    Gaussian { mean, covariance: congruent(&change, &body.covariance) }
}

/// The velocity in the axes of a body that is turned by `angle` where it is.
fn turn_velocity<const N: usize>(state: &mut Gaussian<N>, angle: f64) {
    let mut change = SMatrix::<f64, N, N>::identity();
    let turn = rotation(-angle);
    for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        change[(3 + row, 3 + column)] = turn[(row, column)];
    }
    // An acceleration along the heading.
    if N > 6 {
        change[(6, 6)] = angle.cos();
    }
    state.mean = change * state.mean;
    state.covariance = congruent(&change, &state.covariance);
    // A quarter turn leaves nothing of an acceleration, but some doubt.
    if N > 6 {
        state.covariance[(6, 6)] += (INITIAL_ACCELERATION * angle.sin()).powi(2);
    }
}

/// `A P Aᵀ`, exactly symmetric.
fn congruent<const N: usize>(
    change: &SMatrix<f64, N, N>,
    covariance: &SMatrix<f64, N, N>,
) -> SMatrix<f64, N, N> {
    let changed = change * covariance * change.transpose();
    (changed + changed.transpose()) * 0.5
}

fn longer(mean: &Vector6<f64>, deviations: &Vector6<f64>) -> Result<Gaussian<7>, FilterError> {
    with_more(&Gaussian::from_deviations(*mean, *deviations)?)
}

/// The state with accelerations that are zero up to a deviation.
fn with_more<const N: usize>(state: &Gaussian<6>) -> Result<Gaussian<N>, FilterError> {
    let mean = SVector::from_fn(|row, _| if row < 6 { state.mean[row] } else { 0.0 });
    let covariance = SMatrix::from_fn(|row, column| match (row, column) {
        (row, column) if row < 6 && column < 6 => state.covariance[(row, column)],
        (row, column) if row == column => INITIAL_ACCELERATION.powi(2),
        _ => 0.0,
    });
    Gaussian::new(mean, covariance)
}
