//! Places to park in the bays.

use super::plan::{Bay, Parking, Plan, Road};
use crate::random::Random;
use crate::road::ParkingSpot;
use std::f32::consts::PI;

/// Angle of oblique places to the road, radians.
const OBLIQUE: f32 = 0.873;

/// All places to park of a plan.
pub(super) fn spots(plan: &Plan, random: &mut Random) -> Vec<ParkingSpot> {
    let mut spots = vec![];
    for road in &plan.roads {
        for side in [0, 1] {
            for bay in &road.bays[side] {
                row(road, side, *bay, random, &mut spots);
            }
        }
    }
    spots
}

fn row(road: &Road, side: usize, bay: Bay, random: &mut Random, spots: &mut Vec<ParkingSpot>) {
    let pitch = bay.parking.pitch();
    let count = ((bay.to - bay.from) / pitch).round() as u16;
    let sign = if side == 0 { 1.0 } else { -1.0 };
    for i in 0..count {
        let station = bay.from + pitch * (f32::from(i) + 0.5);
        let place = road.line.at(station, sign * (road.lane + bay.parking.depth() / 2.0 + 0.05));
        // Traffic drives up the road on its right and down on its left.
        let travel = road.line.heading(station) + if side == 0 { PI } else { 0.0 };
        let (turn, length) = match bay.parking {
            Parking::Parallel => (0.0, pitch),
            Parking::Oblique => (-OBLIQUE, 5.0),
            Parking::Perpendicular if random.chance(0.3) => (PI / 2.0, 5.0),
            Parking::Perpendicular => (-PI / 2.0, 5.0),
        };
        spots.push(ParkingSpot { place, heading: travel + turn, length });
    }
}
