//! Decoders against their definitions.

use super::super::*;
use super::card;
use crate::models::{ModelCard, Thresholds};
use delos_core::{Box3, Detection3d, Ego, LidarPoint, ObjectClass, wrap_angle};
use delos_geom::{iou_bev, nms_bev};
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI, TAU};

const CELLS: usize = 24;
const COLUMNS: usize = 6;

fn frame(card: &ModelCard) -> NetworkFrame {
    NetworkFrame::new(card.pillars().expect("pillars"), Some(1.73))
}

fn decoder(card: &ModelCard, thresholds: Thresholds) -> AnchorDecoder {
    AnchorDecoder::new(card, thresholds).expect("sound").expect("anchors")
}

fn decode(card: &ModelCard, tensors: [&[f32]; 3], thresholds: Thresholds) -> Vec<Detection3d> {
    let mut out = Vec::new();
    decoder(card, thresholds).decode(tensors, &frame(card), &mut out);
    out
}

/// `numbers` of each anchor, `[cells, 2, numbers]`, in planes.
fn in_planes(list: &[f32], numbers: usize) -> Vec<f32> {
    let planes = 2 * numbers;
    (0..planes * CELLS).map(|at| list[(at % CELLS) * planes + at / CELLS]).collect()
}

#[test]
fn an_anchor_alone_is_itself() {
    let card = card(&[]);
    let mut scores = vec![-9.0; CELLS * 2];
    // Row 1, column 2, turned anchor; its direction is the second bin.
    let index = (COLUMNS + 2) * 2 + 1;
    scores[index] = 2.0;
    let (boxes, mut directions) = (vec![0.0; CELLS * 2 * 7], vec![0.0; CELLS * 2 * 2]);
    directions[index * 2 + 1] = 1.0;
    let all = decode(&card, [&scores, &boxes, &directions], card.thresholds);
    let [found] = all.as_slice() else { panic!("{all:?}") };
    let b = &found.bbox;
    let got = [b.center.x(), b.center.y(), b.center.z(), b.yaw.radians()];
    let wanted = [2.5 * 1.6, -3.2 + 1.5 * 1.6, -1.0, FRAC_PI_2];
    assert!(got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-6), "{got:?}");
    let size = [b.size.length(), b.size.width(), b.size.height()];
    assert!(size.iter().zip([4.0, 2.0, 1.5]).all(|(got, wanted)| (got - wanted).abs() < 1e-12));
    assert_eq!((found.class, found.points, found.cluster), (ObjectClass::Car, 0, None));
    assert!((found.score.get() - 1.0 / (1.0 + (-2.0_f64).exp())).abs() < 1e-7);
}

#[test]
fn directions_choose_the_side_and_leave_the_axis() {
    // The bins' first angle, and where two bins of half a turn put a few yaws.
    for (offset, limit, least) in
        [(0.0, 1.0, -PI), (FRAC_PI_4, 0.0, FRAC_PI_4), (-0.5, 0.5, -0.5 - FRAC_PI_2)]
    {
        let directions = format!("bins = 2, offset = {offset:?}, limit = {limit:?}");
        let card = card(&[("bins = 2, offset = 0.0, limit = 1.0", &directions)]);
        for step in 0..24 {
            let residual = f64::from(step) * 0.27 - 3.0;
            for bin in 0..2 {
                let mut scores = vec![-9.0; CELLS * 2];
                let (mut boxes, mut bins) = (vec![0.0; CELLS * 2 * 7], vec![0.0; CELLS * 2 * 2]);
                scores[0] = 2.0;
                boxes[6] = residual as f32;
                bins[bin] = 1.0;
                let found = decode(&card, [&scores, &boxes, &bins], card.thresholds)[0];
                let yaw = found.bbox.yaw.radians();
                let off_axis = (yaw - residual).rem_euclid(PI);
                assert!(off_axis.min(PI - off_axis) < 1e-6, "{yaw} for {residual}");
                let from_first = (yaw - least).rem_euclid(TAU);
                assert_eq!((from_first / PI) as usize, bin, "{yaw} for {residual}, {offset}");
            }
        }
    }
}

#[test]
fn tensors_of_another_length_and_numbers_out_of_bounds_are_nothing() {
    let card = card(&[]);
    let scores = vec![2.0; CELLS * 2];
    let directions = vec![0.0; CELLS * 2 * 2];
    for value in [f32::NAN, f32::INFINITY, 200.0, 1e30, -1e30] {
        let boxes = vec![value; CELLS * 2 * 7];
        assert!(decode(&card, [&scores, &boxes, &directions], card.thresholds).is_empty());
    }
    let boxes = vec![0.0; CELLS * 2 * 7];
    let nan = vec![f32::NAN; CELLS * 2];
    assert!(decode(&card, [&nan, &boxes, &directions], card.thresholds).is_empty());
    assert!(decode(&card, [&scores, &boxes[1..], &directions], card.thresholds).is_empty());
    assert!(decode(&card, [&scores, &boxes, &[]], card.thresholds).is_empty());
}

#[test]
fn limits_hold_to_the_bit() {
    let card = card(&[]);
    let (boxes, directions) = (vec![0.0; CELLS * 2 * 7], vec![0.0; CELLS * 2 * 2]);
    let mut scores = vec![-30.0; CELLS * 2];
    scores[3] = 0.4;
    let sure = (1.0 / (1.0 + (-f64::from(0.4_f32)).exp())) as f32;
    for (score, wanted) in [(sure, 1), (sure.next_up(), 0), (0.0, 1), (1.0, 0)] {
        let found =
            decode(&card, [&scores, &boxes, &directions], Thresholds { score, nms_iou: 0.0 });
        // Without a limit all come in, and drop each other but for those apart.
        assert_eq!(found.is_empty(), wanted == 0, "{score}");
    }
    let card = super::card(&[("anchors = [", "keep = { most = 3, candidates = 40 }\nanchors = [")]);
    let far = Thresholds { score: 0.0, nms_iou: 1.0 };
    assert_eq!(decode(&card, [&scores, &boxes, &directions], far).len(), 3);
}

#[test]
fn boxes_near_each_other_drop_each_other_where_the_card_says_so() {
    let keep = "keep = { among = \"class\", least_distance_m = 2.0 }\nanchors = [";
    let near = card(&[("anchors = [", keep)]);
    let (boxes, directions) = (vec![0.0; CELLS * 2 * 7], vec![0.0; CELLS * 2 * 2]);
    let scores = vec![1.0; CELLS * 2];
    let open = Thresholds { score: 0.0, nms_iou: 1.0 };
    // Cells are 1.6 m apart: every second one along each diagonal line of sight is left.
    let left = decode(&near, [&scores, &boxes, &directions], open);
    for (number, a) in left.iter().enumerate() {
        for b in &left[number + 1..] {
            assert!(a.bbox.center.planar_distance(&b.bbox.center) >= 2.0);
        }
    }
    assert!(left.len() > 4 && left.len() < CELLS);
    assert_eq!(decode(&card(&[]), [&scores, &boxes, &directions], open).len(), CELLS * 2);
}

/// Scores, boxes and directions of two classes, `[cells, 2, numbers]`.
type Tensors = (Vec<f32>, Vec<f32>, Vec<f32>);

prop_compose! {
    fn tensors()(
        // Few different scores, so that many are equal.
        scores in prop::collection::vec((-8_i8..6).prop_map(|n| f32::from(n) / 2.0), CELLS * 4),
        boxes in prop::collection::vec(-0.6_f32..0.6, CELLS * 14),
        directions in prop::collection::vec(-1.0_f32..1.0, CELLS * 4),
    ) -> Tensors {
        (scores, boxes, directions)
    }
}

fn two_classes(layout: &str) -> ModelCard {
    let layout = format!("layout = \"{layout}\"");
    card(&[("layout = \"HWC\"", &layout), ("[\"car\"]", "[\"car\", \"pedestrian\"]")])
}

proptest! {
    #[test]
    fn what_is_left_is_what_plain_suppression_leaves(
        (scores, boxes, directions) in tensors(), nms_iou in 0.0_f32..0.9, score in 0.0_f32..0.9,
    ) {
        let card = two_classes("HWC");
        let all = Thresholds { score, nms_iou: 1.0 };
        let candidates = decode(&card, [&scores, &boxes, &directions], all);
        // Every anchor whose better class is good enough, the better one first.
        let logits: Vec<f32> = scores.chunks(2).map(|s| s[0].max(s[1])).collect();
        let sigmoid = |x: f32| (1.0 / (1.0 + (-f64::from(x)).exp())) as f32;
        let good = logits.iter().filter(|x| sigmoid(**x) >= score).count();
        prop_assert_eq!(candidates.len(), good);
        prop_assert!(candidates.is_sorted_by(|a, b| a.score.get() >= b.score.get()));

        let left = decode(&card, [&scores, &boxes, &directions], Thresholds { score, nms_iou });
        let boxes3: Vec<Box3<Ego>> = candidates.iter().map(|d| d.bbox).collect();
        let confidence: Vec<f64> = candidates.iter().map(|d| d.score.get()).collect();
        let mut keep = Vec::new();
        nms_bev(&boxes3, &confidence, &vec![0_u8; boxes3.len()], nms_iou.into(), &mut keep);
        let wanted: Vec<_> = keep.iter().map(|index| candidates[*index]).collect();
        prop_assert_eq!(&left, &wanted);
        for (number, a) in left.iter().enumerate() {
            for b in &left[number + 1..] {
                prop_assert!(iou_bev(&a.bbox, &b.bbox) <= f64::from(nms_iou));
            }
        }
    }

    #[test]
    fn both_layouts_hold_the_same_boxes(
        (scores, boxes, directions) in tensors(), nms_iou in 0.0_f32..0.9,
    ) {
        let thresholds = Thresholds { score: 0.3, nms_iou };
        let rows = decode(&two_classes("HWC"), [&scores, &boxes, &directions], thresholds);
        let planes =
            [in_planes(&scores, 2), in_planes(&boxes, 7), in_planes(&directions, 2)];
        let [scores, boxes, directions] = planes.each_ref().map(Vec::as_slice);
        let turned = decode(&two_classes("CHW"), [scores, boxes, directions], thresholds);
        prop_assert_eq!(rows, turned);
    }

    #[test]
    fn encoding_a_box_and_decoding_it_gives_the_box(
        cell in 0..CELLS, turned in 0_usize..2,
        place in (-2.0..2.0_f64, -2.0..2.0_f64, -1.5..1.5_f64),
        size in (0.5..9.0_f64, 0.5..3.0_f64, 0.5..4.0_f64), yaw in -3.1..3.1_f64,
    ) {
        let card = card(&[]);
        let index = cell * 2 + turned;
        let anchor = [
            ((cell % COLUMNS) as f64 + 0.5) * 1.6,
            ((cell / COLUMNS) as f64 + 0.5) * 1.6 - 3.2,
            -1.0,
        ];
        let wanted = [anchor[0] + place.0, anchor[1] + place.1, anchor[2] + place.2];
        // Yan et al. 2018, section 3.1.3.
        let diagonal = 4.0_f64.hypot(2.0);
        let code = [
            place.0 / diagonal,
            place.1 / diagonal,
            place.2 / 1.5,
            (size.0 / 4.0).ln(),
            (size.1 / 2.0).ln(),
            (size.2 / 1.5).ln(),
            yaw - if turned == 1 { FRAC_PI_2 } else { 0.0 },
        ];
        let (mut scores, mut boxes) = (vec![-9.0; CELLS * 2], vec![0.0; CELLS * 14]);
        let mut directions = vec![0.0; CELLS * 4];
        scores[index] = 3.0;
        for (number, value) in code.into_iter().enumerate() {
            boxes[index * 7 + number] = value as f32;
        }
        // Bins from -pi and from 0.
        directions[index * 2 + usize::from(yaw >= 0.0)] = 1.0;
        let all = decode(&card, [&scores, &boxes, &directions], card.thresholds);
        prop_assert_eq!(all.len(), 1);
        let b = &all[0].bbox;
        let got = [b.center.x(), b.center.y(), b.center.z()];
        prop_assert!(got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-5));
        let sides = [b.size.length(), b.size.width(), b.size.height()];
        prop_assert!(sides.iter().zip([size.0, size.1, size.2]).all(|(a, b)| (a - b).abs() < 1e-5));
        // At the seam between the bins the rounding of f32 may turn the box about.
        if yaw.abs() > 1e-5 {
            prop_assert!(wrap_angle(b.yaw.radians() - yaw).abs() < 1e-5);
        }
    }

    #[test]
    fn a_box_around_a_point_stays_around_it_in_the_other_frame(
        x in -50.0_f32..50.0, y in -50.0_f32..50.0, yaw in -3.0..3.0_f64, forward in any::<bool>(),
    ) {
        let changed = format!(
            "ground_m = -0.3\nsensor_m = [0.9, -0.4, 1.2]\nforward = \"{}\"",
            if forward { "x" } else { "y" },
        );
        let card = card(&[("ground_m = -1.73", &changed)]);
        let frame = frame(&card);
        let point = LidarPoint { x, y, z: -1.0, intensity: 0.0 };
        let at = frame.point(&point).map(f64::from);
        prop_assert!((at[2] - (-1.0 + 1.73 - 0.3)).abs() < 1e-6);
        // A point ahead of the first, seen from the network.
        let ahead = LidarPoint { x: x + 2.0 * yaw.cos() as f32, y: y + 2.0 * yaw.sin() as f32, ..point };
        let there = frame.point(&ahead).map(f64::from);
        let heading = (there[1] - at[1]).atan2(there[0] - at[0]);
        let found = frame::NetworkBox { middle: at, size: [4.0, 2.0, 1.5], yaw: heading };
        let ego = frame.ego(&found).expect("sound");
        prop_assert!((ego.center.x() - f64::from(x)).abs() < 1e-4);
        prop_assert!((ego.center.y() - f64::from(y)).abs() < 1e-4);
        prop_assert!((ego.center.z() + 1.0).abs() < 1e-6);
        prop_assert!(wrap_angle(ego.yaw.radians() - yaw).abs() < 1e-4);
        // Both frames agree on what lies in the range.
        let pillars = card.pillars().expect("pillars");
        let inside = (0.0..9.6).contains(&at[0]) && (-3.2..3.2).contains(&at[1]);
        let edge = [at[0], at[0] - 9.6, at[1] + 3.2, at[1] - 3.2].iter().any(|d| d.abs() < 1e-4);
        prop_assert!(edge || pillars.covers(x.into(), y.into()) == inside);
    }
}
