//! The tracker in the image on a synthetic crowd: what a frame costs.

#[path = "../../crates/delos_track/tests/crowd/crowd.rs"]
mod crowd;

use criterion::{Criterion, criterion_group, criterion_main};
use crowd::{crowd, stamp};
use delos_track::{ImageTracker, ImageTrackerConfig};
use std::hint::black_box;

/// One frame of a crowd, the births of the first one included.
fn step(c: &mut Criterion) {
    for (objects, count) in [(10, 600), (100, 300), (500, 60), (1000, 60)] {
        let frames = crowd(objects, count, 7);
        let config = ImageTrackerConfig { max_tracks: 4096, ..Default::default() };
        let mut tracker = ImageTracker::new(config).expect("valid settings");
        let mut next = 0;
        c.bench_function(&format!("track_image/step with {objects} objects"), |b| {
            b.iter(|| {
                if next == frames.len() {
                    tracker.reset();
                    next = 0;
                }
                let frame = next;
                next += 1;
                let found = black_box(&frames[frame]);
                tracker.step(stamp(frame), None, found).expect("a later frame").tracks.len()
            });
        });
    }
}

criterion_group!(benches, step);
criterion_main!(benches);
