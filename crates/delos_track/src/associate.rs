//! Which detection belongs to which track.

use crate::TrackerConfig;
use crate::class_belief::{Group, compatible};
use crate::found::Found;
use crate::life::LiveTrack;
use delos_core::{Box3, ObjectClass, World};
use delos_filter::{CostMatrix, assign_optimal};
use delos_geom::giou_bev;
use nalgebra::{Matrix2, Vector2};

/// Added for tracks that are not confirmed yet: of two near ones the older one is right.
const TENTATIVE_PENALTY: f64 = 0.05;

/// A track as a target of assignment.
struct Target {
    bbox: Box3<World>,
    class: ObjectClass,
    inverse: Matrix2<f64>,
    confirmed: bool,
}

/// For each track the index of its detection: first among the detections that may
/// start tracks, then the tracks left over among the rest.
pub(crate) fn associate(
    tracks: &[LiveTrack],
    found: &[Found],
    gate: f64,
    config: &TrackerConfig,
) -> Vec<Option<usize>> {
    let targets: Vec<Target> = tracks.iter().map(|t| Target::of(t, config)).collect();
    // `found` is sorted by probability.
    let strong = found.partition_point(|f| f.probability >= config.birth_score);
    let (first, second) = found.split_at(strong);
    let mut pairs = assign(&targets, &vec![true; targets.len()], first, gate, config);
    let open: Vec<bool> = pairs.iter().map(Option::is_none).collect();
    let rest = assign(&targets, &open, second, gate, config);
    for (pair, late) in pairs.iter_mut().zip(rest) {
        *pair = pair.or(late.map(|index| index + strong));
    }
    pairs
}

fn assign(
    targets: &[Target],
    open: &[bool],
    found: &[Found],
    gate: f64,
    config: &TrackerConfig,
) -> Vec<Option<usize>> {
    if found.is_empty() {
        return vec![None; targets.len()];
    }
    let mut costs = CostMatrix::new(targets.len(), found.len());
    for (row, target) in targets.iter().enumerate().filter(|(row, _)| open[*row]) {
        for (column, detection) in found.iter().enumerate() {
            if let Some(cost) = target.cost(detection, gate, config) {
                costs.set(row, column, cost);
            }
        }
    }
    assign_optimal(&costs, config.none_cost)
}

impl Target {
    fn of(track: &LiveTrack, config: &TrackerConfig) -> Self {
        let noise = Matrix2::identity() * config.noise.position_m.powi(2);
        let covariance = track.motion.position_covariance() + noise;
        Self {
            bbox: track.motion.bbox(),
            class: track.belief.class(),
            // A covariance that is no longer one lets only the near pass.
            inverse: covariance.try_inverse().unwrap_or(Matrix2::repeat(f64::INFINITY)),
            confirmed: track.is_confirmed(),
        }
    }

    /// Cost of a pair, or `None` outside the gate.
    fn cost(&self, found: &Found, gate: f64, config: &TrackerConfig) -> Option<f64> {
        let distance = self.bbox.center.planar_distance(&found.bbox.center);
        // Also false for NaN.
        let near = distance <= config.max_gate_m;
        if !near || !compatible(self.class, found.class) {
            return None;
        }
        let share = self.mahalanobis_squared(&found.bbox) / gate;
        if distance > config.min_gate_m && (share.is_nan() || share > 1.0) {
            return None;
        }
        let apart = (1.0 - giou_bev(&self.bbox, &found.bbox)) / 2.0;
        let place = (1.0 - config.giou_weight) * share.min(1.0) + config.giou_weight * apart;
        Some(place + self.penalty(found.class, config))
    }

    fn mahalanobis_squared(&self, other: &Box3<World>) -> f64 {
        let offset = Vector2::new(
            other.center.x() - self.bbox.center.x(),
            other.center.y() - self.bbox.center.y(),
        );
        offset.dot(&(self.inverse * offset))
    }

    fn penalty(&self, class: ObjectClass, config: &TrackerConfig) -> f64 {
        let named = Group::of(class) != Group::Unnamed && Group::of(self.class) != Group::Unnamed;
        let class = if named && class != self.class { config.class_penalty } else { 0.0 };
        class + if self.confirmed { 0.0 } else { TENTATIVE_PENALTY }
    }
}
