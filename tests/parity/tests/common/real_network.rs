//! For tests of a chain on the stand-in for the driver with real data and networks.

use delos_infer::OrtLibrary;
use delos_parity::SimulatedDriver;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set in the child, which has the stand-in on its library path.
const CHILD: &str = "DELOS_TEST_REAL_NETWORK_CHILD";

/// The folder that a variable names, or a word that the test did not run. With `DELOS_REQUIRE_DATA` set its
/// absence is a failure.
fn folder(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        assert!(std::env::var_os("DELOS_REQUIRE_DATA").is_none(), "{variable} names no folder");
        eprintln!("SKIPPED: {variable} names no folder");
    }
    folder
}

/// Runs `compare` with the folders of data and networks, in a child of this name that finds the stand-in; it must say
/// that every box is the same.
pub(crate) fn on_the_stand_in(test: &str, compare: fn(&Path, &Path)) {
    let (data, models) = (folder("DELOS_DATA"), folder("DELOS_MODELS"));
    let (Some(data), Some(models)) = (data, models) else { return };
    if let Err(error) = OrtLibrary::find(None) {
        assert!(std::env::var_os("DELOS_REQUIRE_ORT").is_none(), "{error}");
        eprintln!("SKIPPED: {error}");
        return;
    }
    if std::env::var_os(CHILD).is_some() {
        return compare(&data, &models);
    }
    let driver = SimulatedDriver::compile().expect("a compiler");
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env("LD_LIBRARY_PATH", driver.folder())
        .env(CHILD, "1")
        .output()
        .expect("started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("every box is the same"), "{said}");
}
