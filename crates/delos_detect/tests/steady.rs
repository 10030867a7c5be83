//! The path without a network needs no new memory once it has seen a scan.

use delos_core::{LidarPoint, PointCloud};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::f64::consts::TAU;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator; counts what each thread asks of it.
struct Counting;

#[expect(unsafe_code, reason = "an allocator that counts cannot be written without")]
// SAFETY: every call goes to the system's allocator unchanged, which keeps the contract. The
// counter has a constant start and no destructor, so that using it asks for no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const EGO_HEIGHT_M: f64 = 1.73;

/// A street between rough walls, with a car every eight metres on either side, from 64 beams.
fn street() -> PointCloud<delos_core::Ego> {
    let mut points = Vec::new();
    for (beam, column) in (0..64).flat_map(|beam| (0..1200).map(move |column| (beam, column))) {
        let pitch = (2.0 - 26.8 * f64::from(beam) / 63.0).to_radians();
        let azimuth = f64::from(column) * TAU / 1200.0;
        let ray = [pitch.cos() * azimuth.cos(), pitch.cos() * azimuth.sin(), pitch.sin()];
        let rough = f64::from((beam * 7919 + column * 104_729) % 1000) * 0.0005;
        let ground = if ray[2] < 0.0 { -EGO_HEIGHT_M / ray[2] } else { f64::INFINITY };
        let wall = (9.0 + rough) / ray[1].abs().max(1e-9);
        let flank = 3.0 / ray[1].abs().max(1e-9);
        let (along, up) = (ray[0] * flank, ray[2] * flank + EGO_HEIGHT_M);
        let on_car = along.rem_euclid(8.0) < 4.2 && up > 0.2 && up < 1.5;
        let hit = ground.min(wall).min(if on_car { flank } else { f64::INFINITY });
        if hit < 80.0 {
            let [x, y, z] = ray.map(|r| (r * hit) as f32);
            points.push(LidarPoint { x, y, z, intensity: 0.3 });
        }
    }
    PointCloud::new(points)
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.get();
    let one = std::hint::black_box(Box::new(7u64));
    assert_eq!(ALLOCATIONS.get(), before + 1);
    drop(one);
}

#[test]
fn a_scan_needs_no_new_memory() {
    let cloud = street();
    let mut detector = LidarDetector::new(LidarConfig { min_score: 0.0, ..LidarConfig::default() });
    let mut out = LidarOutput::default();
    detector.detect(&cloud, EGO_HEIGHT_M, &mut out);
    let first = out.clone();
    assert!(first.segments.clusters > 20 && first.detections.0.len() > 10, "enough to do");
    for stage in ["ground", "clusters", "boxes"] {
        let before = ALLOCATIONS.get();
        match stage {
            "ground" => detector.split_ground(&cloud, EGO_HEIGHT_M, &mut out.segments),
            "clusters" => detector.cluster(),
            _ => detector.describe(&mut out),
        }
        assert_eq!(ALLOCATIONS.get(), before, "{stage}");
    }
    assert_eq!(out, first);
}
