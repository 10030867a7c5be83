//! The simulator: a random scene, its scan, and the frames of a drive.

use criterion::{Criterion, criterion_group, criterion_main};
use delos_sim::camera::{self, CameraRig, Light};
use delos_sim::drive::{Drive, DriveConfig};
use delos_sim::lidar::{Lidar, Sector};
use delos_sim::scenes::SceneMaker;
use std::hint::black_box;

const FRONT: Sector = Sector::Front { half_angle_rad: std::f32::consts::FRAC_PI_4 };

/// Scenes, scans and both together, each time of another seed of twenty.
fn scenes(criterion: &mut Criterion) {
    let (maker, lidar) = (SceneMaker::new(1), Lidar::named("hdl64").expect("known"));
    let scenes: Vec<_> = (0..20).map(|seed| maker.scene(seed)).collect();
    let mut group = criterion.benchmark_group("sim scenes");
    let mut seeds = (0..20_u64).cycle();
    let mut next = || seeds.next().unwrap_or_default();
    group.bench_function("shapes", |b| b.iter(|| SceneMaker::new(black_box(1))));
    group.bench_function("scene", |b| b.iter(|| maker.scene(next())));
    for (name, sector) in [("scan full", Sector::Full), ("scan front", FRONT)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let seed = next();
                lidar.scan(&scenes[seed as usize], sector, seed)
            });
        });
    }
    group.bench_function("scene and scan full", |b| {
        b.iter(|| maker.labelled_scan(next(), &lidar, Sector::Full));
    });
    group.finish();
}

/// What the sensors make of frames of a drive.
fn drive(criterion: &mut Criterion) {
    let config = DriveConfig { seed: 7, frames: 40, rate_hz: 10.0, actors: None };
    let drive = Drive::new(&config).expect("a drive");
    let scenes: Vec<_> = (0..40).step_by(4).filter_map(|frame| drive.scene(frame).ok()).collect();
    let (lidar, rig) = (Lidar::named("hdl64").expect("known"), CameraRig::default());
    let light = Light::of_seed(config.seed);
    let mut group = criterion.benchmark_group("sim drive 7");
    group.sample_size(20);
    let mut turn = scenes.iter().cycle();
    group.bench_function("world and traffic", |b| b.iter(|| Drive::new(black_box(&config))));
    group.bench_function("camera frame", |b| {
        b.iter(|| turn.next().map(|scene| camera::render(scene, &rig, &light, 1)));
    });
    group.bench_function("scan full", |b| {
        b.iter(|| turn.next().map(|scene| lidar.scan(scene, Sector::Full, 1)));
    });
    group.finish();
}

criterion_group!(benches, scenes, drive);
criterion_main!(benches);
