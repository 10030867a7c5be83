//! Figures that tell whether a drive is as hard as it should be.

use crate::drive::Drive;
use crate::labels::Label;
use crate::world::clutter::KINDS;
use std::collections::BTreeSet;

/// Sums over the frames of a drive, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DriveStatistics {
    clutter: usize,
    road_users: BTreeSet<u32>,
    labels: usize,
    /// Labels of vehicles that a sensor sees.
    vehicles_seen: usize,
    /// Sum of their hidden shares in millionths: whole numbers do not depend on the order.
    hidden_millionths: u64,
    frames: usize,
    points: usize,
}

impl DriveStatistics {
    /// Nothing seen yet; counts what stands beside the road.
    pub fn of(drive: &Drive) -> Self {
        let world = drive.world();
        Self { clutter: KINDS.iter().map(|kind| world.count(*kind)).sum(), ..Self::default() }
    }

    /// Adds a frame: its labels and the number of returns of its scan.
    pub fn add(&mut self, labels: &[Label], points: usize) {
        self.frames += 1;
        self.points += points;
        self.labels += labels.len();
        for label in labels {
            self.road_users.extend(label.object.track.map(|id| id.0));
            if is_seen_vehicle(label) {
                self.vehicles_seen += 1;
                self.hidden_millionths += (f64::from(label.hidden) * 1e6).round() as u64;
            }
        }
    }

    /// Different road users labelled.
    pub fn road_users(&self) -> usize {
        self.road_users.len()
    }

    /// Labels over all frames.
    pub const fn labels(&self) -> usize {
        self.labels
    }

    /// Mean share of a vehicle's pixels that something else covers, 0..=1. Only vehicles of
    /// which a sensor sees something count, be it a pixel or a LiDAR return: what stands
    /// behind a house is no harder case, it is none.
    pub fn mean_hidden(&self) -> f64 {
        self.hidden_millionths as f64 * 1e-6 / self.vehicles_seen.max(1) as f64
    }

    /// Mean number of returns of a scan.
    pub fn mean_points(&self) -> f64 {
        self.points as f64 / self.frames.max(1) as f64
    }

    /// Things and plants beside the road, those of [`KINDS`].
    pub const fn clutter(&self) -> usize {
        self.clutter
    }
}

fn is_seen_vehicle(label: &Label) -> bool {
    label.object.class.is_vehicle() && (label.hidden < 1.0 || label.points > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::DriveConfig;
    use delos_core::{LabelledObject, ObjectClass, TrackId};

    fn label(id: u32, hidden: f32) -> Label {
        let object = LabelledObject {
            class: ObjectClass::Car,
            track: Some(TrackId(id)),
            bbox: None,
            image_box: None,
            truncation: 0.0,
            occlusion: 0,
        };
        Label { object, hidden, truncation: 0.0, points: 0 }
    }

    #[test]
    fn sums_do_not_depend_on_the_order() {
        let config = DriveConfig { seed: 1, frames: 2, rate_hz: 10.0, actors: None };
        let drive = Drive::new(&config).unwrap();
        let frames = [(vec![label(1, 0.5), label(2, 0.1)], 100), (vec![label(2, 0.3)], 300)];
        let mut forwards = DriveStatistics::of(&drive);
        let mut backwards = forwards.clone();
        for (labels, points) in &frames {
            forwards.add(labels, *points);
        }
        for (labels, points) in frames.iter().rev() {
            backwards.add(labels, *points);
        }
        assert_eq!(forwards, backwards);
        assert_eq!((forwards.road_users(), forwards.labels()), (2, 3));
        assert!((forwards.mean_hidden() - 0.3).abs() < 1e-6);
        assert!((forwards.mean_points() - 200.0).abs() < 1e-9 && forwards.clutter() > 100);
    }
    #[test]
    fn what_nobody_sees_and_who_walks_hide_nothing() {
        let of = |class, hidden, points| {
            let mut label = label(1, hidden);
            label.object.class = class;
            Label { points, ..label }
        };
        let table = [
            (of(ObjectClass::Car, 0.4, 0), 0.4),
            (of(ObjectClass::Truck, 1.0, 3), 1.0),
            (of(ObjectClass::Car, 1.0, 0), 0.0),
            (of(ObjectClass::Pedestrian, 0.4, 90), 0.0),
        ];
        for (label, wanted) in table {
            let mut statistics = DriveStatistics::default();
            statistics.add(std::slice::from_ref(&label), 0);
            assert!((statistics.mean_hidden() - wanted).abs() < 1e-6, "{label:?}");
        }
    }
}
