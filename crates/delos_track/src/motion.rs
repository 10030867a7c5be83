//! Where a track is and how it moves.

mod laws;
mod plane;

use crate::{BoxNoise, MotionNoise};
use delos_core::{Box3, Position, Size, World, Yaw, wrap_angle};
use delos_filter::FilterError;
use nalgebra::{Matrix2, Matrix3, Matrix6, Vector2, Vector3, Vector6};
use plane::Plane;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_3, PI};

/// Growth of the variance of height and extents, m² per second.
const DRIFT: f64 = 0.05;

/// Detections in a row with an axis across the track's before the track turns.
const MAX_MISFITS: u32 = 3;

/// Faster than this a track's heading is that of its motion, m/s.
const MOVING: f64 = 1.5;

/// The state in the plane; height and extents are filtered one by one, since nothing couples
/// them.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    plane: Plane,
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
        let mean = Vector6::from([x, y, yaw, body.x, body.y, guess.yaw_rate]);
        let deviations = Vector6::from([
            noise.position_m,
            noise.position_m,
            noise.yaw_rad,
            guess.deviations.initial_speed,
            guess.deviations.initial_slip,
            guess.deviations.initial_yaw_rate,
        ]);
        let extents = [bbox.size.length(), bbox.size.width(), bbox.size.height()];
        Ok(Self {
            plane: Plane::new(guess.deviations.model, &mean, &deviations, &guess.deviations)?,
            z: Scalar::new(bbox.center.z(), noise.height_m),
            extents: extents.map(|side| Scalar::new(side, noise.size_m)),
            size: bbox.size,
            direction_vote: 1.0,
            misfits: 0,
        })
    }

    /// Moves the track `seconds` ahead.
    pub(crate) fn predict(&mut self, model: &MotionNoise, seconds: f64) {
        self.plane.predict(model, seconds);
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
        self.plane.tidy();
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
        let measured = Vector3::new(bbox.center.x(), bbox.center.y(), yaw);
        let deviations = Vector3::new(noise.position_m, noise.position_m, noise.yaw_rad);
        let covariance = Matrix3::from_diagonal(&deviations.component_mul(&deviations));
        self.plane.update_pose(&measured, &covariance)
    }

    /// The centre alone: the box lies across the track and may have its sides swapped.
    fn update_place(&mut self, bbox: &Box3<World>, noise: &BoxNoise) -> Result<(), FilterError> {
        let measured = Vector2::new(bbox.center.x(), bbox.center.y());
        self.plane.update_place(&measured, &(Matrix2::identity() * noise.position_m.powi(2)))
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
        self.plane.forget_heading(noise.yaw_rad);
        self.extents.swap(0, 1);
    }

    /// Turns the track round when detections keep pointing backward, unless it moves
    /// forward over ground.
    fn vote(&mut self, backward: bool, over_ground: bool) {
        self.direction_vote = 0.8 * self.direction_vote + if backward { -0.2 } else { 0.2 };
        if self.direction_vote < -0.5 && !(over_ground && self.plane.forward().0 > MOVING) {
            self.turn(PI);
            self.direction_vote = 1.0;
        }
    }

    /// Turns the track round when it surely moves backward.
    fn face_forward(&mut self) {
        let (speed, deviation) = self.plane.forward();
        if speed < -MOVING && -speed > 3.0 * deviation {
            self.turn(PI);
            self.direction_vote = 1.0;
        }
    }

    fn turn(&mut self, angle: f64) {
        self.plane.turn(angle);
    }

    fn yaw(&self) -> f64 {
        self.plane.pose().z
    }

    /// Turn rate, rad/s.
    pub(crate) fn yaw_rate(&self) -> f64 {
        self.plane.rates().1
    }

    /// Velocity in the axes the track lives in, m/s.
    pub(crate) fn velocity(&self) -> Vector2<f64> {
        self.plane.rates().0
    }

    /// Centre `(x, y)`, metres.
    pub(crate) fn place(&self) -> Vector2<f64> {
        self.plane.pose().xy()
    }

    /// Covariance of `(x, y)`, m².
    pub(crate) fn position_covariance(&self) -> Matrix2<f64> {
        self.plane.place_covariance()
    }

    /// Covariance of `(x, y, yaw, vx, vy, yaw rate)` in the axes the track lives in.
    pub(crate) fn covariance(&self) -> Matrix6<f64> {
        self.plane.in_world().covariance
    }

    /// Standard deviations of `(z, length, width, height)`, metres.
    pub(crate) fn deviations(&self) -> [f64; 4] {
        let [length, width, height] = self.extents;
        [self.z, length, width, height].map(|number| number.variance.sqrt())
    }

    /// Whether every number is finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.plane.is_finite()
    }

    /// The box.
    pub(crate) fn bbox(&self) -> Box3<World> {
        let [length, width, height] = self.extents.map(|extent| extent.value);
        let pose = self.plane.pose();
        let (sin, cos) = pose.z.sin_cos();
        Box3::new(
            Position::new(pose.x, pose.y, self.z.value),
            Size::new(length, width, height).unwrap_or(self.size),
            Yaw::new(pose.z).unwrap_or(Yaw::of_vector(cos, sin)),
        )
    }
}

fn rotation(angle: f64) -> Matrix2<f64> {
    let (sin, cos) = angle.sin_cos();
    Matrix2::new(cos, -sin, sin, cos)
}

#[cfg(test)]
mod tests;
