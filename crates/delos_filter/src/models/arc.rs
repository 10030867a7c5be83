//! The way along an arc.

use nalgebra::{Matrix2, Vector2};

/// Where a body gets that turns evenly, and the derivatives of that. Velocity and
/// acceleration are given in the body's own axes and turn with it.
///
/// With the heading half-way, `m = yaw + w t / 2`, the velocity half-way, `v̄ = v + a t / 2`,
/// `u = w t / 2` and `J` a quarter turn to the left, the integral of the velocity is
/// `t (sinc(u) R(m) v̄ - t/2 sinc'(u) J R(m) a)`: the same motion as in Schubert, Richter,
/// Wanielik 2008 (CTRV and CTRA), whose form divides by the turn rate and needs a special case
/// for driving straight; this one does not.
pub(super) struct Arc {
    pub(super) way: Vector2<f64>,
    pub(super) by_yaw: Vector2<f64>,
    pub(super) by_velocity: Matrix2<f64>,
    pub(super) by_acceleration: Matrix2<f64>,
    pub(super) by_rate: Vector2<f64>,
}

impl Arc {
    /// With a velocity that stays.
    pub(super) fn coasting(yaw: f64, velocity: Vector2<f64>, rate: f64, t: f64) -> Self {
        Self::of(yaw, velocity, Vector2::zeros(), rate, t)
    }

    /// With a velocity that grows by `acceleration` per second.
    pub(super) fn of(
        yaw: f64,
        velocity: Vector2<f64>,
        acceleration: Vector2<f64>,
        rate: f64,
        t: f64,
    ) -> Self {
        let half_turn = rate * t / 2.0;
        let [sinc, slope, bend] = sinc(half_turn);
        let (sin, cos) = (yaw + half_turn).sin_cos();
        let rotation = Matrix2::new(cos, -sin, sin, cos);
        let moving = rotation * (velocity + acceleration * (t / 2.0));
        let pushed = rotation * acceleration;
        let way = moving * (sinc * t) - left_of(pushed) * (slope * t * t / 2.0);
        let by_half_turn = moving * slope + left_of(moving) * sinc
            - (left_of(pushed) * bend - pushed * slope) * (t / 2.0);
        let turned = Matrix2::new(-sin, -cos, cos, -sin);
        Self {
            way,
            by_yaw: left_of(way),
            by_velocity: rotation * (sinc * t),
            by_acceleration: (rotation * sinc - turned * slope) * (t * t / 2.0),
            by_rate: by_half_turn * (t * t / 2.0),
        }
    }
}

/// A quarter turn to the left.
pub(super) fn left_of(v: Vector2<f64>) -> Vector2<f64> {
    Vector2::new(-v.y, v.x)
}

/// `sin u / u` and its first two derivatives. Below 0.1 by their series, whose first term
/// left out is less than 1e-17; above, cancellation costs less than 1e-13.
fn sinc(u: f64) -> [f64; 3] {
    if u.abs() < 0.1 {
        let q = u * u;
        let value = 1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0)));
        let slope = -1.0 / 3.0 + q * (1.0 / 30.0 - q * (1.0 / 840.0 - q / 45_360.0));
        let slope = u * (slope - q * q * q * q / 3_991_680.0);
        let bend = -1.0 / 3.0 + q * (0.1 - q * (1.0 / 168.0 - q * (1.0 / 6480.0)));
        [value, slope, bend - q * q * q * q / 443_520.0]
    } else {
        let (sin, cos) = u.sin_cos();
        let value = sin / u;
        let slope = (cos - value) / u;
        [value, slope, -value - 2.0 * slope / u]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_sinc_meet() {
        // At the seam the two forms are compared with each other, beside it by differences.
        let [below, above] = [sinc(0.1f64.next_down()), sinc(0.1)];
        for (below, above) in below.into_iter().zip(above) {
            assert!((below - above).abs() < 1e-13, "{below} {above}");
        }
        for u in [-2.0, -0.3, -0.05, 0.0, 1e-4, 0.02, 0.0999, 0.2, 1.5, 4.0] {
            let (more, less) = (sinc(u + 1e-5), sinc(u - 1e-5));
            for k in 0..2 {
                let slope = (more[k] - less[k]) / 2e-5;
                assert!((slope - sinc(u)[k + 1]).abs() < 1e-9, "{u} {k}");
            }
        }
    }
}
