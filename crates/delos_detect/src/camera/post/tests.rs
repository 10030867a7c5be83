use super::*;
use crate::models::ModelStore;
use delos_core::ObjectClass;

const IMAGE: ImageSize = ImageSize { width: 1242, height: 375 };

fn post(model: &str, size: [u32; 2], score: f32) -> (PostProcess, Fit) {
    let store = ModelStore::default();
    let card = store.card(model).expect("shipped");
    let thresholds = Thresholds { score, nms_iou: 0.45 };
    let fit = Fit::new(IMAGE, size, &card.input.image().letterbox);
    (PostProcess::new(card, size, thresholds).expect("sound"), fit)
}

/// A YOLOX output for 416x416 with these `(row, [x, y, w, h], objectness, class, score)`.
fn yolox_output(found: &[(usize, [f32; 4], f32, usize, f32)]) -> Vec<f32> {
    let mut output = vec![0.0; 3549 * 85];
    for (row, place, objectness, class, score) in found {
        let row = &mut output[row * 85..(row + 1) * 85];
        row[..4].copy_from_slice(place);
        row[4] = *objectness;
        row[5 + class] = *score;
    }
    output
}

#[test]
fn overlapping_boxes_of_a_class_become_one_and_classes_off_the_road_none() {
    let (mut post, fit) = post("yolox_nano", [416, 416], 0.3);
    let here = [0.5, 0.5, 1.0, 1.0];
    let output = yolox_output(&[
        (520, here, 0.9, 2, 0.8),
        (521, [-0.5, 0.5, 1.0, 1.0], 0.9, 2, 0.9),
        (520 + 10, here, 0.5, 0, 0.7),
        (600, here, 0.9, 56, 0.9),
        (610, here, 0.29, 2, 1.0),
    ]);
    let found = post.run(&output, &fit, IMAGE).0;
    let classes: Vec<_> = found.iter().map(|d| (d.class, d.score.get())).collect();
    assert_eq!(classes.len(), 2, "{found:?}");
    assert_eq!(classes[0].0, ObjectClass::Car);
    assert!((classes[0].1 - 0.81).abs() < 1e-6);
    assert_eq!(classes[1].0, ObjectClass::Pedestrian);
    assert_eq!(post.run(&output, &fit, IMAGE).0, found, "buffers carry nothing over");
}

#[test]
fn boxes_are_clipped_to_the_image() {
    let (mut post, fit) = post("yolox_nano", [416, 416], 0.3);
    let output = yolox_output(&[
        (0, [0.0, 0.0, 2.0, 2.0], 1.0, 2, 1.0),
        // The last cell lies in the padding, far below the image.
        (3548, [0.5, 0.5, 0.0, 0.0], 1.0, 2, 1.0),
    ]);
    let found = post.run(&output, &fit, IMAGE).0;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].bbox.x1, found[0].bbox.y1), (0.0, 0.0));
    assert!(found[0].bbox.x2 > 80.0);
}

#[test]
fn the_second_decoder_finds_its_boxes_too() {
    let (mut post, fit) = post("yolov8n", [640, 640], 0.3);
    let n = 8400;
    let mut output = vec![0.0; 84 * n];
    // Centre (320, 320), 64x32 pixels of the input; class 7 is a truck, 4 an aeroplane.
    for (row, value) in [(0, 320.0), (1, 320.0), (2, 64.0), (3, 32.0), (4 + 7, 0.75)] {
        output[row * n + 4000] = value;
    }
    output[(4 + 4) * n + 17] = 0.99;
    let found = post.run(&output, &fit, IMAGE).0;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].class, found[0].score.get()), (ObjectClass::Truck, 0.75));
    let scale = 1242.0 / 640.0;
    assert!((found[0].bbox.x1 - 288.0 * scale).abs() < 0.01, "{:?}", found[0].bbox);
    assert!((found[0].bbox.y1 - (304.0 - 223.0) * scale).abs() < 0.01, "{:?}", found[0].bbox);
}

#[test]
fn a_broken_network_gives_nothing() {
    let (mut post, fit) = post("yolox_nano", [416, 416], 0.0);
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let output = vec![value; 3549 * 85];
        assert_eq!(post.run(&output, &fit, IMAGE).0, []);
    }
}

#[test]
fn limits_outside_0_to_1_are_refused() {
    let store = ModelStore::default();
    let card = store.card("yolox_nano").expect("shipped");
    for thresholds in [
        Thresholds { score: 1.1, nms_iou: 0.5 },
        Thresholds { score: f32::NAN, nms_iou: 0.5 },
        Thresholds { score: 0.3, nms_iou: -0.1 },
    ] {
        assert!(PostProcess::new(card, [416, 416], thresholds).is_err(), "{thresholds:?}");
    }
}
