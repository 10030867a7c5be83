//! What NumPy made of made-up numbers: `tests/data/pillars/golden.py`.

use super::super::*;
use crate::models::ModelCard;
use delos_core::{Detection3d, LidarPoint, PointCloud, wrap_angle};
use serde_json::Value;

fn cases(kind: &str) -> (f64, Vec<Value>) {
    let text = include_str!("../../../../../tests/data/pillars/golden.json");
    let all: Value = serde_json::from_str(text).expect("JSON");
    let list = all[kind].as_array().expect("a list").clone();
    (all["height_m"].as_f64().expect("a number"), list)
}

fn card(case: &Value) -> ModelCard {
    ModelCard::parse(case["card"].as_str().expect("text"), "golden.json").expect("a card")
}

fn numbers(list: &Value) -> Vec<f32> {
    let numbers = list.as_array().expect("a list").iter();
    numbers.map(|number| number.as_f64().expect("a number") as f32).collect()
}

fn assert_near(got: &[f32], wanted: &[f32], what: &str) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (place, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        assert!((got - wanted).abs() < 3e-6, "{what} {place}: {got} is not {wanted}");
    }
}

fn assert_found(case: &Value, out: &[Detection3d], number: usize) {
    let boxes = case["boxes"].as_array().expect("a list");
    let (scores, classes) = (numbers(&case["scores"]), &case["classes"]);
    assert_eq!(out.len(), boxes.len(), "case {number}");
    for (place, found) in out.iter().enumerate() {
        let wanted: [f64; 7] = serde_json::from_value(boxes[place].clone()).expect("numbers");
        let b = &found.bbox;
        let got = [b.center.x(), b.center.y(), b.center.z()];
        let got = got.into_iter().chain([b.size.length(), b.size.width(), b.size.height()]);
        for (got, wanted) in got.zip(wanted) {
            assert!((got - wanted).abs() < 2e-6, "case {number}, {place}: {got} is not {wanted}");
        }
        let turned = wrap_angle(b.yaw.radians() - wanted[6]);
        assert!(turned.abs() < 2e-6, "case {number}, {place}: {turned}");
        assert!((found.score.get() as f32 - scores[place]).abs() < 1e-6);
        assert_eq!(found.class.name(), classes[place].as_str().expect("a name"));
    }
}

#[test]
fn pillars_are_those_of_numpy() {
    let (height_m, cases) = cases("pillars");
    for (number, case) in cases.iter().enumerate() {
        let card = card(case);
        let mut pillars = Pillars::new(card.pillars().expect("pillars"), false);
        let intensity = numbers(&case["intensity"]);
        let places = numbers(&case["points"]);
        let points = places.chunks_exact(3).zip(intensity);
        let cloud = PointCloud::new(
            points
                .map(|(p, intensity)| LidarPoint { x: p[0], y: p[1], z: p[2], intensity })
                .collect(),
        );
        let wanted: Vec<[u32; 4]> = serde_json::from_value(case["cells"].clone()).expect("cells");
        assert_eq!(pillars.fill(&cloud, Some(height_m), 1), wanted.len(), "case {number}");
        let cells: Vec<u32> = wanted.iter().map(|[_, _, y, x]| y * 12 + x).collect();
        assert_eq!(pillars.cells(), cells);
        let counts: Vec<u32> = serde_json::from_value(case["counts"].clone()).expect("counts");
        assert_eq!(pillars.counts(), counts);
        assert_near(pillars.tensor(), &numbers(&case["tensor"]), &format!("case {number}"));
    }
}

#[test]
fn boxes_of_anchors_are_those_of_numpy() {
    let (height_m, cases) = cases("anchors");
    for (number, case) in cases.iter().enumerate() {
        let card = card(case);
        let frame = NetworkFrame::new(card.pillars().expect("pillars"), Some(height_m));
        let decoder = AnchorDecoder::new(&card, card.thresholds).expect("sound");
        let mut decoder = decoder.expect("a card with anchors");
        let [cls, boxes, dir] = ["cls", "box", "dir"].map(|name| numbers(&case[name]));
        let mut out = Vec::new();
        decoder.decode([&cls, &boxes, &dir], &frame, &mut out);
        assert_found(case, &out, number);
    }
}

#[test]
fn boxes_of_heat_maps_are_those_of_numpy() {
    let (height_m, cases) = cases("heatmaps");
    for (number, case) in cases.iter().enumerate() {
        let card = card(case);
        let frame = NetworkFrame::new(card.pillars().expect("pillars"), Some(height_m));
        let decoder = HeatmapDecoder::new(&card, card.thresholds).expect("sound");
        let mut decoder = decoder.expect("a card with a heat map");
        let heads = case["heads"].as_array().expect("a list");
        let tensors = |head: &Value| {
            ["heat", "offset", "height", "size", "turn"].map(|name| numbers(&head[name]))
        };
        let tensors: Vec<_> = heads.iter().map(tensors).collect();
        let heads: Vec<_> = tensors
            .iter()
            .map(|[heat, offset, height, size, turn]| HeadPlanes {
                heat,
                offset,
                height,
                size,
                turn,
            })
            .collect();
        let mut out = Vec::new();
        decoder.decode(&heads, &frame, &mut out);
        assert_found(case, &out, number);
    }
}
