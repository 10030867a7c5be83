//! Echoes of a radar.

use crate::{Body, DigestHasher, Frame};
use std::marker::PhantomData;

/// One echo.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RadarEcho {
    /// Metres.
    pub x: f32,
    /// Metres.
    pub y: f32,
    /// Metres; 0 for a radar that does not measure elevation.
    pub z: f32,
    /// Radar cross-section, dB square metres.
    pub rcs: f32,
    /// Measured velocity away from the radar, metres per second.
    pub radial_velocity: f32,
    /// The same less the vehicle's own motion: the echo's speed over ground along the ray.
    pub compensated_velocity: f32,
}

impl RadarEcho {
    /// Whether all six numbers are finite.
    pub fn is_finite(&self) -> bool {
        [self.x, self.y, self.z, self.rcs, self.radial_velocity, self.compensated_velocity]
            .iter()
            .all(|value| value.is_finite())
    }

    /// Distance in the horizontal plane, metres.
    pub fn range(&self) -> f32 {
        self.x.hypot(self.y)
    }

    /// Direction in the horizontal plane, radians from x towards y.
    pub fn bearing(&self) -> f32 {
        self.y.atan2(self.x)
    }
}

/// One measurement of a radar in frame `F`; echoes in the order of the sensor, all finite.
#[derive(Clone, Debug, PartialEq)]
pub struct RadarScan<F: Frame> {
    echoes: Vec<RadarEcho>,
    dropped: u32,
    frame: PhantomData<fn() -> F>,
}

impl<F: Frame> RadarScan<F> {
    /// Takes the finite echoes in their order and counts the rest.
    pub fn new(mut echoes: Vec<RadarEcho>) -> Self {
        let all = echoes.len();
        echoes.retain(RadarEcho::is_finite);
        let dropped = u32::try_from(all - echoes.len()).unwrap_or(u32::MAX);
        Self { echoes, dropped, frame: PhantomData }
    }

    /// The echoes.
    pub fn echoes(&self) -> &[RadarEcho] {
        &self.echoes
    }

    /// How many echoes were not finite and have been left out.
    pub const fn dropped(&self) -> u32 {
        self.dropped
    }
}

impl<F: Frame> Body for RadarScan<F> {
    const NAME: &'static str = "radar scan";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.echoes.len() as u64);
        for e in &self.echoes {
            hasher.f32(e.x).f32(e.y).f32(e.z).f32(e.rcs);
            hasher.f32(e.radial_velocity).f32(e.compensated_velocity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ego;

    #[test]
    fn echoes_that_are_not_finite_are_dropped_and_counted() {
        let good = RadarEcho { x: 3.0, y: 4.0, ..RadarEcho::default() };
        let bad = RadarEcho { rcs: f32::NAN, ..good };
        let scan = RadarScan::<Ego>::new(vec![bad, good]);
        assert_eq!((scan.echoes().len(), scan.dropped()), (1, 1));
        assert!((scan.echoes()[0].range() - 5.0).abs() < 1e-6);
        assert!((scan.echoes()[0].bearing() - 0.927_295).abs() < 1e-5);
    }
}
