//! Scans of plain blocks of a car's size on bare ground.
//!
//! The simulator's cars have bonnets, wheels and windows. What has none of them and still
//! stands like a car should be found too: a car under a cover, a sparse scan, a drawing.

use crate::random::Random;
use delos_core::{Box3, Ego, LidarPoint, ObjectClass, PointCloud, Position, Size, Yaw};
use delos_sim::scenes::LabelledBox;
use std::f64::consts::TAU;

const EGO_HEIGHT_M: f64 = 1.73;
const BEAMS: u32 = 64;
const COLUMNS: u32 = 2083;
const FARTHEST_M: f64 = 90.0;
/// Sectors of a scan, each with a block, half of them with a second one that it may hide in part.
const SECTORS: u32 = 9;

/// The scan of a seed and its blocks.
pub(super) fn scan(seed: u64) -> (PointCloud<Ego>, Vec<LabelledBox>) {
    let mut random = Random::new(seed);
    let blocks: Vec<Box3<Ego>> = (0..SECTORS).flat_map(|k| sector(k, &mut random)).collect();
    let turn = random.between(0.0, TAU);
    let mut points = Vec::new();
    for beam in 0..BEAMS {
        let pitch = (2.0 - 26.8 * f64::from(beam) / f64::from(BEAMS - 1)).to_radians();
        for column in 0..COLUMNS {
            let azimuth = f64::from(column) * TAU / f64::from(COLUMNS) + turn;
            let ray = [pitch.cos() * azimuth.cos(), pitch.cos() * azimuth.sin(), pitch.sin()];
            let ground = if ray[2] < 0.0 { -EGO_HEIGHT_M / ray[2] } else { f64::INFINITY };
            let hit = blocks.iter().filter_map(|b| entry(b, ray)).fold(ground, f64::min);
            if hit < FARTHEST_M {
                let [x, y, z] = ray.map(|r| (r * hit) as f32);
                points.push(LidarPoint { x, y, z, intensity: 0.3 });
            }
        }
    }
    let label = |bbox| LabelledBox { class: ObjectClass::Car, bbox, points: 0 };
    (PointCloud::new(points), blocks.into_iter().map(label).collect())
}

/// The blocks of the `k`th sector: the nearer one with any heading, the other one beside or
/// behind it with the same.
fn sector(k: u32, random: &mut Random) -> Vec<Box3<Ego>> {
    let range = random.between(6.0, 25.0);
    let azimuth = (f64::from(k) + random.between(0.3, 0.7)) * TAU / f64::from(SECTORS);
    let yaw = random.between(0.0, TAU);
    let mut blocks = vec![block(range, azimuth, yaw, random)];
    if random.between(0.0, 1.0) < 0.5 {
        let (range, aside) = (range + random.between(5.0, 9.0), random.between(-0.15, 0.15));
        blocks.push(block(range, azimuth + aside, yaw, random));
    }
    blocks.into_iter().flatten().collect()
}

fn block(range: f64, azimuth: f64, yaw: f64, random: &mut Random) -> Option<Box3<Ego>> {
    let height = random.between(1.4, 1.6);
    let size = Size::new(random.between(3.6, 4.6), random.between(1.55, 1.8), height).ok()?;
    let (sin, cos) = azimuth.sin_cos();
    let center = Position::new(range * cos, range * sin, height / 2.0 - EGO_HEIGHT_M);
    Some(Box3::new(center, size, Yaw::new(yaw).ok()?))
}

/// Where a ray from the origin enters the block, as a share of the ray.
fn entry(block: &Box3<Ego>, ray: [f64; 3]) -> Option<f64> {
    let (sin, cos) = block.yaw.radians().sin_cos();
    let turned = |x: f64, y: f64| [x * cos + y * sin, y * cos - x * sin];
    let [x, y] = turned(-block.center.x(), -block.center.y());
    let [dx, dy] = turned(ray[0], ray[1]);
    let sides = [block.size.length(), block.size.width(), block.size.height()];
    let (mut enter, mut leave) = (0.0_f64, f64::INFINITY);
    for ((at, step), side) in [x, y, -block.center.z()].into_iter().zip([dx, dy, ray[2]]).zip(sides)
    {
        let step = if step.abs() < 1e-12 { 1e-12 } else { step };
        let (a, b) = ((-side / 2.0 - at) / step, (side / 2.0 - at) / step);
        (enter, leave) = (enter.max(a.min(b)), leave.min(a.max(b)));
    }
    (enter < leave && enter > 0.0).then_some(enter)
}
