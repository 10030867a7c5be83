//! Detections as the tracker takes them: checked, in its frame, in a fixed order.

use crate::class_belief::Group;
use crate::{ScoreKind, TrackerConfig};
use delos_core::{Box3, Detection3d, Detections3d, Ego, ObjectClass, Transform, World};
use delos_geom::nms_bev;
use std::cmp::Ordering;

/// Nothing is seen further away than this, metres.
const HORIZON_M: f64 = 10_000.0;

/// One detection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) bbox: Box3<World>,
    pub(crate) class: ObjectClass,
    pub(crate) probability: f64,
}

/// The detections worth looking at, the most probable first, without repetitions.
///
/// Left out: centres that are not finite or beyond the horizon, regions that nobody
/// judges, scores below the limit, and the weaker ones of those that overlap.
pub(crate) fn prepare(
    detections: &Detections3d,
    world_from_ego: &Transform<World, Ego>,
    config: &TrackerConfig,
) -> Vec<Found> {
    let mut usable: Vec<(&Detection3d, f64)> = detections
        .0
        .iter()
        .filter(|d| d.class != ObjectClass::DontCare && is_placed(&d.bbox))
        .map(|d| (d, probability(d.score.get(), config.scores)))
        .filter(|(_, probability)| *probability >= config.min_score)
        .collect();
    let ignored = detections.0.len() - usable.len();
    if ignored > 0 {
        tracing::debug!(ignored, "detections out of range or below the score limit");
    }
    usable.sort_by(|(a, _), (b, _)| canonical_order(a, b));
    let found: Vec<Found> = usable
        .iter()
        .map(|(d, probability)| Found {
            bbox: d.bbox.transformed(world_from_ego),
            class: d.class,
            probability: *probability,
        })
        .collect();
    without_repetitions(&found, config.nms_iou)
}

fn is_placed(bbox: &Box3<Ego>) -> bool {
    [bbox.center.x(), bbox.center.y(), bbox.center.z()].iter().all(|v| v.abs() <= HORIZON_M)
}

fn probability(score: f64, kind: ScoreKind) -> f64 {
    match kind {
        ScoreKind::Probability => score.clamp(0.0, 1.0),
        ScoreKind::Logit => 1.0 / (1.0 + (-score).exp()),
    }
}

/// By score, then by every number that counts: the detector's order has no influence.
fn canonical_order(a: &Detection3d, b: &Detection3d) -> Ordering {
    let key = |d: &Detection3d| {
        let (center, size) = (&d.bbox.center, &d.bbox.size);
        [
            -d.score.get(),
            center.x(),
            center.y(),
            center.z(),
            d.bbox.yaw.radians(),
            size.length(),
            size.width(),
            size.height(),
            f64::from(d.class.index()),
        ]
    };
    let pairs = key(a).into_iter().zip(key(b));
    pairs.map(|(a, b)| a.total_cmp(&b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

fn without_repetitions(found: &[Found], iou_threshold: f64) -> Vec<Found> {
    let boxes: Vec<_> = found.iter().map(|f| f.bbox).collect();
    let scores: Vec<_> = found.iter().map(|f| f.probability).collect();
    let groups: Vec<_> = found.iter().map(|f| Group::of(f.class)).collect();
    let mut keep = Vec::new();
    nms_bev(&boxes, &scores, &groups, iou_threshold, &mut keep);
    keep.iter().filter_map(|i| found.get(*i).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Position, Score, Size, Source, Yaw};

    fn detection(x: f64, class: ObjectClass, score: f64) -> Detection3d {
        Detection3d {
            bbox: Box3::new(
                Position::new(x, 0.0, 0.0),
                Size::new(4.0, 2.0, 1.5).expect("positive"),
                Yaw::default(),
            ),
            class,
            score: Score::new(score).expect("finite"),
            points: 0,
            cluster: None,
            source: Source::File,
            image_box: None,
        }
    }

    fn places(detections: Vec<Detection3d>, config: &TrackerConfig) -> Vec<f64> {
        let found = prepare(&Detections3d(detections), &Transform::identity(), config);
        found.iter().map(|f| f.bbox.center.x()).collect()
    }

    #[test]
    fn what_cannot_be_used_is_left_out() {
        let detections = vec![
            detection(f64::NAN, ObjectClass::Car, 0.9),
            detection(f64::INFINITY, ObjectClass::Car, 0.9),
            detection(2e4, ObjectClass::Car, 0.9),
            detection(10.0, ObjectClass::DontCare, 0.9),
            detection(20.0, ObjectClass::Car, 0.01),
            detection(30.0, ObjectClass::Car, 0.5),
            detection(30.1, ObjectClass::Van, 0.6),
            detection(50.0, ObjectClass::Car, 7.0),
        ];
        assert_eq!(places(detections, &TrackerConfig::default()), [50.0, 30.1]);
    }

    #[test]
    fn logits_become_probabilities() {
        let config =
            TrackerConfig { scores: ScoreKind::Logit, min_score: 0.5, ..Default::default() };
        let detections =
            [-0.1, 0.1, 5.0, -800.0].map(|s| detection(s * 10.0, ObjectClass::Car, s)).to_vec();
        assert_eq!(places(detections, &config), [50.0, 1.0]);
    }
}
