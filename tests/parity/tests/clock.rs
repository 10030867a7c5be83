//! What the device's clock says of several streams: all of it, from the beginning of the first to the end of the last. A
//! library in the place of the driver's stands in for the device; its clock counts kernels, each a microsecond.

use delos_core::{DevicePart, Image, Parts};
use delos_detect::camera::{CameraDetector, CameraOptions, Together};
use delos_infer::{OrtLibrary, StreamOptions};
use delos_parity::{Networks, SimulatedDriver, options_on, stand_in};
use std::process::Command;

/// Set in the child, which has the stand-in on its library path.
const CHILD: &str = "DELOS_TEST_CLOCK_CHILD";

#[test]
fn streams_are_timed_from_the_first_to_the_last() {
    if let Err(error) = OrtLibrary::find(None) {
        assert!(std::env::var_os("DELOS_REQUIRE_ORT").is_none(), "{error}");
        eprintln!("SKIPPED streams_are_timed_from_the_first_to_the_last: {error}");
        return;
    }
    if std::env::var_os(CHILD).is_some() {
        return as_a_child();
    }
    let driver = SimulatedDriver::compile().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "streams_are_timed_from_the_first_to_the_last", "--nocapture"])
        .env("LD_LIBRARY_PATH", driver.folder())
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("timed"), "{said}");
}

fn as_a_child() {
    let one = parts(1);
    let all = end(&one);
    assert!(all > 3_000, "{one:?}");
    assert_eq!(one[0].start, 0);
    for count in [2, 3] {
        let last = parts(count);
        // The stand-in runs one kernel at a time: all of each stream's work was waited for.
        assert_eq!(end(&last), count as u64 * all, "{last:?}");
        // The last stream begins behind the images of those before it.
        assert_eq!(last[0].start, 1_000 * (count as u64 - 1), "{last:?}");
        let preparing = |parts: &[DevicePart]| (parts[1].nanos, parts[3].nanos);
        assert_eq!(preparing(&last), preparing(&one));
    }
    eprintln!("timed");
}

/// The parts of the stream that ends last, of so many that run side by side.
fn parts(images: usize) -> Vec<DevicePart> {
    let on = stand_in().expect("the stand-in opens");
    let runtime = OrtLibrary::find(None).expect("found before").load().expect("loads");
    let networks = Networks::new().expect("written");
    let usual = options_on(&on, StreamOptions::default());
    let options = CameraOptions { images, together: Together::Streams, ..usual };
    let model = networks.models()[2].clone();
    let mut detector = CameraDetector::open_on(runtime, model, &options, &on).expect("opens");
    let image = Image::from_rgb(96, 64, vec![90; 3 * 96 * 64]).expect("the right length");
    let mut heard = Heard::default();
    detector.detect_all(&vec![&image; images], &mut heard).expect("runs");
    let parts = heard.0;
    assert!(parts.windows(2).all(|pair| pair[0].end() == pair[1].start), "{parts:?}");
    parts
}

fn end(parts: &[DevicePart]) -> u64 {
    parts.last().map_or(0, DevicePart::end)
}

#[derive(Default)]
struct Heard(Vec<DevicePart>);

impl Parts for Heard {
    fn part(&mut self, _name: &'static str) {}

    fn device_parts(&mut self, parts: &[DevicePart]) {
        self.0.extend_from_slice(parts);
    }
}
