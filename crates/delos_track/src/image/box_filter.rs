//! Where a rectangle is and how it moves.

use super::axis::Axis;
use super::camera::CameraMotion;
use super::config::{ImageMotion, ImageNoise};
use super::rectangle::Rect;

/// Smallest width and height, pixels.
const SMALLEST: f64 = 1.0;

/// Kalman filter of centre, width and height with their rates, all constant up to noise that
/// grows with the rectangle (BoT-SORT: Aharon et al. 2022, eq. 1-4; SORT, Bewley et al. 2016,
/// takes area and aspect in place of width and height, and `ByteTrack` the aspect in place of
/// the width).
///
/// All noises are independent, and so the filter of eight numbers falls apart into four of
/// two, exactly. Time is in seconds and not in frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BoxFilter {
    x: Axis,
    y: Axis,
    width: Axis,
    height: Axis,
}

impl BoxFilter {
    /// Where it is first seen, with the rates of centre x, centre y, width and height that are
    /// most probable.
    pub(crate) fn new(
        seen: &Rect,
        rates: [f64; 4],
        noise: &ImageNoise,
        motion: &ImageMotion,
    ) -> Self {
        let ([x, y], scale) = (seen.centre(), scale(seen));
        let (place, extent) = deviations(scale, noise);
        let (speed, growth) = (motion.initial_speed * scale, motion.initial_growth * scale);
        Self {
            x: Axis::new(x, place, rates[0], speed),
            y: Axis::new(y, place, rates[1], speed),
            width: Axis::new(seen.width(), extent, rates[2], growth),
            height: Axis::new(seen.height(), extent, rates[3], growth),
        }
    }

    /// Moves `seconds` ahead; the camera's own motion is known and taken out, or not.
    pub(crate) fn predict(&mut self, seconds: f64, knows_camera: bool, motion: &ImageMotion) {
        let area = self.width.value * self.height.value;
        let camera = if knows_camera { 0.0 } else { motion.unknown_camera };
        let place = motion.acceleration * motion.acceleration * area + camera * camera;
        let extent = motion.growth_acceleration * motion.growth_acceleration * area;
        self.x.predict(seconds, place);
        self.y.predict(seconds, place);
        self.width.predict(seconds, extent);
        self.height.predict(seconds, extent);
        self.width.value = self.width.value.max(SMALLEST);
        self.height.value = self.height.value.max(SMALLEST);
    }

    /// Takes a detection in.
    pub(crate) fn correct(&mut self, seen: &Rect, noise: &ImageNoise) {
        let [x, y] = seen.centre();
        let (place, extent) = deviations(scale(seen), noise);
        self.x.correct(x, place * place);
        self.y.correct(y, place * place);
        self.width.correct(seen.width(), extent * extent);
        self.height.correct(seen.height(), extent * extent);
        self.width.value = self.width.value.max(SMALLEST);
        self.height.value = self.height.value.max(SMALLEST);
    }

    /// Goes with the motion of the camera. Turning about the line of sight mixes x and y;
    /// that part of the uncertainty is left out. `false` where the camera no longer sees it.
    pub(crate) fn warp(&mut self, motion: &CameraMotion, height_m: Option<f64>) -> bool {
        let Some(warped) = motion.warp(&self.rect(), height_m) else { return false };
        let j = &warped.jacobian;
        let [across, down] = warped.stretch();
        let mixed = [j[(0, 1)] * self.y.rate, j[(1, 0)] * self.x.rate];
        for (axis, factor) in [
            (&mut self.x, across),
            (&mut self.y, down),
            (&mut self.width, across),
            (&mut self.height, down),
        ] {
            axis.stretch(factor);
        }
        [self.x.value, self.y.value] = warped.centre;
        self.x.rate += mixed[0];
        self.y.rate += mixed[1];
        self.width.value *= across;
        self.height.value *= down;
        true
    }

    pub(crate) fn rect(&self) -> Rect {
        Rect::around(self.x.value, self.y.value, self.width.value, self.height.value)
    }

    /// Of centre x, centre y, width and height, pixels.
    pub(crate) fn deviations(&self) -> [f64; 4] {
        [self.x, self.y, self.width, self.height].map(|axis| axis.variance.sqrt())
    }

    /// How fast the inverse height shrinks, per second and pixel.
    pub(crate) fn approach(&self) -> f64 {
        self.height.rate / (self.height.value * self.height.value)
    }

    /// Of the centre, pixels per second.
    pub(crate) fn velocity(&self) -> [f64; 2] {
        [self.x.rate, self.y.rate]
    }
}

/// The root of the area.
fn scale(rect: &Rect) -> f64 {
    (rect.width() * rect.height()).sqrt()
}

/// Of a detected centre, and of its size.
fn deviations(scale: f64, noise: &ImageNoise) -> (f64, f64) {
    (noise.centre * scale + noise.pixels, noise.size * scale + noise.pixels)
}
