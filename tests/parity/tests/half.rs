//! The program's camera network in half precision finds the boxes of that in single precision.

use delos_detect::camera::CameraDetector;
use delos_detect::models::ModelStore;
use delos_infer::{OrtLibrary, SessionOptions};
use delos_parity::compare_on_drives;

#[test]
fn the_camera_network_keeps_its_boxes_in_half_precision() {
    let runtime = match OrtLibrary::find(None) {
        Ok(library) => library.load().unwrap(),
        Err(error) => {
            assert!(std::env::var_os("DELOS_REQUIRE_ORT").is_none(), "{error}");
            eprintln!("SKIPPED the_camera_network_keeps_its_boxes: {error}");
            return;
        }
    };
    let open = |name: &str| {
        let model = ModelStore::default().resolve(name).unwrap();
        CameraDetector::new(runtime, model, None, None, &SessionOptions::default()).unwrap()
    };
    let (mut single, mut half) = (open("delos_camera"), open("delos_camera_f16"));
    let report = compare_on_drives(&mut single, &mut half, 1000, 20).unwrap();
    assert!(report.is_accepted() && report.same > 100, "{report:?}");
    assert!(report.worst_score > 0.0, "both are the same network: {report:?}");
}
