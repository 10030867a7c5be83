//! Where a track is and how it moves.

use crate::plane::{self, rotation};
use crate::{BoxNoise, MotionNoise};
use delos_core::{Box3, Position, Size, World, Yaw, wrap_angle};
use delos_filter::{FilterError, Gaussian, LinearMeasurement, SlipCtrv};
use nalgebra::{Matrix2, Matrix6, SMatrix, SVector, Vector2, Vector3};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_3, PI};

/// Growth of the variance of height and extents, m² per second.
pub(crate) const DRIFT: f64 = 0.05;

/// Nothing on the road turns faster, rad/s.
const MAX_YAW_RATE: f64 = 1.5;

/// Detections in a row with an axis across the track's before the track turns.
const MAX_MISFITS: u32 = 3;

/// Faster than this a track's heading is that of its motion, m/s.
const MOVING: f64 = 1.5;

/// State `(x, y, yaw, v, s, w)` of [`SlipCtrv`] in the plane; height and extents are
/// filtered one by one, since nothing couples them.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    plane: Gaussian<6>,
    z: Scalar,
    extents: [Scalar; 3],
    /// Extents when the filtered ones cannot be used.
    size: Size,
    /// Running mean of whether detections point forward (+1) or backward (-1).
    direction_vote: f64,
    misfits: u32,
}

/// What is believed of a motion before it was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guess {
    /// Velocity in the axes the track lives in, m/s.
    pub(crate) velocity: Vector2<f64>,
    /// Turn rate, rad/s.
    pub(crate) yaw_rate: f64,
    /// How uncertain both are.
    pub(crate) deviations: MotionNoise,
}

impl Guess {
    /// Standing still, up to the deviations.
    pub(crate) fn standing(deviations: MotionNoise) -> Self {
        Self { velocity: Vector2::zeros(), yaw_rate: 0.0, deviations }
    }
}

/// One number with its variance.
#[derive(Clone, Copy, Debug)]
struct Scalar {
    value: f64,
    variance: f64,
}

impl Scalar {
    fn new(value: f64, deviation: f64) -> Self {
        Self { value, variance: deviation * deviation }
    }

    /// The Kalman filter for a number that drifts.
    fn update(&mut self, measured: f64, deviation: f64) {
        let gain = self.variance / (self.variance + deviation * deviation);
        self.value += gain * (measured - self.value);
        self.variance *= 1.0 - gain;
    }
}

impl Motion {
    /// A track that begins at a box.
    pub(crate) fn new(
        bbox: &Box3<World>,
        guess: &Guess,
        noise: &BoxNoise,
    ) -> Result<Self, FilterError> {
        let yaw = bbox.yaw.radians();
        let body = rotation(-yaw) * guess.velocity;
        let (x, y) = (bbox.center.x(), bbox.center.y());
        let mean = SVector::from([x, y, yaw, body.x, body.y, guess.yaw_rate]);
        let deviations = SVector::from([
            noise.position_m,
            noise.position_m,
            noise.yaw_rad,
            guess.deviations.initial_speed,
            guess.deviations.initial_slip,
            guess.deviations.initial_yaw_rate,
        ]);
        let extents = [bbox.size.length(), bbox.size.width(), bbox.size.height()];
        Ok(Self {
            plane: Gaussian::from_deviations(mean, deviations)?,
            z: Scalar::new(bbox.center.z(), noise.height_m),
            extents: extents.map(|side| Scalar::new(side, noise.size_m)),
            size: bbox.size,
            direction_vote: 1.0,
            misfits: 0,
        })
    }

    /// Moves the track `seconds` ahead.
    pub(crate) fn predict(&mut self, model: &MotionNoise, seconds: f64) {
        let law = SlipCtrv {
            acceleration: model.acceleration,
            lateral_acceleration: model.lateral_acceleration,
            yaw_acceleration: model.yaw_acceleration,
        };
        self.plane.predict(&law, seconds);
        self.tidy();
        self.z.variance += DRIFT * seconds;
        for extent in &mut self.extents {
            extent.variance += DRIFT * seconds;
        }
    }

    /// Takes a detected box in. `over_ground`: velocities are over ground, so that a
    /// moving track's heading is known from its motion.
    ///
    /// # Errors
    /// When the numbers no longer make a Gaussian; the track should end.
    pub(crate) fn update(
        &mut self,
        bbox: &Box3<World>,
        noise: &BoxNoise,
        over_ground: bool,
    ) -> Result<(), FilterError> {
        let (yaw, backward) = self.nearer_heading(bbox.yaw.radians());
        if wrap_angle(yaw - self.yaw()).abs() > FRAC_PI_3 {
            self.update_place(bbox, noise)?;
            self.count_misfit(bbox.yaw.radians(), noise);
        } else {
            self.update_pose(bbox, yaw, noise)?;
            self.update_extents(&bbox.size, noise);
            self.misfits = 0;
            self.vote(backward, over_ground);
        }
        self.z.update(bbox.center.z(), noise.height_m);
        self.tidy();
        if over_ground {
            self.face_forward();
        }
        Ok(())
    }

    /// The heading or its opposite, whichever is nearer to the track's; and whether it
    /// is the opposite.
    fn nearer_heading(&self, yaw: f64) -> (f64, bool) {
        let backward = wrap_angle(yaw - self.yaw()).abs() > FRAC_PI_2;
        (if backward { yaw + PI } else { yaw }, backward)
    }

    fn update_pose(
        &mut self,
        bbox: &Box3<World>,
        yaw: f64,
        noise: &BoxNoise,
    ) -> Result<(), FilterError> {
        let model = LinearMeasurement::selecting([0, 1, 2]).with_angles([false, false, true]);
        let measured = Vector3::new(bbox.center.x(), bbox.center.y(), yaw);
        let deviations = Vector3::new(noise.position_m, noise.position_m, noise.yaw_rad);
        let covariance = SMatrix::from_diagonal(&deviations.component_mul(&deviations));
        self.plane.update(&model, &measured, &covariance).map(|_| ())
    }

    /// The centre alone: the box lies across the track and may have its sides swapped.
    fn update_place(&mut self, bbox: &Box3<World>, noise: &BoxNoise) -> Result<(), FilterError> {
        let model = LinearMeasurement::selecting([0, 1]);
        let measured = Vector2::new(bbox.center.x(), bbox.center.y());
        let covariance = Matrix2::identity() * noise.position_m.powi(2);
        self.plane.update(&model, &measured, &covariance).map(|_| ())
    }

    fn update_extents(&mut self, size: &Size, noise: &BoxNoise) {
        let measured = [size.length(), size.width(), size.height()];
        for (extent, side) in self.extents.iter_mut().zip(measured) {
            extent.update(side, noise.size_m);
        }
        self.size = *size;
    }

    /// Turns the track when detections keep lying across it.
    fn count_misfit(&mut self, yaw: f64, noise: &BoxNoise) {
        self.misfits += 1;
        if self.misfits < MAX_MISFITS {
            return;
        }
        self.misfits = 0;
        let (yaw, _) = self.nearer_heading(yaw);
        self.turn(wrap_angle(yaw - self.yaw()));
        for i in 0..6 {
            self.plane.covariance[(2, i)] = 0.0;
            self.plane.covariance[(i, 2)] = 0.0;
        }
        self.plane.covariance[(2, 2)] = noise.yaw_rad.powi(2);
        self.extents.swap(0, 1);
    }

    /// Turns the track round when detections keep pointing backward, unless it moves
    /// forward over ground.
    fn vote(&mut self, backward: bool, over_ground: bool) {
        self.direction_vote = 0.8 * self.direction_vote + if backward { -0.2 } else { 0.2 };
        if self.direction_vote < -0.5 && !(over_ground && self.plane.mean[3] > MOVING) {
            self.turn(PI);
            self.direction_vote = 1.0;
        }
    }

    /// Turns the track round when it surely moves backward.
    fn face_forward(&mut self) {
        let (speed, deviation) = (self.plane.mean[3], self.plane.covariance[(3, 3)].sqrt());
        if speed < -MOVING && -speed > 3.0 * deviation {
            self.turn(PI);
            self.direction_vote = 1.0;
        }
    }

    /// Turns the heading; the velocity over ground stays as it is.
    fn turn(&mut self, angle: f64) {
        let mut change = SMatrix::<f64, 6, 6>::identity();
        change.fixed_view_mut::<2, 2>(3, 3).copy_from(&rotation(-angle));
        self.plane.mean = change * self.plane.mean;
        self.plane.mean[2] = wrap_angle(self.plane.mean[2] + angle);
        let turned = change * self.plane.covariance * change.transpose();
        self.plane.covariance = (turned + turned.transpose()) * 0.5;
    }

    /// Angles in their range.
    fn tidy(&mut self) {
        self.plane.mean[2] = wrap_angle(self.plane.mean[2]);
        self.plane.mean[5] = self.plane.mean[5].clamp(-MAX_YAW_RATE, MAX_YAW_RATE);
    }

    fn yaw(&self) -> f64 {
        self.plane.mean[2]
    }

    /// Turn rate, rad/s.
    pub(crate) fn yaw_rate(&self) -> f64 {
        self.plane.mean[5]
    }

    /// Velocity in the axes the track lives in, m/s.
    pub(crate) fn velocity(&self) -> Vector2<f64> {
        plane::velocity(&self.plane)
    }

    /// Centre `(x, y)`, metres.
    pub(crate) fn place(&self) -> Vector2<f64> {
        Vector2::new(self.plane.mean[0], self.plane.mean[1])
    }

    /// Covariance of `(x, y)`, m².
    pub(crate) fn position_covariance(&self) -> Matrix2<f64> {
        self.plane.covariance.fixed_view::<2, 2>(0, 0).into_owned()
    }

    /// Covariance of `(x, y, yaw, vx, vy, yaw rate)` in the axes the track lives in: the
    /// velocity in the body's axes is turned by the heading.
    pub(crate) fn covariance(&self) -> Matrix6<f64> {
        plane::world_covariance(&self.plane)
    }

    /// Standard deviations of `(z, length, width, height)`, metres.
    pub(crate) fn deviations(&self) -> [f64; 4] {
        let [length, width, height] = self.extents;
        [self.z, length, width, height].map(|number| number.variance.sqrt())
    }

    /// Whether every number is finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.plane.mean.iter().chain(self.plane.covariance.iter()).all(|v| v.is_finite())
    }

    /// The box.
    pub(crate) fn bbox(&self) -> Box3<World> {
        let [length, width, height] = self.extents.map(|extent| extent.value);
        let (sin, cos) = self.yaw().sin_cos();
        Box3::new(
            Position::new(self.plane.mean[0], self.plane.mean[1], self.z.value),
            Size::new(length, width, height).unwrap_or(self.size),
            Yaw::new(self.yaw()).unwrap_or(Yaw::of_vector(cos, sin)),
        )
    }
}

#[cfg(test)]
mod tests;
