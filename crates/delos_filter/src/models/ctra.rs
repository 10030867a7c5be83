//! Constant turn rate and acceleration.

use super::MotionModel;
use super::arc::{Arc, left_of};
use super::white_noise::{entry, integrated};
use nalgebra::{Matrix2, SMatrix, SVector, Vector2};

/// Constant turn rate and acceleration (Schubert, Richter, Wanielik 2008, model CTRA): state
/// `(x, y, yaw, v, w, a)` in metres, radians, m/s, rad/s, m/s², speed and acceleration along
/// the heading. The arc is written with the heading half-way and holds at any turn rate.
///
/// Noise: white jerk along the heading and white acceleration of the turn, each through its
/// chain of integrators (Bar-Shalom, Li, Kirubarajan 2001, section 6.2.3): the turn's chain
/// goes on to the position across the velocity. Along a straight line at constant speed two
/// steps have exactly the noise of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ctra {
    /// Power spectral density of the jerk along the heading, m²/s⁵.
    pub jerk_density: f64,
    /// Power spectral density of the turn's acceleration, rad²/s³.
    pub yaw_acceleration_density: f64,
}

/// The same with a velocity across the heading: state `(x, y, yaw, v, s, w, a)`, `s` to the
/// left, as in [`SlipCtrv`](crate::SlipCtrv), of which it is the accelerated form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlipCtra {
    /// Power spectral density of the jerk along the heading, m²/s⁵.
    pub jerk_density: f64,
    /// Power spectral density of the acceleration across the heading, m²/s³.
    pub lateral_acceleration_density: f64,
    /// Power spectral density of the turn's acceleration, rad²/s³.
    pub yaw_acceleration_density: f64,
}

impl MotionModel<6> for Ctra {
    fn predicted(&self, state: &SVector<f64, 6>, seconds: f64) -> SVector<f64, 6> {
        without_slip(&SlipCtra::from(*self).predicted(&with_slip(state), seconds))
    }

    fn jacobian(&self, state: &SVector<f64, 6>, seconds: f64) -> SMatrix<f64, 6, 6> {
        SlipCtra::from(*self)
            .jacobian(&with_slip(state), seconds)
            .remove_fixed_rows::<1>(SLIP)
            .remove_fixed_columns::<1>(SLIP)
    }

    fn process_noise(&self, state: &SVector<f64, 6>, seconds: f64) -> SMatrix<f64, 6, 6> {
        SlipCtra::from(*self)
            .process_noise(&with_slip(state), seconds)
            .remove_fixed_rows::<1>(SLIP)
            .remove_fixed_columns::<1>(SLIP)
    }

    fn angles(&self) -> [bool; 6] {
        [false, false, true, false, false, false]
    }
}

/// Position of the velocity across the heading in the longer state.
const SLIP: usize = 4;

fn with_slip(state: &SVector<f64, 6>) -> SVector<f64, 7> {
    state.insert_row(SLIP, 0.0)
}

fn without_slip(state: &SVector<f64, 7>) -> SVector<f64, 6> {
    state.remove_row(SLIP)
}

impl From<Ctra> for SlipCtra {
    fn from(model: Ctra) -> Self {
        Self {
            jerk_density: model.jerk_density,
            lateral_acceleration_density: 0.0,
            yaw_acceleration_density: model.yaw_acceleration_density,
        }
    }
}

impl SlipCtra {
    fn arc(state: &SVector<f64, 7>, seconds: f64) -> Arc {
        let velocity = Vector2::new(state[3], state[SLIP]);
        Arc::of(state[2], velocity, Vector2::new(state[6], 0.0), state[5], seconds)
    }
}

impl MotionModel<7> for SlipCtra {
    fn predicted(&self, state: &SVector<f64, 7>, seconds: f64) -> SVector<f64, 7> {
        let arc = Self::arc(state, seconds);
        let mut moved = *state;
        moved[0] += arc.way.x;
        moved[1] += arc.way.y;
        moved[2] += state[5] * seconds;
        moved[3] += state[6] * seconds;
        moved
    }

    fn jacobian(&self, state: &SVector<f64, 7>, seconds: f64) -> SMatrix<f64, 7, 7> {
        let arc = Self::arc(state, seconds);
        let mut jacobian = SMatrix::<f64, 7, 7>::identity();
        jacobian.fixed_view_mut::<2, 1>(0, 2).copy_from(&arc.by_yaw);
        jacobian.fixed_view_mut::<2, 2>(0, 3).copy_from(&arc.by_velocity);
        jacobian.fixed_view_mut::<2, 1>(0, 5).copy_from(&arc.by_rate);
        jacobian.fixed_view_mut::<2, 1>(0, 6).copy_from(&arc.by_acceleration.column(0));
        jacobian[(2, 5)] = seconds;
        jacobian[(3, 6)] = seconds;
        jacobian
    }

    fn process_noise(&self, state: &SVector<f64, 7>, seconds: f64) -> SMatrix<f64, 7, 7> {
        let half = seconds / 2.0;
        let (sin, cos) = (state[2] + state[5] * half).sin_cos();
        let velocity = Vector2::new(state[3] + state[6] * half, state[SLIP]);
        let moving = Matrix2::new(cos, -sin, sin, cos) * velocity;
        let forward = place(Vector2::new(cos, sin));
        let across = place(Vector2::new(-sin, cos));
        let swung = place(left_of(moving));
        integrated(self.jerk_density, seconds, &[forward, entry(3), entry(6)])
            + integrated(self.lateral_acceleration_density, seconds, &[across, entry(SLIP)])
            + integrated(self.yaw_acceleration_density, seconds, &[swung, entry(2), entry(5)])
    }

    fn angles(&self) -> [bool; 7] {
        [false, false, true, false, false, false, false]
    }
}

/// A direction in the plane as one of the state.
fn place(direction: Vector2<f64>) -> SVector<f64, 7> {
    SVector::from([direction.x, direction.y, 0.0, 0.0, 0.0, 0.0, 0.0])
}

#[cfg(test)]
mod tests;
