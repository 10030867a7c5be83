//! What the sensor makes of the surfaces that its rays met.

use super::LidarScan;
use super::beams::Beam;
use super::columns::Columns;
use super::material::{self, Answer};
use super::rays::{Hit, Layer, Rays, Row};
use crate::math::Vec3;
use crate::random::{hash, mix, quick_normal, unit};
use crate::shape::Material;
use delos_core::{LidarPoint, PointCloud};

/// Standard deviation of a range, metres. With the errors of the lasers it makes up the
/// "less than 2 cm" of the manual of the HDL-64E.
const RANGE_NOISE_M: f32 = 0.015;
/// The errors of the lasers grow towards the sensor, twice as large at the root of this,
/// square metres: on KITTI's roads rings agree less well within 8 m than beyond.
const NEAR_M2: f32 = 36.0;
/// Nothing nearer is reported, metres (user's manual: 0.9 m).
const LEAST_RANGE_M: f32 = 0.9;
/// Reflectance times root of the cosine of incidence over squared range in metres at
/// which half of the pulses are lost. With it asphalt is seen to about 60 m from a
/// sensor 1.73 m above it, as in KITTI's scans, and walls to the end.
const HALF_LOST: f32 = 1.1e-5;
/// Lower reflectances, in hundredths, are reported as 0: in KITTI's scans one return in
/// eight is 0 and few lie just above.
const LEAST_STEPS: f32 = 6.0;
/// Of the rays on a pane: the share that its surface sends back, and the share that goes
/// through. The others are mirrored away.
const PANE_RETURNS: f32 = 0.08;
const PANE_PASSES: f32 = 0.42;

/// The returns of all rays in the order of a file.
pub(super) fn returns(beams: &[Beam], columns: &Columns, rays: &Rays, seed: u64) -> LidarScan {
    let most = beams.len() * columns.len();
    let (mut points, mut hits) = (Vec::with_capacity(most), Vec::with_capacity(most));
    for (laser, beam) in beams.iter().enumerate() {
        let (turn, row) = (columns.aside(beam.shift), rays.row(laser));
        for (place, number) in columns.in_file_order() {
            let dice = Dice::new(seed, laser, number);
            let way = beam.direction(columns.directions()[place], turn);
            let Some((hit, passed)) = met(&row, place, &dice) else { continue };
            if on_own_roof(&way) {
                continue;
            }
            let Some((range_m, reflectance)) = answer(&hit, passed, &dice) else { continue };
            let gain = if dice.unit(5) < beam.mute { 0.0 } else { beam.gain };
            let range_m = range_m + beam.bias_m * (1.0 + NEAR_M2 / (range_m * range_m));
            points.push(point(&(way * range_m), reflectance * gain));
            hits.push(hit.object);
        }
    }
    LidarScan { cloud: PointCloud::new(points), hits }
}

/// Whether the vehicle's own roof is in the way. Its size is read from the gaps in the
/// lowest rings of KITTI's scans: 1.4 m forward, 1.72 m back, 0.75 m to either side, 0.55 m
/// below the sensor.
fn on_own_roof(way: &Vec3) -> bool {
    let reach = -0.55 / way.z.min(-1e-6);
    let (x, y) = (way.x * reach, way.y * reach);
    -way.z > 0.2 && (-1.72..1.4).contains(&x) && y.abs() < 0.75
}

/// On the grid of KITTI's files: a millimetre and 0.01.
fn point(at: &Vec3, intensity: f32) -> LidarPoint {
    let [x, y, z] = [at.x, at.y, at.z].map(|v| nearest(v * 1000.0) / 1000.0);
    let steps = nearest(intensity * 100.0).min(99.0);
    let intensity = if steps < LEAST_STEPS { 0.0 } else { steps / 100.0 };
    LidarPoint { x, y, z, intensity }
}

/// The nearest whole number of a small one; a cast is far faster than `round` where that is
/// a call of a function.
fn nearest(value: f32) -> f32 {
    (value + 0.5_f32.copysign(value)) as i32 as f32
}

/// The random numbers of a ray.
struct Dice(u64);

impl Dice {
    const fn new(seed: u64, laser: usize, number: u64) -> Self {
        Self(hash(seed, laser as u64, number))
    }

    const fn bits(&self, what: u64) -> u64 {
        mix(self.0.wrapping_add(what.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    fn unit(&self, what: u64) -> f32 {
        unit(self.bits(what))
    }
}

/// What a ray ended at, and whether it passed a pane before.
fn met(row: &Row, place: usize, dice: &Dice) -> Option<(Hit, bool)> {
    let opaque = row.get(Layer::Opaque, place);
    let Some(pane) = row.get(Layer::Glass, place) else {
        return opaque.map(|hit| (*hit, false));
    };
    if let Some(hit) = opaque.filter(|hit| hit.range_m <= pane.range_m) {
        return Some((*hit, false));
    }
    let fate = dice.unit(1);
    if fate < PANE_RETURNS {
        return Some((*pane, false));
    }
    if fate > PANE_RETURNS + PANE_PASSES {
        return None;
    }
    let inside = row.get(Layer::Inside, place).filter(|hit| hit.range_m > pane.range_m);
    let behind = [opaque, inside].into_iter().flatten();
    behind.min_by(|a, b| a.range_m.total_cmp(&b.range_m)).map(|hit| (*hit, true))
}

/// Range and intensity of a return; `None`: the pulse is lost.
fn answer(hit: &Hit, passed: bool, dice: &Dice) -> Option<(f32, f32)> {
    let answer = material::of(hit.material);
    let chance = dice.bits(2);
    if hit.range_m < LEAST_RANGE_M
        || unit(chance) >= answer.returns * detected(hit, &answer, passed)
    {
        return None;
    }
    let range = hit.range_m + RANGE_NOISE_M * quick_normal(dice.bits(3));
    Some((range, reflectance(hit, &answer, passed, quick_normal(dice.bits(4)))))
}

/// Probability that the receiver hears the echo, from its power by the LiDAR equation.
/// Rough surfaces send more back at grazing angles than the cosine says: its root.
fn detected(hit: &Hit, answer: &Answer, passed: bool) -> f32 {
    let through = if passed { 0.5 } else { 1.0 };
    let power = through * answer.reflectance * hit.cos.sqrt() / (hit.range_m * hit.range_m);
    let square = power * power;
    square / (square + HALF_LOST * HALF_LOST)
}

/// The reflectance that a laser of gain 1 reports: the sensor corrects for range but not for the angle.
fn reflectance(hit: &Hit, answer: &Answer, passed: bool, noise: f32) -> f32 {
    let angle = match hit.material {
        Material::Reflector | Material::Sign => 1.0,
        _ => 0.85 + 0.15 * hit.cos,
    };
    let through = if passed { 0.5 } else { 1.0 };
    (through * angle * answer.reflectance + answer.spread * noise).max(0.0)
}
