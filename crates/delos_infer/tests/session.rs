//! Sessions on a tiny network, through the real ONNX Runtime.

use delos_infer::{
    Device, EnginePlace, InferError, Model, OrtLibrary, Runtime, Session, SessionOptions,
    TensorInfo, gpu,
};
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

fn session(runtime: &Runtime, device: Device) -> Result<Session, InferError> {
    let options = SessionOptions { device, ..SessionOptions::default() };
    Session::open(runtime, Model::Bytes(LARGEST), &options)
}

fn largest(session: &mut Session, input: &str, shape: &[usize]) -> Result<Vec<f32>, InferError> {
    let values: Vec<f32> = (0..shape.iter().product()).map(|i: usize| i as f32).collect();
    session.run(input, shape, &values, |outputs| Ok(outputs.get("largest")?.data.to_vec()))
}

#[test]
fn the_runtime_is_loaded_once_and_tells_its_version() {
    let Some(runtime) = runtime("version") else { return };
    let numbers: Vec<Option<u32>> = runtime.version().split('.').map(|n| n.parse().ok()).collect();
    assert!(matches!(numbers[..], [Some(1), Some(24..), Some(_)]), "{}", runtime.version());
    let other = tempfile::NamedTempFile::new().expect("temporary file");
    let again = OrtLibrary::find(Some(other.path())).expect("a file").load().expect("loaded");
    assert_eq!(again.path(), runtime.path());
}

#[test]
fn inputs_and_outputs_are_described() {
    let Some(runtime) = runtime("description") else { return };
    let session = session(runtime, Device::Cpu).expect("opened");
    let wanted = TensorInfo {
        name: "values".into(),
        element: "f32".into(),
        shape: vec![None, Some(3), None],
    };
    assert_eq!(session.inputs(), [wanted]);
    let outputs: Vec<_> = session.outputs().iter().map(ToString::to_string).collect();
    assert_eq!(outputs, ["`largest` f32[?, ?]", "`place` i64[?, ?]"]);
    assert_eq!((session.device(), session.provider()), (Device::Cpu, "CPUExecutionProvider"));
}

#[test]
fn a_run_gives_the_numbers_of_the_network() {
    let Some(runtime) = runtime("run") else { return };
    let mut session = session(runtime, Device::Cpu).expect("opened");
    assert_eq!(largest(&mut session, "values", &[1, 3, 2]).expect("runs"), [4.0, 5.0]);
    let two = largest(&mut session, "values", &[2, 3, 2]).expect("runs");
    assert_eq!(two, [4.0, 5.0, 10.0, 11.0]);
}

#[test]
fn wrong_names_shapes_and_types_are_refused_in_words() {
    let Some(runtime) = runtime("wrong input") else { return };
    let mut session = session(runtime, Device::Cpu).expect("opened");
    for (input, shape, wanted) in [
        ("images", &[1, 3, 2][..], "no input `images`; it has `values` f32[?, 3, ?]"),
        ("values", &[1, 4, 2], "`values` f32[?, 3, ?], got shape [1, 4, 2]"),
        ("values", &[3, 2], "got shape [3, 2]"),
    ] {
        let message = largest(&mut session, input, shape).expect_err("refused").to_string();
        assert!(message.contains(wanted), "{message}");
    }
    let short = session.run("values", &[1, 3, 2], &[0.0; 5], |_| Ok::<_, InferError>(()));
    assert!(matches!(short, Err(InferError::InputLength { wanted: 6, got: 5, .. })));
    for (output, wanted) in [("boxes", "no output `boxes`"), ("place", "no f32 tensor")] {
        let read = session.run("values", &[1, 3, 2], &[0.0; 6], |outputs| {
            outputs.get(output).map(|view| view.data.len())
        });
        let message = read.expect_err("refused").to_string();
        assert!(message.contains(wanted), "{message}");
    }
}

#[test]
fn broken_model_files_are_one_clear_error() {
    let Some(runtime) = runtime("broken model") else { return };
    let options = SessionOptions::default();
    for bytes in [&b""[..], b"not a network", &LARGEST[..LARGEST.len() / 2]] {
        let error = Session::open(runtime, Model::Bytes(bytes), &options).expect_err("refused");
        assert!(matches!(error, InferError::Model { .. }), "{error}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
    for path in ["/nowhere/model.onnx", "/"] {
        let error = Session::open(runtime, Model::File(Path::new(path)), &options);
        assert!(matches!(error, Err(InferError::ModelFile { .. })));
    }
}

#[test]
fn a_device_that_was_named_is_used_or_is_an_error() {
    let Some(runtime) = runtime("devices") else { return };
    for device in [Device::Cuda(0), Device::TensorRt(0)] {
        match session(runtime, device) {
            Ok(session) => assert_eq!(session.device(), device),
            Err(error) => assert!(matches!(error, InferError::Device { .. }), "{error}"),
        }
    }
    let auto = session(runtime, Device::Auto).expect("falls back at worst");
    assert!(auto.notice().is_some());
    if !gpu::probe().is_usable() {
        assert_eq!(auto.device(), Device::Cpu);
        assert!(auto.notice().expect("announced").contains("falls back to cpu"));
    }
}

#[test]
fn every_node_is_placed() {
    let Some(runtime) = runtime("placement") else { return };
    let placement = session(runtime, Device::Auto).expect("opened").placement().clone();
    assert_eq!((placement.asked, placement.network.as_str()), (Device::Auto, "model in memory"));
    assert_eq!(placement.node_count(), 2, "{placement:?}");
    let session = session(runtime, Device::Cpu).expect("opened");
    let placement = session.placement();
    assert_eq!(placement.nodes, [("CPUExecutionProvider".to_owned(), 2)].into());
    assert_eq!((placement.obtained, placement.copies), (Device::Cpu, Some(0)));
    assert!(placement.fallen_back.is_empty());
    assert_eq!(placement.to_string(), "2 nodes on CPU");
}

#[test]
fn a_required_gpu_is_obtained_or_is_an_error() {
    let Some(runtime) = runtime("required GPU") else { return };
    let open = |device| {
        let options = SessionOptions { device, require_gpu: true, ..SessionOptions::default() };
        Session::open(runtime, Model::Bytes(LARGEST), &options)
    };
    assert!(matches!(open(Device::Cpu), Err(InferError::GpuRequired(Device::Cpu))));
    for device in [Device::Auto, Device::Cuda(0), Device::TensorRt(0)] {
        match open(device) {
            Ok(session) => assert!(session.placement().obtained.gpu().is_some()),
            Err(error) => {
                assert!(matches!(error, InferError::RequiredDevice { .. }), "{error}");
                assert!(!error.to_string().contains("auto"), "no way out is offered: {error}");
            }
        }
    }
}

#[test]
fn only_tensorrt_keeps_engines() {
    let Some(runtime) = runtime("engines") else { return };
    for device in [Device::Cpu, Device::Cuda(0), Device::Auto] {
        let place = EnginePlace::of(runtime, Model::Bytes(LARGEST), device).expect("no file");
        assert_eq!(place, None, "{device}");
    }
}
