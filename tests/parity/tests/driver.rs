//! The program `gpu_parity`, from the driver to the report, without a GPU: a library in the place of the driver's
//! runs the kernels on the processor.

use delos_infer::OrtLibrary;
use delos_parity::SimulatedDriver;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program; compiled kernels are kept below `home`.
fn run(libraries: &Path, home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gpu_parity"))
        .args(arguments)
        .env("LD_LIBRARY_PATH", libraries)
        .env("XDG_CACHE_HOME", home)
        .output()
        .expect("started")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_launcher_copy_and_event_works_through_the_drivers_interface() {
    let driver = SimulatedDriver::compile().unwrap();
    let home = tempfile::tempdir().unwrap();
    let json = home.path().join("parity.json");
    let json_text = json.to_str().unwrap();
    let arguments = ["--seeds", "6", "--time", "1", "--json", json_text];
    let output = run(driver.folder(), home.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    let outcomes = report["outcomes"].as_array().unwrap();
    assert!(outcomes.len() > 60 && report["wrong"] == 0, "{}", said(&output));
    assert!(outcomes.iter().all(|outcome| outcome["differing"] == 0));
    let timings = report["timings"].as_array().unwrap();
    assert!(
        timings.len() > 6 && timings.iter().all(|timing| timing["p50_us"].as_f64() > Some(0.0))
    );
    assert!(report["device"].as_str().unwrap().contains("stand-in"));
}

#[test]
fn the_chains_stay_on_the_device_and_answer_what_the_processor_answers() {
    if let Err(error) = OrtLibrary::find(None) {
        assert!(std::env::var_os("DELOS_REQUIRE_ORT").is_none(), "{error}");
        eprintln!("SKIPPED the_chains_stay_on_the_device: {error}");
        return;
    }
    let driver = SimulatedDriver::compile().unwrap();
    let home = tempfile::tempdir().unwrap();
    let json = home.path().join("parity.json");
    let json_text = json.to_str().unwrap();
    let arguments =
        ["--seeds", "10", "--network", "stand-in-driver", "--time", "1", "--json", json_text];
    let output = run(driver.folder(), home.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    let outcomes = report["outcomes"].as_array().unwrap();
    let timings = report["timings"].as_array().unwrap();
    for rate in ["copied_bytes_per_s", "uploaded_bytes_per_s", "operations_per_s"] {
        assert!(report["ceilings"][rate].as_f64() > Some(1e6), "{}", report["ceilings"]);
    }
    let is_network = |timing: &&Value| timing["step"].as_str().unwrap().ends_with(": network");
    assert_eq!(timings.iter().filter(is_network).count(), 6 + 4);
    let of_own =
        |timing: &&Value| timing["step"].as_str().unwrap().ends_with("outside: pillar net");
    assert_eq!(timings.iter().filter(of_own).count(), 2);
    let cameras = ["delos_camera", "delos_camera_f16", "patches", "patches_f16"];
    let lidars = ["anchors_inside", "anchors_outside", "heats_inside", "heats_outside"];
    for network in cameras.into_iter().chain(lidars) {
        let start = format!("resident {network},");
        let of_network = outcomes.iter().filter(|outcome| {
            outcome["case"].as_str().is_some_and(|case| case.starts_with(&start))
        });
        let compared = of_network.map(|outcome| outcome["values"].as_u64().unwrap());
        assert!(compared.sum::<u64>() > 300, "{network}: too few boxes to tell anything");
    }
    let resident = outcomes.iter().filter(|outcome| {
        outcome["case"].as_str().is_some_and(|case| case.starts_with("resident "))
    });
    for outcome in resident {
        assert_eq!(outcome["differing"], 0, "{outcome}");
    }
}

#[test]
fn a_second_start_takes_the_kernels_that_were_kept() {
    let driver = SimulatedDriver::compile().unwrap();
    let home = tempfile::tempdir().unwrap();
    let first = said(&run(driver.folder(), home.path(), &["--seeds", "1"]));
    if first.contains("NVRTC, which compiles the GPU kernels, is not installed") {
        assert!(std::env::var_os("DELOS_REQUIRE_NVRTC").is_none(), "{first}");
        assert!(first.contains("kernels built in"), "{first}");
        eprintln!("NVRTC is not installed (`cargo xtask setup --nvrtc`): left out");
        return;
    }
    assert!(first.contains("kernels compiled for sm_90"), "{first}");
    let second = said(&run(driver.folder(), home.path(), &["--seeds", "1"]));
    assert!(second.contains("kernels compiled before"), "{second}");
}

#[test]
fn without_nvrtc_the_built_in_kernels_run_and_the_reason_is_said() {
    let driver = SimulatedDriver::compile().unwrap();
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gpu_parity"))
        .args(["--seeds", "1"])
        .env("LD_LIBRARY_PATH", driver.folder())
        .env("XDG_CACHE_HOME", home.path())
        .env("DELOS_NVRTC", home.path())
        .output()
        .unwrap();
    let said = said(&output);
    let has_built_in =
        said.contains("kernels built in: NVRTC") || said.contains("kernels compiled");
    assert!(output.status.success() && has_built_in, "{said}");
}

#[test]
fn a_device_that_is_not_there_is_named() {
    let driver = SimulatedDriver::compile().unwrap();
    let home = tempfile::tempdir().unwrap();
    let output = run(driver.folder(), home.path(), &["--device", "3"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("no GPU cuda:3: the driver sees 1"), "{}", said(&output));
}

#[test]
fn a_host_without_a_gpu_gets_the_reason_and_no_success() {
    let empty = tempfile::tempdir().unwrap();
    let output = run(empty.path(), empty.path(), &[]);
    if output.status.success() {
        eprintln!("this host has a GPU: left out");
        return;
    }
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("no GPU to run on"), "{}", said(&output));
}
