//! ONNX Runtime for tests that run a network.

use delos_infer::{OrtLibrary, Runtime};

/// ONNX Runtime, or a word that the test did not run. With `DELOS_REQUIRE_ORT` set its
/// absence is a failure.
pub(crate) fn runtime(test: &str) -> Option<&'static Runtime> {
    match OrtLibrary::find(None) {
        Ok(library) => Some(library.load().expect("a library that was set up loads")),
        Err(error) if std::env::var_os("DELOS_REQUIRE_ORT").is_some() => panic!("{error}"),
        Err(error) => {
            eprintln!("SKIPPED {test}: {error}");
            None
        }
    }
}
