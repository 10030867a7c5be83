//! Where vehicles are missed, and where tracks are wrong.

use super::judge::VehicleVerdict;
use delos_core::LabelledObject;
use serde::Serialize;

/// Vehicles of one kind, summed over frames.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// What they have in common.
    pub name: &'static str,
    /// How many counted.
    pub counted: u64,
    /// How many of them were found.
    pub found: u64,
    /// `found / counted`.
    pub recall: Option<f64>,
    /// Mean distance of the centres of those found, metres.
    pub position_error_m: Option<f64>,
}

/// All vehicles that counted, divided by one property.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseGroup {
    /// The property.
    pub by: &'static str,
    /// The parts; each vehicle is in one of them.
    pub cases: Vec<Case>,
}

/// Wrong tracks at one distance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongCase {
    /// The distance.
    pub name: &'static str,
    /// How many tracks were wrong there, summed over frames.
    pub wrong: u64,
}

/// A property, its parts, and which of them a vehicle belongs to.
struct Property {
    by: &'static str,
    names: &'static [&'static str],
    part: fn(&LabelledObject, &VehicleVerdict) -> usize,
}

const DISTANCES: [&str; 3] = ["below 15 m", "15 to 30 m", "30 m and more"];

const PROPERTIES: [Property; 5] = [
    Property { by: "distance", names: &DISTANCES, part: |_, v| distance_band(v.range_m) },
    Property {
        by: "occlusion",
        names: &["visible", "partly hidden", "mostly hidden", "unknown"],
        part: |object, _| usize::from(object.occlusion),
    },
    Property {
        by: "class",
        // The order of `ObjectClass`, whose first five are the vehicles.
        names: &["car", "van", "truck", "bus", "tram"],
        part: |object, _| usize::from(object.class.index()),
    },
    Property {
        by: "points",
        names: &["below 100", "100 to 299", "300 and more"],
        part: |_, v| usize::from(v.points >= 100) + usize::from(v.points >= 300),
    },
    Property {
        by: "truncation",
        names: &["whole in the image", "cut by its edge"],
        part: |object, _| usize::from(object.truncation > 0.0),
    },
];

fn distance_band(range_m: f64) -> usize {
    usize::from(range_m >= 15.0) + usize::from(range_m >= 30.0)
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    counted: u64,
    found: u64,
    distance_m: f64,
}

/// Sums for each part of each property.
#[derive(Clone, Debug)]
pub(super) struct HardCases {
    tallies: Vec<Vec<Tally>>,
    wrong: [u64; DISTANCES.len()],
}

impl HardCases {
    pub(super) fn new() -> Self {
        let empty = |property: &Property| vec![Tally::default(); property.names.len()];
        Self { tallies: PROPERTIES.iter().map(empty).collect(), wrong: [0; DISTANCES.len()] }
    }

    pub(super) fn add_vehicle(&mut self, object: &LabelledObject, verdict: &VehicleVerdict) {
        for (property, tallies) in PROPERTIES.iter().zip(&mut self.tallies) {
            let last = tallies.len() - 1;
            let tally = &mut tallies[(property.part)(object, verdict).min(last)];
            tally.counted += 1;
            if let Some(found) = verdict.found {
                tally.found += 1;
                tally.distance_m += found.distance_m;
            }
        }
    }

    pub(super) fn add_wrong(&mut self, range_m: f64) {
        self.wrong[distance_band(range_m)] += 1;
    }

    pub(super) fn groups(&self) -> Vec<CaseGroup> {
        let groups = PROPERTIES.iter().zip(&self.tallies);
        groups
            .map(|(property, tallies)| {
                let cases =
                    property.names.iter().zip(tallies).map(|(name, tally)| case(name, tally));
                CaseGroup { by: property.by, cases: cases.collect() }
            })
            .collect()
    }

    pub(super) fn wrong(&self) -> Vec<WrongCase> {
        let parts = DISTANCES.iter().zip(self.wrong);
        parts.map(|(name, wrong)| WrongCase { name, wrong }).collect()
    }
}

fn case(name: &'static str, tally: &Tally) -> Case {
    let share = |part: f64, whole: u64| (whole > 0).then(|| part / whole as f64);
    Case {
        name,
        counted: tally.counted,
        found: tally.found,
        recall: share(tally.found as f64, tally.counted),
        position_error_m: share(tally.distance_m, tally.found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::ObjectClass;

    #[test]
    fn the_parts_are_named_in_the_order_of_the_classes() {
        let names = PROPERTIES.iter().find(|p| p.by == "class").expect("a property").names;
        let vehicles: Vec<_> =
            ObjectClass::all().filter(|c| c.is_vehicle()).map(ObjectClass::name).collect();
        assert_eq!(names, vehicles);
    }
}
