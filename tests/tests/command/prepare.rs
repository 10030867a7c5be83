//! `delos prepare`: everything is opened, run and kept, and the second time nothing is to be done.

use crate::device::{Host, one_device};
use delos_infer::gpu::{Kernels, Nvrtc};
use delos_tests::{Finished, ort_library, run_delos, run_delos_with};
use std::path::Path;

fn prepare(ort: &Path, host: &Host, cache: &Path, options: &[&str]) -> Finished {
    let args = ["prepare", "demo", "--ort", ort.to_str().expect("UTF-8")];
    run_delos_with(args.into_iter().chain(options.iter().copied()), |command| {
        host.apply(command);
        command.env("XDG_CACHE_HOME", cache);
    })
}

#[test]
fn every_network_is_opened_and_run_and_each_step_is_told() {
    let Some(ort) = ort_library("every_network_is_opened_and_run") else { return };
    let cache = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let finished = prepare(&ort, &Host::default(), cache.path(), &[]).succeeded();
        let lines: Vec<&str> = finished.stdout.lines().collect();
        for (at, begin) in [
            (0, "ONNX Runtime 1."),
            (1, "camera: opening delos_camera on cpu ..."),
            (2, "camera: open on cpu: "),
            (3, "camera: opening took "),
            (4, "camera: first run took "),
            (5, "lidar: opening delos_lidar on cpu ..."),
            (9, "ready: 2 networks; all that can be kept was there ("),
        ] {
            assert!(lines[at].starts_with(begin), "line {at}: {}", finished.report());
        }
        assert_eq!(lines.len(), 10, "{}", finished.report());
    }
}

#[test]
fn kernels_are_compiled_once_and_found_the_second_time() {
    let Some(ort) = ort_library("kernels_are_compiled_once") else { return };
    let (cache, host) = (tempfile::tempdir().unwrap(), one_device());
    let options = ["--device", "auto"];
    let first = prepare(&ort, &host, cache.path(), &options).succeeded();
    let fallback = "camera: device auto: falls back to cpu: ";
    assert!(first.stdout.contains(fallback), "{}", first.report());
    let second = prepare(&ort, &host, cache.path(), &options).succeeded();
    if Nvrtc::find(Kernels::of_user().nvrtc.as_deref()).is_ok() {
        assert!(first.stdout.contains("cuda:0: kernels compiled for sm_90"), "{}", first.report());
        assert!(first.stdout.contains("one thing was built"), "{}", first.report());
        assert!(second.stdout.contains("cuda:0: kernels compiled before"), "{}", second.report());
    } else {
        eprintln!("NVRTC is not installed: only the built-in kernels were looked at");
        assert!(second.stdout.contains("cuda:0: kernels built in: NVRTC"), "{}", second.report());
    }
    assert!(second.stdout.contains("all that can be kept was there"), "{}", second.report());
}

#[test]
fn what_cannot_be_prepared_fails_as_a_run_would() {
    let Some(ort) = ort_library("what_cannot_be_prepared_fails") else { return };
    let (cache, host) = (tempfile::tempdir().unwrap(), one_device());
    for option in ["--require-gpu", "--device=tensorrt:0"] {
        let finished = prepare(&ort, &host, cache.path(), &[option]);
        finished.failed_saying(&["component `camera`", "a build without"]);
    }
    prepare(Path::new("no/such/folder"), &host, cache.path(), &[]).failed_saying(&["ONNX Runtime"]);
    let nothing = run_delos(["prepare", "kitti_tracking_detections"]).succeeded();
    assert!(nothing.stdout.contains("nothing to prepare"), "{}", nothing.report());
}
