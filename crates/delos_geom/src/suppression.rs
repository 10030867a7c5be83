//! Greedy non-maximum suppression.

use crate::{iou_bev, iou2d};
use delos_core::{Box2, Box3, Frame};

/// Keeps, class by class, the best of every group of rectangles that overlap.
///
/// Boxes are taken by (score descending, index ascending); one is dropped when a kept
/// one of its class overlaps it by more than `iou_threshold`. `keep` is cleared and
/// receives the indices of the kept ones in that order; it is also the only working
/// memory, so that nothing is allocated once it has grown. Boxes whose score is NaN
/// are dropped. Of slices of different lengths the shortest one counts.
pub fn nms2d<C: PartialEq>(
    boxes: &[Box2],
    scores: &[f32],
    classes: &[C],
    iou_threshold: f64,
    keep: &mut Vec<usize>,
) {
    let count = boxes.len().min(scores.len()).min(classes.len());
    order_by_score(count, |i| f64::from(scores[i]), keep);
    suppress(keep, |i, j| classes[i] == classes[j] && iou2d(&boxes[i], &boxes[j]) > iou_threshold);
}

/// The same for turned boxes seen from above, with [`iou_bev`].
pub fn nms_bev<F: Frame, C: PartialEq>(
    boxes: &[Box3<F>],
    scores: &[f64],
    classes: &[C],
    iou_threshold: f64,
    keep: &mut Vec<usize>,
) {
    let count = boxes.len().min(scores.len()).min(classes.len());
    order_by_score(count, |i| scores[i], keep);
    suppress(keep, |i, j| {
        classes[i] == classes[j] && iou_bev(&boxes[i], &boxes[j]) > iou_threshold
    });
}

/// Fills `order` with `0..count` by (score descending, index ascending), NaN left out.
fn order_by_score(count: usize, score: impl Fn(usize) -> f64, order: &mut Vec<usize>) {
    order.clear();
    order.extend((0..count).filter(|i| !score(*i).is_nan()));
    order.sort_unstable_by(|a, b| score(*b).total_cmp(&score(*a)).then(a.cmp(b)));
}

/// Compacts `order` in place to the entries that no earlier kept entry overlaps.
fn suppress(order: &mut Vec<usize>, overlaps: impl Fn(usize, usize) -> bool) {
    let mut kept = 0;
    for next in 0..order.len() {
        let candidate = order[next];
        if order[..kept].iter().all(|i| !overlaps(*i, candidate)) {
            order[kept] = candidate;
            kept += 1;
        }
    }
    order.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Ego, Position, Size, Yaw};
    use proptest::prelude::*;

    fn run(boxes: &[Box2], scores: &[f32], classes: &[u8], threshold: f64) -> Vec<usize> {
        let mut keep = Vec::new();
        nms2d(boxes, scores, classes, threshold, &mut keep);
        keep
    }

    #[test]
    fn the_best_of_a_group_stays() {
        let boxes = [
            Box2::new(0.0, 0.0, 10.0, 10.0),
            Box2::new(1.0, 0.0, 11.0, 10.0),
            Box2::new(30.0, 0.0, 40.0, 10.0),
        ];
        assert_eq!(run(&boxes, &[0.5, 0.9, 0.7], &[0, 0, 0], 0.5), [1, 2]);
        assert_eq!(run(&boxes, &[0.5, 0.9, 0.7], &[0, 1, 0], 0.5), [1, 2, 0]);
        assert_eq!(run(&boxes, &[0.5, 0.5, 0.5], &[0, 0, 0], 0.5), [0, 2]);
        assert_eq!(run(&boxes, &[f32::NAN, 0.5, 0.5], &[0, 0, 0], 0.5), [1, 2]);
        assert_eq!(run(&boxes, &[0.5], &[0, 0, 0], 0.5), [0]);
        assert!(run(&[], &[], &[], 0.5).is_empty());
    }

    #[test]
    fn turned_boxes_are_compared_as_they_lie() {
        let size = Size::new(6.0, 1.0, 1.0).expect("positive");
        let at = |yaw: f64| {
            Box3::<Ego>::new(Position::new(0.0, 0.0, 0.0), size, Yaw::new(yaw).expect("finite"))
        };
        let boxes = [at(0.0), at(0.02), at(std::f64::consts::FRAC_PI_2)];
        let mut keep = vec![9, 9];
        nms_bev(&boxes, &[0.8, 0.9, 0.1], &[0, 0, 0], 0.5, &mut keep);
        assert_eq!(keep, [1, 2]);
    }

    prop_compose! {
        fn scene()(parts in prop::collection::vec(
            (0.0..50.0f32, 0.0..50.0f32, 1.0..30.0f32, 1.0..30.0f32, 0u8..4, 0u8..3), 0..60)
        ) -> (Vec<Box2>, Vec<f32>, Vec<u8>) {
            let boxes = parts.iter().map(|p| Box2::new(p.0, p.1, p.0 + p.2, p.1 + p.3)).collect();
            let scores = parts.iter().map(|p| f32::from(p.4) / 4.0).collect();
            (boxes, scores, parts.iter().map(|p| p.5).collect())
        }
    }

    proptest! {
        #[test]
        fn kept_boxes_are_apart_and_dropped_ones_have_a_reason(
            (boxes, scores, classes) in scene(), threshold in 0.1..0.9f64
        ) {
            let keep = run(&boxes, &scores, &classes, threshold);
            let beats = |i: usize, j: usize| (scores[i], std::cmp::Reverse(i)) > (scores[j], std::cmp::Reverse(j));
            let clash = |i: usize, j: usize| {
                classes[i] == classes[j] && iou2d(&boxes[i], &boxes[j]) > threshold
            };
            prop_assert!(keep.windows(2).all(|w| beats(w[0], w[1])));
            for j in 0..boxes.len() {
                let reason = keep.iter().any(|i| *i != j && beats(*i, j) && clash(*i, j));
                prop_assert_eq!(keep.contains(&j), !reason);
            }
        }
    }
}
