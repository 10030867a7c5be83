//! What a resident LiDAR chain cannot do is said when it is opened. A library in the place of the driver's stands in
//! for the device.

use delos_detect::DetectError;
use delos_detect::lidar::network::{LidarNetwork, LidarOptions};
use delos_detect::models::{CellLayout, ModelStore, OutputContent, ResolvedModel};
use delos_infer::gpu::{Cuda, GpuError};
use delos_infer::{
    Binding, Device, InferError, OrtLibrary, Runtime, Session, SessionOptions, StreamOptions,
};
use delos_parity::{PillarNetworks, SimulatedDriver, lidar_options_on, stand_in};
use std::process::Command;

/// Set in the child, which has the stand-in on its library path.
const CHILD: &str = "DELOS_TEST_REFUSED_CHILD";

#[test]
fn what_kernels_lack_is_said_at_once() {
    if let Err(error) = OrtLibrary::find(None) {
        assert!(std::env::var_os("DELOS_REQUIRE_ORT").is_none(), "{error}");
        eprintln!("SKIPPED what_kernels_lack_is_said_at_once: {error}");
        return;
    }
    if std::env::var_os(CHILD).is_some() {
        return as_a_child();
    }
    let driver = SimulatedDriver::compile().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "what_kernels_lack_is_said_at_once", "--nocapture", "--test-threads=1"])
        .env("LD_LIBRARY_PATH", driver.folder())
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("all refused"), "{said}");
}

fn as_a_child() {
    let on = stand_in().expect("the stand-in opens");
    let runtime = OrtLibrary::find(None).expect("found before").load().expect("loads");
    let options = lidar_options_on(&on, StreamOptions::default());
    let networks = PillarNetworks::new().expect("written");
    let anchors = &networks.models()[0];
    let opened =
        |model: &ResolvedModel, options: &LidarOptions<'_>| open(runtime, model, options, &on);
    assert!(opened(anchors, &options).is_ok());

    // More candidates than take part in suppression on a device.
    let mut many = anchors.clone();
    let OutputContent::Anchors(card) = &mut many.card.output.content else { panic!("anchors") };
    card.keep.candidates = 1025;
    let error = opened(&many, &options).expect_err("too many");
    assert!(is_refused_by_kernels(&error), "{error}");
    assert!(error.to_string().contains("1025 candidates of 1024"), "{error}");
    // The processor takes them.
    assert!(LidarNetwork::open(runtime, many, &options).is_ok());

    // A card that does not fit its file is an error of its own.
    let mut other = anchors.clone();
    let OutputContent::Anchors(card) = &mut other.card.output.content else { panic!("anchors") };
    card.layout = CellLayout::Chw;
    let error = opened(&other, &options).expect_err("another layout");
    assert!(matches!(error, DetectError::Tensor { .. }), "{error}");

    // A network of another kind.
    let raster = ModelStore::default().resolve("delos_lidar").expect("part of the program");
    let error = opened(&raster, &options).expect_err("a raster");
    assert!(matches!(error, DetectError::Kind { .. }), "{error}");

    // Another device than that of the memory.
    let session = SessionOptions { device: Device::Cuda(0), ..options.session };
    let elsewhere = LidarOptions { session, ..options };
    let error = opened(anchors, &elsewhere).expect_err("elsewhere");
    assert!(matches!(error, DetectError::Infer(InferError::Device { .. })), "{error}");

    // A network whose runs would not keep to the order of its tensors' stream.
    let plain = Session::open(runtime, anchors.network(), &options.session).expect("opens");
    let beside = on.beside().expect("a stream");
    let usual = StreamOptions::default();
    let other = Session::open_on(runtime, anchors.network(), &options.session, &beside, usual);
    for session in [plain, other.expect("opens")] {
        let error = Binding::new(session, &on, &[], &[]).expect_err("another stream");
        assert!(error.to_string().contains("opened on another stream"), "{error}");
    }
    eprintln!("all refused");
}

fn open(
    runtime: &Runtime,
    model: &ResolvedModel,
    options: &LidarOptions<'_>,
    on: &Cuda,
) -> Result<LidarNetwork, DetectError> {
    LidarNetwork::open_on(runtime, model.clone(), options, on)
}

fn is_refused_by_kernels(error: &DetectError) -> bool {
    matches!(error, DetectError::Infer(InferError::Gpu(GpuError::Parameter { .. })))
}
