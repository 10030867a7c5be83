//! Elementary functions whose bits do not depend on the machine's C library.

use nalgebra::{Matrix3, Vector3};

/// A vector or point, metres.
pub type Vec3 = Vector3<f32>;

/// Sine and cosine.
pub fn sin_cos(angle_rad: f32) -> (f32, f32) {
    (libm::sinf(angle_rad), libm::cosf(angle_rad))
}

/// `atan2(y, x)` in -π..=π.
pub fn atan2(y: f32, x: f32) -> f32 {
    libm::atan2f(y, x)
}

/// Natural exponential.
pub fn exp(x: f32) -> f32 {
    libm::expf(x)
}

/// Natural logarithm.
pub fn ln(x: f32) -> f32 {
    libm::logf(x)
}

/// A smooth step from 0 at `from` to 1 at `to` (Hermite), constant outside.
pub fn smooth_step(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// `a` at `t` = 0, `b` at `t` = 1.
pub fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Rotation by yaw about z, then pitch about the turned y (positive: nose down), then
/// roll about the turned x: `Rz(yaw) Ry(pitch) Rx(roll)`.
pub fn rotation(yaw: f32, pitch: f32, roll: f32) -> Matrix3<f32> {
    let ((sy, cy), (sp, cp), (sr, cr)) = (sin_cos(yaw), sin_cos(pitch), sin_cos(roll));
    Matrix3::new(
        cy * cp,
        cy * sp * sr - sy * cr,
        cy * sp * cr + sy * sr,
        sy * cp,
        sy * sp * sr + cy * cr,
        sy * sp * cr - cy * sr,
        -sp,
        cp * sr,
        cp * cr,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_is_orthogonal_and_a_positive_pitch_lowers_the_nose() {
        let turn = rotation(0.7, 0.1, -0.05);
        assert!((turn * turn.transpose() - Matrix3::identity()).norm() < 1e-5);
        assert!(rotation(0.0, 0.1, 0.0).column(0).z < 0.0);
    }
}
