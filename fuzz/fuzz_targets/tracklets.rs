//! Ground truth of raw drives, XML.

#![no_main]

use delos_fuzz::camera;
use delos_ingest::kitti::tracklets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let frames = tracklets::parse(&String::from_utf8_lossy(data)).unwrap_or_default();
    for object in frames.values().flat_map(|truth| &truth.0) {
        if let Some(bbox) = object.bbox {
            camera().project_box_clipped(&bbox);
        }
    }
});
