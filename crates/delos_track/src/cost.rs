//! What a pair of track and detection costs.

use crate::class_belief::{Group, compatible};
use crate::config::{ClassConfig, CostKind};
use crate::found::Found;
use crate::life::LiveTrack;
use delos_core::{Box3, ObjectClass, World};
use delos_geom::{diou3d, giou_bev, giou3d};
use nalgebra::{Matrix2, Vector2};

/// A track as a target of assignment.
pub(crate) struct Target<'a> {
    bbox: Box3<World>,
    class: ObjectClass,
    inverse: Matrix2<f64>,
    is_confirmed: bool,
    /// Largest squared Mahalanobis distance.
    gate: f64,
    config: &'a ClassConfig,
}

/// A detection that passed the gate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PairCost {
    pub(crate) cost: f64,
    /// Squared Mahalanobis distance as a share of the gate.
    pub(crate) gate_share: f64,
}

impl<'a> Target<'a> {
    pub(crate) fn of(track: &LiveTrack, gate: f64, config: &'a ClassConfig) -> Self {
        let noise = Matrix2::identity() * config.noise.position_m.powi(2);
        let covariance = track.motion.position_covariance() + noise;
        Self {
            bbox: track.motion.bbox(),
            class: track.belief.class(),
            // A covariance that is no longer one lets only the near pass.
            inverse: covariance.try_inverse().unwrap_or(Matrix2::repeat(f64::INFINITY)),
            is_confirmed: track.is_confirmed(),
            gate,
            config,
        }
    }

    /// Cost of a pair, or `None` outside the gate.
    pub(crate) fn cost(&self, found: &Found) -> Option<PairCost> {
        let offset = Vector2::new(
            found.bbox.center.x() - self.bbox.center.x(),
            found.bbox.center.y() - self.bbox.center.y(),
        );
        let distance = offset.norm();
        let gate = &self.config.gate;
        // Also false for NaN.
        let near = distance <= gate.max_m;
        if !near || !compatible(self.class, found.class) {
            return None;
        }
        let gate_share = offset.dot(&(self.inverse * offset)) / self.gate;
        if distance > gate.min_m && (gate_share.is_nan() || gate_share > 1.0) {
            return None;
        }
        let place = self.of_place(found, distance, gate_share.min(1.0));
        let cost = place + self.penalty(found.class);
        cost.is_finite().then_some(PairCost { cost, gate_share })
    }

    fn of_place(&self, found: &Found, distance: f64, share: f64) -> f64 {
        let (a, b) = (&self.bbox, &found.bbox);
        match self.config.cost.kind {
            CostKind::Mahalanobis => share,
            CostKind::GiouBev => (1.0 - giou_bev(a, b)) / 2.0,
            CostKind::Giou3d => (1.0 - giou3d(a, b)) / 2.0,
            CostKind::Diou3d => (1.0 - diou3d(a, b)) / 2.0,
            CostKind::CentreHeading => {
                let turn = (a.yaw.radians() - b.yaw.radians()).cos().abs();
                distance / self.config.gate.max_m * (2.0 - turn)
            }
            CostKind::Mixture => {
                let weight = self.config.cost.overlap_weight;
                (1.0 - weight) * share + weight * (1.0 - giou_bev(a, b)) / 2.0
            }
        }
    }

    fn penalty(&self, class: ObjectClass) -> f64 {
        let cost = &self.config.cost;
        let named = Group::of(class) != Group::Unnamed && Group::of(self.class) != Group::Unnamed;
        let other_class = if named && class != self.class { cost.class_penalty } else { 0.0 };
        other_class + if self.is_confirmed { 0.0 } else { cost.tentative_penalty }
    }
}

#[cfg(test)]
mod tests;
