//! LiDAR objects without and with a network: each stage and the whole, on a made-up full turn of
//! about 112,000 points, and on a real scan where `DELOS_DATA` names the data. The network itself
//! runs where there is an ONNX Runtime.

use criterion::{Criterion, criterion_group, criterion_main};
use delos_core::{Detections3d, Ego, LidarPoint, PointCloud};
use delos_detect::lidar::network::{CentreDecoder, LidarNetwork, Raster};
use delos_detect::lidar::{JoinedDetector, LidarConfig, LidarDetector, LidarOutput, Support};
use delos_detect::models::ModelStore;
use delos_infer::{Device, OrtLibrary, SessionOptions};
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

/// Raster, decoding and the points of boxes, without the network between them.
fn around_the_network(criterion: &mut Criterion) {
    let store = ModelStore::default();
    let card = store.card("delos_lidar").expect("a shipped card");
    let cloud = real_scan().unwrap_or_else(street);
    for name in ["front", "turn"] {
        let title = format!("lidar network {name}, {} points", cloud.points().len());
        let mut group = criterion.benchmark_group(title);
        let window = card.window(Some(name)).expect("a window of the card");
        let mut raster = Raster::new(window);
        group.bench_function("raster", |b| {
            b.iter(|| raster.fill(black_box(&cloud), -EGO_HEIGHT_M).len());
        });
        let mut decoder = CentreDecoder::new(card, window, card.thresholds).expect("sound");
        let planes = crowd(decoder.shape());
        let mut found = Detections3d::default();
        group.bench_function("decode", |b| {
            b.iter(|| decoder.decode(black_box(&planes), -EGO_HEIGHT_M, &mut found.0));
        });
        let mut out = LidarOutput::default();
        LidarDetector::new(LidarConfig::default()).detect(&cloud, EGO_HEIGHT_M, &mut out);
        let mut support = Support::default();
        group.bench_function("points of boxes", |b| {
            b.iter(|| support.fill(black_box(&cloud), &out.segments, &mut found));
        });
    }
}

/// An answer `[planes, rows, columns]` with a car in every twelfth row and column.
fn crowd([planes, rows, columns]: [usize; 3]) -> Vec<f32> {
    let area = rows * columns;
    let mut answer = vec![0.0; planes * area];
    for cell in (0..area).filter(|cell| cell / columns % 12 == 6 && cell % columns % 12 == 6) {
        // Heat of cars and quality; length, width, height; heading ahead.
        for (plane, value) in [(0, 0.9), (4, 0.8), (8, 1.4), (9, 0.5), (10, 0.4), (11, 1.0)] {
            answer[plane * area + cell] = value;
        }
    }
    answer
}

/// The network alone and with clusters, on one and on two threads.
fn with_the_network(criterion: &mut Criterion) {
    let Ok(runtime) = OrtLibrary::find(None).and_then(|library| library.load()) else { return };
    let cloud = real_scan().unwrap_or_else(street);
    for (window, threads) in [("front", 1), ("front", 2), ("turn", 1), ("turn", 2)] {
        let model = ModelStore::default().resolve("delos_lidar").expect("part of the program");
        let options = SessionOptions {
            device: Device::Cpu,
            intra_threads: threads,
            ..SessionOptions::default()
        };
        let mut network = LidarNetwork::new(runtime, model, Some(window), None, &options)
            .expect("a network that runs");
        let title = format!("lidar {window} {threads} threads, {} points", cloud.points().len());
        let mut group = criterion.benchmark_group(title);
        group.sample_size(30);
        let (height, mut found) = (Some(EGO_HEIGHT_M), Detections3d::default());
        group.bench_function("network", |b| {
            b.iter(|| network.detect(black_box(&cloud), height, &mut found).expect("runs"));
        });
        let clusters = LidarDetector::new(LidarConfig::default());
        let mut joined = JoinedDetector::new(network, clusters, true);
        let mut out = LidarOutput::default();
        group.bench_function("network and clusters", |b| {
            b.iter(|| joined.detect(black_box(&cloud), height, &mut out, None).expect("runs"));
        });
    }
}

criterion_group!(benches, stages, around_the_network, with_the_network);
criterion_main!(benches);
