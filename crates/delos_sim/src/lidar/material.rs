//! How surfaces look to a LiDAR in the near infrared (905 nm).

use crate::shape::{MATERIALS, Material};

/// How a material answers a pulse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Answer {
    /// Reflectance as the sensor reports it (corrected for range): its mean ...
    pub(super) reflectance: f32,
    /// ... and how much it differs from place to place.
    pub(super) spread: f32,
    /// Share of rays that come back whatever the angle and range: rough surfaces and
    /// leaves swallow some.
    pub(super) returns: f32,
}

const fn answer(reflectance: f32, spread: f32, returns: f32) -> Answer {
    Answer { reflectance, spread, returns }
}

/// The answer of a material. Reflectances are near the medians over such surfaces in
/// scans of KITTI; retro-reflectors drive the receiver to its end.
pub(super) const fn of(material: Material) -> Answer {
    TABLE[material as usize]
}

const TABLE: [Answer; MATERIALS] = {
    let mut table = [answer(0.25, 0.06, 0.99); MATERIALS];
    table[Material::Asphalt as usize] = answer(0.29, 0.05, 0.995);
    table[Material::RoadPaint as usize] = answer(0.48, 0.08, 0.995);
    table[Material::Kerb as usize] = answer(0.33, 0.05, 0.99);
    table[Material::Concrete as usize] = answer(0.33, 0.05, 0.99);
    table[Material::Grass as usize] = answer(0.33, 0.09, 0.98);
    table[Material::Soil as usize] = answer(0.30, 0.06, 0.99);
    table[Material::Facade as usize] = answer(0.34, 0.09, 0.98);
    table[Material::Brick as usize] = answer(0.30, 0.07, 0.98);
    table[Material::Glass as usize] = answer(0.10, 0.08, 1.0);
    table[Material::Paint as usize] = answer(0.33, 0.12, 0.97);
    table[Material::DarkPaint as usize] = answer(0.06, 0.05, 0.93);
    table[Material::Rubber as usize] = answer(0.10, 0.06, 0.93);
    table[Material::Metal as usize] = answer(0.38, 0.14, 0.95);
    table[Material::Reflector as usize] = answer(0.95, 0.05, 1.0);
    table[Material::Sign as usize] = answer(0.93, 0.06, 1.0);
    table[Material::Wood as usize] = answer(0.30, 0.07, 0.97);
    table[Material::Leaves as usize] = answer(0.30, 0.12, 0.97);
    table[Material::Cloth as usize] = answer(0.34, 0.15, 0.96);
    table[Material::Skin as usize] = answer(0.40, 0.05, 0.97);
    table
};
