//! LiDAR odometry: one scan against the map of those before it, on a simulated drive, and on a real
//! one where `DELOS_DATA` names the data.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use delos_core::{Ego, PointCloud, Span, Stamp};
use delos_odometry::{Odometry, OdometryConfig};
use delos_sim::drive::DriveConfig;
use delos_sim::simulation::{Simulation, SimulationConfig};
use std::path::PathBuf;

/// Scans that the map is made of; the next one is measured.
const BEFORE: usize = 20;
const DRIVE: &str = "kitti_raw/2011_09_26/2011_09_26_drive_0052_sync/velodyne_points/data";

fn simulated_scans() -> Vec<PointCloud<Ego>> {
    let drive = DriveConfig { frames: BEFORE + 1, ..DriveConfig::default() };
    let config = SimulationConfig { drive, ..SimulationConfig::default() };
    let simulation = Simulation::new(&config).expect("valid defaults");
    (0..=BEFORE).map(|frame| simulation.frame(frame).expect("a frame of the drive").cloud).collect()
}

fn real_scans() -> Option<Vec<PointCloud<Ego>>> {
    let folder = PathBuf::from(std::env::var_os("DELOS_DATA")?).join(DRIVE);
    let scan = |frame| {
        let bytes = std::fs::read(folder.join(format!("{frame:010}.bin"))).ok()?;
        delos_ingest::kitti::velodyne::parse_bin(&bytes).ok()
    };
    (0..=BEFORE).map(scan).collect()
}

fn stamp(scan: usize) -> Stamp {
    Stamp::from_nanos(0) + Span::from_secs_f64(0.1 * scan as f64)
}

fn step(criterion: &mut Criterion, name: &str, scans: &[PointCloud<Ego>]) {
    let mut odometry = Odometry::new(OdometryConfig::default()).expect("valid defaults");
    for (number, scan) in scans[..BEFORE].iter().enumerate() {
        odometry.step(stamp(number), scan).expect("stamps ascend");
    }
    let scan = &scans[BEFORE];
    let name = format!("odometry {name}, {} points", scan.points().len());
    criterion.bench_function(&name, |b| {
        b.iter_batched_ref(
            || odometry.clone(),
            |odometry| odometry.step(stamp(BEFORE), scan),
            BatchSize::LargeInput,
        );
    });
}

fn drives(criterion: &mut Criterion) {
    step(criterion, "simulated", &simulated_scans());
    if let Some(scans) = real_scans() {
        step(criterion, "drive 0052", &scans);
    }
}

criterion_group!(benches, drives);
criterion_main!(benches);
