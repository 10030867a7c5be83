//! Any text at all.

use crate::kitti::{calib, detections, labels, oxts, poses, timestamps, tracklets};
use delos_core::ObjectClass;
use proptest::prelude::*;

/// Text that looks a little like the formats, so that it gets past their first check.
const NEARLY: &str =
    "([-+0-9.eE]{1,6}[ ,:\n]|Car |P2: |R: |<item>|</item>|-1 |nan |2011-09-26 |[^a]){0,60}";

proptest! {
    #[test]
    fn no_parser_panics(text in NEARLY) {
        let _ = calib::parse(&text).map(|file| calib::benchmark(&file, None));
        let _ = calib::parse(&text).map(|file| calib::raw(&file, &file, Some(&file)));
        let _ = detections::parse(&text, Some(ObjectClass::Car));
        let _ = labels::parse_object(&text);
        let _ = labels::parse_tracking(&text);
        let _ = oxts::parse(&text);
        let _ = poses::parse(&text);
        let _ = timestamps::parse(&text);
        let _ = tracklets::parse(&text);
    }
}
