//! Hand-computed cases, and a slow second implementation.

use super::*;
use proptest::prelude::*;

fn at(x: f32) -> Box2 {
    Box2::new(x, 0.0, x + 10.0, 10.0)
}

fn truth(x: f32) -> ApTruth {
    ApTruth { bbox: at(x), is_ignored: false }
}

fn found(x: f32, score: f64) -> ApDetection {
    ApDetection { bbox: at(x), score, is_ignored: false }
}

fn frame(truths: &[ApTruth], detections: &[ApDetection]) -> ApFrame {
    ApFrame { truths: truths.to_vec(), detections: detections.to_vec(), regions: vec![] }
}

fn close(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 1e-12)
}

#[test]
fn two_of_three_found_with_one_mistake_between() {
    // By score: right (1/1), wrong (1/2), right (2/3). Recalls: 1/3, 1/3, 2/3.
    let frames = [
        frame(&[truth(0.0), truth(100.0)], &[found(0.0, 0.9), found(50.0, 0.8)]),
        frame(&[truth(0.0)], &[found(1.0, 0.7)]),
    ];
    let curve = ap2d(&frames, 0.5);
    assert_eq!((curve.counted, curve.right, curve.wrong), (3, 2, 1));
    // Recalls 1/40 to 13/40 lie below 1/3, 14/40 to 26/40 below 2/3, the rest is not reached.
    assert!(close(curve.ap_r40, (13.0 + 13.0 * 2.0 / 3.0) / 40.0), "{curve:?}");
    // 0, 0.1, 0.2, 0.3 lie below 1/3; 0.4, 0.5, 0.6 below 2/3.
    assert!(close(curve.ap_r11, (4.0 + 3.0 * 2.0 / 3.0) / 11.0), "{curve:?}");
    let precisions: Vec<f64> = curve.points.iter().map(|point| point.precision).collect();
    assert_eq!(precisions, [1.0, 0.5, 2.0 / 3.0]);
}

#[test]
fn perfect_and_useless_detectors_have_the_ends_of_the_scale() {
    let truths: Vec<ApTruth> = (0..7).map(|i| truth(20.0 * i as f32)).collect();
    let all: Vec<ApDetection> =
        (0..7).map(|i| found(20.0 * i as f32, 0.1 * f64::from(i))).collect();
    let curve = ap2d(&[frame(&truths, &all)], 0.5);
    assert_eq!((curve.ap_r40, curve.ap_r11), (Some(1.0), Some(1.0)));
    let curve = ap2d(&[frame(&truths, &[found(500.0, 0.9)])], 0.5);
    assert_eq!((curve.ap_r40, curve.ap_r11), (Some(0.0), Some(0.0)));
    let curve = ap2d(&[frame(&[], &[found(0.0, 0.9)])], 0.5);
    assert_eq!((curve.ap_r40, curve.wrong), (None, 1));
}

#[test]
fn a_second_detection_of_one_object_is_wrong() {
    let curve = ap2d(&[frame(&[truth(0.0)], &[found(0.0, 0.5), found(1.0, 0.9)])], 0.5);
    assert_eq!((curve.right, curve.wrong), (1, 1));
    assert!(close(Some(curve.points[0].precision), 1.0), "the surer one has taken it: {curve:?}");
}

#[test]
fn what_is_ignored_is_neither_right_nor_wrong() {
    let hidden = ApTruth { bbox: at(0.0), is_ignored: true };
    let small = ApDetection { is_ignored: true, ..found(300.0, 0.7) };
    let detections = [found(0.0, 0.9), found(105.0, 0.8), small, found(200.0, 0.6)];
    let regions = vec![Box2::new(100.0, -50.0, 111.0, 50.0)];
    let mut frame = frame(&[hidden, truth(200.0)], &detections);
    frame.regions = regions;
    let curve = ap2d(&[frame], 0.5);
    assert_eq!((curve.counted, curve.right, curve.wrong), (1, 1, 0));
    assert_eq!(curve.ap_r40, Some(1.0));
}

#[test]
fn an_object_that_counts_comes_before_an_ignored_one_that_overlaps_more() {
    let hidden = ApTruth { bbox: at(0.0), is_ignored: true };
    let curve = ap2d(&[frame(&[hidden, truth(2.0)], &[found(0.0, 0.9)])], 0.5);
    assert_eq!((curve.right, curve.wrong), (1, 0));
}

#[test]
fn the_threshold_itself_is_enough() {
    // Shifted by a third of their width, two squares share 20/3 of 40/3: one half.
    let pair = |shift: f32| {
        let detection = ApDetection { bbox: Box2::new(0.0, 0.0, 9.0, 9.0), ..found(0.0, 0.9) };
        let bbox = Box2::new(shift, 0.0, shift + 9.0, 9.0);
        ap2d(&[frame(&[ApTruth { bbox, is_ignored: false }], &[detection])], 0.5).right
    };
    assert_eq!((pair(3.0), pair(3.01)), (1, 0));
}

/// The same by the definition, one cut of the scores at a time and without shared helpers.
fn slow(frames: &[ApFrame], threshold: f64, recalls: &[(usize, usize)]) -> Option<f64> {
    let counted = frames.iter().flat_map(|f| f.truths.iter()).filter(|t| !t.is_ignored).count();
    let mut cuts: Vec<f64> = frames.iter().flat_map(|f| &f.detections).map(|d| d.score).collect();
    cuts.dedup();
    let counts: Vec<(usize, usize)> =
        cuts.iter().map(|cut| slow_counts(frames, threshold, *cut)).collect();
    let mut sum = 0.0;
    for (part, parts) in recalls {
        let mut best: f64 = 0.0;
        for (right, wrong) in counts.iter().filter(|(right, wrong)| right + wrong > 0) {
            if *right as f64 / counted as f64 >= *part as f64 / *parts as f64 - 1e-9 {
                best = best.max(*right as f64 / (right + wrong) as f64);
            }
        }
        sum += best;
    }
    (counted > 0).then(|| sum / recalls.len() as f64)
}

/// Right and wrong detections of those with at least the score `cut`.
fn slow_counts(frames: &[ApFrame], threshold: f64, cut: f64) -> (usize, usize) {
    let (mut right, mut wrong) = (0, 0);
    for frame in frames {
        let mut left: Vec<ApTruth> = frame.truths.clone();
        let mut detections: Vec<ApDetection> =
            frame.detections.iter().copied().filter(|d| d.score >= cut).collect();
        while !detections.is_empty() {
            let mut surest = 0;
            for (index, detection) in detections.iter().enumerate() {
                if detection.score > detections[surest].score {
                    surest = index;
                }
            }
            let detection = detections.remove(surest);
            let mut chosen: Option<(bool, f64, usize)> = None;
            for (index, truth) in left.iter().enumerate() {
                let overlap = slow_iou(&truth.bbox, &detection.bbox);
                let is_better = chosen.is_none_or(|(counts, best, _)| {
                    (!truth.is_ignored && !counts) || (truth.is_ignored != counts && overlap > best)
                });
                if overlap >= threshold && is_better {
                    chosen = Some((!truth.is_ignored, overlap, index));
                }
            }
            match chosen {
                Some((counts, _, index)) => {
                    left.remove(index);
                    right += usize::from(counts);
                }
                None => wrong += usize::from(!detection.is_ignored),
            }
        }
    }
    (right, wrong)
}

fn slow_iou(a: &Box2, b: &Box2) -> f64 {
    let side = |a1: f32, a2: f32, b1: f32, b2: f32| {
        (f64::from(a2.min(b2)) - f64::from(a1.max(b1))).max(0.0)
    };
    let shared = side(a.x1, a.x2, b.x1, b.x2) * side(a.y1, a.y2, b.y1, b.y2);
    let area = |b: &Box2| (f64::from(b.x2) - f64::from(b.x1)) * (f64::from(b.y2) - f64::from(b.y1));
    if shared > 0.0 { shared / (area(a) + area(b) - shared) } else { 0.0 }
}

/// Places and whether they are ignored; places, scores and kinds.
type Content = (Vec<(u8, bool)>, Vec<(u8, u8, u8)>);

prop_compose! {
    /// Whole places and few scores, so that ties occur.
    fn frames()(
        content in prop::collection::vec(
            (
                prop::collection::vec((0u8..30, any::<bool>()), 0..6),
                prop::collection::vec((0u8..30, 0u8..6, 0u8..5), 0..8),
            ),
            1..4,
        )
    ) -> Vec<ApFrame> {
        let frame = |(truths, detections): Content| ApFrame {
            truths: truths
                .iter()
                .map(|(x, is_ignored)| ApTruth { bbox: at(f32::from(*x)), is_ignored: *is_ignored })
                .collect(),
            detections: detections
                .iter()
                .map(|(x, score, kind)| ApDetection {
                    is_ignored: *kind == 0,
                    ..found(f32::from(*x), f64::from(*score) / 8.0)
                })
                .collect(),
            regions: vec![],
        };
        content.into_iter().map(frame).collect()
    }
}

proptest! {
    #[test]
    fn agrees_with_the_slow_one(frames in frames(), threshold in 0.2..0.8f64) {
        let curve = ap2d(&frames, threshold);
        let r40: Vec<(usize, usize)> = (1..=40).map(|i| (i, 40)).collect();
        let r11: Vec<(usize, usize)> = (0..=10).map(|i| (i, 10)).collect();
        for (fast, recalls) in [(curve.ap_r40, r40), (curve.ap_r11, r11)] {
            match (fast, slow(&frames, threshold, &recalls)) {
                (Some(fast), Some(slow)) => prop_assert!((fast - slow).abs() < 1e-9, "{fast} {slow}"),
                (fast, slow) => prop_assert_eq!(fast, slow),
            }
        }
        let all = slow_counts(&frames, threshold, f64::NEG_INFINITY);
        prop_assert_eq!((curve.right, curve.wrong), all);
    }
}
