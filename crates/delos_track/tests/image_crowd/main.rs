//! The tracker in the image on a synthetic crowd: it keeps identities, and needs no new memory.

mod crowd;

use crowd::{crowd, stamp};
use delos_core::Detections2d;
use delos_track::{ImageTracker, ImageTrackerConfig};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeSet;

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

fn tracker() -> ImageTracker {
    ImageTracker::new(ImageTrackerConfig::default()).expect("valid defaults")
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.get();
    let one = std::hint::black_box(Box::new(7u64));
    assert_eq!(ALLOCATIONS.get(), before + 1);
    drop(one);
}

/// Tracks in all frames.
fn walk(tracker: &mut ImageTracker, frames: &[Detections2d]) -> usize {
    let step = |(frame, found)| {
        let tracks = tracker.step(stamp(frame), None, found).expect("a later frame");
        tracks.tracks.len()
    };
    frames.iter().enumerate().map(step).sum()
}

#[test]
fn a_step_needs_no_new_memory() {
    for objects in [100, 500] {
        let frames = crowd(objects, 120, 7);
        let mut tracker = tracker();
        let first = walk(&mut tracker, &frames);
        assert!(first > frames.len() * objects * 95 / 100);
        tracker.reset();
        let before = ALLOCATIONS.get();
        assert_eq!(walk(&mut tracker, &frames), first);
        assert_eq!(ALLOCATIONS.get(), before, "{objects} objects");
    }
}

#[test]
fn identities_are_kept() {
    for (objects, frames, most) in [(100, 310, 104), (500, 70, 510)] {
        for seed in [7, 8, 9] {
            let mut tracker = tracker();
            let mut identities = BTreeSet::new();
            let mut published = 0;
            for (frame, found) in crowd(objects, frames, seed).iter().enumerate() {
                let tracks = tracker.step(stamp(frame), None, found).unwrap();
                let believed = tracks.tracks.iter().filter(|track| track.state.is_confirmed());
                identities.extend(believed.clone().map(|track| track.id));
                published += believed.count();
            }
            assert!((objects..=most).contains(&identities.len()), "{}", identities.len());
            assert!(published > objects * (frames - 2) * 99 / 100, "{published}");
        }
    }
}
