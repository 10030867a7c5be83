//! Gates of every kind of object.

use crate::class_belief::Group;
use crate::{TrackError, TrackerConfig};
use delos_filter::chi_square_quantile;

/// Largest squared Mahalanobis distance of a pair, for each kind of object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gates {
    vehicle: f64,
    pedestrian: f64,
    cyclist: f64,
    other: f64,
}

impl Gates {
    pub(crate) fn new(config: &TrackerConfig) -> Result<Self, TrackError> {
        let gate = |probability| chi_square_quantile(probability, 2);
        Ok(Self {
            vehicle: gate(config.vehicle.gate.probability)?,
            pedestrian: gate(config.pedestrian.gate.probability)?,
            cyclist: gate(config.cyclist.gate.probability)?,
            other: gate(config.other.gate.probability)?,
        })
    }

    pub(crate) const fn of(&self, group: Group) -> f64 {
        match group {
            Group::Vehicle => self.vehicle,
            Group::Pedestrian => self.pedestrian,
            Group::Cyclist => self.cyclist,
            Group::Unnamed | Group::Other => self.other,
        }
    }
}
