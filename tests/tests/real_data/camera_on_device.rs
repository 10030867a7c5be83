//! The camera's chain that stays on a device, on real images with real weights: the boxes are those of the
//! processor's chain, to the bit. A stand-in for the driver runs the kernels; the network runs on the processor.

use delos_core::{Detections2d, Image};
use delos_detect::camera::{CameraDetector, CameraOptions};
use delos_detect::models::Thresholds;
use delos_infer::{OrtLibrary, StreamOptions};
use delos_parity::{SimulatedDriver, model_of, options_on, stand_in};
use delos_tests::{ort_library, real_data, real_models};
use std::path::Path;
use std::process::Command;

/// Set in the child, which has the stand-in on its library path.
const CHILD: &str = "DELOS_TEST_DEVICE_CHILD";

const IMAGES: [&str; 3] = ["000008.png", "000000.png", "000001.png"];

#[test]
fn yolox_nano_on_the_device_finds_the_processors_boxes() {
    let test = "yolox_nano_on_the_device_finds_the_processors_boxes";
    let (Some(data), Some(models)) = (real_data(test), real_models(test)) else { return };
    let Some(library) = ort_library(test) else { return };
    if std::env::var_os(CHILD).is_some() {
        return compare(&data, &models, &library);
    }
    let driver = SimulatedDriver::compile().expect("compiles");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", &format!("camera_on_device::{test}"), "--nocapture", "--test-threads=1"])
        .env("LD_LIBRARY_PATH", driver.folder())
        .env(CHILD, "1")
        .output()
        .expect("started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("every box is the same"), "{said}");
}

fn compare(data: &Path, models: &Path, library: &Path) {
    let runtime = OrtLibrary::find(Some(library)).expect("a file").load().expect("loads");
    let on = stand_in().expect("the stand-in opens");
    let model = model_of(models, "yolox_nano").expect("the file of the card yolox_nano");
    let images: Vec<Image> = images(data);
    for size in [[416, 416], [1248, 384]] {
        let thresholds = Some(Thresholds { score: 0.05, nms_iou: 0.45 });
        let options = CameraOptions {
            size: Some(size),
            thresholds,
            images: IMAGES.len(),
            ..options_on(&on, StreamOptions::default())
        };
        let mut plain = CameraDetector::open(runtime, model.clone(), &options).expect("opens");
        let mut resident =
            CameraDetector::open_on(runtime, model.clone(), &options, &on).expect("opens");
        assert!(resident.is_resident() && !plain.is_resident());
        let lent: Vec<&Image> = images.iter().collect();
        let mut unmeasured = delos_core::Unmeasured;
        let wanted = plain.detect_all(&lent, &mut unmeasured).expect("runs");
        let got = resident.detect_all(&lent, &mut unmeasured).expect("runs");
        assert_eq!(got, wanted, "a batch, {size:?}");
        let one_by_one: Vec<Detections2d> =
            images.iter().map(|image| plain.detect(image).expect("runs")).collect();
        assert_eq!(wanted, one_by_one, "the processor's batch, {size:?}");
        let boxes: usize = wanted.iter().map(|found| found.0.len()).sum();
        assert!(boxes > 20, "{boxes} boxes at {size:?}");
        eprintln!("{boxes} boxes at {size:?}");
    }
    eprintln!("every box is the same");
}

fn images(data: &Path) -> Vec<Image> {
    let folder = data.join("kitti_object/training/image_2");
    let read = |name: &str| {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).expect("an image");
        delos_ingest::decode_image(&bytes, &path).expect("a sound image")
    };
    IMAGES.map(read).into()
}
