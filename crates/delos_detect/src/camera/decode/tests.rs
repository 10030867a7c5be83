use super::*;
use crate::camera::reference::{self, RawBox};
use delos_core::ImageSize;
use proptest::prelude::*;

const CLASSES: [Option<ObjectClass>; 4] =
    [Some(ObjectClass::Car), None, Some(ObjectClass::Pedestrian), Some(ObjectClass::Bus)];
/// An input of 64x32 has 8·4 + 4·2 + 2·1 cells.
const ROWS: usize = 42;

fn layout() -> Layout {
    Layout { size: [64, 32], strides: vec![8, 16, 32], classes: CLASSES.to_vec() }
}

fn fit() -> Fit {
    Fit { ratio: 0.5, size: ImageSize { width: 64, height: 20 }, left: 0, top: 6 }
}

/// What the reference found, as candidates.
fn candidates(found: &[RawBox]) -> Vec<(Box2, ObjectClass, f32)> {
    let kept = found.iter().filter_map(|(centre, size, class, score)| {
        Some((fit().box_in_image(*centre, *size), CLASSES[*class]?, *score))
    });
    kept.filter(|(b, ..)| [b.x1, b.y1, b.x2, b.y2].iter().all(|edge| edge.is_finite())).collect()
}

fn listed(out: &Candidates) -> Vec<(Box2, ObjectClass, f32)> {
    let scores = out.classes.iter().zip(&out.scores);
    out.boxes.iter().zip(scores).map(|(bbox, (class, score))| (*bbox, *class, *score)).collect()
}

/// Scores with ties, and now and then what a broken network gives.
fn score() -> impl Strategy<Value = f32> {
    prop_oneof![8 => 0.0..=1.0f32, 2 => Just(0.5f32), 1 => Just(f32::NAN)]
}

fn place() -> impl Strategy<Value = f32> {
    prop_oneof![20 => -3.0..3.0f32, 1 => Just(f32::INFINITY), 1 => Just(f32::NAN)]
}

fn yolox_output() -> impl Strategy<Value = Vec<f32>> {
    let row = (prop::array::uniform4(place()), prop::array::uniform5(score()));
    prop::collection::vec(row, ROWS)
        .prop_map(|rows| rows.iter().flat_map(|(b, s)| b.iter().chain(s).copied()).collect())
}

#[test]
fn a_yolox_row_by_hand() {
    let mut output = vec![0.0; ROWS * 9];
    // Row 32 + 5 is cell (1, 1) of stride 16; centre (1.5, 1.25)·16, size (e⁰, e¹)·16.
    let row = &mut output[37 * 9..38 * 9];
    row.copy_from_slice(&[0.5, 0.25, 0.0, 1.0, 0.8, 0.1, 0.2, 0.5, 0.3]);
    let mut out = Candidates::default();
    yolox(&output, &layout(), 0.3, &fit(), &mut out);
    let (bbox, class, score) = listed(&out)[0];
    let half = std::f32::consts::E * 8.0;
    let wanted = Box2::new(32.0, (14.0 - half) * 2.0, 64.0, (14.0 + half) * 2.0);
    for (got, wanted) in
        [(bbox.x1, wanted.x1), (bbox.y1, wanted.y1), (bbox.x2, wanted.x2), (bbox.y2, wanted.y2)]
    {
        assert!((got - wanted).abs() < 1e-4, "{bbox:?}");
    }
    assert_eq!((out.boxes.len(), class), (1, ObjectClass::Pedestrian));
    assert!((score - 0.4).abs() < 1e-6);
}

#[test]
fn an_output_that_is_cut_short_is_read_as_far_as_it_goes() {
    let mut out = Candidates::default();
    for length in [0, 3, 9, 100, ROWS * 9 + 50] {
        yolox(&vec![0.9; length], &layout(), 0.3, &fit(), &mut out);
        yolov8(&vec![0.9; length], &layout(), 0.3, &fit(), &mut Best::default(), &mut out);
    }
    assert!(out.boxes.len() == out.scores.len() && out.boxes.len() == out.classes.len());
}

proptest! {
    #[test]
    fn yolox_equals_reference(output in yolox_output(), threshold in 0.0..=1.0f32) {
        let mut out = Candidates::default();
        yolox(&output, &layout(), threshold, &fit(), &mut out);
        let found = reference::decode_yolox(&output, [64, 32], &[8, 16, 32], 4, threshold);
        prop_assert_eq!(listed(&out), candidates(&found));
    }

    #[test]
    fn yolov8_equals_reference(
        boxes in prop::collection::vec(place(), 4 * 30),
        scores in prop::collection::vec(score(), 4 * 30),
        threshold in 0.0..=1.0f32,
    ) {
        let output = [boxes, scores].concat();
        let mut out = Candidates::default();
        yolov8(&output, &layout(), threshold, &fit(), &mut Best::default(), &mut out);
        let found = reference::decode_yolov8(&output, 30, 4, threshold);
        prop_assert_eq!(listed(&out), candidates(&found));
    }
}
