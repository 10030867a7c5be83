//! The log of tracks: what is let through is in order.

#![no_main]

use delos_ingest::track_log::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(log) = parse(data) else { return };
    assert!(log.frames.windows(2).all(|pair| pair[0].frame < pair[1].frame));
    assert!(log.frames.iter().all(|frame| frame.tracks.is_sorted_by(|a, b| a.id < b.id)));
});
