//! The camera chain on a real image with a real network.

use delos_core::{Detections2d, Image, ObjectClass};
use delos_detect::camera::{CameraDetector, Letterbox, reference};
use delos_detect::models::{ModelCard, ModelStore, ResolvedModel, free_axes};
use delos_infer::{OrtLibrary, SessionOptions};
use delos_tests::{ort_library, real_data, real_models};
use std::path::{Path, PathBuf};

fn street(data: &Path) -> Image {
    let path = data.join("kitti_object/training/image_2/000008.png");
    let bytes = std::fs::read(&path).expect("the image of object 000008");
    delos_ingest::decode_image(&bytes, &path).expect("a sound image")
}

fn nano(models: PathBuf) -> ResolvedModel {
    let store = ModelStore::default().with_model_folders([models]);
    store.resolve("yolox_nano").expect("the file of the card yolox_nano")
}

/// Detections of YOLOX-nano on the image, `None` where something real is missing.
fn detect(test: &str, size: [u32; 2]) -> Option<Detections2d> {
    let (data, models) = (real_data(test)?, real_models(test)?);
    let library = OrtLibrary::find(Some(&ort_library(test)?)).expect("a file");
    let runtime = library.load().expect("an ONNX Runtime");
    let options = SessionOptions::default();
    let mut detector =
        CameraDetector::new(runtime, nano(models), Some(size), None, &options).expect("opens");
    assert_eq!(detector.provider(), "CPUExecutionProvider");
    let image = street(&data);
    let found = detector.detect(&image).expect("detections");
    assert_eq!(detector.detect(&image).expect("detections"), found, "a second run differs");
    Some(found)
}

/// Scores in hundredths.
fn scores(found: &Detections2d, class: ObjectClass) -> Vec<u32> {
    let of_class = found.0.iter().filter(|detection| detection.class == class);
    of_class.map(|detection| (detection.score.get() * 100.0).round() as u32).collect()
}

#[test]
fn yolox_nano_finds_eight_cars_at_416() {
    let Some(found) = detect("yolox_nano_finds_eight_cars_at_416", [416, 416]) else { return };
    assert_eq!(scores(&found, ObjectClass::Car), [91, 88, 80, 80, 75, 65, 58, 46]);
}

#[test]
fn yolox_nano_finds_twelve_cars_at_384x1248() {
    let test = "yolox_nano_finds_twelve_cars_at_384x1248";
    let Some(found) = detect(test, [1248, 384]) else { return };
    let wanted = [93, 93, 91, 90, 87, 86, 74, 71, 70, 51, 42, 30];
    assert_eq!(scores(&found, ObjectClass::Car), wanted);
}

/// Replaces bytes by as many others; how often they stood there.
fn replace(network: &mut [u8], from: &[u8], to: &[u8]) -> usize {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> =
        (0..=network.len() - from.len()).filter(|at| network[*at..].starts_with(from)).collect();
    for at in &places {
        network[*at..*at + to.len()].copy_from_slice(to);
    }
    places.len()
}

/// What `delos models fetch` does to the official network gives that of the figures above, to the byte: here it is
/// done to that network with the lengths of the official one written over its free axes. (The official file also
/// tells the lengths of tensors in between, which are left out.)
#[test]
fn a_network_that_is_made_free_is_the_one_of_the_figures() {
    let test = "a_network_that_is_made_free_is_the_one_of_the_figures";
    let Some(models) = real_models(test) else { return };
    let free = std::fs::read(models.join("yolox_nano_dynamic_nhw.onnx")).expect("the network");
    let mut fixed = free.clone();
    // An axis is a message of three bytes: a name (field 2), or a length (field 1) as a number in two bytes.
    let axis = |name: u8| [0x0a, 3, 0x12, 1, name];
    let length = |number: u16| [0x0a, 3, 0x08, 0x80 | (number & 0x7f) as u8, (number >> 7) as u8];
    for (name, number, times) in [(b'N', 1, 2), (b'H', 416, 1), (b'W', 416, 1), (b'A', 3549, 1)] {
        assert_eq!(
            replace(&mut fixed, &axis(name), &length(number)),
            times,
            "{}",
            char::from(name)
        );
    }
    let shape = |first: i64| [first, 85, -1].map(i64::to_le_bytes).concat();
    assert_eq!(replace(&mut fixed, &shape(0), &shape(1)), 3, "a shape for each level");

    let store = ModelStore::default();
    let official = store.card("yolox_nano_416").expect("a shipped card");
    assert!(free_axes(&fixed, official).expect("freed") == free);
}

#[test]
fn detections_lie_inside_the_image_in_order() {
    let test = "detections_lie_inside_the_image_in_order";
    let Some(found) = detect(test, [416, 416]) else { return };
    assert!(found.0.windows(2).all(|pair| pair[0].score >= pair[1].score));
    for bbox in found.0.iter().map(|detection| detection.bbox) {
        assert!(bbox.x1 >= 0.0 && bbox.y1 >= 0.0 && bbox.x2 <= 1241.0 && bbox.y2 <= 374.0);
    }
}

/// Largest difference in grey levels between the letterboxed image and OpenCV's.
fn difference(image: &Image, card: &ModelCard, size: [u32; 2]) -> f32 {
    let mut letterbox = Letterbox::new(&card.input, size);
    let fit = letterbox.fit(image.size());
    let (width, height) = (fit.size.width, fit.size.height);
    let wanted = delos_ingest::reference::resize_rgb_linear(image, width, height).expect("scaled");
    let tensor = letterbox.apply(image);
    assert_eq!(tensor, reference::letterbox(image, &card.input, size), "fast and plain differ");
    let area = (size[0] * size[1]) as usize;
    let mut worst = 0.0_f32;
    for (i, rgb) in wanted.rgb().as_chunks::<3>().0.iter().enumerate() {
        let place = i / width as usize * size[0] as usize + i % width as usize;
        for (colour, grey) in rgb.iter().enumerate() {
            let got = tensor[(2 - colour) * area + place];
            worst = worst.max((got - f32::from(*grey)).abs());
        }
    }
    worst
}

#[test]
fn letterbox_equals_opencv() {
    let test = "letterbox_equals_opencv";
    let Some(data) = real_data(test) else { return };
    let store = ModelStore::default();
    let card = store.card("yolox_nano").expect("shipped");
    let image = street(&data);
    for size in [[416, 416], [1248, 384], [640, 640], [1920, 1088], [32, 32]] {
        let worst = difference(&image, card, size);
        eprintln!("{size:?}: at most {worst} grey levels");
        assert!(worst <= 1.0, "{size:?}: {worst} grey levels");
    }
    // Exact halving, where OpenCV takes another path.
    let even = delos_ingest::reference::resize_rgb_linear(&image, 832, 256).expect("scaled");
    assert!(difference(&even, card, [416, 416]) <= 1.0);
}
