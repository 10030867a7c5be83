//! The work of networks, counted through the real ONNX Runtime.

use delos_infer::{Cost, Model, OrtLibrary, Runtime};
use std::path::Path;

/// `values` f32 [n, 3, w] to `largest` f32 [n, w] and `place` i64 [n, w].
const LARGEST: &[u8] = include_bytes!("data/largest.onnx");

/// ONNX Runtime, or a word that the test did not run. With `DELOS_REQUIRE_ORT` set its
/// absence is a failure.
fn runtime(test: &str) -> Option<&'static Runtime> {
    match OrtLibrary::find(None) {
        Ok(library) => Some(library.load().expect("a library that was set up loads")),
        Err(error) if std::env::var_os("DELOS_REQUIRE_ORT").is_some() => panic!("{error}"),
        Err(error) => {
            eprintln!("SKIPPED {test}: {error}");
            None
        }
    }
}

#[test]
fn a_network_without_sums_of_products_only_moves_bytes() {
    let Some(runtime) = runtime("bytes") else { return };
    let cost = Cost::of(runtime, Model::Bytes(LARGEST), &[("values", &[2, 3, 5])]);
    let (input, largest, place) = (2 * 3 * 5 * 4, 2 * 5 * 4, 2 * 5 * 8);
    assert_eq!(cost.expect("counted"), Cost { operations: 0, bytes: input + largest + place });
}

#[test]
fn work_grows_with_the_input() {
    let Some(runtime) = runtime("growth") else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/delos_lidar.onnx");
    let of = |nx: usize| {
        let shape = [1, 22, 248, nx];
        Cost::of(runtime, Model::File(&path), &[("features", &shape)]).expect("counted")
    };
    let (narrow, wide) = (of(216), of(432));
    assert_eq!(wide.operations, 2 * narrow.operations, "as many sums for every cell");
    // The first layer alone: 24 maps of 22 * 3 * 3 products over 248 x 216 cells.
    let first = 2 * 24 * 22 * 9 * 248 * 216;
    assert!((5 * first..20 * first).contains(&narrow.operations), "{narrow:?}");
    assert!(narrow.bytes > std::fs::metadata(&path).expect("a file").len() / 10 * 9);
}

#[test]
fn wrong_inputs_are_refused() {
    let Some(runtime) = runtime("refusal") else { return };
    let wrong = Cost::of(runtime, Model::Bytes(LARGEST), &[("values", &[2, 4, 5])]);
    let message = wrong.expect_err("three planes are wanted").to_string();
    assert!(message.contains("cannot count its operations"), "{message}");
    let broken = Cost::of(runtime, Model::Bytes(b"no network"), &[]);
    assert!(broken.expect_err("no network").to_string().contains("not a network"));
}
