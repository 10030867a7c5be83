//! The whole camera chain on a tiny network, through the real ONNX Runtime.

#[path = "common/onnxruntime.rs"]
mod onnxruntime;

use delos_core::{Image, ObjectClass};
use delos_detect::DetectError;
use delos_detect::camera::CameraDetector;
use delos_detect::models::{ModelCard, ModelStore, ResolvedModel, Thresholds};
use delos_infer::{Runtime, SessionOptions};
use onnxruntime::runtime;
use std::path::Path;

fn network() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/brightness.onnx"))
}

/// The network with its card, found beside it.
fn brightness() -> ResolvedModel {
    let path = network().display().to_string();
    ModelStore::default().resolve(&path).expect("the card lies beside the file")
}

fn open(
    runtime: &Runtime,
    model: ResolvedModel,
    size: Option<[u32; 2]>,
) -> Result<CameraDetector, DetectError> {
    CameraDetector::new(runtime, model, size, None, &SessionOptions::default())
}

fn grey(level: u8) -> Image {
    Image::from_rgb(128, 64, vec![level; 128 * 64 * 3]).expect("the right length")
}

#[test]
fn an_image_goes_in_and_boxes_come_out() {
    let Some(runtime) = runtime("an_image_goes_in_and_boxes_come_out") else { return };
    let mut detector = open(runtime, brightness(), None).expect("opens");
    assert_eq!((detector.provider(), detector.input_size()), ("CPUExecutionProvider", [64, 32]));
    assert_eq!(detector.detect(&grey(50)).expect("detections").0, []);
    let found = detector.detect(&grey(200)).expect("detections").0;
    assert_eq!((found.len(), found[0].class), (1, ObjectClass::Car));
    assert!((found[0].score.get() - 0.9 * 200.0 / 255.0).abs() < 1e-5, "{found:?}");
    // Cell (5, 0) of stride 8: centre (44, 4), 8x8 pixels of the input, half the image's size.
    let bbox = found[0].bbox;
    assert_eq!((bbox.x1, bbox.y1, bbox.x2, bbox.y2), (80.0, 0.0, 96.0, 16.0));
}

#[test]
fn the_limit_of_the_score_is_the_callers() {
    let Some(runtime) = runtime("the_limit_of_the_score_is_the_callers") else { return };
    let thresholds = Some(Thresholds { score: 0.1, nms_iou: 0.45 });
    let options = SessionOptions::default();
    let mut detector =
        CameraDetector::new(runtime, brightness(), None, thresholds, &options).expect("opens");
    assert_eq!(detector.detect(&grey(50)).expect("detections").0.len(), 1);
}

#[test]
fn a_network_that_is_not_its_cards_is_refused_with_the_tensor() {
    let Some(runtime) = runtime("a_network_that_is_not_its_cards") else { return };
    let text = include_str!("data/brightness.toml");
    for (from, to, wanted) in [
        (
            "\"images\"",
            "\"input\"",
            "card says input `input` f32[1, 3, 32, 64], the file has `images`",
        ),
        ("\"output\"", "\"boxes\"", "card says output `boxes`"),
        ("[\"car\"]", "[\"car\", \"van\"]", "card says output `output` f32[1, 42, 7]"),
    ] {
        let card = ModelCard::parse(&text.replacen(from, to, 1), "changed").expect("a card");
        let error = open(runtime, ResolvedModel { card, ..brightness() }, None);
        let message = error.expect_err(to).to_string();
        assert!(message.contains(wanted), "{message}");
    }
}

#[test]
fn a_size_that_does_not_fit_is_refused_before_the_first_image() {
    let Some(runtime) = runtime("a_size_that_does_not_fit") else { return };
    let message = open(runtime, brightness(), Some([65, 32])).expect_err("refused").to_string();
    assert!(message.contains("65x32") && message.contains("multiples of 32"), "{message}");
    // Twice the height needs twice the rows, and the network always has 42.
    let message = open(runtime, brightness(), Some([64, 64])).expect_err("refused").to_string();
    assert!(message.contains("[1, 84, 6]") && message.contains("[1, 42, 6]"), "{message}");
}

#[test]
fn a_draft_of_a_card_reads_what_the_file_tells() {
    let Some(runtime) = runtime("a_draft_of_a_card") else { return };
    let text = ModelStore::add(runtime, network()).expect("a draft");
    let filled = text.replace("= \"\"", "= \"MIT\"").replace("[\"-\"", "[\"car\"");
    let card = ModelCard::parse(&filled, "draft").expect("a card");
    assert_eq!(card.sha256, Some(brightness().sha256));
    assert_eq!((card.input.name.as_str(), card.output.name.as_str()), ("images", "output"));
    assert!(text.contains("# output `output` f32[1, 42, 6]"), "{text}");

    let broken = tempfile::NamedTempFile::new().expect("temporary file");
    std::fs::write(broken.path(), b"no network").expect("written");
    let message = ModelStore::add(runtime, broken.path()).expect_err("refused").to_string();
    assert!(message.contains("not a network"), "{message}");
}

#[test]
fn the_network_of_the_program_opens_from_memory_at_any_size() {
    let Some(runtime) = runtime("the_network_of_the_program") else { return };
    let model = ModelStore::default().resolve("delos_camera").expect("part of the program");
    for (size, wanted) in [(None, [832, 256]), (Some([416, 128]), [416, 128])] {
        let mut detector = open(runtime, model.clone(), size).expect("opens without a file");
        assert_eq!(detector.input_size(), wanted);
        assert_eq!(Some(&detector.model().sha256), model.card.sha256.as_ref());
        let limit = f64::from(model.card.thresholds.score);
        for level in [0, 90, 255] {
            for found in detector.detect(&grey(level)).expect("detections").0 {
                let bbox = found.bbox;
                assert!(bbox.x1 >= 0.0 && bbox.y1 >= 0.0, "{found:?}");
                assert!(bbox.x2 <= 127.0 && bbox.y2 <= 63.0, "{found:?}");
                assert!(found.score.get() >= limit - 1e-6, "{found:?}");
            }
        }
    }
}

#[test]
fn a_network_for_scans_is_refused() {
    let Some(runtime) = runtime("a_network_for_scans_is_refused") else { return };
    let model = ModelStore::default().resolve("delos_lidar").expect("part of the program");
    let message = open(runtime, model, None).expect_err("refused").to_string();
    assert_eq!(message, "model `delos_lidar` is for LiDAR scans, not for camera images");
}
