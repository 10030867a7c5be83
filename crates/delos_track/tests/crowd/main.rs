//! The trackers on synthetic crowds: they keep identities, and need no new memory.

mod crowd;
mod street;

use crowd::{crowd, stamp};
use delos_core::{Detections2d, Detections3d, Transform};
use delos_track::{ImageTracker, ImageTrackerConfig, MotionKind, Tracker, TrackerConfig};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeSet;
use street::street;

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

/// Tracks in space in all frames, with and without a pose.
fn drive(tracker: &mut Tracker, frames: &[Detections3d], has_pose: bool) -> usize {
    let pose = has_pose.then(Transform::identity);
    let step = |(frame, found)| {
        let tracks = tracker.step(stamp(frame), pose, found).expect("a later frame");
        tracks.tracks.len()
    };
    frames.iter().enumerate().map(step).sum()
}

#[test]
fn a_step_in_space_needs_no_new_memory() {
    let frames = street(100, 60);
    for model in [MotionKind::SlipCtrv, MotionKind::Ctra, MotionKind::ConstantAcceleration] {
        let mut config = TrackerConfig::default();
        config.vehicle.motion.model = model;
        for has_pose in [true, false] {
            let mut tracker = Tracker::new(config.clone()).expect("valid");
            let first = drive(&mut tracker, &frames, has_pose);
            assert!((frames.len() * 99..=frames.len() * 101).contains(&first), "{first}");
            tracker.reset();
            let before = ALLOCATIONS.get();
            assert_eq!(drive(&mut tracker, &frames, has_pose), first);
            assert_eq!(ALLOCATIONS.get(), before, "{model:?}, pose {has_pose}");
        }
    }
}
