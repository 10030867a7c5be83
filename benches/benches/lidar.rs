//! LiDAR objects without a network: each stage and the whole, on a made-up full turn of
//! about 112,000 points, and on a real scan where `DELOS_DATA` names the data.

use criterion::{Criterion, criterion_group, criterion_main};
use delos_core::{Ego, LidarPoint, PointCloud};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use std::hint::black_box;
use std::path::PathBuf;

const EGO_HEIGHT_M: f64 = 1.73;
const BEAMS: u32 = 64;
const COLUMNS: u32 = 1900;
const SCAN: &str =
    "kitti_raw/2011_09_26/2011_09_26_drive_0052_sync/velodyne_points/data/0000000007.bin";

/// A street between two rough walls, with a car every eight metres on either side.
fn street() -> PointCloud<Ego> {
    let mut points = Vec::new();
    for beam in 0..BEAMS {
        let pitch = (2.0 - 26.8 * f64::from(beam) / f64::from(BEAMS - 1)).to_radians();
        for column in 0..COLUMNS {
            let azimuth = f64::from(column) * std::f64::consts::TAU / f64::from(COLUMNS);
            let ray = [pitch.cos() * azimuth.cos(), pitch.cos() * azimuth.sin(), pitch.sin()];
            let hit = reach(ray, beam * 7919 + column * 104_729);
            if hit < 80.0 {
                let [x, y, z] = ray.map(|r| (r * hit) as f32);
                points.push(LidarPoint { x, y, z, intensity: 0.3 });
            }
        }
    }
    PointCloud::new(points)
}

/// How far a ray goes: to the ground, a wall, or the flank of a car.
fn reach(ray: [f64; 3], seed: u32) -> f64 {
    let rough = f64::from(seed % 1000) * 0.0005;
    let ground = if ray[2] < 0.0 { -EGO_HEIGHT_M / ray[2] } else { f64::INFINITY };
    let wall = (9.0 + rough) / ray[1].abs().max(1e-9);
    let flank = 3.0 / ray[1].abs().max(1e-9);
    let (along, up) = (ray[0] * flank, ray[2] * flank + EGO_HEIGHT_M);
    let on_car = along.rem_euclid(8.0) < 4.2 && up > 0.2 && up < 1.5;
    ground.min(wall).min(if on_car { flank } else { f64::INFINITY })
}

fn real_scan() -> Option<PointCloud<Ego>> {
    let path = PathBuf::from(std::env::var_os("DELOS_DATA")?).join(SCAN);
    let bytes = std::fs::read(path).ok()?;
    delos_ingest::kitti::velodyne::parse_bin(&bytes).ok()
}

fn stages(criterion: &mut Criterion) {
    let cloud = street();
    let mut detector = LidarDetector::new(LidarConfig::default());
    let mut out = LidarOutput::default();
    let mut group = criterion.benchmark_group(format!("lidar street {}", cloud.points().len()));
    group.bench_function("ground", |b| {
        b.iter(|| detector.split_ground(black_box(&cloud), EGO_HEIGHT_M, &mut out.segments));
    });
    group.bench_function("clusters", |b| b.iter(|| detector.cluster()));
    group.bench_function("boxes", |b| b.iter(|| detector.describe(&mut out)));
    group.bench_function("all", |b| {
        b.iter(|| detector.detect(black_box(&cloud), EGO_HEIGHT_M, &mut out));
    });
    group.finish();
    if let Some(cloud) = real_scan() {
        let name = format!("lidar drive 0052, {} points", cloud.points().len());
        criterion.bench_function(&name, |b| {
            b.iter(|| detector.detect(black_box(&cloud), EGO_HEIGHT_M, &mut out));
        });
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
