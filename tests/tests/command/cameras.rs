//! Several cameras in one detector.

use delos_tests::{checkout, ort_library, run_delos};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The digests of a component's messages, frame by frame.
fn digest(out: &Path, component: &str) -> Value {
    let text = fs::read_to_string(out.join("digest.json")).expect("written");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    all[component].clone()
}

#[test]
fn every_camera_has_the_boxes_of_its_image() {
    let Some(ort) = ort_library("every_camera_has_the_boxes_of_its_image") else { return };
    let folder = tempfile::tempdir().unwrap();
    // What the third camera sees goes on, instead of the first.
    let demo = fs::read_to_string(checkout().join("launch/demo.toml")).unwrap();
    let third =
        demo.replacen("camera = \"perception/camera\"", "camera = \"perception/camera_3\"", 1);
    assert_ne!(demo, third);
    let launch = folder.path().join("third.toml");
    fs::write(&launch, third).unwrap();
    let run = |launch: &str, name: &str, options: &[&str]| {
        let out = folder.path().join(name);
        let paths = [out.to_str().unwrap(), ort.to_str().unwrap()];
        let args = ["run", launch, "--frames", "3", "--out", paths[0], "--ort", paths[1]];
        run_delos(args.into_iter().chain(options.iter().copied())).succeeded();
        out
    };
    let one = run("demo", "one", &[]);
    let launch = launch.to_str().unwrap();
    let batch = run(launch, "batch", &["--set", "camera.cameras=3"]);
    let streams = ["--set", "camera.cameras=3", "--set", "camera.together=streams"];
    let streams = run(launch, "streams", &streams);
    for component in ["fusion", "tracker"] {
        assert!(digest(&one, component).as_array().unwrap().len() == 3);
        assert_eq!(digest(&one, component), digest(&batch, component), "{component}");
    }
    assert_eq!(digest(&batch, "camera"), digest(&streams, "camera"));
    assert_ne!(digest(&batch, "camera"), digest(&one, "camera"), "three messages and not one");
}

#[test]
fn cameras_beyond_those_there_are_ports_for_are_refused() {
    let check = |set: &str| run_delos(["check", "demo", "--set", set]);
    check("camera.cameras=9").failed_saying(&["`cameras` must be 1 to 8"]);
    check("camera.together=both").failed_saying(&["`batch`", "`streams`"]);
}
