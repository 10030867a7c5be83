//! The work of published networks, as their authors state it.

use delos_infer::{Cost, Model, OrtLibrary};
use delos_tests::{ort_library, real_models};

#[test]
fn yolox_nano_has_the_operations_of_its_paper() {
    let test = "yolox_nano_has_the_operations_of_its_paper";
    let (Some(models), Some(ort)) = (real_models(test), ort_library(test)) else { return };
    let runtime = OrtLibrary::find(Some(&ort)).expect("a file").load().expect("an ONNX Runtime");
    let path = models.join("yolox_nano_dynamic_nhw.onnx");
    let shape = [1, 3, 416, 416];
    let cost = Cost::of(runtime, Model::File(&path), &[("images", &shape)]).expect("counted");
    // Ge et al. 2021, "YOLOX", table 5: 1.08 GFLOPs at 416 x 416, 0.91 M parameters. Their counter
    // adds the batch normalisations, which are part of the convolutions in the file.
    let billions = cost.operations as f64 * 1e-9;
    assert!((1.08 * 0.95..1.08).contains(&billions), "{billions} GFLOP");
    assert!(cost.bytes > 4 * 910_000 + 4 * 3 * 416 * 416, "{} bytes", cost.bytes);
}
