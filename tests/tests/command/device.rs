//! `--device` and `--require-gpu`: what was asked for is obtained, or its absence is told.

mod hosts;

use delos_tests::{Finished, ort_library, run_delos, run_delos_with};
pub(crate) use hosts::{Host, no_device, one_device};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Two frames of the simulated drive, with these options.
fn demo(out: &Path, ort: &Path, host: &Host, options: &[&str]) -> Finished {
    let (out, ort) = (out.to_str().expect("UTF-8"), ort.to_str().expect("UTF-8"));
    let mut args = vec!["run", "demo", "--frames", "2", "--out", out, "--ort", ort];
    args.extend(options);
    run_delos_with(args, |command| host.apply(command))
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("written")).expect("JSON")
}

#[test]
fn a_host_without_a_driver_says_so() {
    let Some(ort) = ort_library("a_host_without_a_driver_says_so") else { return };
    if delos_infer::gpu::probe() != delos_infer::gpu::GpuReport::NoDriver {
        eprintln!("this host has a driver: left out");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for options in [&["--require-gpu"][..], &["--device", "auto", "--require-gpu"]] {
        let finished = demo(&out, &ort, &Host::default(), options);
        let wanted = ["component `camera`", "cuda:0 is required", "no NVIDIA driver", "580"];
        finished.failed_saying(&wanted);
        assert!(
            !out.exists() && !folder.path().join("out.part").exists(),
            "nothing is left behind"
        );
    }
    let finished = demo(&out, &ort, &Host::default(), &["--device", "tensorrt:0"]);
    finished.failed_saying(&["tensorrt:0 cannot be used", "no NVIDIA driver", "`auto`"]);
}

#[test]
fn a_driver_without_a_device_is_another_matter() {
    let Some(ort) = ort_library("a_driver_without_a_device_is_another_matter") else { return };
    let (folder, host) = (tempfile::tempdir().unwrap(), no_device());
    let out = folder.path().join("out");
    let finished = demo(&out, &ort, &host, &["--require-gpu"]);
    finished.failed_saying(&["but no device", "no CUDA-capable device is detected", "nvidia-smi"]);
    assert!(!out.exists());
    let must = ["--device", "auto", "--set", "camera.resident=true"];
    demo(&out, &ort, &host, &must).failed_saying(&["component `camera`", "but no device"]);
    let finished = demo(&out, &ort, &host, &["--device", "auto"]).succeeded();
    let note = "note: camera: device auto: falls back to cpu: NVIDIA driver, but no device";
    assert!(finished.stderr.contains(note), "{}", finished.report());
}

#[test]
fn an_onnxruntime_without_cuda_is_named_with_what_to_take() {
    let Some(ort) = ort_library("an_onnxruntime_without_cuda_is_named") else { return };
    let (folder, host) = (tempfile::tempdir().unwrap(), one_device());
    let out = folder.path().join("out");
    for (options, provider) in [
        (&["--require-gpu"][..], "a build without CUDA"),
        (&["--device", "auto", "--require-gpu"], "a build without CUDA"),
        (&["--device", "tensorrt:0"], "a build without TensorRT"),
    ] {
        let finished = demo(&out, &ort, &host, options);
        finished.failed_saying(&["ONNX Runtime 1.", provider, "onnxruntime-gpu", "--ort"]);
    }
    demo(&out, &ort, &host, &["--device", "cuda:3"])
        .failed_saying(&["no GPU cuda:3", "the driver sees 1"]);
    assert!(!out.exists());
}

#[test]
fn a_run_records_what_was_asked_and_obtained() {
    let Some(ort) = ort_library("a_run_records_what_was_asked_and_obtained") else { return };
    let (folder, host) = (tempfile::tempdir().unwrap(), no_device());
    let (plain, auto) = (folder.path().join("plain"), folder.path().join("auto"));
    demo(&plain, &ort, &host, &[]).succeeded();
    let finished = demo(&auto, &ort, &host, &["--device", "auto"]).succeeded();
    assert!(finished.stdout.contains("cpu for auto, "), "{}", finished.stdout);

    let digest = |out: &Path| fs::read(out.join("digest.json")).expect("written");
    assert_eq!(digest(&plain), digest(&auto), "where is told changes nothing");
    let run = json(&auto.join("run.json"));
    let models = run["models"].as_array().expect("a list");
    assert_eq!(models.len(), 2, "camera and LiDAR");
    for model in models {
        assert_eq!(
            (&model["device_asked"], &model["device_obtained"]),
            (&"auto".into(), &"cpu".into())
        );
        let session = &model["sessions"][0];
        let nodes = session["nodes"].as_object().expect("counts");
        assert_eq!(nodes.keys().collect::<Vec<_>>(), ["CPUExecutionProvider"]);
        let count = nodes["CPUExecutionProvider"].as_u64().expect("a number");
        assert!(count > 10, "{session}");
        assert_eq!(
            (&session["copies"], &session["fallen_back"]),
            (&0.into(), &Value::Array(vec![]))
        );
        let line = format!("{count} nodes on CPU");
        assert!(finished.stdout.contains(&line), "no `{line}` in {}", finished.stdout);
    }
    assert_eq!(run["launch"]["node"]["lidar"]["device"], "auto");
}

#[test]
fn a_measurement_records_the_same() {
    let Some(ort) = ort_library("a_measurement_records_the_same") else { return };
    let (folder, host) = (tempfile::tempdir().unwrap(), no_device());
    let file = folder.path().join("figures.json");
    let paths = [file.to_str().expect("UTF-8"), ort.to_str().expect("UTF-8")];
    let args = ["bench", "demo", "--queries", "3", "--warmup", "1", "--device", "auto"];
    let options = args.into_iter().chain(["--json", paths[0], "--ort", paths[1]]);
    let finished = run_delos_with(options, |command| host.apply(command)).succeeded();
    assert!(finished.stdout.contains("cpu for auto, "), "{}", finished.stdout);
    let model = &json(&file)["models"][0];
    assert_eq!(
        (&model["device_asked"], &model["device_obtained"]),
        (&"auto".into(), &"cpu".into())
    );
    assert!(model["sessions"][0]["nodes"]["CPUExecutionProvider"].as_u64() > Some(10), "{model}");
    let older = folder.path().join("older.json");
    let mut figures = json(&file);
    for model in figures["models"].as_array_mut().expect("a list") {
        let model = model.as_object_mut().expect("a table");
        assert!(model.remove("sessions").is_some() && model.remove("device_obtained").is_some());
    }
    fs::write(&older, figures.to_string()).expect("written");
    let older = older.to_str().expect("UTF-8");
    let compared = run_delos(["bench", "compare", older, paths[0]]).succeeded();
    assert!(!compared.report().contains("networks `"), "{}", compared.report());
    let node = serde_json::json!({ "name": "shape_3", "operator": "Shape" });
    let mut figures = json(&file);
    figures["models"][0]["sessions"][0]["fallen_back"] = Value::Array(vec![node]);
    fs::write(older, figures.to_string()).expect("written");
    run_delos(["bench", "compare", older, paths[0]]).failed_saying(&["networks", "but for 1 node"]);
    let with_refusal = ["bench", "demo", "--queries", "3", "--require-gpu", "--ort", paths[1]];
    run_delos_with(with_refusal, |command| host.apply(command)).failed_saying(&["no device"]);
}

#[test]
fn a_check_tells_what_a_run_would_obtain() {
    let Some(ort) = ort_library("a_check_tells_what_a_run_would_obtain") else { return };
    let host = no_device();
    let check = |options: &[&str]| {
        let ort = ort.to_str().expect("UTF-8");
        let args = ["check", "demo", "--ort", ort].into_iter().chain(options.iter().copied());
        run_delos_with(args, |command| host.apply(command))
    };
    let finished = check(&["--device", "auto"]).succeeded();
    assert!(finished.stderr.contains("lidar: device auto: falls back"), "{}", finished.report());
    check(&["--require-gpu"]).failed_saying(&["cuda:0 is required", "no device"]);
    check(&["--require-gpu", "--set", "camera.device=cpu"]).failed_saying(&["asked for is cpu"]);
}

#[test]
fn the_doctor_tells_where_networks_can_run() {
    let Some(ort) = ort_library("the_doctor_tells_where_networks_can_run") else { return };
    for (host, wanted) in [(no_device(), "but no device"), (one_device(), "a build without CUDA")] {
        let args = ["doctor", "--ort", ort.to_str().expect("UTF-8")];
        let finished = run_delos_with(args, |command| host.apply(command)).succeeded();
        let mut lines = finished.stdout.lines().filter(|line| line.starts_with("networks "));
        let line = lines.next().expect("a line about networks");
        assert!(line.contains(" cpu; ") && line.contains(wanted), "{line}");
    }
}

#[test]
fn a_library_tells_its_version_whatever_its_name() {
    let Some(ort) = ort_library("a_library_tells_its_version_whatever_its_name") else { return };
    let folder = tempfile::tempdir().unwrap();
    let renamed = folder.path().join("libonnxruntime.so.1");
    fs::copy(&ort, &renamed).expect("copied");
    let told = |path: &Path| {
        let said = run_delos(["doctor", "--ort", path.to_str().expect("UTF-8")]).succeeded().stdout;
        let line = said.lines().find_map(|line| line.strip_prefix("ONNX Runtime")).expect("a line");
        line.split_whitespace().next().expect("a version").to_owned()
    };
    assert_eq!(told(&renamed), told(&ort));
    assert_eq!(told(&ort).split('.').count(), 3);
}

#[test]
fn a_bench_records_what_the_gpu_did() {
    let Some(ort) = ort_library("a_bench_records_what_the_gpu_did") else { return };
    let folder = tempfile::tempdir().unwrap();
    let bench = |host: &Host, name: &str| {
        let file = folder.path().join(name);
        let paths = [&ort, &file].map(|path| path.to_str().expect("UTF-8"));
        let args = ["bench", "demo", "--queries", "3", "--warmup", "1", "--device", "auto"];
        let args = args.into_iter().chain(["--ort", paths[0], "--json", paths[1]]);
        (run_delos_with(args, |command| host.apply(command)).succeeded().stdout, json(&file))
    };
    let (said, file) = bench(&one_device(), "watched.json");
    let found = &file["repetitions"][0]["gpu"]["watched"][0];
    assert_eq!((&found["ordinal"], &found["driver"]), (&0.into(), &"580.00.01".into()));
    assert_eq!(found["uuid"], "GPU-64656c6f-732d-7374-616e-642d696e2d30");
    assert_eq!(found["sm_mhz"]["min"], 345.0, "when warming up was over");
    assert_eq!(found["sm_mhz"]["max"], 1980.0, "at the end");
    assert_eq!(
        (&found["memory_mhz"]["median"], &found["power_w"]["median"]),
        (&2619.0.into(), &120.5.into())
    );
    assert_eq!(found["memory_before_bytes"], 64 << 20);
    assert!(found["memory_peak_bytes"].as_u64() >= Some(256 << 20), "it grows with every look");
    assert_eq!(found["held_down_by"], serde_json::json!(["power limit"]));
    assert_eq!(file["gpu_libraries"]["cudnn"], "9.12.0");
    for wanted in [
        "cuDNN 9.12.0, TensorRT none",
        "cuda:0: clock 1980 MHz (345 to 1980)",
        "CLOCK HELD DOWN by power",
    ] {
        assert!(said.contains(wanted), "no `{wanted}` in {said}");
    }

    let (said, file) = bench(&one_device().without("libnvidia-ml.so.1"), "not.json");
    let gpu = &file["repetitions"][0]["gpu"];
    assert_eq!(gpu["watched"], Value::Array(Vec::new()));
    let why = gpu["missing"].as_str().expect("a reason");
    assert!(why.contains("libnvidia-ml.so.1") && said.contains(why), "{why}: {said}");

    let (said, file) = bench(&Host::default(), "cpu.json");
    assert!(!said.contains("cuDNN") && file["gpu_libraries"].is_null(), "{said}");
}

#[test]
fn the_device_of_every_network_is_set_and_a_single_one_goes_before() {
    let drawn = |options: &[&str]| {
        let args = ["graph", "demo", "--format", "toml"].into_iter().chain(options.iter().copied());
        let text = run_delos(args).succeeded().stdout;
        let launch: toml::Table = text.parse().expect("TOML");
        ["camera", "lidar"].map(|id| launch["node"][id]["device"].as_str().map(str::to_owned))
    };
    let both = |camera: &str, lidar: &str| [Some(camera.to_owned()), Some(lidar.to_owned())];
    assert_eq!(drawn(&[]), both("cpu", "cpu"));
    assert_eq!(drawn(&["--device", "cuda:1"]), both("cuda:1", "cuda:1"));
    assert_eq!(drawn(&["--require-gpu"]), both("cuda:0", "cuda:0"));
    let own = ["--device", "tensorrt:0", "--set", "camera.device=cpu"];
    assert_eq!(drawn(&own), both("cpu", "tensorrt:0"));
}

#[test]
fn options_that_mean_nothing_are_told() {
    let detections = "kitti_tracking_detections";
    let check = |options: &[&str]| {
        run_delos(["check", "--graph-only"].into_iter().chain(options.iter().copied()))
    };
    let finished = check(&[detections, "--device", "cuda:0"]).succeeded();
    assert!(
        finished.stderr.contains("--device cuda:0 has nothing to set"),
        "{}",
        finished.report()
    );
    check(&[detections, "--require-gpu"]).failed_saying(&["--require-gpu", "no component"]);
    let clusters = ["kitti_lidar", "--set", "lidar.model=none", "--require-gpu"];
    check(&clusters).failed_saying(&["no component"]);
    let refused = check(&["demo", "--require-gpu", "--device", "cpu"]);
    assert_eq!(refused.code, Some(2), "a command line that cannot be meant");
    refused.failed_saying(&["contradict"]);
    let finished = check(&["demo", "--device", "gpu"]);
    assert_eq!(finished.code, Some(2), "{}", finished.report());
    finished.failed_saying(&["unknown device `gpu`", "cuda:N"]);
}
