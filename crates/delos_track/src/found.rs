//! Detections as the tracker takes them: checked, in its frame, in a fixed order.

use crate::TrackerConfig;
use crate::class_belief::{Group, compatible};
use crate::config::{Confidence, ScoreKind};
use delos_core::{Box3, Detection3d, Detections3d, Ego, ObjectClass, Transform, World};
use delos_geom::iou_bev;
use std::cmp::Ordering;

/// Nothing is seen further away than this, metres.
const HORIZON_M: f64 = 10_000.0;

/// A score is never taken for surer than this: the log-odds stay finite.
const SUREST: f64 = 1.0 - 1e-9;

/// One detection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    /// Position in the message.
    pub(crate) index: u32,
    pub(crate) bbox: Box3<World>,
    pub(crate) class: ObjectClass,
    /// As the detector gave it.
    pub(crate) score: f64,
    pub(crate) probability: f64,
    /// Whether it may start a track.
    pub(crate) is_strong: bool,
}

/// Fills `found` with the detections worth looking at, the most probable first, without
/// repetitions, and returns how many could not be used.
///
/// Left out: centres that are not finite or beyond the horizon, regions that nobody
/// judges, scores below the limit, and the weaker ones of those that overlap. Only the first
/// two count as unusable.
pub(crate) fn prepare(
    detections: &Detections3d,
    world_from_ego: &Transform<World, Ego>,
    config: &TrackerConfig,
    found: &mut Vec<Found>,
) -> usize {
    found.clear();
    let mut unusable = 0;
    for (index, detection) in detections.0.iter().enumerate() {
        if detection.class == ObjectClass::DontCare || !is_placed(&detection.bbox) {
            unusable += 1;
            continue;
        }
        let confidence = &config.of(Group::of(detection.class)).confidence;
        let probability = confidence.probability(detection.score.get(), config.scores);
        if probability >= confidence.least {
            found.push(Found {
                index: index as u32,
                bbox: detection.bbox.transformed(world_from_ego),
                class: detection.class,
                score: detection.score.get(),
                probability,
                is_strong: probability >= confidence.birth,
            });
        }
    }
    let place = |f: &Found| detections.0.get(f.index as usize);
    found.sort_unstable_by(|a, b| {
        let by_probability = b.probability.total_cmp(&a.probability);
        by_probability.then_with(|| canonical_order(place(a), place(b))).then(a.index.cmp(&b.index))
    });
    suppress(found, config);
    unusable
}

impl Confidence {
    /// Probability that a detection of this score is true, in 0..=1.
    pub(crate) fn probability(&self, score: f64, kind: ScoreKind) -> f64 {
        let log_odds = match kind {
            ScoreKind::Probability => {
                let claimed = score.clamp(1.0 - SUREST, SUREST);
                (claimed / (1.0 - claimed)).ln()
            }
            ScoreKind::Logit => score,
        };
        1.0 / (1.0 + (-(self.scale * log_odds + self.offset)).exp())
    }
}

fn is_placed(bbox: &Box3<Ego>) -> bool {
    [bbox.center.x(), bbox.center.y(), bbox.center.z()].iter().all(|v| v.abs() <= HORIZON_M)
}

/// By every number that counts: the detector's order has no influence.
fn canonical_order(a: Option<&Detection3d>, b: Option<&Detection3d>) -> Ordering {
    let key = |d: &Detection3d| {
        let (center, size) = (&d.bbox.center, &d.bbox.size);
        [
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
    let (Some(a), Some(b)) = (a, b) else { return Ordering::Equal };
    let pairs = key(a).into_iter().zip(key(b));
    pairs.map(|(a, b)| a.total_cmp(&b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// Keeps of those of a kind that overlap the most probable one. They are in order.
fn suppress(found: &mut Vec<Found>, config: &TrackerConfig) {
    let mut kept = 0;
    for next in 0..found.len() {
        let weaker = found[next];
        let limit = config.of(Group::of(weaker.class)).confidence.nms_iou;
        let repeats = |better: &Found| {
            alike(better.class, weaker.class) && overlap(&better.bbox, &weaker.bbox) > limit
        };
        if !found[..kept].iter().any(repeats) {
            found[kept] = weaker;
            kept += 1;
        }
    }
    found.truncate(kept);
}

/// Whether two detections of these classes can be one object seen twice. What has no name is
/// not held against what has one.
fn alike(a: ObjectClass, b: ObjectClass) -> bool {
    let is_unnamed = |class| Group::of(class) == Group::Unnamed;
    compatible(a, b) && is_unnamed(a) == is_unnamed(b)
}

/// `IoU` from above; nothing is worked out for boxes out of each other's reach.
pub(crate) fn overlap(a: &Box3<World>, b: &Box3<World>) -> f64 {
    let reach = |b: &Box3<World>| b.size.length().hypot(b.size.width()) / 2.0;
    if a.center.planar_distance(&b.center) > reach(a) + reach(b) { 0.0 } else { iou_bev(a, b) }
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
        let mut found = Vec::new();
        prepare(&Detections3d(detections), &Transform::identity(), config, &mut found);
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
        let mut config = TrackerConfig { scores: ScoreKind::Logit, ..Default::default() };
        config.vehicle.confidence.least = 0.5;
        let detections =
            [-0.1, 0.1, 5.0, -800.0].map(|s| detection(s * 10.0, ObjectClass::Car, s)).to_vec();
        assert_eq!(places(detections, &config), [50.0, 1.0]);
    }

    #[test]
    fn scores_are_calibrated() {
        let confidence = Confidence { scale: 0.5, offset: -1.0, ..Confidence::default() };
        assert!((confidence.probability(2.0, ScoreKind::Logit) - 0.5).abs() < 1e-12);
        let claimed = 1.0 / (1.0 + (-2.0f64).exp());
        assert!((confidence.probability(claimed, ScoreKind::Probability) - 0.5).abs() < 1e-9);
        for score in [-1e300, 0.0, 1.0, 1e300] {
            for kind in [ScoreKind::Probability, ScoreKind::Logit] {
                assert!((0.0..=1.0).contains(&confidence.probability(score, kind)));
            }
        }
    }
}
