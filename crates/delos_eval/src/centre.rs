//! Tracks of vehicles, judged by the distance of their centres seen from above.

mod cases;
mod identity;
mod judge;
mod report;
mod rules;
#[cfg(test)]
mod tests;

pub use cases::{Case, CaseGroup, WrongCase};
pub use judge::{
    Found, FrameInput, FrameVerdict, Judgement, TrackVerdict, TrackedBox, VehicleVerdict, judge,
    tracked_boxes,
};
pub use report::CentreReport;
pub use rules::CentreRules;

use cases::HardCases;
use identity::Identities;

/// Sums over the frames of a run.
#[derive(Clone, Debug)]
pub struct CentreScores {
    rules: CentreRules,
    frames: u64,
    right: u64,
    neutral: u64,
    wrong: u64,
    counted: u64,
    distances: Vec<f64>,
    identities: Identities,
    cases: HardCases,
}

impl CentreScores {
    /// Nothing seen yet.
    pub fn new(rules: CentreRules) -> Self {
        Self {
            rules,
            frames: 0,
            right: 0,
            neutral: 0,
            wrong: 0,
            counted: 0,
            distances: vec![],
            identities: Identities::default(),
            cases: HardCases::new(),
        }
    }

    /// A sequence or scene begins: identities of the one before mean nothing in it.
    pub fn begin_scene(&mut self) {
        self.identities.begin_scene();
    }

    /// Judges the next frame of the scene and adds it to the sums.
    pub fn add(&mut self, frame: &FrameInput<'_>) -> FrameVerdict {
        let verdict = judge(frame, &self.rules);
        self.frames += 1;
        for vehicle in &verdict.vehicles {
            let Some(object) = frame.truth.0.get(vehicle.object) else { continue };
            self.counted += 1;
            self.cases.add_vehicle(object, vehicle);
            self.distances.extend(vehicle.found.map(|found| found.distance_m));
            if let Some(id) = object.track {
                self.identities.add(id, vehicle.found.map(|found| found.track));
            }
        }
        for track in &verdict.tracks {
            match track.judgement {
                Judgement::Right => self.right += 1,
                Judgement::Neutral => self.neutral += 1,
                Judgement::Wrong => {
                    self.wrong += 1;
                    self.cases.add_wrong(track.range_m);
                }
            }
        }
        verdict
    }

    /// How many frames have been added.
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// The sums so far.
    pub fn report(&self) -> CentreReport {
        CentreReport::of(self)
    }
}
