//! The state in the plane, in the axes of the body and in those of the world.

use delos_core::{Track, wrap_angle};
use delos_filter::Gaussian;
use nalgebra::{Matrix2, Matrix6, Vector2, Vector6};
use std::f64::consts::PI;

/// Turns a vector counter-clockwise.
pub(super) fn rotation(angle: f64) -> Matrix2<f64> {
    let (sin, cos) = angle.sin_cos();
    Matrix2::new(cos, -sin, sin, cos)
}

/// Velocity in the world of a state `(x, y, yaw, v, s, w)`, m/s.
pub(super) fn velocity(state: &Gaussian<6>) -> Vector2<f64> {
    rotation(state.mean[2]) * Vector2::new(state.mean[3], state.mean[4])
}

/// Covariance of `(x, y, yaw, vx, vy, yaw rate)` in the world: the velocity in the body's axes
/// is turned by the heading.
pub(super) fn world_covariance(state: &Gaussian<6>) -> Matrix6<f64> {
    let velocity = velocity(state);
    let mut turn = Matrix6::identity();
    turn.fixed_view_mut::<2, 2>(3, 3).copy_from(&rotation(state.mean[2]));
    turn[(3, 2)] = -velocity.y;
    turn[(4, 2)] = velocity.x;
    symmetric(&(turn * state.covariance * turn.transpose()))
}

/// The state `(x, y, yaw, v, s, w)` of [`SlipCtrv`](delos_filter::SlipCtrv) that a track tells
/// of: [`velocity`] and [`world_covariance`] the other way.
pub(super) fn body_state(track: &Track) -> Gaussian<6> {
    let yaw = track.bbox.yaw.radians();
    let back = rotation(-yaw);
    let body = back * track.velocity;
    let (x, y) = (track.bbox.center.x(), track.bbox.center.y());
    let mut turn = Matrix6::identity();
    turn.fixed_view_mut::<2, 2>(3, 3).copy_from(&back);
    let by_yaw = back * Vector2::new(track.velocity.y, -track.velocity.x);
    turn.fixed_view_mut::<2, 1>(3, 2).copy_from(&by_yaw);
    Gaussian {
        mean: Vector6::new(x, y, yaw, body.x, body.y, track.yaw_rate),
        covariance: symmetric(&(turn * track.covariance * turn.transpose())),
    }
}

/// The same motion with the heading the other way round.
pub(super) fn turn_round(state: &mut Gaussian<6>) {
    let signs = Matrix6::from_diagonal(&Vector6::new(1.0, 1.0, 1.0, -1.0, -1.0, 1.0));
    state.mean = signs * state.mean;
    state.mean[2] = wrap_angle(state.mean[2] + PI);
    state.covariance = signs * state.covariance * signs;
}

fn symmetric(matrix: &Matrix6<f64>) -> Matrix6<f64> {
    (matrix + matrix.transpose()) * 0.5
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Box3, ObjectClass, Position, Size, TrackId, TrackState, Yaw};
    use proptest::prelude::*;

    fn published(state: &Gaussian<6>) -> Track {
        let [x, y, yaw] = [0, 1, 2].map(|i| state.mean[i]);
        let bbox = Box3::new(
            Position::new(x, y, 0.0),
            Size::new(4.0, 2.0, 1.5).expect("positive"),
            Yaw::new(yaw).expect("finite"),
        );
        let track = Track::standing(TrackId(1), TrackState::Confirmed, ObjectClass::Car, bbox);
        Track {
            velocity: velocity(state),
            yaw_rate: state.mean[5],
            covariance: world_covariance(state),
            ..track
        }
    }

    prop_compose! {
        fn states()(mean in prop::array::uniform6(-3.0..3.0f64),
                    root in prop::array::uniform32(-1.0..1.0f64)) -> Gaussian<6> {
            let root = Matrix6::from_fn(|r, c| root[(6 * r + c) % 32] + f64::from(r == c));
            Gaussian { mean: Vector6::from(mean), covariance: root * root.transpose() }
        }
    }

    proptest! {
        #[test]
        fn a_state_comes_back_from_the_world(state in states()) {
            let back = body_state(&published(&state));
            prop_assert!((back.mean - state.mean).amax() < 1e-9);
            prop_assert!((back.covariance - state.covariance).amax() < 1e-9);
        }

        #[test]
        fn the_world_does_not_see_which_end_is_the_front(state in states()) {
            let mut turned = state.clone();
            turn_round(&mut turned);
            prop_assert!((velocity(&turned) - velocity(&state)).amax() < 1e-9);
            prop_assert!((world_covariance(&turned) - world_covariance(&state)).amax() < 1e-9);
            prop_assert!((wrap_angle(turned.mean[2] - state.mean[2]).abs() - PI).abs() < 1e-9);
        }
    }
}
